"""Who calls the API in the story: officers, agencies' systems, and residents with their slips."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from app.domain.ids import tenant_digits
from app.services.seed import DEMO_PASSWORD, demo_secret

Body = Mapping[str, Any]
_OK = (200, 201)
_STALE = 412


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
    """Somebody with a token."""

    http: AsyncClient
    token: str
    name: str
    post_held: str
    """Where she sits, or whose system it is."""

    async def get(self, path: str, *, expect: int = 200) -> Answer:
        return _read(await self.http.get(path, headers=self._headers()), (expect,))

    async def fetch(self, path: str) -> bytes:
        """Get something that is no JSON."""
        sent = await self.http.get(path, headers=self._headers())
        if sent.status_code != _OK[0]:
            raise Broken(f"GET {path}: {sent.status_code}")
        return sent.content

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
        named = {"Idempotency-Key": key or uuid4().hex, **({"If-Match": etag} if etag else {})}
        sent = await self.http.post(path, json=body or {}, headers=self._headers() | named)
        return _read(sent, _OK if expect is None else (expect,))

    async def patch(self, path: str, body: Body, *, etag: str) -> Answer:
        headers = self._headers() | {"If-Match": etag}
        return _read(await self.http.patch(path, json=body, headers=headers), _OK)

    async def upload(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as a form."""
        headers = self._headers() | {"Idempotency-Key": uuid4().hex}
        sent = await self.http.post(path, files={"file": (name, content)}, headers=headers)
        return _read(sent, _OK)

    async def send(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as the body itself."""
        kind = {"Content-Type": "application/octet-stream", "File-Name": name}
        headers = self._headers() | {"Idempotency-Key": uuid4().hex} | kind
        return _read(await self.http.post(path, content=content, headers=headers), _OK)

    def _headers(self) -> dict[str, str]:
        held = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return held | {"Accept-Language": "id"}


@dataclass(frozen=True, slots=True)
class Doors:
    """Logs everybody in, once."""

    http: AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    async def officer(self, login: str, regency: str, post_held: str) -> Caller:
        digits = tenant_digits(regency)
        form = {
            "grant_type": "password",
            "client_id": f"konsol@{digits}",
            "username": f"{login}@{digits}",
            "password": DEMO_PASSWORD,
        }
        return await self._enter(f"{login}@{digits}", form, post_held)

    async def system(self, client: str, regency: str, post_held: str) -> Caller:
        digits = tenant_digits(regency)
        form = {
            "grant_type": "client_credentials",
            "client_id": f"{client}@{digits}",
            "client_secret": demo_secret(client, regency),
        }
        return await self._enter(f"{client}@{digits}", form, post_held)

    async def resident(self, ticket: str, pin: str) -> Caller:
        """Open the case with the slip; a token of fifteen minutes that shows no personal data."""
        shown = _read(await self.http.post("/v1/track", json={"ticket": ticket, "pin": pin}), _OK)
        return Caller(self.http, shown.body["access_token"], "Warga", "tiket + PIN")

    async def receiver(self, token: str, name: str, post_held: str) -> Caller:
        """Open the referral of a letter with the token of its link."""
        shown = _read(await self.http.post("/v1/letter-links/open", json={"token": token}), _OK)
        return Caller(self.http, shown.body["access_token"], name, post_held)

    def anybody(self, name: str, post_held: str) -> Caller:
        return Caller(self.http, "", name, post_held)

    async def _enter(self, name: str, form: Mapping[str, str], post_held: str) -> Caller:
        if name not in self.tokens:
            shown = _read(await self.http.post("/v1/oauth/token", data=dict(form)), _OK)
            self.tokens[name] = shown.body["access_token"]
        return Caller(self.http, self.tokens[name], name, post_held)


def _read(answer: Response, expected: tuple[int, ...]) -> Answer:
    if answer.status_code not in expected:
        if answer.status_code == _STALE:
            raise Outdated(answer.request.url.path)
        problem = answer.text[:600]
        raise Broken(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {problem}")
    return Answer(answer.status_code, answer.json(), answer.headers.get("ETag", ""))
