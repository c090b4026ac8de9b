"""What a letter says of one case: gathered when it is drafted, and kept sealed as it stood then.

A referral letter tells its receiver no more of the person than the referral itself discloses; whoever
reported the case stands in no letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.db.queries.case_moves import Move
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import person_of
from app.db.queries.letters import Content
from app.db.queries.texts import private_of
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.disclosure import FIELDS as DISCLOSABLE
from app.domain.knowledge import Knowledge
from app.domain.letters import LetterKind, Template, day_in_words, fill, fill_body
from app.domain.sla import local_date

_TO_ALL: Final = "Yang berkepentingan"
_ROWS: Final = (
    ("Nama", "name"),
    ("NIK", "nik"),
    ("Tanggal lahir", "birth_date"),
    ("Jenis kelamin", "sex"),
    ("Alamat", "address"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter is made of: its template, the referral that it hands over, and what was typed."""

    template: Template
    referral: Referral | None
    fields: Mapping[str, str]


async def content_of(move: Move, said: Said) -> Content:
    """Fill the template in with what is known of the case now."""
    known, case, kind = move.acting.known, move.case, said.template.kind
    shown = frozenset(DISCLOSABLE if said.referral is None else said.referral.disclosed)
    person = await _person(move, shown)
    place = _place(known, case.village_code)
    values = {
        **person,
        **place,
        **_receiver(known, said.referral),
        **said.fields,
        "ticket": case.ticket,
        "opened_on": day_in_words(local_date(case.opened_at, case.village_code)),
    }
    to_all = values.get("agency") if kind is LetterKind.RUJUKAN else None
    return {
        "kind": kind.value,
        "title": fill(said.template.title, values),
        "paragraphs": fill_body(said.template.body, values),
        "identity": [[label, person[name]] for label, name in _ROWS if person.get(name)],
        "name": person["name"],
        "nik": person.get("nik"),
        "addressee": said.fields.get("addressee") or to_all or _TO_ALL,
        "attachments": said.fields.get("attachments"),
        "letterhead": _letterhead(known, case.regency_code),
        "city": place["regency"].split(" ", 1)[-1],
        "ticket": case.ticket,
        "fields": dict(said.fields),
        "number_format": said.template.number_format,
        "valid_days": said.template.valid_days,
    }


def _place(known: Knowledge, village: str) -> dict[str, str]:
    parts = village.split(".")
    settings = known.settings.get(".".join(parts[:2]))
    return {
        "village": known.regions.get(village, village),
        "district": f"Kecamatan {known.regions.get('.'.join(parts[:3]), '')}",
        "regency": settings.name if settings else known.regions.get(".".join(parts[:2]), ""),
        "office": settings.secretariat if settings else "",
    }


def _receiver(known: Knowledge, referral: Referral | None) -> dict[str, str]:
    if referral is None:
        return {}
    program, agency = known.programs.get(referral.program_code), known.agencies.get(referral.agency_code)
    return {
        "program": program.name.id if program else referral.program_code,
        "agency": agency.name.id if agency else referral.agency_code,
    }


def _letterhead(known: Knowledge, regency: str) -> dict[str, str]:
    settings = known.settings.get(regency)
    name = settings.name if settings else known.regions.get(regency, regency)
    told: Mapping[str, Any] = settings.profile.get("secretariat", {}) if settings else {}
    return {
        "government": f"Pemerintah {name}",
        "office": told.get("seat") or f"Dinas Sosial {name}",
        "secretariat": settings.secretariat if settings else "",
    }


async def _person(move: Move, shown: frozenset[str]) -> dict[str, str]:
    """Open what may be told of whom the case is about."""
    case, known = move.case, move.acting.known
    person = await person_of(move.tx, case)
    private = private_of(move.acting.vault, case, move.key)
    found: dict[str, str | None] = {"address": (private.get("place") or {}).get("address")}
    if person is None:
        name = known.label("subject_kind", case.subject_kind, "id")
    else:
        name = person.name
        found |= {name: value for name, value in (await _opened(move, person)).items() if value}
        found["birth_date"] = day_in_words(person.born_on) if person.born_on else None
        found["sex"] = known.label("sex", person.sex, "id") if person.sex else None
    told = {"birth_date": "born_on"}
    allowed = {key: value for key, value in found.items() if value and told.get(key, key) in shown}
    return {**allowed, "name": name if "name" in shown else "-"}


async def _opened(move: Move, person: Person) -> dict[str, str | None]:
    wrapped = await wrapped_key(move.tx, person.regency_code, person.data_key_id)
    if wrapped is None:
        return {}
    vault = move.acting.vault
    key = vault.unwrap(wrapped)
    sealed = {"nik": person.nik_sealed, "address": person.address_sealed}
    return {
        name: None if value is None else vault.open(key, "persons", name, person.id, value)
        for name, value in sealed.items()
    }
