"""Who asks: the ways in, and a token that is renewed once for all tasks that need it.

A refresh token works once; the service takes a second use for theft and ends the whole log-in. So a renewal
whose answer was lost is never repeated: the next step is a new log-in.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, Protocol

import httpx

from puskesos_client.errors import SignInRefused, Unreachable
from puskesos_client.retries import BUSY, Retries, retry_after

TOKEN_PATH: Final = "/v1/oauth/token"  # noqa: S105  # an address
_EARLY: Final = 30.0
"""Seconds before its end in which a token counts as spent; a tenth of its life if that is less."""
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class PasswordGrant:
    """An officer, through a frontend that is registered as first-party."""

    client_id: str
    username: str
    password: str = field(repr=False)

    def form(self) -> dict[str, str]:
        named = {"client_id": self.client_id, "username": self.username}
        return {"grant_type": "password", **named, "password": self.password}


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An agency's system."""

    client_id: str
    client_secret: str = field(repr=False)

    def form(self) -> dict[str, str]:
        named = {"client_id": self.client_id, "client_secret": self.client_secret}
        return {"grant_type": "client_credentials", **named}


Credentials = PasswordGrant | ClientCredentials


class Tokens(Protocol):
    """Gives the token to send, and another one when the service did not take it."""

    async def current(self) -> str: ...
    async def other_than(self, refused: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that came from elsewhere, such as a slip's; nobody is asked for another. Empty: none at all."""

    token: str = field(repr=False)

    async def current(self) -> str:
        return self.token

    async def other_than(self, refused: str) -> str | None:  # noqa: ARG002  # the protocol's
        return None


@dataclass(slots=True)
class _Held:
    access: str = ""
    refresh: str = ""
    until: float = 0.0
    """By the monotonic clock: a device's wall clock may be days off."""


class SignedIn:
    """The tokens of one account. Any number of tasks may ask at once; one of them logs in."""

    def __init__(self, http: httpx.AsyncClient, credentials: Credentials, retries: Retries) -> None:
        self._http, self._credentials, self._retries = http, credentials, retries
        self._held = _Held()
        self._lock = asyncio.Lock()

    async def current(self) -> str:
        """Return a token that is good for a while.

        Raises:
            SignInRefused: login, password or secret is not right.
            Unreachable: the service did not answer.
        """
        async with self._lock:
            if monotonic() >= self._held.until:
                await self._renew()
            return self._held.access

    async def other_than(self, refused: str) -> str:
        """Return a newer token than *refused*, which the service answered with 401."""
        async with self._lock:
            if self._held.access in {"", refused}:
                await self._renew()
            return self._held.access

    async def _renew(self) -> None:
        refresh, self._held = self._held.refresh, _Held()
        if refresh and await self._by_refresh(refresh):
            return
        await self._log_in()

    async def _by_refresh(self, token: str) -> bool:
        form = {"grant_type": "refresh_token", "client_id": self._credentials.client_id}
        try:
            answer = await self._http.post(TOKEN_PATH, data={**form, "refresh_token": token})
        except httpx.RequestError:
            return False
        if answer.status_code == _OK:
            self._keep(answer.json())
        return answer.status_code == _OK

    async def _log_in(self) -> None:
        tried = 0
        while True:
            tried += 1
            asked = None
            try:
                answer = await self._http.post(TOKEN_PATH, data=self._credentials.form())
            except httpx.RequestError as error:
                lost: Exception = error
            else:
                if answer.status_code == _OK:
                    self._keep(answer.json())
                    return
                refusal = _refusal(answer)
                if answer.status_code not in BUSY:
                    raise refusal
                lost, asked = refusal, retry_after(answer.headers.get("Retry-After"))
            wait = self._retries.wait(tried, asked)
            if wait is None:
                raise Unreachable("The service cannot be reached to log in.") from lost
            await asyncio.sleep(wait)

    def _keep(self, told: Mapping[str, Any]) -> None:
        life = float(told["expires_in"])
        until = monotonic() + life - min(_EARLY, life / 10)
        self._held = _Held(told["access_token"], told.get("refresh_token") or "", until)


def _refusal(answer: httpx.Response) -> SignInRefused:
    try:
        said = answer.json()
        return SignInRefused(str(said["error"]), str(said.get("error_description", "")))
    except (ValueError, KeyError, TypeError):
        return SignInRefused(f"http_{answer.status_code}")
