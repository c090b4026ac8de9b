"""A complaint about a village head: it goes past him, and no door of the service shows it to him."""

from datetime import date, timedelta

from rich.text import Text

from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown

_REGENCY, _VILLAGE = "13.74", "13.74.01.1005"
_BORN = date(1986, 3, 1)
_UPHELD = {"outcome": "complaint_upheld"}


async def _play(scene: Scene) -> Ending:
    head = await scene.doors.officer("lurah.guguk", _REGENCY, "Lurah Guguk Malintang")
    before = await _seen_by(head)
    await _complain(scene)
    await _show_nothing(scene, head, before)
    return await _decide(scene)


async def _complain(scene: Scene) -> None:
    desk = await scene.doors.officer("yulia", _REGENCY, "Puskesos Silaing Bawah")
    born_on = _BORN + timedelta(days=scene.run)
    body = {
        "kind": "PENGADUAN",
        "category": "LAYANAN_PETUGAS",
        "subject": {"kind": "person", "name": "Warga Pelapor", "born_on": born_on.isoformat(), "sex": "L"},
        "about": [{"kind": "village_office", "ref": _VILLAGE}],
        "place": {"village": _VILLAGE},
        "chronology": "Surat pengantar diminta bayaran di kantor lurah.",
    }
    words = (
        "Di meja kelurahan lain, warga mengadukan lurahnya.",
        "At another village's desk a resident complains about his own village head.",
    )
    opened = await scene.open(desk, body, words)
    scene.tell.hear(opened.body["receipt"])


async def _seen_by(head: Caller) -> tuple[int, int]:
    """How much the head sees: his cases, counted, and the cases in his queue's figures."""
    listed = (await head.get("/v1/cases?count=true&limit=1")).body["count"]
    queue = (await head.get("/v1/dashboards/queue")).body
    return listed, sum(cell["count"] for cell in queue["by_status"])


async def _show_nothing(scene: Scene, head: Caller, before: tuple[int, int]) -> None:
    await head.get(f"/v1/cases/{scene.ticket}", expect=404)
    await head.get(f"/v1/cases/{scene.ticket}/events", expect=404)
    found = await head.post("/v1/cases/search", {"q": scene.ticket, "limit": 5})
    if found.body["items"] or await _seen_by(head) != before:
        raise Broken("the village head sees the complaint about him")
    words = (
        "Lurah mencari: kasus, riwayat, daftar, hitungan, pencarian. Tidak ada apa pun.",
        "The head looks: case, timeline, list, counts, search. There is nothing.",
    )
    scene.say(head, words, f"GET /v1/cases/{scene.ticket}", Text("404", style="bold red"))


async def _decide(scene: Scene) -> Ending:
    manager = await scene.doors.officer("manajer", _REGENCY, "Manajer sekretariat")
    words = ("Kasusnya ada pada manajer sekretariat.", "The case is with the secretariat's manager.")
    await scene.step(manager, "handle", {}, words)
    proposal = {"recommendation": "resolve", "reason": "Kuitansi ada; pungutan diakui.", **_UPHELD}
    words = ("Mengusulkan: terbukti.", "Proposes: upheld.")
    await scene.step(manager, "propose", proposal, words, sent="complaint_upheld")
    words = ("Menunjuk kepala dinas sebagai orang kedua.", "Names the head of the office as second person.")
    reader = await scene.doors.officer("kadis", _REGENCY, "Kepala Dinas Sosial")
    me = (await reader.get("/v1/me")).body["id"]
    await manager.post(f"/v1/cases/{scene.ticket}/readers", {"account": me})
    scene.say(manager, words, "POST …/readers")
    words = ("Orang kedua memutuskan.", "The second person decides.")
    body = _UPHELD | {"told": scene.told("Kepala Dinas", "phone")}
    await scene.step(reader, "decide_resolve", body, words, sent="complaint_upheld")
    return await scene.ending(reader)


SHOWN = Shown(
    ("Pengaduan tentang lurah", "A complaint about a village head"),
    "Kota Padang Panjang",
    "dirahasiakan / withheld",
    _play,
    Expected("resolved", "complaint_upheld"),
)
