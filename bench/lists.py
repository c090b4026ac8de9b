"""What a page of each declared list reads from PostgreSQL, in buffers of 8 KB.

The SQL is the service's own: the queries are called with the sight of an officer, what they execute is caught
on its way, and PostgreSQL explains exactly that.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.queries import feed, held
from app.db.queries.cases import CaseFilter, Page, Search, list_cases
from app.db.queries.feed import Viewer, Window
from app.db.queries.referrals import ReferralFilter, list_referrals
from app.db.queries.scope import Sight
from app.db.session import Database, Tx, connect, read_only
from app.domain.access import Actor, Grant, Role, scope_of
from app.domain.codes import ActorKind
from app.services.changes import WINDOW
from app.services.seed.places import packed_regions

LIMIT: Final = 50
REGENCY: Final = "13.71"
PROVINCE: Final = "13"
OPEN: Final = ("registered", "incomplete", "verifying", "handling", "awaiting_decision", "referred")
_REGIONS: Final = packed_regions()


@dataclass(frozen=True, slots=True)
class Plan:
    """What PostgreSQL did for one page."""

    buffers: int
    rows: int
    ms: float


@dataclass(frozen=True, slots=True)
class Compared:
    small: Plan
    large: Plan

    @property
    def larger_page(self) -> float:
        """How many times more rows the larger database gave, where the smaller one has no full page."""
        return max(self.large.rows / max(self.small.rows, 1), 1.0)

    @property
    def ratio(self) -> float:
        """Buffers in the large database by those in the small one, for as many rows."""
        return self.large.buffers / max(self.small.buffers, 1) / self.larger_page


@dataclass(frozen=True, slots=True)
class World:
    """Things to look for that each database has."""

    now: datetime
    village: str
    ticket: str
    nik: bytes
    name_key: str
    feed_head: int


Look = Callable[[Tx, World], Awaitable[Any]]


def _account(n: int) -> UUID:
    """The account that the filling gave cases of the regency to."""
    return UUID(hashlib.md5(f"{REGENCY}{n}".encode(), usedforsecurity=False).hexdigest())


RECEIVER: Final = UUID(int=7 << 76 | 1 << 63)
"""A receiver's account: no case is hers, and none names her."""


def _sight(role: Role, region: str | None, agency: str | None = None) -> Sight:
    """What an officer sees, who has cases of her own besides her area; or a receiver."""
    account = RECEIVER if agency else _account(3)
    actor = Actor(ActorKind.OFFICER, REGENCY, account, (Grant(role, region, agency),))
    return Sight(scope_of(actor), _REGIONS.regencies)


LAST: Final = UUID(int=(1 << 128) - 1)


def _cases(
    role: Role, *, region: str | None = REGENCY, deep: bool = False, **wanted: Any
) -> Callable[[Tx, World], Awaitable[Any]]:
    async def look(tx: Tx, world: World) -> Any:
        own = world.village if region == "village" else world.village[:8] if region == "district" else region
        found = {name: value(world) if callable(value) else value for name, value in wanted.items()}
        search, narrowed = found.pop("search", None), found.pop("narrowed", None)
        # Never in front of the filling: what the intake runs opened is all of one kind.
        after = (world.now - timedelta(days=300 if deep else 0), LAST)
        return await list_cases(
            tx, _sight(role, own), CaseFilter(region=narrowed, **found), Page(LIMIT, after), search
        )

    return look


def _inbox(role: Role, region: str | None, agency: str | None = None, **wanted: Any) -> Look:
    async def look(tx: Tx, world: World) -> Any:
        found = {name: value(world) if callable(value) else value for name, value in wanted.items()}
        return await list_referrals(tx, _sight(role, region, agency), ReferralFilter(**found), LIMIT, None)

    return look


def _feed(role: Role, region: str | None, agency: str | None = None) -> Look:
    async def look(tx: Tx, world: World) -> Any:
        middle = world.feed_head // 2
        viewer = Viewer(_sight(role, region, agency))
        return await feed.read_window(tx, viewer, Window(REGENCY, middle, middle + 2000), LIMIT, ())

    return look


