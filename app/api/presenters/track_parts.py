"""Who has a resident's case, until when, and why something happened: what she reads beside the status."""

from typing import Any, Final

from app.api.presenters.cases import desk_brief
from app.api.presenters.words import coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.track import TrackHolderOut
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral
from app.domain.codes import Holder
from app.domain.documents import Words
from app.domain.lifecycle import CaseStatus
from app.domain.referrals import LIVE, ReferralStatus
from app.services.tracking import Tracked

_YOU: Final = Words("Anda", "You")
_SECRETARIAT: Final = Words("Sekretariat", "The secretariat")
_DESK: Final = Words("Meja layanan Puskesos", "The Puskesos desk")
_MISSING: Final = Words("Yang kurang", "Missing")
_AT_REST: Final = frozenset({CaseStatus.CLOSED, CaseStatus.VOID})
_HERS: Final = frozenset({CaseStatus.INCOMPLETE, CaseStatus.RESOLVED})
_WITH_AGENCY: Final = LIVE - {ReferralStatus.RETURNED}
_HER_OWN: Final = frozenset({"SELF", "FAMILY"})
"""Who may read why something was refused: a neighbour who reported learns no reason about another."""
_REASONS: Final = {
    ReferralStatus.REFUSED: "refusal_reason",
    ReferralStatus.UNFULFILLED: "unfulfilled_reason",
    ReferralStatus.REVOKED: "revoke_reason",
}


def held_by(reading: Reading, tracked: Tracked) -> tuple[list[TrackHolderOut], str | None]:
    """Return who has the case now, and the desk where to ask."""
    case, lang = tracked.case, reading.lang
    status = CaseStatus(case.status)
    desk = desk_brief(reading.known, case)
    ask_at = desk.name if desk is not None and desk.name else None
    if status in _AT_REST:
        return [], ask_at
    if status is CaseStatus.REFERRED:
        with_agency = [one for one, _ in tracked.aid if ReferralStatus(one.status) in _WITH_AGENCY]
        if with_agency:
            return [_agency(reading, one) for one in with_agency], ask_at
    if status in _HERS and tracked.own:
        return [_holder(reading, case, "resident", said(_YOU, lang))], ask_at
    if case.holder == Holder.SECRETARIAT or status is CaseStatus.AWAITING_DECISION:
        own = reading.known.settings.get(case.regency_code)
        name = own.secretariat if own is not None else said(_SECRETARIAT, lang)
        return [_holder(reading, case, "secretariat", name)], ask_at
    return [_holder(reading, case, "desk", ask_at or said(_DESK, lang))], ask_at


def _holder(reading: Reading, case: Case, kind: Any, name: str) -> TrackHolderOut:
    return TrackHolderOut(
        kind=kind,
        name=name,
        waits_for=coded_or_none(reading.known, "clock_step", case.due_step, reading.lang),
        until=case.due_at,
        late=case.due_at is not None and reading.now > case.due_at,
    )


def _agency(reading: Reading, referral: Referral) -> TrackHolderOut:
    agency = reading.known.agencies.get(referral.agency_code)
    return TrackHolderOut(
        kind="agency",
        name=said(agency.name, reading.lang) if agency else referral.agency_code,
        until=referral.due_at,
        late=referral.due_at is not None and reading.now > referral.due_at,
    )


def step_reason(reading: Reading, tracked: Tracked, row: Any) -> str | None:
    """Say why a step was taken: papers that lack, the outcome, the reason's words."""
    data = row.data
    if data.get("missing"):
        return _missing(reading, data["missing"])
    if not _may_know(tracked):
        return None
    known, lang = reading.known, reading.lang
    if row.referral_id is not None:
        return _reason(reading, data.get("to_status"), data.get("reason"))
    parts = [known.label("outcome", data.get("outcome"), lang)]
    names = "void_reason" if data.get("to_status") == CaseStatus.VOID else "refusal_reason"
    if data.get("reason") and known.knows(names, data["reason"]):
        parts.append(known.label(names, data["reason"], lang))
    return ": ".join(part for part in parts if part) or None


def reason_of(reading: Reading, tracked: Tracked, referral: Referral) -> str | None:
    """Say why a referral came back or ended."""
    if referral.status == ReferralStatus.RETURNED and referral.missing:
        return _missing(reading, referral.missing)
    return _reason(reading, referral.status, referral.reason) if _may_know(tracked) else None


def _may_know(tracked: Tracked) -> bool:
    return tracked.own and tracked.case.reporter_relation in _HER_OWN


def _reason(reading: Reading, status: str | None, reason: str | None) -> str | None:
    names = _REASONS.get(ReferralStatus(status)) if status else None
    if names is None or reason is None or not reading.known.knows(names, reason):
        return None
    return reading.known.label(names, reason, reading.lang)


def _missing(reading: Reading, codes: list[str]) -> str:
    known, lang = reading.known, reading.lang
    labels = [
        known.label("paper" if known.knows("paper", code) else "return_reason", code, lang) for code in codes
    ]
    return f"{said(_MISSING, lang)}: {', '.join(labels)}"
