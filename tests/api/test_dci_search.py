"""Asking the registry by the DCI interface: who may, what is told, and that nothing else is."""

import json
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries.knowledge import bump
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.dci import DciMessage
from app.db.tables.places import Policy
from tests.conftest import LogIn
from tests.support.aid import person_of
from tests.support.data_rights import granted
from tests.support.dci import (
    FIELDS,
    SEARCH,
    Partner,
    a_partner,
    an_entry,
    basis,
    by,
    request,
    searching,
)
from tests.support.dci_shape import ERRORS, JWKS, SEARCHED, check_shape
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
KK = "1374012003150777"
ELIGIBILITY = {"registry_status", "registry_source", "registry_period"}


@pytest.fixture(scope="module")
async def baznas(login: LogIn) -> Partner:
    return await a_partner(await login("admin@1374"), "baznas.dci")


def further(record: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in record.get("additional_attributes", [])}


async def test_a_person_is_told_by_her_nik_as_the_purpose_allows(baznas: Partner, house: House) -> None:
    nik = a_nik()
    await an_entry(house, nik, KK)
    await an_entry(house, nik, KK, period="2026-Q1", desil=5)
    (eligible,) = await baznas.records(**by("NIK", nik))
    (identity,) = await baznas.records(purpose="identity", **by("NIK", f"{nik[:6]} {nik[6:]}"))
    (double,) = await baznas.records(purpose="double_aid", **by("NIK", nik))
    (delivery,) = await baznas.records(purpose="delivery", **by("NIK", nik))
    assert eligible["poverty_score"] == 2
    assert further(eligible) == {
        "registry_status": "listed",
        "registry_source": "DTSEN",
        "registry_period": "2026-Q3",
    }
    assert {*eligible} == {
        "@type",
        "member_identifier",
        "poverty_score",
        "poverty_score_type",
        "additional_attributes",
    }
    assert identity["demographic_info"]["birth_date"] == "1991-07-25"
    assert {*further(identity)} == {"registry_status"}
    assert further(double)["programmes"] == ["PKH"]
    assert delivery["place"]["code"] == "13.74.01.1005"
    assert "demographic_info" not in delivery


async def test_a_client_is_told_no_more_than_it_was_given(login: LogIn, house: House) -> None:
    narrow = await a_partner(
        await login("admin@1374"), "baznas.sempit", fields=["status"], purposes=["eligibility"]
    )
    nik = a_nik()
    await an_entry(house, nik)
    (told,) = await narrow.records(**by("NIK", nik))
    (refused,) = await narrow.search(request("delivery", **by("NIK", nik)))
    assert {*told} == {"@type", "member_identifier", "additional_attributes"}
    assert further(told) == {"registry_status": "listed"}
    assert (refused["status"], refused["status_reason_code"]) == ("rjct", "rjct.search_criteria.invalid")


async def test_a_family_is_told_by_its_kk(baznas: Partner, house: House) -> None:
    kk, niks = "1374012003150778", [a_nik() for _ in range(3)]
    for n, nik in enumerate(niks):
        await an_entry(house, nik, kk, desil=3 - n, born_on=date(2000 + n, 1, 1))
    # She moved to another family since.
    moved = a_nik()
    await an_entry(house, moved, kk, period="2026-Q2", desil=1)
    await an_entry(house, moved, "1374012003150779")
    (group,) = await baznas.records(**by("KK", kk))
    members = await baznas.records(purpose="identity", response_entity="Member", **by("KK", kk))
    (of_hers,) = await baznas.records(response_entity="Group", **by("NIK", niks[0]))
    assert (group["@type"], group["group_size"], group["poverty_score"]) == ("Group", 3, 1)
    assert group["group_identifier"][0]["identifier_value"] == kk
    assert sorted(one["demographic_info"]["birth_date"] for one in members) == [
        "2000-01-01",
        "2001-01-01",
        "2002-01-01",
    ]
    assert not any(nik in json.dumps(members) for nik in niks)
    assert (of_hers["group_size"], "group_identifier" in of_hers) == (3, False)


async def test_pages(baznas: Partner, house: House) -> None:
    kk = "1374012003150780"
    for n in range(5):
        await an_entry(house, a_nik(), kk, born_on=date(2000 + n, 1, 1))
    found: list[str] = []
    for number in (1, 2, 3, 4):
        asked = request(
            "identity",
            response_entity="Member",
            pagination={"page_size": 2, "page_number": number},
            **by("KK", kk),
        )
        (told,) = await baznas.search(asked)
        assert told["pagination"] == {"page_size": 2, "page_number": number, "total_count": 5}
        found += [one["demographic_info"]["birth_date"] for one in told["data"]["reg_records"]]
    assert sorted(found) == [f"{2000 + n}-01-01" for n in range(5)]
    for bad in ({"page_size": 0}, {"page_size": 101}, {"page_size": 5, "page_number": 0}):
        (told,) = await baznas.search(request(pagination=bad, **by("KK", kk)))
        assert told["status_reason_code"] == "rjct.pagination.invalid"


