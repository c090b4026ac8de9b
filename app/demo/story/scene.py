"""One case as the story works it: what is remembered between steps, and how it should end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from rich.text import Text

from app.demo.cast import Role, kk_of, nik_of
from app.demo.story.callers import Answer, Body, Broken, Caller, Doors, Outdated
from app.demo.story.telling import Telling, badge
from app.demo.winding import Wind

Words = tuple[str, str]
"""Indonesian, English."""
_REASONS: Final = 4
_TRIES: Final = 5
_LOOKS: Final = 100
_BETWEEN: Final = 0.2
"""Seconds between two looks at what the worker has to do."""
_BEHALF_PAPER: Final = "Surat 12/PJS/2026"


@dataclass(frozen=True, slots=True)
class Expected:
    """How a case ends: its status, its outcome, and its referrals, first to last."""

    status: str
    outcome: str | None = None
    referrals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    ticket: str
    status: Mapping[str, Any]
    outcome: Mapping[str, Any] | None
    referrals: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def is_as(self, expected: Expected) -> bool:
        found = tuple((program, status["code"]) for program, status in self.referrals)
        outcome = self.outcome["code"] if self.outcome else None
        return (self.status["code"], outcome, found) == (
            expected.status,
            expected.outcome,
            expected.referrals,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A case of the story: its title, who comes, how it is played, and how it should end."""

    title: Words
    place: str
    person: str
    play: "Callable[[Scene], Awaitable[Ending]]"
    expected: Expected


