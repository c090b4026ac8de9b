"""A past case under its stored versions, after rules were published, superseded and retired."""

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.queries import program_versions
from app.db.session import read_only
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.people import DataKey
from app.domain.programs import parse_program
from app.domain.routing import Replayed, from_json, replay, versions
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.people import a_nik
from tests.support.rules import AGES, DESIL, in_days, published, stepped

pytestmark = pytest.mark.commits
LONELY = {"fact": "household.elderly_alone", "op": "is", "value": True, "source": "uji", "trust": "SEED"}
CHANGES: list[tuple[str, Any]] = [
    ("BLT_KOTA", {"all": [LONELY]}),
    ("SEMBAKO_LANSIA", {"any": [AGES, LONELY]}),
    ("BLT_KOTA", {"all": [{**DESIL, "value": [1, 1]}, {"none": [LONELY]}]}),
]


async def _replayed(house: House) -> set[Replayed]:
    async with read_only(house.database.sessions) as tx:
        known = versions(parse_program(one) for one in await program_versions.documents(tx))
        rows = await tx.execute(
            select(RoutingRecord, DataKey.wrapped)
            .join(
                Case, (Case.regency_code == RoutingRecord.regency_code) & (Case.id == RoutingRecord.case_id)
            )
            .join(DataKey, (DataKey.regency_code == Case.regency_code) & (DataKey.id == Case.data_key_id))
            .where(RoutingRecord.regency_code == "13.74")
        )
        found = set()
        for row, wrapped in rows.all():
            key = house.vault.unwrap(wrapped)
            sealed = house.vault.open(key, "routing_records", "facts", row.id, row.facts_sealed)
            found.add(replay(from_json(row.answer), json.loads(sealed), known))
    return found


async def test_decisions_stay_what_they_were(fresh_house: House, fresh_client: AsyncClient) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    maker, checker = await log_in(fresh_client, "manajer@1374"), await log_in(fresh_client, "kadis@1374")
    told: dict[str, Any] = {}
    for n in range(3):
        subject = {"kind": "person", "nik": a_nik(), "name": f"Contoh {n}"}
        desk = await open_case(siti, facts={"household.elderly_alone": n == 0}, subject=subject)
        told[desk.ticket] = (await siti.get(f"/v1/cases/{desk.ticket}/routing")).json()
    last = None
    for place, (code, tree) in enumerate(CHANGES):
        last = await published(maker, checker, code, criteria=tree, valid_from=in_days(place))
        fresh_house.knowledge._looked_at = None  # noqa: SLF001  # the second that passes
        assert await _replayed(fresh_house) == {Replayed.SAME}
        for ticket, before in told.items():
            assert (await siti.get(f"/v1/cases/{ticket}/routing")).json() == before
    assert last is not None
    await stepped(checker, last, "retire", {"last_on": in_days(2)})
    fresh_house.knowledge._looked_at = None  # noqa: SLF001  # the second that passes
    subject = {"kind": "person", "nik": a_nik(), "name": "Contoh Baru"}
    new = await open_case(siti, facts={"household.elderly_alone": True}, subject=subject)
    again = (await siti.get(f"/v1/cases/{new.ticket}/routing")).json()
    verdicts = {one["program"]: one["verdict"]["code"] for one in again["programs"]}
    assert verdicts["BLT_KOTA"] == "eligible", "today the first of the three changes is in force"
    assert await _replayed(fresh_house) == {Replayed.SAME}
