"""Log-in, renewal and log-out (RFC 6749, RFC 7009). Errors here have the form that the RFC gives them."""

from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request
from fastapi.responses import JSONResponse

from app.api.addresses import caller_address
from app.api.deps import House, HouseDep, Now
from app.api.language import language_of
from app.api.limits import tell_tries
from app.api.notes import Noted, note
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import OAuthError, TokenOut
from app.api.sentences import Words
from app.api.strict_json import clean
from app.db.queries import sessions as stored
from app.db.session import transaction
from app.db.tables.access import Client
from app.domain.ids import parse_login
from app.services import sessions
from app.services.sessions import Issued, LogIn, Refused

router = make_router("access")

_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST: Final = 512
_WORDS: Final = {
    "invalid_request": Words(
        "Permintaan tidak lengkap atau bentuknya salah.", "The request is incomplete or malformed."
    ),
    "invalid_client": Words("Klien tidak dikenal.", "The client is not known."),
    "invalid_grant": Words(
        "Nama masuk, kata sandi atau token tidak benar.", "The login, password or token is not right."
    ),
    "unauthorized_client": Words(
        "Klien ini tidak boleh memakai cara masuk ini.", "This client may not use this way in."
    ),
    "unsupported_grant_type": Words("Cara masuk ini tidak ada.", "This way in does not exist."),
    "temporarily_unavailable": Words(
        "Terlalu banyak percobaan. Tunggu sesuai tajuk Retry-After.",
        "Too many tries. Wait as the Retry-After header says.",
    ),
}
_STATUS: Final = {"invalid_client": 401, "temporarily_unavailable": 429}


@dataclass
class OAuthRefusalError(Exception):
    """An error of RFC 6749, section 5.2."""

    error: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it was sent; its values stay out of every repr."""

    values: dict[str, str] = field(repr=False)

    def need(self, name: str) -> str:
        value = self.values.get(name, "")
        if not value:
            raise OAuthRefusalError("invalid_request")
        return value


async def _read_form(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise OAuthRefusalError("invalid_request") from error
    values = dict(pairs)
    fine = all(clean(value) and "\ufffd" not in value and len(value) <= _LONGEST for value in values.values())
    if kind != _FORM or len(values) != len(pairs) or not fine:
        raise OAuthRefusalError("invalid_request")
    return Form(values)


def _client_of(request: Request, form: Form) -> tuple[str, str]:
    """Return the client's id and secret: by HTTP Basic, or in the form."""
    header = request.headers.get("authorization", "")
    if header[:6].lower() != "basic ":
        return form.need("client_id"), form.values.get("client_secret", "")
    try:
        name, colon, secret = b64decode(header[6:].strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise OAuthRefusalError("invalid_client") from error
    if not colon or not clean(name) or not clean(secret):
        raise OAuthRefusalError("invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def _answer(error: OAuthRefusalError, request: Request) -> JSONResponse:
    status = _STATUS.get(error.error, 400)
    headers = {"Cache-Control": "no-store"}
    if status == 401:  # noqa: PLR2004  # RFC 6749, 5.2 names it
        headers["WWW-Authenticate"] = 'Basic realm="puskesos"'
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(error.retry_after.total_seconds())))
        tell_tries(request, "login", sessions.TRIES_OF_PAIR, sessions.WINDOW, error.retry_after)
    words = _WORDS[error.error].detail(language_of(request))
    return JSONResponse({"error": error.error, "error_description": words}, status, headers)


@dataclass(frozen=True, slots=True)
class Call:
    """One request for tokens."""

    request: Request
    house: House
    form: Form
    now: datetime

    @property
    def address(self) -> str:
        return caller_address(self.request, self.house.settings.trusted_proxies)

    def note(self, result: str, found: Issued | Refused) -> None:
        subject = found.actor_id if isinstance(found, Issued) else found.account_id
        noted = Noted("login", "account", result, subject_id=subject, tenant=found.tenant)
        note(self.request, noted, self.now)


def _field(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


_TOKEN_BODY: Final = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {
                        "type": "string",
                        "enum": ["password", "client_credentials", "refresh_token"],
                    },
                    "client_id": _field("Client with its tenant, such as `konsol@1374`; or HTTP Basic."),
                    "client_secret": _field("For `client_credentials`; or HTTP Basic.", format="password"),
                    "username": _field("For `password`: login with its tenant, such as `siti@1374`."),
                    "password": _field("For `password`.", format="password"),
                    "refresh_token": _field("For `refresh_token`; each can be used once."),
                },
            },
            "example": {
                "grant_type": "password",
                "client_id": "konsol@1374",
                "username": "siti@1374",
                "password": "rahasia-yang-panjang",
            },
        }
    },
}
_REVOKE_BODY: Final = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "required": ["token"],
                "properties": {"token": _field("An access or refresh token."), "token_type_hint": _field("")},
            },
            "example": {"token": "pr_1374-bXkgcmVmcmVzaCB0b2tlbiBmb3IgdGhlIGV4YW1wbGUuLi4"},
        }
    },
}


def _errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    example = {"error": "invalid_grant", "error_description": _WORDS["invalid_grant"].en}
    return {
        code: {
            "model": OAuthError,
            "description": "Refused, in the form of RFC 6749.",
            "content": {"application/json": {"example": example}},
        }
        for code in codes
    }


