"""Reading the figures in somebody's sight: what the counts hold, corrected for whom sight decides by name.

The answer is what the lists of the same sight hold, once everything that happened is counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, select, tuple_, union

from app.db.queries.counting import NEVER
from app.db.queries.scope import (
    Sight,
    group_clauses,
    held_to_agencies,
    held_to_tenants,
    received_by_area,
    sees_case,
    sees_referral,
)
from app.db.session import Tx
from app.db.tables.cases import Case, CaseReader
from app.db.tables.events import FeedHead, FeedPending
from app.db.tables.figures import CountedCase, FigureCount, FigureCursor, FigureGroup
from app.db.tables.referrals import Referral
from app.domain.ids import instant_of
from app.domain.indicators import (
    BAND,
    INDICATORS,
    LEVEL,
    TOTAL,
    CaseFacts,
    Cell,
    Kind,
    Subject,
    of_case,
    of_referral,
)

_AGENCY: Final = "agency"


@dataclass(frozen=True, slots=True)
class Ask:
    """One measure of `INDICATORS`, split by at most one of its dimensions."""

    measure: str
    by: str = TOTAL
    place: str | None = None
    """``regency``, ``district`` or ``village``: of the case, of a referral as it was sent."""
    by_month: bool = False
    months: tuple[str, str] | None = None
    """From and to, both within, as ``2026-01``; only of what is counted by month."""
    region: str | None = None
    values: Sequence[str] | None = None

    @property
    def subject(self) -> Subject:
        return INDICATORS[self.measure].subject

    @property
    def dimension(self) -> str:
        """As which dimension it is counted: a level by its agencies, a duration by bands."""
        if INDICATORS[self.measure].kind is Kind.DURATION:
            return BAND
        return _AGENCY if self.by == LEVEL else self.by


@dataclass(frozen=True, slots=True)
class Row:
    value: str
    """`TOTAL` where nothing splits it; of a duration its band."""
    place: str | None
    month: str | None
    n: int


async def count(tx: Tx, sight: Sight, ask: Ask, levels: Mapping[str, str]) -> list[Row]:
    """Return the cells that are not 0, in order. *levels*: the level of each agency."""
    found: dict[tuple[str, str | None, str | None], int] = {}
    for row in await _of_groups(tx, sight, ask):
        _add(found, ask, levels, (row.value, row.place, row.month), int(row.n))
    for sign, cells in await _by_name(tx, sight, ask):
        for tenant, cell, amount in cells:
            if _asked(ask, sight, tenant, cell):
                where = _place(ask, tenant, cell)
                month = cell.month if ask.by_month else None
                _add(found, ask, levels, (cell.value, where, month), sign * amount)
    rows = [Row(value, place, month, n) for (value, place, month), n in found.items() if n]
    return sorted(rows, key=lambda row: (row.place or "", row.month or "", row.value))


async def as_of(tx: Tx, sight: Sight, now: datetime) -> datetime | None:
    """Return up to when everything in sight is counted; None where some of it never was."""
    statement = (
        select(FeedHead.regency_code, FeedHead.n, FigureCursor.n.label("counted"), FigureCursor.as_of)
        .outerjoin(FigureCursor, FigureCursor.regency_code == FeedHead.regency_code)
        .where(_tenants(FeedHead.regency_code.expression, sight))
    )
    rows = (await tx.execute(statement)).all()
    if any(row.counted is None or row.as_of == NEVER for row in rows):
        return None
    pending = (
        select(FeedPending.event_id)
        .where(_tenants(FeedPending.regency_code.expression, sight))
        .order_by(FeedPending.event_id)
        .limit(1)
    )
    waiting: UUID | None = await tx.scalar(pending)
    late: list[datetime] = [row.as_of for row in rows if row.counted < row.n]
    return min([now, *late, *([instant_of(waiting)] if waiting is not None else [])])


def _add(
    found: dict[tuple[str, str | None, str | None], int],
    ask: Ask,
    levels: Mapping[str, str],
    key: tuple[str, str | None, str | None],
    n: int,
) -> None:
    value, place, month = key
    if ask.by == LEVEL:
        value = levels.get(value, value)
        if ask.values is not None and value not in ask.values:
            return
    found[value, place, month] = found.get((value, place, month), 0) + n


# What the counts hold ---------------------------------------------------------------------------------------


async def _of_groups(tx: Tx, sight: Sight, ask: Ask) -> Collection[Any]:
    place = _place_column(ask).label("place")
    month = FigureCount.month if ask.by_month else literal(None).label("month")
    total = func.sum(FigureCount.n).label("n")
    keys = [FigureCount.value, place, *([FigureCount.month] if ask.by_month else [])]
    statement = (
        select(FigureCount.value, place, month, total)
        .join(
            FigureGroup,
            and_(
                FigureGroup.regency_code == FigureCount.regency_code, FigureGroup.id == FigureCount.group_id
            ),
        )
        .where(*_wanted(ask, sight), _sees_group(sight, ask.subject))
        .group_by(*(keys if ask.place is not None else [key for key in keys if key is not place]))
    )
    return (await tx.execute(statement)).all()


def _wanted(ask: Ask, sight: Sight) -> list[ColumnElement[bool]]:
    found = [
        _tenants(FigureCount.regency_code.expression, sight),
        FigureCount.measure == ask.measure,
        FigureCount.dimension == ask.dimension,
    ]
    if ask.months is not None:
        found += [FigureCount.month >= ask.months[0], FigureCount.month <= ask.months[1]]
    if ask.values is not None and ask.by != LEVEL:
        found.append(FigureCount.value.in_(ask.values))
    if ask.region is not None:
        found.append(or_(*(_lies_in(ask.subject, code, sight) for code in sight.family_of(ask.region))))
    return found


def _sees_group(sight: Sight, subject: Subject) -> ColumnElement[bool]:
    ways = group_clauses(sight, FigureGroup)
    if subject is Subject.CASE:
        return and_(FigureGroup.agency_code.is_(None), or_(false(), *ways))
    received = received_by_area(sight, _SentGroup)
    return and_(FigureGroup.agency_code.is_not(None), or_(false(), *ways, *received))


class _SentGroup:
    """The columns of a group that a receiver's sight goes by, named as on a referral."""

    regency_code = FigureGroup.regency_code
    agency_code = FigureGroup.agency_code
    district_code = FigureGroup.sent_district_code
    village_code = FigureGroup.sent_village_code
    confidentiality = FigureGroup.confidentiality


