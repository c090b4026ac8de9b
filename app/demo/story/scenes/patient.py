"""A patient whose health insurance was switched off: urgent, and with a second way if the first fails."""

from datetime import datetime

from app.demo.cast import PATIENT
from app.demo.story.callers import Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY = "13.71"
_SYSTEM = "SIKS-NG"
_SOCIAL, _HOSPITAL = "UMUM.DINSOS-1371", "UMUM.RSUD-1371"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("rini", _REGENCY, "Puskesos Jati")
    await _open(scene, desk)
    await _help_comes(scene, desk)
    await _reactivate(scene, desk)
    await _fall_back(scene, desk)
    body = {"outcome": "service_given", "told": scene.told("Rini Oktaviani", "phone")}
    words = (
        "Menelepon keluarga: perawatan dijamin JKSS. Menunggu konfirmasi keluarga.",
        "Calls the family: JKSS pays for the care. Their confirmation is awaited.",
    )
    await scene.step(desk, "resolve", body, words, sent="service_given")
    return await scene.ending(desk)


async def _open(scene: Scene, desk: Caller) -> None:
    body = {
        "category": "KEPESERTAAN_PBI_PASIEN",
        "subject": scene.subject(PATIENT),
        "reporter": {"relation": "FAMILY"},
        "place": {"village": PATIENT.village.code, "address": PATIENT.address},
        "chronology": "PBI nonaktif dua bulan; dirawat di RSUD dan perlu cuci darah.",
        "facts": {"person.in_care_now": True, "person.chronic_illness": True},
        "papers": ["KTP", "KK"],
    }
    words = (
        "Keluarga pasien datang: PBI mati, pasien dirawat.",
        "The family comes: insurance off, patient in hospital.",
    )
    opened = await scene.open(desk, body, words)
    priority = opened.body["priority"]["label"]
    due = opened.body["due"][0]
    within = datetime.fromisoformat(due["due_at"]) - datetime.fromisoformat(due["started_at"])
    scene.tell.hear(
        f"Prioritas {priority}: berkas kurang tidak menahan langkah apa pun. "
        f"{due['step']['label']} dalam {within.total_seconds() / 3600:.0f} jam, siang dan malam."
    )
    await scene.hear_programs(desk, "PBI_REAKTIVASI", "JKSS")


async def _help_comes(scene: Scene, desk: Caller) -> None:
    """The service itself has sent for the social office and the hospital, before anybody did anything."""
    await scene.until_referred(desk, _SOCIAL, _HOSPITAL)
    scene.tell.hear("Layanan sendiri sudah merujuk ke Dinas Sosial dan RSUD, saat itu juga.")
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima; pendamping berangkat.", "Accepts; a companion sets out.")
    await scene.act(office, _SOCIAL, "accept", {}, words)
    body = {
        "component": "service",
        "goods": "Pendampingan di RSUD",
        "period": "once",
        "date": scene.today,
        "proof": "Laporan pendamping",
    }
    words = ("Keluarga didampingi di rumah sakit.", "The family is accompanied in hospital.")
    await scene.act(office, _SOCIAL, "deliver", body, words)
    words = ("Pendampingan selesai.", "The companion's work is done.")
    await scene.act(office, _SOCIAL, "fulfil", {"extent": "full"}, words)
    secretariat = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    paper = {"on_behalf": scene.behalf("Telepon RSUD")}
    words = ("RSUD belum punya akun; jawabannya dicatat.", "The hospital has no account; its answer is kept.")
    await scene.act(secretariat, _HOSPITAL, "accept", paper, words, sent="on_behalf")
    words = ("RSUD: pasien tetap dirawat.", "The hospital: the patient stays in care.")
    done = {**paper, "extent": "full"}
    await scene.act(secretariat, _HOSPITAL, "fulfil", done, words, sent="on_behalf")


async def _reactivate(scene: Scene, desk: Caller) -> None:
    words = (
        "Merujuk reaktivasi langsung ke Dinas Sosial; kebijakan kota mengizinkan.",
        "Refers the reactivation straight to Dinsos, as the city's policy allows.",
    )
    await scene.refer(desk, words, aid("PBI_REAKTIVASI"))
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima rujukan.", "Accepts the referral.")
    await scene.act(office, "PBI_REAKTIVASI", "accept", {}, words)
    body = {"system": _SYSTEM, "reference": "RKT-0412", "date": scene.today, "papers": ["SURAT_FASKES"]}
    words = (
        "Surat rumah sakit menyusul; usulan masuk SIKS-NG.",
        "The hospital's letter has come; the proposal is entered in SIKS-NG.",
    )
    await scene.act(office, "PBI_REAKTIVASI", "submitted_external", body, words, sent=_SYSTEM)
    words = (
        "Kementerian menolak: kuota nasional penuh.",
        "The ministry refuses: the national quota is full.",
    )
    await scene.act(office, "PBI_REAKTIVASI", "refuse", {"reason": "over_quota"}, words, sent="over_quota")


async def _fall_back(scene: Scene, desk: Caller) -> None:
    fallback = {**aid("JKSS"), "fallback_of": scene.referrals["PBI_REAKTIVASI"]}
    words = (
        "Jalan kedua yang sudah dijelaskan tadi: JKSS provinsi.",
        "The second way, explained before: JKSS of the province.",
    )
    await scene.refer(desk, words, fallback)
    scheme = await scene.doors.system("sistem-jkss", "13", "sistem Dinkes Provinsi")
    words = ("Menerima.", "Accepts.")
    await scene.act(scheme, "JKSS", "accept", {}, words)
    words = ("Kepesertaan aktif, iuran dibayar.", "Membership is active, the premium is paid.")
    await scene.act(scheme, "JKSS", "start", {}, words)


SHOWN = Shown(
    ("PBI dinonaktifkan, perlu perawatan", "Insurance switched off, in hospital"),
    "Kota Padang",
    PATIENT.name,
    _play,
    Expected(
        "resolved",
        "service_given",
        (
            (_SOCIAL, "fulfilled"),
            (_HOSPITAL, "fulfilled"),
            ("PBI_REAKTIVASI", "refused"),
            ("JKSS", "fulfilled"),
        ),
    ),
)
