"""The figures of a tenant, counted by the worker's own functions, and counted by looking at each row."""

from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import select

from app.api.deps import House, actor_of_token
from app.db.queries import case_facts, feed, metrics, statistics
from app.db.queries.metrics import Ask
from app.db.queries.scope import Sight, sees_case, sees_referral
from app.db.session import Tx, read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.figures import FigureCount
from app.db.tables.referrals import Referral
from app.domain.access import scope_of
from app.domain.indicators import INDICATORS, LEVEL, TOTAL, Kind, of_case, of_referral
from app.domain.statistics import document
from app.services.counting import count_on, rebuild
from tests.support.http import Person

Counts = dict[tuple[Any, ...], int]


async def number(house: House, tenant: str) -> None:
    """Give every committed event its number."""
    async with transaction(house.database.sessions) as tx:
        await feed.number_pending(tx, tenant, datetime.now(UTC), 10_000)


async def count_all(house: House, tenant: str, at_once: int = 1_000) -> None:
    """Count until the figures are where the feed is."""
    more = True
    while more:
        async with transaction(house.database.sessions) as tx:
            more = await count_on(tx, tenant, datetime.now(UTC), at_once)


async def stored(house: House, tenant: str) -> Counts:
    """Return every count that is stored."""
    async with read_only(house.database.sessions) as tx:
        rows = await tx.execute(
            select(
                FigureCount.measure,
                FigureCount.dimension,
                FigureCount.month,
                FigureCount.group_id,
                FigureCount.value,
                FigureCount.n,
            ).where(FigureCount.regency_code == tenant)
        )
        return {tuple(row[:-1]): row.n for row in rows}


async def from_scratch(house: House, tenant: str) -> Counts:
    async with transaction(house.database.sessions) as tx:
        await rebuild(tx, tenant, datetime.now(UTC), lambda _: None, page=3)
    return await stored(house, tenant)


async def sight_of(house: House, person: Person) -> Sight:
    now = datetime.now(UTC)
    actor = await actor_of_token(house, person.token, now)
    assert actor is not None
    known = await house.knowledge.current(now)
    return Sight(scope_of(actor), known.regions.tenants, known.family)


def asks() -> list[Ask]:
    """Return every measure by each of its dimensions."""
    found = []
    for one in INDICATORS.values():
        by_month = one.kind is not Kind.STOCK
        dimensions = () if one.kind is Kind.DURATION else one.dimensions
        found.extend(Ask(one.code, by, by_month=by_month) for by in (TOTAL, *dimensions))
    return found


async def read(tx: Tx, sight: Sight, ask: Ask, levels: dict[str, str]) -> Counts:
    rows = await metrics.count(tx, sight, ask, levels)
    return {(row.value, row.month): row.n for row in rows}


async def by_looking(tx: Tx, sight: Sight, levels: dict[str, str]) -> dict[Ask, Counts]:
    """Return what each question must answer: each case and referral in sight is looked at by itself."""
    cells: Counter[tuple[str, str, str, str]] = Counter()
    cases = (await tx.execute(select(Case.regency_code, Case.id).where(sees_case(sight)))).all()
    held = (
        await tx.execute(
            select(Referral.regency_code, Referral.case_id, Referral.id).where(sees_referral(sight))
        )
    ).all()
    seen, received = {row.id for row in cases}, {row.id.hex for row in held}
    for tenant in {row.regency_code for row in (*cases, *held)}:
        ids = [row.id for row in cases if row.regency_code == tenant]
        ids += [row.case_id for row in held if row.regency_code == tenant]
        for id_, facts in (await case_facts.snapshot(tx, tenant, sorted(set(ids)))).items():
            told = list(of_case(facts)) if id_ in seen else []
            for one in facts.referrals:
                told += of_referral(facts, one) if one.id in received else []
            for cell, n in told:
                cells[cell.measure, cell.dimension, cell.month, cell.value] += n
    return {ask: _answer(ask, cells, levels) for ask in asks()}


def _answer(ask: Ask, cells: Counter[tuple[str, str, str, str]], levels: dict[str, str]) -> Counts:
    found: Counter[tuple[str, str | None]] = Counter()
    for (measure, dimension, month, value), n in cells.items():
        if (measure, dimension) == (ask.measure, ask.dimension):
            shown = levels.get(value, value) if ask.by == LEVEL else value
            found[shown, month if ask.by_month else None] += n
    return {key: n for key, n in found.items() if n}


async def a_published_month(house: House) -> dict[str, str]:
    """Publish a month of a regency; return what its path names."""
    now = datetime.now(UTC)
    told = document({"13.74.01": 30}, {}, Random(1))  # noqa: S311  # nothing to hide
    async with transaction(house.database.sessions) as tx:
        await statistics.publish(tx, "13.74", "2026-09", told, now)
    return {"regency": "13.74", "month": "2026-09"}
