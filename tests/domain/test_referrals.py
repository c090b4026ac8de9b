from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import SYSTEM, Actor, Grant, Role
from app.domain.codes import ActorKind, Purpose
from app.domain.errors import Conflict, DeskError, Forbidden
from app.domain.programs import FulfilledOn
from app.domain.referrals import (
    BLOCKING,
    ENDED,
    LIVE,
    NEXT_STAGES,
    PARTY_PERMISSION,
    STEPS,
    UP,
    Ending,
    Party,
    PastReferral,
    Receiver,
    ReferralAction,
    ReferralContext,
    ReferralState,
    ReferralStatus,
    RegistryStage,
    Sight,
    after,
    all_ended,
    allowed_actions,
    bounces,
    check_agency,
    check_records,
    decide,
    ending_of,
    parties_of,
    party_for,
    required_records,
    sight,
)

S, A, R = ReferralStatus, ReferralAction, RegistryStage
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)
RECEIVING, SENDING = {Party.RECEIVER, Party.PROXY}, {Party.SENDER}
# By the system where a donor takes, lets go or delivers what a need card shows.
OPEN = RECEIVING | {Party.SYSTEM}
ALIVE = [S.SENT, S.ACCEPTED, S.RETURNED, S.WAITLISTED, S.IN_SERVICE]
SERVED = [S.ACCEPTED, S.WAITLISTED, S.IN_SERVICE]

# Section 4 of the design: (action, from, to, by); None keeps the status.
DESIGN: list[tuple[ReferralAction, list[ReferralStatus], ReferralStatus | None, set[Party]]] = [
    (A.ACCEPT, [S.SENT], S.ACCEPTED, OPEN),
    (A.ACCEPT, [S.WAITLISTED], S.ACCEPTED, {Party.SYSTEM}),
    (A.RETURN, [S.SENT, S.ACCEPTED, S.IN_SERVICE], S.RETURNED, RECEIVING),
    (A.RESEND, [S.RETURNED], S.SENT, SENDING),
    (A.REFUSE, [S.SENT, S.ACCEPTED], S.REFUSED, RECEIVING),
    (A.NOT_OURS, [S.SENT, S.ACCEPTED], S.NOT_OURS, RECEIVING),
    (A.EXPIRE, [S.SENT, S.RETURNED], S.EXPIRED, {Party.SYSTEM}),
    (A.WAITLIST, [S.ACCEPTED], S.WAITLISTED, OPEN),
    (A.START, [S.ACCEPTED, S.WAITLISTED], S.IN_SERVICE, RECEIVING),
    (A.DELIVER, [S.ACCEPTED, S.IN_SERVICE], S.IN_SERVICE, OPEN),
    (A.PROGRESS, [S.ACCEPTED, S.IN_SERVICE], S.IN_SERVICE, RECEIVING),
    (A.FULFIL, SERVED, S.FULFILLED, OPEN),
    (A.FAIL, SERVED, S.UNFULFILLED, RECEIVING),
    (A.REVOKE, ALIVE, S.REVOKED, SENDING | {Party.SYSTEM}),
    (A.REOPEN, [S.FULFILLED, S.UNFULFILLED], S.IN_SERVICE, SENDING),
    (A.QUESTION, ALIVE, None, RECEIVING),
    (A.NOTE, ALIVE, None, RECEIVING),
    (A.EXTERNAL_REFERENCE, ALIVE, None, RECEIVING),
    (A.SUBMITTED_EXTERNAL, ALIVE, None, RECEIVING | SENDING),
    (A.ANSWER, ALIVE, None, SENDING),
]
ROWS = {(s, a): (to or s, who) for a, sources, to, who in DESIGN for s in sources}


def as_party(party: Party, **facts: object) -> ReferralContext:
    return replace(ReferralContext(party, now=NOW, due=NOW - timedelta(1)), **facts)  # type: ignore[arg-type]


def fitting(status: ReferralStatus, action: ReferralAction) -> tuple[ReferralState, ReferralContext]:
    """A state and a context in which no rule stands against the step."""
    purpose = Purpose.REGISTRY if action is A.PROGRESS else Purpose.AID
    who = ROWS.get((status, action), (status, {Party.RECEIVER}))[1]
    facts = as_party(min(who), extent="full", stage="MUSYAWARAH")
    return ReferralState(status, purpose, deliveries=1), facts


@pytest.mark.parametrize(("status", "action"), list(product(S, A)))
def test_every_status_and_action_is_a_step_or_is_refused(
    status: ReferralStatus, action: ReferralAction
) -> None:
    state, facts = fitting(status, action)
    if (status, action) not in ROWS:
        with pytest.raises(Conflict) as refused:
            decide(state, action, facts)
        assert refused.value.code == "referral_step_not_possible"
        return
    target, who = ROWS[status, action]
    step = decide(state, action, facts)
    assert (step.target, step.who) == (target, frozenset(who))
    assert after(state, step, facts).status is target
    for party in set(Party) - who:
        with pytest.raises(Forbidden):
            decide(state, action, replace(facts, party=party))


