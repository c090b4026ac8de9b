"""Kota Metro's Bhakti Sosial: 500 of five kecamatan chosen and explained, handed out by two devices offline.

Each year's aid is given once. So only the first run of the story plays it whole; a later one asks for the
same year and hears that everybody who has it is passed over.
"""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.text import Text

from app.demo.story.callers import Answer, Broken, Caller
from app.demo.story.scene import Ending, Expected, Scene, Shown, Words, until
from app.demo.story.telling import badge
from app.domain.campaigns import checkin_text, list_text, sign

_REGENCY: Final = "18.72"
_PATH: Final = "/v1/campaigns"
_NAME: Final = "Bhakti Sosial LKKS"
_DISTRICTS: Final = tuple(f"18.72.0{n}" for n in range(1, 6))
_BATCH: Final = 50
_FIRST: Final = slice(0, 260)
_SECOND: Final = slice(240, 500)
"""What each device hands out; twenty come to both."""


@dataclass(frozen=True, slots=True)
class _Cast:
    lkks: Caller
    office: Caller
    chief: Caller
    head: Caller
    crew: tuple[Caller, Caller]


async def _play(scene: Scene) -> Ending:
    officer = scene.doors.officer
    cast = _Cast(
        await officer("lkks", _REGENCY, "LKKS Kota Metro"),
        await officer("sekretariat", _REGENCY, "Sekretariat SLRT"),
        await officer("manajer", _REGENCY, "Manajer SLRT"),
        await officer("kadis", _REGENCY, "Kepala Dinas Sosial"),
        (
            await officer("wulan", _REGENCY, "Puskesos Imopuro"),
            await officer("dian", _REGENCY, "Puskesos Iring Mulyo"),
        ),
    )
    held = (await cast.office.get(f"{_PATH}?region={_REGENCY}&state=closed")).body["items"]
    path = await _make(scene, cast)
    if held:
        await _hear_that_it_was_given(scene, cast, path)
        return Ending(held[-1]["id"][:13], held[-1]["state"], None)
    await _choose(scene, cast, path)
    await _approve(scene, cast, path)
    await _hand_out(scene, cast, path)
    return await _close(scene, cast, path)


async def _make(scene: Scene, cast: _Cast) -> str:
    goods = {"kind": "goods", "goods": "Paket sembako"}
    made = await cast.lkks.post(
        _PATH,
        {
            "region": _REGENCY,
            "name": _NAME,
            "program": "BHAKTI_SOSIAL-1872",
            "funder": "DPA Kota Metro",
            "budget_source": "DPA",
            "starts_on": "2026-12-05",
            "ends_on": "2026-12-06",
            "components": [
                {"code": "PD", "label": "Penyandang disabilitas", "quota": 150, **goods},
                {"code": "LUT", "label": "Lanjut usia terlantar", "quota": 150, **goods},
                {"code": "FM", "label": "Fakir miskin", "quota": 200, **goods},
            ],
        },
    )
    path = f"{_PATH}/{made.body['id']}"
    words = (
        "Bhakti Sosial: 150 disabilitas, 150 lansia terlantar, 200 fakir miskin, dana DPA.",
        "150 with disability, 150 neglected elderly, 200 poor, paid by the city's DPA.",
    )
    scene.say(cast.lkks, words, f"POST {_PATH}", badge(made.body["state"]))
    await _step(cast.lkks, path, "open")
    return path


async def _choose(scene: Scene, cast: _Cast, path: str) -> None:
    found = await _select(cast, path)
    result = found["selection"]["result"]
    words = ("Pilih dari semua yang tercatat.", "Choose from everybody on record.")
    scene.say(cast.office, words, "POST …/select", badge(found["state"]))
    passed = ", ".join(f"{reason} {count}" for reason, count in sorted(result["passed_over"].items()))
    scene.tell.hear(f"{result['candidates']} calon, {result['selected']} terpilih; dilewati: {passed}.")
    uneven = [one for one in found["cells"] if one["taken"] != one["places"]]
    if (result["selected"], result["open_places"], uneven) != (500, 0, []):
        raise Broken(f"the selection is not true to its quotas: {result}")
    per = {one["component"]: one["places"] for one in found["cells"]}
    scene.tell.hear(f"Tiap kecamatan: {', '.join(f'{code} {places}' for code, places in per.items())}.")
    first = (await cast.office.get(f"{path}/recipients?state=selected&limit=1")).body["items"][0]
    explained = (await cast.office.get(f"{path}/recipients/{first['id']}")).body
    scene.tell.hear(" ".join(explained["words"]))


async def _select(cast: _Cast, path: str) -> dict[str, Any]:
    job = (await _step(cast.office, path, "select")).body["id"]

    async def done() -> bool:
        state = (await cast.office.get(f"/v1/jobs/{job}")).body["state"]["code"]
        if state == "failed":
            raise Broken("the selection failed")
        return bool(state == "done")

    await until(done)
    return (await cast.office.get(path)).body


async def _approve(scene: Scene, cast: _Cast, path: str) -> None:
    approved = await _step(cast.chief, path, "approve")
    words: Words = ("Orang kedua menetapkan 500 penerima.", "A second person approves the 500.")
    scene.say(cast.chief, words, "POST …/approve", badge(approved.body["state"]))
    people = (await cast.office.get(f"{path}/recipients?state=selected&limit=1")).body["items"]
    gone = await cast.office.post(f"{path}/recipients/{people[0]['id']}/replace", {"reason": "moved"})
    words = ("Satu orang pindah; cadangan berikutnya naik.", "One has moved; the reserve moves up.")
    scene.say(cast.office, words, "POST …/replace", badge(gone.body["state"]))


