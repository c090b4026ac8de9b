"""A case that arrives from another regency: its person is met, and all of it is sealed anew."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.acting import Acting, Vault
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import case_by_id
from app.db.queries.texts import StatedFact
from app.db.queries.transfers import Leaving
from app.db.session import Tx
from app.db.tables.cases import Case, CaseAbout, CaseFact, CaseReader
from app.db.tables.people import DataKey, Household, Person
from app.domain.chain import GENESIS


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...
    def digests(self, field_name: str, value: str) -> list[bytes]: ...


class NewKeys(Vault, Protocol):
    def new_data_key(self) -> Any: ...


async def case_from(tx: Tx, tenant: str, ticket: str) -> Case | None:
    """Return the case that was opened in *tenant* for the one of *ticket*, if it was."""
    found: Case | None = await tx.scalar(
        select(Case).where(Case.regency_code == tenant, Case.transferred_from == ticket)
    )
    return found


@dataclass(frozen=True, slots=True)
class Arriving:
    """What meets and seals in the new regency."""

    acting: Acting
    vault: NewKeys
    digests: Digests
    regency: str
    village: str


@dataclass(frozen=True, slots=True)
class Met:
    key_id: UUID
    key: Any
    person_id: UUID | None
    household_id: UUID | None


async def meet(arriving: Arriving, leaving: Leaving) -> Met:
    """Find the person by her NIK, or make her, and lock her; then her household by its KK."""
    if leaving.person is None:
        key_id, key = await _new_key(arriving)
        home = await _household(arriving, leaving, key_id, key)
        return Met(key_id, key, None, home)
    person = await _known(arriving, leaving) or await _make(arriving, leaving, leaving.person)
    wrapped = await wrapped_key(arriving.acting.tx, arriving.regency, person.data_key_id)
    if wrapped is None:
        raise ValueError("A person who is found by her NIK has a key.")
    key = arriving.vault.unwrap(wrapped)
    person.do_not_contact = person.do_not_contact or leaving.person.do_not_contact
    if person.household_id is None:
        person.household_id = await _household(arriving, leaving, person.data_key_id, key)
    return Met(person.data_key_id, key, person.id, person.household_id)


async def _known(arriving: Arriving, leaving: Leaving) -> Person | None:
    nik = leaving.numbers.get("nik")
    if nik is None:
        return None
    found: Person | None = await arriving.acting.tx.scalar(
        select(Person)
        .where(
            Person.regency_code == arriving.regency,
            Person.nik_digest.in_(arriving.digests.digests("nik", nik)),
        )
        .with_for_update()
    )
    return found


async def _make(arriving: Arriving, leaving: Leaving, old: Person) -> Person:
    acting, tx = arriving.acting, arriving.acting.tx
    key_id, key = await _new_key(arriving)
    id_, nik, phone = acting.new_id(), leaving.numbers.get("nik"), leaving.numbers.get("phone")

    def sealed(column: str) -> bytes | None:
        text = leaving.numbers.get(column)
        return None if text is None else arriving.vault.seal(key, "persons", column, id_, text)

    alone = f"{old.name_key}|{old.born_on}|{arriving.village}|{id_}"
    made = Person(
        regency_code=arriving.regency,
        id=id_,
        data_key_id=key_id,
        household_id=None,
        name=old.name,
        name_key=old.name_key,
        nik_sealed=sealed("nik"),
        nik_digest=None if nik is None else arriving.digests.digest("nik", nik),
        nik_last4=old.nik_last4,
        kk_digest=None if leaving.kk is None else arriving.digests.digest("kk", leaving.kk),
        phone_sealed=sealed("phone"),
        phone_digest=None if phone is None else arriving.digests.digest("phone", phone),
        address_sealed=sealed("address"),
        born_on=old.born_on,
        sex=old.sex,
        village_code=arriving.village,
        facts=dict(old.facts),
        provisional=nik is None,
        provisional_digest=arriving.digests.digest("provisional", alone) if nik is None else None,
        do_not_contact=old.do_not_contact,
        deceased_on=None,
        created_at=acting.now,
        seen_at=acting.now,
        version=1,
    )
    tx.add(made)
    await tx.flush()
    return made


async def _new_key(arriving: Arriving) -> tuple[UUID, Any]:
    acting = arriving.acting
    made, id_ = arriving.vault.new_data_key(), acting.new_id()
    acting.tx.add(
        DataKey(
            regency_code=arriving.regency,
            id=id_,
            wrapped=made.wrapped,
            created_at=acting.now,
            destroyed_at=None,
        )
    )
    await acting.tx.flush()
    return id_, made.key


async def _household(arriving: Arriving, leaving: Leaving, key_id: UUID, key: Any) -> UUID | None:
    acting, home, kk = arriving.acting, leaving.household, leaving.kk
    if home is None or kk is None:
        return None
    digests = arriving.digests.digests("kk", kk)
    found: UUID | None = await acting.tx.scalar(
        select(Household.id)
        .where(Household.regency_code == arriving.regency, Household.kk_digest.in_(digests))
        .with_for_update()
    )
    if found is not None:
        return found
    id_ = acting.new_id()
    acting.tx.add(
        Household(
            regency_code=arriving.regency,
            id=id_,
            data_key_id=key_id,
            kk_sealed=arriving.vault.seal(key, "households", "kk", id_, kk),
            kk_digest=digests[0],
            village_code=arriving.village,
            facts=dict(home.facts),
            created_at=acting.now,
            updated_at=acting.now,
        )
    )
    await acting.tx.flush()
    return id_


_SAME: Final = (
    "kind", "category", "sector", "ppks", "service_pillar", "channel", "priority", "confidentiality",
    "subject_kind", "reporter_relation", "current_aid", "legal_basis", "notice_version", "program_code",
)  # fmt: skip
"""What the case is in the new regency as it was in the old one."""


@dataclass(frozen=True, slots=True)
class Place:
    """What of the new case its regency decides."""

    ticket: str
    pin_digest: bytes
    holder: str
    desk_id: UUID | None
    closed_to: str | None


async def write_case(arriving: Arriving, leaving: Leaving, met: Met, place: Place) -> Case | None:
    """Write the case, its facts and whom it is about; None when another worker has just done so."""
    acting, old = arriving.acting, leaving.case
    id_ = acting.new_id()
    private = json.dumps(_private(arriving, leaving), ensure_ascii=False)
    row = {
        **{name: getattr(old, name) for name in _SAME},
        "regency_code": arriving.regency,
        "id": id_,
        "ticket": place.ticket,
        "pin_digest": place.pin_digest,
        "closed_to": place.closed_to,
        "status": "registered",
        "version": 1,
        "holder": place.holder,
        "desk_id": place.desk_id,
        "person_id": met.person_id,
        "household_id": met.household_id,
        "village_code": arriving.village,
        "district_code": arriving.village.rpartition(".")[0],
        "data_key_id": met.key_id,
        "private_sealed": arriving.vault.seal(met.key, "cases", "private", id_, private),
        "opened_at": acting.now,
        "updated_at": acting.now,
        "routing_n": 0,
        "reopened_count": 0,
        "disputed_count": 0,
        "bounce_count": 0,
        "transferred_from": old.ticket,
        "event_count": 0,
        "head": GENESIS,
    }
    written = await acting.tx.scalar(
        insert(Case)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=[Case.regency_code, Case.transferred_from],
            index_where=Case.transferred_from.is_not(None),
        )
        .returning(Case.id)
    )
    if written is None:
        return None
    _write_parts(arriving, leaving, met, id_)
    await acting.tx.flush()
    return await case_by_id(acting.tx, arriving.regency, id_, for_update=True)


def _private(arriving: Arriving, leaving: Leaving) -> dict[str, Any]:
    """The one sealed text, with the old address told as what it was."""
    place = leaving.private.get("place") or {}
    known = arriving.acting.known.regions
    old = leaving.case.village_code
    said = [place.get("address"), place.get("detail"), known.get(old, old)]
    detail = "Alamat pada kasus asal: " + ", ".join(part for part in said if part)
    return {**leaving.private, "place": {"address": None, "detail": detail}, "told_by": None}


def _write_parts(arriving: Arriving, leaving: Leaving, met: Met, case_id: UUID) -> None:
    acting = arriving.acting
    for about in leaving.abouts:
        acting.tx.add(
            CaseAbout(
                regency_code=arriving.regency, case_id=case_id, n=about.n, kind=about.kind, ref=about.ref
            )
        )
    for fact in leaving.facts:
        _add_fact(arriving, met, case_id, fact)


def _add_fact(arriving: Arriving, met: Met, case_id: UUID, fact: StatedFact) -> None:
    acting, id_ = arriving.acting, arriving.acting.new_id()
    acting.tx.add(
        CaseFact(
            regency_code=arriving.regency,
            id=id_,
            case_id=case_id,
            name=fact.name,
            value_sealed=arriving.vault.seal(met.key, "case_facts", "value", id_, json.dumps(fact.value)),
            source=fact.source,
            as_of=fact.as_of,
            at=acting.now,
            by=None,
        )
    )


def add_readers(arriving: Arriving, case: Case, readers: Mapping[UUID, str]) -> None:
    for account, standing in sorted(readers.items()):
        arriving.acting.tx.add(
            CaseReader(
                regency_code=case.regency_code,
                case_id=case.id,
                account_id=account,
                standing=standing,
                opened_at=case.opened_at,
            )
        )