def test_the_table_is_the_designs_and_reaches_every_status() -> None:
    assert len(STEPS) == len(ROWS)
    reached, found = {S.SENT}, {S.SENT}
    while found:
        found = {to for (source, _), (to, _) in ROWS.items() if source in found} - reached
        reached |= found
    assert reached == set(S)


def test_live_and_ended_share_out_the_statuses() -> None:
    assert set(ALIVE) == LIVE
    assert set(S) == LIVE | ENDED
    assert not LIVE & ENDED
    assert {S.WAITLISTED} == LIVE - BLOCKING
    assert set(PARTY_PERMISSION) == set(Party)


def test_the_receiver_loses_sight_with_the_end() -> None:
    assert {sight(status) for status in LIVE} == {Sight.FULL}
    assert {sight(s) for s in (S.REVOKED, S.EXPIRED)} == {Sight.ID_ONLY}
    own = (S.FULFILLED, S.UNFULFILLED, S.REFUSED, S.NOT_OURS)
    assert {sight(s) for s in own} == {Sight.OWN_RECORD}


@pytest.mark.parametrize(
    ("statuses", "ended"),
    [
        ((), False),
        ((S.FULFILLED, S.REVOKED), True),
        ((S.WAITLISTED,), True),
        ((S.WAITLISTED, S.IN_SERVICE), False),
        ((S.RETURNED, S.EXPIRED), False),
    ],
)
def test_all_ended_lets_only_the_waitlisted_stand(
    statuses: tuple[ReferralStatus, ...], *, ended: bool
) -> None:
    assert all_ended(statuses) is ended


def refused_with(state: ReferralState, action: ReferralAction, facts: ReferralContext) -> str | None:
    try:
        decide(state, action, facts)
    except DeskError as error:
        return error.code
    return None


RECEIVER = as_party(Party.RECEIVER)


def test_aid_is_not_fulfilled_without_a_delivery() -> None:
    state = ReferralState(S.IN_SERVICE)
    full = replace(RECEIVER, extent="full")
    assert refused_with(state, A.FULFIL, full) == "no_delivery"
    assert refused_with(replace(state, deliveries=1), A.FULFIL, full) is None
    enrolled = replace(state, fulfilled_on=FulfilledOn.ENROLMENT)
    assert refused_with(enrolled, A.FULFIL, full) is None
    assert refused_with(replace(enrolled, status=S.ACCEPTED), A.FULFIL, full) == "no_delivery"


def test_full_waits_for_the_last_instalment_and_partial_does_not() -> None:
    state = ReferralState(S.IN_SERVICE, fulfilled_on=FulfilledOn.LAST_DELIVERY, deliveries=1, planned_left=2)
    assert refused_with(state, A.FULFIL, replace(RECEIVER, extent="full")) == "instalments_left"
    assert refused_with(state, A.FULFIL, replace(RECEIVER, extent="partial")) is None


@pytest.mark.parametrize(
    ("fulfilled_on", "action", "planned_left", "ends"),
    [
        (FulfilledOn.ENROLMENT, A.START, 4, True),
        (FulfilledOn.ENROLMENT, A.DELIVER, 3, True),
        (FulfilledOn.FIRST_DELIVERY, A.START, 3, False),
        (FulfilledOn.FIRST_DELIVERY, A.DELIVER, 2, True),
        (FulfilledOn.LAST_DELIVERY, A.DELIVER, 1, False),
        (FulfilledOn.LAST_DELIVERY, A.DELIVER, 0, True),
        (FulfilledOn.LAST_DELIVERY, A.START, 0, False),
        (None, A.DELIVER, 0, False),
    ],
)
def test_the_programme_says_when_it_is_fulfilled(
    fulfilled_on: FulfilledOn | None, action: ReferralAction, planned_left: int, *, ends: bool
) -> None:
    state = ReferralState(S.IN_SERVICE, fulfilled_on=fulfilled_on, deliveries=1, planned_left=planned_left)
    assert ending_of(state, action) == (Ending(A.FULFIL, extent="full") if ends else None)
    assert ending_of(replace(state, purpose=Purpose.INFORMATION), action) is None
    if ends:
        assert refused_with(state, A.FULFIL, replace(RECEIVER, extent="full")) is None


def test_three_instalments_end_with_the_third() -> None:
    state = ReferralState(S.ACCEPTED, fulfilled_on=FulfilledOn.LAST_DELIVERY, planned_left=3)
    ends = []
    for _ in range(3):
        state = after(state, decide(state, A.DELIVER, RECEIVER))
        ends.append(ending_of(state, A.DELIVER))
    assert ends == [None, None, Ending(A.FULFIL, extent="full")]
    assert (state.deliveries, state.planned_left) == (3, 0)


