"""A school has no account: a letter goes there, and its link answers for it."""

from typing import Any

from rich.text import Text

from app.demo.cast import PUPIL
from app.demo.story.callers import Answer, Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid
from app.demo.story.telling import badge

_REGENCY = "13.71"
_PROGRAM = "SURAT_SEKOLAH"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("melda", _REGENCY, "Puskesos Purus")
    body = {
        "category": "PERMOHONAN_PENDIDIKAN",
        "subject": scene.subject(PUPIL),
        "reporter": {"relation": "FAMILY"},
        "place": {"village": PUPIL.village.code, "address": PUPIL.address},
        "chronology": "Orang tua tidak mampu membayar seragam dan buku; belum punya KIP.",
        "papers": ["KK", "KTP_ORANG_TUA", "SKTM"],
    }
    words = ("Ibu seorang murid datang.", "The mother of a pupil comes.")
    await scene.open(desk, body, words)
    secretariat = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke sekolahnya.", "Refers it to his school.")
    await scene.refer(secretariat, words, aid(_PROGRAM))
    path = await _write(scene, secretariat)
    signed = await _sign(scene, path)
    await _verify(scene, signed.body["code"])
    await _answer(scene, secretariat, path)
    told = {"outcome": "aid_received", "told": scene.told("Melda Fitri", "phone")}
    words = ("Mengabari ibunya.", "Tells his mother.")
    await scene.step(desk, "resolve", told, words, sent="aid_received")
    words = ("Sudah dipanggil sekolah.", "The school has called.")
    await scene.confirm([{"program": _PROGRAM}], 5, words)
    return await scene.ending(desk)


async def _write(scene: Scene, by: Caller) -> str:
    draft = {
        "kind": "rujukan",
        "referral_id": scene.referrals[_PROGRAM],
        "fields": {"reason": "Perlu bantuan."},
    }
    made = await by.post(f"/v1/cases/{scene.ticket}/letters", draft, expect=201)
    path = f"/v1/cases/{scene.ticket}/letters/{made.body['id']}"
    words = ("Menyusun konsep surat rujukan.", "Drafts the letter of referral.")
    scene.say(by, words, "POST …/letters", badge(made.body["state"]))
    approver = await scene.doors.officer("pemaraf", _REGENCY, "Sekretariat SLRT Padang")
    note = {"note": "Alasan terlalu umum; sebutkan keperluannya."}
    words = ("Mengembalikan konsep itu.", "Gives the draft back.")
    await _do(scene, approver, path, "return", words, note)
    seen = await by.get(path)
    reason = "Murid kelas 4, keluarga desil 3, belum memiliki KIP; mohon diusulkan PIP."
    mended = await by.patch(path, {"fields": {"reason": reason}}, etag=seen.etag)
    words = ("Memperbaiki alasannya.", "Mends the reason.")
    scene.say(by, words, "PATCH …/letters/…", badge(mended.body["state"]))
    words = ("Memaraf.", "Puts the initials on it.")
    await _do(scene, approver, path, "initial", words)
    return path


async def _sign(scene: Scene, path: str) -> Answer:
    head = await scene.doors.officer("kadis", _REGENCY, "Kepala Dinas Sosial")
    words = ("Menandatangani; surat mendapat nomornya.", "Signs; the letter gets its number.")
    signed = await _do(scene, head, path, "sign", words)
    scene.tell.hear(f"Nomor {signed.body['number']}, berlaku sampai {signed.body['valid_until']}.")
    return signed


async def _do(
    scene: Scene, by: Caller, path: str, action: str, words: tuple[str, str], body: Any = None
) -> Answer:
    seen = await by.get(path)
    done = await by.post(f"{path}/{action}", body, etag=seen.etag, expect=200)
    scene.say(by, words, f"POST …/letters/…/{action}", badge(done.body["state"]))
    return done


async def _verify(scene: Scene, code: str) -> None:
    """Look at the QR code as anybody with a phone may."""
    anybody = scene.doors.anybody("siapa pun", "memindai QR pada surat")
    found = (await anybody.get(f"/v1/letters/{code}/verify")).body
    if found["verdict"] != "valid":
        raise Broken(f"the letter is {found['verdict']}")
    words = ("Memeriksa surat itu.", "Checks the letter.")
    shown = f"{found['label']['id']}, {found['office']}, {found['initials']}, NIK {found['nik']}"
    scene.say(anybody, words, "GET /v1/letters/…/verify", Text(shown))


async def _answer(scene: Scene, by: Caller, path: str) -> None:
    link = await by.post(f"{path}/links", {"days": 14}, expect=201)
    words = ("Surat dibawa ibunya, dengan tautan untuk sekolah.", "His mother takes it, with a link.")
    scene.say(by, words, "POST …/letters/…/links")
    school = await scene.doors.receiver(link.body["token"], "sekolah", "tautan pada surat")
    await _respond(scene, school, "accept", {}, ("Menerima tanpa akun.", "Accepts without an account."))
    given = {
        "component": "proposal",
        "goods": "Usulan PIP",
        "period": "once",
        "date": scene.today,
        "proof": "Bukti unggah",
    }
    words = ("Murid itu sudah diusulkan.", "The pupil has been proposed.")
    await _respond(scene, school, "deliver", given, words)


async def _respond(
    scene: Scene, school: Caller, action: str, body: dict[str, Any], words: tuple[str, str]
) -> None:
    path = "/v1/letter-links/referral"
    seen = await school.get(path)
    done = await school.post(f"{path}/{action}", body, etag=seen.etag, expect=200)
    scene.say(school, words, f"POST …/referral/{action}", badge(done.body["status"]))


SHOWN = Shown(
    ("Surat bertanda tangan ke sekolah", "A signed letter to a school"),
    "Kota Padang",
    PUPIL.name,
    _play,
    Expected("closed", "aid_received", ((_PROGRAM, "fulfilled"),)),
)
