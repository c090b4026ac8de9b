"""Accounts in the console: opened, given roles, let in and kept out, without a line of JSON."""

import re

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.office import LED, REFUSED, STALE, Clerk, a_clerk

pytestmark = pytest.mark.commits
WORD = "sandi yang panjang sekali"
AREA = "13.74.01.1005"


async def opened(admin: Clerk, login: str, **more: str) -> str:
    """Open an account; return where its page is."""
    asked = {"login": login, "name": "Siti Baru", "password": WORD, "role": "facilitator", "region": AREA}
    answer = await admin.sends("/konsol/akun", **{**asked, **more})
    assert answer.status_code == LED, answer.text[-3000:]
    return answer.headers["Location"].partition("?")[0]


async def enters(clerk: Clerk, login: str, password: str) -> bool:
    answer = await clerk.client.post("/konsol/masuk", data={"login": login, "password": password})
    return answer.status_code == LED


async def test_an_account_from_its_opening_to_its_end(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin, a_clerk(house, "siti@1374") as other:
        to = await opened(admin, "siti.baru")
        page = await admin.reads(to)
        assert "siti.baru@1374" in page
        assert "Fasilitator SLRT" in page
        assert await enters(other, "siti.baru@1374", WORD)
        etag = await admin.etag(to)
        given = await admin.does(f"{to}/langkah/grant", etag=etag, role="cadre", region=AREA)
        assert "Kader PSKS" in given
        grant = re.findall(r'name="grant" value="([^"]+)"', given)
        assert len(grant) == 2
        ended = await admin.does(f"{to}/langkah/end", etag=await admin.etag(to), grant=grant[0])
        assert "berakhir" in ended
        assert len(re.findall(r'name="grant"', ended)) == 1
        etag = await admin.etag(to)
        assert "Kata sandi" in await admin.does(f"{to}/langkah/password", etag=etag, password=f"{WORD} baru")
        assert not await enters(other, "siti.baru@1374", WORD)
        assert await enters(other, "siti.baru@1374", f"{WORD} baru")
        changed = {"etag": await admin.etag(to), "name": "Siti Lama", "email": "siti@contoh.go.id"}
        assert "siti@contoh.go.id" in await admin.does(f"{to}/langkah/change", **changed)
        emptied = {"etag": await admin.etag(to), "name": "Siti Lama", "email": ""}
        assert "siti@contoh.go.id" not in await admin.does(f"{to}/langkah/change", **emptied)
        off = await admin.does(f"{to}/langkah/off", etag=await admin.etag(to))
        assert "dimatikan" in off
        assert not await enters(other, "siti.baru@1374", f"{WORD} baru")
        assert "siti.baru@1374" in await admin.reads("/konsol/akun?active=false")
        assert "siti.baru@1374" not in await admin.reads("/konsol/akun?active=true")
        assert "Matikan akun" in await admin.does(f"{to}/langkah/on", etag=await admin.etag(to))
        assert (await admin.sends(f"{to}/langkah/apa")).status_code == 404


async def test_what_is_wrong_stands_at_its_field_and_no_password_comes_back(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin:
        typed = {"login": "X!", "name": "Nama Tetap", "password": "pendek", "role": "cadre", "region": "apa"}
        bad = await admin.sends("/konsol/akun", **typed)
        assert bad.status_code == REFUSED
        assert bad.text.count('aria-invalid="true"') >= 3, "login, password, place"
        assert re.search(r'id="baru-region"[^>]*aria-invalid', bad.text)
        assert "Nama Tetap" in bad.text
        assert "pendek" not in bad.text
        to = await opened(admin, "siti.lain")
        bad = await admin.sends(f"{to}/langkah/grant", etag=await admin.etag(to), role="agency_officer")
        assert bad.status_code == REFUSED
        assert re.search(r'id="grant-agency"[^>]*aria-invalid', bad.text)


async def test_two_who_change_one_account_see_what_the_other_did(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin:
        to = await opened(admin, "siti.dua")
        etag = await admin.etag(to)
        await admin.does(f"{to}/langkah/change", etag=etag, name="Yang Pertama")
        stale = await admin.sends(f"{to}/langkah/change", etag=etag, name="Yang Kedua")
        assert stale.status_code == STALE
        assert "<mark>Yang Kedua</mark>" in stale.text
        assert "Yang Pertama" in stale.text


async def test_it_is_tied_to_the_outside_sign_in_and_untied(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin:
        to = await opened(admin, "siti.luar")
        tied = {"etag": await admin.etag(to), "issuer": "https://masuk.example.go.id", "subject": "f81d4fae"}
        page = await admin.does(f"{to}/langkah/tie", **tied)
        assert "penyedia masuk lembaga" in page
        assert "f81d4fae" not in page
        bad = await admin.sends(f"{to}/langkah/tie", etag=await admin.etag(to), subject="f81d4fae")
        assert bad.status_code == REFUSED
        assert re.search(r'id="tie-issuer"[^>]*aria-invalid', bad.text)
        page = await admin.does(f"{to}/langkah/untie", etag=await admin.etag(to))
        assert "Lepas dari penyedia masuk" not in page


async def test_who_may_not_manage_accounts_opens_none(house: House, login: LogIn) -> None:
    admin = await login("admin@1374")
    some = (await admin.get("/v1/accounts")).json()["items"][0]["id"]
    async with a_clerk(house, "sekretariat@1374") as office:
        await office.reads("/konsol/akun", status=403)
        await office.reads(f"/konsol/akun/{some}", status=403)
        refused = await office.sends("/konsol/akun", login="baru", name="Baru", password=WORD)
        assert refused.status_code == 403


async def test_nobody_gives_herself_a_role(house: House, login: LogIn) -> None:
    me = (await (await login("admin@1374")).get("/v1/me")).json()
    async with a_clerk(house, "admin@1374") as admin:
        found = re.search(
            rf'href="(/konsol/akun/[^"]+)">{re.escape(me["login"])}<', await admin.reads("/konsol/akun")
        )
        assert found
        to = found[1]
        refused = await admin.sends(
            f"{to}/langkah/grant", etag=await admin.etag(to), role="head", region="13.74"
        )
        assert refused.status_code in {403, 409}
        assert "diubah oleh admin lain" in refused.text
