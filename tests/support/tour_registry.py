"""The part of the walk where the registry comes: checked, decided, taken in, compared, held against need."""

from app.api.deps import House
from tests.support.http import Person
from tests.support.lists import HEADER, a_list, row_of
from tests.support.registry import checked, committed, work_off

PROFILE = {"region": "13.74", "name": "Daftar kota", "columns": {"fields": {"nik": ["NIK Warga"]}}}


async def registry_tour(house: House, office: Person) -> None:
    assert (await office.post("/v1/list-profiles", PROFILE)).status_code == 201
    assert (await office.get("/v1/list-profiles")).status_code == 200
    await committed(house, office, a_list(1, 2, 3), "2024-Q1")
    again = row_of(5) + row_of(5, name="ORANG LAIN SEKALI") + row_of(6, nik="")
    made = await checked(
        house, office, (HEADER + row_of(1) + row_of(2, desil=10) + again).encode(), "2024-Q2"
    )
    path = f"/v1/registry/snapshots/{made['id']}"
    assert (await office.get(f"{path}/rows?verdict=parked&count=true")).json()["count"] == 3
    assert (await office.post(f"{path}/rows/4/decide", {"decision": "take"})).status_code == 200
    fixed = {"decision": "correct", "fields": {"nik": "1374010101990099"}}
    assert (await office.post(f"{path}/rows/6/decide", fixed)).status_code == 200
    assert (await office.get(f"{path}/workbook")).status_code == 200
    assert (await office.post(f"{path}/commit", {})).status_code == 202
    await work_off(house)
    for part in ("", "/diff", "/gaps"):
        assert (await office.get(path + part)).status_code == 200, part
    left = await checked(house, office, a_list(70), "2024-Q3")
    assert (await office.post(f"/v1/registry/snapshots/{left['id']}/withdraw", {})).status_code == 200
    for listed in ("/v1/registry/snapshots?count=true", "/v1/lists?count=true"):
        assert (await office.get(listed)).status_code == 200