async def test_whoever_is_unknown_away_dropped_or_frozen_is_answered_alike(
    baznas: Partner, house: House, login: LogIn
) -> None:
    away, moved, strange, at_the_desk, frozen = (a_nik() for _ in range(5))
    there = {"regency_code": "13.71", "village_code": "13.71.01.1001"}
    await an_entry(house, away, **there)
    await an_entry(house, moved)
    await an_entry(house, moved, period="2026-Q4", **there)
    siti = await login("siti@1374")
    await open_case(siti, subject={**SUBJECT, "nik": at_the_desk})
    opened = await open_case(siti, subject={**SUBJECT, "nik": frozen})
    await an_entry(house, frozen)
    assert len(await baznas.records(**by("NIK", frozen))) == 1
    await granted(siti, await person_of(opened), "freeze")
    answers = [
        (await baznas.search(request(**by("NIK", nik))))[0]
        for nik in (away, moved, strange, at_the_desk, frozen)
    ]
    for told in answers:
        assert (told["status"], told["data"]["reg_records"]) == ("succ", [])
        assert told["pagination"]["total_count"] == 0


SUBJECT: dict[str, Any] = {
    "kind": "person",
    "name": "Zulmaryam Kenanggo",
    "sex": "P",
    "born_on": "1991-07-25",
}


async def test_the_area_of_the_client_is_the_area_of_the_answer(login: LogIn, house: House) -> None:
    village = await a_partner(
        await login("admin@1374"), "baznas.kampung", client_changes={"region": "13.74.01.1005"}
    )
    near, far = a_nik(), a_nik()
    await an_entry(house, near)
    await an_entry(house, far, village_code="13.74.02.1001")
    nowhere = a_nik()
    await an_entry(house, nowhere, village_code="13.74")
    assert len(await village.records(**by("NIK", near))) == 1
    assert await village.records(**by("NIK", far)) == []
    assert await village.records(**by("NIK", nowhere)) == []


EXPRESSION = "ns:org:QueryType:NoSql"


def expressed(*parts: dict[str, Any]) -> dict[str, Any]:
    query = parts[0] if len(parts) == 1 else {"$and": list(parts)}
    value = {"expression": {"collection": "Member", "query": query}}
    return {"query_type": "expression", "query": {"type": EXPRESSION, "value": value}}


def predicate(name: str, operator: str, value: object) -> dict[str, Any]:
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


async def test_conditions_narrow_and_never_find(baznas: Partner, house: House) -> None:
    nik = a_nik()
    await an_entry(house, nik)
    poor = {"poverty_score": {"$le": 4}}
    assert len(await baznas.records(**expressed({"NIK": {"$eq": nik}}, poor))) == 1
    assert await baznas.records(**expressed({"NIK": {"$eq": nik}}, {"poverty_score": {"$lt": 2}})) == []
    pairs = [{"expression1": predicate("NIK", "eq", nik), "condition": "and",
              "expression2": predicate("poverty_score", "ge", 2)}]  # fmt: skip
    assert len(await baznas.records(query_type="predicate", query=pairs)) == 1
    born = {"birth_date": {"$eq": "1991-07-25"}}
    assert len(await baznas.records(purpose="identity", **expressed({"NIK": {"$eq": nik}}, born))) == 1


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        (expressed({"poverty_score": {"$lt": 5}}), "rjct.search_criteria.invalid"),
        (expressed({"$where": {"$eq": "1"}}), "rjct.search_criteria.invalid"),
        (expressed({"NIK": {"$gt": "0"}}), "rjct.search_criteria.invalid"),
        (expressed({"NIK": {"$eq": "1"}}, {"name": {"$eq": "Siti"}}), "rjct.search_criteria.invalid"),
        (expressed({"NIK": "1374016507910777"}), "rjct.search_criteria.invalid"),
        (expressed({"$and": {"NIK": 1}}), "rjct.search_criteria.invalid"),
        (
            expressed({"NIK": {"$eq": "1374016507910777"}}, {"birth_date": {"$eq": "1991-07-25"}}),
            "rjct.filter.invalid",
        ),
        (by("UIN", "1374016507910777"), "rjct.search_criteria.invalid"),
        (by("NIK", "123"), "rjct.search_criteria.invalid"),
        (by("KK", "abc"), "rjct.search_criteria.invalid"),
        ({**by("NIK", "1374016507910777"), "query_type": "expression"}, "rjct.search_criteria.invalid"),
        (
            {**by("NIK", "1374016507910777"), "sort": [{"attribute_name": "poverty_score"}]},
            "rjct.sort.invalid",
        ),
        ({**by("NIK", "1374016507910777"), "consent": None}, "rjct.search_criteria.invalid"),
        ({**by("NIK", "1374016507910777"), "consent": ""}, "rjct.search_criteria.invalid"),
        ({**by("NIK", "1374016507910777"), "consent": basis("curiosity")}, "rjct.search_criteria.invalid"),
        (
            {**by("NIK", "1374016507910777"), "authorize": basis("delivery")},
            "rjct.search_criteria.invalid",
        ),
        (
            {
                "query_type": "predicate",
                "query": [
                    {
                        "expression1": predicate("NIK", "eq", "1374016507910777"),
                        "condition": "or",
                        "expression2": predicate("KK", "eq", KK),
                    }
                ],
            },
            "rjct.search_criteria.invalid",
        ),
    ],
)
async def test_what_is_outside_the_closed_set_is_turned_away(
    baznas: Partner, criteria: dict[str, Any], code: str
) -> None:
    (told,) = await baznas.search(request(**criteria))
    assert (told["status"], told["status_reason_code"]) == ("rjct", code)
    assert told["status_reason_message"]
    assert "data" not in told


