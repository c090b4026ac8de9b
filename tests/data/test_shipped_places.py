"""The five places keep the numbers they were given, and everything in them resolves."""

from collections import Counter
from typing import Any

import pytest

Rows = dict[str, dict[str, Any]]

CADRES = {
    "13.74": {"PSM": 92, "TAGANA": 24, "TKSK": 2, "KARTAR": 19, "PKH": 7},
    "13.71": {"PSM": 312, "TKSK": 11},
    "13.08": {"PKH": 45, "TKSK": 11, "TAGANA": 33},
    "63.03": {},
    "18.72": {},
}
DEPTH = {"regency": 1, "kecamatan": 2, "village": 3}


@pytest.mark.parametrize("region", CADRES)
def test_cadres_are_counted_as_given(
    places: Rows, regions: dict[str, str], codes: dict[str, Rows], region: str
) -> None:
    totals: Counter[str] = Counter()
    for rule in places[region]["cadres"]:
        totals[rule["pillar"]] += rule["count"]
        assert rule["pillar"] in codes["psks_pillar"]
        if rule["each"]:
            areas = sum(
                code.startswith(region) and code.count(".") == DEPTH[rule["area"]] for code in regions
            )
            assert rule["each"] * areas == rule["count"], rule
    assert totals == CADRES[region]


def test_padang_panjang_keeps_its_numbers(places: Rows) -> None:
    place = places["13.74"]
    assert place["kartar_units"] == {"kelurahan": 16, "kecamatan": 2, "kota": 1}
    units = {rule["area"]: rule["count"] for rule in place["cadres"] if rule["pillar"] == "KARTAR"}
    assert units == {"village": 16, "kecamatan": 2, "regency": 1}
    assert place["poverty_target"] == {"points_per_year": 0.5, "households_per_year": 300}
    blt = place["programs"][0]
    assert (blt["code"], blt["total_idr"]) == ("BLT_KOTA", 900_000)
    assert [one["amount_idr"] for one in blt["instalments"]] == [300_000] * 3
    assert [one["month"] for one in blt["instalments"]] == ["2020-10", "2020-11", "2020-12"]


def test_the_other_places_keep_their_numbers(places: Rows) -> None:
    padang, banjar, metro = places["13.71"], places["63.03"], places["18.72"]
    assert (padang["villages_with_psm"], padang["psm_per_village"]) == (104, 3)
    assert banjar["registry_refreshes_per_year"] == 2
    assert banjar["provider_levels"] == ["PUSAT", "PROVINSI", "KAB_KOTA", "DESA", "SWASTA_CSR"]
    campaign = metro["campaign"]
    assert (campaign["recipients"], campaign["districts"], campaign["held_yearly_since"]) == (500, 5, 2014)
    assert campaign["components"] == {"PD": 150, "LUT": 150, "FM": 200}


def test_the_campaign_of_2019_is_an_allotment_of_its_exact_size(places: Rows) -> None:
    given = {
        one["component"]: (one["quota"], one["taken"])
        for one in places["18.72"]["allotments"]
        if (one["program"], one["period"], one["invented"]) == ("BHAKTI_SOSIAL-1872", "2019", False)
    }
    assert given == {"PD": (150, 150), "LUT": (150, 150), "FM": (200, 200)}


def test_programmes_named_by_the_places_exist(places: Rows, programs: Rows) -> None:
    for place in places.values():
        for named in place.get("programs", []):
            assert programs[named["code"]]["level"] == named["level"]
        for one in place["allotments"]:
            parts = {part["code"] for part in programs[one["program"]]["version"]["benefit"]["components"]}
            assert one["component"] in {"*", *parts}, one
            assert 0 <= one["taken"] <= one["quota"], one


@pytest.mark.parametrize("region", CADRES)
def test_desks_stand_in_real_villages(
    places: Rows, regions: dict[str, str], codes: dict[str, Rows], region: str
) -> None:
    place = places[region]
    logins = {account["login"] for account in place["accounts"]}
    assert len({desk["village"] for desk in place["desks"]}) >= 3
    for desk in place["desks"]:
        assert desk["village"].startswith(f"{region}.")
        assert desk["village"].count(".") == 3
        assert desk["name"] == f"Puskesos {regions[desk['village']]}"
        assert desk["budget"]["paid_from"] in codes["budget_source"]
        assert desk["budget"]["idr_per_year"] > 0
        assert desk["founding_rule"]["invented"] is True
        for officer in desk["officers"]:
            assert officer["login"] in logins
            assert set(officer["duties"]) <= codes["desk_duty"].keys()
    assert place["settings"]["inspectorate_contact"]["login"] in logins
    assert place["name"] == regions[region]


def test_every_grant_names_a_role_and_a_place_or_agency(
    places: Rows, above: list[dict[str, Any]], regions: dict[str, str], codes: dict[str, Rows], agencies: Rows
) -> None:
    for tenant in [*places.values(), *above]:
        logins = [account["login"] for account in tenant["accounts"]]
        assert len(logins) == len(set(logins)), tenant["region"]
        for account in tenant["accounts"]:
            for grant in account["grants"]:
                assert grant["role"] in codes["role"], account
                assert (grant["region"] is None) != (grant["agency"] is None), account
                assert grant["region"] in {None, "ID", *regions}, account
                assert grant["agency"] in {None, *agencies}, account
        for client in tenant["clients"]:
            assert client["agency"] in {None, *agencies}, client
            assert client["first_party"] == (client["agency"] is None), client


def test_each_regency_can_climb_its_escalation_ladder(places: Rows) -> None:
    wanted = {"desk_officer", "desk_coordinator", "supervisor", "secretariat_officer", "manager", "head"}
    wanted |= {"regency_admin", "auditor", "agency_officer", "approver"}
    for region, place in places.items():
        roles = {grant["role"] for account in place["accounts"] for grant in account["grants"]}
        assert wanted <= roles, region
