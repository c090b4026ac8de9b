"""What routes are given: the transaction, the time, who asks, and what the house holds.

Every dependency that holds a session has ``scope="function"``: the answer is serialised, then the
transaction commits, then the answer leaves. With FastAPI's default the commit comes after the 201.
"""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Header, Request

from app import clock
from app.api.errors import BadRequest, PreconditionRequired, request_id
from app.api.language import Language, language_of
from app.api.limits import Lanes, Limiter, Limits, take_for_actor
from app.api.notes import ASKED_AT
from app.api.routing import Caller
from app.db.queries.service_keys import touch
from app.db.session import Database, Tx, read_only, transaction
from app.domain.access import Actor, Permission, widened
from app.domain.codes import ActorKind
from app.domain.errors import FieldError, Forbidden, Stale, Unauthenticated
from app.domain.knowledge import Knowledge
from app.integrations.files import Files
from app.integrations.oidc import Issuer
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, Vault
from app.services.access_log import AccessLog
from app.services.bearers import SessionCache, session_actor
from app.services.knowledge import KnowledgeSource
from app.services.sessions import Lifetimes
from app.services.sessions import Tools as SessionTools
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """Everything a process holds while it runs; made once by the composition root, kept in ``app.state``."""

    settings: Settings
    database: Database
    vault: Vault
    blind: Blind
    ids: Ids
    knowledge: KnowledgeSource
    passwords: Passwords
    access_log: AccessLog
    sessions: SessionCache
    limits: Limits
    session_tools: SessionTools
    files: Files
    migration_head: str
    """The revision that this release of the code was written for."""
    issuer: Issuer | None = None
    """Who signs people in besides us."""
    clock: Callable[[], datetime] = clock.now
    """A test may stop it or move it on."""


def make_session_tools(settings: Settings, ids: Ids, blind: Blind) -> SessionTools:
    lifetimes = Lifetimes(timedelta(minutes=settings.access_minutes), timedelta(days=settings.refresh_days))
    return SessionTools(ids, blind, lifetimes)


def make_issuer(settings: Settings) -> Issuer | None:
    """Make what speaks with the outside issuer, if one is set.

    Raises:
        BadIssuer: what is set cannot be used.
    """
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    return Issuer.at(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_name)


def make_limits(settings: Settings) -> Limits:
    return Limits(
        Limiter(settings.requests_per_minute),
        Limiter(settings.client_requests_per_minute, "client"),
        Limiter(settings.slip_requests_per_minute, "slip"),
        Limiter(settings.address_requests_per_minute, "address"),
        Limiter(settings.misses_per_minute, "miss"),
        Lanes(settings.intake_pool_size - 1),
    )


def house_of(request: Request) -> House:
    return cast("House", request.app.state.house)


HouseDep = Annotated[House, Depends(house_of)]


async def _write(request: Request) -> AsyncIterator[Tx]:
    async with transaction(house_of(request).database.sessions) as tx:
        yield tx


async def _read(request: Request) -> AsyncIterator[Tx]:
    async with read_only(house_of(request).database.sessions) as tx:
        yield tx


WriteTx = Annotated[Tx, Depends(_write, scope="function")]
ReadTx = Annotated[Tx, Depends(_read, scope="function")]


def now_of(request: Request) -> datetime:
    """Return the present instant by the house's clock; a route without dependencies asks here."""
    return house_of(request).clock()


Now = Annotated[datetime, Depends(now_of)]


async def _known(request: Request, now: Now) -> Knowledge:
    return await house_of(request).knowledge.current(now)


Known = Annotated[Knowledge, Depends(_known)]
Lang = Annotated[Language, Depends(language_of)]
RequestId = Annotated[str, Depends(request_id)]


def _vault(request: Request) -> Vault:
    return house_of(request).vault


def _ids(request: Request) -> Ids:
    return house_of(request).ids


def _blind(request: Request) -> Blind:
    return house_of(request).blind


VaultDep = Annotated[Vault, Depends(_vault)]
IdsDep = Annotated[Ids, Depends(_ids)]
BlindDep = Annotated[Blind, Depends(_blind)]


