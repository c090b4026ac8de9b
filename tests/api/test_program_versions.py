"""Rules of programmes: drafted, checked, published by another person, retired, never edited."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from tests.conftest import LogIn
from tests.support.http import Person
from tests.support.rules import AGES, DESIL, NAME, a_program, draft, in_days, published, rules, step, stepped

pytestmark = pytest.mark.commits


@pytest.fixture
async def maker(login: LogIn) -> Person:
    return await login("manajer@1374")


@pytest.fixture
async def checker(login: LogIn) -> Person:
    return await login("kadis@1374")


@pytest.fixture
async def agency(login: LogIn) -> Person:
    return await login("dinsos@1374")


async def _known(house: House) -> None:
    """Let a second pass for what the process knows."""
    house.knowledge._looked_at = None  # noqa: SLF001  # the second that passes


async def test_a_new_programme_is_its_bodys_secret_until_it_is_published(
    agency: Person, checker: Person, client: AsyncClient, house: House, login: LogIn
) -> None:
    answer = await agency.post("/v1/programs", a_program("AIR_BERSIH-1374"))
    assert answer.status_code == 201, answer.text
    shown = {**answer.json(), "etag": answer.headers["ETag"]}
    place = answer.headers["Location"]
    assert (shown["status"]["code"], shown["n"], shown["name"], shown["faults"]) == ("draft", 1, NAME, [])
    assert shown["criteria_text"] == {"id": "Desil 1\u20134", "en": "Decile 1\u20134"}
    assert len(shown["digest"]) == 64
    siti = await login("siti@1374")
    assert (await siti.get(place)).status_code == 404
    assert (await siti.post("/v1/programs/AIR_BERSIH-1374/versions", {"version": rules()})).status_code == 404
    assert (await client.get("/v1/programs/AIR_BERSIH-1374")).status_code == 404
    await stepped(agency, shown, "check")
    await stepped(checker, shown, "publish")
    assert shown["published_by"] != shown["makers"][0]
    await _known(house)
    assert (await siti.get(place)).status_code == 200
    found = (await client.get("/v1/programs/AIR_BERSIH-1374")).json()
    assert (found["version"], found["agency"]) == (1, "DINSOS-1374")


async def test_a_new_version_takes_its_place_from_its_first_day(
    maker: Person, checker: Person, client: AsyncClient, house: House
) -> None:
    code = "SEMBAKO_LANSIA"
    first = await published(maker, checker, code, valid_from=in_days(0), criteria={"all": [AGES]})
    await _known(house)
    assert (await client.get(f"/v1/programs/{code}")).json()["version"] == first["n"]
    later = await published(maker, checker, code, valid_from=in_days(30), criteria={"all": [DESIL]})
    await _known(house)
    assert (await client.get(f"/v1/programs/{code}")).json()["version"] == first["n"], "not yet in force"
    old = (await maker.get(f"/v1/programs/{code}/versions/{first['n']}")).json()
    assert old["last_on"] == in_days(29)
    assert (old["document"], old["digest"]) == (first["document"], first["digest"]), "never edited"
    listed = (await client.get(f"/v1/programs/{code}/versions")).json()["items"]
    assert [(one["n"], one["status"]) for one in listed][:2] == [
        (later["n"], "published"), (first["n"], "published"),
    ]  # fmt: skip


async def test_who_wrote_it_may_not_publish_it(maker: Person, checker: Person, agency: Person) -> None:
    shown = await draft(agency, "SEMBAKO_DISABILITAS")
    etag = shown["etag"]
    path = f"/v1/programs/{shown['program']}/versions/{shown['n']}"
    edited = await maker.put(path, {"version": rules({"all": [AGES]})}, etag=etag)
    assert edited.status_code == 200, edited.text
    shown |= {**edited.json(), "etag": edited.headers["ETag"]}
    assert len(shown["makers"]) == 2
    await stepped(checker, shown, "check")
    for writer in (agency, maker):
        refused = await step(writer, shown, "publish")
        assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
        seen = (await writer.get(path)).json()["allowed_actions"]
        assert "publish" not in [one["code"] for one in seen]
    await stepped(checker, shown, "publish")


async def test_what_is_published_is_never_edited(maker: Person, checker: Person) -> None:
    shown = await published(maker, checker, "UEP-1374")
    path = f"/v1/programs/UEP-1374/versions/{shown['n']}"
    edited = await maker.put(path, {"version": rules()}, etag=shown["etag"])
    assert (edited.status_code, edited.json()["code"]) == (409, "version_published")
    tried = await maker.post(f"{path}/try", {"from": in_days(-30), "to": in_days(0)})
    assert (tried.status_code, tried.json()["code"]) == (409, "version_published")
    for action in ("check", "withdraw"):
        assert (await step(maker, shown, action)).status_code == 409
    assert (await step(checker, shown, "publish")).json()["code"] == "version_published"


async def test_two_publish_at_once_and_one_does(maker: Person, checker: Person, login: LogIn) -> None:
    second = await login("dinsos@1374")
    one, other = await draft(maker, "SANTUNAN_KEMATIAN-1374"), await draft(maker, "SANTUNAN_KEMATIAN-1374")
    await stepped(maker, one, "check")
    await stepped(maker, other, "check")
    same = await asyncio.gather(*(step(who, dict(one), "publish") for who in (checker, second, checker)))
    assert sorted(answer.status_code for answer in same) == [200, 412, 412]
    # The other begins on the same day, and would silently push the first aside.
    late = await step(checker, other, "publish")
    assert late.status_code == 422
    assert [one["code"] for one in late.json()["errors"]] == ["overlaps"]


async def test_two_versions_published_at_the_same_instant_do_not_overlap(
    maker: Person, checker: Person, login: LogIn
) -> None:
    second = await login("dinsos@1374")
    code = "PBI_APBD-1374"
    drafts = [await draft(maker, "BLT_KOTA", valid_from=in_days(40)) for _ in range(2)]
    assert code
    for one in drafts:
        await stepped(maker, one, "check")
    answers = await asyncio.gather(step(checker, drafts[0], "publish"), step(second, drafts[1], "publish"))
    assert sorted(one.status_code for one in answers) == [200, 422]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"valid_from": "2020-01-01"}, "/version/valid_from", "in_the_past"),
        ({"valid_to": "2020-01-01"}, "/version/valid_to", "range"),
        ({"coverage": ["13.71"]}, "/version/coverage/0", "outside"),
        ({"coverage": ["13.74", "13.74.77"]}, "/version/coverage/1", "unknown_region"),
        ({"sectors": ["LANGIT"]}, "/version/sectors/0", "unknown_code"),
        ({"sectors": ["PANGAN", "PANGAN"]}, "/version/sectors/1", "twice"),
        ({"categories": ["X"]}, "/version/categories/0", "unknown_code"),
        ({"papers": [{"code": "X", "required": True}]}, "/version/papers/0/code", "unknown_code"),
        ({"complements": ["TIDAK_ADA"]}, "/version/complements/0", "unknown_program"),
        ({"complements": ["BLT_KOTA"]}, "/version/complements/0", "itself"),
        (
            {"exclusions": [{"program": "X", "effect": "exclude", "source": "s", "trust": "F"}]},
            "/version/exclusions/0/program",
            "unknown_program",
        ),
        (
            {"ladder": [{"rung": "X", "label": NAME, "agency": "Y"}]},
            "/version/ladder/0/agency",
            "unknown_agency",
        ),
        ({"criteria": {"all": []}}, "/version/criteria/all", "empty"),
        (
            {"criteria": {"all": [AGES, {**AGES, "op": "le", "value": 17}]}},
            "/version/criteria/all/1",
            "contradiction",
        ),
        (
            {"criteria": {**AGES, "fact": "person.ppks", "op": "has", "value": "X"}},
            "/version/criteria/value",
            "unknown_code",
        ),
        (
            {"criteria": {**AGES, "fact": "ledger.active_programs", "op": "has", "value": "X"}},
            "/version/criteria/value",
            "unknown_code",
        ),
        (
            {"period": {"opens_on": "2026-02-01", "closes_on": "2026-01-01"}},
            "/version/period/closes_on",
            "range",
        ),
    ],
)
async def test_a_draft_may_wait_for_what_is_wrong_but_is_not_handed_in(
    maker: Person, change: dict[str, Any], pointer: str, code: str
) -> None:
    shown = await draft(maker, "BLT_KOTA", **change)
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in shown["faults"]}
    refused = await step(maker, shown, "check")
    assert refused.status_code == 422
    assert refused.json()["code"] == "unsound_rules"
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in refused.json()["errors"]}
    await stepped(maker, shown, "withdraw")


@pytest.mark.parametrize(
    ("criteria", "pointer", "words"),
    [
        ({"all": [{**AGES, "fact": "person.umur"}]}, "/version/criteria/all/0/fact", "No such fact"),
        ({"all": [{**AGES, "op": "has"}]}, "/version/criteria/all/0/op", "\u201cAge\u201d"),
        ({"any": [{**AGES, "op": "between", "value": [70, 60]}]}, "/version/criteria/any/0/value",
         "\u201cAge\u201d"),
        ({"any": []}, "/version/criteria/any", "empty"),
        ({}, "/version/criteria/fact", "required"),
        ([], "/version/criteria", "object"),
    ],
)  # fmt: skip
async def test_rules_that_cannot_be_read_are_refused_at_once_by_criterion(
    maker: Person, criteria: Any, pointer: str, words: str
) -> None:
    answer = await maker.post("/v1/programs/BLT_KOTA/versions", {"version": rules(criteria)})
    assert answer.status_code == 422, answer.text
    said = {one["pointer"]: one["detail"] for one in answer.json()["errors"]}
    assert pointer in said
    assert words.casefold() in said[pointer].casefold()


async def test_the_body_code_and_level_of_a_programme_are_no_matter_of_a_version(maker: Person) -> None:
    sent = {"agency": "BAZNAS-1374", "level": "PUSAT", "code": "PKH", "version": rules()}
    answer = await maker.post("/v1/programs/BLT_KOTA/versions", sent)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/agency", "/level", "/code"}


async def test_a_code_is_taken_once(maker: Person, agency: Person) -> None:
    body = a_program("DUA_KALI-1374")
    answers = await asyncio.gather(*(who.post("/v1/programs", body) for who in (maker, agency, maker)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    taken = await maker.post("/v1/programs", a_program("BLT_KOTA"))
    assert (taken.status_code, taken.json()["code"]) == (409, "code_taken")


async def test_whoever_has_no_part_in_it_is_refused(login: LogIn) -> None:
    for name, expected in (("siti@1374", 403), ("sekretariat@1374", 403), ("manajer@1371", 403)):
        person = await login(name)
        path = "/v1/programs/BLT_KOTA/versions"
        assert (await person.post(path, {"version": rules()})).status_code == expected
        assert (await person.post("/v1/programs", a_program("LAIN-1374"))).status_code == 403
    manager = await login("manajer@1374")
    national = await manager.post("/v1/programs/PKH/versions", {"version": rules()})
    assert national.status_code == 403, "a regency writes no national rules"
    shown = await draft(manager)
    other = await login("manajer@1371")
    path = f"/v1/programs/BLT_KOTA/versions/{shown['n']}"
    assert (await other.get(path)).status_code == 404
    assert (await other.post(f"{path}/withdraw", None, headers={"If-Match": "*"})).status_code == 404
    nation = await login("admin@0000")
    assert (
        await nation.post("/v1/programs/PKH/versions", {"version": rules(coverage=["ID"])})
    ).status_code == 201


async def test_a_draft_goes_back_with_a_reason_and_is_handed_in_again(maker: Person, checker: Person) -> None:
    shown = await draft(maker, valid_from=in_days(60))
    await stepped(maker, shown, "check")
    await stepped(checker, shown, "return", {"remark": "Batas desil belum sesuai."})
    assert (shown["status"]["code"], shown["remark"]) == ("draft", "Batas desil belum sesuai.")
    assert (await step(checker, shown, "publish")).json()["code"] == "wrong_status"
    await stepped(maker, shown, "check")
    assert shown["remark"] is None
    # Whoever edits what was handed in takes it back.
    path = f"/v1/programs/BLT_KOTA/versions/{shown['n']}"
    edited = await maker.put(path, {"version": rules(valid_from=in_days(61))}, etag=shown["etag"])
    assert edited.json()["status"]["code"] == "draft"
    stale = await step(checker, shown, "publish")
    assert stale.status_code == 412


async def test_a_retired_version_ends_on_its_day_and_nobody_is_left_without_words(
    maker: Person, checker: Person, client: AsyncClient, house: House
) -> None:
    made = await agency_program(maker, checker, "BERAKHIR-1374")
    assert (await step(checker, made, "retire", {"last_on": in_days(-1)})).status_code == 422
    await stepped(checker, made, "retire", {"last_on": in_days(10)})
    assert (made["status"]["code"], made["last_on"]) == ("retired", in_days(10))
    await _known(house)
    found = (await client.get("/v1/programs/BERAKHIR-1374")).json()
    assert found["valid_to"] == in_days(10)


async def agency_program(maker: Person, checker: Person, code: str) -> dict[str, Any]:
    answer = await maker.post("/v1/programs", a_program(code))
    assert answer.status_code == 201, answer.text
    shown = {**answer.json(), "etag": answer.headers["ETag"]}
    await stepped(maker, shown, "check")
    return await stepped(checker, shown, "publish")


async def test_drafts_are_listed_to_who_may_write_or_check_them(
    maker: Person, login: LogIn, agency: Person
) -> None:
    shown = await draft(maker)
    for person in (maker, agency, await login("admin@0000")):
        listed = (await person.get("/v1/program-drafts?limit=200&count=true")).json()
        assert ("BLT_KOTA", shown["n"]) in {(one["program"], one["n"]) for one in listed["items"]}
        assert listed["count"] == len(listed["items"])
    other = (await (await login("manajer@1371")).get("/v1/program-drafts?limit=200")).json()["items"]
    assert "BLT_KOTA" not in {one["program"] for one in other}
    assert (await (await login("siti@1374")).get("/v1/program-drafts")).status_code == 403
    first = (await maker.get("/v1/program-drafts?limit=1")).json()
    assert first["next"]
    second = (await maker.get(f"/v1/program-drafts?cursor={first['next']}")).json()
    assert second["items"][0] != first["items"][0]


async def test_every_step_leaves_one_event_without_words(
    maker: Person, checker: Person, house: House
) -> None:
    shown = await agency_program(maker, checker, "TERCATAT-1374")
    async with read_only(house.database.sessions) as tx:
        rows = list(
            await tx.scalars(
                select(Event)
                .where(Event.regency_code == "13.74", Event.data["program"].astext == "TERCATAT-1374")
                .order_by(Event.n)
            )
        )
    assert [row.type for row in rows] == [
        "program.version_drafted", "program.version_handed_in", "program.version_published",
    ]  # fmt: skip
    assert {row.data.get("digest") for row in rows} == {shown["digest"]}
    assert rows[0].data["new_program"] is True
