"""What a selection looks at, for many persons at once: their facts, what their homes hold, their data keys.

Sources and rules are those of routing and of the ledger; only the asking is by the hundred.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_

from app.db.queries.holding import Holding, Home
from app.db.queries.rights import frozen_here
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import DataKey, Household, Person, RegistryEntry
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import Confidentiality, LedgerState, Purpose
from app.domain.ledger import Origin
from app.domain.referrals import LIVE, ReferralStatus

_PERSON = (
    Person.id,
    Person.data_key_id,
    Person.household_id,
    Person.name,
    Person.nik_digest,
    Person.nik_last4,
    Person.born_on,
    Person.sex,
    Person.village_code,
    Person.facts,
    Person.deceased_on,
)


@dataclass(frozen=True, slots=True)
class Known:
    """One person as the selection finds her."""

    row: Any
    """The columns of `_PERSON`."""
    household_facts: Mapping[str, Any]
    registry: Mapping[str, Any] | None
    """The newest entry of her NIK; {} when she is in none, None when she has no NIK to ask with."""
    ppks: str | None
    holding: Holding
    """Of her household, but for what comes from a closed case."""
    closed: Holding
    """What comes from closed cases: it stands against aid as well, and is never told."""
    wrapped: bytes | None
    """Her data key; None once she was erased."""

    @property
    def aid(self) -> list[list[Any]]:
        """Lines as ``[program, state, date]``, of hers alone."""
        return [
            [line.program_code, line.state, line.given_on.isoformat() if line.given_on else None]
            for line in self.holding.rows
            if line.person_id == self.row.id or line.nik_digest == self.row.nik_digest is not None
        ]


async def after_person(tx: Tx, regency: str, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Walk the living persons on record of a regency by id."""
    statement = select(Person.id).where(
        Person.regency_code == regency,
        Person.deceased_on.is_(None),
        Person.id.not_in(frozen_here(regency)),
    )
    if after is not None:
        statement = statement.where(Person.id > after)
    return (await tx.scalars(statement.order_by(Person.id).limit(limit))).all()


async def known_people(tx: Tx, regency: str, ids: Collection[UUID]) -> dict[UUID, Known]:
    """Read all that is known of the persons; whoever is not on record is left out."""
    rows = (
        await tx.execute(select(*_PERSON).where(Person.regency_code == regency, Person.id.in_(ids)))
    ).all()
    homes = {row.household_id for row in rows if row.household_id is not None}
    houses = await _house_facts(tx, regency, homes)
    registry = await _registry(tx, {row.nik_digest for row in rows if row.nik_digest is not None})
    ppks = await _ppks(tx, regency, {row.id for row in rows})
    held = await _holdings(tx, regency, rows, homes)
    keys = await _keys(tx, regency, {row.data_key_id for row in rows})
    return {
        row.id: Known(
            row,
            houses.get(row.household_id, {}),
            None if row.nik_digest is None else registry.get(row.nik_digest, {}),
            ppks.get(row.id),
            held[row.id].open.holding(_home(regency, row)),
            held[row.id].closed.holding(_home(regency, row)),
            keys.get(row.data_key_id),
        )
        for row in rows
    }


def _home(regency: str, row: Any) -> Home:
    digest = row.nik_digest
    return Home(regency, row.id, row.household_id, (digest,) if digest else ())


