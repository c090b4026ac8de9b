"""A list of aid, row by row into the ledger: some at a time, each batch with how far the list is.

After a kill the file is read again from its beginning, and what is stored already is left out.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from app.db.queries import assistance_imports as stored
from app.db.queries import lists
from app.db.queries.acting import Acting
from app.db.session import Tx, read_only, transaction
from app.db.tables.assistance import AssistanceImport
from app.db.tables.lists import ListFile
from app.domain.errors import Conflict, NotFound
from app.domain.knowledge import Knowledge
from app.domain.lists import Places
from app.domain.lists.files import ListFaultError, ListKind, refusal_of
from app.domain.sla import local_date
from app.integrations.list_rows import ListRows, ListText
from app.integrations.sealed_files import open_file
from app.services import assistance_imports as imports
from app.worker.running import Run

BATCH: Final = 50
"""Rows whose people are locked together (design, section 9, rule 11)."""


async def run_assistance_import(run: Run, batch: int = BATCH) -> dict[str, Any] | None:
    """Bring the list in; the result are its rows by verdict and by reason.

    Raises:
        DeskError: the list cannot be read, or was deleted.
    """
    known = await run.tools.knowledge.current(run.tools.now())
    try:
        rows = await _open(run, known)
        if "nik" not in rows.layout.at:
            raise _no_nik()
        await asyncio.to_thread(rows.skip_to, int(run.position.get("n", 0)))
        while True:
            some = await asyncio.to_thread(rows.take, batch)
            async with transaction(run.tools.database.sessions) as tx:
                acting, row = await _at(run, tx, known)
                if not some:
                    going = await run.move(tx, dict(run.position), done=run.done, total=run.done)
                    return await imports.end(acting, row) if going else None
                # First, so that nothing is written that another worker has.
                going = await run.move(tx, {"n": some[-1][0]}, done=run.done + len(some))
                await imports.take_rows(acting, row, run.tools.blind, some)
            if not going:
                return None
    except ListFaultError as error:
        raise refusal_of(error.fault) from error


async def _at(run: Run, tx: Tx, known: Knowledge) -> tuple[Acting, AssistanceImport]:
    row = await stored.find(tx, run.regency, UUID(run.input["import"]))
    if row is None:
        raise NotFound(id="Impor bantuan ini tidak ada.", en="There is no such import of aid.")
    return run.tools.acting(tx, known), row


async def _open(run: Run, known: Knowledge) -> ListRows:
    regency, regions = run.regency, known.regions
    async with read_only(run.tools.database.sessions) as tx:
        _, row = await _at(run, tx, known)
        file = await lists.live(tx, regency, row.list_id)
        wrapped = await lists.wrapped_key(tx, regency, file.data_key_id)
        profile = await lists.profile_of(tx, regency, row.profile_id)
    loop = asyncio.get_running_loop()
    text = ListText(_pieces(run, file, wrapped, loop), ListKind(file.kind), file.encoding, profile)
    places = Places(
        regency,
        {code: regions[code] for code in regions.villages(regency)},
        {code: regions[code] for code in regions.districts(regency)},
    )
    # Of the day on which it was asked for: read again tomorrow, the rows are the same.
    return await asyncio.to_thread(ListRows, text, places, local_date(row.created_at, regency))


def _pieces(run: Run, file: ListFile, wrapped: bytes, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Give the parts of a file as a thread asks for them; the store itself is asked on *loop*."""
    store = run.tools.objects
    key = run.tools.vault.unwrap(wrapped)
    for name, _ in file.parts:
        got = asyncio.run_coroutine_threadsafe(store.get(str(name)), loop).result()
        yield open_file(run.tools.vault, key, (file.id, str(name)), got)


def _no_nik() -> Conflict:
    return Conflict(
        "list_without_nik",
        "Daftar ini tidak memuat kolom NIK. Minta daftar yang memuatnya, atau buat profil kolom.",
        "The list has no column of NIKs. Ask for one that has, or make a column profile.",
    )