def _place_column(ask: Ask) -> ColumnElement[Any]:
    of_case_ = ask.subject is Subject.CASE
    match ask.place:
        case "regency":
            return FigureGroup.regency_code.expression
        case "district":
            return (FigureGroup.district_code if of_case_ else FigureGroup.sent_district_code).expression
        case "village":
            return (FigureGroup.village_code if of_case_ else FigureGroup.sent_village_code).expression
        case _:
            return literal(None)


def _lies_in(subject: Subject, region: str, sight: Sight) -> ColumnElement[bool]:
    parts = region.split(".")
    if len(parts) == 1:
        return FigureGroup.regency_code.in_(sight.regencies_of(region))
    tenant = FigureGroup.regency_code == ".".join(parts[:2])
    if len(parts) == 2:  # noqa: PLR2004  # a regency
        return tenant
    of_case_ = subject is Subject.CASE
    district = FigureGroup.district_code if of_case_ else FigureGroup.sent_district_code
    village = FigureGroup.village_code if of_case_ else FigureGroup.sent_village_code
    return and_(tenant, (district if len(parts) == 3 else village) == region)  # noqa: PLR2004  # a district


def _tenants(column: ColumnElement[str], sight: Sight) -> ColumnElement[bool]:
    return or_(held_to_tenants(column, sight), held_to_agencies(column, sight))


# Whom sight decides by name ---------------------------------------------------------------------------------

Told = list[tuple[str, Cell, int]]


async def _by_name(tx: Tx, sight: Sight, ask: Ask) -> list[tuple[int, Told]]:
    """Return what is seen beyond the groups, and what is not seen of them, as it was counted last."""
    if sight.scope.not_about is None:
        return []
    if ask.subject is Subject.CASE:
        return await _cases_by_name(tx, sight)
    return await _referrals_by_name(tx, sight)


