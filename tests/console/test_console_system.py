"""Pages of administrators and leaders: webhooks, clients and keys, long work, health."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.api.deps import House
from tests.support.jobs import a_job
from tests.support.office import REFUSED, STALE, a_clerk, links

pytestmark = pytest.mark.commits


async def test_a_webhook_from_its_secret_to_its_removal(house: House) -> None:
    async with a_clerk(house, "manajer@1374") as manager:
        assert "Belum ada penerima" in await manager.reads("/konsol/webhook")
        bad = await manager.sends("/konsol/webhook", url="bukan alamat", description="Sistem Dinsos")
        assert bad.status_code == REFUSED
        assert 'aria-invalid="true"' in bad.text
        assert "Sistem Dinsos" in bad.text, "what was typed is still there"
        made = await manager.sends(
            "/konsol/webhook", url="https://penerima.contoh.go.id/x", types="case.opened, referral.sent"
        )
        assert made.text.count("whsec_") == 1
        (to,) = links(await manager.reads("/konsol/webhook"), "/konsol/webhook")
        page = await manager.reads(to)
        assert "whsec_" not in page
        assert "case.opened, referral.sent" in page
        etag = await manager.etag(to)
        sent = await manager.does(f"{to}/langkah/test")
        assert "webhook.test" in sent
        early = await manager.sends(f"{to}/langkah/redeliver", n="1")
        assert (early.status_code, 'role="alert"' in early.text) == (409, True), "it is on its way already"
        await manager.does(f"{to}/langkah/replay", after="")
        changed = {"etag": etag, "url": "https://penerima.contoh.go.id/y", "description": "Pindah"}
        assert "https://penerima.contoh.go.id/y" in await manager.does(f"{to}/langkah/change", **changed)
        stale = await manager.sends(f"{to}/langkah/change", **{**changed, "description": "Dari layar lain"})
        assert stale.status_code == STALE
        assert "<mark>Dari layar lain</mark>" in stale.text
        assert "Pindah" in stale.text
        await manager.does(f"{to}/langkah/off", etag=await manager.etag(to))
        await manager.does(f"{to}/langkah/remove")


async def test_a_client_and_its_keys_show_each_secret_once(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin:
        made = await admin.sends(
            "/konsol/klien",
            client_id="sistem-uji",
            name="Sistem uji",
            agency="DINSOS-1374",
            scopes=["referral:read"],
        )
        assert made.text.count("pc_1374") == 1, made.text[-1500:]
        page = await admin.reads("/konsol/klien")
        (to,) = [one for one in links(page, "/konsol/klien") if "sistem-uji@1374" in await admin.reads(one)]
        bad = await admin.sends(
            f"{to}/langkah/key", name="Mesin", scopes=["referral:read"], expires_at="2001-01-01T00:00"
        )
        assert bad.status_code == REFUSED
        until = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT%H:%M}"
        key = await admin.sends(f"{to}/langkah/key", name="Mesin", scopes=["referral:read"], expires_at=until)
        assert key.text.count("psk_1374") == 1
        page = await admin.reads(to)
        found = re.search(r'name="key" value="([^"]+)"', page)
        assert found
        assert "Akhiri kunci ini" not in await admin.does(f"{to}/langkah/revoke", key=found[1])
        assert "pc_1374" in (await admin.sends(f"{to}/langkah/rotate")).text
        assert "dimatikan" in await admin.does(f"{to}/langkah/disable")


async def test_long_work_is_stopped_and_goes_on(house: House) -> None:
    to = f"/konsol/pekerjaan/{await a_job(house)}"
    async with a_clerk(house, "admin@1374") as admin:
        assert "Hentikan" in await admin.reads(to)
        stopped = await admin.does(f"{to}/langkah/stop")
        assert "Teruskan" in stopped or "Hentikan" in stopped
        assert (await admin.sends(f"{to}/langkah/apa")).status_code == 404
        assert "Pekerja terlihat" in await admin.reads("/konsol/kesehatan")


async def test_each_sees_in_the_office_what_is_hers(house: House) -> None:
    async with a_clerk(house, "admin@1374") as admin, a_clerk(house, "sekretariat@1374", "en") as office:
        hers, theirs = await admin.reads("/konsol/kantor"), await office.reads("/konsol/kantor")
        assert "/konsol/klien" in hers
        assert "/konsol/ganda" not in hers
        assert "/konsol/ganda" in theirs
        assert "Possible duplicates" in theirs
        assert "/konsol/klien" not in theirs
        await office.reads("/konsol/klien", status=403)
