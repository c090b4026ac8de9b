"""A case that leaves for another regency: read whole, and opened with the keys that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.db.queries.acting import Vault
from app.db.queries.case_view import household_of, wrapped_key
from app.db.queries.cases import abouts_of, case_by_id, person_of
from app.db.queries.people_view import household_of_person
from app.db.queries.readers import kept_out_of
from app.db.queries.texts import StatedFact, private_of, stated_of, texts_of
from app.db.session import Tx
from app.db.tables.cases import Case, CaseAbout
from app.db.tables.people import Household, Person
from app.db.tables.referrals import Referral

TRANSFER: Final = "transfer"
"""The kind of the text that says why, and the name of its step."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A case with all that goes along, opened with its old keys; it never leaves the process's memory."""

    case: Case
    private: Mapping[str, Any]
    note: str | None
    abouts: Sequence[CaseAbout]
    kept_out: Sequence[UUID]
    facts: Sequence[StatedFact]
    referrals: Sequence[Referral]
    person: Person | None
    numbers: Mapping[str, str]
    """The person's own sealed values, opened: nik, phone, address."""
    household: Household | None
    kk: str | None


async def read_leaving(tx: Tx, vault: Vault, tenant: str, case_id: UUID) -> Leaving | None:
    """Read the case and open what is sealed of it; None once its content was erased."""
    case = await case_by_id(tx, tenant, case_id)
    wrapped = None if case is None else await wrapped_key(tx, tenant, case.data_key_id)
    if case is None or wrapped is None:
        return None
    key = vault.unwrap(wrapped)
    person = await person_of(tx, case)
    home = await (household_of(tx, case) if person is None else household_of_person(tx, person))
    said = await texts_of(tx, vault, case, [TRANSFER])
    return Leaving(
        case=case,
        private=private_of(vault, case, key),
        note=said[-1].text if said else None,
        abouts=await abouts_of(tx, case),
        kept_out=await kept_out_of(tx, case),
        facts=await stated_of(tx, vault, case, key),
        referrals=await _referrals(tx, case),
        person=person,
        numbers={} if person is None else await _numbers(tx, vault, person),
        household=home,
        kk=None if home is None else await _kk(tx, vault, home),
    )


async def _referrals(tx: Tx, case: Case) -> Sequence[Referral]:
    statement = select(Referral).where(
        Referral.regency_code == case.regency_code, Referral.case_id == case.id
    )
    return (await tx.scalars(statement.order_by(Referral.sent_at, Referral.id))).all()


async def _numbers(tx: Tx, vault: Vault, person: Person) -> dict[str, str]:
    wrapped = await wrapped_key(tx, person.regency_code, person.data_key_id)
    if wrapped is None:
        return {}
    key = vault.unwrap(wrapped)
    sealed = {"nik": person.nik_sealed, "phone": person.phone_sealed, "address": person.address_sealed}
    return {
        name: vault.open(key, "persons", name, person.id, value)
        for name, value in sealed.items()
        if value is not None
    }


async def _kk(tx: Tx, vault: Vault, home: Household) -> str | None:
    wrapped = await wrapped_key(tx, home.regency_code, home.data_key_id)
    if wrapped is None or home.kk_sealed is None:
        return None
    return vault.open(vault.unwrap(wrapped), "households", "kk", home.id, home.kk_sealed)
