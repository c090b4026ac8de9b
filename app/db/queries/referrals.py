"""How referrals are found and listed; every function takes the actor's sight."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, union

from app.db.queries.case_filter import NONE
from app.db.queries.local_days import Moment, span
from app.db.queries.scope import Sight, referral_clauses, sees_case, sees_referral
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.knowledge import Agency
from app.db.tables.people import Household, Person
from app.db.tables.referrals import Referral
from app.domain.errors import Conflict, NotFound
from app.domain.ids import public_id

_SOME: Final = 5
"""How many of those that share a number are named."""


Span = tuple[Moment | None, Moment | None]
"""From, and to but not including; None bounds nothing."""
_OPEN: Final[Span] = (None, None)


@dataclass(frozen=True, slots=True)
class Times:
    sent: Span = _OPEN
    accepted: Span = _OPEN
    ended: Span = _OPEN


WHENEVER: Final = Times()


@dataclass(frozen=True, slots=True)
class ReferralFilter:
    """What a list is narrowed by; a field that is None narrows nothing."""

    status: Sequence[str] | None = None
    program: str | None = None
    agency: str | None = None
    level: str | None = None
    """Of the agency."""
    reason: str | None = None
    """A code, or `NONE`."""
    purpose: str | None = None
    case: tuple[str, str] | None = None
    """Tenant and ticket."""
    region: str | None = None
    agency_reference: str | None = None
    """The receiver's own number, exactly as it wrote it."""
    times: Times = WHENEVER
    updated_after: datetime | None = None
    overdue_at: datetime | None = None
    """Referrals whose earliest clock was due before this instant."""


def not_found() -> NotFound:
    return NotFound(
        id="Rujukan tidak ditemukan, atau bukan untuk lembaga atau wilayah Anda.",
        en="No such referral, or it is not for your agency or area.",
    )


