"""Cases with the fewest columns, and events on them: enough for the chain, the feed, seals and the audit."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert

from app.db.queries.events import CaseStream, append
from app.db.session import Database, Tx, transaction
from app.db.tables.cases import Case
from app.domain.access import SYSTEM
from app.domain.chain import GENESIS
from app.domain.events.cases import CaseRated
from app.integrations.randomness import Ids

NOW = datetime(2026, 11, 25, 3, 4, 5, 678901, tzinfo=UTC)
PADANG = "13.71"
PADANG_PANJANG = "13.74"
IDS = Ids()


async def add_case(
    tx: Tx,
    regency_code: str = PADANG_PANJANG,
    *,
    confidentiality: str = "BIASA",
    village_code: str | None = None,
    now: datetime = NOW,
) -> CaseStream:
    """Write a case that has no events yet, and return its stream."""
    case_id = IDS.new_id(now)
    village = village_code or f"{regency_code}.01.1003"
    values = {
        "regency_code": regency_code,
        "id": case_id,
        "ticket": IDS.ticket(regency_code).text,
        "pin_digest": b"",
        "kind": "PENGADUAN",
        "category": "SARAN",
        "channel": "DESK",
        "priority": "BIASA",
        "confidentiality": confidentiality,
        "status": "registered",
        "version": 1,
        "holder": "desk",
        "subject_kind": "place",
        "reporter_relation": "SELF",
        "village_code": village,
        "district_code": village[:8],
        "data_key_id": case_id,
        "private_sealed": b"",
        "current_aid": [],
        "legal_basis": "PUBLIC_DUTY",
        "notice_version": "1",
        "opened_at": now,
        "updated_at": now,
        "routing_n": 0,
        "reopened_count": 0,
        "disputed_count": 0,
        "bounce_count": 0,
        "event_count": 0,
        "head": GENESIS,
    }
    await tx.execute(insert(Case).values(values))
    return CaseStream(regency_code, case_id)


def rated(stream: CaseStream, count: int = 1) -> list[CaseRated]:
    """Return events that need nothing else in the database."""
    return [CaseRated(case_id=stream.id, rating=1 + n % 5) for n in range(count)]


async def grow(tx: Tx, stream: CaseStream, count: int = 1, *, now: datetime = NOW) -> None:
    """Append *count* events as one act of the system."""
    await append(tx, stream, rated(stream, count), actor=SYSTEM, now=now, cause_id=IDS.new_id(now))


async def cases_with_events(
    database: Database, sizes: Sequence[int], regency_code: str = PADANG_PANJANG
) -> list[CaseStream]:
    """Commit one case for each size, with as many events, a second apart."""
    streams = []
    for n, size in enumerate(sizes):
        async with transaction(database.sessions) as tx:
            streams.append(await add_case(tx, regency_code))
            await grow(tx, streams[-1], size, now=NOW + timedelta(seconds=n))
    return streams


def cause() -> UUID:
    return IDS.new_id(NOW)
