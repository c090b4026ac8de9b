"""What the sources say of the NIKs of a batch of rows: a few statements for thousands, each by an index.

Registry, persons and ledger are read across regencies by the digest of the NIK: ids, dates, regions and
codes. Of a closed case nothing is read but that it exists: aid that comes from one is left out, and whoever
it is about, with all she lives with, is marked so that nobody learns where she is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.db.queries.reconciliations.rows import Place, listed_in
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Death, Person, RegistryEntry
from app.db.tables.referrals import AssistanceLine
from app.domain.codes import Confidentiality, LedgerState
from app.domain.ledger import last_day
from app.domain.matching import Identity
from app.domain.programs import Effect
from app.domain.reconciliation import HeldAid, Record, Source
from app.domain.registry import period_end

Digests = Mapping[bytes, str]
"""By digest, under every live key, the text that stands for the NIK in comparisons."""

DEAD: Final = "MENINGGAL"
MOVED: Final = "PINDAH"
_UNKNOWN_DAY: Final = date(1900, 1, 1)
_BYTES: Final = ARRAY(LargeBinary())
_OTHER = aliased(Person)


def known_on(period: str, today: date) -> date:
    """The day that a registry's period speaks for: its last one, or today while it runs."""
    return min(period_end(period) or _UNKNOWN_DAY, today)


def _any(column: Any) -> ColumnElement[bool]:
    among: ColumnElement[bool] = column == func.any(bindparam("nik", type_=_BYTES))
    return among


# Registry ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A registry entry, and the programmes that it says she gets."""

    record: Record
    programs: tuple[str, ...]


async def registry(tx: Tx, digests: Digests, today: date) -> dict[str, Entry]:
    """Return the newest entry of each NIK, in whichever regency it stands."""
    statement = (
        select(*ENTRY, RegistryEntry.programs)
        .ext(distinct_on(RegistryEntry.nik_digest))
        .where(_any(RegistryEntry.nik_digest))
        .order_by(RegistryEntry.nik_digest, RegistryEntry.period.desc(), RegistryEntry.id.desc())
    )
    found: dict[str, Entry] = {}
    for row in await tx.execute(statement, {"nik": list(digests)}):
        nik = digests[row.nik_digest]
        record = entry_record(row, nik, today)
        known = found.get(nik)
        if known is None or known.record.as_of < record.as_of:
            found[nik] = Entry(record, tuple(row.programs))
    return found


def registry_aid(entries: Mapping[str, Entry], funding: "Funding") -> dict[str, list[HeldAid]]:
    """Return what the registry says that other funders pay."""
    return {
        nik: [
            HeldAid(
                code, Source.REGISTRY, entry.record.tenant, entry.record.told_by, entry.record.as_of, effect
            )
            for code in entry.programs
            if (effect := funding.others.get(code)) is not None
        ]
        for nik, entry in entries.items()
    }


ENTRY: Final = (
    RegistryEntry.regency_code,
    RegistryEntry.id,
    RegistryEntry.nik_digest,
    RegistryEntry.name_key,
    RegistryEntry.born_on,
    RegistryEntry.village_code,
    RegistryEntry.source,
    RegistryEntry.period,
    RegistryEntry.status,
)


def entry_record(row: Any, nik: str | None, today: date) -> Record:
    return Record(
        source=Source.REGISTRY,
        tenant=row.regency_code,
        id=row.id,
        who=Identity(nik=nik, name_key=row.name_key, born_on=row.born_on, village=row.village_code),
        as_of=known_on(row.period, today),
        told_by=row.source,
        deceased=row.status == DEAD,
        moved=row.status == MOVED,
    )


# Persons -------------------------------------------------------------------------------------------------


async def persons(tx: Tx, regency: str, digests: Digests) -> dict[str, list[Record]]:
    """Return the persons on record with each NIK, those of other regencies too."""
    found: dict[str, list[Record]] = defaultdict(list)
    statement = _people(regency).where(_any(Person.nik_digest))
    for row in await tx.execute(statement, {"nik": list(digests)}):
        found[digests[row.nik_digest]].append(person_record(row, digests.get(row.nik_digest)))
    return found


