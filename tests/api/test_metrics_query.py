"""The closed grammar of figures: what is refused and in which words, the largest, and what was before."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.domain.months import Month
from tests.conftest import LogIn
from tests.support.figured import edges, lived
from tests.support.http import Person
from tests.support.personas import settle

pytestmark = pytest.mark.commits
NOW = Month.of(datetime.now(UTC).date())
PERIOD = {"from": NOW.plus(-5).text, "to": NOW.text}


@pytest.fixture(scope="module")
async def manager(
    house: House, client: AsyncClient, login: LogIn, tmp_path_factory: pytest.TempPathFactory
) -> Person:
    await lived(house, await settle(house, client), tmp_path_factory.mktemp("work"))
    return await login("manajer@1374")


async def figures(who: Person, **question: Any) -> dict[str, Any]:
    answer = await who.post("/v1/metrics/query", question)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def cells(who: Person, **question: Any) -> list[dict[str, Any]]:
    (figure,) = (await figures(who, **question))["figures"]
    return list(figure["cells"])


@pytest.mark.parametrize(
    ("question", "pointer", "words"),
    [
        ({"measures": []}, "/measures", "at least 1"),
        ({"measures": ["opened"] * 6}, "/measures", "at most 5"),
        ({"measures": ["rich"]}, "/measures/0", "opened"),
        ({"measures": ["opened", "opened"]}, "/measures/1", "once"),
        ({"measures": ["opened"], "by": "name"}, "/by", "sex"),
        ({"measures": ["opened"], "by": "outcome"}, "/by", "category"),
        ({"measures": ["opened", "referred"], "by": "sex"}, "/by", "program"),
        ({"measures": ["opened"], "by": ["sex", "age_band"]}, "/by", "one dimension only"),
        ({"measures": ["hours_to_resolve"], "by": "sex"}, "/by", "They have: -"),
        ({"measures": ["opened"], "place": "rt"}, "/place", "village"),
        ({"measures": ["opened"], "values": ["P"]}, "/values", "one dimension in `by`"),
        ({"measures": ["opened"], "top": 3}, "/top", "one dimension in `by`"),
        (
            {"measures": ["opened"], "by": "sex", "values": ["P", "X"]},
            "/values/1",
            "not one of the dimension",
        ),
        ({"measures": ["opened"], "by": "sex", "values": ["P"], "top": 1}, "/top", "not both"),
        ({"measures": ["opened"], "by": "program", "values": ["PKH"] * 10_000}, "/values", "at most 200"),
        ({"measures": ["opened"], "by": "program", "top": 0}, "/top", "at least 1"),
        ({"measures": ["opened"], "by": "program", "top": 101}, "/top", "at most 100"),
        ({"measures": ["opened"], "from": "2026-01"}, "/to", "both or neither"),
        ({"measures": ["opened"], "from": "2026-13", "to": "2026-01"}, "/from", "2026-01"),
        ({"measures": ["opened"], "from": "0001-01", "to": "0001-02"}, "/from", "2026-01"),
        ({"measures": ["opened"], "from": NOW.text, "to": NOW.plus(2).text}, "/to", "not come yet"),
        ({"measures": ["opened"], "from": NOW.text, "to": NOW.plus(-1).text}, "/from", "60 months"),
        ({"measures": ["opened"], "from": NOW.plus(-60).text, "to": NOW.text}, "/from", "60 months"),
        ({"measures": ["opened"], "grain": "month"}, "/grain", "from and to"),
        ({"measures": ["opened"], "grain": "day"}, "/grain", "month"),
        ({"measures": ["opened"], "compare": "previous_year"}, "/compare", "from and to"),
        ({"measures": ["open"], **PERIOD}, "/from", "stand now"),
        ({"measures": ["opened"], "region": "99.99"}, "/region", "no region"),
        ({"measures": ["opened"], "region": "13.74.01.1005; DROP"}, "/region", "form"),
        ({"measures": ["opened"], "where": "true"}, "/where", "not known"),
    ],
)
async def test_outside_the_grammar_is_refused_in_words(
    manager: Person, question: dict[str, Any], pointer: str, words: str
) -> None:
    answer = await manager.post("/v1/metrics/query", question, headers={"Accept-Language": "en"})
    assert answer.status_code == 422, answer.text
    told = {one["pointer"]: one["detail"] for one in answer.json()["errors"]}
    assert words in told[pointer], told


async def test_the_largest_are_shown_and_the_rest_is_one(manager: Person) -> None:
    whole = await cells(manager, measures=["opened"], by="age_band", **PERIOD)
    assert [one["n"] for one in whole] == sorted((one["n"] for one in whole), reverse=True)
    first, rest = await cells(manager, measures=["opened"], by="age_band", top=1, **PERIOD)
    assert (first["value"], first["n"]) == (whole[0]["value"], whole[0]["n"])
    assert (rest["value"], rest["label"], rest["filter"]) == ("other", "Others", None)
    assert rest["n"] == sum(one["n"] for one in whole[1:])


async def test_it_is_compared_with_the_months_before(manager: Person) -> None:
    two = {"from": NOW.plus(-1).text, "to": NOW.text}
    before = {"from": NOW.plus(-3).text, "to": NOW.plus(-2).text}
    (whole,) = await cells(manager, measures=["opened"], compare="previous_period", **two)
    (then,) = await cells(manager, measures=["opened"], **before)
    assert then["n"] > 0
    assert (whole["compare_n"], then["compare_n"]) == (then["n"], None)
    by_month = await cells(manager, measures=["opened"], grain="month", compare="previous_period", **two)
    assert [one["month"] for one in by_month] == [two["from"], two["to"]]
    assert sum(one["compare_n"] for one in by_month) == then["n"]
    (year,) = await cells(manager, measures=["opened"], compare="previous_year", **two)
    assert year["compare_n"] == 0
    told = await figures(manager, measures=["opened"], compare="previous_year", **two)
    assert told["compared_with"] == [NOW.plus(-13).text, NOW.plus(-12).text]


async def test_what_was_named_is_told_even_where_it_is_nothing(manager: Person) -> None:
    found = await cells(manager, measures=["opened"], by="program", values=["PKH", "BLT_DD"], **PERIOD)
    assert {one["value"]: one["n"] for one in found} == {"PKH": 1, "BLT_DD": 0}
    (nothing,) = await cells(manager, measures=["expired"], region="63.03", **PERIOD)
    assert nothing["n"] == 0


async def test_how_long_it_took_is_told_with_its_error(manager: Person) -> None:
    told = await figures(manager, measures=["hours_to_resolve", "hours_to_accept"], place="regency", **PERIOD)
    for figure in told["figures"]:
        (one,) = figure["durations"]
        assert figure["cells"] == []
        assert one["place"] == "13.74"
        assert 0 < one["median_hours"] <= one["p90_hours"]
        assert one["error_percent"] == 2.5
    assert {one["list"] for one in told["definitions"]} == {None}


async def test_a_receiver_is_told_of_referrals_alone(manager: Person, login: LogIn) -> None:
    dinsos = await login("dinsos@1374")
    listed = {one["code"] for one in (await dinsos.get("/v1/metrics")).json()["measures"]}
    assert "referred" in listed
    assert "opened" not in listed
    assert (await dinsos.post("/v1/metrics/query", {"measures": ["opened"]})).status_code == 403
    (mine,) = await cells(dinsos, measures=["referred"])
    (all_,) = await cells(manager, measures=["referred"])
    assert 0 < mine["n"] < all_["n"]


async def test_every_measure_says_what_it_is(manager: Person) -> None:
    told = (await manager.get("/v1/metrics", headers={"Accept-Language": "en"})).json()
    named = {one["code"] for one in told["dimensions"]}
    for one in told["measures"]:
        assert all((one["name"], one["definition"], one["unit"]))
        assert set(one["dimensions"]) <= named
    private = {"name", "nik", "phone", "address", "person", "household"}
    assert not named & private


async def test_the_months_are_those_of_the_place(manager: Person) -> None:
    # Opened half an hour before a month began there: it is of the month before.
    month = Month.of(edges(3).date())
    by_month = await cells(manager, measures=["opened"], grain="month", **PERIOD)
    assert {one["month"] for one in by_month if one["n"]} >= {month.text}
