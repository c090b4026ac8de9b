"""The Makefile and its bootstrap, on the machines that we promise."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.house.house_tools import BASE_PYTHON, REPO, run, run_well

TARGETS = {
    "demo": "puskesos demo",
    "test": "pytest -n 2",
    "coverage": "--cov=app",
    "lint": "ruff format --check",
    "openapi": "puskesos openapi",
    "bench-data": "puskesos bench data",
    "bench": "puskesos bench run",
    "proof-crash": "PUSKESOS_PROOF=long",
    "proof-api": "PUSKESOS_PROOF=long",
    "proof-model": "PUSKESOS_PROOF=long",
    "proof-sync": "PUSKESOS_PROOF=issue",
    "clean": "rm -rf",
}
NEEDED = ("Makefile", "scripts", "pyproject.toml", "uv.lock", "README.md", "LICENSE", "alembic", "clients")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder as after a clone, in a path with a space; our uv is brought along if it is here."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in NEEDED:
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("", "utf-8")
    for uv_home in REPO.glob(".tools/uv-*"):
        shutil.copytree(uv_home, folder / ".tools" / uv_home.name)
    return folder


@pytest.mark.parametrize(("target", "command"), TARGETS.items())
def test_each_target_runs_its_command_and_installs_first(target: str, command: str) -> None:
    said = run_well(["make", "--dry-run", target])
    assert command in said
    assert ("scripts/bootstrap.sh" in said) == (target != "clean")


def test_all_checks_stand_before_the_tests() -> None:
    said = run_well(["make", "--dry-run", "test"])
    order = ["lock --check", "ruff format --check", "ruff check", "mypy", "lint-imports", "deptry"]
    places = [said.index(step) for step in [*order, "pytest"]]
    assert places == sorted(places)


def test_a_port_is_passed_on() -> None:
    assert "PUSKESOS_PORT=9123 " in run_well(["make", "--dry-run", "demo", "PORT=9123"])
    assert "PUSKESOS_PORT" not in run_well(["make", "--dry-run", "demo"])


def test_install_from_nothing_then_not_again(clone: Path, tmp_path: Path) -> None:
    """With a `python3` that only prints an error, as version managers leave, and no HOME."""
    path = tmp_path / "bin"
    path.mkdir()
    (path / "python3").write_text("#!/bin/sh\necho 'not found' >&2\nexit 127\n", "utf-8")
    (path / "python3").chmod(0o755)
    (path / "python3.11").write_text(f'#!/bin/sh\nexec {BASE_PYTHON} "$@"\n', "utf-8")
    (path / "python3.11").chmod(0o755)
    machine = {"PATH": f"{path}:{os.environ['PATH']}", "HOME": "/nonexistent"}
    was_there = Path("/nonexistent").exists()
    run_well(["make", "install"], cwd=clone, **machine)
    assert (clone / ".venv" / "bin" / "puskesos").exists()
    assert (clone / ".venv" / "bin" / "pytest").exists()
    assert Path("/nonexistent").exists() == was_there

    first = (clone / ".venv" / "puskesos.stamp").stat().st_mtime_ns
    again = run(["make", "install"], cwd=clone, **machine)
    assert (again.returncode, again.stderr) == (0, "")
    assert (clone / ".venv" / "puskesos.stamp").stat().st_mtime_ns == first

    with (clone / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# A comment: another file, the same lock.\n")
    run_well(["make", "install"], cwd=clone, **machine)
    assert (clone / ".venv" / "puskesos.stamp").stat().st_mtime_ns != first


def test_without_a_fitting_python_it_says_so(clone: Path, tmp_path: Path) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    for tool in ("sh", "dirname", "pwd"):
        (path / tool).symlink_to(str(shutil.which(tool)))
    refused = run([path / "sh", "scripts/bootstrap.sh"], cwd=clone, PATH=str(path))
    assert refused.returncode == 1
    assert "Perlu Python 3.11" in refused.stderr
    assert "Python 3.11 to 3.14 is needed" in refused.stderr


if os.geteuid() == 0:

    def test_in_anothers_folder_it_says_so(clone: Path) -> None:
        # The run's own folders only: the common folder for temporary files belongs to everybody.
        shared = Path(tempfile.gettempdir()).resolve()
        for folder in clone.resolve().parents:
            if folder != shared and folder.is_relative_to(shared):
                folder.chmod(0o755)
        refused = subprocess.run(
            ["sh", str(clone / "scripts" / "bootstrap.sh")],
            user="nobody",
            group="nogroup",
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"},
        )
        assert refused.returncode == 1
        assert "milik pengguna lain" in refused.stderr
        assert "belongs to another user" in refused.stderr
