"""An old man alone: what he gets is added to, what would be double is refused with its reason."""

from app.demo.cast import OLD_MAN
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY = "13.74"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("siti", _REGENCY, "Puskesos Guguk Malintang")
    body = {
        "category": "PERMOHONAN_BANSOS",
        "channel": "JANGKAU",
        "subject": scene.subject(OLD_MAN),
        "reporter": {"relation": "NEIGHBOUR", "name": "Tetangga"},
        "place": {"village": OLD_MAN.village.code, "address": OLD_MAN.address},
        "chronology": "Lansia hidup sendiri, sulit memasak.",
        "facts": {"household.elderly_alone": True},
        "papers": ["KTP", "KK"],
    }
    words = (
        "Tetangga melapor; petugas menjangkau lansia itu.",
        "A neighbour reports; the officer goes to see him.",
    )
    await scene.open(desk, body, words)
    await scene.hear_programs(desk, "SEMBAKO_LANSIA", "BLT_KOTA")
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    double = {"referrals": [aid("BLT_KOTA")]}
    words = ("Mencoba BLT kota.", "Tries the city's cash aid.")
    await scene.refused(office, "refer", double, words, "aid_excluded")
    words = ("Merujuk ke sembako lansia.", "Refers him to food aid for the elderly.")
    await scene.refer(office, words, aid("SEMBAKO_LANSIA"))
    await _deliver(scene)
    body = {"outcome": "aid_received", "told": scene.told("Siti Rahmah")}
    words = ("Memberi tahu di rumahnya.", "Tells him at his home.")
    await scene.step(desk, "resolve", body, words, sent="aid_received")
    confirmed = {
        "received": [{"program": "SEMBAKO_LANSIA", "goods": "Paket sembako"}],
        "rating": 5,
        "by_desk": {"method": "in_person", "witness": "Ketua RT 001"},
    }
    words = (
        "Ia tidak punya telepon: meja mencatat kata-katanya, dengan saksi.",
        "He has no phone: the desk records his word, with a witness.",
    )
    await scene.step(desk, "confirm", confirmed, words, sent="by_desk")
    return await scene.ending(desk)


async def _deliver(scene: Scene) -> None:
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima; satu jatah kuota dipakai.", "Accepts; one place of the quota is taken.")
    await scene.act(office, "SEMBAKO_LANSIA", "accept", {}, words)
    body = {
        "component": "parcel",
        "goods": "Paket sembako",
        "period": "2026-11",
        "date": scene.today,
        "proof": "BAST 11/2026",
    }
    words = ("Paket pertama diantar kader PSM.", "A PSM cadre brings the first parcel.")
    await scene.act(office, "SEMBAKO_LANSIA", "deliver", body, words, sent="Paket sembako")


SHOWN = Shown(
    ("Lansia hidup sendiri, sudah menerima Sembako", "An old man alone who has Sembako already"),
    "Kota Padang Panjang",
    OLD_MAN.name,
    _play,
    Expected("closed", "aid_received", (("SEMBAKO_LANSIA", "fulfilled"),)),
)
