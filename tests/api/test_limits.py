"""Limits: who is held up, who never is, and what the one who is held up is told."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from httpx import Response

from app.api.deps import House
from app.api.limits import Lanes, Limiter, Limits
from tests.support.http import log_in, serving
from tests.support.needs import a_donor, office_of

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
OFFICE = "198.51.100.20"


def test_a_bucket_empties_and_drips() -> None:
    limiter, account = Limiter(60), uuid4()
    left = [limiter.take(account, NOW).left for _ in range(60)]
    assert (left[0], left[-1]) == (59, 0)
    assert limiter.take(account, NOW).wait == timedelta(seconds=1)
    assert limiter.refusal(account, NOW) is not None
    assert limiter.refusal(account, NOW + timedelta(seconds=1)) is None
    assert limiter.take(account, NOW + timedelta(seconds=1)).left == 0
    assert limiter.take(uuid4(), NOW).left == 59
    assert limiter.take(account, NOW + timedelta(hours=1)).left == 59


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limiter, account = Limiter(1), uuid4()
    limiter.take(account, NOW)
    assert limiter.take(account, NOW - timedelta(hours=1)).wait is not None


def test_many_callers_take_no_more_room_than_few() -> None:
    limiter = Limiter(2, "address", most=100)
    for n in range(10_000):
        limiter.take(f"198.51.{n // 256}.{n % 256}", NOW)
    assert len(limiter) == 100
    assert limiter.refusal("203.0.113.1", NOW) is None
    assert len(limiter) == 100


async def test_whoever_floods_waits_in_his_own_lane() -> None:
    lanes, flooder, other, ran = Lanes(2), uuid4(), uuid4(), []
    gate = asyncio.Event()

    async def file(who: object, account: object) -> None:
        async with lanes.of(account):  # type: ignore[arg-type]  # any key does
            ran.append(who)
            await gate.wait()

    floods = [asyncio.create_task(file(n, flooder)) for n in range(5)]
    await asyncio.sleep(0)
    single = asyncio.create_task(file("other", other))
    await asyncio.sleep(0)
    assert ran == [0, 1, "other"]
    floods[4].cancel()
    gate.set()
    await asyncio.gather(single, *floods, return_exceptions=True)
    assert set(ran) == {0, 1, 2, 3, "other"}
    assert len(lanes) == 0


async def test_an_account_over_its_limit_is_told_when_to_come_again(house: House) -> None:
    async with serving(replace(house, limits=Limits(accounts=Limiter(3))), address=OFFICE) as client:
        siti, yulia = await log_in(client, "siti@1374"), await log_in(client, "yulia@1374")
        answers = [await siti.get("/v1/me") for _ in range(4)]
        other = await yulia.get("/v1/me")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"account";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"account";r=2;t=')
    assert answers[3].headers["ratelimit"].startswith('"account";r=0;t=')
    assert 1 <= int(answers[3].headers["retry-after"]) <= 20
    assert other.status_code == 200


async def test_no_limit_of_an_address_or_an_account_stops_filing_or_coming_in(house: House) -> None:
    """Everything is used up: the office goes on filing, sending batches and renewing its tokens."""
    limits = Limits(accounts=Limiter(1), addresses=Limiter(1), misses=Limiter(1), lanes=Lanes(1))
    async with serving(replace(house, limits=limits), address=OFFICE) as client:
        siti = await log_in(client, "siti@1374")
        used = [(await siti.get("/v1/me")).status_code for _ in range(2)]
        used += [(await client.get("/v1/codes")).status_code for _ in range(2)]
        body = {"device": {"id": str(uuid4()), "sent_at": "2026-11-25T10:00:00+07:00"}, "operations": []}
        filed = [await siti.post("/v1/cases", {}) for _ in range(5)]
        synced = [await siti.post("/v1/sync", body) for _ in range(5)]
        again = await log_in(client, "yulia@1374")
        lives = [await client.get("/livez") for _ in range(3)]
    assert used == [200, 429, 200, 429]
    # The bodies are wrong or empty; they are judged, which is what counts here.
    assert not {answer.status_code for answer in (*filed, *synced)} & {429, 500, 503}
    assert again.token
    assert {one.status_code for one in lives} == {200}


async def test_nobody_known_is_counted_by_address_and_somebody_known_is_not(house: House) -> None:
    limits = Limits(addresses=Limiter(2, "address"))
    async with serving(replace(house, limits=limits), address=OFFICE) as client:
        siti = await log_in(client, "siti@1374")
        public = [await client.get("/v1/codes") for _ in range(3)]
        known = await siti.get("/v1/me")
    async with serving(replace(house, limits=limits), address="198.51.100.21") as client:
        elsewhere = await client.get("/v1/codes")
    async with serving(replace(house, limits=limits), address="127.0.0.1") as client:
        machine = [await client.get("/v1/codes") for _ in range(4)]
    assert [answer.status_code for answer in public] == [200, 200, 429]
    assert public[2].headers["ratelimit-policy"] == '"address";q=2;w=60'
    assert int(public[2].headers["retry-after"]) >= 1
    assert (known.status_code, elsewhere.status_code) == (200, 200)
    assert {answer.status_code for answer in machine} == {200}


async def test_a_donor_who_tries_ids_is_slowed_and_learns_nothing(house: House) -> None:
    """A card that is not shown to her and one that never was look alike, byte for byte but for the ids."""
    limits = Limits(misses=Limiter(6, "miss"))
    async with serving(replace(house, limits=limits), address=OFFICE) as client:
        office = await office_of(client)
        hidden = await office.drafted(await office.referred())
        donor = await a_donor(house, client, "penebak")
        unknown = f"1374-{house.ids.new_id(NOW).hex}"
        answers = [await donor.get(f"/v1/needs/{one}") for one in [hidden, unknown] * 4]
        listed = await donor.get("/v1/needs")
        office_reads = await office.need(hidden)
    assert [answer.status_code for answer in answers] == [404] * 6 + [429] * 2
    assert len({_but_for_ids(answer) for answer in answers[:6]}) == 1
    assert answers[7].headers["ratelimit-policy"] == '"account";q=600;w=60, "miss";q=6;w=60'
    assert int(answers[7].headers["retry-after"]) >= 1
    assert (listed.status_code, office_reads["id"]) == (200, hidden)


def _but_for_ids(answer: Response) -> str:
    body = answer.json()
    body.pop("instance")
    return str((sorted(answer.headers.keys()), sorted(body.items())))
