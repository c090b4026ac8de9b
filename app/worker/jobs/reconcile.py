"""A list against what is known: rows are staged, compared by NIK, then by likeness; then who is missing.

Each step is one transaction that moves the position on with what it wrote, so a worker that dies at any
point leaves no row half done: the next one reads the files again and leaves out what stands there.
"""

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from app.db.queries import lists as files
from app.db.queries.acting import Acting
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations import stored
from app.db.queries.reconciliations.rows import MAIN, Place
from app.db.session import Tx, read_only, transaction
from app.db.tables.lists import ListFile
from app.db.tables.reconciliations import Reconciliation
from app.domain.errors import Conflict, NotFound
from app.domain.knowledge import Knowledge
from app.domain.lists import Places
from app.domain.lists.files import FileFault, ListFaultError, ListKind, refusal_of
from app.integrations.list_rows import ListRows, ListText, Numbered
from app.integrations.object_store import Missing
from app.integrations.sealed_files import open_file
from app.services.reconciliations import comparing as compare
from app.services.reconciliations import finishing, missing
from app.services.reconciliations.comparing import SKIPPED, Comparing
from app.worker.running import Run

ROWS: Final = 2_000
"""In one transaction: well under a second of work."""
STAGE, BY_NIK, BY_LIKENESS, MISSING, FINISH = "stage", "by_nik", "by_likeness", "missing", "finish"
_NEXT: Final[Mapping[str, str]] = MappingProxyType(
    {STAGE: BY_NIK, BY_NIK: BY_LIKENESS, BY_LIKENESS: MISSING, MISSING: FINISH}
)


async def run_reconcile(run: Run, *, rows: int = ROWS) -> dict[str, Any] | None:
    """Do the steps from where the job is, *rows* at a time; return what came of it, None when it stops.

    Raises:
        DeskError: a list cannot be read, or is none that can be compared.
    """
    while True:
        step = run.position.get("step", STAGE)
        if step == FINISH:
            return await _finish(run)
        if not await _STEPS[step](run, rows):
            return None


async def _move_on(run: Run, tx: Tx, **more: Any) -> bool:
    """Begin the next step, at its beginning."""
    step = run.position.get("step", STAGE)
    kept: dict[str, Any] = {name: run.position[name] for name in ("rows", "foreign") if name in run.position}
    return await run.move(tx, {**kept, "step": _NEXT[step], **more}, done=run.done, total=_total(run))


def _total(run: Run) -> int | None:
    """Rows are staged, then judged: each counts twice."""
    rows = run.position.get("rows")
    return None if rows is None else 2 * int(rows)


async def _at(run: Run, tx: Tx, known: Knowledge) -> tuple[Acting, Comparing]:
    acting = run.tools.acting(tx, known)
    row = await stored.find(tx, run.regency, UUID(run.input["reconciliation"]))
    if row is None:
        raise NotFound(id="Pencocokan ini tidak ada.", en="There is no such reconciliation.")
    wrapped = await files.wrapped_key(tx, run.regency, row.data_key_id)
    return acting, compare.comparing(acting, row, wrapped, run.tools.blind)


async def _known(run: Run) -> Knowledge:
    return await run.tools.knowledge.current(run.tools.now())


# Staging -------------------------------------------------------------------------------------------------


async def _stage(run: Run, rows: int) -> bool:
    known = await _known(run)
    async with read_only(run.tools.database.sessions) as tx:
        _, at = await _at(run, tx, known)
    for list_no in range(int(run.position.get("list", MAIN)), len(at.row.others) + 1):
        if not await _stage_list(run, known, at, (list_no, rows)):
            return False
    _check_place(run, at)
    async with transaction(run.tools.database.sessions) as tx:
        _, at = await _at(run, tx, known)
        await compare.fix_snapshot(tx, at.row)
        return await _move_on(run, tx, n=0)


async def _stage_list(run: Run, known: Knowledge, at: Comparing, which: tuple[int, int]) -> bool:
    """Write one list's rows, from where the last worker was."""
    list_no, count = which
    here = run.position.get("list", MAIN) == list_no
    n = int(run.position.get("n", 0)) if here else 0
    try:
        rows = await _open(run, known, at, list_no)
        if list_no == MAIN:
            _check_columns(rows)
        await asyncio.to_thread(rows.skip_to, n)
        while True:
            batch = await asyncio.to_thread(rows.take, count)
            going = await _write(run, at, list_no, batch)
            if not batch or not going:
                return going
    except ListFaultError as error:
        raise refusal_of(error.fault) from error
    except Missing as error:
        raise files.no_list() from error


async def _write(run: Run, at: Comparing, list_no: int, batch: list[Numbered]) -> bool:
    usable = [one for one in batch if not SKIPPED.intersection(one[1].reasons)]
    make = partial(compare.stage_row, run.tools.vault, at, list_no)
    made = await asyncio.to_thread(lambda: [make(one) for one in usable])
    # Only the list itself is counted; the others stand beside it.
    rows, foreign = (len(usable), sum(map(compare.is_foreign, usable))) if list_no == MAIN else (0, 0)
    position = {
        "step": STAGE,
        **({"list": list_no, "n": batch[-1][0]} if batch else {"list": list_no + 1, "n": 0}),
        "rows": int(run.position.get("rows", 0)) + rows,
        "foreign": int(run.position.get("foreign", 0)) + foreign,
    }
    async with transaction(run.tools.database.sessions) as tx:
        if made:
            await staged.stage(tx, Place(run.regency, at.row.id, list_no), made)
        return await run.move(tx, position, done=run.done + rows)


