"""A receiver who says nothing: nudged, escalated, expired; then the next programme of the stored ranking."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.api.deps import House
from app.domain.disclosure import default_fields
from app.domain.ids import public_id
from tests.conftest import LogIn
from tests.support.desk import Desk, act, open_case
from tests.support.http import Person, log_in
from tests.support.sweeping import MOMENT, TENANT, Sweeper

pytestmark = pytest.mark.commits
FIRST = "BLT_KOTA"


@pytest.fixture
async def sweeper(house: House, tmp_path: Path) -> AsyncIterator[Sweeper]:
    made = Sweeper.of(house, tmp_path)
    yield made
    await made.sound()


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def referred(officer: Person, **changes: Any) -> Desk:
    desk = await open_case(officer, **changes)
    await desk.refer({"program": FIRST, "purpose": "AID"})
    return desk


async def expired(sweeper: Sweeper, officer: Person, **changes: Any) -> Desk:
    """A case whose only referral nobody answered: nudged, escalated twice, and over."""
    desk = await referred(officer, **changes)
    await sweeper.look(desk.ticket, times=4)
    return desk


async def offers(officer: Person, desk: Desk) -> list[dict[str, Any]]:
    answer = await officer.get(f"/v1/cases/{desk.ticket}/offers")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_silent_receiver_is_nudged_escalated_and_passed_over(sweeper: Sweeper, siti: Person) -> None:
    desk = await referred(siti)
    clock = await sweeper.running(desk.ticket)
    assert clock.step == "acceptance"
    due = clock.due_at
    assert due is not None
    nudged = await sweeper.look(desk.ticket)
    (referral,) = await sweeper.referrals(desk.ticket)
    assert (referral.status, referral.nudged_at) == ("sent", nudged + MOMENT)
    assert await sweeper.events(desk.ticket, "case.reminded") == []
    assert await sweeper.look(desk.ticket) == due
    (referral,) = await sweeper.referrals(desk.ticket)
    assert referral.nudged_at == due + MOMENT
    (nudge, again) = await sweeper.events(desk.ticket, "referral.nudged")
    assert (nudge.referral_id, again.data["step"]) == (referral.id, "acceptance")
    # The receiver's side learns nothing of whom the sender's side escalates to.
    (escalated,) = await sweeper.events(desk.ticket, "case.escalated")
    assert escalated.referral_id is None
    assert escalated.data["waiting_referral_id"] == str(referral.id)
    await sweeper.look(desk.ticket)
    assert len(await sweeper.escalations(desk.ticket)) == 2
    await sweeper.look(desk.ticket)
    calendar = (await sweeper.house.knowledge.current(sweeper.at)).calendar(TENANT)
    assert sweeper.at > calendar.add_days(due, 2)
    (referral,) = await sweeper.referrals(desk.ticket)
    assert (referral.status, referral.ended_at) == ("expired", sweeper.at)
    case = await sweeper.case(desk.ticket)
    assert (case.status, case.escalated_at) == ("handling", None)
    assert [one.ended_at for one in await sweeper.escalations(desk.ticket)] == [sweeper.at] * 2
    assert [one["kind"]["code"] for one in (await desk.read())["tasks"]] == ["tell_resident"]


async def test_the_next_programme_of_the_ranking_lies_filled_in_before_the_sender(
    sweeper: Sweeper, siti: Person
) -> None:
    desk = await expired(sweeper, siti)
    (offer,) = await offers(siti, desk)
    ranked = [
        one for one in (await desk.read())["routing"]["programs"] if one["verdict"]["code"] == "eligible"
    ]
    assert offer["program"] in {one["program"] for one in ranked}
    assert offer["program"] != FIRST
    assert (offer["state"], offer["purpose"]["code"]) == ("waiting", "AID")
    assert offer["discloses"] == list(default_fields("AID"))  # type: ignore[arg-type]  # a text enum
    (referral,) = await sweeper.referrals(desk.ticket)
    assert offer["fallback_of"] == public_id(TENANT, referral.id)
    (event,) = await sweeper.events(desk.ticket, "referral.offered")
    assert event.data["program"] == offer["program"]
    assert event.data["account_id"] == str(referral.sent_by)
    assert event.referral_id is None


async def test_what_was_offered_is_dropped_once_the_case_is_resolved(sweeper: Sweeper, siti: Person) -> None:
    desk = await expired(sweeper, siti)
    await desk.read()
    await desk.took("resolve", {"outcome": "no_capacity"})
    (offer,) = await offers(siti, desk)
    assert (offer["state"], offer["decided_at"] is not None) == ("dropped", True)


async def test_an_offer_that_is_taken_goes_the_way_of_every_referral(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    desk = await expired(sweeper, siti)
    (offer,) = await offers(siti, desk)
    office = await login("sekretariat@1374")
    path = f"/v1/cases/{desk.ticket}/offers/{offer['id']}"
    await desk.read()
    more = await office.post(f"{path}/take", {"discloses": ["name"]}, headers={"If-Match": '"999"'})
    assert more.status_code == 412
    taken = await office.post(f"{path}/take", {"discloses": ["name", "nik"]}, headers={"If-Match": desk.etag})
    assert taken.status_code == 200, taken.text
    assert taken.json()["status"]["code"] == "referred"
    first, second = await sweeper.referrals(desk.ticket)
    assert (second.program_code, second.fallback_of) == (offer["program"], first.id)
    assert second.disclosed == ["name", "nik"]
    (left,) = await offers(siti, desk)
    assert (left["state"], left["decided_at"] is not None) == ("taken", True)
    desk.etag = taken.headers["ETag"]
    twice = await office.post(f"{path}/take", {}, headers={"If-Match": desk.etag})
    dropped = await office.post(f"{path}/drop", {"reason": "Tidak jadi."})
    assert {twice.status_code, dropped.status_code} == {409}
    assert twice.json()["code"] == "offer_decided"


async def test_a_desk_is_refused_an_offer_that_policy_leaves_to_the_secretariat(
    sweeper: Sweeper, siti: Person
) -> None:
    desk = await expired(sweeper, siti)
    (offer,) = await offers(siti, desk)
    await desk.read()
    path = f"/v1/cases/{desk.ticket}/offers/{offer['id']}/take"
    answer = await siti.post(path, {}, headers={"If-Match": desk.etag})
    direct = {"POSYANDU", "SKTM"}
    assert answer.status_code == (200 if offer["program"] in direct else 409), answer.text
    if answer.status_code == 409:
        assert answer.json()["code"] == "secretariat_decides"
        # Nothing of a refused request stays.
        assert (await offers(siti, desk))[0]["state"] == "waiting"


@pytest.mark.parametrize(
    ("body", "code"), [({"discloses": ["name", "facts", "wrong"]}, 422), ({"more": 1}, 422)]
)
async def test_a_wrong_taking_is_refused(
    sweeper: Sweeper, siti: Person, body: dict[str, Any], code: int
) -> None:
    desk = await expired(sweeper, siti)
    (offer,) = await offers(siti, desk)
    await desk.read()
    path = f"/v1/cases/{desk.ticket}/offers/{offer['id']}/take"
    answer = await siti.post(path, body, headers={"If-Match": desk.etag})
    assert answer.status_code == code


async def test_an_offer_discloses_no_more_than_the_referral_that_expired(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    desk = await open_case(siti)
    await desk.refer({"program": FIRST, "purpose": "AID", "discloses": ["name"]})
    await sweeper.look(desk.ticket, times=4)
    (offer,) = await offers(siti, desk)
    assert offer["discloses"] == ["name"]
    office = await login("sekretariat@1374")
    await desk.read()
    path = f"/v1/cases/{desk.ticket}/offers/{offer['id']}/take"
    answer = await office.post(path, {"discloses": ["name", "nik"]}, headers={"If-Match": desk.etag})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "discloses_more")


async def test_what_was_dropped_is_not_offered_again(sweeper: Sweeper, siti: Person) -> None:
    desk = await expired(sweeper, siti)
    (offer,) = await offers(siti, desk)
    path = f"/v1/cases/{desk.ticket}/offers/{offer['id']}/drop"
    dropped = await siti.post(path, {"reason": "Warga tidak berminat."})
    assert (dropped.status_code, dropped.json()["state"]) == (200, "dropped")
    (event,) = await sweeper.events(desk.ticket, "referral.offer_dropped")
    assert "berminat" not in str(event.data)
    assert event.data["text_hmac"]
    await desk.read()
    await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    await sweeper.look(desk.ticket, times=4)
    programs = [one["program"] for one in await offers(siti, desk)]
    assert programs[0] == offer["program"]
    assert programs.count(offer["program"]) == 1
    assert FIRST not in programs


@pytest.mark.parametrize("path", ["take", "drop"])
async def test_an_unknown_offer_is_not_found(siti: Person, path: str) -> None:
    desk = await open_case(siti)
    for offer in ("1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "x"):
        answer = await siti.post(
            f"/v1/cases/{desk.ticket}/offers/{offer}/{path}",
            {} if path == "take" else {"reason": "Tidak."},
            headers={"If-Match": desk.etag},
        )
        assert answer.status_code == 404, answer.text


async def test_a_returned_referral_that_nobody_sends_again_expires(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    desk = await referred(siti)
    dinsos = await login("dinsos@1374")
    (referral,) = await sweeper.referrals(desk.ticket)
    answer = await act(dinsos, public_id(TENANT, referral.id), "return", {"missing": ["KK"]})
    assert answer.status_code == 200, answer.text
    # Its sender is silent, not the receiver: she is reminded, and nobody is nudged.
    await sweeper.look(desk.ticket, times=2)
    assert [one.data["step"] for one in await sweeper.events(desk.ticket, "case.reminded")] == ["completion"]
    assert await sweeper.events(desk.ticket, "referral.nudged") == []
    await sweeper.look(desk.ticket, times=2)
    (referral,) = await sweeper.referrals(desk.ticket)
    assert referral.status == "expired"


async def test_slow_aid_is_nudged_and_escalated_but_never_ended(
    sweeper: Sweeper, siti: Person, login: LogIn
) -> None:
    desk = await referred(siti)
    (referral,) = await sweeper.referrals(desk.ticket)
    dinsos = await login("dinsos@1374")
    assert (await act(dinsos, public_id(TENANT, referral.id), "accept")).status_code == 200
    await sweeper.look(desk.ticket, times=6)
    (referral,) = await sweeper.referrals(desk.ticket)
    assert referral.status == "accepted"
    rungs = [one.rung for one in await sweeper.escalations(desk.ticket)]
    assert rungs == ["desk_coordinator", "supervisor", "manager", "head", "secretariat"]
    assert (await sweeper.running(desk.ticket)).act_at is None


async def test_a_question_moves_no_clock(sweeper: Sweeper, siti: Person, login: LogIn) -> None:
    desk = await referred(siti)
    await sweeper.look(desk.ticket, times=2)
    before = await sweeper.running(desk.ticket)
    (referral,) = await sweeper.referrals(desk.ticket)
    dinsos = await login("dinsos@1374")
    asked = await act(dinsos, public_id(TENANT, referral.id), "question", {"text": "Alamat?"})
    assert asked.status_code == 200, asked.text
    after = await sweeper.running(desk.ticket)
    assert (after.due_at, after.act_at, after.acts) == (before.due_at, before.act_at, before.acts)
    assert [one.ended_at for one in await sweeper.escalations(desk.ticket)] == [None]


async def named_pair(login: LogIn, before: str, after: str) -> None:
    manager = await login("manajer@1374")
    rule = {"region": TENANT, "name": "auto_next", "value": [[before, after]], "source": "Perwako 1/2026"}
    answer = await manager.post("/v1/policies", rule)
    assert answer.status_code == 201, answer.text


async def test_the_next_goes_by_itself_where_policy_names_the_pair(
    fresh_house: House, fresh_client: Any, tmp_path: Path
) -> None:
    sweeper = Sweeper.of(fresh_house, tmp_path)

    async def login(name: str, _password: str | None = None) -> Person:
        return await log_in(fresh_client, name)

    siti = await login("siti@1374")
    seen = await expired(sweeper, siti)
    (offer,) = await offers(siti, seen)
    await named_pair(login, FIRST, offer["program"])
    # Without the facts about her, nobody learns more than the first receiver did.
    desk = await open_case(siti)
    await desk.refer({"program": FIRST, "purpose": "AID", "discloses": ["name", "nik"]})
    await sweeper.look(desk.ticket, times=4)
    first, second = await sweeper.referrals(desk.ticket)
    assert (first.status, second.status, second.program_code) == ("expired", "sent", offer["program"])
    assert (second.sent_by, second.fallback_of, second.disclosed) == (None, first.id, ["name", "nik"])
    assert (await sweeper.case(desk.ticket)).status == "referred"
    assert await offers(siti, desk) == []
    sent = (await sweeper.events(desk.ticket, "referral.sent"))[-1]
    assert (sent.actor_kind, sent.actor_id) == ("system", None)
    assert (await sweeper.running(desk.ticket)).step == "acceptance"
    # With them the second receiver, whose rules ask for other facts, would learn more: somebody must look.
    told = await expired(sweeper, siti)
    assert len(await sweeper.referrals(told.ticket)) == 1
    assert [one["program"] for one in await offers(siti, told)] == [offer["program"]]
    await sweeper.sound()
