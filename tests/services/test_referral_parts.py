"""What an action on a referral is made of, below HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.db.queries.referral_events import event_of
from app.db.queries.texts import Stored
from app.db.tables.referrals import Referral
from app.domain.codes import LedgerState, Purpose
from app.domain.disclosure import FIELDS, default_fields
from app.domain.events.referrals import REFERRAL_EVENTS
from app.domain.ledger import Line, Origin
from app.domain.programs import GoodsKind
from app.domain.referrals import STEPS, Party, ReferralAction, ReferralStatus, ReferralStep
from app.services.referrals import ACTIONS

ID = UUID("01940000-0000-7000-8000-000000000001")
RECORDS: dict[str, Any] = {
    "reason": "other",
    "missing": ["KK"],
    "right_body": "up",
    "position": 1,
    "stage": "DIUNGGAH",
    "extent": "full",
    "system": "SIKS_NG",
    "date": date(2026, 1, 5),
}


def test_what_may_be_asked_for_is_every_step_that_is_not_the_systems_alone() -> None:
    asked = {step.action for step in STEPS if step.who - {Party.SYSTEM}}
    assert set(ACTIONS) == asked


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_is_disclosed_by_default_can_be_disclosed(purpose: Purpose) -> None:
    assert set(default_fields(purpose)) <= set(FIELDS)
    assert ("nik" in default_fields(purpose)) is (purpose in {Purpose.AID, Purpose.REGISTRY})


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.source}-{step.action}")
def test_each_step_has_one_event_of_its_own_type(step: ReferralStep) -> None:
    referral = Referral(
        regency_code="13.74",
        id=ID,
        case_id=ID,
        program_code="PKH",
        agency_code="KEMENSOS",
        round=1,
        status=step.target.value,
    )
    line = Line(ID, Origin("PKH"), "cash", GoodsKind.CASH, LedgerState.GIVEN, "2026-01", given_idr=1)
    event = event_of(referral, step, RECORDS, Stored(ID, "0" * 64), line, party=Party.PROXY)
    assert type(event) in REFERRAL_EVENTS
    data = event.data()
    moved = step.source is not step.target or step.action in {ReferralAction.DELIVER, ReferralAction.PROGRESS}
    assert ("to_status" in data) is moved
    if moved:
        assert (data["from_status"], data["to_status"], data["on_behalf"]) == (
            step.source.value,
            step.target.value,
            True,
        )
    assert step.target in ReferralStatus
