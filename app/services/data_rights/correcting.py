"""Writing what a person had corrected: name, birth date, sex, phone, address."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Protocol

from app.db.queries.acting import Acting
from app.db.tables.people import Person
from app.domain.names import name_key

FIELDS: Final = ("name", "born_on", "sex", "phone", "address")


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


async def correct(
    acting: Acting, blind: Digests, person: Person, key: Any, corrections: Mapping[str, Any]
) -> tuple[str, ...]:
    """Write the new values; return the names of the fields that changed. A NIK goes by its own route."""
    vault, changed = acting.vault, [name for name in FIELDS if name in corrections]
    if "name" in corrections:
        person.name, person.name_key = corrections["name"], name_key(corrections["name"])
    if "born_on" in corrections:
        person.born_on = date.fromisoformat(corrections["born_on"])
    if "sex" in corrections:
        person.sex = corrections["sex"]
    if "phone" in corrections:
        person.phone_sealed = vault.seal(key, "persons", "phone", person.id, corrections["phone"])
        person.phone_digest = blind.digest("phone", corrections["phone"])
    if "address" in corrections:
        person.address_sealed = vault.seal(key, "persons", "address", person.id, corrections["address"])
    if changed:
        _tell_apart(blind, person)
        person.version += 1
    return tuple(changed)


def _tell_apart(blind: Digests, person: Person) -> None:
    """A person without a NIK is met by name and birth date: by the new ones from now on, and by her id."""
    if person.provisional and person.provisional_digest is not None:
        said = f"{person.name_key}|{person.born_on}|{person.village_code}|{person.id}"
        person.provisional_digest = blind.digest("provisional", said)
