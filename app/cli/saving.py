"""Making a backup and proving it by restoring it; and putting one back."""

import asyncio
import base64
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import clock
from app.api.openapi import VERSION
from app.cli.ground import KEY_FILE, Ground, check_keys, migrate, stand
from app.cli.screen import console, refusal, say
from app.db.queries import whole
from app.db.session import connect, read_only
from app.integrations import backup
from app.integrations.backup import BackupError, Client, Manifest
from app.integrations.embedded_postgres import EmbeddedPostgres
from app.integrations.keyring import Keyring, make_keys
from app.integrations.object_store import Folder, Missing, ObjectStore, store_of
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.integrations.vault import CannotOpen, Vault
from app.services.audit import Evidence, verify
from app.settings import Settings
from app.worker.__main__ import seal_folder

_PURPOSE: Final = "backup"
_MARK: Final = b"puskesos"
_FAST: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Of the scratch database, which is thrown away."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the restored copy was found to hold."""

    rows: int
    objects: int
    chains: int


def backup_command(settings: Settings, target: Path, *, prove: bool) -> None:
    """Write a backup to the folder *target*, and restore it into a scratch database to see that it is one."""
    with stand(settings) as ground:
        check_keys(ground, seals=True)
        with shown("Mencadangkan / backing up"):
            manifest = asyncio.run(make(ground, target))
    say(
        f"Cadangan di {target}: {sum(manifest.rows.values()):,} baris, {len(manifest.parts):,} berkas",
        f"Backup at {target}: {sum(manifest.rows.values()):,} rows, {len(manifest.parts):,} files",
    )
    if prove:
        with shown("Memulihkan salinannya sebagai bukti / restoring a copy as proof"):
            proof = prove_backup(target, ground.seal_key)
        say(
            f"Terbukti dapat dipulihkan: {proof.rows:,} baris, {proof.objects:,} berkas, "
            f"{proof.chains:,} rantai utuh",
            f"Proven by restoring: {proof.rows:,} rows, {proof.objects:,} files, "
            f"{proof.chains:,} chains whole",
        )
    say(
        "KUNCI TIDAK ADA DI DALAM CADANGAN. Simpan kunci di tempat lain: tanpa kunci, data pribadi di "
        "dalamnya tidak dapat dibuka siapa pun.",
        "THE KEYS ARE NOT IN THE BACKUP. Keep them elsewhere: without them nobody can open the personal data "
        "in it.",
    )


def restore_command(settings: Settings, source: Path, keys: Path | None) -> None:
    """Put a backup into an empty database, with the keys that it was made with."""
    manifest = backup.read_manifest(source)
    with _keyed(settings, keys) as given, stand(given) as ground:
        check_keys(ground, seals=True)
        _check_key(ground.settings, manifest)
        store = store_of(ground.settings)
        _check_empty_folders(ground.settings)
        asyncio.run(_check_target(ground.owner_url))
        with shown("Memulihkan / restoring"):
            Client().restore(ground.owner_url, source / backup.DUMP)
            asyncio.run(_put_objects(source, store))
            backup.copy_folder(source / backup.SEALS, seal_folder(ground.settings))
            migrate(ground)
        if ground.embedded is not None and keys is not None:
            _keep_keys(keys, ground.settings.data_dir / KEY_FILE)
        proof = asyncio.run(_prove(ground.owner_url, manifest, seal_folder(ground.settings), ground.seal_key))
    say(
        f"Dipulihkan: {proof.rows:,} baris, {proof.objects:,} berkas, {proof.chains:,} rantai utuh",
        f"Restored: {proof.rows:,} rows, {proof.objects:,} files, {proof.chains:,} chains whole",
    )


async def make(ground: Ground, target: Path) -> Manifest:
    """Write all parts: the seals first, then the database, then the files that its rows name.

    In this order no part can be ahead of what it is held against: a seal is in the database before it is
    copied, a file in the store before its row, and a deleted file stays for another 30 days.

    Raises:
        BackupError: the target is not empty, the server is newer than our programs, or a file is missing.
    """
    backup.make_folder(target)
    client, signer = Client(), SealSigner.parse(ground.seal_key)
    await asyncio.to_thread(backup.copy_folder, seal_folder(ground.settings), target / backup.SEALS)
    async with whole.held(ground.owner_url) as tx:
        server = await whole.server_number(tx)
        if server // 10_000 > client.major:
            raise BackupError(
                code="backup_server",
                id=f"Server PostgreSQL {server // 10_000} lebih baru daripada pg_dump {client.major} bawaan.",
                en=f"The server's PostgreSQL {server // 10_000} is newer than our pg_dump {client.major}.",
            )
        snapshot = await whole.exported(tx)
        dumping = asyncio.to_thread(client.dump, ground.owner_url, snapshot, target / backup.DUMP)
        await dumping
        rows, keys = await whole.row_counts(tx), await whole.object_keys(tx)
        migration = await whole.migration(tx)
    await _take_objects(store_of(ground.settings), keys, target)
    manifest = Manifest(
        made_at=clock.now().isoformat(),
        service=VERSION,
        server=server,
        client=client.version(),
        migration=migration,
        rows=rows,
        parts=await asyncio.to_thread(backup.parts_of, target),
        key_check=base64.b64encode(_vault(ground.settings).box(_PURPOSE, _MARK)).decode(),
        seal_key_id=signer.key_id,
    )
    backup.write_manifest(target, manifest)
    return manifest


