"""Kota Padang's musyawarah brings a family whom the registry misses into a proposal."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from rich.text import Text

from app.demo.story.callers import Body, Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, Words
from app.demo.story.telling import badge
from app.domain.identity import WOMEN_DAY

_REGENCY, _VILLAGE = "13.71", "13.71.02.1003"
_NAME, _BORN = "Marnis", date(1984, 3, 2)
_ROLES: Final = ("LURAH_KADES", "RT", "RW", "PSM", "RT", "TOKOH", "KADER", "LPM")
_UP: Final = ("VERIFIKASI_DINSOS", "FINALISASI", "PENGESAHAN_KDH", "TERKIRIM_PUSAT", "DIPROSES")
_PATH: Final = "/v1/deliberations"


async def _play(scene: Scene) -> Ending:
    desk = await scene.doors.officer("rini", _REGENCY, "Puskesos Jati")
    office = await scene.doors.officer("sekretariat", _REGENCY, "Sekretariat SLRT")
    manager = await scene.doors.officer("manajer", _REGENCY, "Manajer sekretariat")
    await _propose(scene, desk, office)
    meeting = _Meeting(scene, desk)
    candidate = await meeting.call()
    await meeting.decide(candidate)
    await meeting.publish()
    await meeting.hear_objection(candidate, office)
    await meeting.ratify(manager)
    await _send(scene, desk, manager)
    return await scene.ending(desk)


def _born_on(scene: Scene) -> date:
    """Each run has a family of its own, known by the mother's number."""
    return _BORN + timedelta(days=scene.run)


def _nik(born_on: date) -> str:
    return f"137102{born_on.day + WOMEN_DAY:02}{born_on:%m%y}7001"


async def _propose(scene: Scene, desk: Caller, office: Caller) -> None:
    born_on = _born_on(scene)
    subject = {
        "kind": "person",
        "nik": _nik(born_on),
        "name": _NAME,
        "born_on": born_on.isoformat(),
        "sex": "P",
    }
    body = {
        "kind": "USULAN_DATA",
        "category": "KEPESERTAAN_TIDAK_TERDAFTAR",
        "subject": subject,
        "place": {"village": _VILLAGE, "address": "Gang Contoh, RT 002 RW 005"},
        "chronology": "Keluarga buruh cuci dengan tiga anak; tidak ada di DTSEN.",
        "papers": ["KTP", "KK"],
    }
    words = ("Keluarga di luar DTSEN dicatat.", "A family outside the registry is recorded.")
    await scene.open(desk, body, words)
    words = ("Usulan dirujuk ke Dinas Sosial.", "The proposal goes to Dinsos.")
    await scene.refer(office, words, {"program": "USULAN_DTSEN", "purpose": "REGISTRY"})


