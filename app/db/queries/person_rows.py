"""Writing a person's own row: made once, sealed under a key of her own; her NIK given and taken."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from app.db.failures import UNIQUE_VIOLATION, sqlstate
from app.db.queries.acting import Acting, Vault
from app.db.queries.arrivals import Digests
from app.db.queries.people import person_by_id
from app.db.queries.texts import data_key
from app.db.session import Tx
from app.db.tables.people import DataKey, Person
from app.domain.errors import Conflict
from app.domain.names import name_key


class NewKeys(Vault, Protocol):
    def new_data_key(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Described:
    """A person as she is written down; numbers in their normal form."""

    regency: str
    village: str
    name: str
    nik: str | None
    kk: str | None
    phone: str | None
    address: str | None
    born_on: date | None
    sex: str | None
    alone: bool
    """She is told apart from everybody of her name, birth date and village: no desk meets her by these."""


async def add_person(acting: Acting, keys: NewKeys, blind: Digests, new: Described) -> Person | None:
    """Write her and her key; None if her NIK, or her name with birth date and village, is there by now."""
    id_, key_id, made = acting.new_id(), acting.new_id(), keys.new_data_key()

    def sealed(column: str, text: str | None) -> bytes | None:
        return None if text is None else keys.seal(made.key, "persons", column, id_, text)

    key_of_name = name_key(new.name)
    row = {
        "regency_code": new.regency,
        "id": id_,
        "data_key_id": key_id,
        "household_id": None,
        "name": new.name,
        "name_key": key_of_name,
        "nik_sealed": sealed("nik", new.nik),
        "nik_digest": None if new.nik is None else blind.digest("nik", new.nik),
        "nik_last4": None if new.nik is None else new.nik[-4:],
        "kk_digest": None if new.kk is None else blind.digest("kk", new.kk),
        "phone_sealed": sealed("phone", new.phone),
        "phone_digest": None if new.phone is None else blind.digest("phone", new.phone),
        "address_sealed": sealed("address", new.address),
        "born_on": new.born_on,
        "sex": new.sex,
        "village_code": new.village,
        "facts": {},
        "provisional": new.nik is None,
        "provisional_digest": _provisional(blind, new, key_of_name, id_) if new.nik is None else None,
        "do_not_contact": False,
        "deceased_on": None,
        "created_at": acting.now,
        "seen_at": acting.now,
        "version": 1,
        "merged_into": None,
    }
    written = await acting.tx.scalar(insert(Person).values(row).on_conflict_do_nothing().returning(Person.id))
    if written is None:
        return None
    acting.tx.add(
        DataKey(
            regency_code=new.regency,
            id=key_id,
            wrapped=made.wrapped,
            created_at=acting.now,
            destroyed_at=None,
            copy_of=None,
        )
    )
    await acting.tx.flush()
    return await person_by_id(acting.tx, new.regency, id_, for_update=True)


def _provisional(blind: Digests, new: Described, key_of_name: str, id_: UUID) -> bytes:
    """As intake does it: desks meet on name, birth date and village, unless she is told apart."""
    said = f"{key_of_name}|{new.born_on}|{new.village}|{id_ if new.alone else ''}"
    return blind.digest("provisional", said)


async def nik_owner(tx: Tx, regency: str, digests: list[bytes]) -> Person | None:
    """Return whose present NIK it is, under her lock."""
    found: Person | None = await tx.scalar(
        select(Person).where(Person.regency_code == regency, Person.nik_digest.in_(digests)).with_for_update()
    )
    return found


async def open_own(acting: Acting, person: Person, column: str, sealed: bytes | None) -> str | None:
    """Open a sealed value of a person's own row.

    Raises:
        Conflict: she was erased.
    """
    if sealed is None:
        return None
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    return acting.vault.open(key, "persons", column, person.id, sealed)


async def give_nik(acting: Acting, blind: Digests, person: Person, nik: str) -> None:
    """Make *nik* her present one; a provisional person becomes a full one. Nobody else has it any more."""
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    person.nik_sealed = acting.vault.seal(key, "persons", "nik", person.id, nik)
    person.nik_digest = blind.digest("nik", nik)
    person.nik_last4 = nik[-4:]
    person.provisional, person.provisional_digest = False, None
    person.version += 1
    await flush_number(acting.tx)


async def flush_number(tx: Tx) -> None:
    """Write a number that only one may have.

    Raises:
        Conflict: somebody else was given it a moment ago.
    """
    try:
        await tx.flush()
    except DBAPIError as error:
        if sqlstate(error) != UNIQUE_VIOLATION:
            raise
        raise Conflict(
            "number_just_taken",
            "Nomor ini baru saja dicatat pada orang lain. Muat ulang lalu periksa.",
            "This number was recorded for somebody else just now. Load it again and look.",
        ) from error


async def take_nik(acting: Acting, blind: Digests, person: Person) -> None:
    """Leave her without a NIK, told apart from everybody of her name."""
    person.nik_sealed = person.nik_digest = person.nik_last4 = None
    person.provisional = True
    person.provisional_digest = blind.digest("provisional", f"{person.name_key}|{person.id}")
    person.version += 1
    await acting.tx.flush()
