"""The wheel alone, in an empty environment: all that the commands need travels inside."""

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.integrations.embedded_postgres import EmbeddedPostgres, Running
from tests.house.house_tools import BASE_PYTHON, run_well, uv

VISIBLE = """
SELECT count(*) FROM information_schema.tables
 WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--wheel", "--out-dir", folder)
    (built,) = folder.glob("puskesos-*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`puskesos` of an environment that holds the wheel and its locked libraries, nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    locked = folder / "locked.txt"
    uv("export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-hashes", "-o", locked)
    uv("venv", "--quiet", "--python", BASE_PYTHON, folder / "env")
    python = folder / "env" / "bin" / "python"
    uv("pip", "install", "--quiet", "--python", python, "--constraint", locked, wheel)
    return folder / "env" / "bin" / "puskesos"


@pytest.fixture
def database() -> Iterator[Running]:
    """Not below pytest's own folder: as root that is closed to the user of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="puskesos-test-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(options={"fsync": "off"}).start(Path(folder) / "data") as running:
            yield running


def test_the_wheel_holds_data_and_migrations(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert "app/data/regions/regions.tsv.xz" in names
    assert "app/data/regions/LICENSE" in names
    assert "app/alembic/env.py" in names
    assert {"puskesos_client/__init__.py", "puskesos_client/py.typed"} <= set(names)
    assert any(name.startswith("app/alembic/versions/") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_command_explains_itself(command: Path, tmp_path: Path) -> None:
    said = run_well([command, "--help"], cwd=tmp_path)
    for name in ("demo", "serve", "worker", "migrate", "seed", "openapi", "bench"):
        assert name in said


def test_migrate_makes_the_schema_that_the_service_sees(
    command: Path, database: Running, tmp_path: Path
) -> None:
    urls = {
        "PUSKESOS_DATABASE_URL": database.url,
        "PUSKESOS_MIGRATE_URL": database.migrate_url,
    }
    run_well([command, "migrate"], cwd=tmp_path, **urls)
    run_well([command, "migrate"], cwd=tmp_path, **urls)

    async def seen(url: str) -> int:
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(VISIBLE))
        finally:
            await connection.close()

    made = asyncio.run(seen(database.migrate_url))
    assert made > 10
    assert asyncio.run(seen(database.url)) == made
