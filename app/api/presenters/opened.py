"""The answer to opening a case, made before it is written so that it can be kept with it."""

from pydantic import BaseModel

from app.api.language import Language
from app.api.presenters.routing import routing_out
from app.api.presenters.words import all_coded, coded, person_brief, place_out
from app.api.schemas.cases import (
    CaseOpenedOut,
    DeskBrief,
    DueOut,
    DuplicateHint,
    ReceiptOut,
    SubjectOut,
)
from app.domain.access import Actor, CaseSight, may_see, scope_of
from app.domain.codes import ActorKind
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseContext, CaseState, CaseStatus, allowed_actions
from app.domain.routing import Verdict, versions
from app.services.intake import Opened

_PROMISING = (Verdict.ELIGIBLE, Verdict.WAITLIST, Verdict.NEEDS_INFORMATION)


def opened_out(known: Knowledge, actor: Actor, opened: Opened, lang: Language) -> BaseModel:
    """Tell the case, or only the receipt where whoever typed it may not see it."""
    draft = opened.draft
    settled = draft.settled
    sight = CaseSight(
        settled.new.village, settled.secrecy.confidentiality, closed_to=settled.secrecy.closed_to
    )
    if not may_see(scope_of(actor), sight):
        return ReceiptOut.model_construct(
            ticket=draft.ticket,
            pin=draft.pin,
            opened_at=draft.opened_at,
            receipt=_RECEIPT["en" if lang == "en" else "id"],
        )
    return _told(known, actor, opened, lang)


_RECEIPT = {
    "id": "Kasus diterima dan ditangani lewat jalur tertutup. Berikan tiket dan PIN ini kepada warga.",
    "en": "The case is received and handled in a closed channel. Give the resident this ticket and PIN.",
}


def _told(known: Knowledge, actor: Actor, opened: Opened, lang: Language) -> CaseOpenedOut:
    draft, answered = opened.draft, opened.answered
    settled = draft.settled
    new = settled.new
    view = answered.decision.view
    used = versions(view.programs)
    missing = _papers_missing(opened)
    return CaseOpenedOut.model_construct(
        ticket=draft.ticket,
        pin=draft.pin,
        status=coded(known, "case_status", draft.status.value, lang),
        kind=coded(known, "case_kind", new.kind.value, lang),
        category=coded(known, "case_category", new.category, lang),
        priority=coded(known, "priority", settled.priority.value, lang),
        confidentiality=coded(known, "confidentiality", settled.secrecy.confidentiality.value, lang),
        holder=draft.holder,
        desk=_desk(opened),
        subject=_subject(opened),
        place=place_out(known, new.village, new.place_address, new.place_detail),
        opened_at=draft.opened_at,
        due=[
            DueOut.model_construct(
                step=coded(known, "clock_step", clock.step, lang),
                due_at=clock.due_at,
                state="running",
                started_at=clock.started_at,
            )
            for clock in draft.clocks
        ],
        routing=routing_out(
            known,
            used,
            answered.record,
            lang,
            n=1,
            at=draft.opened_at,
            facts=answered.decision.facts,
            destination=answered.destination,
        ),
        papers_missing=all_coded(known, "paper", missing, lang),
        allowed_actions=all_coded(known, "case_action", _actions(actor, opened), lang),
        warnings=[known.label("id_warning", code, lang) for code in opened.warnings],
        other_cases=[
            DuplicateHint.model_construct(
                ticket=o.ticket,
                opened_at=o.opened_at,
                holder=o.holder,
                reasons=all_coded(known, "duplicate_reason", o.reasons, lang),
                score=o.score,
            )
            for o in opened.others.hints
        ],
        duplicate_of=None if opened.others.same is None else opened.others.same.other.ticket,
        version=1,
    )


def _desk(opened: Opened) -> DeskBrief | None:
    desk = opened.draft.desk
    if desk is None:
        return None
    return DeskBrief.model_construct(id=public_id(desk.regency, desk.id), name=desk.name)


def _subject(opened: Opened) -> SubjectOut:
    settled = opened.draft.settled
    met = settled.met
    person = (
        None
        if met.person_id is None
        else person_brief(settled.regency, met.person_id, met.name, met.nik_last4, met.born_on, met.sex)
    )
    return SubjectOut.model_construct(kind=settled.new.subject.kind, person=person)


def _actions(actor: Actor, opened: Opened) -> list[str]:
    draft = opened.draft
    settled = draft.settled
    came_from = CaseStatus.REGISTERED if draft.status is CaseStatus.VOID else None
    state = CaseState(draft.status, settled.new.kind, settled.priority, void_from=came_from)
    context = CaseContext(ActorKind.OFFICER, draft.opened_at, account_id=actor.account_id)
    permissions = actor.permissions_at(settled.new.village)
    return [action.value for action in allowed_actions(state, permissions, context)]


def _papers_missing(opened: Opened) -> list[str]:
    """The papers that the best fitting programmes still want, each once."""
    found: dict[str, None] = {}
    proposed = set(opened.answered.destination.programs)
    for entry in opened.answered.record.entries:
        if entry.verdict in _PROMISING and (not proposed or entry.program in proposed):
            found.update(dict.fromkeys(entry.papers_missing))
        if not proposed and found:
            break
    return list(found)
