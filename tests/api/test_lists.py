"""Lists come in as they are: sealed in parts, kept once, refused in words; profiles of their columns."""

from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.api import list_uploads
from app.api.deps import House
from app.db.queries import lists as stored
from app.db.session import read_only
from app.domain.ids import parse_public_id
from app.integrations.sealed_files import open_file
from tests.conftest import LogIn
from tests.support.lists import a_list, send_list, sent_list


async def test_a_list_is_kept_sealed_and_comes_back_whole(house: House, login: LogIn) -> None:
    office, content = await login("sekretariat@1374"), a_list(*range(3000)) * 12
    assert len(content) > 2 * list_uploads.PART
    answer = await send_list(office, content, name="DTSEN tri 3.csv")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["name"], told["kind"]["code"], told["encoding"]) == ("DTSEN tri 3.csv", "csv", "utf-8")
    place = parse_public_id(told["id"])
    assert place
    async with read_only(house.database.sessions) as tx:
        row = await stored.live(tx, place.tenant, place.id)
        key = house.vault.unwrap(await stored.wrapped_key(tx, place.tenant, row.data_key_id))
    sealed = [await house.files.store.get(name) for name, _ in row.parts]
    assert all(b"CONTOH" not in one for one in sealed)
    opened = [
        open_file(house.vault, key, (row.id, name), one)
        for (name, _), one in zip(row.parts, sealed, strict=True)
    ]
    assert b"".join(opened) == content
    assert b"DTSEN" not in (row.name_sealed or b"")
    assert (await office.get(f"/v1/lists/{told['id']}")).json() == told


async def test_the_same_bytes_are_kept_once(house: House, login: LogIn) -> None:
    office, head, key = await login("sekretariat@1374"), await login("kadis@1374"), uuid4().hex
    first = await send_list(office, a_list(7), key=key)
    again = await send_list(office, a_list(7), key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await send_list(head, a_list(7))
    assert other.status_code == 200
    assert other.json()["id"] == first.json()["id"] == again.json()["id"]
    reused = await send_list(office, a_list(8), key=key)
    assert reused.json()["code"] == "idempotency_key_reused"
    assert await _objects(house) == await _named(house)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_empty"),
        (b"\r\n \n", "list_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list_old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99,
            "list_locked",
        ),
        (b"<html><table><tr><td>NIK</td></tr></table>", "list_web_page"),
        (b"%PDF-1.7 and so on", "list_type_not_taken"),
        (b"\x89PNG\r\n\x1a\n....", "list_type_not_taken"),
    ],
)
async def test_what_is_no_list_is_refused_in_words(
    house: House, login: LogIn, content: bytes, code: str
) -> None:
    office = await login("sekretariat@1374")
    before = await _objects(house)
    answer = await send_list(office, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"]
    assert await _objects(house) == before


async def test_a_list_has_a_bound_and_a_type(client: AsyncClient, login: LogIn) -> None:
    office = await login("sekretariat@1374")
    big = await send_list(office, b"", **{"Content-Length": "900000000"})
    assert big.status_code == 413
    wrong = await send_list(office, b"{}", **{"Content-Type": "application/json"})
    assert wrong.status_code == 415
    name = await send_list(office, a_list(1), **{"File-Name": "%FF%00"})
    assert (name.status_code, name.json()["errors"][0]["pointer"]) == (400, "/header/File-Name")
    assert (await client.post("/v1/lists", content=a_list(1))).status_code == 401


async def test_only_whoever_can_use_a_list_may_bring_and_see_one(login: LogIn) -> None:
    office, siti = await login("sekretariat@1374"), await login("siti@1374")
    made = await sent_list(office, a_list(40))
    assert (await send_list(siti, a_list(41))).status_code == 403
    assert (await siti.get(f"/v1/lists/{made}")).status_code == 404
    padang = await login("sekretariat@1371")
    assert (await padang.get(f"/v1/lists/{made}")).status_code == 404
    assert (await padang.get("/v1/lists?region=13.74")).status_code == 403
    mine = (await office.get("/v1/lists?count=true&limit=1")).json()
    assert mine["count"] >= 1
    assert mine["next"]


async def test_a_profile_is_saved_in_versions(login: LogIn) -> None:
    office = await login("sekretariat@1374")
    body = {
        "region": "13.74",
        "name": "Ekspor JKSS",
        "columns": {"fields": {"nik": ["No. KTP Peserta"]}, "extra": {"faskes": ["Faskes"]}},
    }
    first = await office.post("/v1/list-profiles", body)
    assert (first.status_code, first.json()["n"]) == (201, 1)
    assert first.json()["columns"]["fields"] == {"nik": ["noktppeserta"]}
    second = await office.post("/v1/list-profiles", body)
    assert second.json()["n"] == 2
    kept = (await office.get("/v1/list-profiles")).json()["items"]
    assert [(one["name"], one["n"]) for one in kept] == [("Ekspor JKSS", 2)]
    wrong = await office.post(
        "/v1/list-profiles",
        {**body, "columns": {"fields": {"umur": ["Umur"]}, "programs": {"PKH": ["???"]}}},
    )
    assert wrong.status_code == 422
    assert {(one["pointer"], one["code"]) for one in wrong.json()["errors"]} == {
        ("/columns/fields", "unknown_field"),
        ("/columns/programs/PKH", "bad_words"),
    }


async def _objects(house: House) -> set[str]:
    root = house.settings.data_dir / "objects"
    return {"/".join(one.parts[-3:]) for one in root.rglob("*") if one.is_file()}


async def _named(house: House) -> set[str]:
    async with read_only(house.database.sessions) as tx:
        rows = await stored.listed(tx, "13.74", None, 200)
    return {key for row in rows for key in stored.part_keys(row)}
