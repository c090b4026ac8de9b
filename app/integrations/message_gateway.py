"""The message gateway: one POST for each message, to whoever turns it into WhatsApp or SMS.

``{"id", "to", "text", "template"}`` with ``Idempotency-Key: id``. 2xx is taken; 408, 425, 429 and 5xx are
tried again; every other answer is a refusal for good.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import httpx

from app.domain.errors import DeskError
from app.domain.messages import Answer, Post, Verdict
from app.integrations.gateway_calls import is_web_address, member_of, verdict_of

SECONDS: Final = 15.0
"""For the whole exchange, however slowly the other side answers."""
_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_LONGEST_REF: Final = 200


@dataclass
class BadGatewayUrl(DeskError):
    """The address of the gateway is none of the web."""

    code: str = "bad_gateway_url"


@dataclass(frozen=True, slots=True)
class Gateway:
    url: str
    token: str = field(repr=False)
    client: httpx.AsyncClient = field(repr=False)
    seconds: float = SECONDS

    @classmethod
    def at(cls, url: str, token: str) -> "Gateway":
        """Make the way out; it connects when something is sent.

        Raises:
            BadGatewayUrl: see `check_url`.
        """
        check_url(url)
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4)
        # Neither a proxy of the environment nor a redirect may carry a phone number elsewhere.
        client = httpx.AsyncClient(timeout=_TIMEOUT, limits=limits, follow_redirects=False, trust_env=False)
        return cls(url, token, client)

    async def send(self, post: Post) -> Answer:
        """Hand one message over; silence, a broken answer and a fault of theirs are no answer."""
        body = {"id": post.id, "to": post.to, "text": post.text, "template": post.template}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": post.id}
        try:
            async with (
                asyncio.timeout(self.seconds),
                self.client.stream("POST", self.url, json=body, headers=headers) as answer,
            ):
                return await _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return Answer(Verdict.LATER)

    async def close(self) -> None:
        await self.client.aclose()


def check_url(url: str) -> None:
    """Refuse an address that nothing could be posted to.

    Raises:
        BadGatewayUrl: it does not begin with ``http://`` or ``https://`` and a host.
    """
    if not is_web_address(url):
        raise BadGatewayUrl(
            id="PUSKESOS_GATEWAY_URL harus alamat http:// atau https://.",
            en="PUSKESOS_GATEWAY_URL must be an address of http:// or https://.",
        )


async def _read(answer: httpx.Response) -> Answer:
    verdict = verdict_of(answer)
    return Answer(verdict, await _reference(answer)) if verdict is Verdict.TAKEN else Answer(verdict)


async def _reference(answer: httpx.Response) -> str | None:
    """Return the provider's own id, where the answer is JSON with one; it was taken in any case."""
    try:
        ref = await member_of(answer, "id")
    except httpx.HTTPError:
        return None
    return ref[:_LONGEST_REF] if isinstance(ref, str) and ref.isprintable() else None
