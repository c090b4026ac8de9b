"""Violence: whoever typed the case keeps a receipt only, and the slip shows nothing."""

from datetime import date, timedelta

from rich.text import Text

from app.demo.story.scene import Ending, Expected, Scene, Shown
from app.demo.story.telling import badge

_REGENCY, _VILLAGE = "13.71", "13.71.03.1004"
_BORN = date(1990, 1, 1)


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("melda", _REGENCY, "Puskesos Purus")
    born_on = _BORN + timedelta(days=scene.run)
    body = {
        "kind": "PENGADUAN",
        "category": "KEKERASAN_PEREMPUAN",
        "subject": {"kind": "person", "name": "Ny. X", "born_on": born_on.isoformat(), "sex": "P"},
        "place": {"village": _VILLAGE},
        "chronology": "Korban meminta perlindungan.",
    }
    words = ("Mencatat laporan kekerasan.", "Records a report of violence.")
    opened = await scene.open(desk, body, words)
    scene.tell.hear(opened.body["receipt"])
    await desk.get(f"/v1/cases/{scene.ticket}", expect=404)
    words = (
        "Petugas yang mengetik pun tidak dapat membukanya lagi.",
        "Not even the officer who typed it can open it again.",
    )
    scene.say(desk, words, f"GET /v1/cases/{scene.ticket}", Text("404", style="bold red"))
    victim = await scene.doors.resident(scene.ticket, scene.pin)
    shown = await victim.get("/v1/track")
    words = ("Slipnya tidak membuka apa pun.", "Her slip tells nothing.")
    scene.say(victim, words, "GET /v1/track", badge(shown.body["status"]))
    return Ending(scene.ticket, shown.body["status"], None)


SHOWN = Shown(
    ("Kekerasan: jalur tertutup", "Violence: the closed channel"),
    "Kota Padang",
    "dirahasiakan / withheld",
    _play,
    Expected("in_progress"),
)
