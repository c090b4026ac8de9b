"""Asking before sending: what is told is what ``refer`` would say, and nothing is written."""

import pytest

from tests.conftest import LogIn
from tests.support.desk import a_person, acted, open_case

pytestmark = pytest.mark.commits


async def test_what_lacks_is_what_the_step_refuses(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti, papers=["KTP"], subject={**a_person(), "phone": "081234567890"})
    at = f"/v1/cases/{desk.ticket}/readiness"
    told = (await office.get(at, program="BLT_KOTA")).json()
    refused = await desk.step("refer", {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]})
    assert refused.json()["code"] == "papers_missing"
    assert [one["code"] for one in told["papers_missing"]] == refused.json()["data"]["papers"]
    assert (told["complete"], told["agency"]) == (False, "DINSOS-1374")
    assert told["fields_missing"] == ["kk"]
    assert "phone" not in told["fields_missing"]
    assert told["facts_missing"]
    ready = (await office.get(at, program="UMUM.BAZNAS-1374", purpose="INFORMATION")).json()
    assert (ready["complete"], ready["agency"]) == (True, "BAZNAS-1374")


async def test_why_it_would_be_refused_is_told_in_words(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    at = f"/v1/cases/{desk.ticket}/readiness"
    unknown = (await office.get(at, program="NO_SUCH")).json()
    assert [one["code"] for one in unknown["obstacles"]] == ["unknown_code"]
    hers = (await siti.get(at, program="BLT_KOTA")).json()
    assert "secretariat_decides" in {one["code"] for one in hers["obstacles"]}
    info = {"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"}
    first, _ = await desk.refer(info, {"program": "UMUM.DINKES-1374", "purpose": "INFORMATION"})
    await acted(await login("dinsos@1374"), first, "not_ours", {"right_body": "DINKES"})
    again = (await office.get(at, **info)).json()
    assert [one["code"] for one in again["obstacles"]] == ["agency_said_not_ours"]
    assert not again["complete"]
    assert (await (await login("baznas@1374")).get(at, program="BLT_KOTA")).status_code == 404
    assert (await office.get(at, program="BLT_KOTA", purpose="GIFT")).status_code == 400


async def test_without_a_programme_it_is_asked_for_that_of_the_case(login: LogIn) -> None:
    siti = await login("siti@1374")
    named, unnamed = await open_case(siti, program="BLT_KOTA"), await open_case(siti)
    told = [(await siti.get(f"/v1/cases/{one.ticket}/readiness")).json() for one in (named, unnamed)]
    assert [one["program"] for one in told] == ["BLT_KOTA", None]
    assert [one["code"] for one in told[1]["obstacles"]] == ["missing"]
