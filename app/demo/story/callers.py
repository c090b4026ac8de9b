"""Who calls the API in the story: officers, agencies' systems, and residents with their slips."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.ids import tenant_digits
from app.services.seed import DEMO_PASSWORD, demo_secret
from puskesos_client import Answer as Told
from puskesos_client import Bearer, Client, ClientCredentials, PasswordGrant, Refused, Retries, Stale

Body = Mapping[str, Any]
HASTE: Final = Retries(tries=3, base=0.2, longest=1.0)
"""On one machine there is no bad link to wait for."""
_OK = (200, 201)
_FILE = "application/octet-stream"


class Broken(Exception):
    """The service answered otherwise than the story expects."""


class Outdated(Broken):
    """Somebody changed it since it was read."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    etag: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may come in."""

    client: Client
    name: str
    post_held: str
    """Where she sits, or whose system it is."""

    async def get(self, path: str, *, expect: int = 200) -> Answer:
        return await _told(self.client.get(path), (expect,))

    async def fetch(self, path: str) -> bytes:
        """Get something that is no JSON."""
        try:
            return (await self.client.get(path)).content
        except Refused as refused:
            raise Broken(str(refused)) from refused

    async def post(
        self,
        path: str,
        body: Body | None = None,
        *,
        expect: int | None = None,
        etag: str | None = None,
        key: str | None = None,
    ) -> Answer:
        """Send once; the key makes sending again harmless."""
        sent = self.client.post(path, body, key=key, etag=etag or "")
        return await _told(sent, _OK if expect is None else (expect,))

    async def patch(self, path: str, body: Body, *, etag: str) -> Answer:
        return await _told(self.client.patch(path, body, etag=etag), _OK)

    async def upload(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as a form."""
        return await _told(self.client.upload(path, name, content), _OK)

    async def send(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as the body itself."""
        return await _told(self.client.send_file(path, name, content, _FILE), _OK)


@dataclass(frozen=True, slots=True)
class Doors:
    """Lets everybody in, each once."""

    client: Client
    """Nobody yet."""
    known: dict[str, Client] = field(default_factory=dict)

    async def officer(self, login: str, regency: str, post_held: str) -> Caller:
        digits = tenant_digits(regency)
        name = f"{login}@{digits}"
        return self._enter(name, PasswordGrant(f"konsol@{digits}", name, DEMO_PASSWORD), post_held)

    async def system(self, client: str, regency: str, post_held: str) -> Caller:
        name = f"{client}@{tenant_digits(regency)}"
        return self._enter(name, ClientCredentials(name, demo_secret(client, regency)), post_held)

    async def resident(self, ticket: str, pin: str) -> Caller:
        """Open the case with the slip; a token of fifteen minutes that shows no personal data."""
        shown = await _told(self.client.post("/v1/track", {"ticket": ticket, "pin": pin}), _OK)
        return self._holding(shown, "Warga", "tiket + PIN")

    async def receiver(self, token: str, name: str, post_held: str) -> Caller:
        """Open the referral of a letter with the token of its link."""
        shown = await _told(self.client.post("/v1/letter-links/open", {"token": token}), _OK)
        return self._holding(shown, name, post_held)

    def anybody(self, name: str, post_held: str) -> Caller:
        return Caller(self.client, name, post_held)

    def _enter(self, name: str, who: PasswordGrant | ClientCredentials, post_held: str) -> Caller:
        if name not in self.known:
            self.known[name] = self.client.acting_as(who)
        return Caller(self.known[name], name, post_held)

    def _holding(self, shown: Answer, name: str, post_held: str) -> Caller:
        return Caller(self.client.acting_as(Bearer(shown.body["access_token"])), name, post_held)


async def _told(asked: Awaitable[Told], expected: tuple[int, ...]) -> Answer:
    """Return what the service said if that is what the story expects, be it a refusal.

    Raises:
        Outdated: the version was not the newest.
        Broken: it said something else.
    """
    try:
        told = await asked
        answer = Answer(told.status, told.body, told.etag)
        said = ""
    except Refused as refused:
        answer = Answer(refused.problem.status, refused.body or {}, "")
        said = f"{refused} {refused.problem.fields or ''}"
        if isinstance(refused, Stale) and answer.status not in expected:
            raise Outdated(said) from refused
    if answer.status not in expected:
        raise Broken(said or f"answered {answer.status}")
    return answer
