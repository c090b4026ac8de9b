"""What of a request only the known lists can judge: codes, components, days, papers."""

from collections.abc import Mapping
from typing import Any, Final

from app.db.queries.case_moves import Move
from app.db.queries.referral_moves import version_of
from app.db.queries.texts import add_papers
from app.db.tables.referrals import Referral
from app.domain.errors import FieldError, Invalid
from app.domain.referrals import UP, ReferralAction

A = ReferralAction
_REASONS: Final[Mapping[ReferralAction, str]] = {
    A.REFUSE: "refusal_reason",
    A.FAIL: "unfulfilled_reason",
    A.REVOKE: "revoke_reason",
}
_EXTERNAL: Final = "submitted_external"


def check_content(move: Move, referral: Referral, action: ReferralAction, records: Mapping[str, Any]) -> None:
    """Refuse what the lists do not know.

    Raises:
        Invalid: with every wrong field named.
    """
    errors = [*_codes(move, referral, action, records), *_days(move, referral, records)]
    if action is A.DELIVER:
        errors += _component(move, referral, records)
    if action is A.SUBMITTED_EXTERNAL:
        errors += _papers(move, referral, records)
    if errors:
        raise Invalid(fields=tuple(errors))


def _codes(
    move: Move, referral: Referral, action: ReferralAction, records: Mapping[str, Any]
) -> list[FieldError]:
    known = move.acting.known
    errors = []
    set_name = _REASONS.get(action)
    if set_name is not None and not known.knows(set_name, records["reason"]):
        errors.append(_unknown("/reason"))
    if action is A.RETURN:
        errors += [
            _unknown(f"/missing/{n}")
            for n, code in enumerate(records["missing"])
            if not known.knows("paper", code) and not known.knows("return_reason", code)
        ]
    body = records.get("right_body")
    if body is not None and body != UP and known.agency(body, referral.regency_code) is None:
        errors.append(_unknown("/right_body"))
    return errors


def _days(move: Move, referral: Referral, records: Mapping[str, Any]) -> list[FieldError]:
    today = move.acting.today(referral.village_code)
    on_behalf = records.get("on_behalf") or {}
    days = {"/date": records.get("date"), "/on_behalf/date": on_behalf.get("date")}
    return [
        FieldError(pointer, "in_future", "Tanggal belum tiba.", "That day is still to come.")
        for pointer, day in days.items()
        if day is not None and day > today
    ]


def _component(move: Move, referral: Referral, records: Mapping[str, Any]) -> list[FieldError]:
    version = version_of(move.acting.known, referral)
    codes = [one.code for one in version.benefit.components] if version else []
    if not codes or records["component"] in codes:
        return []
    return [
        FieldError(
            "/component",
            "unknown_component",
            f"Komponen program ini: {', '.join(codes)}.",
            f"Components of this programme: {', '.join(codes)}.",
        )
    ]


def _papers(move: Move, referral: Referral, records: Mapping[str, Any]) -> list[FieldError]:
    """A paper that blocks no step of ours may be needed by the other system (section 12)."""
    known, version = move.acting.known, version_of(move.acting.known, referral)
    shown = tuple(records.get("papers") or ())
    wrong = [_unknown(f"/papers/{n}") for n, code in enumerate(shown) if not known.knows("paper", code)]
    if wrong:
        return wrong
    held = add_papers(move.acting.vault, move.case, move.key, shown)
    needed = [
        paper.code
        for paper in (version.papers if version else ())
        if paper.required and known.attrs("paper", paper.code).get("needed_for") == _EXTERNAL
    ]
    return [
        FieldError(
            "/papers",
            "paper_needed",
            f"Sistem tujuan memerlukan: {known.label('paper', code, 'id')}.",
            f"The other system needs: {known.label('paper', code, 'en')}.",
        )
        for code in needed
        if code not in held
    ]


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer, "unknown_code", "Kode ini tidak dikenal; lihat /v1/codes.", "Unknown code; see /v1/codes."
    )