async def _house_facts(tx: Tx, regency: str, homes: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    found = await tx.execute(
        select(Household.id, Household.facts).where(
            Household.regency_code == regency, Household.id.in_(homes)
        )
    )
    return {row.id: row.facts for row in found}


async def _registry(tx: Tx, digests: Collection[bytes]) -> dict[bytes, Mapping[str, Any]]:
    """The newest entry of each NIK, in whichever regency it stands."""
    names = ("source", "period", "status", "desil", "programs", "facts")
    found = await tx.execute(
        select(RegistryEntry.nik_digest, *(getattr(RegistryEntry, name) for name in names))
        .where(RegistryEntry.nik_digest.in_(digests))
        .order_by(RegistryEntry.nik_digest, RegistryEntry.period, RegistryEntry.id)
    )
    return {row.nik_digest: {name: getattr(row, name) for name in names} for row in found}


async def _ppks(tx: Tx, regency: str, people: Collection[UUID]) -> dict[UUID, str]:
    """The category of the newest case that names one. Of a closed case nothing is told."""
    found = await tx.execute(
        select(Case.person_id, Case.ppks)
        .where(
            Case.regency_code == regency,
            Case.person_id.in_(people),
            Case.ppks.is_not(None),
            Case.status != "void",
            Case.confidentiality != Confidentiality.RAHASIA.value,
        )
        .order_by(Case.opened_at, Case.id)
    )
    return {row.person_id: row.ppks for row in found}


async def _keys(tx: Tx, regency: str, ids: Collection[UUID]) -> dict[UUID, bytes]:
    found = await tx.execute(
        select(DataKey.id, DataKey.wrapped).where(
            DataKey.regency_code == regency, DataKey.id.in_(ids), DataKey.wrapped.is_not(None)
        )
    )
    return {row.id: row.wrapped for row in found}


# What homes hold ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    lines: dict[tuple[str, UUID], AssistanceLine] = field(default_factory=dict)
    live: dict[UUID, tuple[Origin, ReferralStatus]] = field(default_factory=dict)

    def holding(self, home: Home) -> Holding:
        return Holding(home, tuple(self.lines.values()), tuple(self.live.values()))


@dataclass(slots=True)
class _Found:
    open: _Part = field(default_factory=_Part)
    closed: _Part = field(default_factory=_Part)

    def part(self, *, closed: bool) -> _Part:
        return self.closed if closed else self.open


@dataclass(slots=True)
class _Ways:
    """Who is reached by a person, a household, a NIK."""

    person: dict[UUID | None, list[_Found]] = field(default_factory=lambda: defaultdict(list))
    home: dict[UUID | None, list[_Found]] = field(default_factory=lambda: defaultdict(list))
    nik: dict[bytes | None, list[_Found]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Any, one: _Found, members: Collection[UUID]) -> None:
        for person in {row.id, *members}:
            self.person[person].append(one)
        if row.household_id is not None:
            self.home[row.household_id].append(one)
        if row.nik_digest is not None:
            self.nik[row.nik_digest].append(one)


async def _holdings(tx: Tx, regency: str, rows: Sequence[Any], homes: Collection[UUID]) -> dict[UUID, _Found]:
    members = await _members(tx, regency, homes)
    found = {row.id: _Found() for row in rows}
    ways = _Ways()
    for row in rows:
        ways.add(row, found[row.id], members.get(row.household_id, ()))
    await _add_lines(tx, regency, ways)
    await _add_live(tx, regency, ways)
    return found


async def _add_lines(tx: Tx, regency: str, ways: _Ways) -> None:
    lines = await _lines(tx, regency, (ways.person.keys(), ways.home.keys(), ways.nik.keys()))
    secret = await _closed(tx, {(line.regency_code, line.case_id) for line in lines if line.case_id})
    for line in lines:
        here, closed = line.regency_code == regency, (line.regency_code, line.case_id) in secret
        theirs = [*ways.person.get(line.person_id, ()), *ways.home.get(line.household_id, ())] if here else []
        for one in (*theirs, *ways.nik.get(line.nik_digest, ())):
            one.part(closed=closed).lines[(line.regency_code, line.id)] = line


async def _add_live(tx: Tx, regency: str, ways: _Ways) -> None:
    for referral in await _live(tx, regency, ways.person.keys(), ways.home.keys()):
        origin = Origin(referral.program_code, referral.person_id, referral.id)
        closed = referral.confidentiality == Confidentiality.RAHASIA.value
        for one in (*ways.person.get(referral.person_id, ()), *ways.home.get(referral.household_id, ())):
            one.part(closed=closed).live[referral.id] = (origin, ReferralStatus(referral.status))


async def _members(tx: Tx, regency: str, homes: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = await tx.execute(
        select(Person.id, Person.household_id).where(
            Person.regency_code == regency, Person.household_id.in_(homes)
        )
    )
    for row in rows:
        found[row.household_id].append(row.id)
    return found


async def _lines(
    tx: Tx,
    regency: str,
    keys: tuple[Collection[UUID | None], Collection[UUID | None], Collection[bytes | None]],
) -> list[AssistanceLine]:
    """Each way to a line is a statement of its own, so that each uses its index."""
    people, homes, digests = keys
    here = AssistanceLine.regency_code == regency
    active = AssistanceLine.state.in_((LedgerState.PLANNED.value, LedgerState.GIVEN.value))
    ways = (
        and_(here, AssistanceLine.person_id.in_(people)),
        and_(here, AssistanceLine.household_id.in_(homes)),
        AssistanceLine.nik_digest.in_(digests),
    )
    found: list[AssistanceLine] = []
    for way in ways:
        statement = select(AssistanceLine).where(way, active).execution_options(populate_existing=True)
        found += await tx.scalars(statement)
    return found


async def _closed(tx: Tx, cases: Collection[tuple[str, UUID]]) -> frozenset[tuple[str, UUID]]:
    if not cases:
        return frozenset()
    found = await tx.execute(
        select(Case.regency_code, Case.id).where(
            tuple_(Case.regency_code, Case.id).in_(sorted(cases, key=str)),
            Case.confidentiality == Confidentiality.RAHASIA.value,
        )
    )
    return frozenset((row.regency_code, row.id) for row in found)


async def _live(
    tx: Tx, regency: str, people: Collection[UUID | None], homes: Collection[UUID | None]
) -> Sequence[Any]:
    columns = (
        Referral.id,
        Referral.program_code,
        Referral.person_id,
        Referral.status,
        Case.household_id,
        Case.confidentiality,
    )
    running = (
        select(*columns)
        .join(Case, and_(Case.regency_code == Referral.regency_code, Case.id == Referral.case_id))
        .where(
            Referral.regency_code == regency,
            Referral.purpose == Purpose.AID.value,
            Referral.status.in_([status.value for status in LIVE]),
        )
    )
    hers = (await tx.execute(running.where(Referral.person_id.in_(people)))).all()
    homely = await tx.execute(running.where(Case.regency_code == regency, Case.household_id.in_(homes)))
    return [*hers, *homely.all()]


async def lock_people(tx: Tx, regency: str, ids: Collection[UUID]) -> None:
    """Lock persons in id order: what they hold does not change until the transaction ends."""
    await tx.execute(
        select(Person.id)
        .where(Person.regency_code == regency, Person.id.in_(ids))
        .order_by(Person.id)
        .with_for_update()
    )
