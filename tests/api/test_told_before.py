"""A resident who was told earlier than the last time: her answer stops the clock that waits for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case, Clock
from tests.conftest import LogIn
from tests.support.desk import open_case

pytestmark = pytest.mark.commits


async def test_the_clock_that_waits_is_stopped_though_it_began_before_the_other(
    login: LogIn, house: House
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    by_desk = {"method": "in_person", "witness": "Ketua RT 001"}
    for days in (1, 3):
        told = {"at": (house.clock() - timedelta(days=days)).isoformat(), "method": "phone", "by": "Siti"}
        await desk.took("resolve", {"outcome": "information_given", "told": told})
        if days == 1:
            await desk.took("dispute", {"reason": "Belum.", "by_desk": by_desk})
    await desk.took("confirm", {"received": [], "by_desk": by_desk})
    async with transaction(house.database.sessions) as tx:
        case_id = await tx.scalar(
            select(Case.id).where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
        )
        rows = await tx.scalars(select(Clock).where(Clock.regency_code == "13.74", Clock.case_id == case_id))
        assert {row.state for row in rows if row.step == "confirmation"} == {"stopped"}
