"""A copy of everything that is held of a person, in a form that she can read: also who looked at it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.db.queries import people_copy
from app.db.queries import rights as stored
from app.db.queries.acting import Acting
from app.db.queries.people import person_by_id
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key, private_of, stated_of
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.rights import DataRequest
from app.domain.errors import Conflict
from app.domain.rights import RequestKind, RequestState

LOOKS: Final = 1_000
"""Of the entries of who looked, the latest."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Sections by name, each a list of records of plain values."""

    request: DataRequest
    sections: Mapping[str, Sequence[Mapping[str, Any]]]


async def copy_of(acting: Acting, sight: Sight, row: DataRequest) -> Copy:
    """Gather what is held of the person of a granted request.

    A case that whoever hands over the copy may not see is left out: she gets it from those who may.

    Raises:
        Conflict: no copy was granted; or she was erased.
    """
    if row.kind != RequestKind.COPY or row.state != RequestState.GRANTED:
        raise Conflict("no_copy", "Salinan belum disetujui.", "No copy was granted.")
    person = await person_by_id(acting.tx, row.regency_code, row.person_id)
    if person is None:
        raise ValueError("A request has its person.")
    people = await people_copy.records_of(acting.tx, person)
    cases = await people_copy.cases_of(acting.tx, sight, people)
    subjects = [*(one.id for one in people), *(one.id for one in cases)]
    looks = await stored.looks_at(acting.tx, row.regency_code, subjects, LOOKS)
    held = await people_copy.plain_of(acting.tx, people, cases)
    return Copy(
        row,
        {
            "person": [await _person(acting, one) for one in people],
            "identifiers": [await _identifier(acting, one) for one in held.identifiers],
            "cases": [await _case(acting, one) for one in cases],
            "referrals": held.referrals,
            "assistance": held.assistance,
            "registry": held.registry,
            "visits": held.visits,
            "households": held.households,
            "messages": held.messages,
            "requests": held.requests,
            "looks": [
                {"at": one.at, "who": one.actor_kind, "action": one.action, "purpose": one.purpose}
                for one in looks
            ],
        },
    )


async def _person(acting: Acting, person: Person) -> dict[str, Any]:
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)

    def opened(column: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else acting.vault.open(key, "persons", column, person.id, sealed)

    return {
        "name": person.name,
        "nik": opened("nik", person.nik_sealed),
        "phone": opened("phone", person.phone_sealed),
        "address": opened("address", person.address_sealed),
        "born_on": person.born_on,
        "sex": person.sex,
        "village": person.village_code,
        "facts": person.facts,
        "deceased_on": person.deceased_on,
        "since": person.created_at,
    }


async def _identifier(acting: Acting, row: Any) -> dict[str, Any]:
    key = await data_key(acting.tx, acting.vault, row.regency_code, row.data_key_id)
    number = acting.vault.open(key, "person_identifiers", "number", row.id, row.number_sealed)
    return {"kind": row.kind, "number": number, "source": row.source, "since": row.created_at}


async def _case(acting: Acting, case: Case) -> dict[str, Any]:
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    private = private_of(acting.vault, case, key)
    facts = await stated_of(acting.tx, acting.vault, case, key)
    return {
        "ticket": case.ticket,
        "kind": case.kind,
        "category": case.category,
        "status": case.status,
        "outcome": case.outcome,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "chronology": private.get("chronology"),
        "place": json.dumps(private.get("place"), ensure_ascii=False) if private.get("place") else None,
        "papers": private.get("papers"),
        "facts": {one.name: one.value for one in facts},
        "legal_basis": case.legal_basis,
    }


__all__ = ["Copy", "copy_of"]