_TOKEN_EXAMPLE: Final = {
    "access_token": "pk_1374-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4",
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "pr_1374-bXkgcmVmcmVzaCB0b2tlbiBmb3IgdGhlIGV4YW1wbGUuLi4",
}


def _oauth_operation(operation_id: str, body: dict[str, Any], errors: tuple[int, ...], **more: Any) -> Any:
    # An office whose people all log in or renew at eight must not be held up by its one address: log-ins have
    # their own counts, in the database, and whoever shows a token that is valid is not guessing.
    made = operation(operation_id, may=PUBLIC, never_limited=True, extra={"requestBody": body}, **more)
    made["responses"] |= _errors(*errors)
    return made


@router.post(
    "/v1/oauth/token",
    **_oauth_operation("createToken", _TOKEN_BODY, (400, 401, 429), answers=TokenOut, example=_TOKEN_EXAMPLE),
)
async def create_token(request: Request, house: HouseDep, now: Now) -> Any:
    """Give tokens for a password, for a client's secret, or for a refresh token.

    The password grant is for first-party frontends only. A refresh token can be used once: when it comes
    back, every token of its log-in ends. A wrong login and a wrong password get the same answer.
    """
    try:
        call = Call(request, house, await _read_form(request), now)
        issued = await _issue(call)
    except OAuthRefusalError as refusal:
        return _answer(refusal, request)
    return TokenOut(
        access_token=issued.access_token,
        expires_in=int(issued.expires_in.total_seconds()),
        refresh_token=issued.refresh_token,
    )


@router.post("/v1/oauth/revoke", **_oauth_operation("revokeToken", _REVOKE_BODY, (400,), example={}))
async def revoke_token(request: Request, house: HouseDep, now: Now) -> Any:
    """End the log-in that a token belongs to, in every process within a second (RFC 7009).

    Whoever holds the token may end it, and an unknown one is answered alike.
    """
    try:
        token = (await _read_form(request)).need("token")
    except OAuthRefusalError as refusal:
        return _answer(refusal, request)
    async with transaction(house.database.sessions) as tx:
        await sessions.revoke(tx, token, now)
    house.sessions.clear()
    return JSONResponse({})


async def _issue(call: Call) -> Issued:
    kind = call.form.need("grant_type")
    if kind not in _GRANTS:
        raise OAuthRefusalError("unsupported_grant_type")
    return await _GRANTS[kind](call)


async def _find_client(call: Call) -> tuple[Client | None, str]:
    client_id, secret = _client_of(call.request, call.form)
    named = parse_login(client_id)
    if named is None:
        return None, secret
    async with transaction(call.house.database.sessions) as tx:
        return await stored.find_client(tx, named[1], named[0]), secret


async def _first_party(call: Call) -> Client:
    client, secret = await _find_client(call)
    if client is None:
        raise OAuthRefusalError("invalid_client")
    if not client.first_party:
        raise OAuthRefusalError("unauthorized_client")
    if client.secret_digest is not None and not sessions.secret_matches(client, secret):
        raise OAuthRefusalError("invalid_client")
    return client


async def _by_password(call: Call) -> Issued:
    client = await _first_party(call)
    password = call.form.need("password")
    # A name that cannot be a login is still counted and still costs a hash: it answers like a wrong one.
    login, tenant = parse_login(call.form.need("username")) or (call.form.need("username")[:64], "ID")
    wanted = LogIn(tenant, login, call.address, client.id)
    tools, sessions_of = call.house.session_tools, call.house.database.sessions
    async with transaction(sessions_of) as tx:
        begun = await sessions.begin_log_in(tx, wanted, tools.digests, call.now)
    if isinstance(begun, Refused):
        call.note("too_many", begun)
        raise OAuthRefusalError("temporarily_unavailable", begun.retry_after)
    stored_hash = begun.password_hash
    right = await call.house.passwords.verify(stored_hash, password)
    if not right or begun.account is None or stored_hash is None:
        call.note("refused", Refused(tenant, begun.account.id if begun.account else None))
        raise OAuthRefusalError("invalid_grant")
    newer = (
        await call.house.passwords.hash(password) if call.house.passwords.needs_rehash(stored_hash) else None
    )
    async with transaction(sessions_of) as tx:
        issued = await sessions.end_log_in(tx, wanted, begun.account, tools, newer, call.now)
    call.note("ok", issued)
    return issued


async def _by_client(call: Call) -> Issued:
    client, secret = await _find_client(call)
    async with transaction(call.house.database.sessions) as tx:
        found = await sessions.log_in_client(
            tx, client, secret, call.address, call.house.session_tools, call.now
        )
    if isinstance(found, Refused):
        call.note("too_many" if found.retry_after else "refused", found)
        if found.retry_after:
            raise OAuthRefusalError("temporarily_unavailable", found.retry_after)
        raise OAuthRefusalError("invalid_client")
    call.note("ok", found)
    return found


async def _by_refresh(call: Call) -> Issued:
    client = await _first_party(call)
    token = call.form.need("refresh_token")
    async with transaction(call.house.database.sessions) as tx:
        found = await sessions.refresh(tx, token, client.id, call.house.session_tools, call.now)
    if isinstance(found, Refused):
        call.house.sessions.clear()
        call.note("refused", found)
        raise OAuthRefusalError("invalid_grant")
    return found


_GRANTS: Final = {
    "password": _by_password,
    "client_credentials": _by_client,
    "refresh_token": _by_refresh,
}
