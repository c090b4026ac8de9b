"""What the tests of the house share: our own uv, and the environment that it needs here."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).parents[2]
BOOTSTRAP = REPO / "scripts" / "bootstrap.sh"
# Below the virtual environment that runs the tests lies the interpreter of the machine.
BASE_PYTHON = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
_OURS = ("PUSKESOS_", "UV_", "VIRTUAL_ENV", "PYTHONPATH", "MAKE", "MFLAGS", "COV", "SHORT", "PORT")


def clean_environment(**extra: str) -> dict[str, str]:
    """The machine's environment without what `make` and this test run have added.

    Where HOME cannot be written to, the cache that `make` filled is used again.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    cache = REPO / ".tools" / "cache" / "uv"
    if cache.is_dir():
        kept["UV_CACHE_DIR"] = str(cache)
    return {**kept, **extra}


def run(argv: Sequence[str | Path], *, cwd: Path = REPO, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in argv],
        cwd=cwd,
        env=clean_environment(**extra),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=280,
    )


def run_well(argv: Sequence[str | Path], *, cwd: Path = REPO, **extra: str) -> str:
    done = run(argv, cwd=cwd, **extra)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def uv(*args: str | Path) -> str:
    return run_well(["sh", BOOTSTRAP, "uv", *args])