def _changes(role: Role, region: str) -> Look:
    """What follows the feed for a device: the next numbers, and which of their cases may be seen."""

    async def look(tx: Tx, world: World) -> Any:
        own = world.village if region == "village" else region
        numbered = await held.changed_in(tx, REGENCY, world.feed_head // 2, WINDOW)
        return await held.seen_of(tx, _sight(role, own), {(REGENCY, one) for _, one in numbered if one})

    return look


_desk = partial(_cases, Role.SECRETARIAT_OFFICER)
LISTS: Final[Mapping[str, Look]] = {
    "cases_village": _cases(Role.DESK_OFFICER, region="village"),
    "cases_village_deep": _cases(Role.DESK_OFFICER, region="village", deep=True),
    "cases_district": _cases(Role.SUPERVISOR, region="district"),
    "cases_regency": _desk(),
    "cases_regency_deep": _desk(deep=True),
    "cases_closed_to": _cases(Role.MANAGER),
    "cases_province": _cases(Role.AUDITOR, region=PROVINCE),
    "cases_nation": _cases(Role.AUDITOR, region="ID"),
    "cases_by_status": _desk(status=["awaiting_decision"]),
    "cases_by_status_deep": _desk(status=["closed"], deep=True),
    "cases_open": _desk(status=OPEN),
    "cases_by_kind": _desk(kind="PENGADUAN"),
    "cases_by_category": _desk(category="KEPESERTAAN"),
    "cases_by_sector": _desk(sector="KESEHATAN"),
    "cases_by_priority": _desk(priority="MENDESAK"),
    "cases_by_district": _desk(narrowed=lambda w: w.village[:8]),
    "cases_by_village": _desk(narrowed=lambda w: w.village),
    "cases_by_holder": _desk(holder="desk"),
    "cases_by_assignee": _desk(assignee=_account(5)),
    "cases_by_program": _desk(program="PKH"),
    "cases_by_agency": _desk(agency="KEMENSOS"),
    "cases_overdue": _desk(overdue=lambda w: (True, w.now)),
    "cases_not_overdue": _desk(overdue=lambda w: (False, w.now)),
    "cases_due_before": _desk(due_before=lambda w: w.now + timedelta(days=1)),
    "cases_opened_from": _desk(opened_from=lambda w: w.now - timedelta(days=200)),
    "cases_opened_to": _desk(opened_to=lambda w: w.now - timedelta(days=200)),
    "cases_updated_after": _desk(updated_after=lambda w: w.now - timedelta(days=2)),
    "search_ticket": _desk(search=lambda w: Search(ticket=w.ticket)),
    "search_nik": _desk(search=lambda w: Search(digests=[w.nik])),
    "search_name": _desk(search=lambda w: Search(name_key=w.name_key)),
    "inbox_regency": _inbox(Role.AGENCY_OFFICER, REGENCY, "DINSOS-1371"),
    "inbox_regency_sent": _inbox(Role.AGENCY_OFFICER, REGENCY, "DINSOS-1371", status=["sent"]),
    "inbox_regency_overdue": _inbox(Role.AGENCY_OFFICER, REGENCY, "DINSOS-1371", overdue_at=lambda w: w.now),
    "inbox_nation": _inbox(Role.AGENCY_CLIENT, None, "KEMENSOS"),
    "inbox_province": _inbox(Role.AGENCY_CLIENT, PROVINCE, "KEMENSOS"),
    "referrals_secretariat": _inbox(Role.SECRETARIAT_OFFICER, REGENCY),
    "referrals_of_case": _inbox(Role.SECRETARIAT_OFFICER, REGENCY, case=lambda w: (REGENCY, w.ticket)),
    "feed_secretariat": _feed(Role.SECRETARIAT_OFFICER, REGENCY),
    "sync_village": _changes(Role.DESK_OFFICER, "village"),
    "sync_secretariat": _changes(Role.SECRETARIAT_OFFICER, REGENCY),
    "feed_agency": _feed(Role.AGENCY_CLIENT, REGENCY, "DINSOS-1371"),
}


async def plans_of(url: str, now: datetime) -> dict[str, Plan]:
    """Look at every list once; the second of two looks counts, when what is read is in memory."""
    database = await connect(url, pool_size=1, intake_pool_size=1)
    try:
        async with read_only(database.sessions) as tx:
            world = await _world(tx, now)
        return {name: await _explained(database, look, world) for name, look in LISTS.items()}
    finally:
        await database.close()


def compare(small: Mapping[str, Plan], large: Mapping[str, Plan]) -> dict[str, Compared]:
    return {name: Compared(small[name], large[name]) for name in LISTS}


async def _world(tx: Tx, now: datetime) -> World:
    village = await tx.scalar(
        text("SELECT village_code FROM desks WHERE regency_code = :r ORDER BY village_code LIMIT 1"),
        {"r": REGENCY},
    )
    row = (await tx.execute(_SOMEBODY, {"r": REGENCY, "v": village})).one()
    head = await tx.scalar(text("SELECT n FROM feed_heads WHERE regency_code = :r"), {"r": REGENCY})
    return World(now, str(village), row.ticket, row.nik_digest, row.name_key, int(head or 0))


_SOMEBODY: Final = text("""
SELECT c.ticket, p.nik_digest, p.name_key
FROM cases c JOIN persons p ON p.regency_code = c.regency_code AND p.id = c.person_id
WHERE c.regency_code = :r AND c.village_code = :v AND c.confidentiality = 'BIASA'
  AND EXISTS (SELECT FROM referrals f WHERE f.regency_code = c.regency_code AND f.case_id = c.id)
ORDER BY c.opened_at LIMIT 1
""")


async def _explained(database: Database, look: Look, world: World) -> Plan:
    caught: list[tuple[str, Any]] = []

    def catch(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        caught.append((statement, parameters))

    async with read_only(database.sessions) as tx:
        engine = database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", catch)
        try:
            await look(tx, world)
        finally:
            event.remove(engine, "before_cursor_execute", catch)
    async with database.engine.connect() as connection:
        for statement, parameters in caught:
            await _explain(connection, statement, parameters)
        found = [await _explain(connection, statement, parameters) for statement, parameters in caught]
    return Plan(sum(one.buffers for one in found), found[-1].rows, sum(one.ms for one in found))


async def _explain(connection: AsyncConnection, statement: str, parameters: Any) -> Plan:
    answer = await connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
    )
    told = answer.scalar_one()[0]
    top = told["Plan"]
    return Plan(
        top["Shared Hit Blocks"] + top["Shared Read Blocks"], top["Actual Rows"], told["Execution Time"]
    )
