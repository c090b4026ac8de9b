from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.api.deps import House
from app.api.limits import Limiter
from app.domain.errors import TooMany
from tests.support.http import log_in, serving

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_a_bucket_empties_and_drips() -> None:
    limiter, account = Limiter(60), uuid4()
    left = [limiter.take(account, NOW).left for _ in range(60)]
    assert (left[0], left[-1]) == (59, 0)
    with pytest.raises(TooMany) as refused:
        limiter.take(account, NOW)
    assert refused.value.retry_after == timedelta(seconds=1)
    assert limiter.take(account, NOW + timedelta(seconds=1)).left == 0
    assert limiter.take(uuid4(), NOW).left == 59
    assert limiter.take(account, NOW + timedelta(hours=1)).left == 59


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limiter, account = Limiter(1), uuid4()
    limiter.take(account, NOW)
    with pytest.raises(TooMany):
        limiter.take(account, NOW - timedelta(hours=1))


async def test_an_account_over_its_limit_is_told_when_to_come_again(house: House) -> None:
    async with serving(replace(house, limiter=Limiter(3))) as client:
        siti, yulia = await log_in(client, "siti@1374"), await log_in(client, "yulia@1374")
        answers = [await siti.get("/v1/me") for _ in range(4)]
        other = await yulia.get("/v1/me")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"account";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"account";r=2;t=')
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert other.status_code == 200