async def test_each_request_of_a_message_has_its_own_answer(baznas: Partner, house: House) -> None:
    nik = a_nik()
    await an_entry(house, nik)
    body = baznas.signed(
        searching(
            request(reference="a", **by("NIK", nik)),
            request(reference="b", **by("NIK", "7")),
            request(reference="a", **by("NIK", nik)),
            {**request(reference="c", **by("NIK", a_nik())), "locale": "ind"},
        )
    )
    answer = await baznas.send(SEARCH, body)
    told = answer.json()
    check_shape(told, SEARCHED)
    assert [(one["reference_id"], one["status"]) for one in told["message"]["search_response"]] == [
        ("a", "succ"),
        ("b", "rjct"),
        ("a", "rjct"),
        ("c", "succ"),
    ]
    assert told["message"]["transaction_id"] == body["message"]["transaction_id"]
    assert answer.headers["cache-control"] == "no-store"


async def test_each_question_is_on_record_with_its_purpose_and_ground(
    baznas: Partner, house: House, login: LogIn
) -> None:
    nik = a_nik()
    desk = await open_case(await login("siti@1374"), subject={**SUBJECT, "nik": nik})
    person = (await desk.read())["subject"]["person"]["id"]
    await an_entry(house, nik)
    asked = {**request("double_aid", **by("NIK", nik))}
    asked["search_criteria"]["authorize"] = asked["search_criteria"].pop("consent")
    await baznas.search(asked)
    async with read_only(house.database.sessions) as tx:
        entries = select(AccessEntry).where(AccessEntry.action == "searchRegistry")
        entry = (await tx.scalars(entries.order_by(AccessEntry.at.desc(), AccessEntry.n.desc()))).first()
        message = (await tx.scalars(select(DciMessage).order_by(DciMessage.id.desc()))).first()
    assert entry is not None
    assert message is not None
    assert (entry.purpose, entry.subject_kind, entry.result) == ("double_aid", "person", "ok")
    assert str(entry.subject_id).replace("-", "") == person.partition("-")[2]
    (item,) = message.items
    assert (item["purpose"], item["basis"], item["status"]) == ("double_aid", "authority", "succ")
    assert item["since"]
    assert nik not in json.dumps(message.items)


async def test_a_client_asks_so_often_a_day(fresh_house: House, fresh_client: AsyncClient) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(update(Policy).where(Policy.name == "dci_asks_per_day").values(value={"value": 5}))
        await bump(tx, ["policies"])
    partner = await a_partner(await log_in(fresh_client, "admin@1374"), "sering")
    body = [request(reference=str(n), **by("NIK", a_nik())) for n in range(3)]
    assert len(await partner.search(*body)) == 3
    refused = await partner.send(SEARCH, message := partner.signed(searching(*body)))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) <= 86_400
    # A refusal costs nothing: neither what is left of the day nor the message's id.
    assert len(await partner.search(*body[:2])) == 2
    async with read_only(fresh_house.database.sessions) as tx:
        assert len((await tx.scalars(select(DciMessage))).all()) == 2
    assert message["header"]["message_id"]


async def test_the_keys_are_published(client: AsyncClient) -> None:
    told = (await client.get("/.well-known/jwks.json")).json()
    check_shape(told, JWKS)
    assert {(key["kty"], key["crv"], key["alg"]) for key in told["keys"]} == {("OKP", "Ed25519", "EdDSA")}


async def test_an_officer_and_a_client_without_the_scope_are_refused(login: LogIn, baznas: Partner) -> None:
    admin = await login("admin@1374")
    other = await a_partner(admin, "baznas.lain", scopes=["referral:read"])
    body = baznas.signed(searching(request(**by("NIK", a_nik()))))
    for person in (await login("siti@1374"), await login("kadis@1374"), other.person):
        answer = await person.post(SEARCH, body)
        assert answer.status_code == 403, answer.text
        check_shape(answer.json(), ERRORS)


async def test_the_fields_of_every_purpose_are_of_the_closed_set(login: LogIn) -> None:
    siti = await login("siti@1374")
    found = (await siti.get("/v1/codes")).json()
    (purposes,) = [one for one in found["items"] if one["set"] == "dci_purpose"]
    named = {name for code in purposes["codes"] for name in code["attrs"]["fields"]}
    assert named <= set(FIELDS)