# The hand-out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Device:
    by: Caller
    id: str
    key: bytes
    taken: dict[str, Any]
    signature: str

    def note(self, at: str, part: slice) -> list[dict[str, Any]]:
        """Write down each hand-out, signed; nothing is sent."""
        noted = []
        for n, entry in enumerate(self.taken["entries"][part]):
            client, code = f"{self.id[-6:]}-{n}", entry["code"]
            line = checkin_text(self.taken["list"], client, code, at, "given")
            noted.append(
                {"client_id": client, "code": code, "device_at": at, "signature": sign(self.key, line)}
            )
        return noted

    async def send(self, path: str, noted: Sequence[dict[str, Any]]) -> tuple[int, int]:
        """Send what was noted; return how much was given, and how much somebody else had given before."""
        given = duplicates = 0
        for batch in _batches(noted):
            body = {"device_id": self.id, "list_id": self.taken["list"], "list_signature": self.signature}
            answer = await self.by.post(f"{path}/checkins", {**body, "checkins": batch}, expect=200)
            given += answer.body["given"]
            duplicates += answer.body["duplicates"]
        return given, duplicates


def _batches(noted: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(noted), _BATCH):
        yield list(noted[start : start + _BATCH])


async def _hand_out(scene: Scene, cast: _Cast, path: str) -> None:
    crew = [(await one.get("/v1/me")).body["id"] for one in cast.crew]
    slots = [await _slot(cast, path, district, crew) for district in _DISTRICTS]
    started = await _step(cast.office, path, "start")
    words = ("Lima tempat, seratus orang masing-masing.", "Five places, a hundred people each.")
    scene.say(cast.office, words, "POST …/start", badge(started.body["state"]))
    one, other = [await _device(by, path, slots) for by in cast.crew]
    at = one.taken["issued_at"]
    mine, theirs = one.note(at, _FIRST), other.note(at, _SECOND)
    words = ("Dua tablet membagikan tanpa jaringan.", "Two tablets hand out without a network.")
    scene.say(one.by, words, f"{len(one.taken['entries'])} nama, daftar bertanda tangan")
    late = await other.send(path, theirs)
    first = await one.send(path, mine)
    again = await other.send(path, theirs)
    words = ("Yang kedua tersambung lebih dulu.", "The second one is back on line first.")
    scene.say(other.by, words, "POST …/checkins", Text(f"{late[0]} diserahkan"))
    scene.tell.hear(f"Tablet pertama: {first[0]} sah, {first[1]} sudah diserahkan tablet lain.")
    if (late, first, again) != ((260, 0), (240, 20), (260, 0)):
        raise Broken(f"given otherwise than once each: {late}, {first}, {again}")
    found = (await cast.office.get(f"{path}/checkins?finding=open&count=true&limit=1")).body
    if found["count"] != first[1]:
        raise Broken("a contradiction was not found")
    scene.tell.hear(f"{found['count']} temuan menunggu penjelasan orang; tidak ada yang diberi dua kali.")


async def _slot(cast: _Cast, path: str, district: str, crew: list[str]) -> str:
    body = {
        "region": district,
        "place": "Aula kecamatan",
        "starts_at": "2026-12-05T08:00:00+07:00",
        "ends_at": "2026-12-05T12:00:00+07:00",
        "capacity": 100,
        "crew": crew,
    }
    return str((await cast.office.post(f"{path}/slots", body)).body["id"])


async def _device(by: Caller, path: str, slots: list[str]) -> _Device:
    made = (await by.post(f"{path}/devices", {"name": f"Tablet {by.post_held}", "slots": slots})).body
    taken = (await by.post(f"{path}/devices/{made['id']}/list", {"hours": 24})).body
    key = b64decode(made["key"])
    if sign(key, list_text(taken["list"])) != taken["signature"]:
        raise Broken("the device's list is not whole")
    return _Device(by, made["id"], key, taken["list"], taken["signature"])


async def _close(scene: Scene, cast: _Cast, path: str) -> Ending:
    await _step(cast.office, path, "report")
    report = (await cast.office.get(f"{path}/report")).body
    total = report["total"]
    scene.tell.hear(
        f"Laporan: {total['given']} dari {total['planned']} diserahkan, {total['replaced']} diganti; "
        f"pendana {report['funder']}."
    )
    closed = await _step(cast.head, path, "close")
    words = ("Laporan diterima, kegiatan ditutup.", "The report is accepted, the campaign closed.")
    scene.say(cast.head, words, "POST …/close", badge(closed.body["state"]))
    if (total["planned"], total["given"]) != (500, 500):
        raise Broken(f"the report says otherwise: {total}")
    return Ending(closed.body["id"][:13], closed.body["state"], None)


async def _hear_that_it_was_given(scene: Scene, cast: _Cast, path: str) -> None:
    result = (await _select(cast, path))["selection"]["result"]
    held = result["passed_over"]["aid_excluded"]
    scene.tell.hear(f"{held} orang sudah menerima Bhakti Sosial tahun ini dan dilewati.")
    await _step(cast.office, path, "cancel")


async def _step(by: Caller, path: str, action: str) -> Answer:
    seen = await by.get(path)
    expected = 202 if action == "select" else 200
    return await by.post(f"{path}/{action}", {}, etag=seen.etag, expect=expected)


SHOWN: Final = Shown(
    ("500 penerima Bhakti Sosial, dua tablet tanpa jaringan", "500 recipients, two devices offline"),
    "Kota Metro",
    "500 warga",
    _play,
    Expected("closed"),
)
