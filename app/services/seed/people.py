"""Invented people by COPY, sealed as real ones are, in batches that each commit whole.

How far a regency's people are loaded stands in a row of done work, so a second run, or one for more people,
goes on behind it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import seed
from app.db.session import intake
from app.domain.codes import LedgerSource
from app.domain.names import name_key
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, DataKey, Vault
from app.services.seed.tools import Tools

AS_OF: Final = date(2026, 11, 1)
"""The day for which the people are invented: a constant, so that every run invents the same ones."""
_BATCH: Final = 1_000
"""Households in one transaction."""
_PAID_DAYS_AGO: Final = 20
_CASH: Final = frozenset({"PKH", "PIP"})

Record = tuple[object, ...]


class _Village(Protocol):
    @property
    def code(self) -> str: ...


class _Registry(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def desil(self) -> int: ...
    @property
    def status(self) -> str: ...


class Member(Protocol):
    """A person as the generator gives her."""

    @property
    def name(self) -> str: ...
    @property
    def nik(self) -> str | None: ...
    @property
    def sex(self) -> str: ...
    @property
    def born_on(self) -> date: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def programs(self) -> Sequence[str]: ...


class Household(Protocol):
    """A household as the generator gives it."""

    @property
    def kk(self) -> str: ...
    @property
    def village(self) -> _Village: ...
    @property
    def rt(self) -> str: ...
    @property
    def rw(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def registry(self) -> _Registry | None: ...
    @property
    def members(self) -> Sequence[Member]: ...


Villages = Sequence[tuple[str, str]]
"""Codes and names."""
Invent = Callable[[str, int, Villages, date], Iterator[Household]]
"""Given a regency, a number of persons, villages and the day: that many, in households, always the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    regency: str
    villages: Villages
    persons: int
    series: str = "people_seeded"
    """Each series of people goes on where it stopped, whatever the other ones did."""


@dataclass(frozen=True, slots=True)
class Sealing:
    vault: Vault
    blind: Blind


async def seed_people(tools: Tools, sealing: Sealing, wanted: Wanted, invent: Invent) -> int:
    """Load a regency's invented people up to as many as *wanted*; return how many came in now."""
    async with intake(tools.database.intake_pool) as raw:
        done = await seed.people_done(raw, wanted.regency, wanted.series)
    before, asked = done.persons, wanted.persons
    while done.persons < wanted.persons:
        invented = invent(wanted.regency, asked, wanted.villages, AS_OF)
        done = await _load(tools, sealing, wanted, islice(invented, done.households, None), done)
        # A shorter run's last household may have been cut short; what it lacks is made up for behind it.
        asked += wanted.persons - done.persons
    return done.persons - before


async def seed_cast(
    tools: Tools,
    sealing: Sealing,
    cast: Mapping[str, Sequence[Household]],
    series: str = "cast_seeded",
) -> int:
    """Load the people whom the demo's story names, by regency; return how many came in now."""
    came = 0
    for regency, households in cast.items():
        persons = sum(len(household.members) for household in households)
        wanted = Wanted(regency, (), persons, series)
        came += await seed_people(tools, sealing, wanted, lambda *_, there=households: iter(there))
    return came


async def _load(
    tools: Tools, sealing: Sealing, wanted: Wanted, households: Iterator[Household], done: seed.PeopleDone
) -> seed.PeopleDone:
    regency = wanted.regency
    while batch := list(islice(households, _BATCH)):
        maker = _Maker(sealing, tools.ids, tools.now, regency)
        for household in batch:
            maker.add(household)
        done = seed.PeopleDone(done.persons + len(maker.persons), done.households + len(batch))
        async with intake(tools.database.intake_pool) as raw:
            for table, columns, records in maker.tables():
                await seed.copy(raw, table, columns, records)
            id_ = tools.ids.new_id(tools.now)
            await seed.mark_people(raw, regency, wanted.series, id_, tools.now, done)
        tools.say(f"people {regency}", done.persons, wanted.persons)
    return done


