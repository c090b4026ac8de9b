"""The register of cadres: read back from the five places, added to and changed."""

from collections import Counter
from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.hands import account_of
from tests.support.http import Person

pytestmark = pytest.mark.commits
BODY = {
    "pillar": "PSM",
    "name": "PSM Guguk Malintang 99",
    "area": "13.74.01.1005",
    "appointed_on": "2026-11-01",
    "capacity": 12,
}


async def all_cadres(reader: Person, region: str, pillar: str) -> list[Any]:
    path, items = f"/v1/cadres?region={region}&pillar={pillar}&limit=200", list[Any]()
    while True:
        page = (await reader.get(path)).json()
        items += page["items"]
        if page["next"] is None:
            return items
        path = f"/v1/cadres?cursor={page['next']}&limit=200"


async def test_three_psm_in_each_of_padangs_104_kelurahan(login: LogIn) -> None:
    found = await all_cadres(await login("rini@1371"), "13.71", "PSM")
    each = Counter(one["area"]["code"] for one in found)
    assert len(each) == 104
    assert set(each.values()) == {3}
    assert all(code.count(".") == 3 and code.startswith("13.71.") for code in each)


async def test_karang_taruna_of_padang_panjang_is_16_and_2_and_1(login: LogIn) -> None:
    found = await all_cadres(await login("siti@1374"), "13.74", "KARTAR")
    depths = Counter(one["area"]["code"].count(".") for one in found)
    assert depths == {3: 16, 2: 2, 1: 1}
    assert len({one["area"]["code"] for one in found}) == 19


async def test_a_cadre_is_registered_read_and_changed(login: LogIn) -> None:
    hendra, siti = await login("hendra@1374"), await login("siti@1374")
    made = await hendra.post("/v1/cadres", BODY)
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    assert (await siti.get(path)).json() == made.json()
    stale = await hendra.patch(path, {"capacity": 3}, etag='"9"')
    assert stale.status_code == 412
    assert (await hendra.patch(path, {"capacity": 3})).status_code == 428
    account = await account_of(await login("psm.guguk@1374"))
    changed = await hendra.patch(
        path, {"capacity": 3, "account": account, "ends_on": "2029-10-31"}, etag=made.headers["ETag"]
    )
    assert changed.status_code == 200, changed.text
    shown = changed.json()
    assert (shown["capacity"], shown["account"], shown["version"]) == (3, account, 2)
    # What she can carry is what the caseload goes by.
    case = await hendra.get("/v1/cases?limit=1")
    assert case.status_code == 200
    other = await hendra.post("/v1/cadres", {**BODY, "name": "Lain", "account": account})
    assert other.json()["errors"][0]["pointer"] == "/account"
    gone = await hendra.patch(path, {"active": False}, etag=changed.headers["ETag"])
    assert gone.json()["active"] is False
    assert shown["id"] not in {one["id"] for one in await all_cadres(siti, "13.74.01.1005", "PSM")}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"pillar": "PAHLAWAN"}, "/pillar"),
        ({"area": "13.74.01.9999"}, "/area"),
        ({"ends_on": "2026-10-31"}, "/ends_on"),
        ({"account": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/account"),
        ({"account": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/account"),
        ({"capacity": -1}, "/capacity"),
        ({"name": ""}, "/name"),
    ],
)
async def test_what_the_register_refuses(login: LogIn, changes: dict[str, Any], pointer: str) -> None:
    answer = await (await login("supervisor@1374")).post("/v1/cadres", {**BODY, **changes})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text


async def test_the_register_is_kept_where_one_leads(login: LogIn) -> None:
    hendra, siti = await login("hendra@1374"), await login("siti@1374")
    for who, area in (
        (siti, BODY["area"]),
        (hendra, "13.74.01.1006"),
        (hendra, "13.74"),
        (hendra, "13.71.01"),
    ):
        assert (await who.post("/v1/cadres", {**BODY, "area": area})).status_code == 403, area
    made = await hendra.post("/v1/cadres", {**BODY, "name": "Tetap"})
    moved = await hendra.patch(made.headers["Location"], {"area": "13.74.01.1006"}, etag=made.headers["ETag"])
    assert moved.status_code == 403
    supervisor = await login("supervisor@1374")
    other = await supervisor.patch(
        made.headers["Location"], {"area": "13.71.01.1001"}, etag=made.headers["ETag"]
    )
    assert other.status_code == 403
    for path in ("/v1/cadres/x", "/v1/cadres/1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"):
        assert (await siti.get(path)).status_code == 404
