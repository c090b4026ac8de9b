"""Searching people before anything is entered, and what their page shows."""

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.console_http import at_the_screen
from tests.support.desk import a_person, open_case

pytestmark = pytest.mark.commits


async def test_somebody_is_found_with_the_reason_and_shown_masked(house: House, login: LogIn) -> None:
    who = a_person()
    case = await open_case(await login("siti@1374"), subject=who)
    async with at_the_screen(house, "siti@1374") as desk:
        await desk.go("/konsol/warga")
        await desk.send("/konsol/warga", {"name": "Yuliana"}, 422)
        found = await desk.send("/konsol/warga", {"nik": who["nik"]}, 200)
        assert case.ticket in found
        assert "Kemiripan" in found
        page = desk.link(r"/konsol/warga/[^/\"]+")
        assert who["nik"] not in page
        shown = await desk.go(page)
        assert case.ticket in shown
        assert who["nik"] not in shown
        await desk.send(page, {"purpose": ""}, 422)
        assert who["nik"] in await desk.send(page, {"purpose": "service"}, 200)
        assert who["nik"] not in await desk.go(page), "shown this once"
        await desk.go("/konsol/warga/1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", 404)


async def test_before_a_new_case_the_open_ones_of_the_same_person_are_shown(
    house: House, login: LogIn
) -> None:
    who = a_person()
    case = await open_case(await login("siti@1374"), subject=who)
    async with at_the_screen(house, "siti@1374") as desk:
        await desk.go("/konsol/kasus/baru")
        assert case.ticket in await desk.send("/konsol/kasus/baru", {"nik": who["nik"]}, 200)
