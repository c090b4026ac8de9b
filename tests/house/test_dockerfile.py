"""The Dockerfile's steps, run in a scratch folder: there is no Docker where the tests run.

Each stage gets a root folder of its own; absolute paths of the Dockerfile are read below it.
"""

import json
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are locked for one test

from app.settings import Settings
from tests.house.house_tools import BASE_PYTHON, REPO, clean_environment, run, run_well

ABSOLUTE = re.compile(r"(?<![\w/.:-])/(?=(?:opt|src|etc|var)(?:/|\b))")


def instructions() -> list[tuple[str, str]]:
    lines = (REPO / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in kept)]


@dataclass
class Stage:
    """What one stage has made so far."""

    root: Path
    image: str
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "root"
    health: str = ""
    command: list[str] = field(default_factory=list)

    def below(self, text: str) -> str:
        return ABSOLUTE.sub(lambda _: f"{self.root}/", text)

    def inside(self, path: str) -> Path:
        return (
            self.root / self.workdir.lstrip("/") / path.removeprefix("./")
            if not (path.startswith("/"))
            else self.root / path.lstrip("/")
        )


class Builder:
    """Runs the instructions that our Dockerfile uses; any other is an error."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.kept: dict[str, Path] = {}
        self.stage: Stage | None = None
        self.name = ""

    def build(self) -> Stage:
        for word, rest in instructions():
            if word == "FROM":
                self._from(rest)
                continue
            assert self.stage is not None
            steps: dict[str, Callable[[Stage, str], None]] = {
                "RUN": self._run,
                "COPY": self._copy,
                "ENV": self._env,
                "WORKDIR": self._workdir,
                "USER": self._user,
                "HEALTHCHECK": self._health,
                "CMD": self._command,
                "EXPOSE": lambda _stage, _rest: None,
            }
            steps[word](self.stage, rest)
        assert self.stage is not None
        return self.stage

    def _from(self, rest: str) -> None:
        # Every stage is built at the same place, since a script's first line names its interpreter.
        root = self.scratch / "root"
        if self.stage is not None:
            self.kept[self.name] = self.scratch / self.name
            root.rename(self.kept[self.name])
        image, _, self.name = rest.partition(" AS ")
        for folder in ("etc", "opt", "var/lib", "usr/local/bin"):
            (root / folder).mkdir(parents=True)
        python = root / "usr/local/bin/python"
        python.write_text(f'#!/bin/sh\nexec {BASE_PYTHON} "$@"\n', "utf-8")
        python.chmod(0o755)
        self.stage = Stage(root, image)

    def _run(self, stage: Stage, rest: str) -> None:
        own = {name: stage.below(value) for name, value in stage.environment.items()}
        search = f"{stage.root}/usr/local/bin:{own.get('PATH', '/usr/bin:/bin')}"
        environment = clean_environment(**{**own, "PATH": search, "UV_PYTHON": str(BASE_PYTHON)})
        done = subprocess.run(
            ["sh", "-c", stage.below(rest)],
            cwd=stage.inside("."),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"

    def _copy(self, stage: Stage, rest: str) -> None:
        words = shlex.split(rest)
        flags = dict(word.split("=", 1) for word in words if word.startswith("--"))
        *sources, target = [word for word in words if not word.startswith("--")]
        origin = self.kept[flags["--from"]] if "--from" in flags else REPO
        ignored = (REPO / ".dockerignore").read_text("utf-8").splitlines()
        for source in sources:
            found = origin / source.lstrip("/")
            assert "--from" in flags or f"!{source}" in ignored
            place = stage.inside(target)
            if found.is_dir():
                leave = shutil.ignore_patterns("__pycache__")
                shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True, ignore=leave)
            else:
                shutil.copy(found, place / found.name if target.endswith("/") else place)

    def _env(self, stage: Stage, rest: str) -> None:
        name, _, value = rest.partition("=")
        stage.environment[name] = value

    def _workdir(self, stage: Stage, rest: str) -> None:
        stage.workdir = rest
        stage.inside(".").mkdir(parents=True, exist_ok=True)

    def _user(self, stage: Stage, rest: str) -> None:
        stage.user = rest

    def _health(self, stage: Stage, rest: str) -> None:
        stage.health = rest.partition(" CMD ")[2]

    def _command(self, stage: Stage, rest: str) -> None:
        stage.command = json.loads(rest)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Builder(tmp_path_factory.mktemp("docker")).build()


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_image_runs_the_command_without_root_and_without_tools(image: Stage) -> None:
    program = image.root / "opt/puskesos/bin" / image.command[0]
    assert image.command == ["puskesos", "serve"]
    assert "serve" in run_well([program, "--help"], cwd=image.inside("."))
    user = image.user.partition(":")[0]
    assert user not in {"root", "0", ""}
    assert f":{user}:" in (image.root / "etc/passwd").read_text("utf-8")
    assert not list((image.root / "opt/puskesos/bin").glob("pytest*"))
    assert not (image.root / "src").exists()
    assert (image.root / "var/lib/puskesos").is_dir()


def test_the_settings_of_image_and_compose_exist(image: Stage) -> None:
    compose = (REPO / "compose.yaml").read_text("utf-8")
    services = yaml.safe_load(compose)["services"]
    given = {name for service in services.values() for name in service.get("environment", {})}
    ours = {name for name in {*given, *image.environment} if name.startswith("PUSKESOS_")}
    known = {f"PUSKESOS_{name.upper()}" for name in Settings.model_fields}
    assert ours <= known
    assert "PUSKESOS_DATABASE_URL" in ours
    assert set(services) == {"postgres", "migrate", "api", "worker"}
    assert services["migrate"]["command"][-1] == "puskesos migrate && puskesos seed"
    # A secret without a value stops compose; none has a default.
    for name in re.findall(r"\$\{(\w*(?:PASSWORD|KEYS?))\b", compose):
        assert f"${{{name}:?" in compose
        assert f"${{{name}:-" not in compose


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_livez(image: Stage, status: int, *, healthy: bool) -> None:
    words = shlex.split(image.health)
    assert words[0] == "python"
    program = image.root / "opt/puskesos/bin" / words[0]
    with answering(status) as port:
        done = run([program, *words[1:]], PUSKESOS_PORT=str(port))
    assert (done.returncode == 0) == healthy
