"""What everybody may look up; and each figure of the five places, read back."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.domain.codes import CaseKind, Priority
from app.domain.events import EVENTS
from app.domain.facts import FACTS
from app.domain.regions import search_name
from tests.conftest import LogIn


async def get(client: AsyncClient, path: str) -> Any:
    answer = await client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def walk(client: AsyncClient, path: str) -> list[Any]:
    """Read all pages by their Link header's cursor."""
    items: list[Any] = []
    page = await get(client, path)
    while True:
        items += page["items"]
        if page["next"] is None:
            return items
        page = await get(client, f"{path.partition('?')[0]}?limit=100&cursor={page['next']}")


async def test_regions_are_listed_by_parent_counted_and_paged(client: AsyncClient) -> None:
    provinces = await get(client, "/v1/regions?parent=ID&count=true&limit=5")
    assert (provinces["count"], len(provinces["items"])) == (38, 5)
    assert len(await walk(client, "/v1/regions?parent=ID&limit=100")) == 38
    found = await walk(client, "/v1/regions?within=13.71&limit=100")
    codes = [one["code"] for one in found]
    assert len(codes) == len(set(codes)) == 11 + 104
    assert codes == sorted(codes)
    assert {one["level"] for one in found} == {"district", "village"}


async def test_a_region_is_found_by_how_its_name_begins(client: AsyncClient) -> None:
    found = await walk(client, "/v1/regions?q=KOTA%20padang&within=13&limit=3")
    assert ("13.74", "Kota Padang Panjang") in {(one["code"], one["name"]) for one in found}
    names = [search_name(one["name"]) for one in found]
    assert all(name.startswith("padang") for name in names)
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("code", "kind", "below"),
    [
        ("13", None, (19, 179, 1265)),
        ("13.71", "kota", (0, 11, 104)),
        ("13.74", "kota", (0, 2, 16)),
        ("18.72", "kota", (0, 5, 22)),
        ("13.08", "kabupaten", None),
        ("13.74.01.1005", "kelurahan", (0, 0, 0)),
        ("63.03.01.2001", "desa", (0, 0, 0)),
    ],
)
async def test_a_region_tells_its_kind_and_what_lies_in_it(
    client: AsyncClient, code: str, kind: str | None, below: tuple[int, int, int] | None
) -> None:
    shown = await get(client, f"/v1/regions/{code}")
    assert shown["kind"] == kind
    assert [one["code"] for one in shown["parents"]] == [code[:end] for end in (2, 5, 8) if end < len(code)]
    if below is not None:
        assert tuple(shown["below"].values()) == below


async def test_every_figure_of_padang_panjang(client: AsyncClient) -> None:
    shown = await get(client, "/v1/regions/13.74")
    profile = shown["profile"]
    figures = profile["figures"]
    assert (shown["name"], figures["as_of"]) == ("Kota Padang Panjang", "2020-10-22")
    assert profile["cadres"] == {"PSM": 92, "TAGANA": 24, "TKSK": 2, "KARTAR": 19, "PKH": 7}
    units = {
        one["area_level"]: one["count"] for one in profile["cadres_by_area"] if one["pillar"] == "KARTAR"
    }
    assert units == {"village": 16, "district": 2, "regency": 1}
    assert figures["kartar_units"] == {"kelurahan": 16, "kecamatan": 2, "kota": 1}
    assert figures["poverty_target"] == {"points_per_year": 0.5, "households_per_year": 300}
    named = {one["code"]: one for one in figures["programs"]}
    assert set(named) == {"BLT_KOTA", "SEMBAKO_LANSIA", "SEMBAKO_DISABILITAS", "BAZNAS_KOTA"}
    assert named["SEMBAKO_LANSIA"]["target"] == "LUT"
    assert named["SEMBAKO_DISABILITAS"]["target"] == "PD"
    assert named["BLT_KOTA"]["split_is_assumed"] is True
    blt = await get(client, "/v1/programs/BLT_KOTA")
    amounts = [(one["amount_idr"], one["instalments"]) for one in blt["components"]]
    assert sum(amount * times for amount, times in amounts) == named["BLT_KOTA"]["total_idr"] == 900_000
    assert [one["amount_idr"] for one in named["BLT_KOTA"]["instalments"]] == [300_000] * 3
    assert (blt["level"], (await get(client, "/v1/programs/BAZNAS_KOTA"))["level"]) == (
        "KAB_KOTA",
        "SWASTA_CSR",
    )


