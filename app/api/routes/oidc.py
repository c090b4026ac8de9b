"""Sign-in by an outside issuer (OpenID Connect): we are its client, frontends carry browsers to and fro.

The frontend asks for the address (`start`), keeps the key that comes with it, and when the browser is back
sends what stood in the address with that key (`finish`). The codes and the tokens of the issuer stay here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from fastapi import Request

from app.api.addresses import caller_address
from app.api.deps import House, HouseDep, Now
from app.api.notes import Noted, note
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import (
    SignInFinishIn,
    SignInIssuerOut,
    SignInStartIn,
    SignInStartOut,
    TokenOut,
)
from app.db.session import transaction
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, TooMany, Unauthenticated, Unavailable
from app.domain.ids import NATION
from app.domain.sign_in import GOOD_FOR, Denied, Secrets, Untrusted, named
from app.integrations.oidc import Issuer, Returned
from app.integrations.oidc_http import IssuerAway
from app.services import sessions, sign_ins
from app.services.sessions import OutsideLogIn, Refused

router = make_router("access")

CONSOLE: Final = "/konsol/masuk/kembali"
"""Where the console is come back to."""
_ADDRESS: Final = (
    "https://masuk.example.go.id/auth?response_type=code&client_id=puskesos&scope=openid"
    "&state=0000-c3RhdGU&nonce=bm9uY2U&code_challenge=Y2hhbGxlbmdl&code_challenge_method=S256"
)
_KEY: Final = "0000-a2V5IG9mIHRoaXMgYnJvd3NlciBhbmQgbm8gb3RoZXIgb24"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the issuer that it is about."""

    request: Request
    house: House
    issuer: Issuer
    now: datetime

    @property
    def address(self) -> str:
        return caller_address(self.request, self.house.settings.trusted_proxies)

    def note(self, result: str, tenant: str = NATION, account_id: UUID | None = None) -> None:
        note(self.request, Noted("login", "account", result, account_id, tenant), self.now)

    def away(self, error: IssuerAway) -> Unavailable:
        structlog.get_logger().warning("sign_in_issuer_away", reason=error.reason)
        return Unavailable(
            code="issuer_away",
            id="Penyedia masuk sedang tidak menjawab. Coba lagi nanti, atau masuk dengan kata sandi.",
            en="The sign-in issuer does not answer. Try again later, or sign in with a password.",
            data={"reason": error.reason},
        )


@router.get(
    "/v1/oauth/oidc",
    **operation(
        "getSignInIssuer",
        may=PUBLIC,
        never_limited=True,
        answers=SignInIssuerOut,
        example={"name": "SSO Dinas Sosial"},
    ),
)
async def get_sign_in_issuer(house: HouseDep) -> SignInIssuerOut:
    """Say whether people can sign in by an outside issuer, and what it is called."""
    return SignInIssuerOut(name=house.issuer.name if house.issuer else None)


@router.post(
    "/v1/oauth/oidc/start",
    **operation(
        "startSignIn",
        may=PUBLIC,
        answers=SignInStartOut,
        refuses=(409,),
        example={"address": _ADDRESS, "key": _KEY, "expires_in": 600},
        body_example={"back": "https://meja.example.go.id/kembali"},
    ),
)
async def start_sign_in(body: SignInStartIn, request: Request, house: HouseDep, now: Now) -> SignInStartOut:
    """Give the address at the issuer where a browser signs in; good once and for ten minutes."""
    call = _call(request, house, now)
    back = _back(body.back, call)
    secrets = Secrets(house.ids.token(NATION), house.ids.token(NATION))
    try:
        address = await call.issuer.address_for(secrets, back, now)
    except IssuerAway as error:
        raise call.away(error) from error
    async with transaction(house.database.sessions) as tx:
        await sign_ins.set_out(tx, secrets, back, now)
    return SignInStartOut(address=address, key=secrets.key, expires_in=int(GOOD_FOR.total_seconds()))


