"""Pages of the secretariat: queues, people at work, what a regency sets, personal data, lists coming in."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.lists import a_list, row_of
from tests.support.office import REFUSED, STALE, Clerk, a_clerk, links
from tests.support.reconciling import a_reconciliation
from tests.support.registry import work_off
from tests.support.twins import family, opened, person

pytestmark = pytest.mark.commits


async def shown_soon(clerk: Clerk, path: str, words: str) -> str:
    """Read a page until it says *words*: what a regency sets is read anew within a second."""
    for _ in range(40):
        if words in (page := await clerk.reads(path)):
            return page
        await asyncio.sleep(0.1)
    raise AssertionError(words)


async def test_duplicates_are_decided_and_taken_back(house: House, login: LogIn) -> None:
    siti = await login("siti@1374")
    home = family()
    tickets = [(await opened(siti, person(kk=home)))[0].ticket for _ in range(2)]
    async with a_clerk(house, "sekretariat@1374") as office:
        page = await office.reads("/konsol/ganda")
        assert all(one in page for one in tickets)
        group = next(one for one in re.findall(r'action="/konsol/ganda/([^"]+)"', page) if one in tickets)
        bad = await office.sends(f"/konsol/ganda/{group}", action="", tickets=tickets)
        assert bad.status_code == REFUSED
        assert f'id="langkah-{group}" open' in bad.text
        done = {"action": "link", "note": "Satu orang.", "tickets": tickets}
        assert f"/konsol/ganda/{group}" not in await office.does(f"/konsol/ganda/{group}", **done)
        assert group in await office.does("/konsol/ganda/batal", ticket=tickets[0], other=tickets[1])


async def test_a_finding_is_shown_with_what_may_be_decided(house: House) -> None:
    ids = await a_reconciliation(house)
    async with a_clerk(house, "sekretariat@1374") as office:
        (to,) = links(await office.reads("/konsol/rekonsiliasi"), "/konsol/rekonsiliasi")
        page = await office.reads(to)
        assert "Unduh hasilnya" in page
        finding = f"{to}/temuan/{ids['finding_id']}"
        await office.reads(finding)
        stale = await office.sends(
            f"{finding}/langkah/decide", etag='"77"', decision="keep", reason="card_seen"
        )
        assert stale.status_code == STALE
        assert (await office.sends(f"{to}/ekspor", format="csv")).status_code == REFUSED


async def test_leave_hand_over_cadres_and_duty(house: House) -> None:
    today = f"{datetime.now(UTC) + timedelta(hours=7):%Y-%m-%d}"
    async with a_clerk(house, "manajer@1374") as manager:
        page = await manager.reads("/konsol/tim")
        account = re.findall(r'<option value="([^"]+)"[^>]*>Siti|<option value="([^"]+)">[^<]*\(siti@', page)
        who = next(one for pair in account for one in pair if one)
        away = {"account": who, "from": today, "reason": "leave"}
        bad = await manager.sends("/konsol/tim/langkah/absence", **{**away, "from": "kapan"})
        assert (bad.status_code, "aria-invalid" in bad.text) == (REFUSED, True)
        shown = await manager.does("/konsol/tim/langkah/absence", **away)
        absence = re.findall(r'name="absence" value="([^"]+)"', shown)[0]
        await manager.does("/konsol/tim/langkah/end", absence=absence)
        await manager.does("/konsol/tim/langkah/hand-over", account=who, queue="desk")
        cadre = {
            "name": "Yanti Contoh",
            "pillar": "PSM",
            "area": "13.74",
            "appointed_on": today,
            "capacity": "5",
        }
        await manager.does("/konsol/kader", **cadre)
        pages = links(await manager.reads("/konsol/kader"), "/konsol/kader")
        to = (
            next(one for one in pages if "Yanti Contoh" in await manager.reads(one))
            if len(pages) == 1
            else pages[-1]
        )
        etag = await manager.etag(to)
        change = {"etag": etag, "name": "Yanti Contoh", "area": "13.74"}
        await manager.does(f"{to}/langkah/change", **change, capacity="7")
        merged = await manager.sends(f"{to}/langkah/change", **change, capacity="9")
        assert merged.status_code == STALE
        assert "<mark>9</mark>" in merged.text
        until = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}"
        turn = {"duty": "TAGANA", "account_id": who, "starts_at": f"{today}T00:00", "ends_at": until}
        roster = await manager.does("/konsol/piket/langkah/plan", **turn)
        await manager.does(
            "/konsol/piket/langkah/end", turn=re.findall(r'name="turn" value="([^"]+)"', roster)[0]
        )


async def test_a_regency_sets_times_days_off_and_words(house: House) -> None:
    async with a_clerk(house, "manajer@1374") as manager:
        clock = {"step": "verification", "amount": "2", "unit": "working_days", "source": "Perwako 12/2026"}
        await manager.does("/konsol/kebijakan/langkah/clock", **clock)
        shown = await shown_soon(manager, "/konsol/kebijakan", "Perwako 12/2026")
        bad = await manager.sends("/konsol/kebijakan/langkah/clock", **{**clock, "amount": "-"})
        assert bad.status_code == REFUSED
        own = re.findall(r'name="policy" value="([^"]+)"', shown)[0]
        await manager.does("/konsol/kebijakan/langkah/end", policy=own)
        day = await manager.does("/konsol/kalender/langkah/add", date="2027-12-01", name="Hari Jadi Kota")
        assert "Hari Jadi Kota" in day
        assert "Hari Jadi Kota" not in await manager.does(
            "/konsol/kalender/langkah/remove", date="2027-12-01"
        )
        words = {
            "event": "case_opened",
            "audience": "resident",
            "channel": "phone",
            "body": "Kasus {ticket} diterima.",
        }
        assert "Kasus {ticket} diterima." in await manager.does("/konsol/pesan", **words)


async def test_policies_are_called_by_their_names(house: House) -> None:
    value = {"name": "duplicate_window_days", "value": "21", "source": "Perwako 13/2026"}
    async with a_clerk(house, "manajer@1374") as manager, a_clerk(house, "manajer@1374", "en") as english:
        page = await manager.reads("/konsol/kebijakan")
        assert "Masa pemeriksaan kasus ganda<br><small><code>duplicate_window_days</code>" in page
        assert "Window in which the same matter is a duplicate" in await english.reads("/konsol/kebijakan")
        await manager.does("/konsol/kebijakan/langkah/value", **value)
        shown = await shown_soon(manager, "/konsol/kebijakan", "Perwako 13/2026")
        assert "Masa pemeriksaan kasus ganda" in shown, "its own value has the nation's name"
        own = re.findall(r'name="policy" value="([^"]+)"', shown)[0]
        await manager.does("/konsol/kebijakan/langkah/end", policy=own)


async def test_a_breach_has_its_clock_until_both_were_told(house: House) -> None:
    now = datetime.now(UTC) + timedelta(hours=7)
    async with a_clerk(house, "manajer@1374") as manager:
        assert "Belum ada yang tercatat" in await manager.reads("/konsol/insiden")
        assert "Belum ada permintaan" in await manager.reads("/konsol/permintaan-data")
        found = {
            "nature": "disclosed", "data": ["nik"], "persons": "3",
            "what": "Daftar terkirim ke luar.",
            "done": "Ditarik.", "contact": "Sekretariat",
            "happened_at": f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M}",
            "found_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        }  # fmt: skip
        await manager.does("/konsol/insiden", **found)
        (to,) = links(await manager.reads("/konsol/insiden"), "/konsol/insiden")
        assert (await manager.sends(f"{to}/langkah/close")).status_code >= 400
        at = f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M}"
        await manager.does(f"{to}/langkah/tell", to="authority", at=at, reference="7/2026")
        await manager.does(f"{to}/langkah/tell", to="persons", at=at, method="letter")
        assert "Ditutup" in await manager.does(f"{to}/langkah/close")


async def test_a_registry_list_is_checked_row_by_row_and_taken_in(house: House) -> None:
    content = a_list(1, 2, 3) + row_of(4, nik="12").encode()
    async with a_clerk(house, "sekretariat@1374") as office:
        bare = await office.sends("/konsol/registri", source="DTSEN", period="2026-Q3")
        assert bare.status_code >= 400
        data = {"kunci": office.key, "sekali": "a" * 32, "source": "DTSEN", "period": "2026-Q3"}
        sent = await office.client.post(
            "/konsol/registri", data=data, files={"file": ("daftar.csv", content)}
        )
        assert sent.status_code == 303, sent.text[-900:]
        to = sent.headers["Location"].partition("?")[0]
        await work_off(house)
        page = await office.reads(to)
        assert "Berlakukan" in page
        if "Jangan masukkan" in page:
            n = re.findall(r'name="row" value="(\d+)"', page)[0]
            await office.does(f"{to}/langkah/drop", row=n)
        await office.does(f"{to}/langkah/commit")
        await work_off(house)
        assert "berlaku sejak" in await office.reads(to)
        aid = {**data, "sekali": "b" * 32, "program": "BLT_KOTA", "state": "given", "period": "2026-11"}
        aid |= {"amount_idr": "300000", "given_on": "2026-11-01", "component": "cash", "proof": "SP2D 1"}
        ordered = await office.client.post(
            "/konsol/impor-bantuan", data=aid, files={"file": ("b.csv", content)}
        )
        assert ordered.status_code == 303, ordered.text.partition('role="alert"')[2][:900]
        await work_off(house)
        assert "tidak ada yang dicatat" in await office.reads(ordered.headers["Location"].partition("?")[0])