def test_resend_is_the_next_round_of_the_same_referral() -> None:
    state = ReferralState(S.RETURNED)
    state = after(state, decide(state, A.RESEND, as_party(Party.SENDER)))
    assert (state.status, state.round) == (S.SENT, 2)


@pytest.mark.parametrize("purpose", [Purpose.INFORMATION, Purpose.REGISTRY])
def test_nothing_is_delivered_where_no_aid_was_asked(purpose: Purpose) -> None:
    assert refused_with(ReferralState(S.ACCEPTED, purpose), A.DELIVER, RECEIVER) == "no_aid"


def test_a_proposal_walks_its_stages_to_the_decision() -> None:
    state = ReferralState(S.ACCEPTED, Purpose.REGISTRY)
    assert refused_with(state, A.FULFIL, RECEIVER) == "proposal_not_decided"
    way = [
        "DIUNGGAH",
        "VERIFIKASI_DINSOS",
        "DIKEMBALIKAN",
        "DIUNGGAH",
        "VERIFIKASI_DINSOS",
        "FINALISASI",
        "PENGESAHAN_KDH",
        "TERKIRIM_PUSAT",
        "DIPROSES",
        "DITETAPKAN",
    ]
    for stage in way:
        assert ending_of(state, A.PROGRESS) is None
        facts = replace(RECEIVER, stage=stage)
        state = after(state, decide(state, A.PROGRESS, facts), facts)
    assert ending_of(state, A.PROGRESS) == Ending(A.FULFIL, extent="full")
    assert refused_with(state, A.FULFIL, RECEIVER) is None
    refused = replace(state, stage=R.TIDAK_PADAN)
    assert ending_of(refused, A.PROGRESS) == Ending(A.FAIL, reason="TIDAK_PADAN")


def test_stages_are_not_skipped_and_belong_to_proposals() -> None:
    facts = replace(RECEIVER, stage="DITETAPKAN")
    state = ReferralState(S.ACCEPTED, Purpose.REGISTRY, stage=R.DIUNGGAH)
    assert refused_with(state, A.PROGRESS, facts) == "stage_not_possible"
    assert refused_with(ReferralState(S.ACCEPTED), A.PROGRESS, facts) == "not_a_proposal"
    reached = {R.DRAF}
    for _ in R:
        reached |= {after for stage in reached for after in NEXT_STAGES[stage]}
    assert reached == set(R)


@pytest.mark.parametrize("due", [None, NOW, NOW + timedelta(1)])
def test_a_referral_expires_only_after_its_due_time(due: datetime | None) -> None:
    facts = as_party(Party.SYSTEM, due=due)
    assert refused_with(ReferralState(S.SENT), A.EXPIRE, facts) == "not_due"


def test_buttons_of_both_sides() -> None:
    sent = ReferralState(S.SENT)
    assert allowed_actions(sent, {Party.RECEIVER}) == (
        A.ACCEPT,
        A.RETURN,
        A.REFUSE,
        A.NOT_OURS,
        A.QUESTION,
        A.NOTE,
        A.EXTERNAL_REFERENCE,
        A.SUBMITTED_EXTERNAL,
    )
    assert allowed_actions(sent, {Party.SENDER}) == (A.REVOKE, A.SUBMITTED_EXTERNAL, A.ANSWER)
    assert allowed_actions(sent, ()) == ()
    proposal = ReferralState(S.IN_SERVICE, Purpose.REGISTRY, stage=R.DIPROSES)
    assert A.PROGRESS in allowed_actions(proposal, {Party.PROXY})
    done = replace(proposal, stage=R.DITETAPKAN)
    assert A.PROGRESS not in allowed_actions(done, {Party.PROXY})


@given(st.lists(st.tuples(st.sampled_from(A), st.sampled_from(Party)), max_size=30))
def test_a_referral_that_ended_stays_ended_unless_reopened(
    tries: list[tuple[ReferralAction, Party]],
) -> None:
    state = ReferralState(S.SENT)
    for action, party in tries:
        facts = as_party(party, extent="partial")
        before = state.status
        if refused_with(state, action, facts) is None:
            state = after(state, decide(state, action, facts), facts)
        if before in ENDED and state.status in LIVE:
            assert action is A.REOPEN


