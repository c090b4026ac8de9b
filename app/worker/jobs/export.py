"""Making an export: page after page in the sight of whoever asked, each page sealed into the store.

Object first, row second: a worker that dies leaves an object that nobody names, and the page is read again.
A workbook is made at the end, of what was collected line by line.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import attachments, exports, lists, sessions
from app.db.queries.case_filter import CaseFilter
from app.db.queries.cases import Page, list_cases, persons_of, place_of
from app.db.queries.rights import restrained
from app.db.queries.scope import Sight
from app.db.session import Tx, read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.exports import Export
from app.db.tables.people import Person
from app.domain.access import Actor, Grant, Permission, Role, scope_of
from app.domain.attachments import object_key
from app.domain.codes import ActorKind
from app.domain.errors import Conflict
from app.domain.exports import CASE_COLUMNS, MOST_IN_WORKBOOK, ExportFormat
from app.domain.knowledge import Knowledge
from app.domain.rights import RequestKind
from app.domain.sla import local_date
from app.integrations.export_files import json_lines, workbook
from app.integrations.list_books import csv_piece
from app.integrations.sealed_files import open_file, seal_file
from app.services.exports import refuse_inactive
from app.worker.running import Run

PAGE: Final = 2_000
SCRATCH: Final = "scratch"
"""In the data directory: where a workbook lies while it is made."""
_MASK: Final = "************"


@dataclass(frozen=True, slots=True)
class _Making:
    run: Run
    row: Export
    known: Knowledge
    actor: Actor
    key: Any

    @property
    def sight(self) -> Sight:
        return Sight(scope_of(self.actor), self.known.regions.tenants, self.known.family)

    @property
    def heading(self) -> list[str]:
        english = self.row.language == "en"
        return [one.heading.en if english else one.heading.id for one in CASE_COLUMNS]


async def run_export(run: Run, *, page: int = PAGE) -> dict[str, Any] | None:
    """Make an export, *page* cases at a time; return how many rows and bytes it has."""
    making = await _begin(run)
    wanted = exports.filter_of(making.row.filter, making.row.created_at)
    while not run.position.get("collected"):
        if not await _page(making, wanted, page):
            return None
    if making.row.format == ExportFormat.XLSX and not run.position.get("bound"):
        await _bind(making)
    async with read_only(run.tools.database.sessions) as tx:
        row = await exports.find(tx, run.regency, making.row.id)
    return {"rows": row.rows, "bytes": row.size} if row else None


async def _begin(run: Run) -> _Making:
    tools, now = run.tools, run.tools.now()
    async with read_only(tools.database.sessions) as tx:
        row = await exports.find(tx, run.regency, UUID(run.input["export"]))
        if row is None or row.deleted_at is not None:
            raise Conflict("export_gone", "Ekspor ini sudah dihapus.", "This export was deleted.")
        key = tools.vault.unwrap(await lists.wrapped_key(tx, run.regency, row.data_key_id))
        actor = await _actor(tx, row, now)
    return _Making(run, row, await tools.knowledge.current(now), actor, key)


async def _actor(tx: Tx, row: Export, now: datetime) -> Actor:
    """Return the account with the grants that it has by now: who has lost an office exports nothing of it.

    Raises:
        Forbidden: the account is not active any more.
    """
    tenant, account = row.regency_code, row.account_id
    if not await exports.account_is_active(tx, tenant, account):
        raise refuse_inactive()
    held = await sessions.grants_in_force(tx, tenant, account, local_date(now, tenant))
    grants = tuple(Grant(Role(one.role), one.region_code, one.agency_code, one.desk_id) for one in held)
    return Actor(ActorKind.OFFICER, tenant, account, grants)


async def _page(making: _Making, wanted: CaseFilter, limit: int) -> bool:
    """Take the next page out; tell whether to go on."""
    run, tools = making.run, making.run.tools
    after = run.position.get("after")
    place = (datetime.fromisoformat(after[0]), UUID(after[1])) if after else None
    async with read_only(tools.database.sessions) as tx:
        found = await list_cases(tx, making.sight, wanted, Page(limit, place))
        cases = found[:limit]
        people = await persons_of(tx, cases)
        numbers = await _numbers(tx, making, cases, people)
        ids = [case.person_id for case in cases if case.person_id]
        # Cases of other tenants come on the same page; a freeze is of the tenant of its person.
        tenants = {case.regency_code for case in cases}
        frozen = {one for t in tenants for one in await restrained(tx, t, RequestKind.FREEZE, ids)}
    rows = [_row(making, case, people, numbers) for case in cases if case.person_id not in frozen]
    position: dict[str, Any] = {"collected": len(found) <= limit}
    if cases:
        at, id_ = place_of(cases[-1], wanted.order)
        position["after"] = [at.isoformat(), id_.hex]
    content = _lines(making, rows, first=not run.done)
    part = await _put(making, content) if content else None
    async with transaction(tools.database.sessions) as tx:
        row = await _locked(tx, making)
        if part is not None:
            row.parts = [*row.parts, part]
            row.size += len(content)
        row.rows += len(rows)
        if making.row.format == ExportFormat.XLSX and row.rows > MOST_IN_WORKBOOK:
            raise _too_long()
        return await run.move(tx, position, done=run.done + len(rows)) or bool(position["collected"])


def _lines(making: _Making, rows: Sequence[dict[str, object]], *, first: bool) -> bytes:
    if making.row.format == ExportFormat.NDJSON:
        return json_lines(rows)
    cells = [["" if cell is None else cell for cell in row.values()] for row in rows]
    if making.row.format == ExportFormat.XLSX:
        return json_lines(cells)
    lines = [[str(cell) for cell in row] for row in cells]
    return csv_piece([making.heading, *lines] if first else lines, first=first)


async def _bind(making: _Making) -> None:
    """Make the workbook of the lines that were collected, and put it in their place."""
    run, tools = making.run, making.run.tools
    async with read_only(tools.database.sessions) as tx:
        row = await exports.find(tx, run.regency, making.row.id)
    collected = list(row.parts) if row else []
    opened = _opened(making, collected, asyncio.get_running_loop())
    pieces = workbook(opened, making.heading, tools.settings.data_dir / SCRATCH)
    bound: list[list[Any]] = []
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        bound.append(await _put(making, piece))
    async with transaction(tools.database.sessions) as tx:
        locked = await _locked(tx, making)
        old = exports.part_keys(locked)
        await attachments.delete_later(tx, run.regency, old, due_at=tools.now(), reason="replaced")
        locked.parts, locked.size = bound, sum(size for _, size in bound)
        await run.move(tx, {**run.position, "bound": True}, done=run.done)


def _opened(making: _Making, parts: Sequence[Any], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Give the parts one after the other, to a thread beside *loop*."""
    for key, _ in parts:
        stored = asyncio.run_coroutine_threadsafe(making.run.tools.objects.get(str(key)), loop).result()
        yield open_file(making.run.tools.vault, making.key, (making.row.id, str(key)), stored)


