"""Closed is not solved: a case that she confirmed comes back, to the officer who knew it."""

from datetime import date, timedelta
from typing import Any

from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown

_REGENCY, _VILLAGE = "18.72", "18.72.01.1003"
_NAME, _BORN = "Warsini", date(1957, 2, 1)


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("wulan", _REGENCY, "Puskesos Imopuro")
    born_on = _BORN + timedelta(days=scene.run)
    body = {
        "category": "SURAT_SKTM",
        "subject": {"kind": "person", "name": _NAME, "born_on": born_on.isoformat(), "sex": "P"},
        "place": {"village": _VILLAGE},
        "chronology": "Memerlukan SKTM untuk berobat.",
    }
    words = ("Meminta SKTM.", "Asks for a certificate of need.")
    await scene.open(desk, body, words)
    words = ("Menangani sendiri.", "Handles it herself.")
    await scene.step(desk, "handle", {}, words)
    await _serve(scene, desk, "SKTM dibuat dan diserahkan.", "The certificate is made and handed over.")
    await scene.confirm([], 4, ("Sudah menerima.", "Has received it."))
    await _come_back(scene, desk)
    await _serve(scene, desk, "Nama diperbaiki, SKTM diganti.", "The name is mended, the paper replaced.")
    await scene.confirm([], 5, ("Sekarang benar.", "Now it is right."))
    return await scene.ending(desk)


async def _serve(scene: Scene, desk: Caller, indonesian: str, english: str) -> dict[str, Any]:
    body = {"outcome": "service_given", "told": scene.told("Wulan Sari")}
    return await scene.step(desk, "resolve", body, (indonesian, english), sent="service_given")


async def _come_back(scene: Scene, desk: Caller) -> None:
    words = (
        "Tiga hari kemudian ia kembali: namanya salah tulis, rumah sakit menolak.",
        "Three days later she is back: her name is misspelt, the hospital refused it.",
    )
    reason = {"reason": "Nama pada SKTM salah; ditolak rumah sakit."}
    again = await scene.step(desk, "reopen", reason, words)
    if again["outcome"] is not None or again["reopened_count"] != 1:
        raise Broken("a reopened case still counts as resolved")
    scene.tell.hear("Dibuka kembali: hasilnya tidak lagi dihitung sebagai selesai.")


SHOWN = Shown(
    ("Ditutup, lalu dibuka kembali", "Closed, then opened again"),
    "Kota Metro",
    _NAME,
    _play,
    Expected("closed", "service_given"),
)
