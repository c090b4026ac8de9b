"""A donor takes what nobody has money for: without a name, raced for by nobody twice, checked by two."""

from base64 import b64decode
from typing import Any, Final

from rich.text import Text

from app.demo.cast import BAKER
from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY: Final = "13.71"
_PROGRAM: Final = "UMUM.FORUM_CSR-1371"
_PICTURE: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""One point: stands for the photo of the goods, and for the receipt."""


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("rini", _REGENCY, "Puskesos Jati")
    body = {
        "category": "PERMOHONAN_KERJA",
        "subject": scene.subject(BAKER),
        "place": {"village": BAKER.village.code, "address": BAKER.address},
        "chronology": "Oven rusak, pesanan kue terhenti.",
        "papers": ["KTP", "KK"],
    }
    words = ("Pembuat kue butuh alat usaha.", "The baker needs tools to go on.")
    await scene.open(desk, body, words)
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke Forum CSR.", "Refers her to the CSR forum.")
    await scene.refer(office, words, aid(_PROGRAM))
    need = await _publish(scene, desk, office)
    pledge = await _take(scene, need)
    approver = await scene.doors.officer("pemaraf", _REGENCY, "Sekretariat SLRT Padang")
    done = (await approver.post(f"/v1/pledges/{pledge}/accept", expect=200)).body
    words = ("Petugas lain memeriksa buktinya.", "Somebody else checks the proof.")
    scene.say(approver, words, "POST /v1/pledges/…/accept", _state(done))
    told = {"outcome": "aid_received", "told": scene.told("Rini Oktavia")}
    words = ("Memberi tahu: alatnya sudah ada.", "Tells her: the tools are there.")
    await scene.step(desk, "resolve", told, words, sent="aid_received")
    return await scene.ending(desk)


async def _publish(scene: Scene, desk: Caller, office: Caller) -> str:
    wanted = {"kind": "ALAT_USAHA", "quantity": 1, "estimated_idr": 2_500_000}
    need = (await desk.post(f"/v1/cases/{scene.ticket}/needs", wanted, expect=201)).body
    words = ("Menyusun kartu kebutuhan.", "Writes a need card.")
    scene.say(desk, words, "POST …/needs ALAT_USAHA", _state(need))
    need = (await office.post(f"/v1/needs/{need['id']}/publish", expect=200)).body
    words = ("Menerbitkannya bagi donatur.", "Opens it to donors.")
    scene.say(office, words, "POST /v1/needs/…/publish", _state(need))
    return str(need["id"])


async def _take(scene: Scene, need: str) -> str:
    donor = await scene.doors.officer("donatur", _REGENCY, "PT Bukit Barisan Peduli")
    shown = await donor.get(f"/v1/needs/{need}")
    if shown.body["office"] is not None or scene.ticket in str(shown.body):
        raise Broken("a donor reads more than the card")
    scene.tell.hear(shown.body["story"])
    pledge = (await donor.post("/v1/pledges", {"need": need}, expect=201)).body
    words = ("Donatur memesannya.", "A donor reserves it.")
    scene.say(donor, words, "POST /v1/pledges", _state(pledge))
    path = f"/v1/pledges/{pledge['id']}"
    late = await donor.post("/v1/pledges", {"need": need}, expect=409)
    scene.hear_refusal(late, "need_taken")
    for kind in ("photo", "receipt"):
        await donor.upload(f"{path}/proofs?kind={kind}", "bukti.png", _PICTURE)
    done = (await donor.post(f"{path}/deliver", {"delivered_on": scene.today}, expect=200)).body
    words = ("Menyerahkan, dengan foto dan tanda terima.", "Delivers, with photo and receipt.")
    scene.say(donor, words, "POST /v1/pledges/…/deliver", _state(done))
    return str(pledge["id"])


def _state(thing: dict[str, Any]) -> Text:
    return Text(thing["state"]["label"], style="bold green")


SHOWN = Shown(
    ("Kartu kebutuhan: donatur memberi tanpa melihat nama", "A need card: a donor gives and sees no name"),
    "Kota Padang",
    BAKER.name,
    _play,
    Expected("resolved", "aid_received", ((_PROGRAM, "fulfilled"),)),
)
