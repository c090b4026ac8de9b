"""A person with disability, and a yearly event whose places are taken: the waiting list."""

from app.demo.cast import WEAVER
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY, _PROGRAM = "18.72", "BHAKTI_SOSIAL-1872"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("wulan", _REGENCY, "Puskesos Imopuro")
    body = {
        "category": "PPKS",
        "ppks": "PD",
        "subject": scene.subject(WEAVER),
        "place": {"village": WEAVER.village.code, "address": WEAVER.address},
        "chronology": "Penenun, daksa; perlu dukungan usaha rumahan.",
        "facts": {"person.disability": True},
        "papers": ["KTP", "KK"],
    }
    words = (
        "Mencatat kebutuhan penenun penyandang disabilitas.",
        "Records the need of a weaver with a disability.",
    )
    await scene.open(desk, body, words)
    await scene.hear_programs(desk, _PROGRAM)
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke LKKS.", "Refers her to LKKS.")
    await scene.refer(office, words, aid(_PROGRAM))
    lkks = await scene.doors.system("sistem-lkks", _REGENCY, "sistem LKKS")
    words = (
        "150 tempat tahun ini terisi: nomor 12 untuk Bhakti Sosial berikutnya.",
        "This year's 150 places are taken: number 12 for the next event.",
    )
    await scene.act(lkks, _PROGRAM, "accept", {"waitlist_position": 12}, words, sent="waitlist_position 12")
    body = {"outcome": "waitlisted", "told": scene.told("Wulan Sari")}
    words = (
        "Memberi tahu. Rujukan tetap hidup di daftar tunggu.",
        "Tells her. The referral stays alive on the list.",
    )
    await scene.step(desk, "resolve", body, words, sent="waitlisted")
    return await scene.ending(desk)


SHOWN = Shown(
    ("Penyandang disabilitas, Bhakti Sosial LKKS", "A person with disability, LKKS's event"),
    "Kota Metro",
    WEAVER.name,
    _play,
    Expected("resolved", "waitlisted", ((_PROGRAM, "waitlisted"),)),
)
