import asyncio
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from typing import Self

import pytest
from sqlalchemy import event

from app.api.deps import House
from app.db.queries import knowledge as stored
from app.db.session import transaction
from app.db.tables.knowledge import CodeRow
from app.domain.codes import CaseKind, Priority
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.regions import Below, Regions, parents, search_name
from app.domain.sla import ClockStep, Matter, Unit
from app.services.knowledge import KnowledgeSource
from app.services.seed.tools import shipped_regions

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


async def known_of(house: House) -> Knowledge:
    return await KnowledgeSource(house.database).current(NOW)


class Statements:
    """Counts what is sent to the database, by its first words."""

    def __init__(self, house: House) -> None:
        self.seen: list[str] = []
        engine = house.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._note)
        self._stop = lambda: event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, *args: object) -> None:
        self.seen.append(str(args[2]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def reading(self, table: str) -> int:
        return sum(f"FROM {table}" in statement for statement in self.seen)


async def test_all_kinds_are_known(house: House) -> None:
    known = await known_of(house)
    assert len(known.regions) == 91_599
    assert known.label("priority", "DARURAT", "en") == "Emergency"
    assert known.label("priority", "BARU", "id") == "BARU"
    assert known.policy_value("13.74", "duplicate_window_days") == 30
    assert known.policy_value("13.74", "no_such_rule", 7) == 7
    desk = known.desk_of("13.74.01.1005")
    assert desk is not None
    assert desk.regency == "13.74"
    assert known.settings["18.72"].profile["campaign"]["recipients"] == 500


async def test_an_agency_named_by_kind_is_the_body_of_the_regency_or_its_province(house: House) -> None:
    known = await known_of(house)
    dinsos = known.dinsos("13.71")
    assert dinsos is not None
    assert (dinsos.code, dinsos.region) == ("DINSOS-1371", "13.71")
    home = known.agency("PSTW", "13.71")
    assert home is not None
    assert home.code == "PSTW-1300"
    assert known.agency("KEMENSOS", "13.71") is known.agencies["KEMENSOS"]
    assert known.agency("TIDAK_ADA", "13.71") is None


async def test_every_agency_has_its_general_programme_and_the_others_are_in_the_catalogue(
    house: House,
) -> None:
    known = await known_of(house)
    general = {code for code in known.programs if is_implicit(code)}
    assert general == {f"UMUM.{code}" for code in known.agencies}
    assert known.program("PKH", date(2026, 11, 25)) == known.programs["PKH"]
    assert known.program("UMUM.DINSOS-1374", date(2026, 11, 25)) is not None


async def test_a_clock_of_the_nation_holds_where_the_regency_has_none(house: House) -> None:
    known = await known_of(house)
    matter = Matter("13.74.01.1005", CaseKind.LAYANAN, None, Priority.BIASA)
    found = known.clock_policy(ClockStep.VERIFICATION, matter)
    assert (found.amount, found.unit, found.region) == (3, Unit.WORKING_DAYS, "ID")


async def test_calendars_come_from_the_table_in_the_zone_of_the_place(house: House) -> None:
    known = await known_of(house)
    banjar, papua = known.calendar("63.03"), known.calendar("91.01")
    assert (banjar.zone.tzname(None), papua.zone.tzname(None)) == ("WITA", "WIT")
    # 17 March 2026 and three working days: over Nyepi and Lebaran, to the 27th.
    due = known.calendar("13.74").add_days(datetime(2026, 3, 17, 3, 0, tzinfo=UTC), 3)
    assert due.date() == date(2026, 3, 27)


async def test_the_need_of_a_category_takes_what_the_code_list_says(house: House) -> None:
    known = await known_of(house)
    need = known.need(CaseKind.PENGADUAN, "KEKERASAN", None, Priority.BIASA)
    assert need.root == "KEKERASAN"
    child = next(
        code for code, entry in known.codes["case_category"].items() if entry.attrs["parent"] is not None
    )
    assert known.need(CaseKind.PENGADUAN, child, None, Priority.BIASA).root != child


async def test_versions_are_read_once_a_second_and_only_changed_kinds_again(fresh_house: House) -> None:
    source = KnowledgeSource(fresh_house.database)
    first = await source.current(NOW)
    with Statements(fresh_house) as statements:
        for milliseconds in (0, 300, 999):
            assert await source.current(NOW + timedelta(milliseconds=milliseconds)) is first
        assert statements.reading("knowledge_versions") == 0
        assert await source.current(NOW + timedelta(seconds=1)) is first
        assert statements.reading("knowledge_versions") == 1
    async with transaction(fresh_house.database.sessions) as tx:
        row = await tx.get(CodeRow, ("priority", "BIASA"))
        assert row is not None
        row.label_en = "Normal"
        await stored.bump(tx, ["codes"])
    with Statements(fresh_house) as statements:
        second = await source.current(NOW + timedelta(seconds=2))
        assert statements.reading("codes") == 1
        assert statements.reading("regions") == 0
    assert second.label("priority", "BIASA", "en") == "Normal"
    assert second.regions is first.regions
    assert first.label("priority", "BIASA", "en") != "Normal"


async def test_who_comes_while_it_is_read_again_gets_the_old_value(house: House) -> None:
    source = KnowledgeSource(house.database)
    first = await source.current(NOW)
    with Statements(house) as statements:
        later = NOW + timedelta(seconds=5)
        found = await asyncio.gather(*(source.current(later) for _ in range(20)))
        assert statements.reading("knowledge_versions") == 1
    assert all(one is first for one in found)


@pytest.fixture(scope="module")
def regions() -> Regions:
    lines = (line.partition("\t") for line in shipped_regions().split("\n"))
    return Regions.of((code, name) for code, _, name in lines)


def test_packed_regions_are_a_mapping_in_order(regions: Regions) -> None:
    lines = shipped_regions().split("\n")
    assert [f"{code}\t{name}" for code, name in regions.items()] == lines


@pytest.mark.parametrize(
    "code", ["", "ID", "99", "13.7", "1374", "13.74.01.9999", "13.74.", "13.74.01.10051"]
)
def test_what_is_no_region_is_not_found(regions: Regions, code: str) -> None:
    assert code not in regions
    assert regions.get(code) is None


def test_regions_are_counted_below_and_above(regions: Regions) -> None:
    assert regions.below("ID") == Below(514, 7285, 83_762)
    assert regions.below("13.71") == Below(0, 11, 104)
    assert regions.below("13.74") == Below(0, 2, 16)
    assert regions.below("18.72") == Below(0, 5, 22)
    assert regions.below("13.74.01.1005") == Below(0, 0, 0)
    assert regions.below("99") == Below(0, 0, 0)
    assert parents("13.74.01.1005") == ("13", "13.74", "13.74.01")
    assert len(regions.regencies("13")) == 19
    assert regions.districts("13.74") == ("13.74.01", "13.74.02")


def test_regions_take_little_memory() -> None:
    lines = shipped_regions().split("\n")
    pairs = [tuple(line.split("\t")) for line in lines]
    tracemalloc.start()
    try:
        kept = Regions.of(pairs)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == len(pairs)
    assert size < 3_000_000


def test_regions_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match=r"13\.71"):
        Regions.of([("13.74", "Kota Padang Panjang"), ("13.71", "Kota Padang")])


@pytest.mark.parametrize(
    ("name", "key"),
    [("Kota Padang Panjang", "padang panjang"), ("Kota", "kota"), ("P'ere-1", "p ere 1"), ("---", "")],
)
def test_names_are_searched_without_the_word_for_the_level(name: str, key: str) -> None:
    assert search_name(name) == key