@dataclass
class Scene:
    doors: Doors
    tell: Telling
    run: int
    wind: Wind
    ticket: str = ""
    pin: str = ""
    at: str = ""
    """When the case was opened, by the service's clock: nothing in the story is later by a minute."""
    referrals: dict[str, str] = field(default_factory=dict)
    """The id of the last referral to each programme."""

    # Opening ------------------------------------------------------------------------------------------

    def subject(self, role: Role) -> dict[str, Any]:
        return {
            "kind": "person",
            "nik": nik_of(role, self.run),
            "kk": kk_of(role, self.run),
            "name": role.name,
            "born_on": role.born_on.isoformat(),
            "sex": role.sex.value,
        }

    async def open(self, by: Caller, body: Body, words: Words, *, key: str | None = None) -> Answer:
        """Open the case and remember its slip."""
        opened = await by.post("/v1/cases", whole(body), key=key or uuid4().hex, expect=201)
        self.ticket, self.pin = opened.body["ticket"], opened.body["pin"]
        self.at = opened.body["opened_at"]
        sent = f"POST /v1/cases {body['category']}"
        slip = Text(f"{self.ticket}, PIN {self.pin}")
        state = badge(opened.body["status"]).append(" ") if "status" in opened.body else Text()
        self.say(by, words, sent, state.append_text(slip))
        return opened

    async def hear_programs(self, by: Caller, *codes: str) -> None:
        """Tell what the service says of these programmes, and where it sends the case."""
        routing = (await by.get(f"/v1/cases/{self.ticket}/routing")).body
        by_code = {one["program"]: one for one in routing["programs"]}
        for code in codes:
            self.tell.hear(_program(by_code[code]))
        self.tell.hear(f"{routing['considered']} program ditimbang. {routing['destination']}")

    # Working ------------------------------------------------------------------------------------------

    async def read(self, by: Caller) -> Answer:
        return await by.get(f"/v1/cases/{self.ticket}")

    async def step(
        self, by: Caller, action: str, body: Body, words: Words, *, sent: str = ""
    ) -> dict[str, Any]:
        """Take a step of the case with the version that was read just before."""
        taken = await self._take(by, f"/v1/cases/{self.ticket}/{action}", body)
        self.referrals |= {one["program"]: one["id"] for one in taken.body["referrals"]}
        self.say(by, words, f"POST …/{action} {sent}".rstrip(), badge(taken.body["status"]))
        return taken.body

    async def _take(self, by: Caller, path: str, body: Body) -> Answer:
        """Read, then act; read again if the service itself, or somebody else, was there in between."""
        for _ in range(_TRIES):
            seen = await self.read(by)
            with suppress(Outdated):
                return await by.post(path, body, etag=seen.etag, expect=200)
        raise Broken(f"POST {path}: outdated {_TRIES} times")

    async def refer(self, by: Caller, words: Words, *referrals: Body, **more: Any) -> None:
        """Hand the case to programmes, several at once."""
        sent = ", ".join(f"{one['program']} ({one['purpose']})" for one in referrals)
        await self.step(by, "refer", {"referrals": list(referrals), **more}, words, sent=sent)

    async def refused(self, by: Caller, action: str, body: Body, words: Words, code: str) -> None:
        """Try a step that the rules refuse, and tell why they do."""
        seen = await self.read(by)
        path = f"/v1/cases/{self.ticket}/{action}"
        answer = await by.post(path, body, etag=seen.etag, expect=409)
        self.say(by, words, f"POST …/{action}", Text("409", style="bold red"))
        self.hear_refusal(answer, code)

    async def refused_case(self, by: Caller, body: Body, words: Words) -> None:
        """Try to open the same matter at another desk, and tell what it learns."""
        answer = await by.post("/v1/cases", body, expect=409)
        self.say(by, words, "POST /v1/cases", Text("409", style="bold red"))
        self.hear_refusal(answer, "same_matter")

    def hear_refusal(self, answer: Answer, code: str) -> None:
        if answer.body["code"] != code:
            raise Broken(f"refused as {answer.body['code']}, not as {code}")
        self.tell.hear(f"{answer.body['detail']} ({code})")

    async def act(
        self, by: Caller, program: str, action: str, body: Body, words: Words, *, sent: str = ""
    ) -> dict[str, Any]:
        """Act on the last referral to *program*, as its receiver or for it."""
        path = f"/v1/referrals/{self.referrals[program]}"
        seen = await by.get(path)
        done = await by.post(f"{path}/{action}", body, etag=seen.etag, expect=200)
        self.say(by, words, f"POST /v1/referrals/…/{action} {sent}".rstrip(), badge(done.body["status"]))
        return done.body

    # What is recorded with it -------------------------------------------------------------------------

    def told(self, by: str, method: str = "in_person") -> dict[str, str]:
        return {"at": self.at, "method": method, "by": by}

    def behalf(self, source: str) -> dict[str, str]:
        """Say where the answer of a receiver without an account comes from."""
        return {"source": source, "date": self.today, "paper": _BEHALF_PAPER}

    @property
    def today(self) -> str:
        """The date in UTC, which nowhere in Indonesia is still to come."""
        return self.at.partition("T")[0]

    # Time ---------------------------------------------------------------------------------------------

    async def pass_days(self, days: int) -> None:
        """Let days pass for the clocks of this case; the worker finds out by itself what is due."""
        await self.wind(self.ticket, timedelta(days=days))
        self.tell.hear(f"… {days} hari berlalu (waktu kasus ini diputar maju) …")

    async def until_referred(self, by: Caller, *programs: str) -> None:
        """Wait until the service itself has sent these referrals."""

        async def sent() -> bool:
            shown = (await self.read(by)).body["referrals"]
            self.referrals |= {one["program"]: one["id"] for one in shown}
            return set(programs) <= set(self.referrals)

        await until(sent)

    # Her word -----------------------------------------------------------------------------------------

    async def confirm(self, received: list[dict[str, Any]], rating: int, words: Words) -> None:
        resident = await self.doors.resident(self.ticket, self.pin)
        shown = await resident.get("/v1/track")
        self.tell.hear(f"{shown.body['words']} (GET /v1/track, tanpa data pribadi)")
        body = {"received": received, "rating": rating}
        done = await resident.post("/v1/track/confirm", body, expect=200)
        self.say(resident, words, f"POST /v1/track/confirm {rating}/5", badge(done.body["status"]))

    def say(self, by: Caller, words: Words, sent: str, state: Text | None = None) -> None:
        self.tell.say((by.name, by.post_held), *words, sent, state)

    # Ending -------------------------------------------------------------------------------------------

    async def ending(self, by: Caller) -> Ending:
        """Read where the case stands now."""
        shown = (await self.read(by)).body
        outcome = shown["outcome"]
        return Ending(
            self.ticket,
            shown["status"],
            outcome["outcome"] if outcome else None,
            tuple((one["program"], one["status"]) for one in shown["referrals"]),
        )


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again whether the worker has done what is due."""
    for _ in range(_LOOKS):
        if await done():
            return
        await asyncio.sleep(_BETWEEN)
    raise Broken("the worker has not done what is due")


def aid(program: str) -> dict[str, Any]:
    return {"program": program, "purpose": "AID"}


def whole(body: Body) -> dict[str, Any]:
    """Add what every case of the story has in common."""
    return {
        "kind": "LAYANAN",
        "channel": "DATANG",
        "reporter": {"relation": "SELF"},
        "legal_basis": "public_task",
        "notice_version": "2026-1",
        **body,
    }


def _program(considered: Mapping[str, Any]) -> Text:
    """Tell a verdict with what decided it: a fitting programme by what is met, another by what is not."""
    verdict = considered["verdict"]
    mark = ": tidak terpenuhi" if verdict["code"] == "not_eligible" else ": terpenuhi"
    why = [*considered["obstacles"], *considered["warnings"], *considered["questions"]]
    why += [reason for reason in considered["reasons"] if mark in reason]
    said = Text(f"{considered['name']} ")
    said.append_text(badge(verdict))
    said.append(f" {'; '.join(list(dict.fromkeys(why))[:_REASONS])}")
    return said