class _Meeting:
    """The session, as the desk that holds it works on it."""

    def __init__(self, scene: Scene, desk: Caller) -> None:
        self.scene, self.desk = scene, desk
        self.id = ""
        self.minutes = ""

    async def step(
        self, action: str, body: Body, words: Words | None = None, by: Caller | None = None
    ) -> dict[str, Any]:
        who = by or self.desk
        seen = await who.get(f"{_PATH}/{self.id}")
        done = await who.post(f"{_PATH}/{self.id}/{action}", body, etag=seen.etag)
        if words is not None:
            shown = badge(done.body["state"]) if "state" in done.body else None
            self.scene.say(who, words, f"POST {_PATH}/…/{action.rpartition('/')[2]}", shown)
        return done.body

    async def call(self) -> str:
        """Plan the meeting, put on its agenda whom the registry misses, and let its day come."""
        starts_at = datetime.fromisoformat(self.scene.at).astimezone(UTC) + timedelta(days=4)
        body = {"village": _VILLAGE, "kind": "muskel", "place": "Kantor Lurah Jati"}
        made = await self.desk.post(_PATH, {**body, "starts_at": starts_at.isoformat()}, expect=201)
        self.id = made.body["id"]
        words = ("Merencanakan musyawarah kelurahan.", "Plans the meeting of the kelurahan.")
        self.scene.say(self.desk, words, f"POST {_PATH}", badge(made.body["state"]))
        if made.body["cutoff"]["warning"]:
            self.scene.tell.hear(made.body["cutoff"]["warning"])
        found = (await self.desk.get(f"{_PATH}/{self.id}/suggestions?limit=200")).body["items"]
        if self.scene.ticket not in {one["ticket"] for one in found}:
            raise Broken("the meeting is not told of the family")
        words = ("Keluarga itu masuk agenda.", "The family comes on the agenda.")
        shown = await self.step("agenda", {"ticket": self.scene.ticket}, words)
        words = ("Undangan disampaikan.", "The invitation goes out.")
        await self.step("convene", {"number": "005/31/Jati/2026"}, words)
        await self.wait(4)
        await self.step("open", {})
        return str(shown["candidates"][-1]["id"])

    async def wait(self, days: int) -> None:
        await self.scene.wind(self.id, timedelta(days=days))
        self.scene.tell.hear(f"… {days} hari berlalu (waktu musyawarah ini diputar maju) …")

    async def decide(self, candidate: str) -> None:
        there = []
        for n, role in enumerate(_ROLES, 1):
            shown = await self.step("attendance", {"role": role, "name": f"Peserta {n}"})
            there.append(shown["items"][-1]["id"])
        words = ("RT, RW, lurah, dan PSM hadir.", "RT, RW, lurah and PSM are there.")
        quorum = Text(f"{len(there)} orang, kuorum 7")
        self.scene.say(self.desk, words, f"POST {_PATH}/…/attendance", quorum)
        conflict = {"attendee": there[4], "reason": "family"}
        words = (
            "Seorang ketua RT masih kerabat: ia tidak ikut memutuskan.",
            "One RT head is a relative: he takes no part in this decision.",
        )
        await self.step(f"agenda/{candidate}/conflicts", conflict, words)
        decision = {
            "candidate": candidate,
            "decision": "LAYAK",
            "rank": 1,
            "reason": "Rumah kontrak, tiga anak sekolah, penghasilan tidak tetap.",
        }
        words = ("Diputuskan layak, urutan 1.", "Decided: eligible, rank 1.")
        await self.step("decisions", {"decisions": [decision]}, words)

    async def publish(self) -> None:
        body = {"number": "140/12/Jati/2026", "head": "Bambang Irawan"}
        shown = await self.step("minutes", body, ("Berita acara dibuat.", "The minutes are made."))
        self.minutes = str(shown["minutes"][-1]["id"])
        path = f"{_PATH}/{self.id}/minutes/{self.minutes}"
        paper = await self.desk.fetch(f"{path}/page?form=pdf&official=true")
        signed = await self.desk.upload(f"{path}/scan", "berita-acara.pdf", paper)
        words = ("Yang ditandatangani diunggah.", "The signed paper is uploaded.")
        self.scene.say(self.desk, words, "POST …/minutes/…/scan", badge(signed.body["state"]))
        asked = {"sha256": sha256(paper).hexdigest()}
        proved = await self.desk.post(f"{_PATH}/{self.id}/verify", asked)
        self.scene.tell.hear(f"{proved.body['label']}, utuh: {'ya' if proved.body['intact'] else 'tidak'}")
        await self.step("publish", {}, ("Hasil diumumkan.", "The result is published."))
        anybody = self.scene.doors.anybody("Warga Jati", "halaman umum")
        told = (await anybody.get(f"/v1/villages/{_VILLAGE}/deliberations")).body["items"]
        names = [one["name"] for item in told if item["id"] == self.id for one in item["eligible"]]
        if _NAME in str(told):
            raise Broken("the public page names her")
        words = ("Membaca hasilnya: hanya inisial.", "Reads the result: initials only.")
        self.scene.say(anybody, words, "GET /v1/villages/…/deliberations", Text(", ".join(names)))

    async def hear_objection(self, candidate: str, office: Caller) -> None:
        body = {
            "candidate": candidate,
            "objector": {"name": f"Tetangga {self.scene.run}", "village": _VILLAGE},
            "reason": "Katanya punya rumah lain.",
        }
        filed = await self.desk.post(f"{_PATH}/{self.id}/objections", body, expect=201)
        words = ("Seorang tetangga menyanggah.", "A neighbour objects.")
        self.scene.say(self.desk, words, f"POST {_PATH}/…/objections", badge(filed.body["state"]))
        path = f"{_PATH}/{self.id}/objections/{filed.body['id']}/decide"
        finding = {"upheld": False, "finding": "Rumah itu milik kakaknya; dilihat di tempat."}
        done = await office.post(path, finding, expect=200)
        words = ("Diverifikasi di tempat: tidak terbukti.", "Verified on the spot: not upheld.")
        self.scene.say(office, words, "POST …/objections/…/decide", badge(done.body["state"]))

    async def ratify(self, manager: Caller) -> None:
        await self.wait(16)
        words = ("Masa sanggah berakhir; hasil disahkan.", "The window is over; the result is ratified.")
        await self.step("ratify", {"decree": "460/118/DINSOS/2026"}, words, manager)


async def _send(scene: Scene, desk: Caller, manager: Caller) -> None:
    """Gather the eligible, export them, and follow the batch to the ministry."""
    batch = await desk.post("/v1/proposals", {"village": _VILLAGE}, expect=201)
    path = f"/v1/proposals/{batch.body['id']}"
    sheet = await desk.fetch(f"{path}/export")
    words = ("Usulan dihimpun, lembar SIKS-NG diunduh.", "Proposals are gathered, the sheet downloaded.")
    size = Text(f"{batch.body['count']} usulan, {len(sheet) // 1024} kB, NIK sebagai teks")
    scene.say(desk, words, "GET /v1/proposals/…/export", size)
    moved = await desk.post(f"{path}/progress", {"stage": "DIUNGGAH"}, etag=batch.etag)
    for stage in _UP:
        moved = await manager.post(f"{path}/progress", {"stage": stage}, etag=moved.etag)
    words = ("Diunggah, diverifikasi, disahkan, dikirim.", "Uploaded, verified, signed, sent.")
    scene.say(manager, words, f"POST /v1/proposals/…/progress ({len(_UP) + 1})", badge(moved.body["stage"]))
    shown = (await scene.read(desk)).body["referrals"]
    scene.tell.hear(f"Rujukan {shown[0]['program']} kasusnya ikut: {moved.body['stage']['label']}.")


SHOWN = Shown(
    ("Musyawarah membawa keluarga yang terlewat", "A village meeting brings a missed family in"),
    "Kota Padang",
    _NAME,
    _play,
    Expected("referred", None, (("USULAN_DTSEN", "in_service"),)),
)
