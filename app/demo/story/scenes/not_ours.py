"""A referral to the wrong body: answered, not lost, and sent on to the right one."""

from app.demo.cast import TRADER
from app.demo.story.callers import Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid

_REGENCY = "13.74"
_WRONG = {"program": "UMUM.BAZNAS-1374", "purpose": "INFORMATION"}


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("yulia", _REGENCY, "Puskesos Silaing Bawah")
    body = {
        "category": "PERMOHONAN_USAHA",
        "subject": scene.subject(TRADER),
        "place": {"village": TRADER.village.code, "address": TRADER.address},
        "chronology": "Gerobak dagang rusak; perlu modal usaha.",
        "papers": ["KTP", "KK", "SKTM", "SURAT_PERMOHONAN"],
    }
    words = ("Pedagang kehilangan gerobaknya.", "A trader has lost her cart.")
    await scene.open(desk, body, words)
    await scene.hear_programs(desk, "BAZNAS_KOTA", "UEP-1374")
    words = ("Bertanya ke Baznas dahulu.", "Asks Baznas first.")
    await scene.refer(desk, words, _WRONG)
    baznas = await scene.doors.system("sistem-baznas", _REGENCY, "sistem Baznas")
    words = (
        "Bukan wewenang kami: alat usaha lewat Dinas Sosial.",
        "Not our matter: tools of trade come from Dinsos.",
    )
    right = {"right_body": "DINSOS"}
    await scene.act(baznas, _WRONG["program"], "not_ours", right, words, sent="DINSOS")
    words = ("Mencoba Baznas sekali lagi.", "Tries Baznas once more.")
    await scene.refused(desk, "refer", {"referrals": [_WRONG]}, words, "agency_said_not_ours")
    await _send_on(scene, desk)
    words = ("Gerobaknya sudah dipakai.", "Her cart is in use.")
    await scene.confirm([{"program": "UEP-1374", "goods": "Gerobak"}], 5, words)
    return await scene.ending(desk)


async def _send_on(scene: Scene, desk: Caller) -> None:
    secretariat = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke lembaga yang disebut.", "Refers her to the body that was named.")
    await scene.refer(secretariat, words, aid("UEP-1374"))
    office = await scene.doors.system("sistem-dinsos", _REGENCY, "sistem Dinas Sosial")
    words = ("Menerima.", "Accepts.")
    await scene.act(office, "UEP-1374", "accept", {}, words)
    body = {
        "component": "goods",
        "goods": "Gerobak dagang",
        "period": "once",
        "date": scene.today,
        "proof": "BAST 12/2026",
    }
    words = ("Gerobak diserahkan.", "The cart is handed over.")
    await scene.act(office, "UEP-1374", "deliver", body, words, sent="Gerobak dagang")
    ending = {"outcome": "aid_received", "told": scene.told("Yulia Fitri", "whatsapp")}
    words = ("Menuntaskan dan memberi tahu.", "Resolves it and tells her.")
    await scene.step(desk, "resolve", ending, words, sent="aid_received")


SHOWN = Shown(
    ("Salah alamat, lalu diteruskan", "The wrong body first, then the right one"),
    "Kota Padang Panjang",
    TRADER.name,
    _play,
    Expected("closed", "aid_received", ((_WRONG["program"], "not_ours"), ("UEP-1374", "fulfilled"))),
)
