"""What a household holds: lines of the ledger here and, by the NIK's digest, elsewhere; referrals that live.

Each way to a line is a branch of its own, so that each uses its index. Lines of other regencies are read,
never locked. Whoever is about to promise aid asks under the locks of person and household.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, union_all

from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import Confidentiality, LedgerState, Purpose
from app.domain.ledger import Held, Line, Origin, held_by_household
from app.domain.programs import GoodsKind
from app.domain.referrals import LIVE, ReferralStatus

_COUNTS = (LedgerState.PLANNED.value, LedgerState.GIVEN.value)


@dataclass(frozen=True, slots=True)
class Home:
    """A person and those she lives with, as far as they are known."""

    regency_code: str
    person_id: UUID | None = None
    household_id: UUID | None = None
    nik_digests: tuple[bytes, ...] = ()
    """Of the person, under every live key."""
    case_id: UUID | None = None
    """A case whose lines count even where they name nobody."""


@dataclass(frozen=True, slots=True)
class Holding:
    home: Home
    rows: tuple[AssistanceLine, ...]
    """Planned and given, of past periods too."""
    live: tuple[tuple[Origin, ReferralStatus], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The same as values; what another regency holds under her NIK is hers, whatever her id is there."""
        return tuple(map(self._line, self.rows))

    def _line(self, row: AssistanceLine) -> Line:
        line = line_of(row)
        if row.nik_digest is None or row.nik_digest not in self.home.nik_digests:
            return line
        return replace(line, origin=replace(line.origin, person_id=self.home.person_id))

    def held(self, today: date) -> tuple[Held, ...]:
        return held_by_household(self.lines, self.live, today)


def line_of(row: AssistanceLine) -> Line:
    return Line(
        id=row.id,
        origin=Origin(row.program_code, row.person_id, row.referral_id),
        component=row.component,
        kind=GoodsKind(row.kind),
        state=LedgerState(row.state),
        period=row.period or "",
        instalment=row.n,
        planned_idr=row.planned_idr,
        given_idr=row.amount_idr,
        goods=row.goods,
        given_on=row.given_on,
        reverses=row.reverses,
    )


def home_of(person: Person, digests: Sequence[bytes] = ()) -> Home:
    """*digests*: her NIK's under every live key, where the caller knows the NIK."""
    own = (person.nik_digest,) if person.nik_digest else ()
    return Home(person.regency_code, person.id, person.household_id, tuple(dict.fromkeys((*own, *digests))))


async def persons_anywhere(tx: Tx, digests: Sequence[bytes]) -> Sequence[Person]:
    """Return whoever is on record under a NIK, in every regency."""
    found = await tx.scalars(
        select(Person).where(Person.nik_digest.in_(digests)).order_by(Person.regency_code, Person.id)
    )
    return found.all()


async def holding_of(tx: Tx, home: Home, sight: Sight | None = None) -> Holding:
    """Read what *home* holds; with *sight*, without what comes from a case that its bearer may not know of.

    Of a case outside sight only an ordinary one is told: the aid of a victim must not be guessed from here.
    """
    members = await members_of(tx, home)
    lines = await _lines(tx, home, members)
    referrals = await _referrals(tx, home, members)
    if sight is not None:
        cases = {(row.regency_code, row.case_id) for row in (*lines, *referrals) if row.case_id is not None}
        open_to = await told_cases(tx, sight, cases)
        lines = [one for one in lines if one.case_id is None or (one.regency_code, one.case_id) in open_to]
        referrals = [one for one in referrals if (one.regency_code, one.case_id) in open_to]
    live = tuple(
        (Origin(row.program_code, row.person_id, row.id), ReferralStatus(row.status)) for row in referrals
    )
    return Holding(home, tuple(lines), live)


async def members_of(tx: Tx, home: Home) -> list[UUID]:
    """Name the person and those on record in her household."""
    own = [home.person_id] if home.person_id is not None else []
    if home.household_id is None:
        return own
    found = await tx.scalars(
        select(Person.id).where(
            Person.regency_code == home.regency_code, Person.household_id == home.household_id
        )
    )
    return sorted({*own, *found})


async def _lines(tx: Tx, home: Home, members: Sequence[UUID]) -> list[AssistanceLine]:
    here = AssistanceLine.regency_code == home.regency_code
    ways: list[ColumnElement[bool]] = []
    if members:
        ways.append(and_(here, AssistanceLine.person_id.in_(members)))
    if home.household_id is not None:
        ways.append(and_(here, AssistanceLine.household_id == home.household_id))
    if home.case_id is not None:
        ways.append(and_(here, AssistanceLine.case_id == home.case_id))
    found = await _chosen(tx, or_(*ways)) if ways else []
    if home.nik_digests:
        by_nik = AssistanceLine.nik_digest.in_(home.nik_digests)
        found += await _chosen(tx, by_nik)
    return list({(row.regency_code, row.id): row for row in found}.values())


async def _chosen(tx: Tx, clause: ColumnElement[bool]) -> list[AssistanceLine]:
    statement = select(AssistanceLine).where(clause, AssistanceLine.state.in_(_COUNTS))
    return list(
        await tx.scalars(
            statement.order_by(AssistanceLine.created_at, AssistanceLine.id).execution_options(
                populate_existing=True
            )
        )
    )


async def _referrals(tx: Tx, home: Home, members: Sequence[UUID]) -> list[Any]:
    columns = (
        Referral.regency_code,
        Referral.id,
        Referral.case_id,
        Referral.person_id,
        Referral.program_code,
        Referral.status,
    )
    running = and_(
        Referral.regency_code == home.regency_code,
        Referral.purpose == Purpose.AID.value,
        Referral.status.in_([status.value for status in LIVE]),
    )
    ways = []
    if members:
        ways.append(select(*columns).where(running, Referral.person_id.in_(members)))
    if home.case_id is not None:
        ways.append(select(*columns).where(running, Referral.case_id == home.case_id))
    if home.household_id is not None:
        of_house = and_(Case.regency_code == Referral.regency_code, Case.id == Referral.case_id)
        ways.append(
            select(*columns)
            .join(Case, of_house)
            .where(running, Case.regency_code == home.regency_code, Case.household_id == home.household_id)
        )
    if not ways:
        return []
    rows = await tx.execute(union_all(*ways))
    return list({row.id: row for row in rows}.values())


async def told_cases(
    tx: Tx, sight: Sight, cases: Collection[tuple[str, UUID | None]]
) -> frozenset[tuple[str, UUID]]:
    """Return those of *cases* whose aid may be told: in sight, or ordinary ones."""
    if not cases:
        return frozenset()
    found = await tx.execute(
        select(Case.regency_code, Case.id).where(
            Case.regency_code.in_(sorted({regency for regency, _ in cases})),
            tuple_(Case.regency_code, Case.id).in_(sorted(cases, key=str)),
            or_(Case.confidentiality == Confidentiality.BIASA.value, sees_case(sight)),
        )
    )
    return frozenset((row.regency_code, row.id) for row in found)
