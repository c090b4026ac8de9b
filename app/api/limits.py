"""How often one may call: buckets of tokens in this process. Filing is held up by none of them.

Whoever has an account is measured by it and not by where he sits, so that a village office behind one address
cannot be cut off by one of its own. An address counts only where nobody says who asks.
"""

from asyncio import Semaphore
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from math import ceil
from typing import Final
from uuid import UUID

from starlette.requests import Request

from app.api.addresses import caller_address
from app.domain.access import Actor
from app.domain.codes import ActorKind
from app.domain.errors import DeskError, NotFound, TooMany

_ALLOWANCES: Final = "allowances"


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one limit, for the ``RateLimit`` headers (draft-ietf-httpapi-ratelimit-headers-10)."""

    policy: str
    quota: int
    window: int
    """Seconds in which *quota* comes back."""
    left: int
    full_in: int
    """Seconds until the bucket is full again."""
    wait: timedelta | None = None
    """Set when this request was one too many."""


def headers_of(allowances: tuple[Allowance, ...]) -> list[tuple[bytes, bytes]]:
    policies = ", ".join(f'"{one.policy}";q={one.quota};w={one.window}' for one in allowances)
    left = ", ".join(f'"{one.policy}";r={one.left};t={one.full_in}' for one in allowances)
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode())]


class Limiter:
    """One bucket for each caller. One limiter per process, so a caller gets this much from each process.

    Args:
        policy: what the headers call it.
        most: how many callers are remembered; the one that called longest ago is forgotten first, and finds
            a full bucket when it comes back.
    """

    def __init__(self, per_minute: int, policy: str = "account", most: int = 10_000) -> None:
        self._per_minute = per_minute
        self._policy = policy
        self._most = most
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, who: Hashable, now: datetime) -> Allowance:
        """Take one request of *who*; the answer's ``wait`` says that there was none left."""
        bucket = self._dripped(who, now)
        if bucket.left < 1:
            return self._told(bucket, timedelta(seconds=(1 - bucket.left) * 60 / self._per_minute))
        bucket.left -= 1
        return self._told(bucket, None)

    def refusal(self, who: Hashable, now: datetime) -> Allowance | None:
        """Tell whether *who* has used up everything, and take nothing."""
        if who not in self._buckets:
            return None
        bucket = self._dripped(who, now)
        if bucket.left >= 1:
            return None
        return self._told(bucket, timedelta(seconds=(1 - bucket.left) * 60 / self._per_minute))

    def _dripped(self, who: Hashable, now: datetime) -> _Bucket:
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(float(self._per_minute), now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(who)
            dripped = max(0.0, (now - bucket.at).total_seconds()) * self._per_minute / 60
            bucket.left, bucket.at = min(float(self._per_minute), bucket.left + dripped), now
        return bucket

    def _told(self, bucket: _Bucket, wait: timedelta | None) -> Allowance:
        missing = self._per_minute - bucket.left
        full_in = ceil(missing * 60 / self._per_minute)
        return Allowance(self._policy, self._per_minute, 60, int(bucket.left), full_in, wait)


@dataclass(slots=True)
class _Lane:
    places: Semaphore
    waiting: int = 0


class Lanes:
    """How many filings of one account run at once in this process; further ones of the same account wait.

    Filing is never refused, so whoever floods it stands in his own queue and leaves a connection for others.
    """

    def __init__(self, each: int) -> None:
        self._each = max(1, each)
        self._lanes: dict[UUID, _Lane] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    @asynccontextmanager
    async def of(self, account: UUID) -> AsyncIterator[None]:
        lane = self._lanes.get(account)
        if lane is None:
            lane = self._lanes[account] = _Lane(Semaphore(self._each))
        lane.waiting += 1
        try:
            async with lane.places:
                yield
        finally:
            lane.waiting -= 1
            if lane.waiting == 0:
                del self._lanes[account]


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of one process; its lanes hold one connection of the intake pool free for everybody else."""

    accounts: Limiter = field(default_factory=lambda: Limiter(600))
    clients: Limiter = field(default_factory=lambda: Limiter(1200, "client"))
    slips: Limiter = field(default_factory=lambda: Limiter(120, "slip"))
    addresses: Limiter = field(default_factory=lambda: Limiter(1200, "address"))
    misses: Limiter = field(default_factory=lambda: Limiter(60, "miss"))
    lanes: Lanes = field(default_factory=lambda: Lanes(5))

    def of(self, actor: Actor) -> Limiter:
        if actor.account_id is None:
            return self.slips
        return self.clients if actor.kind is ActorKind.CLIENT else self.accounts


def take_for_actor(request: Request, actor: Actor, now: datetime) -> None:
    """Count a request of somebody who is known; the headers of its answer tell what is left.

    Raises:
        TooMany: the requests of this minute are used up, or too much was asked for that is not there.
    """
    limits, who = _limits(request), actor.account_id or actor.case_id or actor.link_id
    _tell(request, limits.of(actor).take(who, now))
    if request.path_params:
        _tell(request, limits.misses.refusal(who, now))


def take_for_address(request: Request) -> None:
    """Count a request of nobody known by its address.

    The machine itself is not counted: that is what a proxy looks like that was not declared as one, and
    then the whole country would share one bucket.

    Raises:
        TooMany: as `take_for_actor`.
    """
    address = _address(request)
    if address is None:
        return
    limits, now = _limits(request), request.app.state.house.clock()
    _tell(request, limits.addresses.take(address, now))
    if request.path_params:
        _tell(request, limits.misses.refusal(address, now))


def count_miss(request: Request, error: DeskError) -> None:
    """Remember that something was asked for by its id which is not there: who does it often is guessing."""
    if not isinstance(error, NotFound) or not request.path_params:
        return
    actor: Actor | None = request.scope.get("actor")
    who = (actor.account_id or actor.case_id or actor.link_id) if actor else _address(request)
    if who is not None:
        _limits(request).misses.take(who, request.app.state.house.clock())


def tell_allowance(request: Request, allowance: Allowance) -> None:
    """Have the answer's headers say what is left of one more limit."""
    request.scope[_ALLOWANCES] = (*request.scope.get(_ALLOWANCES, ()), allowance)


def tell_tries(request: Request, policy: str, quota: int, window: timedelta, wait: timedelta) -> None:
    """Have the headers of a refusal say which count of tries, kept in the database, is used up."""
    full_in = ceil(wait.total_seconds())
    tell_allowance(request, Allowance(policy, quota, int(window.total_seconds()), 0, full_in, wait))


def _tell(request: Request, allowance: Allowance | None) -> None:
    if allowance is None:
        return
    tell_allowance(request, allowance)
    if allowance.wait is not None:
        raise TooMany(retry_after=allowance.wait)


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.house.limits
    return limits


def _address(request: Request) -> str | None:
    address = caller_address(request, request.app.state.house.settings.trusted_proxies)
    try:
        return None if ip_address(address.partition("/")[0]).is_loopback else address
    except ValueError:
        return address
