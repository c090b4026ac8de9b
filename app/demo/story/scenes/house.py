"""A house that must be mended: a visit with a photo, a silent agency, and the programme after it."""

import io
from typing import Any

from PIL import Image
from rich.text import Text

from app.demo.cast import WIDOW
from app.demo.story.callers import Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, aid, until
from app.demo.story.telling import badge

_REGENCY = "63.03"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("norhayati", _REGENCY, "Puskesos Indrasari")
    await _open(scene, desk)
    await _visit(scene)
    secretariat = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    words = ("Merujuk ke Dinas Perumahan.", "Refers it to the housing office.")
    await scene.refer(secretariat, words, aid("RTLH-6303"), incomplete_reason="Berkas tanah menyusul.")
    await _wait_for_the_silent(scene, secretariat)
    await _take_the_next(scene, secretariat)
    return await scene.ending(secretariat)


async def _open(scene: Scene, desk: Caller) -> None:
    body = {
        "category": "PERMOHONAN_RUMAH",
        "subject": scene.subject(WIDOW),
        "place": {"village": WIDOW.village.code, "address": WIDOW.address},
        "chronology": "Atap bocor, dinding lapuk; tinggal bersama dua cucu.",
        "facts": {"household.owns_land": True, "household.housing_aid_10y": False},
        "papers": ["KTP", "KK"],
    }
    words = ("Mencatat permohonan perbaikan rumah.", "Records the request: the house must be mended.")
    await scene.open(desk, body, words)
    words = ("Menangani; keadaan rumah perlu dilihat.", "Handles it; the house must be seen.")
    await scene.step(desk, "handle", {}, words)


async def _visit(scene: Scene) -> None:
    visitor = await scene.doors.officer("fasilitator", _REGENCY, "Fasilitator SLRT")
    photo = await visitor.upload(f"/v1/cases/{scene.ticket}/attachments", "rumah.jpg", _photo())
    shown = f"{photo.body['width']} x {photo.body['height']}, tanpa data lokasi"
    words = ("Memotret rumah.", "Takes a picture of the house.")
    scene.say(visitor, words, "POST …/attachments", Text(shown))
    body = {
        "purpose": "ground_check",
        "done": {
            "verdict": "poor",
            "done_at": scene.at,
            "answers": {"floor": "earth"},
            "narrative": "Atap rumbia bocor, lantai tanah.",
            "point": {"latitude": -3.41, "longitude": 114.85},
            "facts": {"household.house_unfit": True, "household.income_below_minimum": True},
            "attachments": [photo.body["id"]],
        },
    }
    seen = await visitor.post(f"/v1/cases/{scene.ticket}/visits", body, expect=201)
    words = ("Mencatat kunjungan; kasus dihitung ulang.", "Records the visit; the case is routed again.")
    scene.say(visitor, words, "POST …/visits", badge(seen.body["state"]))
    await scene.hear_programs(visitor, "RTLH-6303", "BSPS")


async def _wait_for_the_silent(scene: Scene, by: Caller) -> None:
    """Five working days, then rung after rung, then the end of the referral."""
    await scene.pass_days(8)
    clock = await _until(scene, by, lambda clock: clock["escalations"])
    rung = clock["escalations"][0]
    scene.tell.hear(f"Dinas diam. Diingatkan, lalu naik ke: {rung['rung']['label']}.")
    await scene.pass_days(9)
    await _until(scene, by, lambda clock: clock["state"] == "stopped")
    referral = (await scene.read(by)).body["referrals"][0]
    scene.tell.hear(Text("Rujukan yang didiamkan: ").append_text(badge(referral["status"])))


async def _until(scene: Scene, by: Caller, told: Any) -> dict[str, Any]:
    """Look at the acceptance clock until the worker has done what is due."""
    seen: dict[str, Any] = {}

    async def done() -> bool:
        clocks = (await by.get(f"/v1/cases/{scene.ticket}/clock")).body["items"]
        seen.update(next(one for one in clocks if one["step"]["code"] == "acceptance"))
        return bool(told(seen))

    await until(done)
    return seen


async def _take_the_next(scene: Scene, by: Caller) -> None:
    offers = (await by.get(f"/v1/cases/{scene.ticket}/offers")).body["items"]
    offer = offers[-1]
    scene.tell.hear(f"Program berikutnya sudah terisi sebagai tawaran: {offer['program_name']}.")
    seen = await scene.read(by)
    taken = await by.post(
        f"/v1/cases/{scene.ticket}/offers/{offer['id']}/take",
        {"incomplete_reason": "Berkas tanah menyusul."},
        etag=seen.etag,
        expect=200,
    )
    words = ("Mengirim tawaran itu.", "Sends it.")
    scene.say(by, words, "POST …/offers/…/take", badge(taken.body["status"]))


def _photo() -> bytes:
    """A picture as a phone takes it, the place where it was taken included."""
    picture = Image.new("RGB", (1600, 1200), (120, 96, 72))
    tags = Image.Exif()
    tags[0x8825] = {1: "S", 2: (3.0, 24.0, 36.0), 3: "E", 4: (114.0, 51.0, 0.0)}
    kept = io.BytesIO()
    picture.save(kept, "JPEG", exif=tags)
    return kept.getvalue()


SHOWN = Shown(
    ("Rumah tidak layak huni, lembaga diam", "A house unfit, an agency silent"),
    "Kab. Banjar",
    WIDOW.name,
    _play,
    Expected("referred", None, (("RTLH-6303", "expired"), ("BSPS", "sent"))),
)