async def _put(making: _Making, content: bytes) -> list[Any]:
    tools, row = making.run.tools, making.row
    key = object_key(row.regency_code, tools.ids.new_id(tools.now()))
    sealed = await asyncio.to_thread(seal_file, tools.vault, making.key, (row.id, key), content)
    await tools.objects.put(key, sealed)
    return [key, len(content)]


async def _locked(tx: Tx, making: _Making) -> Export:
    row = await exports.lock(tx, making.run.regency, making.row.id)
    if row is None or row.deleted_at is not None:
        raise Conflict("export_gone", "Ekspor ini sudah dihapus.", "This export was deleted.")
    return row


async def _numbers(
    tx: Tx, making: _Making, cases: Sequence[Case], people: dict[tuple[str, UUID], Person]
) -> dict[UUID, str]:
    """Open the NIKs of those whom the actor may reveal, by case."""
    if not making.row.full_nik:
        return {}
    opened = {}
    keys = await exports.keys_of(tx, list(people.values()))
    vault = making.run.tools.vault
    for case in cases:
        person = people.get((case.regency_code, case.person_id)) if case.person_id else None
        if person is None or person.nik_sealed is None:
            continue
        wrapped = keys.get((person.regency_code, person.data_key_id))
        if wrapped and making.actor.has(Permission.PERSON_REVEAL, case.village_code, case.desk_id):
            key = vault.unwrap(wrapped)
            opened[case.id] = vault.open(key, "persons", "nik", person.id, person.nik_sealed)
    return opened


def _row(
    making: _Making, case: Case, people: dict[tuple[str, UUID], Person], numbers: dict[UUID, str]
) -> dict[str, object]:
    person = people.get((case.regency_code, case.person_id)) if case.person_id else None
    known, words = making.known, making.row.format != ExportFormat.NDJSON
    zone, regions = known.zone(case.regency_code), known.regions

    def coded(set_name: str, code: str | None) -> str | None:
        return known.label(set_name, code, making.row.language) if words and code else code

    def at(instant: datetime | None) -> str | None:
        if instant is None:
            return None
        local = instant.astimezone(zone)
        return f"{local:%Y-%m-%d %H:%M}" if words else local.isoformat()

    now = making.row.created_at
    late = case.due_at is not None and case.due_at < now
    masked = _MASK + person.nik_last4 if person and person.nik_last4 else None
    values: tuple[object, ...] = (
        case.ticket,
        coded("case_kind", case.kind),
        coded("case_category", case.category),
        coded("sector", case.sector),
        coded("priority", case.priority),
        coded("confidentiality", case.confidentiality),
        coded("case_status", case.status),
        coded("holder", case.holder),
        case.village_code,
        regions.get(case.village_code, case.village_code),
        regions.get(case.district_code, case.district_code),
        regions.get(case.regency_code, case.regency_code),
        person.name if person else None,
        numbers.get(case.id, masked),
        person.born_on.isoformat() if person and person.born_on else None,
        coded("sex", person.sex) if person else None,
        at(case.opened_at),
        at(case.updated_at),
        at(case.due_at),
        _yes_no(making, late=late) if words else late,
        at(case.escalated_at),
        coded("outcome", case.outcome),
        at(case.resolved_at),
        at(case.closed_at),
    )
    return {column.key: value for column, value in zip(CASE_COLUMNS, values, strict=True)}


def _yes_no(making: _Making, *, late: bool) -> str:
    if making.row.language == "en":
        return "yes" if late else "no"
    return "ya" if late else "tidak"


def _too_long() -> Conflict:
    return Conflict(
        "too_many_rows",
        "Satu lembar Excel tidak memuat sejuta kasus lebih. Persempit saringannya, atau pilih CSV.",
        "One sheet of Excel does not hold more than a million cases. Narrow the filter, or choose CSV.",
    )
