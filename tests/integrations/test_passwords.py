"""Passwords, with cheap costs where the cost is not what is tested."""

import asyncio
import time

import pytest

from app.integrations.passwords import LONGEST, Passwords


@pytest.fixture
def cheap() -> Passwords:
    return Passwords(time_cost=1, memory_kib=8)


async def test_right_and_wrong(cheap: Passwords) -> None:
    stored = await cheap.hash("rahasia desa")
    assert stored.startswith("$argon2id$")
    assert "rahasia" not in stored
    assert await cheap.verify(stored, "rahasia desa")
    assert not await cheap.verify(stored, "rahasia kota")
    assert stored != await cheap.hash("rahasia desa")


async def test_nobody_and_rubbish_are_never_right(cheap: Passwords) -> None:
    stored = await cheap.hash("rahasia")
    assert not await cheap.verify(None, "nobody")
    assert not await cheap.verify("no hash at all", "rahasia")
    assert not await cheap.verify("$argon2id$broken", "rahasia")
    for password in ("", "x" * (LONGEST + 1), "\ud800"):
        assert not await cheap.verify(stored, password)
        with pytest.raises(ValueError, match="256 bytes"):
            await cheap.hash(password)
    longest = await cheap.hash("x" * LONGEST)
    assert await cheap.verify(longest, "x" * LONGEST)


async def test_costs(cheap: Passwords) -> None:
    today = Passwords()
    stored = await today.hash("rahasia")
    assert "m=19456,t=2,p=1" in stored
    assert not today.needs_rehash(stored)
    assert today.needs_rehash(await cheap.hash("rahasia"))
    assert await cheap.verify(stored, "rahasia")


async def test_the_loop_goes_on_while_passwords_are_checked() -> None:
    passwords = Passwords()
    stored = await passwords.hash("rahasia")
    checks = asyncio.gather(*(passwords.verify(stored, "rahasia") for _ in range(6)))
    slices = 0
    while not checks.done():
        await asyncio.sleep(0.002)
        slices += 1
    assert await checks == [True] * 6
    # Six checks, two at a time, take a hundred milliseconds; a blocked loop would get a slice or two.
    assert slices > 5


async def test_an_unknown_account_takes_as_long() -> None:
    passwords = Passwords()
    stored = await passwords.hash("rahasia")

    async def seconds(hashed: str | None) -> float:
        started = time.perf_counter()
        await passwords.verify(hashed, "wrong")
        return time.perf_counter() - started

    known = min([await seconds(stored) for _ in range(3)])
    unknown = min([await seconds(None) for _ in range(3)])
    assert unknown > known / 3