_KEY_COLUMNS: Final = ("regency_code", "id", "wrapped", "created_at")
_HOUSEHOLD_COLUMNS: Final = (
    "regency_code", "id", "data_key_id", "kk_sealed", "kk_digest", "village_code", "facts", "created_at",
    "updated_at",
)  # fmt: skip
_PERSON_COLUMNS: Final = (
    "regency_code", "id", "data_key_id", "household_id", "name", "name_key", "nik_sealed", "nik_digest",
    "nik_last4", "kk_digest", "phone_sealed", "phone_digest", "address_sealed", "born_on", "sex",
    "village_code", "facts", "provisional", "do_not_contact", "created_at", "seen_at", "version",
)  # fmt: skip
_ENTRY_COLUMNS: Final = (
    "regency_code", "id", "snapshot_id", "nik_digest", "kk_digest", "name_key", "born_on", "village_code",
    "source", "period", "status", "desil", "programs", "facts",
)  # fmt: skip
_LINE_COLUMNS: Final = (
    "regency_code", "id", "person_id", "household_id", "nik_digest", "program_code", "component", "n",
    "kind", "state", "period", "given_on", "source", "created_at", "updated_at",
)  # fmt: skip


@dataclass(slots=True)
class _Maker:
    """Makes the rows of one batch."""

    sealing: Sealing
    ids: Ids
    now: datetime
    regency: str
    keys: list[Record] = field(default_factory=list)
    households: list[Record] = field(default_factory=list)
    persons: list[Record] = field(default_factory=list)
    entries: list[Record] = field(default_factory=list)
    lines: list[Record] = field(default_factory=list)

    def tables(self) -> list[tuple[str, Sequence[str], list[Record]]]:
        return [
            ("data_keys", _KEY_COLUMNS, self.keys),
            ("households", _HOUSEHOLD_COLUMNS, self.households),
            ("persons", _PERSON_COLUMNS, self.persons),
            ("registry_entries", _ENTRY_COLUMNS, self.entries),
            ("assistance_lines", _LINE_COLUMNS, self.lines),
        ]

    def add(self, household: Household) -> None:
        id_, (key_id, key) = self._id(), self._key()
        vault, village, kk = self.sealing.vault, household.village.code, household.kk
        kk_digest = self.sealing.blind.digest("kk", kk)
        sealed = vault.seal(key, "households", "kk", id_, kk)
        facts = json.dumps(household.facts)
        self.households.append(
            (self.regency, id_, key_id, sealed, kk_digest, village, facts, self.now, self.now)
        )
        for member in household.members:
            self._add_member(household, member, id_, kk_digest)

    def _add_member(self, household: Household, member: Member, household_id: UUID, kk: bytes) -> None:
        id_, (key_id, key) = self._id(), self._key()
        vault, blind, village = self.sealing.vault, self.sealing.blind, household.village.code
        address = f"{household.address}, RT {household.rt} RW {household.rw}"
        nik = blind.digest("nik", member.nik) if member.nik else None
        named = name_key(member.name)
        self.persons.append(
            (
                self.regency, id_, key_id, household_id, member.name, named,
                vault.seal(key, "persons", "nik", id_, member.nik) if member.nik else None,
                nik,
                member.nik[-4:] if member.nik else None,
                kk,
                vault.seal(key, "persons", "phone", id_, member.phone) if member.phone else None,
                blind.digest("phone", member.phone) if member.phone else None,
                vault.seal(key, "persons", "address", id_, address),
                member.born_on, str(member.sex), village, json.dumps(member.facts),
                member.nik is None, False, self.now, self.now, 1,
            )
        )  # fmt: skip
        if household.registry is not None:
            self._list(household.registry, member, named, (nik, kk, village))
        for program in member.programs:
            self._hold(program, id_, household_id, nik)

    def _list(
        self, registry: _Registry, member: Member, named: str, found: tuple[bytes | None, bytes, str]
    ) -> None:
        nik, kk, village = found
        self.entries.append(
            (
                self.regency, self._id(), None, nik, kk, named, member.born_on, village, registry.source,
                registry.period, registry.status, registry.desil, json.dumps(list(member.programs)), "{}",
            )
        )  # fmt: skip

    def _hold(self, program: str, person_id: UUID, household_id: UUID, nik: bytes | None) -> None:
        """Aid that she gets already: the last payment, and the next one."""
        kind = "cash" if program in _CASH else "service" if program.startswith("PBI") else "goods"
        paid = AS_OF - timedelta(days=_PAID_DAYS_AGO)
        for n, (state, day) in enumerate((("given", paid), ("planned", None)), 1):
            self.lines.append(
                (
                    self.regency, self._id(), person_id, household_id, nik, program, "*", n,
                    kind, state, f"{AS_OF.year}-{n}", day, LedgerSource.IMPORT.value, self.now, self.now,
                )
            )  # fmt: skip

    def _id(self) -> UUID:
        return self.ids.new_id(self.now)

    def _key(self) -> tuple[UUID, DataKey]:
        id_, made = self._id(), self.sealing.vault.new_data_key()
        self.keys.append((self.regency, id_, made.wrapped, self.now))
        return id_, made.key
