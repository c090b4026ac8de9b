"""A letter on its way from the draft to the signature."""

from typing import Any

from httpx import Response

from tests.support.desk import Desk
from tests.support.http import Person, log_in

FIELDS = {"purpose": "Keringanan biaya rawat inap.", "recommendation": "Layak dibantu."}
REASON = {"reason": "Ibu dengan balita, tidak punya penghasilan tetap."}


class Office:
    """The hands that a letter passes through in one regency."""

    def __init__(self, client: Any, digits: str = "1374") -> None:
        self._client, self._digits = client, digits
        self._people: dict[str, Person] = {}

    async def person(self, login: str) -> Person:
        if login not in self._people:
            self._people[login] = await log_in(self._client, f"{login}@{self._digits}")
        return self._people[login]

    async def drafted(self, desk: Desk, by: str = "sekretariat", **changes: Any) -> dict[str, Any]:
        body = {"kind": "rekomendasi", "fields": FIELDS, **changes}
        answer = await (await self.person(by)).post(f"/v1/cases/{desk.ticket}/letters", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def act(
        self, desk: Desk, letter: dict[str, Any], action: str, by: str, body: Any = None
    ) -> Response:
        who = await self.person(by)
        path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}"
        seen = await who.get(path)
        assert seen.status_code == 200, seen.text
        return await who.post(f"{path}/{action}", body, headers={"If-Match": seen.headers["ETag"]})

    async def acted(
        self, desk: Desk, letter: dict[str, Any], action: str, by: str, body: Any = None
    ) -> dict[str, Any]:
        answer = await self.act(desk, letter, action, by, body)
        assert answer.status_code == 200, (action, answer.text)
        return dict(answer.json())

    async def link(self, desk: Desk, letter: dict[str, Any], days: int = 14) -> dict[str, Any]:
        who = await self.person("sekretariat")
        answer = await who.post(f"/v1/cases/{desk.ticket}/letters/{letter['id']}/links", {"days": days})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def enter(self, token: str) -> Response:
        answer: Response = await self._client.post("/v1/letter-links/open", json={"token": token})
        return answer

    async def holder(self, token: str) -> Person:
        entered = await self.enter(token)
        assert entered.status_code == 200, entered.text
        return Person(self._client, entered.json()["access_token"], "link")

    async def signed(self, desk: Desk, **changes: Any) -> dict[str, Any]:
        letter = await self.drafted(desk, **changes)
        await self.acted(desk, letter, "initial", "pemaraf")
        return await self.acted(desk, letter, "sign", "kadis")


async def link_holder(office: Office, desk: Desk, referral: str) -> Person:
    """Return a receiver without an account, with the letter's link to this referral open before her."""
    letter = await office.signed(desk, kind="rujukan", referral_id=referral, fields=REASON)
    return await office.holder((await office.link(desk, letter))["token"])


async def letters_tour(client: Any, desk: Desk) -> None:
    """Do with letters all that can be done, for proofs about every statement."""
    office = Office(client)
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    letter = await office.drafted(desk, kind="rujukan", referral_id=referral, fields=REASON)
    await office.acted(desk, letter, "return", "pemaraf", {"note": "Kurang jelas."})
    maker = await office.person("sekretariat")
    path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}"
    seen = await maker.get(path)
    changed = await maker.patch(path, {"fields": REASON}, etag=seen.headers["ETag"])
    assert changed.status_code == 200, changed.text
    await office.acted(desk, letter, "initial", "pemaraf")
    signed = await office.acted(desk, letter, "sign", "kadis")
    assert (await maker.get("/v1/letters", state="signed", count="true")).status_code == 200
    for part in ("", "/html", "/pdf", "/links"):
        answer = await maker.get(path + part)
        assert answer.status_code == 200, answer.text
    assert (await maker.get(f"/v1/cases/{desk.ticket}/letters")).status_code == 200
    assert (await client.get(f"/v1/letters/{signed['code']}/verify")).status_code == 200
    link = await office.link(desk, letter)
    holder = await office.holder(link["token"])
    tag = (await holder.get("/v1/letter-links/referral")).headers["ETag"]
    accepted = await holder.post("/v1/letter-links/referral/accept", {}, headers={"If-Match": tag})
    assert accepted.status_code == 200, accepted.text
    ended = await maker.post(f"{path}/links/{link['id']}/revoke")
    assert ended.status_code == 200, ended.text
    await office.acted(desk, letter, "revoke", "kadis", {"reason": "replaced"})
    head = await office.person("kadis")
    assert (await head.get("/v1/templates")).status_code == 200
    template = {
        "kind": "rekomendasi",
        "title": "Surat",
        "body": "{identity}",
        "number_format": "{n}/{year}",
        "valid_days": 5,
    }
    assert (await head.post("/v1/templates", template)).status_code == 201