@pytest.mark.parametrize(
    ("action", "records", "pointers"),
    [
        (A.ACCEPT, {}, set()),
        (A.RETURN, {}, {"/missing"}),
        (A.REFUSE, {"reason": "quota_full"}, set()),
        (A.REFUSE, {"reason": "no, sorry"}, {"/reason"}),
        (A.NOT_OURS, {}, {"/right_body"}),
        (A.NOT_OURS, {"right_body": UP}, set()),
        (A.WAITLIST, {"position": 0}, {"/position"}),
        (A.WAITLIST, {"position": True}, {"/position"}),
        (A.FULFIL, {"extent": "half"}, {"/extent"}),
        (A.FAIL, {}, {"/reason"}),
        (A.REVOKE, {}, {"/reason"}),
        (A.PROGRESS, {"stage": "SOON"}, {"/stage"}),
        (A.SUBMITTED_EXTERNAL, {"system": "SIKS-NG"}, {"/reference", "/date"}),
        (A.QUESTION, {"text": ""}, {"/text"}),
    ],
)
def test_an_action_names_what_it_lacks(
    action: ReferralAction, records: dict[str, object], pointers: set[str]
) -> None:
    assert {error.pointer for error in check_records(action, records)} == pointers


DELIVERY = {"component": "pregnant", "period": "2026-Q1", "date": date(2026, 3, 1), "proof": "receipt 7"}


@pytest.mark.parametrize(
    ("extra", "pointers"),
    [
        ({}, {"/amount_idr"}),
        ({"amount_idr": 750_000}, set()),
        ({"goods": "10 kg rice"}, set()),
        ({"amount_idr": 750_000, "goods": "rice"}, {"/goods"}),
        ({"amount_idr": 7.5}, {"/amount_idr"}),
        ({"amount_idr": -1}, {"/amount_idr"}),
        ({"amount_idr": 1, "date": NOW}, {"/date"}),
    ],
)
def test_a_delivery_is_whole_rupiah_or_goods(extra: dict[str, object], pointers: set[str]) -> None:
    errors = check_records(A.DELIVER, {**DELIVERY, **extra})
    assert {error.pointer for error in errors} == pointers


def test_a_complaint_ends_with_finding_and_answer() -> None:
    errors = check_records(A.FULFIL, {"extent": "full"}, purpose=Purpose.COMPLAINT)
    assert {error.pointer for error in errors} == {"/finding", "/answer"}
    assert required_records(A.FULFIL, Purpose.COMPLAINT) == ("extent", "finding", "answer")


def test_an_answer_on_behalf_says_where_it_comes_from() -> None:
    proxy = Party.PROXY
    assert [e.pointer for e in check_records(A.ACCEPT, {}, party=proxy)] == ["/on_behalf"]
    half = {"on_behalf": {"source": "phone call", "date": date(2026, 3, 1)}}
    assert [e.pointer for e in check_records(A.ACCEPT, half, party=proxy)] == ["/on_behalf/paper"]


def actor(*grants: Grant) -> Actor:
    return Actor(ActorKind.OFFICER, "13.74", UUID(int=1), grants)


def test_an_actor_may_stand_on_several_sides() -> None:
    kemensos = Receiver("KEMENSOS", "13.74.01.1003", Role.SECRETARIAT_OFFICER)
    assert parties_of(SYSTEM, kemensos) == {Party.SYSTEM}
    assert parties_of(actor(Grant(Role.SECRETARIAT_OFFICER, "13.74")), kemensos) == {
        Party.PROXY,
        Party.SENDER,
    }
    assert parties_of(actor(Grant(Role.MANAGER, "13.74")), kemensos) == {Party.SENDER}
    assert parties_of(actor(Grant(Role.SECRETARIAT_OFFICER, "13.71")), kemensos) == frozenset()
    assert parties_of(actor(Grant(Role.AGENCY_OFFICER, agency="KEMENSOS")), kemensos) == {Party.RECEIVER}
    direct = replace(kemensos, proxy_role=None)
    assert parties_of(actor(Grant(Role.SECRETARIAT_OFFICER, "13.74")), direct) == {Party.SENDER}


def test_the_step_is_taken_as_the_side_that_it_belongs_to() -> None:
    both = {Party.SENDER, Party.PROXY}
    assert party_for(S.SENT, A.ACCEPT, both) is Party.PROXY
    assert party_for(S.SENT, A.REVOKE, both) is Party.SENDER
    assert party_for(S.SENT, A.ACCEPT, {Party.SENDER}) is None
    assert party_for(S.SENT, A.RESEND, both) is None


def test_only_not_ours_is_a_bounce_and_it_bars_the_agency() -> None:
    history = [
        PastReferral("BPJS", S.NOT_OURS),
        PastReferral("DINKES", S.REFUSED),
        PastReferral("DUKCAPIL", S.EXPIRED),
    ]
    assert bounces(history) == 1
    check_agency("DINKES", history)
    with pytest.raises(Conflict) as refused:
        check_agency("BPJS", history, override_reason=" ")
    assert refused.value.code == "agency_said_not_ours"
    check_agency("BPJS", history, override_reason="The hotline says it is theirs.")