async def find_referral(
    tx: Tx, sight: Sight, tenant: str, referral_id: UUID, *, for_update: bool = False
) -> Referral:
    """Return the referral, locked when *for_update*; lock its case before.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    statement = select(Referral).where(
        Referral.regency_code == tenant, Referral.id == referral_id, sees_referral(sight)
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await tx.scalar(statement)
    if found is None:
        raise not_found()
    return found


async def find_by_reference(
    tx: Tx, sight: Sight, agencies: Collection[str], reference: str
) -> tuple[str, UUID]:
    """Return tenant and id of the one referral that *agencies* gave this number to.

    Raises:
        NotFound: there is none that the actor may know of.
        Conflict: the number stands on several.
    """
    named = and_(Referral.agency_code.in_(sorted(agencies)), Referral.external_ref == reference)
    # One branch per way to see it, so that each names the tenants that it looks in.
    branches = [
        select(Referral.regency_code, Referral.id, Referral.sent_at).where(clause, named).limit(_SOME)
        for clause in referral_clauses(sight)
    ]
    if not branches:
        raise not_found()
    keys = (union(*branches) if len(branches) > 1 else branches[0]).subquery()
    columns = (keys.c.regency_code, keys.c.id)
    found = (await tx.execute(select(*columns).order_by(keys.c.sent_at, keys.c.id).limit(_SOME))).all()
    if not found:
        raise not_found()
    if len(found) > 1:
        raise Conflict(
            "reference_on_several",
            "Nomor ini tercatat pada beberapa rujukan. Sebutkan id rujukannya.",
            "This number stands on several referrals. Name the referral by its id.",
            {"referrals": [public_id(tenant, id_) for tenant, id_ in found]},
        )
    return found[0].regency_code, found[0].id


async def lock_all(tx: Tx, sight: Sight, places: Collection[tuple[str, UUID]]) -> None:
    """Lock the cases of several referrals, each after its people, in the order of ids.

    Acting on one locks the same one by one: batches that hold more than one would cross.
    """
    for tenant in sorted({tenant for tenant, _ in places}):
        ids = sorted(id_ for place, id_ in places if place == tenant)
        statement = select(Case.id, Case.person_id, Case.household_id).where(
            Case.regency_code == tenant,
            Case.id.in_(
                select(Referral.case_id).where(
                    Referral.regency_code == tenant, Referral.id.in_(ids), sees_referral(sight)
                )
            ),
        )
        rows = (await tx.execute(statement)).all()
        for table, named in (
            (Person, {row.person_id for row in rows}),
            (Household, {row.household_id for row in rows}),
            (Case, {row.id for row in rows}),
        ):
            wanted = sorted(one for one in named if one is not None)
            if wanted:
                await tx.execute(
                    select(table.id)
                    .where(table.regency_code == tenant, table.id.in_(wanted))
                    .order_by(table.id)
                    .with_for_update()
                )


async def list_referrals(
    tx: Tx, sight: Sight, wanted: ReferralFilter, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Referral]:
    """Return up to *limit* referrals, the latest sent first."""
    filters = _conditions(wanted, sight)
    if after is not None:
        filters.append(tuple_(Referral.sent_at, Referral.id) < after)
    branches = [
        select(Referral.regency_code, Referral.sent_at, Referral.id)
        .where(clause, *filters)
        .order_by(Referral.sent_at.desc(), Referral.id.desc())
        .limit(limit)
        for clause in referral_clauses(sight)
    ]
    if not branches:
        return []
    keys = union(*branches).subquery() if len(branches) > 1 else branches[0].subquery()
    statement = (
        select(Referral)
        .join(keys, and_(Referral.regency_code == keys.c.regency_code, Referral.id == keys.c.id))
        .order_by(Referral.sent_at.desc(), Referral.id.desc())
        .limit(limit)
    )
    return (await tx.scalars(statement)).all()


async def count_referrals(tx: Tx, sight: Sight, wanted: ReferralFilter) -> int:
    """Return exactly how many referrals the list of the same sight and filter holds."""
    filters = _conditions(wanted, sight)
    branches = [
        select(Referral.regency_code, Referral.id).where(clause, *filters)
        for clause in referral_clauses(sight)
    ]
    if not branches:
        return 0
    keys = union(*branches) if len(branches) > 1 else branches[0]
    return await tx.scalar(select(func.count()).select_from(keys.subquery())) or 0


async def cases_of(tx: Tx, sight: Sight, referrals: Sequence[Referral]) -> dict[tuple[str, UUID], "Parent"]:
    """Return the cases of a page of referrals, each with whether the actor sees the case itself."""
    keys = [(row.regency_code, row.case_id) for row in referrals]
    if not keys:
        return {}
    statement = select(Case, sees_case(sight).label("seen")).where(
        Case.regency_code.in_({tenant for tenant, _ in keys}), Case.id.in_([id_ for _, id_ in keys])
    )
    return {
        (case.regency_code, case.id): Parent(case, bool(seen)) for case, seen in await tx.execute(statement)
    }


@dataclass(frozen=True, slots=True)
class Parent:
    case: Case
    seen: bool
    """The actor is on the sender's side: what the referral's end hides from its receiver stays open."""


def _conditions(wanted: ReferralFilter, sight: Sight) -> list[ColumnElement[bool]]:
    found = [
        column == value
        for column, value in (
            (Referral.program_code, wanted.program),
            (Referral.agency_code, wanted.agency),
            (Referral.purpose, wanted.purpose),
            (Referral.external_ref, wanted.agency_reference),
        )
        if value is not None
    ]
    if wanted.status is not None:
        found.append(Referral.status.in_(wanted.status))
    if wanted.reason is not None:
        found.append(Referral.reason.is_(None) if wanted.reason == NONE else Referral.reason == wanted.reason)
    if wanted.level is not None:
        found.append(Referral.agency_code.in_(select(Agency.code).where(Agency.level == wanted.level)))
    if wanted.case is not None:
        tenant, ticket = wanted.case
        of_ticket = select(Case.id).where(Case.regency_code == tenant, Case.ticket == ticket)
        found.append(and_(Referral.regency_code == tenant, Referral.case_id.in_(of_ticket)))
    if wanted.region is not None:
        found.append(or_(*(_in_region(code, sight) for code in sight.family_of(wanted.region))))
    return [*found, *_times(wanted)]


def _times(wanted: ReferralFilter) -> list[ColumnElement[bool]]:
    tenant = Referral.regency_code
    found = [
        *span(Referral.sent_at, tenant, *wanted.times.sent),
        *span(Referral.accepted_at, tenant, *wanted.times.accepted),
        *span(Referral.ended_at, tenant, *wanted.times.ended),
    ]
    if wanted.updated_after is not None:
        found.append(Referral.updated_at > wanted.updated_after)
    if wanted.overdue_at is not None:
        found.append(Referral.due_at < wanted.overdue_at)
    return found


def _in_region(region: str, sight: Sight) -> ColumnElement[bool]:
    parts = region.split(".")
    tenant = Referral.regency_code == ".".join(parts[:2])
    columns: dict[int, Any] = {3: Referral.district_code, 4: Referral.village_code}
    if len(parts) == 1:
        return Referral.regency_code.in_(sight.regencies_of(region))
    return and_(tenant, columns[len(parts)] == region) if len(parts) in columns else tenant
