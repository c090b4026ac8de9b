"""The catalogue, the finder, and what agencies say of their programmes."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.events import Event
from tests.conftest import LogIn

MOTHER: dict[str, Any] = {
    "region": "13.08.04.2001",
    "facts": {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 2,
        "household.children_0_6": 1,
        "ledger.active_programs": [],
    },
    "need": {"kind": "LAYANAN", "sector": "SOSIAL_EKONOMI"},
}


async def test_thirty_programmes_and_more_of_all_five_levels_with_source_and_trust(
    client: AsyncClient,
) -> None:
    answer = (await client.get("/v1/programs?limit=200&count=true")).json()
    assert answer["count"] == len(answer["items"]) >= 30
    assert {one["level"] for one in answer["items"]} == {
        "PUSAT",
        "PROVINSI",
        "KAB_KOTA",
        "DESA",
        "SWASTA_CSR",
    }
    for one in answer["items"]:
        assert one["source"], one["code"]
        assert one["to_be_confirmed"] == (one["trust"] in {"Fw", "R", "OURS"})
        assert not one["code"].startswith("UMUM.")


@pytest.mark.parametrize(
    ("query", "holds", "lacks"),
    [
        ("level=DESA", "BLT_DD", "PKH"),
        ("sector=KESEHATAN", "JKSS", "BLT_KOTA"),
        ("region=13.74.01.1005", "BLT_KOTA", "BHAKTI_SOSIAL-1872"),
        ("region=13", "JKSS", "PANTI_PROV-6300"),
        ("agency=LKKS-1872", "BHAKTI_SOSIAL-1872", "PKH"),
        ("purpose=REGISTRY", "USULAN_DTSEN", "PKH"),
        ("q=keluarga%20harapan", "PKH", "SEMBAKO"),
    ],
)
async def test_the_catalogue_is_filtered(client: AsyncClient, query: str, holds: str, lacks: str) -> None:
    codes = {one["code"] for one in (await client.get(f"/v1/programs?limit=200&{query}")).json()["items"]}
    assert holds in codes
    assert lacks not in codes


async def test_a_programme_tells_its_rule_in_words_and_what_is_to_be_confirmed(client: AsyncClient) -> None:
    english = (await client.get("/v1/programs/PKH", headers={"Accept-Language": "en"})).json()
    assert "Decile 1\u20134 (to be confirmed)" in english["criteria_text"]
    indonesian = (await client.get("/v1/programs/PKH")).json()
    assert "(perlu dikonfirmasi)" in indonesian["criteria_text"]
    desil = next(one for one in english["criteria"] if one["fact"] == "registry.desil")
    assert (desil["trust"], desil["to_be_confirmed"], bool(desil["source"])) == ("Fw", True, True)
    assert set(english["criteria_tree"]) == {"all"}
    assert all({"source", "trust", "to_be_confirmed"} <= set(one) for one in english["components"])
    assert english["ladder"]
    assert english["papers"][0]["label"]["en"]


async def test_every_programme_can_be_read_with_its_versions(client: AsyncClient) -> None:
    listed = (await client.get("/v1/programs?limit=200")).json()["items"]
    for one in listed:
        shown = await client.get(f"/v1/programs/{one['code']}")
        assert shown.status_code == 200, one["code"]
        versions = (await client.get(f"/v1/programs/{one['code']}/versions")).json()["items"]
        assert [(v["n"], v["status"]) for v in versions] == [(1, "published")]
    general = (await client.get("/v1/programs/UMUM.BAZNAS-1374")).json()
    assert (general["implicit"], general["criteria_tree"]) == (True, None)
    for path in ("/v1/programs/NOPE", "/v1/programs/NOPE/versions"):
        assert (await client.get(path)).status_code == 404


async def test_the_finder_ranks_with_reasons_and_keeps_nothing(login: LogIn, house: House) -> None:
    cadre = await login("psm.guguk@1374")
    answer = await cadre.post("/v1/programs/match", MOTHER)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    pkh = next(one for one in found["items"] if one["program"] == "PKH")
    assert (pkh["verdict"], pkh["agency"], pkh["answers_need"]) == ("eligible", "KEMENSOS", True)
    said = {one["fact"]: one for one in pkh["reasons"]}
    assert said["registry.desil"]["verdict"] == "met"
    assert said["registry.desil"]["text"].endswith("(to be confirmed)")
    assert said["household.pregnant"]["verdict"] == "unknown"
    order = ["eligible", "waitlist", "needs_information", "not_eligible", "not_available"]
    ranks = [order.index(one["verdict"]) for one in found["items"]]
    assert ranks == sorted(ranks)
    async with transaction(house.database.sessions) as tx:
        assert await tx.scalar(select(func.count()).select_from(Case)) == 0
        assert await tx.scalar(select(func.count()).select_from(RoutingRecord)) == 0


async def test_the_finder_names_the_regencys_body(login: LogIn) -> None:
    siti = await login("siti@1374")
    found = (await siti.post("/v1/programs/match", {**MOTHER, "region": "13.74"})).json()["items"]
    body = {one["program"]: one["agency"] for one in found}
    assert body["USULAN_DTSEN"] == "DINSOS-1374"
    assert body["BLT_KOTA"] == "DINSOS-1374"


async def test_the_finder_speaks_the_language_asked_for(login: LogIn) -> None:
    siti = await login("siti@1374")
    answer = await siti.post("/v1/programs/match", MOTHER, headers={"Accept-Language": "id"})
    assert answer.json()["items"][0]["verdict_text"] == "memenuhi syarat"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"region": "13"}, "/region"),
        ({"region": "13.99"}, "/region"),
        ({"facts": {"registry.desill": 2}}, "/facts/registry.desill"),
        ({"facts": {"registry.desil": 11}}, "/facts/registry.desil"),
        ({"facts": {"registry.listed": "ya"}}, "/facts/registry.listed"),
        ({"need": {"sector": "NOPE"}}, "/need/sector"),
        ({"need": {"category": "NOPE"}}, "/need/category"),
        ({"papers": ["KTP", "NOPE"]}, "/papers/1"),
        ({"quota": 1}, "/quota"),
    ],
)
async def test_a_wrong_search_names_its_field(login: LogIn, change: dict[str, Any], pointer: str) -> None:
    answer = await (await login("siti@1374")).post("/v1/programs/match", {**MOTHER, **change})
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(("who", "status"), [("siti@1374", 200), ("dinsos@1374", 403), ("auditor@1374", 403)])
async def test_the_finder_is_for_who_meets_residents(login: LogIn, who: str, status: int) -> None:
    assert (await (await login(who)).post("/v1/programs/match", MOTHER)).status_code == status


async def test_an_agency_says_that_its_programme_is_full(login: LogIn, house: House) -> None:
    dinsos = await login("dinsos@1374")
    answer = await dinsos.put("/v1/programs/BLT_KOTA/availability", {"state": "full", "until": "2099-12-31"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["region"], answer.json()["state"]) == ("13.74", "full")
    shown = (await dinsos.get("/v1/programs/BLT_KOTA")).json()["availability"]
    assert [(one["region"], one["state"], one["until"]) for one in shown] == [("13.74", "full", "2099-12-31")]
    known = await house.knowledge._read(None)  # noqa: SLF001  # without waiting for the second to pass
    assert known.availability("13.74")["BLT_KOTA"].until == date(2099, 12, 31)
    assert "BLT_KOTA" not in known.availability("13.71")
    async with transaction(house.database.sessions) as tx:
        statement = select(Event.data).where(Event.type == "program.availability_set")
        data = (await tx.scalars(statement)).all()
    assert [(one["program"], one["availability"]) for one in data] == [("BLT_KOTA", "full")]


async def test_a_secretariat_speaks_for_a_ministry_in_its_own_regency_only(
    login: LogIn, house: House
) -> None:
    secretariat = await login("sekretariat@1371")
    answer = await secretariat.put("/v1/programs/PENA/availability", {"state": "paused"})
    assert (answer.status_code, answer.json()["region"]) == (200, "13.71")
    known = await house.knowledge._read(None)  # noqa: SLF001  # without waiting for the second to pass
    assert known.availability("13.71")["PENA"].state == "paused"
    assert "PENA" not in known.availability("13.74")


@pytest.mark.parametrize(
    ("who", "program", "body", "status"),
    [
        ("siti@1374", "BLT_KOTA", {"state": "full"}, 403),
        ("dinsos@1371", "BLT_KOTA", {"state": "full"}, 403),
        ("sekretariat@1374", "BLT_KOTA", {"state": "full"}, 403),
        ("dinsos@1374", "PKH", {"state": "full"}, 403),
        ("dinsos@1374", "NOPE", {"state": "full"}, 404),
        ("dinsos@1374", "BLT_KOTA", {"state": "gone"}, 422),
        ("dinsos@1374", "BLT_KOTA", {"state": "full", "until": "2020-01-01"}, 422),
        ("dinsos@1374", "USULAN_DTSEN", {"state": "open"}, 200),
        ("jkss@1300", "JKSS", {"state": "open"}, 200),
    ],
)
async def test_availability_is_said_by_the_right_body(
    login: LogIn, who: str, program: str, body: dict[str, Any], status: int
) -> None:
    answer = await (await login(who)).put(f"/v1/programs/{program}/availability", body)
    assert answer.status_code == status, answer.text
