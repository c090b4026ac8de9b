"""The pages of figures: light, led by plain forms, each number a list, and honest about their age."""

import re
from html import unescape

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.figures import FigureCursor
from tests.console.test_console_door import a_browser
from tests.console.test_console_weight import AFTER, weight
from tests.support.desk import open_case
from tests.support.figured import edges, lived
from tests.support.figures import number
from tests.support.http import log_in, serving
from tests.support.maps import A_MAP, collection
from tests.support.personas import settle

pytestmark = pytest.mark.commits
PARTS = ("alur", "rujukan", "jangkauan")
LINK = re.compile(r'<a href="(/konsol/(?:kasus|rujukan)\?[^"]+)">(\d+)</a>')


@pytest.fixture(scope="module")
async def counted(house: House, client: AsyncClient, tmp_path_factory: pytest.TempPathFactory) -> House:
    await lived(house, await settle(house, client), tmp_path_factory.mktemp("work"))
    return house


@pytest.mark.parametrize("who", ["manajer@1374", "lurah.guguk@1374"])
@pytest.mark.parametrize("part", PARTS)
async def test_each_number_of_a_light_page_opens_as_many(counted: House, who: str, part: str) -> None:
    async with a_browser(counted, who) as browser:
        heavy, page = await weight(browser, f"/konsol/angka/{part}?periode=24&wilayah=13.74.01")
        assert heavy <= AFTER
        links = [(unescape(to), int(number)) for to, number in LINK.findall(page)]
        assert any(number for _, number in links)
        for to, number in links:
            opened = (await browser.get(to)).text
            assert re.search(rf">{number} (kasus|rujukan)<", opened) or not number, (to, number)


async def test_old_figures_say_how_old_they_are(counted: House) -> None:
    async with serving(counted) as client:
        await open_case(await log_in(client, "siti@1374"))
    await number(counted, "13.74")
    async with transaction(counted.database.sessions) as tx:
        await tx.execute(
            update(FigureCursor).where(FigureCursor.regency_code == "13.74").values(as_of=edges(0))
        )
    async with a_browser(counted, "manajer@1374") as browser:
        page = (await browser.get("/konsol/angka/alur")).text
        assert "Angka ini tertinggal" in page


async def test_a_loaded_map_takes_the_place_of_the_tiles(fresh_house: House) -> None:
    async with serving(fresh_house) as client:
        siti, office = await log_in(client, "siti@1374"), await log_in(client, "sekretariat@1374")
        for _ in range(2):
            await open_case(siti)
        await open_case(office, village="13.74.02.1004")
        async with a_browser(fresh_house, "manajer@1374") as browser:
            tiles = (await browser.get("/konsol/angka")).text
            assert 'class="tile t5"' in tiles
            assert '<svg class="areas"' not in tiles
            loaded = await (await log_in(client, "manajer@1374")).put("/v1/maps/13.74", A_MAP)
            assert loaded.status_code == 200, loaded.text
            page = (await browser.get("/konsol/angka")).text
            assert 'class="tile' not in page
            assert "BIG 2024" in page
            for name, n, shade in (("Guguk Malintang", 2, 5), ("Silaing Bawah", 1, 3)):
                area = rf'<a href="([^"]+)" aria-label="{name}: {n} kasus"><path class="k{shade}"'
                found = re.search(area, page)
                assert found, name
                assert f">{n} kasus<" in (await browser.get(unescape(found[1]))).text
            assert 'aria-label="Koto Panjang: 0 kasus"' in page
            districts = {"source": "BIG 2024", "shapes": collection(("13.74.01", "13.74.02"))}
            await (await log_in(client, "manajer@1374")).put("/v1/maps/13.74", districts)
            page = (await browser.get("/konsol/angka")).text
            found = re.search(r'<a href="([^"]+)" aria-label="Padang Panjang Timur: 2 kasus">', page)
            assert found
            assert ">2 kasus<" in (await browser.get(unescape(found[1]))).text


async def test_figures_that_were_never_counted_say_so(fresh_house: House) -> None:
    async with serving(fresh_house) as client:
        await open_case(await log_in(client, "siti@1374"))
    await number(fresh_house, "13.74")
    async with a_browser(fresh_house, "manajer@1374") as browser:
        page = (await browser.get("/konsol/angka/alur")).text
        assert "belum pernah dihitung seluruhnya" in page


async def test_a_region_or_part_that_is_none_is_told(counted: House) -> None:
    async with a_browser(counted, "manajer@1374") as browser:
        assert (await browser.get("/konsol/angka/entah")).status_code == 404
        assert (await browser.get("/konsol/angka/alur?wilayah=99.99.99")).status_code == 422
        assert (await browser.get("/konsol/angka/alur?wilayah=%22%3E%3Cscript%3E")).status_code == 422
        assert (await browser.get("/konsol/angka/alur?periode=abc")).status_code == 200


async def test_the_page_of_work_counts_what_its_lists_hold(counted: House) -> None:
    async with serving(counted) as client:
        siti, leader = await log_in(client, "siti@1374"), await log_in(client, "manajer@1374")
        desk = await open_case(siti)
        mine = (await siti.get("/v1/me")).json()["id"]
        taken = await siti.post(f"/v1/cases/{desk.ticket}/assignments", {"self": True})
        assert taken.status_code == 201, taken.text
        team = (await leader.get("/v1/team")).json()["items"]
        (held,) = [one for one in team if one["account"] == mine]
        requests = (await leader.get("/v1/data-requests?state=open&count=true&limit=1")).json()["count"]
    assert held["open"] >= 1
    async with a_browser(counted, "manajer@1374") as browser:
        heavy, page = await weight(browser, "/konsol/angka/kerja")
        assert heavy <= AFTER
        assert f'<a href="/konsol/kasus?assignee={mine}">{held["open"]}</a>' in page
        assert f'<a href="/konsol/permintaan-data?state=open">{requests}</a>' in page
        for to in ("/konsol/janji?state=reserved", "/konsol/permintaan-data?overdue=true"):
            assert to in page
            assert (await browser.get(to)).status_code == 200
        listed = (await browser.get(f"/konsol/kasus?assignee={mine}")).text
        assert re.search(rf">{held['open']} kasus<", listed)
    async with a_browser(counted, "lurah.guguk@1374") as browser:
        assert "permintaan-data" not in (await browser.get("/konsol/angka/kerja")).text
