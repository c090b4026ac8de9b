"""A backup is one that was restored: by the command itself, and here once more by somebody who looks."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.cli import saving, screen
from app.cli.ground import stand
from app.integrations.backup import DUMP, MANIFEST, OBJECTS, SEALS, environment_of
from app.integrations.seals import SealSigner
from app.settings import Settings
from app.worker.__main__ import tools_of
from app.worker.jobs.feed import number_feed
from app.worker.jobs.seals import seal_heads
from tests.support.desk import open_case
from tests.support.files import a_photo, attached
from tests.support.http import SEAL_KEY, log_in, open_house, serving, test_settings
from tests.support.server import SEEDED, Address, Server
from tests.support.working import claim_of

pytestmark = pytest.mark.process
OTHER = "1:" + "Q" * 43 + "="


async def work(settings: Settings) -> str:
    """Open a case with a photo, and seal it; return its ticket."""
    async with open_house(settings) as house:
        async with serving(house) as client:
            desk = await open_case(await log_in(client, "siti@1374"))
            await attached(desk.officer, desk.ticket, a_photo(), paper="KTP")
        await house.access_log.flush()
        tools = tools_of(house.database, settings, SealSigner.parse(SEAL_KEY))
        await number_feed(tools, claim_of("number_feed"))
        await seal_heads(tools, claim_of("seal_heads"))
    return desk.ticket


async def read(settings: Settings, ticket: str) -> tuple[str, int]:
    """Return what a restored service says of the case: its chronology and the size of its photo."""
    async with open_house(settings) as house, serving(house) as client:
        siti = await log_in(client, "siti@1374")
        case = (await siti.get(f"/v1/cases/{ticket}")).json()
        listed = (await siti.get(f"/v1/cases/{ticket}/attachments")).json()["items"]
        content = await siti.get(f"/v1/cases/{ticket}/attachments/{listed[0]['id']}/content")
    return str(case["chronology"]), len(content.content)


@contextmanager
def a_database(server: Server, template: str | None) -> Iterator[Address]:
    async def make() -> Address:
        if template is not None:
            return await server.copy(template)
        made = await server.copy("template0")
        connection = await asyncpg.connect(made.superuser_url)
        await connection.execute("ALTER SCHEMA public OWNER TO pg_database_owner")
        await connection.close()
        return made

    made = asyncio.run(make())
    try:
        yield made
    finally:
        asyncio.run(server.drop(made.name))


@pytest.fixture(scope="module")
def worked(seeded_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    folder = tmp_path_factory.mktemp("data")
    with a_database(seeded_server, SEEDED) as address:
        settings = test_settings(address, data_dir=folder)
        yield settings, asyncio.run(work(settings))


@pytest.fixture(scope="module")
def made(worked: tuple[Settings, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that was not proven yet."""
    target = tmp_path_factory.mktemp("backups") / "one"
    saving.backup_command(worked[0], target, prove=False)
    return target


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    shutil.copytree(made, target)
    return target


@contextmanager
def refused(capsys: pytest.CaptureFixture[str], *sentences: str) -> Iterator[None]:
    capsys.readouterr()
    with pytest.raises(SystemExit), screen.told():
        yield
    said = " ".join(capsys.readouterr().err.split())
    for sentence in sentences:
        assert sentence in said


