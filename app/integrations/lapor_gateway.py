"""The gateway to SP4N-LAPOR!: one POST for each report or answer; the contract is in ``docs/integrators.md``.

``POST {url}/laporan`` with ``{"id", "laporan"}`` answers ``{"tracking_id"}``;
``POST {url}/laporan/{tracking_id}/tindak-lanjut`` with ``{"id", "tindak_lanjut"}`` answers anything. Both
take ``Idempotency-Key: id``. 2xx is taken; 408, 425, 429 and 5xx are tried again; every other answer refuses
for good.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx

from app.domain.errors import DeskError
from app.domain.messages import Answer, Verdict
from app.integrations.gateway_calls import is_web_address, member_of, verdict_of

SECONDS: Final = 30.0
"""For the whole exchange, however slowly the other side answers."""
_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._/#-]{1,64}", re.ASCII)


@dataclass
class BadLaporUrl(DeskError):
    """The address of the gateway is none of the web."""

    code: str = "bad_lapor_url"


@dataclass(frozen=True, slots=True)
class LaporGateway:
    url: str
    key: str = field(repr=False)
    client: httpx.AsyncClient = field(repr=False)
    seconds: float = SECONDS

    @classmethod
    def at(cls, url: str, key: str) -> "LaporGateway":
        """Make the way out; it connects when something is sent.

        Raises:
            BadLaporUrl: see `check_lapor_url`.
        """
        check_lapor_url(url)
        # Neither a proxy of the environment nor a redirect may carry a report elsewhere.
        client = httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)
        return cls(url.rstrip("/"), key, client)

    async def send(self, id_: str, told: dict[str, Any]) -> Answer:
        """Hand a report or an answer over; silence, a broken answer and a fault of theirs are no answer."""
        reports = "laporan" in told
        tracking = quote(str(told.get("tracking_id")), safe="")
        path = "/laporan" if reports else f"/laporan/{tracking}/tindak-lanjut"
        body = {"id": id_, **{name: value for name, value in told.items() if name != "tracking_id"}}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": id_}
        try:
            async with (
                asyncio.timeout(self.seconds),
                self.client.stream("POST", f"{self.url}{path}", json=body, headers=headers) as answer,
            ):
                return await _read(answer, reports=reports)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return Answer(Verdict.LATER)

    async def close(self) -> None:
        await self.client.aclose()


def check_lapor_url(url: str) -> None:
    """Refuse an address that nothing could be posted to.

    Raises:
        BadLaporUrl: it does not begin with ``http://`` or ``https://`` and a host.
    """
    if not is_web_address(url):
        raise BadLaporUrl(
            id="PUSKESOS_LAPOR_URL harus alamat http:// atau https://.",
            en="PUSKESOS_LAPOR_URL must be an address of http:// or https://.",
        )


async def _read(answer: httpx.Response, *, reports: bool) -> Answer:
    verdict = verdict_of(answer)
    if verdict is not Verdict.TAKEN or not reports:
        return Answer(verdict)
    number = await member_of(answer, "tracking_id")
    said = str(number) if isinstance(number, str | int) and not isinstance(number, bool) else ""
    # Taken without a number it could never be found again: the same id is asked for once more.
    return Answer(verdict, said) if _REFERENCE.fullmatch(said) else Answer(Verdict.LATER)