async def people_by_id(tx: Tx, regency: str, ids: Collection[UUID]) -> dict[UUID, Any]:
    """Return persons of the regency as rows for `person_record`."""
    statement = _people(regency).where(
        Person.regency_code == regency, Person.id == func.any(bindparam("ids", type_=ARRAY(Uuid())))
    )
    return {row.id: row for row in await tx.execute(statement, {"ids": list(ids)})} if ids else {}


def _people(regency: str) -> Any:
    """Select persons; a record that turned out to be another's tells what that one says."""
    into = and_(_OTHER.regency_code == Person.regency_code, _OTHER.id == Person.merged_into)

    def told(name: str) -> ColumnElement[Any]:
        kept, own = getattr(_OTHER, name), getattr(Person, name)
        return case((_OTHER.id.is_not(None), kept), else_=own).label(name)

    paper = (
        select(Death.source)
        .where(
            Death.regency_code == Person.regency_code,
            Death.person_id == func.coalesce(_OTHER.id, Person.id),
            Death.undone_at.is_(None),
        )
        .order_by(Death.at.desc())
        .limit(1)
        .correlate(Person, _OTHER)
        .scalar_subquery()
    )
    names = ("id", "name_key", "born_on", "sex", "village_code", "deceased_on", "seen_at", "version")
    return (
        select(
            Person.regency_code,
            Person.nik_digest,
            *(told(name) for name in names),
            paper.label("paper"),
            _shielded(regency).label("shielded"),
        )
        .select_from(Person)
        .outerjoin(_OTHER, into)
    )


def person_record(row: Any, nik: str | None) -> Record:
    return Record(
        source=Source.PERSON,
        tenant=row.regency_code,
        id=row.id,
        who=Identity(
            nik=nik, name_key=row.name_key, born_on=row.born_on, village=row.village_code, sex=row.sex
        ),
        as_of=row.seen_at.date(),
        told_by=row.paper or "",
        version=row.version,
        deceased=row.deceased_on is not None,
        deceased_on=row.deceased_on,
        shielded=row.shielded,
    )


def _shielded(regency: str) -> ColumnElement[bool]:
    """Whether a closed case is about her or anybody she lives with; of another regency, any guarded one."""
    member = aliased(Person)
    of_member = and_(member.regency_code == Case.regency_code, member.id == Case.person_id)
    here = and_(Case.regency_code == Person.regency_code, _guarded(regency))
    return or_(
        exists().where(here, Case.person_id == Person.id),
        exists().where(here, Case.household_id == Person.household_id),
        exists(select(literal(1)).select_from(member).join(Case, of_member)).where(
            here, member.regency_code == Person.regency_code, member.household_id == Person.household_id
        ),
    )


def _guarded(regency: str) -> ColumnElement[bool]:
    return or_(
        Case.confidentiality == Confidentiality.RAHASIA.value,
        and_(Case.confidentiality == Confidentiality.TERBATAS.value, Case.regency_code != literal(regency)),
    )


# Aid -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Funding:
    """Which programmes may not, or should not, pay beside the list's own."""

    program: str
    others: Mapping[str, Effect]

    @property
    def names(self) -> Collection[str]:
        return {self.program, *self.others}


