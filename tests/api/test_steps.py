"""The steps of a case over HTTP."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case, CaseText
from app.db.tables.events import Event
from app.domain.lifecycle import STEPS, CaseAction, CaseStatus
from tests.conftest import LogIn
from tests.support.desk import Desk, act, acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
POSSIBLE = {(step.source, step.action) for step in STEPS}
BEHALF: dict[str, Any] = {"source": "Surat Kemensos", "date": "2026-01-05", "paper": "S-1/2026"}
WITNESS = {"method": "in_person", "witness": "Ketua RT"}
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
PKH = {"program": "PKH", "purpose": "AID"}
UMUM = {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"}
BODIES: dict[CaseAction, dict[str, Any]] = {
    CaseAction.ASK_COMPLETION: {"missing": ["KK"]},
    CaseAction.COMPLETE: {"papers": ["KK"]},
    CaseAction.VERIFY: {},
    CaseAction.RECORD_VERIFICATION: {"verdict": "confirmed", "method": "visit"},
    CaseAction.HANDLE: {},
    CaseAction.PROPOSE: {"recommendation": "refer", "reason": "Layak."},
    CaseAction.RETURN: {"note": "Lengkapi."},
    CaseAction.REFER: {"referrals": [UMUM]},
    CaseAction.DECIDE_REFER: {"referrals": [UMUM]},
    CaseAction.RESOLVE: {"outcome": "information_given"},
    CaseAction.DECIDE_RESOLVE: {"outcome": "information_given"},
    CaseAction.CONFIRM: {"received": [], "by_desk": WITNESS},
    CaseAction.DISPUTE: {"reason": "Belum.", "by_desk": WITNESS},
    CaseAction.REOPEN: {"reason": "Belum selesai."},
    CaseAction.VOID: {"reason": "invalid"},
    CaseAction.RESTORE: {"reason": "Salah."},
}
PATHS: dict[CaseStatus, tuple[CaseAction, ...]] = {
    CaseStatus.REGISTERED: (),
    CaseStatus.INCOMPLETE: (CaseAction.ASK_COMPLETION,),
    CaseStatus.VERIFYING: (CaseAction.VERIFY,),
    CaseStatus.HANDLING: (CaseAction.HANDLE,),
    CaseStatus.AWAITING_DECISION: (CaseAction.HANDLE, CaseAction.PROPOSE),
    CaseStatus.REFERRED: (CaseAction.REFER,),
    CaseStatus.RESOLVED: (CaseAction.RESOLVE,),
    CaseStatus.CLOSED: (CaseAction.RESOLVE, CaseAction.CONFIRM),
    CaseStatus.VOID: (CaseAction.VOID,),
}


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    """Somebody of the secretariat who may decide."""
    return await login("pemaraf@1374")


@pytest.fixture
async def secretariat(login: LogIn) -> Person:
    """The role that answers for receivers without an account."""
    return await login("sekretariat@1374")


async def at_status(officer: Person, status: CaseStatus) -> Desk:
    desk = await open_case(officer)
    for action in PATHS[status]:
        await desk.took(action.value, BODIES[action])
    return desk


async def test_a_mother_is_referred_to_pkh_and_confirms_what_she_received(
    siti: Person, secretariat: Person
) -> None:
    desk = await open_case(siti)
    await desk.took("handle")
    (referral,) = await desk.refer(PKH)
    await acted(secretariat, referral, "accept", {"on_behalf": BEHALF})
    body = {
        "component": "child_0_6",
        "amount_idr": 750_000,
        "period": "2026-Q1",
        "date": "2026-01-05",
        "proof": "BAST 1",
        "on_behalf": BEHALF,
    }
    shown = await acted(secretariat, referral, "deliver", body)
    assert shown["status"]["code"] == "fulfilled"
    assert shown["on_behalf"]["count"] == 2
    # PKH counts as fulfilled on enrolment: what is planned beyond runs on and is held.
    assert [line["state"]["code"] for line in shown["lines"]].count("planned") == 3
    assert await desk.status() == "handling"
    shown = await desk.took("resolve", {"outcome": "aid_received", "told": TOLD})
    assert {task["kind"]["code"]: bool(task["done_at"]) for task in shown["tasks"]} == {"tell_resident": True}
    received = [{"program": "PKH", "amount_idr": 750_000}]
    closed = await desk.took("confirm", {"received": received, "rating": 5, "by_desk": WITNESS})
    assert (closed["status"]["code"], closed["disputed"]) == ("closed", False)
    assert (closed["outcome"]["confirmed_by"], closed["outcome"]["rating"]) == ("desk", 5)


@pytest.mark.parametrize("status", list(CaseStatus))
async def test_each_pair_of_status_and_action_is_taken_or_refused_as_the_table_says(
    office: Person, status: CaseStatus
) -> None:
    desk = await at_status(office, status)
    offered = {one["code"] for one in (await desk.read())["allowed_actions"]}
    for action, body in BODIES.items():
        possible = (status, action) in POSSIBLE
        answer = await desk.step(action.value, body)
        revoking = status is CaseStatus.REFERRED and action in {CaseAction.RESOLVE, CaseAction.VOID}
        urgent_only = (status, action) == (CaseStatus.VERIFYING, CaseAction.REFER)
        if not possible or revoking or urgent_only:
            assert answer.status_code == 409, (status, action, answer.text)
            assert revoking or action.value not in offered
        else:
            assert answer.status_code == 200, (status, action, answer.text)
            assert action.value in offered
            desk = await at_status(office, status)


async def test_of_sixteen_racers_on_one_if_match_one_wins(siti: Person) -> None:
    desk = await open_case(siti)

    async def race() -> int:
        answer = await siti.post(f"/v1/cases/{desk.ticket}/handle", {}, headers={"If-Match": desk.etag})
        return answer.status_code

    codes = await asyncio.gather(*(race() for _ in range(16)))
    assert sorted(codes) == [200, *[412] * 15]


async def test_the_order_of_checks_is_404_403_428_412_409(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}"
    elsewhere, cadre = await login("rini@1371"), await login("psm.guguk@1374")
    assert (await elsewhere.post(f"{path}/restore", BODIES[CaseAction.RESTORE])).status_code == 404
    assert (await cadre.post(f"{path}/restore", BODIES[CaseAction.RESTORE])).status_code == 403
    assert (await siti.post(f"{path}/return", {"note": "x"})).status_code == 403
    assert (await siti.post(f"{path}/confirm", BODIES[CaseAction.CONFIRM])).status_code == 428
    stale = await siti.post(f"{path}/confirm", BODIES[CaseAction.CONFIRM], headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert (await desk.step("confirm", BODIES[CaseAction.CONFIRM])).status_code == 409
    assert (await siti.post(f"{path}/transmogrify", {})).status_code == 404
    assert (await siti.post(f"{path}/all_ended", {})).status_code == 404


async def test_a_repeated_step_gives_the_first_answer_again(siti: Person) -> None:
    desk = await open_case(siti)
    first = await siti.post(
        f"/v1/cases/{desk.ticket}/handle", {}, key="once", headers={"If-Match": desk.etag}
    )
    again = await siti.post(
        f"/v1/cases/{desk.ticket}/handle", {}, key="once", headers={"If-Match": desk.etag}
    )
    assert first.status_code == again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


async def test_completion_goes_back_takes_answers_and_routes_again(siti: Person) -> None:
    desk = await open_case(siti, papers=["KTP"])
    await desk.took("verify")
    asked = await desk.took("ask_completion", {"missing": ["KK"]})
    assert {due["step"]["code"]: due["state"] for due in asked["due"]} == {
        "verification": "paused",
        "completion": "running",
    }
    answer = {"papers": ["KK", "BUKTI_KOMPONEN"], "facts": {"household.pregnant": True}}
    shown = await desk.took("complete", answer)
    assert shown["status"]["code"] == "verifying"
    assert shown["routing"]["n"] == 2
    assert {due["step"]["code"]: due["state"] for due in shown["due"]} == {"verification": "running"}


async def test_missing_papers_hold_an_ordinary_case_and_warn_in_an_urgent_one(siti: Person) -> None:
    desk = await open_case(siti, papers=["KTP"])
    refused = await desk.step("refer", {"referrals": [PKH]})
    assert refused.status_code == 422
    assert refused.json()["data"]["papers"] == ["KK", "BUKTI_KOMPONEN"]
    shown = await desk.took("refer", {"referrals": [PKH], "incomplete_reason": "KK di kampung."})
    assert [one["subject"] for one in shown["warnings"]] == ["KK", "BUKTI_KOMPONEN"]
    urgent = await open_case(siti, papers=[], priority="MENDESAK", priority_reason="Dirawat.")
    shown = await urgent.took("refer", {"referrals": [PKH]})
    assert [one["code"] for one in shown["warnings"]] == ["paper_due"] * 3
    assert [task["kind"]["code"] for task in shown["tasks"]] == ["paper_due"]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"program": "NO_SUCH", "purpose": "AID"}, "/referrals/0/program"),
        ({"program": "BLT_DD", "purpose": "AID"}, "/referrals/0/program"),
        ({"program": "RTLH-1371", "purpose": "AID"}, "/referrals/0/program"),
        ({"program": "PKH", "purpose": "REGISTRY"}, "/referrals/0/purpose"),
        ({"program": "PKH", "purpose": "AID", "agency": "BAZNAS"}, "/referrals/0/agency"),
        ({"program": "PKH", "purpose": "AID", "fallback_of": "1374-" + "0" * 32}, "/referrals/0/fallback_of"),
    ],
)
async def test_a_referral_that_leads_nowhere_is_refused_by_its_field(
    siti: Person, wanted: dict[str, Any], pointer: str
) -> None:
    desk = await open_case(siti)
    answer = await desk.step("refer", {"referrals": [wanted]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await desk.read())["referrals"] == []


async def test_resolving_revokes_what_runs_only_with_a_reason(siti: Person, office: Person) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(UMUM)
    refused = await desk.step("resolve", {"outcome": "service_given"})
    assert (refused.status_code, refused.json()["code"]) == (409, "referrals_live")
    shown = await desk.took("resolve", {"outcome": "service_given", "revoke_reason": "served_elsewhere"})
    assert [one["status"]["code"] for one in shown["referrals"]] == ["revoked"]
    assert [task["kind"]["code"] for task in shown["tasks"]] == ["tell_resident"]
    assert shown["due"] == []
    told = await siti.post(f"/v1/cases/{desk.ticket}/told", TOLD)
    assert told.status_code == 200, told.text
    assert [due["step"]["code"] for due in told.json()["due"]] == ["confirmation"]
    assert (await siti.post(f"/v1/cases/{desk.ticket}/told", TOLD)).status_code == 409
    assert (await act(office, referral, "revoke", {"reason": "other"})).status_code == 409


async def test_a_difference_from_the_ledger_becomes_a_dispute(siti: Person, login: LogIn) -> None:
    dinsos = await login("dinsos@1374")
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    await acted(dinsos, referral, "deliver", _cash("2026-01", 300_000))
    await acted(dinsos, referral, "fulfil", {"extent": "partial"})
    await desk.read()
    await desk.took("resolve", {"outcome": "aid_received", "told": TOLD})
    short = [{"program": "BLT_KOTA", "amount_idr": 250_000}]
    shown = await desk.took("confirm", {"received": short, "by_desk": WITNESS})
    assert (shown["status"]["code"], shown["disputed"]) == ("handling", True)
    assert (shown["disputed_count"], shown["reopened_count"], shown["outcome"]) == (1, 1, None)
    again = await acted(siti, referral, "reopen", {"reason": "Warga menerima kurang."})
    assert again["status"]["code"] == "in_service"


def _cash(period: str, amount: int) -> dict[str, Any]:
    return {
        "component": "cash",
        "amount_idr": amount,
        "period": period,
        "date": "2026-01-05",
        "proof": "BAST",
    }


async def test_a_duplicate_must_be_another_standing_case_in_sight(siti: Person, login: LogIn) -> None:
    first, double = await open_case(siti), await open_case(siti)
    elsewhere = await open_case(await login("rini@1371"), village="13.71.02.1003")
    unseen = await open_case(await login("yulia@1374"), village="13.74.02.1004")
    for wrong in (double.ticket, elsewhere.ticket, unseen.ticket, "1374-0000-0000-0"):
        answer = await double.step("void", {"reason": "duplicate", "duplicate_of": wrong})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/duplicate_of"
    assert (await double.step("void", {"reason": "duplicate"})).status_code == 422
    shown = await double.took("void", {"reason": "duplicate", "duplicate_of": first.ticket})
    assert shown["status"]["code"] == "void"
    hendra = await login("hendra@1374")
    assert (await double.took("restore", {"reason": "Keliru."}, hendra))["status"]["code"] == "registered"


async def test_a_case_void_while_incomplete_still_knows_where_it_came_from(
    siti: Person, login: LogIn
) -> None:
    hendra = await login("hendra@1374")
    desk = await open_case(siti)
    for action, body in (
        ("handle", {}),
        ("ask_completion", {"missing": ["KK"]}),
        ("void", {"reason": "invalid"}),
    ):
        await desk.took(action, body)
    assert (await desk.took("restore", {"reason": "Salah."}, hendra))["status"]["code"] == "incomplete"
    assert (await desk.took("complete", {}))["status"]["code"] == "handling"


async def test_a_complaints_verdict_takes_two_people(siti: Person, office: Person) -> None:
    desk = await open_case(siti, kind="PENGADUAN", category="PROGRAM_KURANG", program="PKH")
    await desk.took("verify")
    await desk.took("record_verification", {"verdict": "confirmed", "method": "phone"})
    alone = await desk.step("resolve", {"outcome": "complaint_upheld", "told": TOLD})
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    shown = await desk.took("resolve", {"outcome": "complaint_upheld", "told": TOLD}, office)
    assert shown["status"]["code"] == "resolved"


async def test_each_changed_thing_has_one_event_and_no_word_of_a_text(siti: Person, house: House) -> None:
    desk = await open_case(siti)
    secret = "Rahasia keluarga Contoh"
    await desk.took("handle", {"note": secret})
    await desk.refer(UMUM, note=secret)
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        rows = (await tx.scalars(select(Event).where(Event.stream_id == case.id).order_by(Event.n))).all()
        texts = (await tx.scalars(select(CaseText).where(CaseText.case_id == case.id))).all()
    assert [row.type for row in rows] == [
        "case.opened",
        "case.routed",
        "case.step_taken",
        "case.step_taken",
        "referral.sent",
    ]
    assert rows[3].cause_id == rows[4].cause_id != rows[2].cause_id
    assert case.event_count == 5
    assert all(secret not in str(row.data) for row in rows)
    assert all(secret.encode() not in text.sealed for text in texts)
    assert rows[2].data["text_hmac"]


async def test_notes_are_read_back_and_move_nothing(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    before = await desk.read()
    made = await siti.post(f"/v1/cases/{desk.ticket}/notes", {"text": "Datang lagi besok."})
    assert made.status_code == 201, made.text
    listed = (await siti.get(f"/v1/cases/{desk.ticket}/notes")).json()["items"]
    assert [one["text"] for one in listed] == ["Datang lagi besok."]
    after = await desk.read()
    assert (after["version"], after["due"]) == (before["version"], before["due"])
    head = await login("lurah.guguk@1374")
    assert (await head.post(f"/v1/cases/{desk.ticket}/notes", {"text": "x"})).status_code == 403


async def test_a_step_without_a_token_is_refused(client: AsyncClient) -> None:
    assert (await client.post("/v1/cases/1374-0000-0000-0/handle", json={})).status_code == 401


async def test_a_desk_refers_itself_only_where_the_policy_says_so(siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("handle")
    refused = await desk.step("refer", {"referrals": [PKH]}, desk.officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "secretariat_decides")
    letter = {"program": "SURAT_DTSEN", "purpose": "AID"}
    answer = await desk.step("refer", {"referrals": [letter]}, desk.officer)
    assert answer.status_code == 200, answer.text
