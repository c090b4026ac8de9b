"""A renamed village and a split regency: no person and no case is lost, by the old code or the new one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.domain.region_changes import BadList, Change
from app.integrations.randomness import Ids
from app.services.seed import Tools, change_regions, seed_reference
from tests.support.desk import CASE, VILLAGE, open_case
from tests.support.http import Person, log_in

pytestmark = pytest.mark.commits
ON = date(2026, 11, 1)
RENAMED = "13.74.01.1099"


async def changed(house: House, *changes: tuple[str | None, str, str]) -> int:
    tools = Tools(house.database, Ids(), datetime.now(UTC))
    touched = await change_regions(tools, [Change(old, new, name, ON) for old, new, name in changes])
    # The process looks once a second.
    await house.knowledge.current(datetime.now(UTC) + timedelta(seconds=5))
    return touched


async def tickets(by: Person, region: str) -> set[str]:
    answer = await by.get(f"/v1/cases?region={region}")
    assert answer.status_code == 200, answer.text
    return {one["ticket"] for one in answer.json()["items"]}


async def test_a_renamed_village_keeps_its_people_and_cases(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    old = await open_case(siti)
    person = (await old.read())["subject"]["person"]
    assert await changed(fresh_house, (VILLAGE, RENAMED, "Guguk Malintang Baru")) == 2
    siti, office = await log_in(fresh_client, "siti@1374"), await log_in(fresh_client, "sekretariat@1374")
    # The officer's grant names the old code; she opens under the new one, and is told so for the old.
    refused = await siti.post("/v1/cases", {**CASE, "subject": _subject("A"), "place": {"village": VILLAGE}})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "region_ended")
    assert RENAMED in refused.json()["errors"][0]["detail"]
    new = await open_case(siti, village=RENAMED, subject=_subject("B"))
    for by in (siti, office):
        for code in (VILLAGE, RENAMED):
            assert {old.ticket, new.ticket} <= await tickets(by, code), code
    assert (await new.read())["holder"] == (await old.read())["holder"]
    listed = (await siti.get(f"/v1/people?region={RENAMED}")).json()["items"]
    assert person["id"] in {one["id"] for one in listed}
    body = {"name": person["name"], "born_on": person["born_on"], "village": RENAMED}
    found = (await siti.post("/v1/people/candidates", body)).json()["candidates"]
    assert person["id"] in {one["person"]["id"] for one in found}
    assert (await old.took("handle"))["status"]["code"] == "handling"
    shown = (await siti.get(f"/v1/regions/{VILLAGE}")).json()
    assert (shown["successor"]["code"], shown["valid_to"]) == (RENAMED, ON.isoformat())
    assert (await siti.get(f"/v1/regions/{RENAMED}")).json()["formerly"][0]["code"] == VILLAGE
    # Loading the shipped list again does not bring the old code back.
    tools = Tools(fresh_house.database, Ids(), datetime.now(UTC))
    assert (await seed_reference(tools))["regions"] == 0
    with pytest.raises(BadList):
        await changed(fresh_house, (VILLAGE, "13.74.01.1098", "Lagi"))


async def test_a_regency_that_is_split_loses_nothing(fresh_house: House, fresh_client: AsyncClient) -> None:
    siti, office = await log_in(fresh_client, "siti@1374"), await log_in(fresh_client, "sekretariat@1374")
    old = await open_case(siti)
    district = VILLAGE.rpartition(".")[0]
    before = fresh_house.knowledge
    assert before is not None
    assert await changed(fresh_house, (None, "13.79", "Kota Baru"), (district, "13.79.01", "Timur")) > 2
    siti, office = await log_in(fresh_client, "siti@1374"), await log_in(fresh_client, "sekretariat@1374")
    moved = VILLAGE.replace("13.74.01", "13.79.01")
    for code in (VILLAGE, district, moved, "13.79.01", "13.79", "13.74"):
        assert old.ticket in await tickets(office, code), code
    assert old.ticket in await tickets(siti, moved)
    known = await fresh_house.knowledge.current(datetime.now(UTC) + timedelta(seconds=9))
    assert known.calendar("13.79") is not None
    assert known.calendar("13.74") == known.calendars["13.74"]
    assert known.region_name(VILLAGE) == known.region_name(moved)
    clock = (await siti.get(f"/v1/cases/{old.ticket}/clock")).json()
    assert clock["items"]
    assert (await old.took("verify"))["status"]["code"] == "verifying"


def _subject(name: str) -> dict[str, Any]:
    return {"kind": "person", "name": f"Warga {name} Contoh", "born_on": "1988-08-08", "sex": "L"}
