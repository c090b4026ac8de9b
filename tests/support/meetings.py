"""A village meeting as tests drive it, with a clock that they move on."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from app.api.deps import House
from tests.support.desk import VILLAGE, Desk, open_case
from tests.support.files import a_photo
from tests.support.http import Person, log_in, serving
from tests.support.people import a_nik

PROPOSAL = {"kind": "USULAN_DATA", "category": "KEPESERTAAN_TIDAK_TERDAFTAR"}
ROLES = ("LURAH_KADES", "RT", "RW", "PSM", "RT", "TOKOH", "KADER", "LPM")
"""A quorum of a kelurahan with one to spare."""


@dataclass
class Clock:
    """The service's time: the real one, moved on."""

    moved: timedelta = field(default=timedelta(0))

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def pass_days(self, days: float) -> None:
        self.moved += timedelta(days=days)


def on_clock(house: House, clock: Clock) -> House:
    return replace(house, clock=clock)


@dataclass
class Meeting:
    """One session and who works on it; reads the version before each step."""

    client: AsyncClient
    clock: Clock
    id: str = ""
    village: str = VILLAGE
    people: dict[tuple[str, timedelta], Person] = field(default_factory=dict)

    async def person(self, login: str) -> Person:
        # A token does not outlive the days that pass.
        key = (login, self.clock.moved)
        if key not in self.people:
            self.people[key] = await log_in(self.client, f"{login}@1374")
        return self.people[key]

    async def read(self, by: str = "siti") -> dict[str, Any]:
        answer = await (await self.person(by)).get(f"/v1/deliberations/{self.id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def try_step(self, action: str, body: Any = None, by: str = "siti") -> Response:
        who = await self.person(by)
        seen = await who.get(f"/v1/deliberations/{self.id}")
        headers = {"If-Match": seen.headers["ETag"]} if "ETag" in seen.headers else {}
        return await who.post(f"/v1/deliberations/{self.id}/{action}", body, headers=headers)

    async def step(self, action: str, body: Any = None, by: str = "siti") -> dict[str, Any]:
        answer = await self.try_step(action, body, by)
        assert answer.status_code in {200, 201}, (action, answer.text)
        return dict(answer.json())

    async def plan(self, days: float = 4, **changes: Any) -> dict[str, Any]:
        starts = (self.clock() + timedelta(days=days)).isoformat()
        body = {"village": self.village, "kind": "muskel", "place": "Balai", "starts_at": starts, **changes}
        answer = await (await self.person("siti")).post("/v1/deliberations", body)
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]
        return dict(answer.json())

    async def put(self, **item: Any) -> str:
        """Put somebody on the agenda; return the candidate's id."""
        shown = await self.step("agenda", item)
        return str(shown["candidates"][-1]["id"])

    async def put_person(self, name: str = "Nurhayati Contoh", **more: Any) -> str:
        return await self.put(person={"name": name, "nik": a_nik(), "rt": "001", "rw": "002", **more})

    async def put_case(self, **changes: Any) -> tuple[Desk, str]:
        desk = await open_case(await self.person("siti"), **{**PROPOSAL, **changes})
        return desk, await self.put(ticket=desk.ticket)

    async def sit(self, roles: tuple[str, ...] = ROLES) -> list[str]:
        """Call the meeting, let its day come, open it, write down who is there; return their ids."""
        await self.step("convene", {"number": "005/1"})
        self.clock.pass_days(4)
        await self.step("open")
        return [await self.attend(role) for role in roles]

    async def attend(self, role: str, **more: Any) -> str:
        shown = await self.step("attendance", {"role": role, "name": f"Peserta {uuid4().hex[:6]}", **more})
        return str(shown["items"][-1]["id"])

    async def decide(self, *decisions: dict[str, Any], by: str = "siti") -> dict[str, Any]:
        return await self.step("decisions", {"decisions": list(decisions)}, by)

    async def minutes(self, by: str = "siti") -> dict[str, Any]:
        shown = await self.step("minutes", {"number": f"140/{uuid4().hex[:4]}", "head": "Lurah Contoh"}, by)
        return dict(shown["minutes"][-1])

    async def sign(self, minutes: str, content: bytes | None = None, by: str = "siti") -> Response:
        who = await self.person(by)
        return await self.client.post(
            f"/v1/deliberations/{self.id}/minutes/{minutes}/scan",
            files={"file": ("ba.jpg", content or a_photo())},
            headers={
                "Authorization": f"Bearer {who.token}",
                "Idempotency-Key": uuid4().hex,
                "Accept-Language": "en",
            },
        )

    async def publish(self, content: bytes | None = None) -> dict[str, Any]:
        """Make the minutes, sign them, publish the result."""
        made = await self.minutes()
        signed = await self.sign(made["id"], content)
        assert signed.status_code == 201, signed.text
        return await self.step("publish")

    async def try_objection(self, candidate: str, by: str = "siti", **changes: Any) -> Response:
        who = {"name": f"Warga {uuid4().hex[:6]}", "village": self.village, **changes.pop("objector", {})}
        body = {"candidate": candidate, "objector": who, "reason": "Rumahnya permanen.", **changes}
        return await (await self.person(by)).post(f"/v1/deliberations/{self.id}/objections", body)

    async def object(self, candidate: str, **changes: Any) -> str:
        answer = await self.try_objection(candidate, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def attach_photo(self, objection: str) -> None:
        who = await self.person("siti")
        sent = await self.client.post(
            f"/v1/deliberations/{self.id}/objections/{objection}/photo",
            files={"file": ("rumah.jpg", a_photo())},
            headers={"Authorization": f"Bearer {who.token}", "Idempotency-Key": uuid4().hex},
        )
        assert sent.status_code == 201, sent.text

    async def verify(self, objection: str, *, upheld: bool, by: str = "sekretariat") -> Response:
        path = f"/v1/deliberations/{self.id}/objections/{objection}/decide"
        return await (await self.person(by)).post(path, {"upheld": upheld, "finding": "Sudah dikunjungi."})

    async def ratified(self) -> dict[str, Any]:
        self.clock.pass_days(16)
        return await self.step("ratify", {"decree": "460/1"}, by="manajer")


def eligible(candidate: str, rank: int = 1) -> dict[str, Any]:
    return {"candidate": candidate, "decision": "LAYAK", "rank": rank, "reason": "Tidak berpenghasilan."}


def refused(candidate: str) -> dict[str, Any]:
    return {"candidate": candidate, "decision": "TIDAK_LAYAK", "reason": "Berpenghasilan tetap."}


@dataclass
class Batch:
    """Proposals on their way; each move reads the version first."""

    meeting: Meeting
    id: str

    async def read(self, by: str = "siti") -> dict[str, Any]:
        answer = await (await self.meeting.person(by)).get(f"/v1/proposals/{self.id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(self, action: str, body: Any, by: str) -> Response:
        who = await self.meeting.person(by)
        seen = await who.get(f"/v1/proposals/{self.id}")
        return await who.post(
            f"/v1/proposals/{self.id}/{action}", body, headers={"If-Match": seen.headers["ETag"]}
        )

    async def move(self, *stages: str, by: str = "manajer") -> None:
        for stage in stages:
            who = "siti" if stage == "DIUNGGAH" else by
            answer = await self.post("progress", {"stage": stage}, who)
            assert answer.status_code == 200, (stage, answer.text)

    async def to_ministry(self) -> None:
        await self.move(
            "DIUNGGAH", "VERIFIKASI_DINSOS", "FINALISASI", "PENGESAHAN_KDH", "TERKIRIM_PUSAT", "DIPROSES"
        )


async def gathered(meeting: Meeting) -> Batch:
    answer = await (await meeting.person("siti")).post("/v1/proposals", {"village": meeting.village})
    assert answer.status_code == 201, answer.text
    return Batch(meeting, answer.json()["id"])


async def meeting_ids(house: House) -> dict[str, str]:
    """Bring a published session with an objection, and a batch, about; ids by the names in the paths."""
    clock = Clock()
    async with serving(on_clock(house, clock)) as client:
        sent = Meeting(client, clock)
        await sent.plan()
        first = await sent.put_person()
        await sent.sit()
        await sent.decide(eligible(first))
        await sent.publish()
        await sent.ratified()
        batch = await gathered(sent)
        clock.moved = timedelta(0)
        meeting = Meeting(client, clock)
        await meeting.plan()
        _, candidate = await meeting.put_case()
        attendees = await meeting.sit()
        await meeting.decide(eligible(candidate))
        shown = await meeting.publish()
        objection = await meeting.object(candidate)
        await meeting.attach_photo(objection)
    return {
        "deliberation_id": meeting.id,
        "candidate_id": candidate,
        "attendee_id": attendees[0],
        "minutes_id": shown["minutes"][0]["id"],
        "objection_id": objection,
        "proposal_id": batch.id,
    }


async def meeting_tour(house: House) -> None:
    """Do everything of this feature once; nothing may fail."""
    clock = Clock()
    async with serving(on_clock(house, clock)) as client:
        meeting = Meeting(client, clock)
        await meeting.plan()
        siti = await meeting.person("siti")
        path = f"/v1/deliberations/{meeting.id}"
        etag = (await siti.get(path)).headers["ETag"]
        assert (await siti.patch(path, {"place": "Kantor"}, etag=etag)).status_code == 200
        _, by_case = await meeting.put_case()
        by_words, gone = await meeting.put_person(), await meeting.put_person()
        await meeting.step(f"agenda/{gone}/withdraw", {"reason": "own_wish"})
        there = await meeting.sit()
        await meeting.step(f"attendance/{await meeting.attend('TOKOH')}/remove")
        await meeting.step(f"agenda/{by_words}/conflicts", {"attendee": there[1], "reason": "family"})
        await meeting.decide(eligible(by_case), eligible(by_words, 2))
        await meeting.minutes()
        await meeting.step("resume")
        shown = await meeting.publish()
        await meeting.attach_photo(objection := await meeting.object(by_words))
        assert (await meeting.verify(objection, upheld=True)).status_code == 200
        siti, office = await meeting.person("siti"), await meeting.person("sekretariat")
        minutes = shown["minutes"][0]["id"]
        for part in (
            "",
            "/invitation",
            "/agenda",
            "/suggestions",
            "/attendance",
            "/decisions",
            "/minutes",
            f"/minutes/{minutes}/page",
            f"/minutes/{minutes}/page?form=pdf&official=true",
            f"/minutes/{minutes}/scan",
            "/objections",
            f"/objections/{objection}/photo",
        ):
            answer = await siti.get(path + part)
            assert answer.status_code == 200, (part, answer.text)
        proved = await siti.post(f"{path}/verify", {"sha256": "0" * 64})
        assert proved.status_code == 200, proved.text
        for one in ("/v1/objections?escalated=false&count=true", "/v1/deliberations?kind=muskel&count=true"):
            assert (await office.get(one)).status_code == 200, one
        await _follow_up(meeting, by_case)
        assert (await client.get(f"/v1/villages/{VILLAGE}/deliberations")).status_code == 200


async def _follow_up(meeting: Meeting, eligible_one: str) -> None:
    """Let what was reopened go on elsewhere, ratify the rest, and follow it to the ministry's answer."""
    before, _ = meeting.id, await meeting.plan(follows=meeting.id)
    await meeting.step("cancel", {"reason": "Ditunda."})
    meeting.id = before
    await meeting.ratified()
    batch = await gathered(meeting)
    await batch.to_ministry()
    siti = await meeting.person("siti")
    for form in ("xlsx", "csv"):
        assert (await siti.get(f"/v1/proposals/{batch.id}/export?form={form}")).status_code == 200
    results = {"results": [{"candidate": eligible_one, "stage": "DITETAPKAN"}]}
    answered = await batch.post("results", results, "manajer")
    assert answered.status_code == 200, answered.text
    assert (await siti.get("/v1/proposals?stage=DIPROSES&count=true&limit=1")).status_code == 200