@router.post(
    "/v1/oauth/oidc/finish",
    **operation(
        "finishSignIn",
        may=PUBLIC,
        answers=TokenOut,
        refuses=(401, 403, 409),
        example={
            "access_token": "pk_1374-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4",
            "token_type": "Bearer",
            "expires_in": 900,
            "refresh_token": "pr_1374-bXkgcmVmcmVzaCB0b2tlbiBmb3IgdGhlIGV4YW1wbGUuLi4",
        },
        body_example={"state": "0000-c3RhdGU", "key": _KEY, "code": "SplxlOBeZQQYbYS6WxSbIA"},
    ),
)
async def finish_sign_in(body: SignInFinishIn, request: Request, house: HouseDep, now: Now) -> TokenOut:
    """Give tokens for what the issuer sent the browser back with.

    Whatever comes of it, this state is used up. Somebody whom the issuer knows and no account is tied to is
    not let in: an administrator ties accounts, never an e-mail address.
    """
    call = _call(request, house, now)
    subject = await _subject(call, body, await _taken(call, body))
    digests = house.blind.digests("sign_in", named(call.issuer.url, subject))
    asked = OutsideLogIn(digests, call.address, body.frontend)
    async with transaction(house.database.sessions) as tx:
        found = await sessions.end_outside(tx, asked, house.session_tools, now)
    if isinstance(found, Refused):
        call.note("not_tied", found.tenant, found.account_id)
        raise _not_tied()
    call.note("ok", found.tenant, found.actor_id)
    return TokenOut(
        access_token=found.access_token,
        expires_in=int(found.expires_in.total_seconds()),
        refresh_token=found.refresh_token,
    )


def _call(request: Request, house: House, now: datetime) -> Call:
    if house.issuer is None:
        raise Conflict(
            code="no_issuer",
            id="Masuk lewat penyedia luar tidak dipasang di layanan ini. Masuklah dengan kata sandi.",
            en="No outside sign-in issuer is set for this service. Sign in with a password.",
        )
    return Call(request, house, house.issuer, now)


def _back(asked: str | None, call: Call) -> str:
    """Return where the issuer sends the browser: the console, or what the operator wrote down."""
    if asked is None:
        base = call.house.settings.public_url or str(call.request.base_url)
        return f"{base.rstrip('/')}{CONSOLE}"
    if asked not in call.house.settings.oidc_returns:
        raise Invalid(
            fields=(
                FieldError(
                    "/back",
                    "unknown",
                    "Alamat kembali ini tidak terdaftar. Minta pengelola menambahkannya.",
                    "This address is not registered. Ask the operator to add it.",
                ),
            )
        )
    return asked


async def _taken(call: Call, body: SignInFinishIn) -> tuple[Secrets, str]:
    """Count the try and use the state up, before anything is asked of the issuer."""
    secrets = Secrets(body.state, body.key)
    async with transaction(call.house.database.sessions) as tx:
        wait = await sessions.begin_outside(tx, call.address, call.house.session_tools.digests, call.now)
        back = None if wait else await sign_ins.take(tx, secrets, call.now)
    if wait:
        call.note("too_many")
        raise TooMany(retry_after=wait)
    if back is None:
        call.note("refused")
        raise _over()
    return secrets, back


async def _subject(call: Call, body: SignInFinishIn, taken: tuple[Secrets, str]) -> str:
    secrets, back = taken
    try:
        returned = Returned(body.code, body.iss, body.error)
        return await call.issuer.subject(returned, secrets, back, call.now)
    except Denied as error:
        call.note("refused")
        raise _denied() from error
    except IssuerAway as error:
        raise call.away(error) from error
    except Untrusted as error:
        structlog.get_logger().warning("sign_in_untrusted", reason=error.reason)
        call.note("refused")
        raise Unauthenticated(
            code="sign_in_untrusted",
            id="Jawaban penyedia masuk tidak dapat dipercaya. Mulai lagi; bila terulang, lapor pengelola.",
            en="The issuer's answer cannot be trusted. Begin again; if it happens again, tell the operator.",
            data={"reason": error.reason},
        ) from error


def _over() -> Unauthenticated:
    return Unauthenticated(
        code="sign_in_over",
        id="Masuk ini sudah dipakai, terlalu lama, atau dimulai di peramban lain. Mulai lagi.",
        en="This sign-in was used, took too long, or began in another browser. Begin again.",
    )


def _denied() -> Unauthenticated:
    return Unauthenticated(
        code="sign_in_denied",
        id="Penyedia masuk tidak mengizinkan, atau Anda membatalkannya. Coba lagi atau pakai kata sandi.",
        en="The sign-in issuer did not allow it, or you gave up there. Try again or use a password.",
    )


def _not_tied() -> Forbidden:
    return Forbidden(
        code="sign_in_not_tied",
        id="Anda dikenal penyedia masuk, tetapi belum ditautkan ke akun di sini. Hubungi admin Anda.",
        en="The issuer knows you, but no account here is tied to you. Ask your administrator.",
    )