async def _open(run: Run, known: Knowledge, at: Comparing, list_no: int) -> ListRows:
    named = at.row.others[list_no - 1] if list_no else None
    list_id = UUID(named["list_id"]) if named else at.row.list_id
    profile = named["profile_id"] and UUID(named["profile_id"]) if named else at.row.profile_id
    async with read_only(run.tools.database.sessions) as tx:
        file = await files.live(tx, run.regency, list_id)
        wrapped = await files.wrapped_key(tx, run.regency, file.data_key_id)
        columns = await files.profile_of(tx, run.regency, profile)
    pieces = _pieces(run, file, wrapped, asyncio.get_running_loop())
    text = ListText(pieces, ListKind(file.kind), file.encoding, columns)
    regions, regency = known.regions, run.regency
    places = Places(
        regency,
        {code: regions[code] for code in regions.villages(regency)},
        {code: regions[code] for code in regions.districts(regency)},
    )
    return await asyncio.to_thread(ListRows, text, places, at.today)


def _pieces(run: Run, file: ListFile, wrapped: bytes, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Give the parts of a file as a thread asks for them; the store itself is asked on the loop."""
    store, key = run.tools.objects, run.tools.vault.unwrap(wrapped)
    for name, _ in file.parts:
        got = asyncio.run_coroutine_threadsafe(store.get(str(name)), loop).result()
        yield open_file(run.tools.vault, key, (file.id, str(name)), got)


def _check_columns(rows: ListRows) -> None:
    if "nik" in rows.layout.at or "born_on" in rows.layout.at:
        return
    raise Conflict(
        "list_without_nik",
        "Daftar ini tidak memuat kolom NIK maupun tanggal lahir, sehingga orangnya tidak dapat dikenali. "
        "Minta daftar yang memuatnya, atau buat profil kolom bila judulnya lain.",
        "The list has neither a column of NIKs nor of birth dates, so nobody can be told by it. Ask for one "
        "that has, or make a column profile if its titles are others.",
    )


def _check_place(run: Run, at: Comparing) -> None:
    """A list without rows is none; one whose villages mostly lie elsewhere is another regency's."""
    rows, foreign = int(run.position.get("rows", 0)), int(run.position.get("foreign", 0))
    if not rows:
        raise refusal_of(FileFault.EMPTY)
    if foreign * 2 <= rows:
        return
    raise Conflict(
        "list_of_other_region",
        "Sebagian besar baris daftar ini menyebut desa atau kelurahan di luar kabupaten/kota ini. Pilih "
        "daftar yang benar, atau kirim ke kabupaten/kotanya.",
        "Most rows of this list name villages outside this regency. Choose the right list, or send it there.",
        {"rows": rows, "elsewhere": foreign, "region": at.row.region_code},
    )


# Judging -------------------------------------------------------------------------------------------------


async def _by_nik(run: Run, rows: int) -> bool:
    known = await _known(run)
    going = True
    while going and run.position["step"] == BY_NIK:
        async with transaction(run.tools.database.sessions) as tx:
            acting, at = await _at(run, tx, known)
            judged = await compare.compare_by_nik(acting, at, int(run.position["n"]), rows)
            if judged is None:
                return await _move_on(run, tx, n=0)
            going = await _judged(run, tx, judged)
    return going


async def _by_likeness(run: Run, rows: int) -> bool:
    known = await _known(run)
    going = True
    while going and run.position["step"] == BY_LIKENESS:
        async with transaction(run.tools.database.sessions) as tx:
            acting, at = await _at(run, tx, known)
            judged = await compare.compare_by_likeness(acting, at, int(run.position["n"]), rows)
            if judged is None:
                return await _move_on(run, tx)
            going = await _judged(run, tx, judged)
    return going


async def _judged(run: Run, tx: Tx, judged: compare.Advance) -> bool:
    position = {**run.position, "n": judged.n}
    return await run.move(tx, position, done=run.done + judged.rows, total=_total(run))


async def _missing(run: Run, rows: int) -> bool:
    known = await _known(run)
    going = True
    while going and run.position["step"] == MISSING:
        async with transaction(run.tools.database.sessions) as tx:
            acting, at = await _at(run, tx, known)
            place = await missing.look(acting, at, run.position.get("look"), rows)
            if place is None:
                return await _move_on(run, tx)
            going = await run.move(tx, {**run.position, "look": place}, done=run.done, total=_total(run))
    return going


async def _finish(run: Run) -> dict[str, Any]:
    known = await _known(run)
    async with transaction(run.tools.database.sessions) as tx:
        acting, at = await _at(run, tx, known)
        counts = await finishing.finish(acting, await _locked(tx, at.row))
        await run.move(tx, run.position, done=run.done, total=_total(run))
    return {"reconciliation": finishing.public(at.row), "counts": counts}


async def _locked(tx: Tx, row: Reconciliation) -> Reconciliation:
    found = await stored.lock(tx, row.regency_code, row.id)
    if found is None:
        raise NotFound(id="Pencocokan ini tidak ada.", en="There is no such reconciliation.")
    return found


_STEPS: Final = MappingProxyType(
    {STAGE: _stage, BY_NIK: _by_nik, BY_LIKENESS: _by_likeness, MISSING: _missing}
)
