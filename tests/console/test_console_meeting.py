"""A village meeting in the console: from the plan to an objection, as the desk and the office see it."""

from datetime import timedelta

import pytest

from app.api.deps import House
from tests.support.console_http import at_the_screen
from tests.support.files import a_photo
from tests.support.meetings import ROLES, Clock, on_clock

pytestmark = pytest.mark.commits


async def called(then: House, clock: Clock) -> str:
    """Plan a meeting, put two residents on its agenda, invite; return its page."""
    async with at_the_screen(then, "siti@1374") as desk:
        await desk.go("/konsol/musyawarah")
        starts = (clock() + timedelta(days=4, hours=7)).strftime("%Y-%m-%dT%H:%M")
        plan = {"village": "13.74.01.1005", "kind": "muskel", "place": "Balai Guguk", "starts_at": starts}
        await desk.send("/konsol/musyawarah", {**plan, "starts_at": ""}, 422)
        assert desk.offers("Balai Guguk"), "what was typed is still there"
        await desk.send("/konsol/musyawarah", plan)
        page = desk.link(r"/konsol/musyawarah/[^/\"]+/langkah/put").removesuffix("/langkah/put")
        for name in ("Nurhayati Contoh", "Basri Contoh"):
            person = {"person.name": name, "person.rt": "001", "person.rw": "002"}
            assert name in await desk.send(f"{page}/langkah/put", person)
        await desk.send(f"{page}/langkah/convene", {"number": "005/1"})
        pdf = await desk.client.get(f"{page}/undangan")
        assert pdf.content.startswith(b"%PDF"), pdf.text[:300]
    return page


async def test_a_meeting_goes_from_the_plan_to_an_objection(house: House) -> None:
    clock = Clock()
    then = on_clock(house, clock)
    page = await called(then, clock)
    clock.pass_days(4)
    async with at_the_screen(then, "siti@1374") as desk:
        await desk.go(page)
        assert "Kuorum belum tercapai" in await desk.send(f"{page}/langkah/open")
        for n, role in enumerate(ROLES):
            await desk.send(f"{page}/langkah/attend", {"role": role, "name": f"Peserta {n}"})
        assert "Kuorum tercapai" in desk.words()
        candidates = desk.found(r'name="decision\.([^"]+)"')
        assert len(candidates) == 2
        present = desk.found('value="([^"]+)">Peserta 1 ')[0]
        closeness = {"attendee": present, "candidate": candidates[0], "reason": "family"}
        assert "Tidak ikut memutus: Peserta 1" in await desk.send(f"{page}/kepentingan", closeness)
        said = {
            f"decision.{candidates[0]}": "LAYAK",
            f"rank.{candidates[0]}": "1",
            f"reason.{candidates[0]}": "Rumah tidak layak.",
            f"decision.{candidates[1]}": "TIDAK_LAYAK",
            f"reason.{candidates[1]}": "",
        }
        assert "Rumah tidak layak." in await desk.send(f"{page}/putusan", said, 422)
        said[f"reason.{candidates[1]}"] = "Punya penghasilan tetap."
        assert "Alasan: Punya penghasilan tetap." in await desk.send(f"{page}/putusan", said)
        await desk.send(f"{page}/langkah/minute", {"number": "140/1", "head": "Lurah Contoh"})
        minutes = desk.link(rf"{page}/berita-acara/[^/\"]+")
        assert (await desk.client.get(minutes)).content.startswith(b"%PDF")
        scan = {"files": {"file": ("ba.jpg", a_photo(), "image/jpeg")}}
        assert "pindaian bertanda tangan" in await desk.send(minutes, {}, **scan)
        assert "keberatan sampai" in await desk.send(f"{page}/langkah/publish")
        objection = {
            "candidate": candidates[0],
            "objector.name": "Warga Contoh",
            "objector.village": "13.74.01.1005",
            "reason": "Rumahnya permanen.",
        }
        assert "Rumahnya permanen." in await desk.send(f"{page}/keberatan", objection)
        assert not desk.offers("/putus"), "the desk does not judge objections"
    async with at_the_screen(then, "sekretariat@1374") as office:
        await office.go(page)
        decide = office.link(rf"{page}/keberatan/[^/\"]+/putus")
        await office.send(decide, {"finding": "", "upheld": "true"}, 422)
        assert "Temuan: Rumah kontrakan." in await office.send(
            decide, {"finding": "Rumah kontrakan.", "upheld": "false"}
        )