async def _cases_by_name(tx: Tx, sight: Sight) -> list[tuple[int, Told]]:
    seen, grouped = sees_case(sight), or_(false(), *group_clauses(sight, Case))
    told: list[tuple[int, Told]] = []
    for sign, clause in ((1, and_(seen, not_(grouped))), (-1, and_(grouped, not_(seen)))):
        statement = select(Case.regency_code, Case.id).where(_is_named(sight), clause)
        keys = [(row.regency_code, row.id) for row in await tx.execute(statement)]
        facts = await _facts_of(tx, keys)
        told.append((sign, [(key[0], *cell) for key, one in facts.items() for cell in of_case(one)]))
    return told


async def _referrals_by_name(tx: Tx, sight: Sight) -> list[tuple[int, Told]]:
    of_its_case = exists().where(
        Case.regency_code == Referral.regency_code,
        Case.id == Referral.case_id,
        or_(false(), *group_clauses(sight, Case)),
    )
    received = or_(false(), *received_by_area(sight, Referral))
    seen, grouped = sees_referral(sight), or_(of_its_case, received)
    named = exists().where(
        Case.regency_code == Referral.regency_code, Case.id == Referral.case_id, _is_named(sight)
    )
    told: list[tuple[int, Told]] = []
    for sign, clause in ((1, and_(seen, not_(grouped))), (-1, and_(grouped, not_(seen)))):
        statement = select(Referral.regency_code, Referral.case_id, Referral.id).where(
            _tenants(Referral.regency_code.expression, sight), named, clause
        )
        rows = (await tx.execute(statement)).all()
        ids = {row.id.hex for row in rows}
        facts = await _facts_of(tx, sorted({(row.regency_code, row.case_id) for row in rows}))
        cells = [
            (tenant, *cell)
            for (tenant, _), one in facts.items()
            for referral in one.referrals
            if referral.id in ids
            for cell in of_referral(one, referral)
        ]
        told.append((sign, cells))
    return told


def _is_named(sight: Sight) -> ColumnElement[bool]:
    """Tell of a case that something about this account is written on it; by keys, so that few are read."""
    account = sight.scope.not_about
    held = _tenants(CaseReader.regency_code.expression, sight)
    here = _tenants(Case.regency_code.expression, sight)
    keys = union(
        select(CaseReader.regency_code, CaseReader.case_id).where(CaseReader.account_id == account, held),
        select(Case.regency_code, Case.id).where(Case.assignee_id == account, here),
    ).subquery()
    return tuple_(Case.regency_code, Case.id).in_(select(keys))


async def _facts_of(tx: Tx, keys: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], CaseFacts]:
    if not keys:
        return {}
    statement = select(CountedCase.regency_code, CountedCase.case_id, CountedCase.facts).where(
        CountedCase.regency_code.in_(sorted({tenant for tenant, _ in keys})),
        CountedCase.case_id.in_([id_ for _, id_ in keys]),
    )
    return {(row.regency_code, row.case_id): CaseFacts.read(row.facts) for row in await tx.execute(statement)}


def _asked(ask: Ask, sight: Sight, tenant: str, cell: Cell) -> bool:
    if (cell.measure, cell.dimension) != (ask.measure, ask.dimension):
        return False
    if ask.months is not None and not ask.months[0] <= cell.month <= ask.months[1]:
        return False
    if ask.values is not None and ask.by != LEVEL and cell.value not in ask.values:
        return False
    if ask.region is None:
        return True
    return any(_within(ask, tenant, cell, code, sight) for code in sight.family_of(ask.region))


def _within(ask: Ask, tenant: str, cell: Cell, region: str, sight: Sight) -> bool:
    if "." not in region:
        return tenant in sight.regencies_of(region)
    group = cell.group
    village = group.village if ask.subject is Subject.CASE else group.sent_village
    district = group.district if ask.subject is Subject.CASE else group.sent_district
    return region in {tenant, district, village}


def _place(ask: Ask, tenant: str, cell: Cell) -> str | None:
    group, of_case_ = cell.group, ask.subject is Subject.CASE
    match ask.place:
        case "regency":
            return tenant
        case "district":
            return group.district if of_case_ else group.sent_district
        case "village":
            return group.village if of_case_ else group.sent_village
        case _:
            return None