async def aid(
    tx: Tx, regency: str, digests: Digests, funding: Funding, today: date
) -> dict[str, list[HeldAid]]:
    """Return the planned and running aid of other funders, and of the same programme in another regency."""
    closed = exists().where(
        Case.regency_code == AssistanceLine.regency_code,
        Case.id == AssistanceLine.case_id,
        _guarded(regency),
    )
    statement = select(
        AssistanceLine.regency_code,
        AssistanceLine.nik_digest,
        AssistanceLine.program_code,
        AssistanceLine.state,
        AssistanceLine.period,
        AssistanceLine.given_on,
    ).where(
        _any(AssistanceLine.nik_digest),
        AssistanceLine.program_code.in_(sorted(funding.names)),
        AssistanceLine.state.in_([LedgerState.PLANNED.value, LedgerState.GIVEN.value]),
        or_(AssistanceLine.program_code != funding.program, AssistanceLine.regency_code != regency),
        ~closed,
    )
    found: dict[str, list[HeldAid]] = defaultdict(list)
    for row in await tx.execute(statement, {"nik": list(digests)}):
        if _runs(row, today):
            effect = funding.others.get(row.program_code)
            held = HeldAid(row.program_code, Source.LEDGER, row.regency_code, "", row.given_on, effect)
            found[digests[row.nik_digest]].append(held)
    return found


def _runs(row: Any, today: date) -> bool:
    planned = row.state == LedgerState.PLANNED.value
    return planned or (row.given_on is not None and today <= last_day(row.period or "", row.given_on))


@dataclass(frozen=True, slots=True)
class OtherList:
    """Another list that is looked at beside the one in question."""

    list_no: int
    program: str
    as_of: date


async def on_other_lists(
    tx: Tx, place: Place, digests: Digests, funding: Funding, lists: Sequence[OtherList]
) -> dict[str, list[HeldAid]]:
    """Return the programmes on whose current lists each NIK stands as well."""
    found: dict[str, list[HeldAid]] = defaultdict(list)
    for one in lists:
        if one.program not in funding.names:
            continue
        effect = funding.others.get(one.program)
        held = HeldAid(one.program, Source.LIST, place.regency, "", one.as_of, effect)
        for digest in await listed_in(tx, Place(place.regency, place.id, one.list_no), list(digests)):
            found[digests[digest]].append(held)
    return found


# Shown to people -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody whom a finding names."""

    name: str
    """As we have it; of the registry the key alone, in capital letters."""
    nik_last4: str | None
    born_on: date | None
    sex: str | None
    village: str | None


async def subjects(
    tx: Tx, regency: str, wanted: Collection[tuple[str, UUID]]
) -> dict[tuple[str, UUID], Subject]:
    """Read persons and registry entries of the regency, by source and id. Where she is guarded no village."""
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    found: dict[tuple[str, UUID], Subject] = {}
    people = [id_ for source, id_ in wanted if source == Source.PERSON.value]
    if people:
        statement = select(
            Person.id,
            Person.name,
            Person.nik_last4,
            Person.born_on,
            Person.sex,
            Person.village_code,
            _shielded(regency).label("shielded"),
        ).where(Person.regency_code == regency, Person.id == func.any(ids))
        for row in await tx.execute(statement, {"ids": people}):
            village = None if row.shielded else row.village_code
            told = Subject(row.name, row.nik_last4, row.born_on, row.sex, village)
            found[(Source.PERSON.value, row.id)] = told
    entries = [id_ for source, id_ in wanted if source == Source.REGISTRY.value]
    if entries:
        entry = RegistryEntry
        listed = select(entry.id, entry.name_key, entry.born_on, entry.village_code).where(
            entry.regency_code == regency, entry.id == func.any(ids)
        )
        for each in await tx.execute(listed, {"ids": entries}):
            told = Subject(each.name_key.upper(), None, each.born_on, None, each.village_code)
            found[(Source.REGISTRY.value, each.id)] = told
    return found


async def digest_of(tx: Tx, source: str, tenant: str, id_: UUID) -> bytes | None:
    """Return the digest of the NIK of a person or a registry entry; None where none is known."""
    table: Any = Person if source == Source.PERSON.value else RegistryEntry
    found: bytes | None = await tx.scalar(
        select(table.nik_digest).where(table.regency_code == tenant, table.id == id_)
    )
    return found


async def person_in_full(tx: Tx, regency: str, id_: UUID | None) -> Person | None:
    """Return a person on record; None where the id is of something else."""
    if id_ is None:
        return None
    found: Person | None = await tx.scalar(
        select(Person).where(Person.regency_code == regency, Person.id == id_)
    )
    return found
