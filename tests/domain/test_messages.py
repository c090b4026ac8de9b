"""The pure rules of telling: who, when, in which words, and what keeps a message back."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import CaseSight, ClosedTo, Grant, Role
from app.domain.codes import Confidentiality
from app.domain.events import EVENTS
from app.domain.lifecycle import CaseAction
from app.domain.messages import (
    AUDIENCE_OF,
    PLACEHOLDERS,
    TELLS,
    TOLD_TYPES,
    Audience,
    Channel,
    Happening,
    Member,
    Quiet,
    Reader,
    Reason,
    Topic,
    Way,
    Whom,
    Words,
    accounts_told,
    check_words,
    fill,
    hindrance,
    is_exempt,
    not_before,
    read_quiet,
    retry_at,
    topic_of,
)
from app.domain.messages.topics import STEPS_TOLD
from app.domain.sla.calendar import WIB, WIT

VILLAGE = "13.74.01.1005"
NIGHT = Quiet(time(20), time(7))


def member(role: Role, region: str | None = VILLAGE, agency: str | None = None) -> Member:
    return Member(uuid4(), "13.74", (Grant(role, region, agency),))


COORDINATOR = member(Role.DESK_COORDINATOR)
OFFICER = member(Role.DESK_OFFICER)
MANAGER = member(Role.MANAGER, "13.74")
APPROVER = member(Role.APPROVER, "13.74")
HEAD = member(Role.HEAD, "13.74")
OFFICE = member(Role.SECRETARIAT_OFFICER, "13.74")
RECEIVER = member(Role.AGENCY_OFFICER, None, "DINSOS-1374")
OTHER_RECEIVER = member(Role.AGENCY_OFFICER, None, "BAZNAS-1374")
ALL = (COORDINATOR, OFFICER, MANAGER, APPROVER, HEAD, OFFICE, RECEIVER, OTHER_RECEIVER)
DESK = uuid4()
OPEN = CaseSight(
    VILLAGE,
    Confidentiality.BIASA,
    desk_id=DESK,
    assignee_id=OFFICER.id,
    receivers=frozenset({"DINSOS-1374"}),
)


def happening(topic: Topic, case: CaseSight = OPEN, **more: object) -> Happening:
    return Happening(topic, more.pop("data", {}), case, **more)  # type: ignore[arg-type]  # as each test says


@pytest.mark.parametrize(
    ("whom", "expected"),
    [
        (Whom.ASSIGNEE, {OFFICER}),
        (Whom.COORDINATOR, {COORDINATOR}),
        (Whom.DECIDERS, {MANAGER, APPROVER}),
        (Whom.SIGNERS, {HEAD}),
        (Whom.RECEIVERS, {RECEIVER}),
        (Whom.SENDER, {OFFICER, OFFICE}),
        (Whom.NAMED, {OFFICE}),
        (Whom.SUBJECT, set()),
        (Whom.REPORTER, set()),
    ],
)
def test_each_reader_is_found(whom: Whom, expected: set[Member]) -> None:
    what = happening(
        Topic.QUESTION, data={"account_id": str(OFFICE.id)}, agency="DINSOS-1374", sender_id=OFFICE.id
    )
    assert set(accounts_told(whom, what, ALL)) == expected


def test_where_neither_sender_nor_assignee_is_there_the_coordinator_hears() -> None:
    case = CaseSight(VILLAGE, Confidentiality.BIASA, desk_id=DESK)
    assert accounts_told(Whom.SENDER, happening(Topic.QUESTION, case), ALL) == [COORDINATOR]


def test_a_rung_without_a_person_is_the_secretariat() -> None:
    for topic in (Topic.ESCALATED, Topic.DUTY_CALLED):
        assert set(accounts_told(Whom.NAMED, happening(topic), ALL)) == {MANAGER, OFFICE, HEAD}
    assert accounts_told(Whom.NAMED, happening(Topic.NEXT_PROGRAM), ALL) == [OFFICER]
    assert accounts_told(Whom.NAMED, happening(Topic.TASK_GIVEN), ALL) == []


def test_a_case_that_no_desk_holds_is_led_by_the_secretariat() -> None:
    case = CaseSight(VILLAGE, Confidentiality.BIASA)
    assert set(accounts_told(Whom.COORDINATOR, happening(Topic.CASE_OPENED, case), ALL)) == {
        COORDINATOR,
        OFFICE,
    }


def test_nobody_is_told_of_her_own_act() -> None:
    assert accounts_told(Whom.ASSIGNEE, happening(Topic.PAPERS_ASKED, actor_id=OFFICER.id), ALL) == []


@pytest.mark.parametrize("whom", list(Whom))
def test_nobody_is_told_of_a_case_that_she_may_not_see(whom: Whom) -> None:
    kept_out = frozenset(one.id for one in ALL)
    case = CaseSight(
        VILLAGE,
        Confidentiality.BIASA,
        assignee_id=OFFICER.id,
        about_accounts=kept_out,
        receivers=frozenset({"DINSOS-1374"}),
    )
    for named in ALL:
        what = happening(
            Topic.ESCALATED,
            case,
            data={"account_id": str(named.id)},
            agency="DINSOS-1374",
            sender_id=OFFICE.id,
        )
        assert accounts_told(whom, what, ALL) == []


def test_a_closed_case_is_told_to_the_office_that_handles_it() -> None:
    case = CaseSight(VILLAGE, Confidentiality.RAHASIA, closed_to=ClosedTo.MANAGER)
    assert accounts_told(Whom.COORDINATOR, happening(Topic.CASE_OPENED, case), ALL) == [MANAGER]
    assert (
        accounts_told(Whom.RECEIVERS, happening(Topic.REFERRAL_SENT, case, agency="DINSOS-1374"), ALL) == []
    )


def test_every_topic_has_a_reader_and_every_source_is_an_event_or_a_step() -> None:
    assert set(TELLS) == set(Topic)
    assert all(TELLS.values())
    assert set(AUDIENCE_OF) == set(Whom)
    assert set(EVENTS) >= TOLD_TYPES
    assert set(STEPS_TOLD) <= {action.value for action in CaseAction}
    found = {topic_of(kind, {"action": action.value}) for kind in TOLD_TYPES for action in CaseAction}
    # A donor is told where a pledge stands, the owner of an endpoint that it stopped, and an office of its
    # reports, by the services themselves: these are no events of a case.
    reports = {Topic.REPORT_TO_SIGN, Topic.REPORT_SIGNED}
    assert found - {None} == set(Topic) - {Topic.PLEDGE_CHANGED, Topic.WEBHOOK_STOPPED} - reports


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-11-25T12:59:00Z", WIB, "2026-11-25T12:59:00Z"),  # 19:59 in Padang Panjang
        ("2026-11-25T13:00:00Z", WIB, "2026-11-26T00:00:00Z"),  # 20:00: until seven the next morning
        ("2026-11-25T18:30:00Z", WIB, "2026-11-26T00:00:00Z"),  # half past one at night
        ("2026-11-26T00:00:00Z", WIB, "2026-11-26T00:00:00Z"),  # seven o'clock is no night any more
        ("2026-11-25T11:30:00Z", WIT, "2026-11-25T22:00:00Z"),  # 20:30 in Jayapura
        ("2026-12-31T16:00:00Z", WIB, "2027-01-01T00:00:00Z"),
    ],
)
def test_a_night_ends_in_the_morning_of_its_region(at: str, zone: object, expected: str) -> None:
    found = not_before(datetime.fromisoformat(at), zone, NIGHT)  # type: ignore[arg-type]  # a zone
    assert found == datetime.fromisoformat(expected)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.times(), st.times())  # noqa: DTZ001  # made aware below
def test_what_waited_is_never_in_the_night(naive: datetime, begins: time, ends: time) -> None:
    at, quiet = naive.replace(tzinfo=UTC), Quiet(begins, ends)
    found = not_before(at, WIB, quiet)
    assert at <= found <= at + timedelta(days=1)
    assert not quiet.holds(found.astimezone(WIB).time())


@pytest.mark.parametrize("value", [None, {}, {"from": "x", "to": "07:00"}, {"from": "20:00"}, "20:00", 5, []])
def test_a_night_that_cannot_be_read_is_ours(value: object) -> None:
    assert read_quiet(value) == NIGHT


def test_only_an_emergency_wakes_and_only_staff() -> None:
    assert is_exempt(Audience.OFFICER, "DARURAT")
    assert is_exempt(Audience.RECEIVER, "DARURAT")
    assert not is_exempt(Audience.RESIDENT, "DARURAT")
    assert not is_exempt(Audience.OFFICER, "MENDESAK")


@given(st.integers(1, 200), st.binary(min_size=16, max_size=16))
def test_pauses_grow_and_end_at_six_hours(attempts: int, salt: bytes) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    pause = retry_at(now, attempts, salt) - now
    assert timedelta(seconds=30) <= pause <= timedelta(hours=6) * 1.25
    assert retry_at(now, attempts + 1, salt) - now >= pause


WAY = Way(Channel.PHONE, "BIASA", has_words=True, is_set=True)
READER = Reader("+628123")


@pytest.mark.parametrize(
    ("way", "reader", "expected"),
    [
        (WAY, READER, None),
        (Way(Channel.PHONE, "TERBATAS", has_words=True, is_set=True), READER, None),
        (Way(Channel.PHONE, "RAHASIA", has_words=True, is_set=True), READER, Reason.CLOSED_CASE),
        (Way(Channel.EMAIL, "RAHASIA", has_words=True, is_set=True), READER, Reason.CLOSED_CASE),
        (Way(Channel.PHONE, "BIASA", has_words=False, is_set=True), READER, Reason.NO_TEMPLATE),
        (Way(Channel.PHONE, "BIASA", has_words=True, is_set=False), READER, Reason.NO_GATEWAY),
        (Way(Channel.EMAIL, "BIASA", has_words=True, is_set=False), READER, Reason.NO_MAIL_SERVER),
        (WAY, Reader(None), Reason.NO_ADDRESS),
        (WAY, Reader("1", deceased=True, do_not_contact=True), Reason.DECEASED),
        (WAY, Reader("1", do_not_contact=True), Reason.DO_NOT_CONTACT),
        (WAY, Reader("1", erased=True), Reason.ERASED),
        (WAY, Reader("1", agreed=False), Reason.NO_CONSENT),
        (WAY, Reader("1", active=False), Reason.INACTIVE),
    ],
)
def test_what_keeps_a_message_back(way: Way, reader: Reader, expected: Reason | None) -> None:
    assert hindrance(way, reader) == expected


@pytest.mark.parametrize(
    ("channel", "subject", "body", "codes"),
    [
        (Channel.PHONE, "", "Laporan {ticket}: {status}, {office}, {topic}.", set()),
        (Channel.PHONE, "", "Tanpa tempat.", set()),
        (Channel.PHONE, "", "{nik}", {"unknown_placeholder"}),
        (Channel.PHONE, "", "{ticket} {", {"unknown_placeholder"}),
        (Channel.PHONE, "", "{{ticket}}", {"unknown_placeholder"}),
        (Channel.PHONE, "", "{ticket!r}", {"unknown_placeholder"}),
        (Channel.PHONE, "Judul", "x", {"subject"}),
        (Channel.EMAIL, "", "x", {"subject"}),
        (Channel.EMAIL, "Judul\nBcc: x", "x", {"one_line"}),
        (Channel.EMAIL, "{phone}", "x", {"unknown_placeholder"}),
        (Channel.PHONE, "", "x" * 481, {"too_long"}),
    ],
)
def test_words_are_checked_when_they_are_written(
    channel: Channel, subject: str, body: str, codes: set[str]
) -> None:
    assert {one.code for one in check_words(channel, Words(subject, body))} == codes


@given(st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()), st.text())
def test_filling_never_fails_and_fills_once(values: dict[str, str], text: str) -> None:
    assert isinstance(fill(text, values), str)
    twice = {"ticket": "{status}", "status": "no"}
    assert fill("{ticket}", twice) == "{status}"
