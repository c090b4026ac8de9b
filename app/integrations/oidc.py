"""The outside issuer, as its relying party: where to send a browser, and whom a code that came back is of."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from app.domain.errors import DeskError
from app.domain.sign_in import Denied, Expected, Secrets, Untrusted, subject_of
from app.integrations.oidc_http import SECONDS, IssuerAway, exchange, may_call
from app.integrations.oidc_keys import PublicKey, UnknownKey, claims_of, read_keys

KEPT: Final = timedelta(hours=1)
"""How long its document and keys are believed without asking again."""
AGAIN: Final = timedelta(minutes=1)
"""How soon keys are asked for again because a token names one that is not known."""
_UNAUTHORISED: Final = 401
_OK: Final = 200
_FAULT: Final = 500


@dataclass
class BadIssuer(DeskError):
    """The settings of the outside issuer cannot be used."""

    code: str = "bad_issuer"


@dataclass(frozen=True, slots=True)
class Document:
    """What the issuer says of itself."""

    authorize: str
    token: str
    keys: str
    names_itself: bool
    """Whether its answers carry ``iss`` (RFC 9207): then one without it is another's."""
    posts_secret: bool
    """Whether it takes the client's secret in the form only."""
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back."""

    code: str | None = field(repr=False)
    issuer: str | None
    error: str | None


@dataclass(slots=True)
class Issuer:
    url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str = ""
    seconds: float = SECONDS
    _document: Document | None = None
    _keys: tuple[PublicKey, ...] = ()
    _keys_at: datetime | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _failed: list[IssuerAway] = field(default_factory=list, repr=False)
    """Of the question under way, for those who wait for its answer."""

    @classmethod
    def at(cls, url: str, client_id: str | None, client_secret: str | None, name: str | None) -> "Issuer":
        """Make what speaks with it; nothing is asked before somebody wants to sign in.

        Raises:
            BadIssuer: the address is neither https nor on this machine, or no client is set.
        """
        if not may_call(url) or "?" in url or not client_id:
            raise BadIssuer(
                id="PUSKESOS_OIDC_ISSUER harus alamat https, dengan PUSKESOS_OIDC_CLIENT_ID.",
                en="PUSKESOS_OIDC_ISSUER must be an https address, with PUSKESOS_OIDC_CLIENT_ID.",
            )
        return cls(url, client_id, client_secret, name or urlsplit(url).netloc)

    async def address_for(self, secrets: Secrets, back: str, now: datetime) -> str:
        """Return where the browser goes to sign in; it is sent *back* with a code.

        Raises:
            IssuerAway: it cannot be asked where that is.
        """
        said = await self._read_document(now)
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            # Who it is, and nothing more about her.
            "scope": "openid",
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        }
        return f"{said.authorize}{'&' if '?' in said.authorize else '?'}{urlencode(asked)}"

    async def subject(self, returned: Returned, secrets: Secrets, back: str, now: datetime) -> str:
        """Exchange the code and return whom the issuer vouches for.

        Raises:
            Denied: the issuer or the person says no.
            Untrusted: the answer is not this issuer's answer to this sign-in.
            IssuerAway: it cannot be asked.
        """
        said = await self._read_document(now)
        if returned.issuer != self.url and (returned.issuer is not None or said.names_itself):
            raise Untrusted("another_issuer")
        if returned.error is not None:
            raise Denied
        if not returned.code:
            raise Untrusted("no_code")
        token = await self._exchange_code(said, returned.code, secrets, back)
        claims = await self._claims(token, said, now)
        return subject_of(claims, Expected(self.url, self.client_id, secrets.nonce), now)

    async def _exchange_code(self, said: Document, code: str, secrets: Secrets, back: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.client_id,
            "code_verifier": secrets.verifier,
        }
        basic = None
        if self.client_secret and said.posts_secret:
            form["client_secret"] = self.client_secret
        elif self.client_secret:
            # RFC 6749, 2.3.1: both are written as a form would, before they become Basic.
            basic = (quote_plus(self.client_id), quote_plus(self.client_secret))
        answer = await exchange("POST", said.token, form=form, basic=basic, seconds=self.seconds)
        if answer.status >= _FAULT:
            raise IssuerAway("fault")
        if answer.status == _UNAUTHORISED or answer.body.get("error") == "invalid_client":
            raise IssuerAway("client_refused")
        token = answer.body.get("id_token")
        if answer.status != _OK:
            raise Untrusted("code_refused")
        if not isinstance(token, str):
            raise Untrusted("no_token")
        return token

    async def _claims(self, token: str, said: Document, now: datetime) -> Mapping[str, Any]:
        keys = await self._read_keys(said, now, KEPT)
        try:
            return claims_of(token, keys)
        except UnknownKey:
            keys = await self._read_keys(said, now, AGAIN)
        try:
            return claims_of(token, keys)
        except UnknownKey as error:
            raise Untrusted("unknown_key") from error

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        """Let one ask at a time; who waited while the issuer did not answer is told so at once.

        An issuer that hangs would else be waited for by each in turn, one timeout after another.
        """
        waits = self._lock.locked()
        failed = self._failed
        async with self._lock:
            if waits and failed:
                raise IssuerAway(failed[0].reason)
            self._failed = []
            try:
                yield
            except IssuerAway as error:
                self._failed.append(error)
                raise

    async def _read_document(self, now: datetime) -> Document:
        async with self._asking():
            if self._document is None or self._document.read_at <= now - KEPT:
                url = f"{self.url.rstrip('/')}/.well-known/openid-configuration"
                answer = await exchange("GET", url, seconds=self.seconds)
                self._document = _document(self.url, answer.status, answer.body, now)
            return self._document

    async def _read_keys(self, said: Document, now: datetime, younger: timedelta) -> tuple[PublicKey, ...]:
        async with self._asking():
            if self._keys_at is None or self._keys_at <= now - younger:
                # Also where it fails: a token that names a key of nobody's makes no storm of questions.
                self._keys_at = now if self._keys else None
                answer = await exchange("GET", said.keys, seconds=self.seconds)
                if answer.status != _OK:
                    raise IssuerAway("fault")
                self._keys, self._keys_at = read_keys(answer.body), now
            return self._keys


def _document(url: str, status: int, body: Mapping[str, Any], now: datetime) -> Document:
    if status != _OK:
        raise IssuerAway("no_document")
    if body.get("issuer") != url:
        raise IssuerAway("another_issuer")
    places = [body.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    local = urlsplit(url).scheme == "http"
    # Plain HTTP is only for an issuer that is itself on this machine.
    if not all(may_call(one) and (local or str(one).startswith("https:")) for one in places):
        raise IssuerAway("bad_address")
    methods = body.get("token_endpoint_auth_methods_supported")
    posts = isinstance(methods, list) and "client_secret_basic" not in methods
    names = body.get("authorization_response_iss_parameter_supported") is True
    return Document(str(places[0]), str(places[1]), str(places[2]), names, posts, now)
