"""An OpenID issuer on loopback that really signs: discovery, consent without asking, codes, PKCE, keys."""

import asyncio
import hmac
import json
import socket
import warnings
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import unquote_plus, urlencode

import uvicorn
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.clock import now

CLIENT, SECRET = "puskesos", "rahasia yang/panjang:100%"
Claims = dict[str, Any]
Key = RSAKey | ECKey | OKPKey
HUGE = b'{"x": "' + b"x" * 400_000 + b'"}'


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: Claims, claims: Claims, secret: bytes | None) -> str:
    """Return a token of an algorithm that no library would sign with any more."""
    said = ".".join(text(json.dumps(one).encode()) for one in (header, claims))
    return f"{said}.{text(hmac.digest(secret, said.encode(), 'sha256')) if secret else ''}"


@dataclass
class Outside:
    """The issuer, and what a test would have it do wrong."""

    url: str = ""
    subject: str = "f81d4fae-7dec-11d0"
    algorithm: str = "RS256"
    kid: str = "satu"
    keys: dict[str, Key] = field(default_factory=lambda: {"satu": RSAKey.generate_key(2048)})
    spoil: Callable[[Claims], Claims | str] = lambda claims: claims
    """Changes the claims before they are signed; a text is sent as it is."""
    answers: dict[str, Response] = field(default_factory=dict)
    """What a path answers instead."""
    hangs: str = ""
    """A path that does not answer."""
    document: Claims = field(default_factory=dict)
    """What the document says otherwise."""
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        routes = {
            "/.well-known/openid-configuration": self._say,
            "/auth": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
            # Where nobody should be led.
            "/elsewhere": self._say,
        }
        return Starlette(
            routes=[
                Route(path, self._guarded(path, handler), methods=["POST" if path == "/token" else "GET"])
                for path, handler in routes.items()
            ]
        )

    def _guarded(self, path: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def answer(request: Request) -> Response:
            self.asked.append(path)
            if self.hangs == path:
                await asyncio.sleep(2)
            made: Response = self.answers.get(path) or await handler(request)
            return made

        return answer

    async def _say(self, _request: Request) -> Response:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse({**said, **self.document})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        code = token_urlsafe(24)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.url}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        _, _, packed = request.headers.get("authorization", "").partition(" ")
        name, _, secret = b64decode(packed).decode().partition(":")
        posted = (form.get("client_id"), form.get("client_secret"))
        if (CLIENT, SECRET) not in {posted, (unquote_plus(name), unquote_plus(secret))}:
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(str(form["code"]), None)
        made = text(sha256(str(form["code_verifier"]).encode()).digest())
        if asked is None or made != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.signed(asked)})

    def claims(self, nonce: str) -> Claims:
        here = int(now().timestamp())
        return {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT,
            "nonce": nonce,
            "iat": here,
            "exp": here + 300,
            "email": "siti@example.id",
        }

    def signed(self, asked: Claims) -> str:
        claims = self.spoil(self.claims(asked["nonce"]))
        if isinstance(claims, str):
            return claims
        header = {"alg": self.algorithm, "kid": self.kid}
        with warnings.catch_warnings():
            # The library warns of the old name of EdDSA, which issuers still use.
            warnings.simplefilter("ignore", SecurityWarning)
            key, said = self.keys[self.kid], json.dumps(claims).encode()
            return jws.serialize_compact(header, said, key, algorithms=[self.algorithm])

    async def _keys(self, _request: Request) -> Response:
        shown = [{**key.as_dict(private=False), "kid": kid} for kid, key in self.keys.items()]
        return JSONResponse({"keys": [{"kty": "oct", "k": "AAAA"}, *shown]})


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    issuer = Outside()
    server = uvicorn.Server(uvicorn.Config(issuer.app(), log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        issuer.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield issuer
        finally:
            server.should_exit = True
            await running
