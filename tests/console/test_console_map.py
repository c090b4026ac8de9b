"""The map of a regency in the console: a file is loaded, and what is wrong with it stands on the page."""

import json

import pytest

from app.api.deps import House
from tests.support.maps import VILLAGES, collection
from tests.support.office import LED, Clerk, a_clerk

pytestmark = pytest.mark.commits


async def loads(clerk: Clerk, content: bytes, source: str = "BIG 2024") -> tuple[int, str]:
    answer = await clerk.client.post(
        "/konsol/peta",
        data={"kunci": clerk.key, "source": source},
        files={"file": ("desa.geojson", content, "application/geo+json")},
    )
    return answer.status_code, answer.text


async def test_a_map_is_loaded_and_replaced(fresh_house: House) -> None:
    async with a_clerk(fresh_house, "manajer@1374") as manager:
        assert "Belum ada peta" in await manager.reads("/konsol/peta")
        assert (await loads(manager, json.dumps(collection()).encode()))[0] == LED
        page = await manager.reads("/konsol/peta")
        assert "BIG 2024 · 4 bentuk" in page
        assert "<title>Guguk Malintang</title>" in page
        one = json.dumps(collection(VILLAGES[:1]), indent=1).encode()
        assert (await loads(manager, one, 'BIG "2025"'))[0] == LED
        assert 'BIG "2025" · 1 bentuk' in await manager.reads("/konsol/peta")
        assert "/konsol/peta" in await manager.reads("/konsol/kantor")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan json",
        b'{}, "source": "lain"',
        b"{" * 1000,
        b"\xff\xfe",
        json.dumps(collection(("13.74",))).encode(),
    ],
)
async def test_a_file_that_is_none_is_refused_on_the_page(house: House, content: bytes) -> None:
    async with a_clerk(house, "manajer@1374") as manager:
        status, page = await loads(manager, content)
        assert status in {400, 422}, page[-2000:]
        assert 'role="alert"' in page
        assert 'value="BIG 2024"' in page, "what was typed is still there"


async def test_who_sets_no_policies_sees_it_and_loads_none(house: House) -> None:
    async with a_clerk(house, "siti@1374") as siti:
        assert 'type="file"' not in await siti.reads("/konsol/peta")
        assert (await loads(siti, json.dumps(collection()).encode()))[0] == 403
