"""A case as a device keeps it: bare codes, and of each field exactly what `base` is compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.api.language import Language
from app.api.presenters.cases import actions_of, person_out
from app.api.presenters.words import masked, said
from app.api.reading import Reading
from app.api.schemas.sync import HeldProgramOut
from app.db.queries.case_view import CaseParts
from app.db.queries.cases import persons_of
from app.db.queries.held import CaseKey, referrals_of_all, wrapped_keys
from app.db.queries.texts import private_of
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge, is_implicit
from app.integrations.vault import DataKey


def patched_fields(case: Case, private: Mapping[str, Any], phone: str | None) -> dict[str, Any]:
    """Return the fields that a PATCH may change, as its officer is shown them; *phone* is the person's."""
    place = private.get("place") or {}
    return {
        "category": case.category,
        "sector": case.sector,
        "priority": case.priority,
        "confidentiality": case.confidentiality,
        "phone": masked(phone),
        "place": {
            "village": case.village_code,
            "address": place.get("address"),
            "detail": place.get("detail"),
        },
    }


@dataclass(frozen=True, slots=True)
class HeldCase:
    case: Case
    fields: dict[str, Any]
    person: dict[str, Any] | None

    @property
    def digest(self) -> bytes:
        """Of all that is told, whichever of it the device asks for."""
        content = json.dumps([self.fields, self.person], sort_keys=True, default=str)
        return sha256(content.encode()).digest()[:16]


async def held_cases(tx: Tx, reading: Reading, cases: Sequence[Case]) -> list[HeldCase]:
    """Return the cases as a device keeps them, with their people; each table is read once for all."""
    persons = await persons_of(tx, cases)
    referrals = await referrals_of_all(tx, cases)
    keys = {(one.regency_code, one.data_key_id) for one in cases}
    keys |= {(one.regency_code, one.data_key_id) for one in persons.values()}
    opened = {
        key: reading.house.vault.unwrap(wrapped) for key, wrapped in (await wrapped_keys(tx, keys)).items()
    }
    return [_held(reading, one, persons, referrals, opened) for one in cases]


def _held(
    reading: Reading,
    case: Case,
    persons: Mapping[CaseKey, Person],
    referrals: Mapping[CaseKey, list[Referral]],
    opened: Mapping[CaseKey, DataKey],
) -> HeldCase:
    vault, tenant = reading.house.vault, case.regency_code
    key = opened.get((tenant, case.data_key_id))
    private = {} if key is None else private_of(vault, case, key)
    person = persons.get((tenant, case.person_id)) if case.person_id else None
    own = opened.get((tenant, person.data_key_id)) if person is not None else None
    phone = None
    if person is not None and own is not None and person.phone_sealed is not None:
        phone = vault.open(own, "persons", "phone", person.id, person.phone_sealed)
    parts = CaseParts(case, person, None, (), (), (), referrals.get((tenant, case.id), ()), None)
    fields = {
        "ticket": case.ticket,
        "version": case.version,
        "status": case.status,
        "kind": case.kind,
        **patched_fields(case, private, phone),
        "holder": case.holder,
        "desk": _public(tenant, case.away_desk_id or case.desk_id),
        "assignee": _public(tenant, case.assignee_id),
        "person": _public(tenant, case.person_id),
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "due_at": case.due_at,
        "due_step": case.due_step,
        "allowed_actions": list(actions_of(reading, parts)),
        "chronology": private.get("chronology"),
    }
    return HeldCase(case, fields, None if person is None else person_out(person).model_dump(mode="json"))


def _public(tenant: str, id_: UUID | None) -> str | None:
    return None if id_ is None else public_id(tenant, id_)


def code_sets(known: Knowledge, lang: Language) -> dict[str, dict[str, str]]:
    """Return every set of codes with the words of one language."""
    return {
        name: {one.code: one.label_en if lang == "en" else one.label_id for one in codes.values()}
        for name, codes in known.codes.items()
    }


def held_programs(known: Knowledge, lang: Language) -> list[HeldProgramOut]:
    """Return the programmes that a desk can name; those that agencies have without listing them stay out."""
    return [
        HeldProgramOut(code=one.code, name=said(one.name, lang), agency=one.agency, level=one.level.value)
        for one in known.programs.values()
        if not is_implicit(one.code)
    ]
