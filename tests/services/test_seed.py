"""Seeding: everything is there once, a second run changes nothing, what people changed stays theirs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.api.deps import House
from app.db.session import Database, transaction
from app.db.tables.access import Account, Client, Grant
from app.db.tables.knowledge import CodeRow, KnowledgeVersion, ProgramVersion, Region
from app.db.tables.people import DataKey, Household, Person, RegistryEntry
from app.db.tables.places import Cadre, Desk, Holiday, Policy, RegencySettings
from app.db.tables.referrals import AssistanceLine
from app.demo.people import Village, invent
from app.domain.ids import tenant_digits
from app.integrations.keyring import Keyring
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, Vault
from app.services.seed import (
    Household as Invented,
)
from app.services.seed import (
    Sealing,
    Tools,
    Villages,
    seed_demo_accounts,
    seed_people_of,
    seed_reference,
)
from app.services.seed import catalogue as seeding
from app.services.seed.holidays import national, seed_holidays
from app.services.seed.people import AS_OF
from app.services.seed.tools import shipped
from tests.support.http import INDEX_KEYS, TEST_KEYS
from tests.support.server import CHEAP

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SEALING = Sealing(Vault(Keyring.parse(TEST_KEYS)), Blind(Keyring.parse(INDEX_KEYS)))


def tools(house: House) -> Tools:
    return Tools(house.database, Ids(), NOW)


async def count(database: Database, table: Any, *where: Any) -> int:
    async with transaction(database.sessions) as tx:
        return await tx.scalar(select(func.count()).select_from(table).where(*where)) or 0


async def versions(database: Database) -> dict[str, int]:
    async with transaction(database.sessions) as tx:
        found = await tx.execute(select(KnowledgeVersion.kind, KnowledgeVersion.version))
        return {row.kind: row.version for row in found}


def invented(regency: str, persons: int, villages: Villages, day: date) -> Iterator[Invented]:
    named = [Village(code, name) for code, name in villages]
    return invent(int(tenant_digits(regency)), persons, named, today=day)


async def test_regions_have_the_numbers_of_the_decree(house: House) -> None:
    assert await count(house.database, Region) == 91_599
    for depth, number in ((0, 38), (1, 514), (2, 7285), (3, 83_762)):
        dots = func.length(Region.code) - func.length(func.replace(Region.code, ".", ""))
        assert await count(house.database, Region, dots == depth) == number


@pytest.mark.parametrize(
    ("regency", "cadres"),
    [
        ("13.74", {"PSM": 92, "TAGANA": 24, "TKSK": 2, "KARTAR": 19, "PKH": 7}),
        ("13.71", {"PSM": 312, "TKSK": 11}),
        ("13.08", {"PKH": 45, "TKSK": 11, "TAGANA": 33}),
        ("63.03", {}),
        ("18.72", {}),
    ],
)
async def test_places_have_exactly_their_cadres(house: House, regency: str, cadres: dict[str, int]) -> None:
    async with transaction(house.database.sessions) as tx:
        statement = select(Cadre.pillar, func.count().label("number")).where(Cadre.regency_code == regency)
        found = await tx.execute(statement.group_by(Cadre.pillar))
    assert {row.pillar: row.number for row in found} == cadres


async def test_every_kelurahan_of_padang_has_three_psm(house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        each = select(func.count()).where(Cadre.regency_code == "13.71", Cadre.pillar == "PSM")
        found = (await tx.scalars(each.group_by(Cadre.area_code))).all()
    assert list(found) == [3] * 104


async def test_a_second_run_changes_nothing(fresh_house: House) -> None:
    before = await versions(fresh_house.database)
    again = await seed_reference(tools(fresh_house))
    assert set(again.values()) == {0}
    assert await seed_demo_accounts(tools(fresh_house), CHEAP) == 0
    assert await versions(fresh_house.database) == before


async def test_what_an_operator_changed_stays(fresh_house: House) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(
            update(Desk).where(Desk.village_code == "13.74.01.1005").values(budget_idr_per_year=5)
        )
        await tx.execute(
            update(Policy).where(Policy.name == "duplicate_window_days").values(value={"value": 14})
        )
        await tx.execute(
            update(RegencySettings).where(RegencySettings.regency_code == "13.74").values(six_day_week=True)
        )
    await seed_reference(tools(fresh_house))
    database = fresh_house.database
    assert await count(database, Desk, Desk.budget_idr_per_year == 5) == 1
    assert await count(database, Policy, Policy.value == {"value": 14}) == 1
    assert await count(database, RegencySettings, RegencySettings.six_day_week.is_(True)) == 1


async def test_shipped_words_are_corrected_and_only_their_kind_is_read_again(fresh_house: House) -> None:
    before = await versions(fresh_house.database)
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(update(CodeRow).where(CodeRow.set_name == "priority").values(label_en="Old"))
    touched = await seed_reference(tools(fresh_house))
    assert {part: number for part, number in touched.items() if number} == {"codes": 3}
    after = await versions(fresh_house.database)
    assert {kind for kind in after if after[kind] != before[kind]} == {"codes"}


async def test_a_changed_region_is_renamed_and_a_lost_one_is_closed(fresh_house: House) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(update(Region).where(Region.code == "13.74").values(name="Old name"))
        gone = Region(code="99", name="Gone", search_name="gone", valid_from=date(2020, 1, 1))
        tx.add(gone)
    assert (await seed_reference(tools(fresh_house)))["regions"] == 2
    database = fresh_house.database
    assert await count(database, Region, Region.name == "Kota Padang Panjang") == 1
    assert await count(database, Region, Region.code == "99", Region.valid_to == NOW.date()) == 1
    assert (await seed_reference(tools(fresh_house)))["regions"] == 0


async def test_a_changed_programme_becomes_the_next_version_and_the_old_one_stays(
    fresh_house: House,
) -> None:
    document = next(one for one in shipped("programs") if one["code"] == "PKH")
    changed = {**document, "version": {**document["version"], "waiting_list": False}}
    async with transaction(fresh_house.database.sessions) as tx:
        assert await seeding.publish(tx, [changed], NOW) == 1
        assert await seeding.publish(tx, [changed], NOW) == 0
        # Back to a known text is no new version: an operator's later one must not be overruled.
        assert await seeding.publish(tx, [document], NOW) == 0
        rows = await tx.execute(
            select(ProgramVersion.n, ProgramVersion.document).where(ProgramVersion.program_code == "PKH")
        )
        found = {n: stored["version"]["waiting_list"] for n, stored in rows}
    assert found == {1: document["version"]["waiting_list"], 2: False}


async def test_rules_that_people_write_here_are_not_overruled_by_a_release(fresh_house: House) -> None:
    document = next(one for one in shipped("programs") if one["code"] == "PKH")
    changed = {**document, "version": {**document["version"], "waiting_list": False}}
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(
            update(ProgramVersion).where(ProgramVersion.program_code == "PKH").values(makers=["0000-x"])
        )
        assert await seeding.publish(tx, [changed], NOW) == 0


async def test_holidays_hold_cuti_bersama_and_an_estimate_that_moved_goes(fresh_house: House) -> None:
    database = fresh_house.database
    kinds = {row["on_date"]: row["kind"] for row in national(range(2026, 2027))}
    assert kinds[date(2026, 3, 20)] == "cuti_bersama"
    assert kinds[date(2026, 3, 21)] == "public"
    assert any(row["estimated"] for row in national(range(2028, 2029)))
    moved = {"on_date": date(2027, 7, 3), "name": "Perkiraan", "kind": "public", "estimated": True}
    async with transaction(database.sessions) as tx:
        tx.add(Holiday(regency_code="ID", **moved))
        tx.add(Holiday(regency_code="13.74", **{**moved, "kind": "regency", "name": "Hari jadi kota"}))
    assert await seed_holidays(tools(fresh_house)) == 1
    assert await count(database, Holiday, Holiday.on_date == moved["on_date"]) == 1


async def test_demo_accounts_have_grants_and_desk_officers_their_desk(house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        statement = (
            select(Grant.role, Grant.region_code, Desk.village_code)
            .join(Account, (Account.regency_code == Grant.regency_code) & (Account.id == Grant.account_id))
            .outerjoin(Desk, (Desk.regency_code == Grant.regency_code) & (Desk.id == Grant.desk_id))
            .where(Account.regency_code == "13.74", Account.login == "siti")
        )
        assert (await tx.execute(statement)).all() == [("desk_officer", "13.74.01.1005", "13.74.01.1005")]
        named = await tx.scalar(
            select(RegencySettings.inspectorate_account_id).where(RegencySettings.regency_code == "13.74")
        )
        assert named == await tx.scalar(
            select(Account.id).where(Account.regency_code == "13.74", Account.login == "inspektorat")
        )


async def test_without_demo_there_is_a_frontend_and_nobody_to_log_in(database: Database) -> None:
    await seed_reference(Tools(database, Ids(), NOW))
    assert await count(database, Account) == 0
    assert await count(database, Client, Client.first_party.is_(False)) == 0
    assert await count(database, Client, Client.regency_code == "ID") == 1


async def test_people_come_sealed_once_and_a_larger_number_goes_on_behind(fresh_house: House) -> None:
    database, loading = fresh_house.database, tools(fresh_house)
    assert await seed_people_of(loading, SEALING, 500, invented) == 500
    assert await seed_people_of(loading, SEALING, 500, invented) == 0
    first = next(invented("13.74", 100, [("13.74.01.1005", "Guguk Malintang")], AS_OF))
    member = next(one for one in first.members if one.nik)
    assert member.nik is not None
    digest = SEALING.blind.digest("nik", member.nik)
    async with transaction(database.sessions) as tx:
        found = await tx.scalar(select(Person).where(Person.nik_digest == digest))
        assert found is not None
        key = await tx.scalar(select(DataKey.wrapped).where(DataKey.id == found.data_key_id))
        held = (
            await tx.scalars(select(AssistanceLine.program_code).where(AssistanceLine.nik_digest == digest))
        ).all()
    assert key is not None
    assert found.nik_sealed is not None
    opened = SEALING.vault.open(SEALING.vault.unwrap(key), "persons", "nik", found.id, found.nik_sealed)
    assert (opened, found.nik_last4, found.name) == (member.nik, member.nik[-4:], member.name)
    assert set(held) == set(member.programs)
    assert await seed_people_of(loading, SEALING, 900, invented) == 400
    assert await count(database, Person) == 900
    assert await count(database, Household) > 200
    assert 0.75 < await count(database, RegistryEntry) / await count(database, Person) < 0.98


async def test_no_number_of_a_person_lies_open(fresh_house: House) -> None:
    await seed_people_of(tools(fresh_house), SEALING, 100, invented)
    for household in invented("13.74", 20, [("13.74.01.1005", "Guguk Malintang")], AS_OF):
        for number in (
            household.kk,
            *(one.nik for one in household.members),
            *(one.phone for one in household.members),
        ):
            if number:
                await assert_nowhere(fresh_house.database, number)


async def assert_nowhere(database: Database, number: str) -> None:
    async with transaction(database.sessions) as tx:
        for table in ("persons", "households", "registry_entries", "assistance_lines"):
            statement = text(f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE :number")  # noqa: S608
            assert await tx.scalar(statement, {"number": f"%{number}%"}) == 0


async def test_an_interrupted_run_goes_on_where_it_stopped(fresh_house: House) -> None:
    class Interrupted(Exception):
        pass

    def stops(regency: str, persons: int, villages: Villages, day: date) -> Iterator[Invented]:
        for number, household in enumerate(invented(regency, persons, villages, day)):
            if regency == "13.71" and number == 3:
                raise Interrupted
            yield household

    with pytest.raises(Interrupted):
        await seed_people_of(tools(fresh_house), SEALING, 300, stops)
    assert 0 < await count(fresh_house.database, Person) < 300
    await seed_people_of(replace(tools(fresh_house)), SEALING, 300, invented)
    assert await count(fresh_house.database, Person) == 300
