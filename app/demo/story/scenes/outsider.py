"""Somebody outside the registry and without NIK: served all the same, and proposed for the registry."""

from datetime import date, timedelta

from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY, _VILLAGE = "63.03", "63.03.05.2052"
_NAME, _BORN = "Jumri", date(1961, 6, 1)


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("norhayati", _REGENCY, "Puskesos Indrasari")
    # Without a number a person is known by name, birth date and village: each run has a date of its own.
    born_on = _BORN + timedelta(days=scene.run)
    body = {
        "kind": "USULAN_DATA",
        "category": "KEPESERTAAN_TIDAK_TERDAFTAR",
        "subject": {"kind": "person", "name": _NAME, "born_on": born_on.isoformat(), "sex": "L"},
        "place": {"village": _VILLAGE, "address": "RT 003, tepi sungai"},
        "chronology": "Buruh tani, belum pernah punya KTP, tidak ada di DTSEN.",
        "facts": {"person.occupation": "BURUH"},
    }
    words = (
        "Mencatat tanpa NIK: warga tetap dilayani.",
        "Records him without NIK: he is served all the same.",
    )
    await scene.open(desk, body, words)
    await scene.hear_programs(desk, "ADMINDUK", "USULAN_DTSEN")
    words = ("Menangani di meja ini.", "Handles it at the desk.")
    await scene.step(desk, "handle", {}, words)
    words = ("Identitas: langsung ke Dukcapil.", "Identity: straight to Dukcapil.")
    await scene.refer(desk, words, aid("ADMINDUK"))
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = (
        "Usulan masuk DTSEN ke Dinas Sosial; KTP dan KK menyusul, alasannya dicatat.",
        "The registry proposal goes to Dinsos; KTP and KK follow, the reason is kept.",
    )
    proposal = {"program": "USULAN_DTSEN", "purpose": "REGISTRY"}
    reason = "KTP dan KK baru terbit setelah Dukcapil merekam."
    await scene.refer(office, words, proposal, incomplete_reason=reason)
    await _answer(scene)
    return await scene.ending(desk)


async def _answer(scene: Scene) -> None:
    civil = await scene.doors.system("sistem-dukcapil", _REGENCY, "sistem Dukcapil")
    words = ("Menerima.", "Accepts.")
    await scene.act(civil, "ADMINDUK", "accept", {}, words)
    body = {
        "component": "document",
        "goods": "KTP-el",
        "period": "once",
        "date": scene.today,
        "proof": "Tanda terima",
    }
    words = ("NIK terekam, KTP-el diserahkan.", "His NIK is recorded, the card handed over.")
    await scene.act(civil, "ADMINDUK", "deliver", body, words, sent="KTP-el")
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima usulan.", "Accepts the proposal.")
    await scene.act(office, "USULAN_DTSEN", "accept", {}, words)
    words = (
        "Usulan dibawa ke musyawarah desa berikutnya; hasilnya bukan janji bantuan.",
        "It goes to the next village meeting; a proposal promises no aid.",
    )
    stage = {"stage": "MUSYAWARAH"}
    await scene.act(office, "USULAN_DTSEN", "progress", stage, words, sent="MUSYAWARAH")


SHOWN = Shown(
    ("Di luar DTSEN, tanpa NIK", "Outside the registry, without NIK"),
    "Kab. Banjar",
    _NAME,
    _play,
    Expected("referred", None, (("ADMINDUK", "fulfilled"), ("USULAN_DTSEN", "in_service"))),
)
