"""Keeping house: the roles, the first administrator, the API's document, the audit."""

import asyncio

from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app import clock
from app.api.openapi import openapi_text
from app.cli import CHECKOUT
from app.cli.ground import Ground, check_keys, stand
from app.cli.screen import console, refusal, say
from app.db.roles import BadName, make_roles
from app.db.session import connect, read_only, transaction
from app.domain.access import SYSTEM, Role
from app.domain.ids import NATION, parse_login
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.main import create_app
from app.services.accounts import Act, NewAccount, NewGrant, create_account
from app.services.audit import Evidence, Report, verify
from app.settings import Settings
from app.worker.__main__ import seal_folder

SHIPPED = CHECKOUT / "app" / "data" / "openapi.json"
"""Served at ``/openapi.json``, from the wheel too."""
COPY = CHECKOUT / "openapi.json"
"""For readers of the repository; only in a checkout."""
_SHORTEST_PASSWORD = 12
FRONTEND = "konsol"


def roles_command(admin_url: str, name: str) -> None:
    """Make both roles and print the two addresses, once."""
    try:
        made = asyncio.run(make_roles(admin_url, name))
    except BadName as error:
        raise refusal(
            "Nama hanya huruf kecil, angka, dan _.", "A name has small letters, digits and _."
        ) from error
    print(f"PUSKESOS_DATABASE_URL={made.app}")  # noqa: T201  # meant to be put into a file
    print(f"PUSKESOS_MIGRATE_URL={made.owner}")  # noqa: T201


def openapi_command(*, check: bool) -> None:
    """Write the document beside the code, and its copy where there is a checkout; or compare both."""
    text = openapi_text(create_app(Settings()))
    targets = [SHIPPED, *([COPY] if (CHECKOUT / "pyproject.toml").is_file() else [])]
    stale = [target for target in targets if not target.is_file() or target.read_text("utf-8") != text]
    if not check:
        for target in stale:
            target.write_text(text, encoding="utf-8")
    elif stale:
        raise refusal("openapi.json tidak sesuai kode. Jalankan: puskesos openapi",
                      "openapi.json is not what the code says. Run: puskesos openapi")  # fmt: skip
    say("openapi.json sesuai kode", "openapi.json is what the code says")


def admin_command(settings: Settings, login: str, name: str, password: str) -> None:
    """Make an administrator: of the system for ``…@0000``, else of the regency that the login names."""
    parsed = parse_login(login)
    if parsed is None or len(parsed[1]) == 2:  # noqa: PLR2004  # a province has no administrator of its own
        raise refusal("Tulis seperti budi@1374, atau budi@0000 untuk pusat.",
                      "Write it like budi@1374, or budi@0000 for the nation.")  # fmt: skip
    if len(password) < _SHORTEST_PASSWORD:
        raise refusal(f"Kata sandi paling sedikit {_SHORTEST_PASSWORD} karakter.",
                      f"A password has at least {_SHORTEST_PASSWORD} characters.")  # fmt: skip
    with stand(settings) as ground:
        asyncio.run(_make_admin(ground, parsed, name, password))
    say(
        f"Admin {login} dibuat; klien masuk: {FRONTEND}@0000",
        f"Made {login}; log in by client {FRONTEND}@0000",
    )


async def _make_admin(ground: Ground, login: tuple[str, str], name: str, password: str) -> None:
    short, tenant = login
    ids, now = Ids(), clock.now()
    role = Role.SYSTEM_ADMIN if tenant == NATION else Role.REGENCY_ADMIN
    grant = NewGrant(ids.new_id(now), role, tenant, None, None, None, None)
    known_hash = await Passwords().hash(password)
    new = NewAccount(tenant, ids.new_id(now), short, name, known_hash, (grant,))
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    try:
        async with transaction(database.sessions) as tx:
            await create_account(tx, Act(SYSTEM, now, ids.new_id(now)), new)
    finally:
        await database.close()


def verify_command(settings: Settings) -> None:
    """Check every chain against the seals and their copy; end with 1 when one is not sound."""
    with stand(settings) as ground:
        if not ground.seal_key:
            check_keys(ground, seals=True)
        report = asyncio.run(_verify(ground))
    say(
        f"Diperiksa: {report.rows:,} baris, {report.streams:,} rantai, {report.seals:,} segel",
        f"Checked: {report.rows:,} rows, {report.streams:,} chains, {report.seals:,} seals",
    )
    if not report.sound:
        _show(report)
        raise refusal("Ada rantai yang rusak.", "A chain is not sound.")
    say("Semua rantai utuh", "All chains are sound")


async def _verify(ground: Ground) -> Report:
    folder = seal_folder(ground.settings)
    evidence = Evidence(SealSigner.parse(ground.seal_key), SealCopies(folder) if folder.is_dir() else None)
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    columns = (TextColumn("{task.completed:,.0f} baris / rows"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            line = progress.add_task("")
            async with read_only(database.sessions) as tx:
                return await verify(tx, evidence, lambda rows: progress.update(line, completed=rows))
    finally:
        await database.close()


def _show(report: Report) -> None:
    table = Table("Daerah / tenant", "Catatan / log", "Rantai / chain", "Kerusakan / fault", "Baris / row")
    for found in report.findings:
        stream = str(found.stream_id or "-")
        table.add_row(found.regency_code, found.log, stream, found.fault.kind, str(found.fault.n))
    console.print(table)