async def actor_of_token(house: House, token: str, now: datetime) -> Actor | None:
    """Return whom *token* stands for; None for nobody."""
    actor = house.sessions.find(token, now)
    if actor is not None:
        return actor
    async with read_only(house.database.sessions) as tx:
        known = await session_actor(tx, token, now)
    if known is None:
        return None
    family = (await house.knowledge.current(now)).family
    known = replace(known, actor=replace(known.actor, grants=widened(known.actor.grants, family)))
    house.sessions.hold(token, known, now)
    if known.unseen_key is not None:
        async with transaction(house.database.sessions) as tx:
            await touch(tx, known.actor.tenant, known.unseen_key, now)
    return known.actor


async def actor_of(request: Request, now: datetime) -> Actor:
    """Return who asks. For routes that do not use dependencies; all others take `CurrentActor`.

    Raises:
        Unauthenticated: no token, or one that stands for nobody.
        Forbidden: a resident's token outside tracking, or a role that may never call this route.
        TooMany: the caller's requests of this minute are used up.
    """
    request.scope[ASKED_AT] = now
    house = house_of(request)
    actor = await actor_of_token(house, bearer_token(request), now)
    if actor is None:
        raise Unauthenticated
    request.scope["actor"] = actor
    _check_route(request, actor)
    if not _fact(request, "x-never-limited"):
        take_for_actor(request, actor, now)
    return actor


async def _actor(request: Request, now: Now) -> Actor:
    return await actor_of(request, now)


CurrentActor = Annotated[Actor, Depends(_actor)]

_CALLERS: Final = frozenset(item.value for item in Caller)
_ENCLOSED: Final = ((ActorKind.RESIDENT, Caller.RESIDENT), (ActorKind.RECEIVER, Caller.LINK))
"""Who comes without an account, and the only routes that are theirs and nobody else's."""
_BEARER: Final = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{1,200})")


_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)


def readable_token(text: str) -> bool:
    """Whether *text* may be a token at all."""
    return _TOKEN.fullmatch(text) is not None


def bearer_token(request: Request) -> str:
    match = _BEARER.fullmatch(request.headers.get("authorization", "").strip())
    if match is None:
        raise Unauthenticated
    return match[1]


def _fact(request: Request, name: str) -> Any:
    return (getattr(request.scope.get("route"), "openapi_extra", None) or {}).get(name)


def _check_route(request: Request, actor: Actor) -> None:
    """The wall that no service can forget.

    Residents stay in tracking, whoever has a letter's link stays with its referral, lists need permission.
    """
    named: list[str] = _fact(request, "x-permission") or []
    if any((actor.kind is kind) != (named == [caller.value]) for kind, caller in _ENCLOSED):
        raise Forbidden(
            id="Token ini hanya untuk alamat yang lain.", en="This token is for other addresses only."
        )
    needed = [Permission(name) for name in named if name not in _CALLERS]
    if actor.scopes is not None and needed and actor.scopes.isdisjoint(needed):
        raise Forbidden(
            code="insufficient_scope",
            id="Token ini tidak diminta untuk tindakan ini.",
            en="This token was not asked for this.",
            data={"scope": " ".join(named)},
        )
    if needed and not request.path_params and not any(actor.ever(item) for item in needed):
        actor.require_ever(needed[0])


_ETAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e]{0,64})"')


@dataclass(frozen=True, slots=True)
class Expected:
    """The version that the caller read last (``If-Match``). Check it after 404 and 403 are ruled out."""

    tags: tuple[str, ...] | None

    def check(self, version: int) -> None:
        """Let *version* pass.

        Raises:
            PreconditionRequired: the request named no version.
            Stale: it named another one.
        """
        if self.tags is None:
            raise PreconditionRequired
        if "*" not in self.tags and str(version) not in self.tags:
            raise Stale


def etag(version: int) -> str:
    return f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(alias="If-Match", max_length=500, description="The `ETag` that was read last.")
    ] = None,
) -> Expected:
    if if_match is None:
        return Expected(None)
    parts = [part.strip() for part in if_match.split(",")]
    # A proxy that compresses makes tags weak; they still name the version.
    matches = [_ETAG.fullmatch(part) for part in parts]
    if parts != ["*"] and not all(matches):
        raise BadRequest(
            fields=(
                FieldError(
                    "/header/If-Match",
                    "malformed",
                    'Kirim ETag seperti "3", dengan tanda kutip.',
                    'Send an ETag such as "3", with its quotes.',
                ),
            )
        )
    return Expected(tuple("*" if match is None else match[1] for match in matches))


IfMatch = Annotated[Expected, Depends(_if_match)]
