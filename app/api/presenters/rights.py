"""Data requests and breaches as officers read them."""

from uuid import UUID

from app.api.presenters.words import all_coded, coded, coded_or_none
from app.api.reading import Reading
from app.api.schemas.base import Localised
from app.api.schemas.rights import BreachOut, DataRequestOut
from app.db.tables.rights import Breach, DataRequest
from app.domain.documents import Words
from app.domain.ids import public_id
from app.domain.rights import WAITING, BreachState, Incident, RequestState, to_authority, to_persons
from app.domain.sla import instant_in_words


def request_out(reading: Reading, row: DataRequest) -> DataRequestOut:
    known, lang = reading.known, reading.lang

    def public(id_: UUID | None) -> str | None:
        return None if id_ is None else public_id(row.regency_code, id_)

    return DataRequestOut(
        id=public_id(row.regency_code, row.id),
        person=public_id(row.regency_code, row.person_id),
        kind=coded(known, "data_request_kind", row.kind, lang),
        state=coded(known, "data_request_state", row.state, lang),
        identity_method=coded(known, "identity_check", row.identity_method, lang),
        taken_at=row.taken_at,
        taken_by=public(row.taken_by),
        due_at=row.due_at,
        overdue=RequestState(row.state) in WAITING and reading.now > row.due_at,
        proposed_at=row.proposed_at,
        proposed_by=public(row.proposed_by),
        decided_at=row.decided_at,
        decided_by=public(row.decided_by),
        reason=coded_or_none(known, "data_refusal", row.reason, lang),
        lifted_at=row.lifted_at,
        escalated_at=row.escalated_at,
    )


def breach_out(reading: Reading, row: Breach, private: dict[str, str] | None = None) -> BreachOut:
    known, lang = reading.known, reading.lang
    told = row.authority_told_at is not None and row.persons_told_at is not None
    return BreachOut(
        id=public_id(row.regency_code, row.id),
        state=row.state,
        nature=coded(known, "breach_nature", row.nature, lang),
        data=all_coded(known, "breach_data", row.data_kinds, lang),
        persons=row.persons_count,
        happened_at=row.happened_at,
        found_at=row.found_at,
        due_at=row.due_at,
        overdue=row.state == BreachState.OPEN and not told and reading.now > row.due_at,
        authority_told_at=row.authority_told_at,
        authority_reference=row.authority_reference,
        persons_told_at=row.persons_told_at,
        persons_told_method=coded_or_none(known, "contact_method", row.persons_told_method, lang),
        closed_at=row.closed_at,
        escalated_at=row.escalated_at,
        notices=None if private is None else _notices(reading, row, private),
    )


def _notices(reading: Reading, row: Breach, private: dict[str, str]) -> dict[str, Localised]:
    """Write both notices, each language in its own words."""
    texts: dict[str, dict[str, Words]] = {}
    for lang in ("id", "en"):
        one = _incident(reading, row, private, "en" if lang == "en" else "id")
        texts[lang] = {"authority": to_authority(one), "persons": to_persons(one)}
    return {
        name: Localised(id=texts["id"][name].id, en=texts["en"][name].en) for name in ("authority", "persons")
    }


def _incident(reading: Reading, row: Breach, private: dict[str, str], lang: str) -> Incident:
    known = reading.known
    settings, zone = known.settings.get(row.regency_code), known.zone(row.regency_code)
    spoken = "en" if lang == "en" else "id"
    return Incident(
        body=settings.secretariat if settings else row.regency_code,
        nature=known.label("breach_nature", row.nature, lang),
        data=[known.label("breach_data", code, lang) for code in row.data_kinds],
        persons=row.persons_count,
        happened=instant_in_words(row.happened_at, zone, "en" if spoken == "en" else "id"),
        found=instant_in_words(row.found_at, zone, "en" if spoken == "en" else "id"),
        what=private["what"],
        done=private["done"],
        contact=private["contact"],
    )
