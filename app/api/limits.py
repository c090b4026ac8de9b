"""How often one account may call: a bucket of tokens in this process. Intake is never held up by it."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from app.domain.errors import TooMany


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left, for the ``RateLimit`` headers (IETF draft 10)."""

    per_minute: int
    left: int
    full_in: int
    """Seconds until the bucket is full again."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-policy", f'"account";q={self.per_minute};w=60'.encode()),
            (b"ratelimit", f'"account";r={self.left};t={self.full_in}'.encode()),
        ]


class Limiter:
    """One per process, so an account gets this much from each process."""

    def __init__(self, per_minute: int, accounts: int = 10_000) -> None:
        self._per_minute = per_minute
        self._accounts = accounts
        self._buckets: OrderedDict[UUID, _Bucket] = OrderedDict()

    def take(self, account: UUID, now: datetime) -> Allowance:
        """Take one request of *account*.

        Raises:
            TooMany: the bucket is empty; says when the next token drips.
        """
        bucket = self._buckets.get(account)
        if bucket is None:
            bucket = self._buckets[account] = _Bucket(float(self._per_minute), now)
            if len(self._buckets) > self._accounts:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(account)
        dripped = max(0.0, (now - bucket.at).total_seconds()) * self._per_minute / 60
        bucket.left, bucket.at = min(float(self._per_minute), bucket.left + dripped), now
        if bucket.left < 1:
            raise TooMany(retry_after=timedelta(seconds=(1 - bucket.left) * 60 / self._per_minute))
        bucket.left -= 1
        missing = self._per_minute - bucket.left
        return Allowance(self._per_minute, int(bucket.left), ceil(missing * 60 / self._per_minute))
