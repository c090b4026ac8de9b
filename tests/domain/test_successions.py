"""Codes of regions that are no more: found by old and new, chosen by the new one only."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Grant, Role, widened
from app.domain.region_changes import BadList, complete, read_changes
from app.domain.regions import Regions
from app.domain.successions import Former, Successions

ON = date(2027, 1, 1)
SPLIT = Successions(
    [
        Former("13.74.02", "Padang Panjang Barat", ON, "13.79.02"),
        Former("13.74.02.1001", "Silaing Bawah", ON, "13.79.02.1001"),
        Former("13.74.01.1003", "Nama Lama", ON, "13.74.01.1099"),
        Former("13.74.01.1002", "Nama Lebih Lama", ON, "13.74.01.1003"),
        Former("13.74.01.1009", "Digabung", ON, "13.74.01.1099"),
        Former("13.74.01.1008", "Hilang", ON, None),
    ]
)
STANDING = Regions.of(
    [
        ("13", "Sumatera Barat"),
        ("13.74", "Kota Padang Panjang"),
        ("13.74.01", "Padang Panjang Timur"),
        ("13.74.01.1099", "Nama Baru"),
        ("13.74.02", "Padang Panjang Barat"),
        ("13.74.02.1001", "Silaing Bawah"),
    ],
    SPLIT,
)


@pytest.mark.parametrize(
    ("asked", "family"),
    [
        ("13.74.01.1099", ("13.74.01.1099", "13.74.01.1002", "13.74.01.1003", "13.74.01.1009")),
        ("13.74.01.1003", ("13.74.01.1003", "13.74.01.1002", "13.74.01.1009", "13.74.01.1099")),
        ("13.79.02.1001", ("13.79.02.1001", "13.74.02.1001")),
        ("13.74.02.1001", ("13.74.02.1001", "13.79.02.1001")),
        ("13.79", ("13.79", "13.74.02")),
        ("13.74", ("13.74",)),
        ("13", ("13",)),
        ("ID", ("ID",)),
        ("13.74.01.1008", ("13.74.01.1008",)),
        ("63.03", ("63.03",)),
    ],
)
def test_a_region_is_read_by_all_codes_under_which_it_was_written(
    asked: str, family: tuple[str, ...]
) -> None:
    assert SPLIT.family(asked) == family


@given(st.sampled_from(["13.74.01.1099", "13.74.02", "13.79", "13", "ID", "13.74.01.1002"]))
def test_a_family_begins_with_itself_and_names_nobody_twice(code: str) -> None:
    found = SPLIT.family(code)
    assert found[0] == code
    assert len(set(found)) == len(found)


def test_a_ring_of_successors_ends() -> None:
    ring = Successions([Former("13.01", "A", ON, "13.02"), Former("13.02", "B", ON, "13.01")])
    assert set(ring.family("13.01")) <= {"13.01", "13.02"}


def test_a_former_code_has_a_name_and_is_no_choice() -> None:
    assert STANDING.get("13.74.01.1003") == "Nama Lama"
    assert "13.74.01.1003" not in STANDING
    assert STANDING.get("99.99", "?") == "?"


def test_whoever_serves_a_village_goes_on_serving_it() -> None:
    grants = widened([Grant(Role.DESK_OFFICER, "13.74.01.1003")], SPLIT.family)
    assert any(grant.reaches("13.74.01.1099") for grant in grants)
    agency = Grant(Role.AGENCY_OFFICER, agency="DINSOS-1374")
    assert widened([agency], SPLIT.family) == (agency,)


def test_what_lies_below_goes_along() -> None:
    changes = read_changes("-\t13.79\tKota Baru\t2027-01-01\n13.74.02\t13.79.02\tBarat\t2027-01-01\n")
    found = complete(changes, STANDING)
    assert [(one.old, one.new) for one in found] == [
        (None, "13.79"),
        ("13.74.02", "13.79.02"),
        ("13.74.02.1001", "13.79.02.1001"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "13.74.02 13.79.02 Barat 2027-01-01",
        "13.74.02\t13.79.02\tBarat\t1 Januari",
        "13.74.02\t13.79\tBarat\t2027-01-01",
        "13.74.02\t13.74.02\tBarat\t2027-01-01",
        "13.74.02\tnowhere\tBarat\t2027-01-01",
        "13.74.02\t13.79.02\t\t2027-01-01",
    ],
)
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadList):
        read_changes(line)


@pytest.mark.parametrize(
    "line", ["13.74.09\t13.79.09\tX\t2027-01-01", "13.74.02\t13.79.02\tDi mana\t2027-01-01"]
)
def test_a_change_that_fits_nothing_is_refused(line: str) -> None:
    with pytest.raises(BadList):
        complete(read_changes(line), STANDING)