def test_what_was_backed_up_is_proven_and_comes_back_whole(
    worked: tuple[Settings, str],
    seeded_server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings, ticket = worked
    target = tmp_path / "backup"
    saving.backup_command(settings, target, prove=True)
    said = " ".join(capsys.readouterr().out.split())
    assert "Proven by restoring" in said
    assert "THE KEYS ARE NOT IN THE BACKUP" in said
    assert {path.name for path in target.iterdir()} == {DUMP, MANIFEST, OBJECTS, SEALS}
    assert {path.stat().st_mode & 0o077 for path in target.rglob("*")} == {0}
    kept = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    for name in ("master_keys", "index_keys", "seal_key"):
        secret = getattr(settings, name).get_secret_value().rpartition(":")[2]
        assert secret.encode() not in kept
    with a_database(seeded_server, None) as empty:
        restored = test_settings(empty, data_dir=tmp_path / "restored")
        saving.restore_command(restored, target, None)
        assert "Restored: " in " ".join(capsys.readouterr().out.split())
        before = asyncio.run(read(settings, ticket))
        assert asyncio.run(read(restored, ticket)) == before
        assert before[1] > 0
        with refused(capsys, "The folder"):
            saving.restore_command(restored, target, None)
        with refused(capsys, "This database is not empty"):
            elsewhere = test_settings(empty, data_dir=tmp_path / "elsewhere")
            saving.restore_command(elsewhere, target, None)


def test_other_keys_are_refused_before_anything_is_written(
    made: Path, seeded_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_database(seeded_server, None) as empty:
        settings = test_settings(empty, data_dir=tmp_path / "d", master_keys=OTHER)
        with refused(capsys, "These are not the keys of this backup"):
            saving.restore_command(settings, made, None)
        right = test_settings(empty, data_dir=tmp_path / "d")
        saving.restore_command(right, made, None)


def test_without_keys_the_embedded_database_is_not_made(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Settings.model_validate({"data_dir": tmp_path / "new"})
    with refused(capsys, "Name the keys"):
        saving.restore_command(bare, made, None)
    assert not (tmp_path / "new").exists()


def test_it_comes_back_in_the_embedded_database_with_its_keys_beside_it(
    made: Path, worked: tuple[Settings, str], capsys: pytest.CaptureFixture[str]
) -> None:
    # A folder that an unprivileged user can enter, since as root PostgreSQL runs as one.
    folder = Path("/var/tmp") / f"puskesos-test-{made.parent.name}-{made.stat().st_ino}"  # noqa: S108
    keys = folder.with_suffix(".keys")
    values = {
        name: getattr(worked[0], name).get_secret_value()
        for name in ("master_keys", "index_keys", "seal_key")
    }
    keys.touch(mode=0o600)
    keys.write_text(json.dumps(values), "utf-8")
    try:
        bare = Settings.model_validate({"data_dir": folder})
        saving.restore_command(bare, made, keys)
        assert "Restored: " in " ".join(capsys.readouterr().out.split())
        kept = folder / "keys.json"
        assert json.loads(kept.read_text("utf-8")) == values
        assert kept.stat().st_mode & 0o777 == 0o600
        with stand(bare) as ground:
            filled = ground.settings.model_copy(update={"requests_per_minute": 1000})
            assert asyncio.run(read(filled, worked[1]))[1] > 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        keys.unlink()


@pytest.mark.parametrize("damage", ["dump", "object", "missing", "more", "manifest", "link"])
def test_a_damaged_backup_is_named_and_proves_nothing(
    copy: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = next(path for path in (copy / OBJECTS).rglob("*") if path.is_file())
    match damage:
        case "dump":
            content = bytearray((copy / DUMP).read_bytes())
            content[len(content) // 2] ^= 1
            (copy / DUMP).write_bytes(content)
        case "object":
            one.write_bytes(b"x")
        case "missing":
            one.unlink()
        case "more":
            (copy / "extra").write_bytes(b"")
        case "manifest":
            (copy / MANIFEST).write_text("{}", "utf-8")
        case _:
            (copy / "link").symlink_to("/etc/passwd")
    with refused(capsys, "This backup is damaged"):
        saving.prove_backup(copy, SEAL_KEY)


def test_a_count_that_differs_is_no_proof(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The parts agree with each other, but not with what was counted."""
    path = copy / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    manifest["rows"]["cases"] += 1
    path.write_text(json.dumps(manifest), "utf-8")
    with refused(capsys, "This backup is damaged", "cases"):
        saving.prove_backup(copy, SEAL_KEY)


def test_a_chain_that_was_edited_before_the_backup_shows(
    worked: tuple[Settings, str], seeded_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_database(seeded_server, SEEDED) as address:
        settings = test_settings(address, data_dir=tmp_path)
        asyncio.run(work(settings))

        async def edit() -> None:
            connection = await asyncpg.connect(address.superuser_url)
            await connection.execute("UPDATE events SET data = '{\"rating\": 5}' WHERE type = 'case.opened'")
            await connection.close()

        asyncio.run(edit())
        with refused(capsys, "This backup is damaged", "edited"):
            saving.backup_command(settings, tmp_path / "b", prove=True)
    assert worked


def test_a_place_that_is_not_empty_is_left_alone(
    worked: tuple[Settings, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("x", "utf-8")
    with refused(capsys, "Choose an empty place"):
        saving.backup_command(worked[0], tmp_path, prove=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://a:p%40ss@db.example:5433/puskesos?sslmode=require",
            {"PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "a", "PGPASSWORD": "p@ss",
             "PGDATABASE": "puskesos", "PGSSLMODE": "require"},
        ),
        (
            "postgresql://a:b@/x?host=/run/pg&port=5432",
            {"PGHOST": "/run/pg", "PGPORT": "5432", "PGUSER": "a", "PGPASSWORD": "b", "PGDATABASE": "x"},
        ),
        (
            "postgresql://a@/x?host=/run/pg&password=w",
            {"PGHOST": "/run/pg", "PGUSER": "a", "PGPASSWORD": "w", "PGDATABASE": "x"},
        ),
    ],
)  # fmt: skip
def test_an_address_becomes_variables(url: str, expected: dict[str, str]) -> None:
    assert environment_of(url) == expected
