"""The catalogue in the shape of HSDS 3.0: valid, complete, the same for ever, in caches, about nobody."""

import re
from typing import Any

import pytest
from httpx import AsyncClient, Response

from app.domain.hsds import id_of
from tests.conftest import LogIn
from tests.support import hsds

HERE = str(id_of("service", "BLT_KOTA", "DINSOS-1374"))


async def walk(client: AsyncClient, path: str, **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number, last = 1, False
    while not last:
        page = (await client.get(path, params={"page": str(number), "per_page": "37", **more})).json()
        assert (page["page_number"], page["size"]) == (number, len(page["contents"]))
        assert page["first_page"] is (number == 1)
        found += page["contents"]
        number, last = number + 1, page["last_page"]
    assert len(found) == page["total_items"]
    assert number - 1 == page["total_pages"]
    return found


@pytest.mark.parametrize(
    ("path", "name", "more"),
    [
        ("/hsds/services", "service", {}),
        ("/hsds/services", "service", {"full": "true"}),
        ("/hsds/organizations", "organization", {}),
        ("/hsds/organizations", "organization", {"full": "true"}),
    ],
)
async def test_every_service_and_body_is_what_the_specification_asks(
    client: AsyncClient, path: str, name: str, more: dict[str, str]
) -> None:
    found = await walk(client, path, **more)
    assert len(found) > 60
    assert len({one["id"] for one in found}) == len(found)
    for one in found:
        hsds.ours(name).validate(one)


@pytest.mark.skipif(hsds.schema_folder() is None, reason="no published HSDS schemas on this machine")
@pytest.mark.parametrize(
    ("path", "flat", "whole"),
    [
        ("/hsds/services", "service_list", "service"),
        ("/hsds/organizations", "organization_list", "organization"),
    ],
)
async def test_every_service_and_body_validates_against_the_published_schemas(
    client: AsyncClient, path: str, flat: str, whole: str
) -> None:
    for one in await walk(client, path):
        hsds.published(flat).validate(one)
    for one in await walk(client, path, full="true"):
        hsds.published(whole).validate(one)
    (first, *_) = await walk(client, path)
    hsds.published(whole).validate((await client.get(f"{path}/{first['id']}")).json())


async def test_a_service_says_who_may_have_it_with_which_papers_and_where(client: AsyncClient) -> None:
    shown = (await client.get(f"/hsds/services/{HERE}", headers={"Accept-Language": "en"})).json()
    hsds.ours("service").validate(shown)
    assert shown["organization"]["id"] == str(id_of("organization", "DINSOS-1374"))
    assert shown["program"]["id"] == str(id_of("program", "BLT_KOTA"))
    assert "Decile 1\u20134" in shown["eligibility_description"]
    assert [one["extent"] for one in shown["service_areas"]] == ["13.74"]
    assert shown["required_documents"]
    assert {one["link_type"] for one in shown["attributes"]} == {"sector", "case_category"}
    body = (await client.get(f"/hsds/organizations/{shown['organization_id']}")).json()
    hsds.ours("organization").validate(body)
    assert shown["program_id"] in {one["id"] for one in body["programs"]}
    assert body["organization_identifiers"][0]["identifier"] == "DINSOS-1374"
    # A programme that every regency's body runs is a service of each, in that body's own region.
    of_all = [one for one in await walk(client, "/hsds/services", full="true") if
              one["program_id"] == str(id_of("program", "USULAN_DTSEN"))]  # fmt: skip
    assert len(of_all) >= 5
    assert all(len(one["service_areas"]) == 1 for one in of_all)


async def test_the_ages_are_those_that_nobody_gets_around(client: AsyncClient) -> None:
    ages = {
        (one["program_id"], one.get("minimum_age"), one.get("maximum_age"))
        for one in await walk(client, "/hsds/services")
    }
    assert (str(id_of("program", "SEMBAKO_LANSIA")), 60, None) in ages
    assert (str(id_of("program", "PENA")), 18, 59) in ages
    # PKH takes families with a child or somebody old: age is one way of several.
    assert (str(id_of("program", "PKH")), None, None) in ages


async def test_ids_are_the_same_for_ever(client: AsyncClient) -> None:
    """Others keep them: this one was given out first."""
    assert HERE == "420d989f-90f6-5469-88bd-55728a74f2e0"
    assert (await client.get(f"/hsds/services/{HERE}")).status_code == 200


async def test_services_are_found_by_words_body_and_need(client: AsyncClient) -> None:
    by_words = await walk(client, "/hsds/services", search="lansia sembako")
    assert by_words
    assert all("ansia" in str(one) for one in by_words)
    body = str(id_of("organization", "BAZNAS-1374"))
    of_body = await walk(client, "/hsds/services", organization_id=body)
    assert {one["organization_id"] for one in of_body} == {body}
    term = str(id_of("taxonomy_term", "sector", "KESEHATAN"))
    healthy = await walk(client, "/hsds/services", taxonomy_term_id=term, full="true")
    assert healthy
    for one in healthy:
        assert term in {attribute["taxonomy_term_id"] for attribute in one["attributes"]}
    nobody = (await client.get("/hsds/services", params={"search": "tidakadaprogramini"})).json()
    assert (nobody["empty"], nobody["total_pages"], nobody["contents"]) == (True, 1, [])
    bodies = await walk(client, "/hsds/organizations", search="dinas sosial padang panjang")
    assert [one["id"] for one in bodies] == [str(id_of("organization", "DINSOS-1374"))]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hsds/services?page=99999", 404),
        ("/hsds/organizations?page=4&per_page=200", 404),
        ("/hsds/services?page=0", 400),
        ("/hsds/services?page=-1", 400),
        ("/hsds/services?page=satu", 400),
        ("/hsds/services?page=9999999999999999999999", 400),
        ("/hsds/services?per_page=0", 400),
        ("/hsds/services?per_page=100000", 400),
        ("/hsds/services?organization_id=x", 400),
        ("/hsds/services?full=mungkin", 400),
        ("/hsds/services?proximity=5", 400),
        ("/hsds/services/x", 404),
        (f"/hsds/services/{id_of('service', 'NOPE')}", 404),
        ("/hsds/organizations/x", 404),
        (f"/hsds/organizations/{id_of('organization', 'NOPE')}", 404),
    ],
)
async def test_a_page_or_thing_that_is_not_there_is_told(client: AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if path.endswith("page=99999"):
        assert answer.json()["data"]["total_pages"] >= 1


async def test_the_root_says_which_version_it_is(client: AsyncClient) -> None:
    told = (await client.get("/hsds")).json()
    assert told["version"] == "3.0"
    assert told["profile"].startswith("https://")
    assert told["openapi_url"] == "http://puskesos.test/openapi.json"


@pytest.mark.parametrize(
    "path",
    [
        "/hsds",
        "/hsds/services?per_page=3",
        f"/hsds/services/{HERE}",
        "/hsds/organizations",
        "/v1/programs?region=13.74",
        "/v1/programs/BLT_KOTA",
    ],
)
async def test_what_was_kept_is_not_sent_again(client: AsyncClient, path: str, login: LogIn) -> None:
    first = await client.get(path)
    tag = first.headers["ETag"]
    assert "public" in first.headers["Cache-Control"]
    assert "Accept-Language" in first.headers["Vary"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    for other in ('"other"', "", "W/", "\u00e9"):
        assert (await client.get(path, headers={"If-None-Match": other.encode("latin-1")})).is_success
    english = await client.get(path, headers={"If-None-Match": tag, "Accept-Language": "en"})
    assert english.status_code == 200
    # What its agency says changes the answer, and so the tag.
    dinsos = await login("dinsos@1374")
    assert (await dinsos.put("/v1/programs/BLT_KOTA/availability", {"state": "open"})).is_success
    assert await _changed(client, path, tag)


async def _changed(client: AsyncClient, path: str, tag: str) -> Response | None:
    house = client._transport.app.state.house  # type: ignore[attr-defined]  # noqa: SLF001  # the test's own
    house.knowledge._looked_at = None  # noqa: SLF001  # a second has passed
    answer = await client.get(path, headers={"If-None-Match": tag})
    return answer if answer.status_code == 200 else None


async def test_a_paused_programme_is_closed_for_now(client: AsyncClient, login: LogIn) -> None:
    dinsos = await login("dinsos@1374")
    path = f"/hsds/services/{HERE}"
    for state, wanted in (("paused", "temporarily closed"), ("open", "active")):
        said = await dinsos.put("/v1/programs/BLT_KOTA/availability", {"state": state})
        assert said.is_success, said.text
        shown = await _changed(client, path, '"none"')
        assert shown is not None
        assert shown.json()["status"] == wanted


async def test_there_is_nobody_in_it(client: AsyncClient) -> None:
    everything = str(await walk(client, "/hsds/services", full="true"))
    everything += str(await walk(client, "/hsds/organizations", full="true"))
    assert not re.search(r"\b[0-9]{16}\b", everything)
    assert "@" not in everything
