"""The figures after a storm: what was counted step by step, killed and doubled, is what a recount gives."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.api.deps import House
from app.db.queries import metrics
from app.db.queries.counting import hold_cursor
from app.db.session import read_only, transaction
from app.services.counting import count_on
from app.worker.jobs.figures import count_figures
from tests.support.desk import Desk, open_case
from tests.support.figures import by_looking, count_all, from_scratch, number, read, sight_of, stored
from tests.support.http import Person, log_in
from tests.support.killing import Killed, killed_at
from tests.support.proof import LONG, size
from tests.support.secrecy import about, opened
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
VILLAGES = ("13.74.01.1005", "13.74.01.1006", "13.74.02.1004")
READERS = ("siti@1374", "supervisor@1374", "manajer@1374", "kadis@1374", "auditor@1374", "dinsos@1374")


class Storm:
    """Cases of every secrecy, and people who do to them whatever comes to their minds."""

    def __init__(self, house: House, client: AsyncClient, seed: int) -> None:
        self.house, self.client = house, client
        self.drawn = random.Random(seed)  # noqa: S311  # no secret
        self.people: dict[str, Person] = {}
        self.desks: list[Desk] = []
        self.did: list[str] = []

    async def who(self, login: str) -> Person:
        if login not in self.people:
            self.people[login] = await log_in(self.client, login)
        return self.people[login]

    async def begin(self) -> None:
        siti, office = await self.who("siti@1374"), await self.who("sekretariat@1374")
        for village, secrecy in [(v, s) for v in VILLAGES for s in ("BIASA", "TERBATAS", "RAHASIA")]:
            maker = siti if village == VILLAGES[0] else office
            self.desks.append(await open_case(maker, village=village, confidentiality=secrecy))
        for whom in ("siti", "manajer"):
            await opened(
                office,
                category="LAYANAN_PETUGAS_POTONGAN",
                kind="PENGADUAN",
                about=[await about(self.house, whom)],
            )

    async def blow(self) -> None:
        desk = self.drawn.choice(self.desks)
        act = self.drawn.choice([name for name in dir(self) if name.startswith("do_")])
        answer = await getattr(self, act)(desk)
        if answer is not None and answer.status_code < 300:
            self.did.append(act)

    async def step(self, desk: Desk, action: str, body: Any, login: str) -> Any:
        who = await self.who(login)
        shown = await who.get(f"/v1/cases/{desk.ticket}")
        if shown.status_code != 200:
            return None
        desk.etag = shown.headers["ETag"]
        return await desk.step(action, body, who)

    async def do_open(self, _: Desk) -> Any:
        made = await open_case(await self.who("siti@1374"), village=VILLAGES[0], channel="TELEPON")
        self.desks.append(made)

    async def do_resolve(self, desk: Desk) -> Any:
        told = {"at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(), "method": "phone", "by": "Siti"}
        body = {
            "outcome": "information_given",
            "told": told,
            "revoke_reason": "withdrawn",
        }
        return await self.step(desk, "resolve", body, "manajer@1374")

    async def do_confirm(self, desk: Desk) -> Any:
        await self.do_resolve(desk)
        body = {"received": [], "rating": 4, "by_desk": {"method": "in_person", "witness": "Rina"}}
        return await self.step(desk, "confirm", body, "supervisor@1374")

    async def do_dispute(self, desk: Desk) -> Any:
        await self.do_resolve(desk)
        body = {"reason": "Belum.", "by_desk": {"method": "in_person", "witness": "Rina"}}
        return await self.step(desk, "dispute", body, "supervisor@1374")

    async def do_reopen(self, desk: Desk) -> Any:
        await self.do_confirm(desk)
        return await self.step(desk, "reopen", {"reason": "Belum selesai."}, "manajer@1374")

    async def do_void(self, desk: Desk) -> Any:
        return await self.step(desk, "void", {"reason": "invalid"}, "manajer@1374")

    async def do_restore(self, desk: Desk) -> Any:
        return await self.step(desk, "restore", {"reason": "Keliru."}, "manajer@1374")

    async def do_refer(self, desk: Desk) -> Any:
        return await self.step(desk, "refer", {"referrals": [dict(BLT)]}, "sekretariat@1374")

    async def do_answer(self, desk: Desk) -> Any:
        dinsos = await self.who("dinsos@1374")
        listed = (await dinsos.get("/v1/referrals", case=desk.ticket)).json()["items"]
        if not listed:
            return None
        path = f"/v1/referrals/{self.drawn.choice(listed)['id']}"
        etag = (await dinsos.get(path)).headers["ETag"]
        act = self.drawn.choice(("accept", "refuse", "not_ours"))
        body = {"accept": {}, "refuse": {"reason": "not_in_registry"}, "not_ours": {"right_body": "KEMENSOS"}}
        return await dinsos.post(f"{path}/{act}", body[act], headers={"If-Match": etag})

    async def do_patch(self, desk: Desk) -> Any:
        who = await self.who("sekretariat@1374")
        shown = await who.get(f"/v1/cases/{desk.ticket}")
        if shown.status_code != 200:
            return None
        change = self.drawn.choice(
            (
                {"priority": self.drawn.choice(("MENDESAK", "BIASA")), "priority_reason": "Keadaan berubah."},
                {"village": self.drawn.choice(VILLAGES)},
                {"confidentiality": "TERBATAS"},
            )
        )
        return await who.patch(f"/v1/cases/{desk.ticket}", change, etag=shown.headers["ETag"])

    async def do_assign(self, desk: Desk) -> Any:
        siti = (await (await self.who("siti@1374")).get("/v1/me")).json()["id"]
        return await self.step(desk, "assignments", {"account_id": siti}, "manajer@1374")

    async def do_age(self, desk: Desk) -> Any:
        """Let a case be of another month: its instants are of the past, as the next event tells."""
        who = await self.who("manajer@1374")
        noted = await who.post(f"/v1/cases/{desk.ticket}/notes", {"text": "Lama."})
        if noted.status_code != 201:
            return None
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(
                text(
                    "UPDATE cases SET opened_at = opened_at - interval '40 days' "
                    "WHERE regency_code = :r AND ticket = :t"
                ),
                {"r": TENANT, "t": desk.ticket},
            )
        again = await who.post(f"/v1/cases/{desk.ticket}/notes", {"text": "Lebih lama."})
        assert again.status_code == 201
        return again

    async def do_count(self, _: Desk) -> None:
        """Count a little, and die of it, or be two at once."""
        await number(self.house, TENANT)
        if self.drawn.random() < 0.5:
            with suppress(Killed), killed_at(self.house.database, self.drawn.randint(1, 12)):
                async with transaction(self.house.database.sessions) as tx:
                    await count_on(tx, TENANT, datetime.now(UTC), 7)
        else:
            await asyncio.gather(*(count_all(self.house, TENANT, 5) for _ in range(2)))


@pytest.mark.parametrize("seed", range(size(1, 20)))
async def test_a_storm_leaves_the_figures_of_a_recount(
    fresh_house: House, fresh_client: AsyncClient, seed: int
) -> None:
    storm = Storm(fresh_house, fresh_client, seed)
    await storm.begin()
    for _ in range(size(45, 300)):
        await storm.blow()
    await number(fresh_house, TENANT)
    await count_all(fresh_house, TENANT)
    step_by_step = await stored(fresh_house, TENANT)
    assert len(set(storm.did)) > 6, storm.did
    assert min(step_by_step.values()) > 0
    assert step_by_step == await from_scratch(fresh_house, TENANT)
    await plain_sql_agrees(fresh_house)
    levels = {
        code: agency.level.value
        for code, agency in (await fresh_house.knowledge.current(datetime.now(UTC))).agencies.items()
    }
    for login in READERS:
        sight = await sight_of(fresh_house, await storm.who(login))
        async with read_only(fresh_house.database.sessions) as tx:
            expected_of = await by_looking(tx, sight, levels)
            # In the short form each reader asks a third of the questions.
            asked = list(expected_of.items())
            for ask, expected in asked if LONG else storm.drawn.sample(asked, len(asked) // 3):
                assert await read(tx, sight, ask, levels) == expected, (login, ask)


_PLAIN = (
    ("opened", "kind", "SELECT kind, count(*) FROM cases WHERE status <> 'void' GROUP BY 1"),
    (
        "open",
        "status",
        """SELECT status, count(*) FROM cases WHERE status NOT IN ('resolved', 'closed', 'void')
           GROUP BY 1""",
    ),
    (
        "resolved",
        "total",
        "SELECT 'total', count(*) FROM cases WHERE status IN ('resolved', 'closed') HAVING count(*) > 0",
    ),
    ("referred", "agency", "SELECT agency_code, count(*) FROM referrals GROUP BY 1"),
    (
        "accepted",
        "total",
        "SELECT 'total', count(*) FROM referrals WHERE accepted_at IS NOT NULL HAVING count(*) > 0",
    ),
    (
        "opened",
        "sex",
        """SELECT coalesce(p.sex, 'none'), count(*) FROM cases c
           LEFT JOIN persons p ON p.regency_code = c.regency_code AND p.id = c.person_id
           WHERE c.status <> 'void' GROUP BY 1""",
    ),
)


async def plain_sql_agrees(house: House) -> None:
    """Count a few of them in words of SQL that share nothing with the definitions."""
    for measure, dimension, statement in _PLAIN:
        async with read_only(house.database.sessions) as tx:
            told = await tx.execute(
                text(
                    "SELECT value, sum(n)::bigint FROM figure_counts WHERE measure = :m AND dimension = :d "
                    "GROUP BY 1"
                ),
                {"m": measure, "d": dimension},
            )
            counted = {row[0]: row[1] for row in told}
            assert counted == {row[0]: row[1] for row in await tx.execute(text(statement))}, measure


async def test_what_is_not_counted_yet_is_told_by_its_age(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    await open_case(siti)
    sight = await sight_of(fresh_house, siti)
    now = datetime.now(UTC)

    async def as_of() -> datetime | None:
        async with read_only(fresh_house.database.sessions) as tx:
            return await metrics.as_of(tx, sight, now)

    await number(fresh_house, TENANT)
    assert await as_of() is None
    await count_all(fresh_house, TENANT)
    assert await as_of() == now
    await open_case(siti)
    late = await as_of()
    assert late is not None
    assert late < datetime.now(UTC)
    await number(fresh_house, TENANT)
    behind = await as_of()
    assert behind is not None
    assert behind <= now


async def test_half_way_through_it_is_told_how_far_it_is(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    for _ in range(3):
        await open_case(siti)
        await number(fresh_house, TENANT)
    sight, now = await sight_of(fresh_house, siti), datetime.now(UTC) + timedelta(minutes=5)
    seen = []
    more = True
    while more:
        async with transaction(fresh_house.database.sessions) as tx:
            more = await count_on(tx, TENANT, now, 2)
        async with read_only(fresh_house.database.sessions) as tx:
            seen.append(await metrics.as_of(tx, sight, now))
    assert seen[-1] == now
    assert seen == sorted(one for one in seen if one)
    assert seen[0] is not None
    assert seen[0] < now - timedelta(minutes=4)


async def test_a_tenant_that_is_counted_from_scratch_holds_up_no_other(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    for login, village in (("siti@1374", VILLAGES[0]), ("sekretariat@1371", "13.71.01.1001")):
        await open_case(await log_in(fresh_client, login), village=village)
    for tenant in ("13.71", TENANT):
        await number(fresh_house, tenant)
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    async with transaction(fresh_house.database.sessions) as tx:
        await hold_cursor(tx, "13.71")
        await count_figures(tools, claim_of("count_figures"))
        assert await stored(fresh_house, TENANT)
        assert not await stored(fresh_house, "13.71")
    await count_figures(tools, claim_of("count_figures"))
    assert await stored(fresh_house, "13.71")
