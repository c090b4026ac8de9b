"""Events as people and programs read them: ids with their tenant, codes with their words."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from app.api.language import Language
from app.api.presenters.words import said
from app.api.schemas.base import Localised
from app.api.schemas.events import EventActorOut, EventOut
from app.db.queries.feed import FeedEvent
from app.domain.codes import ActorKind
from app.domain.events import EVENTS
from app.domain.events.telling import Homes, told_data
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge

_REASONS: Final = (
    "refusal_reason",
    "return_reason",
    "unfulfilled_reason",
    "revoke_reason",
    "void_reason",
    "visit_cancel_reason",
    "attachment_delete_reason",
    "letter_revoke_reason",
)
_CODES: Final = (
    ("kind", "case_kind"),
    ("category", "case_category"),
    ("outcome", "outcome"),
    ("relation", "link_relation"),
    ("decision", "duplicate_decision"),
    ("closed_to", "closed_to"),
    ("queue", "work_queue"),
    ("means", "contact_method"),
    ("result", "contact_result"),
    ("task_kind", "task_kind"),
    ("step", "clock_step"),
    ("rung", "escalation_rung"),
    ("paper", "paper"),
    ("format", "file_format"),
    ("letter_kind", "letter_kind"),
    ("put_to", "holder"),
)


def event_out(known: Knowledge, event: FeedEvent, homes: Homes) -> EventOut:
    return events_out(known, [event], homes)[0]


def events_out(known: Knowledge, events: Sequence[FeedEvent], homes: Homes) -> list[EventOut]:
    """Return them in their order; what many of them say in the same words is put together once."""
    words: dict[tuple[object, ...], Localised] = {}
    made = []
    for event in events:
        spoken = ((name, repr(value)) for name, value in event.data.items() if name in SPOKEN)
        key = (event.type, event.referral_id is None, *spoken)
        if key not in words:
            words[key] = Localised(id=_words(known, event, "id"), en=_words(known, event, "en"))
        made.append(_event_out(event, homes, words[key]))
    return made


SPOKEN: Final = frozenset(name for name, _ in _CODES) | {
    "program", "agency", "from_status", "to_status", "reason",
    "missing", "amount_idr", "rating", "year", "number",
}  # fmt: skip
"""Fields of which the words are made, see `_TELLERS`."""


@cache
def _label(type_: str) -> Localised:
    label = EVENTS[type_].label
    return Localised(id=label.id, en=label.en)


def _event_out(event: FeedEvent, homes: Homes, words: Localised) -> EventOut:
    tenant = event.regency_code

    def public(id_: UUID | None, home: str = tenant) -> str | None:
        return public_id(home, id_) if id_ else None

    actor_home = homes.get(event.actor_id, tenant) if event.actor_id else tenant
    # Of our own rows, which nothing is gained by checking once more.
    return EventOut.model_construct(
        id=public_id(tenant, event.id),
        n=event.n,
        regency=tenant,
        type=event.type,
        label=_label(event.type),
        words=words,
        at=event.at,
        actor=EventActorOut.model_construct(
            kind=ActorKind(event.actor_kind), id=public(event.actor_id, actor_home)
        ),
        cause_id=str(event.cause_id),
        case_id=public(event.case_id),
        ticket=event.ticket,
        referral_id=public(event.referral_id),
        data=told_data(event.data, tenant, homes),
    )


def _words(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    label = EVENTS[event.type].label
    details = [detail for tell in _TELLERS if (detail := tell(known, event, lang))]
    head = label.en if lang == "en" else label.id
    return f"{head}: {', '.join(details)}" if details else head


def _program(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    code = event.data.get("program", "")
    program = known.programs.get(code)
    return said(program.name, lang) if program else code


def _agency(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    code = event.data.get("agency", "")
    agency = known.agencies.get(code)
    return said(agency.name, lang) if agency else code


def _steps(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    before, after = event.data.get("from_status"), event.data.get("to_status")
    if not before or not after:
        return ""
    names = "referral_status" if event.referral_id else "case_status"
    return f"{known.label(names, before, lang)} → {known.label(names, after, lang)}"


def _codes(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    told = [known.label(names, event.data[field], lang) for field, names in _CODES if event.data.get(field)]
    return ", ".join(told)


def _reason(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    code = event.data.get("reason")
    names = next((names for names in _REASONS if code and known.knows(names, code)), "")
    return known.label(names, code, lang)


def _missing(known: Knowledge, event: FeedEvent, lang: Language) -> str:
    return ", ".join(known.label("paper", code, lang) for code in event.data.get("missing") or ())


def _amount(_: Knowledge, event: FeedEvent, lang: Language) -> str:
    amount = event.data.get("amount_idr")
    if amount is None:
        return ""
    return f"Rp{amount:,}" if lang == "en" else f"Rp{amount:,}".replace(",", ".")


def _rating(_: Knowledge, event: FeedEvent, __: Language) -> str:
    rating = event.data.get("rating")
    return f"{rating}/5" if rating else ""


def _number(_: Knowledge, event: FeedEvent, __: Language) -> str:
    """Of a letter that was signed: its place in the year."""
    year = event.data.get("year")
    return f"{event.data['number']}/{year}" if year else ""


_TELLERS: Final[tuple[Callable[[Knowledge, FeedEvent, Language], str], ...]] = (
    _codes,
    _program,
    _agency,
    _steps,
    _reason,
    _missing,
    _amount,
    _rating,
    _number,
)
