"""The seven endings of the story, in short: what each case comes to over HTTP."""

from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.desk import acted, open_case

pytestmark = pytest.mark.commits
BEHALF: dict[str, Any] = {"source": "Surat", "date": "2026-01-05", "paper": "S-1/2026"}
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "in_person", "by": "Petugas"}
WITNESS = {"method": "in_person", "witness": "Ketua RT"}


async def test_a_pasaman_mother_gets_pkh(login: LogIn) -> None:
    eli, office = await login("eli@1308"), await login("sekretariat@1308")
    desk = await open_case(eli, village="13.08.04.2002")
    await desk.took("verify")
    await desk.took("record_verification", {"verdict": "confirmed", "method": "visit"})
    (pkh,) = await desk.refer({"program": "PKH", "purpose": "AID"})
    await acted(office, pkh, "accept", {"on_behalf": BEHALF})
    shown = await acted(office, pkh, "start", {"on_behalf": BEHALF})
    assert (shown["status"]["code"], {x["state"]["code"] for x in shown["lines"]}) == (
        "fulfilled",
        {"planned"},
    )
    await desk.read()
    await desk.took("resolve", {"outcome": "aid_received", "told": TOLD})
    assert (await desk.took("confirm", {"received": [], "by_desk": WITNESS}))["status"]["code"] == "closed"


async def test_a_padang_patient_without_pbi_gets_jkss_when_reactivation_is_slow(login: LogIn) -> None:
    rini, dinsos, jkss = await login("rini@1371"), await login("dinsos@1371"), await login("jkss@1300")
    patient = {"person.bpjs_status": "INACTIVE", "person.in_care_now": True}
    desk = await open_case(
        rini, village="13.71.02.1003", category="KEPESERTAAN_PBI_PASIEN", facts=patient, papers=[]
    )
    first = await desk.refer({"program": "PBI_REAKTIVASI", "purpose": "AID"})
    ids = await desk.refer({"program": "JKSS", "purpose": "AID", "fallback_of": first[0]})
    await acted(jkss, ids[1], "accept")
    shown = await acted(jkss, ids[1], "start")
    assert shown["status"]["code"] == "fulfilled"
    # JKSS is of the province: its officer has answered in the tenant of the case.
    assert shown["village"] is None
    assert await desk.status() == "referred"
    await acted(dinsos, ids[0], "refuse", {"reason": "other_program"})
    assert await desk.status() == "handling"


async def test_an_old_man_alone_gets_sembako_and_no_blt(login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti, category="PERMOHONAN_PANGAN")
    (sembako,) = await desk.refer({"program": "SEMBAKO", "purpose": "AID"})
    refused = await desk.step("refer", {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]})
    assert (refused.status_code, refused.json()["data"]["programs"]) == (409, ["SEMBAKO"])
    ids = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    assert ids[0] == sembako
    await acted(dinsos, ids[1], "accept")
    parcel = {
        "component": "parcel",
        "goods": "Paket sembako",
        "period": "2026-01",
        "date": "2026-01-05",
        "proof": "BAST 3",
    }
    shown = await acted(dinsos, ids[1], "deliver", parcel)
    assert (shown["status"]["code"], shown["lines"][0]["goods"]) == ("fulfilled", "Paket sembako")


async def test_somebody_outside_the_registry_is_handled_at_the_desk(login: LogIn) -> None:
    norhayati = await login("norhayati@6303")
    desk = await open_case(
        norhayati,
        village="63.03.05.2052",
        kind="USULAN_DATA",
        category="KEPESERTAAN_TIDAK_TERDAFTAR",
        subject={"kind": "person", "name": "Tanpa Nomor", "born_on": "1970-02-03", "sex": "L"},
        papers=[],
    )
    await desk.took("handle")
    asked = await desk.step("refer", {"referrals": [{"program": "USULAN_DTSEN", "purpose": "REGISTRY"}]})
    assert asked.status_code == 422
    noted = "Belum punya NIK; menunggu Dukcapil."
    shown = await desk.took(
        "refer",
        {
            "referrals": [{"program": "USULAN_DTSEN", "purpose": "REGISTRY"}],
            "incomplete_reason": noted,
        },
    )
    assert shown["referrals"][0]["agency"] == "DINSOS-6303"
    assert [task["kind"]["code"] for task in shown["tasks"]] == ["paper_due"]


async def test_a_metro_person_with_disability_waits_for_the_next_event(login: LogIn) -> None:
    wulan, lkks = await login("wulan@1872"), await login("lkks@1872")
    desk = await open_case(wulan, village="18.72.01.1003", facts={"person.disability": True})
    (bhakti,) = await desk.refer({"program": "BHAKTI_SOSIAL-1872", "purpose": "AID"})
    shown = await acted(lkks, bhakti, "accept", {"waitlist_position": 7})
    assert (shown["status"]["code"], shown["waitlist_position"]) == ("waitlisted", 7)
    assert shown["lines"] == []
    assert await desk.status() == "handling"
    closed = await desk.took("resolve", {"outcome": "waitlisted", "told": TOLD})
    assert closed["referrals"][0]["status"]["code"] == "waitlisted"


async def test_a_short_payment_goes_up_the_ladder_of_its_programme(login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti, kind="PENGADUAN", category="PROGRAM_KURANG", program="PKH")
    (rung,) = await desk.refer({"program": "PKH", "purpose": "COMPLAINT", "agency": "DINSOS"})
    shown = await acted(dinsos, rung, "accept")
    assert (shown["agency"], shown["bundle"]["nik"]) == ("DINSOS-1374", None)
    await acted(dinsos, rung, "fulfil", {"extent": "full", "finding": "Kurang.", "answer": "Dibayar."})
    assert await desk.status() == "handling"


async def test_what_was_nobodys_matter_is_sent_on(login: LogIn) -> None:
    siti, perkim, dinsos = await login("siti@1374"), await login("perkim@1374"), await login("dinsos@1374")
    desk = await open_case(siti)
    (wrong,) = await desk.refer({"program": "UMUM.PERKIM-1374", "purpose": "INFORMATION"})
    shown = await acted(perkim, wrong, "not_ours", {"right_body": "DINSOS"})
    assert shown["right_body"] == "DINSOS"
    assert await desk.status() == "handling"
    ids = await desk.refer({"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"})
    await acted(dinsos, ids[1], "accept")
    shown = await acted(dinsos, ids[1], "fulfil", {"extent": "full"})
    assert shown["status"]["code"] == "fulfilled"
