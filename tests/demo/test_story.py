"""The story as `make demo` plays it: over HTTP on the loopback, against a house with its cast."""

import io
import socket
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from app.api.deps import House
from app.demo.cast import MOTHER, ROLES, RUNS, cast, kk_of, nik_of
from app.demo.crowd import crowd
from app.demo.story import play
from app.demo.story.scene import Ending, Expected
from app.demo.story.scenes import SCENES
from app.demo.winding import Wind, Winder
from app.domain.identity import Kk, Nik, parse_kk, parse_nik
from app.services.seed import Sealing, Tools, seed_cast
from tests.support.listening import listening
from tests.support.working import working

pytestmark = pytest.mark.commits


def tools_of(house: House) -> tuple[Tools, Sealing]:
    return Tools(house.database, house.ids, datetime.now(UTC)), Sealing(house.vault, house.blind)


async def seed(house: House) -> int:
    return await seed_cast(*tools_of(house), cast())


async def nothing_passes(_ticket: str, _span: timedelta) -> None:
    """Time stands still."""


async def told(address: str, wind: Wind = nothing_passes) -> tuple[int, str]:
    screen = io.StringIO()
    code = await play(address, Console(file=screen, width=80, highlight=False), wind)
    return code, screen.getvalue()


async def test_every_case_ends_where_it_should_twice_in_eighty_columns(fresh_house: House) -> None:
    assert await seed(fresh_house) == 14 * RUNS
    assert await seed(fresh_house) == 0
    house = fresh_house
    await seed_cast(*tools_of(house), crowd(), "crowd_seeded")
    wind = Winder(house.database, house.knowledge, house.vault, house.ids, house.clock)
    async with listening(house) as address, working(house, house.settings.data_dir):
        for run in (1, 2):
            code, said = await told(address, wind)
            assert code == 0, said
            assert said.count("✓") == len(SCENES) + 1
            assert "✗" not in said
            assert f"Cerita ke-{run}:" in said
            assert max(map(len, said.splitlines())) <= 80
            assert "\x1b" not in said
            for numbers in (nik_of(MOTHER, run), kk_of(MOTHER, run)):
                assert numbers not in said


async def test_a_story_that_cannot_begin_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    code, said = await told(address)
    assert code == 1
    assert "Cerita tidak dapat dimulai" in said


@pytest.mark.parametrize(
    "other",
    [
        Expected("resolved", "aid_received", (("PKH", "fulfilled"),)),
        Expected("closed", "aid_partial", (("PKH", "fulfilled"),)),
        Expected("closed", "aid_received", (("PKH", "refused"),)),
        Expected("closed", "aid_received"),
    ],
)
def test_an_end_that_differs_anywhere_is_not_the_expected_one(other: Expected) -> None:
    ending = Ending(
        "1308-3F7K-9QX2-M",
        {"code": "closed"},
        {"code": "aid_received"},
        (("PKH", {"code": "fulfilled"}),),
    )
    assert ending.is_as(Expected("closed", "aid_received", (("PKH", "fulfilled"),)))
    assert not ending.is_as(other)


def test_the_cast_has_numbers_of_its_own_for_every_run() -> None:
    everybody = [member for households in cast().values() for home in households for member in home.members]
    niks = [member.nik for member in everybody]
    assert len(set(niks)) == len(niks) == 14 * RUNS
    for role in ROLES:
        for run in (1, RUNS):
            nik = parse_nik(nik_of(role, run), today=datetime.now(UTC).date())
            assert isinstance(nik, Nik)
            assert nik.disagreements(role.sex, role.born_on) == ()
            assert isinstance(parse_kk(kk_of(role, run)), Kk)
            assert int(nik_of(role, run)[-4:]) < 9001
