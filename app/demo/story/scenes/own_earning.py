"""PENA ends in graduation: guided, reviewed, suggested by rule, decided by somebody else."""

from typing import Any, Final

from rich.text import Text

from app.demo.cast import BAKER
from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY: Final = "13.71"
_PROGRAM: Final = "PENA"
_BEFORE: Final = 1_400_000
_NOW: Final = 3_600_000


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("rini", _REGENCY, "Puskesos Jati")
    body = {
        "category": "PERMOHONAN_USAHA",
        "subject": scene.subject(BAKER),
        "place": {"village": BAKER.village.code, "address": BAKER.address},
        "chronology": "Membuat kue di rumah, ingin mandiri.",
        "papers": ["KTP", "KK"],
    }
    words = ("Penerima Sembako ingin mandiri.", "A recipient of food aid wants to earn for herself.")
    await scene.open(desk, body, words)
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke PENA.", "Refers her to PENA.")
    await scene.refer(office, words, aid(_PROGRAM))
    paper = {"on_behalf": scene.behalf("Surat Kemensos")}
    words = ("Mencatat: Kemensos menerima.", "Records: the ministry accepts.")
    await scene.act(office, _PROGRAM, "accept", paper, words, sent="on_behalf")
    for part, gave in (("capital", {"goods": "Oven dan loyang"}), ("guidance", {"goods": "Pelatihan kue"})):
        sent = {"component": part, "period": "once", "date": scene.today, "proof": "BAST 3", **gave, **paper}
        words = (f"Diterima: {gave['goods']}.", f"Received: {part}.")
        await scene.act(office, _PROGRAM, "deliver", sent, words, sent=part)
    await _guide(scene, desk)
    body = {"outcome": "aid_received", "told": scene.told("Rini Oktavia")}
    words = ("Memberi tahu: modal sudah diterima.", "Tells her: the capital has come.")
    await scene.step(desk, "resolve", body, words, sent="aid_received")
    return await scene.ending(desk)


async def _guide(scene: Scene, desk: Caller) -> None:
    started = {
        "ticket": scene.ticket,
        "program": _PROGRAM,
        "started_on": scene.today,
        "income_idr": _BEFORE,
    }
    way = (await desk.post("/v1/graduations", started, expect=201)).body
    path = f"/v1/graduations/{way['id']}"
    scene.say(desk, ("Mulai mendampingi.", "Begins to guide her."), "POST /v1/graduations", _state(way))
    step = {"step": "business_started", "on": scene.today}
    await desk.post(f"{path}/steps", step, expect=200)
    for _ in range(way["rule"]["reviews"]):
        way = (await desk.post(f"{path}/reviews", {"on": scene.today, "income_idr": _NOW}, expect=201)).body
    if way["suggestion"]["code"] != "exit":
        raise Broken(f"the rule says {way['suggestion']['code']}, not exit")
    words = ("Meninjau pendapatan keluarga.", "Reviews the household's income.")
    scene.say(desk, words, f"POST {path.rpartition('/')[0]}/…/reviews", Text(way["suggestion"]["label"]))
    approver = await scene.doors.officer("pemaraf", _REGENCY, "Sekretariat SLRT Padang")
    way = (await approver.post(f"{path}/decide", {"decision": "graduate"}, expect=200)).body
    words = ("Orang lain memutuskan.", "Somebody else decides.")
    scene.say(approver, words, "POST /v1/graduations/…/decide", _state(way))
    shown = (await desk.get(f"/v1/people/{way['person']}/assistance")).body["lines"]
    left = {one["program"] for one in shown if one["state"]["code"] == "stopped"}
    if left != {"SEMBAKO"}:
        raise Broken(f"graduation stopped {sorted(left)}, not Sembako")
    scene.tell.hear("Rencana Sembako berikutnya dihentikan; dapat dibatalkan selama 30 hari.")


def _state(way: dict[str, Any]) -> Text:
    return Text(way["state"]["label"], style="bold green")


SHOWN = Shown(
    ("PENA: dari bantuan menuju mandiri", "PENA: from aid to her own earning"),
    "Kota Padang",
    BAKER.name,
    _play,
    Expected("resolved", "aid_received", ((_PROGRAM, "fulfilled"),)),
)
