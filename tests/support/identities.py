"""A household with somebody in it, a number of hers, and two claims to one NIK."""

from itertools import count

from tests.support.desk import VILLAGE
from tests.support.http import Person
from tests.support.people import a_nik

_NUMBERS = count(1)


async def identity_ids(officer: Person, person: str) -> dict[str, str]:
    """Make one of each thing that the paths of persons and households name."""
    home = await officer.post(
        "/v1/households", {"village": VILLAGE, "members": [{"person": person, "relation": "ISTRI"}]}
    )
    assert home.status_code == 201, home.text
    number = await officer.post(
        f"/v1/people/{person}/identifiers",
        {"kind": "BPJS", "number": f"{next(_NUMBERS):013}", "source": "card_seen"},
    )
    assert number.status_code == 201, number.text
    return {
        "household_id": home.json()["id"],
        "identifier_id": number.json()["identifier"]["id"],
        "conflict_id": await a_conflict(officer),
    }


async def a_conflict(officer: Person) -> str:
    """Let two people claim one NIK; return the id of the conflict."""
    nik = a_nik()
    owner = {"name": "Pemilik Contoh", "village": VILLAGE, "nik": nik, "born_on": "1991-07-05"}
    first = await officer.post("/v1/people", owner)
    while first.status_code == 409:
        named = [one["id"] for one in first.json()["data"]["candidates"]]
        first = await officer.post("/v1/people", {**owner, "in_spite_of": named})
    claimant = {"name": "Sri Penuntut", "village": VILLAGE, "nik": nik, "born_on": "1970-03-03"}
    asked = await officer.post("/v1/people", claimant)
    named = [one["id"] for one in asked.json()["data"]["candidates"]]
    made = await officer.post("/v1/people", {**claimant, "in_spite_of": named})
    assert made.status_code == 201, made.text
    return str(made.json()["conflict"])
