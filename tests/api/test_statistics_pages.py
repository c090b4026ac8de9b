"""The page of published statistics: what the API tells, for anybody, and small in the widest regency."""

from datetime import UTC, datetime
from random import Random

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries import statistics
from app.db.session import transaction
from app.domain.statistics import document

pytestmark = pytest.mark.commits
MONTH = "/statistik/13.74/2026-09"
NOW = datetime(2026, 10, 10, 2, tzinfo=UTC)
MOST_DISTRICTS = 51
"""Of any regency: Yahukimo."""


async def published(house: House, regency: str, month: str, districts: int = 4) -> None:
    places = [f"{regency}.{n:02}" for n in range(1, districts + 1)]
    counts = {
        "sex": {(one, sex): 30 + n for n, one in enumerate(places) for sex in "LP"},
        "priority": {(one, level): 20 for one in places for level in ("BIASA", "SEGERA", "DARURAT")}
        | {(places[0], "DARURAT"): 1, (places[1], "SEGERA"): 2},
        "channel": {(one, f"C{n}"): 11 for one in places for n in range(12)},
        "kind": {(one, f"K{n}"): 12 for one in places for n in range(8)},
    }
    told = document(dict.fromkeys(places, 60), counts, Random(1))  # noqa: S311  # nothing secret in a test
    async with transaction(house.database.sessions) as tx:
        await statistics.publish(tx, regency, month, told, NOW)


async def test_anybody_reads_what_the_api_tells(client: AsyncClient, house: House) -> None:
    await published(house, "13.74", "2026-09")
    told = (await client.get("/v1/statistics/13.74/2026-09")).json()
    page = await client.get(MONTH)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    for words in (
        told["definition"],
        told["note"],
        told["name"],
        "September 2026",
        "10 Oktober 2026 09.00 WIB",
    ):
        assert words in page.text
    assert f"<strong>{told['total']}</strong>" in page.text
    assert 'href="/v1/statistics/13.74/2026-09/file"' in page.text
    assert (await client.get("/v1/statistics/13.74/2026-09/file")).status_code == 200
    assert "<td>*" in page.text, "a small cell is shown as not told"
    for table in told["tables"]:
        assert all(f'scope="col">{one["label"]}' in page.text for one in table["values"]), table
        for row in table["rows"]:
            cells = "".join(f"<td>{'*' if n is None else n}" for n in row["cells"])
            assert f'<th scope="row">{row["label"]}{cells}\n' in page.text


async def test_it_speaks_english_and_leads_back(client: AsyncClient, house: House) -> None:
    await published(house, "13.74", "2026-09")
    page = await client.get(MONTH, params={"lang": "en"})
    assert '<html lang="en">' in page.text
    assert "Cases opened" in page.text
    assert f'href="{MONTH}?lang=id"' in page.text
    assert (await client.get(MONTH, headers={"Accept-Language": "en"})).text == page.text


async def test_the_list_goes_from_province_to_month(fresh_client: AsyncClient, fresh_house: House) -> None:
    client, house = fresh_client, fresh_house
    assert "Belum ada yang diumumkan" in (await client.get("/statistik")).text
    await published(house, "13.74", "2026-09")
    await published(house, "13.74", "2026-08")
    one = (await client.get("/statistik")).text
    assert 'href="/statistik?wilayah=13.74&amp;lang=id">Kota Padang Panjang</a> (September 2026)' in one
    months = (await client.get("/statistik", params={"wilayah": "13.74"})).text
    assert months.index("2026-09?lang") < months.index("2026-08?lang")
    await published(house, "32.04", "2026-09")
    two = (await client.get("/statistik")).text
    assert 'href="/statistik?wilayah=13&amp;lang=id">Sumatera Barat' in two
    assert "13.74" not in two
    assert "Kota Padang Panjang" in (await client.get("/statistik", params={"wilayah": "13"})).text


async def test_the_widest_regency_stays_small(client: AsyncClient, house: House) -> None:
    await published(house, "95.03", "2026-09", MOST_DISTRICTS)
    page = await client.get("/statistik/95.03/2026-09")
    assert page.text.count('scope="row"') > MOST_DISTRICTS * 4
    assert len(page.content) <= 30_000


@pytest.mark.parametrize(
    "path",
    [
        "/statistik/13.74/2026-13",
        "/statistik/x/2026-09",
        "/statistik/13.71/2026-09",
        "/statistik?wilayah=99.99",
    ],
)
async def test_what_is_not_there_is_said_in_a_page(client: AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert page.status_code == 404
    assert "Tidak ada statistik di sini" in page.text
