"""The cash aid of a city for October to December: Rp900,000, planned and given, and never twice."""

from typing import Any, Final

from rich.text import Text

from app.demo.cast import CITY_CASH
from app.demo.story.callers import Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY: Final = "13.74"
_PROGRAM: Final = "BLT_KOTA"
_MONTHLY: Final = 300_000
_ALL: Final = 900_000


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("siti", _REGENCY, "Puskesos Guguk Malintang")
    body = {
        "category": "PERMOHONAN_BANSOS",
        "subject": scene.subject(CITY_CASH),
        "place": {"village": CITY_CASH.village.code, "address": CITY_CASH.address},
        "chronology": "Buruh harian, penghasilan turun.",
        "papers": ["KTP", "KK"],
    }
    words = ("Warga meminta bantuan.", "A resident asks for aid.")
    await scene.open(desk, body, words)
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke BLT kota.", "Refers her to the city's cash aid.")
    await scene.refer(office, words, aid(_PROGRAM))
    city = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima; tiga bulan direncanakan.", "Accepts; three months are planned.")
    await scene.act(city, _PROGRAM, "accept", {}, words)
    person = (await scene.read(desk)).body["subject"]["person"]["id"]
    await _see(scene, desk, person, "planned_idr")
    await _ask(scene, desk, person)
    again = {"referrals": [aid(_PROGRAM)]}
    words = ("Mencoba merujuk BLT sekali lagi.", "Tries to refer her to it once more.")
    await scene.refused(office, "refer", again, words, "aid_excluded")
    for month in ("10", "11", "12"):
        paid = {
            "component": "cash",
            "amount_idr": _MONTHLY,
            "period": f"{scene.today[:4]}-{month}",
            "date": scene.today,
            "proof": f"SP2D {month}",
        }
        words = (f"Membayar bulan {month}.", f"Pays for month {month}.")
        await scene.act(city, _PROGRAM, "deliver", paid, words, sent="Rp300.000")
    await _see(scene, desk, person, "given_idr")
    await _ask(scene, desk, person)
    body = {"outcome": "aid_received", "told": scene.told("Siti Rahmah")}
    words = ("Memberi tahu: sudah lunas.", "Tells her: all of it is paid.")
    await scene.step(desk, "resolve", body, words, sent="aid_received")
    received: list[dict[str, Any]] = [{"program": _PROGRAM, "amount_idr": _ALL}]
    await scene.confirm(received, 5, ("Uangnya sudah diterima.", "The money has come."))
    return await scene.ending(desk)


async def _see(scene: Scene, desk: Caller, person: str, column: str) -> None:
    """Tell what stands in the ledger; it is Rp900,000 or the story is broken."""
    shown = (await desk.get(f"/v1/people/{person}/assistance")).body
    total = next(one for one in shown["totals"]["by_program"] if one["key"] == _PROGRAM)
    if total[column] != _ALL:
        raise Broken(f"the ledger has {total[column]} in {column}, not {_ALL}")
    planned, given = (f"{total[name]:,}".replace(",", ".") for name in ("planned_idr", "given_idr"))
    scene.tell.hear(f"Buku bantuan: direncanakan Rp{planned}, diberikan Rp{given}.")


async def _ask(scene: Scene, desk: Caller, person: str) -> None:
    """Ask whether she may have it a second time; whoever asks hears why not."""
    body = {"people": [person], "program": _PROGRAM, "purpose": "give_aid"}
    (told,) = (await desk.post("/v1/assistance/overlap", body, expect=200)).body["items"]
    if not told["forbidden"]:
        raise Broken("a second BLT is not forbidden")
    words = ("Menanyakan BLT kedua.", "Asks about a second BLT.")
    scene.say(desk, words, "POST /v1/assistance/overlap", Text(told["ruling"]["label"], style="bold red"))
    scene.tell.hear(told["findings"][0]["words"])
    scene.tell.hear(f"Masih melengkapi: {', '.join(told['still_fits'][:4])}.")


SHOWN = Shown(
    ("BLT kota tiga bulan, tidak dua kali", "The city's cash aid for three months, never twice"),
    "Kota Padang Panjang",
    CITY_CASH.name,
    _play,
    Expected("closed", "aid_received", ((_PROGRAM, "fulfilled"),)),
)