async def test_every_figure_of_padang(client: AsyncClient) -> None:
    profile = (await get(client, "/v1/regions/13.71"))["profile"]
    assert profile["cadres"] == {"PSM": 312, "TKSK": 11}
    psm = next(one for one in profile["cadres_by_area"] if one["pillar"] == "PSM")
    assert psm == {"pillar": "PSM", "area_level": "village", "count": 312, "areas": 104}
    assert profile["figures"]["villages_with_psm"] == 104
    assert profile["figures"]["psm_per_village"] == 3
    assert profile["figures"]["as_of"] == "2024-11-19"
    jkss = await get(client, "/v1/programs/JKSS")
    owner = await get(client, f"/v1/agencies/{jkss['agency']}")
    assert (jkss["level"], owner["region"]) == ("PROVINSI", "13")
    assert (await get(client, "/v1/programs/PENA"))["level"] == "PUSAT"


async def test_every_figure_of_pasaman_and_banjar(client: AsyncClient) -> None:
    pasaman = (await get(client, "/v1/regions/13.08"))["profile"]
    assert pasaman["cadres"] == {"PKH": 45, "TKSK": 11, "TAGANA": 33}
    assert pasaman["figures"]["as_of"] == "2024-09-12"
    assert [one["code"] for one in pasaman["figures"]["programs"]] == ["PKH"]
    banjar = (await get(client, "/v1/regions/63.03"))["profile"]
    assert banjar["figures"]["registry_refreshes_per_year"] == 2
    levels = banjar["figures"]["provider_levels"]
    assert set(levels) == {"PUSAT", "PROVINSI", "KAB_KOTA", "DESA", "SWASTA_CSR"}
    listed = await walk(client, "/v1/programs?region=63.03&limit=100")
    assert {one["level"] for one in listed} == set(levels)


async def test_every_figure_of_metro(client: AsyncClient) -> None:
    shown = await get(client, "/v1/regions/18.72")
    assert shown["profile"]["figures"]["campaign"] == {
        "name": "Bhakti Sosial LKKS 2019",
        "organiser": "LKKS Kota Metro",
        "held_yearly_since": 2014,
        "funding": "DPA",
        "districts": 5,
        "recipients": 500,
        "components": {"PD": 150, "LUT": 150, "FM": 200},
    }
    assert shown["below"]["districts"] == 5


async def test_a_profile_names_no_log_in(client: AsyncClient) -> None:
    answer = await client.get("/v1/regions/13.74")
    assert "login" not in answer.text


async def test_all_code_sets_have_both_labels(client: AsyncClient) -> None:
    sets = {one["set"]: one for one in (await get(client, "/v1/codes"))["items"]}
    assert len(sets["ppks"]["codes"]) == 26
    for one in sets.values():
        for code in one["codes"]:
            assert code["label"]["id"], (one["set"], code["code"])
            assert code["label"]["en"], (one["set"], code["code"])
    for name, values in (
        ("case_kind", CaseKind),
        ("priority", Priority),
        ("fact", FACTS),
        ("event_type", EVENTS),
    ):
        assert {code["code"] for code in sets[name]["codes"]} == {str(value) for value in values}
    only = await get(client, "/v1/codes?set=sector")
    assert [one["set"] for one in only["items"]] == ["sector"]


