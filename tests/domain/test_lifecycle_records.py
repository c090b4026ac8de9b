from datetime import UTC, datetime

import pytest

from app.domain.codes import ActorKind
from app.domain.lifecycle import CaseAction, check_records, needs_telling, required_records

A = CaseAction
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
TOLD = {"at": NOW, "method": "phone", "by": "officer"}


@pytest.mark.parametrize(
    ("action", "records", "pointers"),
    [
        (A.VERIFY, {}, set()),
        (A.ASK_COMPLETION, {}, {"/missing"}),
        (A.ASK_COMPLETION, {"missing": []}, {"/missing"}),
        (A.ASK_COMPLETION, {"missing": ["KTP"]}, set()),
        (A.RECORD_VERIFICATION, {"verdict": "maybe"}, {"/verdict", "/method"}),
        (A.PROPOSE, {"recommendation": "refer", "reason": " "}, {"/reason"}),
        (A.REFER, {"referrals": []}, {"/referrals"}),
        (A.RESOLVE, {"outcome": "information_given"}, set()),
        (A.RESOLVE, {"outcome": "information_given", "told": TOLD}, set()),
        (A.RESOLVE, {"outcome": "information_given", "told": {"at": NOW}}, {"/told/method", "/told/by"}),
        (A.RESOLVE, {"outcome": "information_given", "told": "yes"}, {"/told"}),
        (A.RESOLVE, {"outcome": "not_eligible"}, {"/reason"}),
        (A.RESOLVE, {"outcome": "incomplete_expired"}, {"/outcome"}),
        (A.RESOLVE, {"outcome": "deceased"}, {"/outcome"}),
        (A.RESOLVE, {"outcome": "waitlisted", "revoke_reason": "!"}, {"/revoke_reason"}),
        (A.DECIDE_RESOLVE, {}, {"/outcome"}),
        (A.VOID, {"reason": "duplicate"}, {"/duplicate_of"}),
        (A.VOID, {"reason": "invalid"}, set()),
        (A.RESTORE, {}, {"/reason"}),
        (A.CONFIRM, {"received": []}, {"/by_desk"}),
        (A.CONFIRM, {"received": [], "by_desk": {"method": "visit"}}, {"/by_desk/witness"}),
        (
            A.CONFIRM,
            {"rating": 6, "received": [], "by_desk": {"method": "visit", "witness": "RT"}},
            {"/rating"},
        ),
        (A.REOPEN, {}, {"/reason"}),
    ],
)
def test_a_step_names_what_it_lacks(
    action: CaseAction, records: dict[str, object], pointers: set[str]
) -> None:
    errors = check_records(action, records)
    assert {error.pointer for error in errors} == pointers
    assert all(error.id and error.en for error in errors)


def test_a_resident_confirms_without_witness_and_only_withdraws() -> None:
    by = ActorKind.RESIDENT
    assert check_records(A.CONFIRM, {"received": [], "rating": 5}, by=by) == ()
    assert check_records(A.VOID, {"reason": "withdrawn"}, by=by) == ()
    assert check_records(A.VOID, {"reason": "invalid"}, by=by)


def test_what_is_required_can_be_asked() -> None:
    assert required_records(A.PROPOSE) == ("recommendation", "reason")
    assert required_records(A.HANDLE) == ()
    assert needs_telling({})
    assert not needs_telling({"told": TOLD})
