"""Reports of a period as tests make them: over HTTP, or stored past it; and the walk of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.documents import Words
from app.domain.ids import public_id
from app.domain.months import Month
from app.domain.periodic_reports import Column, Section, content_of, digest
from tests.support.figures import count_all, number
from tests.support.http import Person

TENANT = "13.74"
LAST = Month.of(datetime.now(UTC).date()).plus(-1)
"""The month before this one: the last that is over."""
BODY: dict[str, Any] = {"kind": "monthly", "region": TENANT, "from": LAST.text}


async def made(by: Person, **changes: Any) -> dict[str, Any]:
    answer = await by.post("/v1/periodic-reports", {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def signed(by: Person, report: dict[str, Any]) -> dict[str, Any]:
    answer = await by.post(f"/v1/periodic-reports/{report['id']}/sign")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def table(report: dict[str, Any], code: str) -> dict[str, list[Any]]:
    """Return the rows of one of its tables by their first cell."""
    (found,) = [one for one in report["sections"] if one["code"] == code]
    return {row[0]: row[1:] for row in found["rows"]}


async def counted(house: House) -> None:
    """Count all that happened until now, the last month with it."""
    await number(house, TENANT)
    await count_all(house, TENANT)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            text("UPDATE figure_cursors SET as_of = :t WHERE regency_code = :r"),
            {"t": datetime.now(UTC), "r": TENANT},
        )


async def report_ids(house: House, kind: str = "tally") -> dict[str, str]:
    """Store a draft that the worker made; return what paths call it."""
    now = datetime.now(UTC)
    title = Words("Per layanan", "By service")
    content = content_of([Section("services", title, (Column("n", title),), [(3,)])])
    row = PeriodicReport(
        regency_code=TENANT,
        id=house.ids.new_id(now),
        kind=kind,
        first_day=date(2026, 1, 1),
        last_day=date(2026, 1, 31),
        about="",
        about_name="",
        n=1,
        state="draft",
        content=content,
        sha256=digest(content),
        definitions=1,
        as_of=now - timedelta(minutes=1),
        made_at=now,
        made_by=None,
        signed_at=None,
        signed_by=None,
        replaced_by=None,
    )
    async with transaction(house.database.sessions) as tx:
        tx.add(row)
    return {"report_id": public_id(TENANT, row.id)}
