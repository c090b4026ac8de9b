"""What tests of the working life of a case say over and over: open, step, act."""

from dataclasses import dataclass
from typing import Any

from httpx import Response

from tests.support.http import Person, log_in
from tests.support.people import a_nik

VILLAGE = "13.74.01.1005"


@dataclass
class Desk:
    """One case as a test drives it; remembers ticket, PIN and the version read last."""

    officer: Person
    ticket: str
    pin: str
    etag: str

    async def step(self, action: str, body: Any = None, by: Person | None = None) -> Response:
        who = by or (await self.secretariat() if action == "refer" else self.officer)
        answer = await who.post(
            f"/v1/cases/{self.ticket}/{action}", body or {}, headers={"If-Match": self.etag}
        )
        if answer.status_code == 200:
            self.etag = answer.headers["ETag"]
        return answer

    async def secretariat(self) -> Person:
        """Log in who refers: the policy leaves few programmes to the desks themselves."""
        tenant = self.officer.login.partition("@")[2]
        return await log_in(self.officer.client, f"sekretariat@{tenant}")

    async def took(self, action: str, body: Any = None, by: Person | None = None) -> dict[str, Any]:
        answer = await self.step(action, body, by)
        assert answer.status_code == 200, (action, answer.text)
        return dict(answer.json())

    async def read(self, by: Person | None = None) -> dict[str, Any]:
        answer = await (by or self.officer).get(f"/v1/cases/{self.ticket}")
        assert answer.status_code == 200, answer.text
        self.etag = answer.headers["ETag"]
        return dict(answer.json())

    async def status(self, by: Person | None = None) -> str:
        return str((await self.read(by))["status"]["code"])

    async def refer(self, *referrals: dict[str, Any], **more: Any) -> list[str]:
        """Refer and return the ids of all the case's referrals, oldest first."""
        shown = await self.took("refer", {"referrals": list(referrals), **more})
        return [str(one["id"]) for one in shown["referrals"]]


CASE: dict[str, Any] = {
    "kind": "LAYANAN",
    "category": "PERMOHONAN_BANSOS",
    "channel": "DATANG",
    "reporter": {"relation": "SELF"},
    "place": {"village": VILLAGE, "address": "RT 001"},
    "chronology": "Ibu dengan balita, belum menerima bantuan.",
    "facts": {"household.children_0_6": 1},
    "papers": ["KTP", "KK", "BUKTI_KOMPONEN"],
    "legal_basis": "public_task",
    "notice_version": "2026-1",
}
"""An ordinary case, without whom it is for."""


def a_person() -> dict[str, Any]:
    """Return a subject whom nobody has met."""
    return {"kind": "person", "nik": a_nik(), "name": "Yuliana Contoh", "born_on": "1991-07-05", "sex": "P"}


async def open_case(officer: Person, **changes: Any) -> Desk:
    """Open an ordinary case of a new person in the officer's village."""
    place = {"village": changes.pop("village", VILLAGE), "address": "RT 001"}
    body = {**CASE, "subject": a_person(), "place": place}
    answer = await officer.post("/v1/cases", {**body, **changes})
    assert answer.status_code == 201, answer.text
    opened = answer.json()
    return Desk(officer, opened["ticket"], opened["pin"], answer.headers["ETag"])


async def act(by: Person, referral: str, action: str, body: Any = None) -> Response:
    """Read the referral's version, then act on it."""
    seen = await by.get(f"/v1/referrals/{referral}")
    assert seen.status_code == 200, seen.text
    return await by.post(
        f"/v1/referrals/{referral}/{action}", body or {}, headers={"If-Match": seen.headers["ETag"]}
    )


async def acted(by: Person, referral: str, action: str, body: Any = None) -> dict[str, Any]:
    answer = await act(by, referral, action, body)
    assert answer.status_code == 200, (action, answer.text)
    return dict(answer.json())