async def test_agencies_are_filtered_by_whom_they_serve(client: AsyncClient) -> None:
    found = {one["code"] for one in await walk(client, "/v1/agencies?region=13.74.01.1005&limit=100")}
    assert {"DINSOS-1374", "KEMENSOS", "DINKES_PROV-1300"} <= found
    assert not {code for code in found if code.endswith(("-1371", "-6300"))}
    shown = await get(client, "/v1/agencies/DINSOS-1374")
    assert shown["general_program"] == "UMUM.DINSOS-1374"
    assert (await client.get("/v1/agencies/NOPE")).status_code == 404


async def test_cadres_need_a_log_in_and_are_counted(login: LogIn, client: AsyncClient) -> None:
    assert (await client.get("/v1/cadres")).status_code == 401
    siti = await login("siti@1374")
    own = (await siti.get("/v1/cadres", count="true", limit=1)).json()
    assert own["count"] == 92 + 24 + 2 + 19 + 7
    psm = (await siti.get("/v1/cadres", pillar="PSM", region="13.71", count="true")).json()
    assert psm["count"] == 312
    here = (await siti.get("/v1/cadres", pillar="PSM", region="13.71.01.1001", count="true")).json()
    assert (here["count"], {one["area"]["code"] for one in here["items"]}) == (3, {"13.71.01.1001"})
    district = (await siti.get("/v1/cadres", pillar="PSM", region="13.71.01", count="true")).json()
    assert district["count"] == 3 * (await get(client, "/v1/regions/13.71.01"))["below"]["villages"]
    province = (await siti.get("/v1/cadres", pillar="TAGANA", region="13", count="true")).json()
    assert province["count"] == 24 + 33


async def test_policies_show_the_regency_before_the_nation(login: LogIn) -> None:
    siti = await login("siti@1374")
    padang = (await siti.get("/v1/policies", region="13.71")).json()
    rules = {one["name"]: one for one in padang["values"]}
    assert rules["auto_next"]["region"] == "13.71"
    assert rules["duplicate_window_days"]["value"] == 30
    assert rules["duplicate_window_days"]["to_be_confirmed"] is True
    first = {(one["step"], one["priority"]): one for one in padang["clocks"] if one["kind"] is None}
    assert (first["verification", None]["amount"], first["verification", None]["unit"]) == (3, "working_days")
    assert (first["first_response", "DARURAT"]["amount"], first["first_response", "DARURAT"]["unit"]) == (
        2,
        "hours",
    )


async def test_calendars_name_their_holidays_and_zone(client: AsyncClient) -> None:
    banjar = await get(client, "/v1/calendars?region=63.03.01&year=2026")
    assert (banjar["region"], banjar["zone"]) == ("63.03", "WITA")
    assert [one["weekday"] for one in banjar["hours"]] == [1, 2, 3, 4, 5]
    assert banjar["hours"][0] == {"weekday": 1, "opens": "08:00", "closes": "16:00"}
    days = {one["date"]: one["kind"] for one in banjar["holidays"]}
    assert (days["2026-03-20"], days["2026-08-17"]) == ("cuti_bersama", "public")


@pytest.mark.parametrize(
    ("path", "status", "pointer"),
    [
        ("/v1/regions/99", 404, None),
        ("/v1/regions/13.74.01.9999", 404, None),
        ("/v1/regions?parent=99", 400, "/query/parent"),
        ("/v1/regions?within=13.99", 400, "/query/within"),
        ("/v1/regions?within=x", 400, "/query/within"),
        ("/v1/regions?q=%20%2D", 400, "/query/q"),
        ("/v1/regions?q=%00aa", 400, "/query/q"),
        ("/v1/regions?level=1", 400, "/query/level"),
        ("/v1/codes?set=nope", 400, "/query/set"),
        ("/v1/agencies?level=NOPE", 400, "/query/level"),
        ("/v1/agencies?region=99", 400, "/query/region"),
        ("/v1/calendars?region=99", 400, "/query/region"),
        ("/v1/calendars?year=1", 400, "/query/year"),
        ("/v1/programs?region=99", 400, "/query/region"),
    ],
)
async def test_a_wrong_question_is_refused(
    client: AsyncClient, path: str, status: int, pointer: str | None
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    if pointer:
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
