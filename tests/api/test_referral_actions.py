"""Referrals over HTTP: the inbox, each side's sight, the actions, the ledger behind them."""

import asyncio
from typing import Any

import pytest

from app.domain.referrals import STEPS, Party, ReferralAction, ReferralStatus
from tests.conftest import LogIn
from tests.support.desk import act, acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
A, S = ReferralAction, ReferralStatus
BEHALF: dict[str, Any] = {"source": "Surat Kemensos", "date": "2026-01-05", "paper": "S-1/2026"}
PKH = {"program": "PKH", "purpose": "AID"}
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
LANSIA = {"program": "SEMBAKO_LANSIA", "purpose": "AID"}


def cash(amount: int, period: str = "2026-01", **more: Any) -> dict[str, Any]:
    return {
        "component": "cash",
        "amount_idr": amount,
        "period": period,
        "date": "2026-01-05",
        "proof": "BAST 1",
        **more,
    }


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def dinsos(login: LogIn) -> Person:
    return await login("dinsos@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


async def test_a_proxy_answers_with_source_date_and_paper(siti: Person, office: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(PKH)
    bare = await act(office, referral, "accept")
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/on_behalf")
    assert (await act(siti, referral, "accept", {"on_behalf": BEHALF})).status_code == 403
    manager = await login("manajer@1374")
    assert (await act(manager, referral, "accept", {"on_behalf": BEHALF})).status_code == 403
    late = {**BEHALF, "date": "2999-01-01"}
    assert (await act(office, referral, "accept", {"on_behalf": late})).status_code == 422
    shown = await acted(office, referral, "accept", {"on_behalf": BEHALF})
    assert shown["on_behalf"] == {
        **BEHALF,
        "count": 1,
        "role": "secretariat_officer",
        "action": "accept",
    }


async def test_three_answers_not_ours_put_the_case_to_the_secretariat(siti: Person, login: LogIn) -> None:
    desk = await open_case(siti)
    bodies = {"dinsos": "DINSOS-1374", "dinkes": "DINKES-1374", "dukcapil": "DUKCAPIL-1374"}
    wanted = [{"program": f"UMUM.{code}", "purpose": "INFORMATION"} for code in bodies.values()]
    ids = await desk.refer(*wanted)
    for name, referral in zip(bodies, ids, strict=True):
        await acted(await login(f"{name}@1374"), referral, "not_ours", {"right_body": "up"})
    shown = await desk.read()
    assert shown["status"]["code"] == "awaiting_decision"
    decider = await login("pemaraf@1374")
    again = {"referrals": [wanted[0]]}
    refused = await desk.step("decide_refer", again, decider)
    assert (refused.status_code, refused.json()["code"]) == (409, "agency_said_not_ours")
    override = {"referrals": [{**wanted[0], "override_reason": "Sudah dibicarakan."}]}
    shown = await desk.took("decide_refer", override, decider)
    assert shown["status"]["code"] == "referred"


async def test_a_desk_may_not_override_a_bounce(siti: Person, dinsos: Person) -> None:
    desk = await open_case(siti)
    wanted = {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"}
    other = {"program": "UMUM.DINKES-1374", "purpose": "INFORMATION"}
    first, _ = await desk.refer(wanted, other)
    await acted(dinsos, first, "not_ours", {"right_body": "DINKES"})
    await desk.read()
    assert (await desk.step("refer", {"referrals": [wanted]})).status_code == 409
    override = {"referrals": [{**wanted, "override_reason": "Coba lagi."}]}
    assert (await desk.step("refer", override, desk.officer)).status_code == 403


async def test_returned_is_sent_again_in_the_next_round(siti: Person, dinsos: Person) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(BLT)
    await acted(dinsos, referral, "accept")
    back = await acted(dinsos, referral, "return", {"missing": ["KK", "data_mismatch"]})
    assert (back["status"]["code"], back["missing"]) == ("returned", ["KK", "data_mismatch"])
    assert {line["state"]["code"] for line in back["lines"]} == {"stopped"}
    assert (await act(dinsos, referral, "resend")).status_code == 403
    again = await acted(siti, referral, "resend", {"note": "Terlampir."})
    assert (again["status"]["code"], again["round"], again["missing"]) == ("sent", 2, [])


async def test_the_receiver_sees_the_bundle_then_its_record_then_nothing(
    siti: Person, dinsos: Person, login: LogIn
) -> None:
    desk = await open_case(siti)
    first, second = await desk.refer({**BLT, "discloses": ["name", "chronology"]}, LANSIA)
    bundle = (await dinsos.get(f"/v1/referrals/{first}")).json()["bundle"]
    assert bundle["name"] == "Yuliana Contoh"
    assert bundle["chronology"].startswith("Ibu dengan balita")
    assert {name for name, value in bundle.items() if value is not None} == {"name", "chronology"}
    whole = (await dinsos.get(f"/v1/referrals/{second}")).json()["bundle"]["nik"]
    assert whole.startswith("1374014507")
    masked = (await siti.get(f"/v1/referrals/{second}")).json()["bundle"]["nik"]
    assert (masked[-4:], "1374014507" in masked) == (whole[-4:], False)
    await acted(dinsos, first, "refuse", {"reason": "other_program"})
    own = (await dinsos.get(f"/v1/referrals/{first}")).json()
    assert (own["sight"], own["bundle"], own["ticket"]) == ("own_record", None, desk.ticket)
    assert "Yuliana" not in str(own)
    await acted(siti, second, "revoke", {"reason": "other"})
    hidden = (await dinsos.get(f"/v1/referrals/{second}")).json()
    assert (hidden["sight"], hidden["ticket"], hidden["program"]) == ("id_only", None, None)
    sender = (await siti.get(f"/v1/referrals/{second}")).json()
    assert (sender["sight"], sender["bundle"]["name"]) == ("full", "Yuliana Contoh")
    baznas = await login("baznas@1374")
    assert (await baznas.get(f"/v1/referrals/{first}")).status_code == 404
    assert (await dinsos.get(f"/v1/cases/{desk.ticket}")).status_code == 404


async def test_the_inbox_lists_counts_filters_and_pages(siti: Person, login: LogIn) -> None:
    baznas, dinkes = await login("baznas@1374"), await login("dinkes@1374")
    sent = []
    for _ in range(3):
        desk = await open_case(siti)
        sent += await desk.refer({"program": "UMUM.BAZNAS-1374", "purpose": "INFORMATION"})
    page = (await baznas.get("/v1/referrals", limit=2, count="true", program="UMUM.BAZNAS-1374")).json()
    assert (page["count"], [one["id"] for one in page["items"]]) == (3, [sent[2], sent[1]])
    rest = (await baznas.get("/v1/referrals", cursor=page["next"])).json()
    assert [one["id"] for one in rest["items"]] == [sent[0]]
    await acted(baznas, sent[0], "question", {"text": "Alamatnya?"})
    await acted(siti, sent[0], "answer", {"text": "RT 001."})
    shown = (await baznas.get(f"/v1/referrals/{sent[0]}")).json()
    assert [(one["kind"], one["text"]) for one in shown["messages"]] == [
        ("question", "Alamatnya?"),
        ("answer", "RT 001."),
    ]
    await acted(baznas, sent[0], "refuse", {"reason": "other"})
    listed = (await baznas.get("/v1/referrals", status="sent", case=desk.ticket)).json()["items"]
    assert [one["id"] for one in listed] == [sent[2]]
    assert (await baznas.get("/v1/referrals", overdue="true")).json()["items"] == []
    assert (await baznas.get("/v1/referrals", sort="up")).status_code == 400
    assert (await dinkes.get("/v1/referrals", program="UMUM.BAZNAS-1374")).json()["items"] == []
    of_case = (await siti.get(f"/v1/cases/{desk.ticket}/referrals", count="true")).json()
    assert (of_case["count"], of_case["items"][0]["id"]) == (1, sent[2])


async def test_a_registry_proposal_ends_with_its_last_stage(siti: Person, dinsos: Person) -> None:
    desk = await open_case(siti, kind="USULAN_DATA", category="KEPESERTAAN_TIDAK_TERDAFTAR")
    (referral,) = await desk.refer({"program": "USULAN_DTSEN", "purpose": "REGISTRY"})
    await acted(dinsos, referral, "accept")
    wrong = await act(dinsos, referral, "progress", {"stage": "DITETAPKAN"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "stage_not_possible")
    stages = ("DIUNGGAH", "VERIFIKASI_DINSOS", "FINALISASI", "PENGESAHAN_KDH", "TERKIRIM_PUSAT", "DIPROSES")
    for stage in stages:
        shown = await acted(dinsos, referral, "progress", {"stage": stage})
        assert (shown["status"]["code"], shown["stage"]["code"]) == ("in_service", stage)
    shown = await acted(dinsos, referral, "progress", {"stage": "TIDAK_PADAN"})
    assert (shown["status"]["code"], shown["reason"]) == ("unfulfilled", "TIDAK_PADAN")


async def test_a_reactivation_is_entered_elsewhere_with_the_hospitals_letter(
    siti: Person, dinsos: Person
) -> None:
    desk = await open_case(siti, category="KEPESERTAAN_PBI_NONAKTIF")
    (referral,) = await desk.refer({"program": "PBI_REAKTIVASI", "purpose": "AID"})
    entered = {"system": "SIKS_NG", "reference": "PBI-1", "date": "2026-01-05"}
    refused = await act(dinsos, referral, "submitted_external", entered)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/papers")
    shown = await acted(dinsos, referral, "submitted_external", {**entered, "papers": ["SURAT_FASKES"]})
    assert shown["submitted_external"] == entered
    due = {one["step"]["code"] for one in (await desk.read())["due"]}
    assert {"external", "acceptance"} <= due


async def test_a_complaint_goes_up_the_programmes_ladder_and_ends_with_an_answer(
    siti: Person, dinsos: Person
) -> None:
    desk = await open_case(siti, kind="PENGADUAN", category="PROGRAM_KURANG", program="SEMBAKO_LANSIA")
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "COMPLAINT"})
    await acted(dinsos, referral, "accept")
    bare = await act(dinsos, referral, "fulfil", {"extent": "full"})
    assert {one["pointer"] for one in bare.json()["errors"]} == {"/finding", "/answer"}
    end = {"extent": "full", "finding": "Kurang 5 kg.", "answer": "Diganti minggu ini."}
    shown = await acted(dinsos, referral, "fulfil", end)
    assert shown["lines"] == []
    seen = (await siti.get(f"/v1/referrals/{referral}")).json()
    assert "Kurang 5 kg." in seen["messages"][-1]["text"]


PATHS: dict[S, tuple[tuple[str, dict[str, Any]], ...]] = {
    S.SENT: (),
    S.ACCEPTED: (("accept", {}),),
    S.RETURNED: (("return", {"missing": ["KK"]}),),
    S.WAITLISTED: (("accept", {}), ("waitlist", {"position": 3})),
    S.IN_SERVICE: (("accept", {}), ("start", {})),
    S.REFUSED: (("refuse", {"reason": "other"}),),
    S.NOT_OURS: (("not_ours", {"right_body": "up"}),),
    S.UNFULFILLED: (("accept", {}), ("fail", {"reason": "other"})),
    S.REVOKED: (("revoke", {"reason": "other"}),),
}
BODIES: dict[A, dict[str, Any]] = {
    A.ACCEPT: {},
    A.RETURN: {"missing": ["KK"]},
    A.RESEND: {},
    A.REFUSE: {"reason": "other"},
    A.NOT_OURS: {"right_body": "up"},
    A.WAITLIST: {"position": 2},
    A.START: {},
    A.DELIVER: cash(1, component="parcel"),
    A.FAIL: {"reason": "other"},
    A.REVOKE: {"reason": "other"},
    A.REOPEN: {"reason": "Disanggah."},
    A.QUESTION: {"text": "?"},
    A.NOTE: {"text": "."},
    A.ANSWER: {"text": "."},
    A.EXTERNAL_REFERENCE: {"reference": "X-1"},
}
POSSIBLE = {(step.source, step.action): step for step in STEPS}


@pytest.mark.parametrize("status", list(PATHS))
async def test_each_pair_of_status_and_action_is_taken_or_refused_as_the_table_says(
    siti: Person, dinsos: Person, status: S
) -> None:
    async def fresh() -> str:
        desk = await open_case(siti)
        (referral,) = await desk.refer(LANSIA)
        for action, body in PATHS[status]:
            await acted(siti if action == "revoke" else dinsos, referral, action, body)
        return referral

    referral = await fresh()
    for action, body in BODIES.items():
        step = POSSIBLE.get((status, action))
        sends = {A.RESEND, A.REVOKE, A.REOPEN, A.ANSWER}
        by = siti if action in sends else dinsos
        answer = await act(by, referral, action.value, body)
        # A step that the service takes by itself is there, but nobody's to ask for.
        taken = 200 if step and step.who != {Party.SYSTEM} else 403 if step else 409
        assert answer.status_code == taken, (status, action, answer.text)
        if taken == 200:
            assert (Party.SENDER in step.who) is (action in sends)
            assert answer.json()["status"]["code"] in {step.target.value, "fulfilled"}
            referral = await fresh()


async def test_a_referrals_version_is_its_own(siti: Person, dinsos: Person) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer(LANSIA)
    before = desk.etag
    await acted(dinsos, referral, "accept")
    await desk.read()
    assert desk.etag == before
    path = f"/v1/referrals/{referral}/start"
    assert (await dinsos.post(path, {})).status_code == 428
    assert (await dinsos.post(path, {}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await dinsos.post(f"/v1/referrals/{referral}/expire", {})).status_code == 404
    codes = await asyncio.gather(*(dinsos.post(path, {}, headers={"If-Match": '"2"'}) for _ in range(8)))
    assert sorted(one.status_code for one in codes) == [200, *[412] * 7]