async def _take_objects(store: ObjectStore, keys: list[str], target: Path) -> None:
    """Copy the encrypted files as they are."""
    folder = Folder(target / backup.OBJECTS)
    for key in keys:
        try:
            await folder.put(key, await store.get(key))
        except Missing:
            raise BackupError(
                code="backup_object",
                id=f"Berkas {key} tidak ada di tempat penyimpanan.",
                en=f"The file {key} is not in the store.",
            ) from None


async def _put_objects(source: Path, store: ObjectStore) -> None:
    folder = source / backup.OBJECTS
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file():
            await store.put(path.relative_to(folder).as_posix(), await asyncio.to_thread(path.read_bytes))


def prove_backup(source: Path, seal_key: str) -> Proof:
    """Restore a backup into a database that is thrown away, and hold it against its manifest.

    Raises:
        BackupError: a part is damaged, a count differs, a file is missing, or a chain is not whole.
    """
    manifest = backup.read_manifest(source)
    scratch = placed = Path(tempfile.mkdtemp(prefix="puskesos-proof-"))
    # As root PostgreSQL runs as another user, who must be able to pass through.
    scratch.chmod(0o711)
    try:
        with EmbeddedPostgres(options=_FAST).start(scratch / "data") as running:
            placed = running.data_dir
            Client().restore(running.migrate_url, source / backup.DUMP)
            return asyncio.run(_prove(running.migrate_url, manifest, source / backup.SEALS, seal_key))
    finally:
        shutil.rmtree(placed, ignore_errors=True)
        shutil.rmtree(scratch, ignore_errors=True)


async def _prove(url: str, manifest: Manifest, seals: Path, seal_key: str) -> Proof:
    async with whole.held(url) as tx:
        rows, keys = await whole.row_counts(tx), await whole.object_keys(tx)
    differing = sorted(name for name in {*rows, *manifest.rows} if rows.get(name) != manifest.rows.get(name))
    if differing:
        raise backup.broken(", ".join(differing))
    missing = [key for key in keys if f"{backup.OBJECTS}/{key}" not in manifest.parts]
    if missing:
        raise backup.broken(f"{len(missing)} files")
    evidence = Evidence(SealSigner.parse(seal_key), SealCopies(seals))
    database = await connect(url, pool_size=1, intake_pool_size=1)
    try:
        async with read_only(database.sessions) as tx:
            report = await verify(tx, evidence, lambda _: None)
    finally:
        await database.close()
    if not report.sound:
        first = report.findings[0]
        raise backup.broken(f"{first.regency_code} {first.log} {first.fault.kind}")
    return Proof(sum(rows.values()), len(keys), report.streams)


@contextmanager
def _keyed(settings: Settings, keys: Path | None) -> Iterator[Settings]:
    """Give the settings with the keys of a key file, where one is named."""
    if keys is None:
        beside = settings.data_dir / KEY_FILE
        if settings.master_keys is None and not beside.is_file():
            raise refusal(
                "Sebut kuncinya: --keys keys.json, atau isi PUSKESOS_MASTER_KEYS dan yang lain.",
                "Name the keys: --keys keys.json, or set PUSKESOS_MASTER_KEYS and the others.",
            )
        yield settings
        return
    if not keys.is_file():
        raise refusal(f"Tidak ada berkas kunci {keys}.", f"There is no key file {keys}.")
    found = make_keys(keys)
    yield settings.model_copy(
        update={
            "master_keys": SecretStr(found.master_keys),
            "index_keys": SecretStr(found.index_keys),
            "seal_key": SecretStr(found.seal_key),
        }
    )


def _keep_keys(source: Path, target: Path) -> None:
    """Lay the keys beside the embedded data: without them the next start would make others."""
    if source.resolve() != target.resolve():
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(source.read_bytes())


def _vault(settings: Settings) -> Vault:
    return Vault(Keyring.parse(settings.master_keys.get_secret_value() if settings.master_keys else ""))


def _check_key(settings: Settings, manifest: Manifest) -> None:
    try:
        opened = _vault(settings).unbox(_PURPOSE, base64.b64decode(manifest.key_check, validate=True))
    except (CannotOpen, ValueError):
        opened = b""
    if opened != _MARK:
        raise refusal(
            "Kunci ini bukan kunci cadangan ini: data pribadinya tidak akan terbuka. Tidak ada yang diubah.",
            "These are not the keys of this backup: its personal data would not open. Nothing was changed.",
        )


def _check_empty_folders(settings: Settings) -> None:
    folders = [seal_folder(settings)]
    if settings.object_store_url is None:
        folders.append(settings.data_dir / "objects")
    for folder in folders:
        if folder.is_dir() and any(folder.iterdir()):
            raise refusal(f"Folder {folder} tidak kosong.", f"The folder {folder} is not empty.")


async def _check_target(url: str) -> None:
    async with whole.held(url) as tx:
        if await whole.server_number(tx) < whole.OLDEST_TARGET:
            raise refusal(
                "Pemulihan memerlukan PostgreSQL 17 atau lebih baru.",
                "Restoring needs PostgreSQL 17 or newer.",
            )
        if await whole.has_tables(tx):
            raise refusal(
                "Basis data ini tidak kosong. Pulihkan ke basis data baru.",
                "This database is not empty. Restore into a new one.",
            )


@contextmanager
def shown(what: str) -> Iterator[None]:
    """Show that it is at work, and for how long."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(what)
        yield
