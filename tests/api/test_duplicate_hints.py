"""Likely duplicates as they are shown at intake, as far as they may be."""

from datetime import timedelta

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person
from tests.support.secrecy import row_of
from tests.support.twins import all_groups, body_of, family, opened, pairs_of, person, why

pytestmark = pytest.mark.commits


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def yulia(login: LogIn) -> Person:
    return await login("yulia@1374")


async def test_the_same_matter_of_one_household_is_hinted_at_across_desks(
    siti: Person, yulia: Person, house: House
) -> None:
    kk = family()
    first, none = await opened(siti, person(kk=kk))
    assert none == []
    again, hints = await opened(yulia, person(kk=kk))
    assert [one["ticket"] for one in hints] == [first.ticket]
    assert set(hints[0]) == {"ticket", "opened_at", "holder", "reasons", "score"}
    assert (why(hints[0]), hints[0]["score"]) == ({"same_household", "same_matter"}, 70)
    assert await pairs_of(house, again.ticket) == [(70, {"same_household", "same_matter"}, "open")]


async def test_two_matters_of_one_household_are_left_in_peace(siti: Person, house: House) -> None:
    kk = family()
    await opened(siti, person(kk=kk))
    other, hints = await opened(siti, person(kk=kk), category="SURAT_SKTM")
    assert hints == []
    assert await pairs_of(house, other.ticket) == []


async def test_the_same_phone_is_a_sign_also_when_it_is_the_reporters(siti: Person) -> None:
    first, _ = await opened(siti, person(phone="081277770001"))
    reporter = {"relation": "FAMILY", "name": "Anak", "phone": "0812 7777 0001"}
    _, hints = await opened(siti, person(), reporter=reporter)
    assert (hints[0]["ticket"], why(hints[0])) == (first.ticket, {"same_phone", "same_matter"})
    _, none = await opened(siti, person(), reporter={**reporter, "relation": "RT_RW"})
    assert none == []


@pytest.mark.parametrize(
    ("name", "points"),
    [("Contoh Rosmawati", 85), ("Rosmawaty Contoh", 75), ("Hj. Rosmawati Contoh, S.Pd", 85)],
)
async def test_somebody_without_nik_is_found_by_a_name_like_hers(
    siti: Person, name: str, points: int
) -> None:
    born_on = f"19{points}-0{1 + len(name) % 9}-1{len(name) % 7}"
    known = person(name="Rosmawati Contoh", born_on=born_on)
    del known["nik"]
    first, _ = await opened(siti, known)
    _, hints = await opened(siti, person(name=name, born_on=born_on))
    assert (hints[0]["ticket"], hints[0]["score"]) == (first.ticket, points)
    assert why(hints[0]) == {"similar_person", "same_matter"}


async def test_two_people_with_numbers_of_their_own_are_two_people(siti: Person) -> None:
    born_on = "1961-02-03"
    await opened(siti, person(name="Kembar Contoh", born_on=born_on))
    _, hints = await opened(siti, person(name="Kembar Contoh", born_on=born_on))
    assert hints == []


async def test_a_case_that_may_not_be_seen_is_no_hint_but_a_pair_for_the_secretariat(
    siti: Person, yulia: Person, house: House, login: LogIn
) -> None:
    kk = family()
    secret, _ = await opened(siti, person(kk=kk), confidentiality="RAHASIA")
    mine, hints = await opened(yulia, person(kk=kk))
    assert hints == []
    assert await pairs_of(house, mine.ticket) == [(70, {"same_household", "same_matter"}, "open")]
    for name in ("sekretariat", "kadis"):
        assert secret.ticket not in str(await all_groups(await login(f"{name}@1374")))
    assert secret.ticket in str(await all_groups(await login("manajer@1374")))


async def test_what_she_was_shown_and_called_another_matter_is_settled(siti: Person, house: House) -> None:
    subject = person(kk=family())
    await opened(siti, subject)
    refused = await siti.post("/v1/cases", body_of(siti, subject))
    assert (refused.status_code, refused.json()["code"]) == (409, "same_matter")
    again, hints = await opened(siti, subject, separate_reason="Untuk anak yang lain.")
    assert why(hints[0]) == {"same_person", "same_matter"}
    assert await pairs_of(house, again.ticket) == []


async def test_an_old_settled_case_is_no_duplicate(siti: Person, house: House) -> None:
    kk = family()
    first, _ = await opened(siti, person(kk=kk))
    async with house.database.sessions() as session, session.begin():
        case = await session.merge(await row_of(house, first.ticket))
        case.status, case.opened_at = "closed", case.opened_at - timedelta(days=31)
    _, hints = await opened(siti, person(kk=kk))
    assert hints == []


async def test_ordinary_desks_open_as_before(siti: Person) -> None:
    assert (await open_case(siti)).ticket
