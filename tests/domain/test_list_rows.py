"""Rows of lists: headers found, values in their known forms, and many rows at once read as one by one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.lists import (
    OWN_PROFILE,
    VERDICT_OF,
    Columns,
    NoHeaderError,
    Places,
    Reason,
    Tidier,
    find_layout,
    is_blank,
    parse_profile,
    tidy,
)
from app.domain.lists.values import read_date, read_desil, read_flag, read_sex
from app.domain.names import _careful, name_key

TODAY = date(2026, 11, 26)
PLACES = Places(
    "13.74",
    {"13.74.02.1004": "Silaing Bawah", "13.74.02.1005": "Silaing Atas", "13.74.01.1001": "Ganting"},
    {"13.74.02": "Padang Panjang Barat", "13.74.01": "Padang Panjang Timur"},
)
NIK = "1374010101800001"


def test_every_reason_has_a_verdict() -> None:
    assert set(VERDICT_OF) == set(Reason)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("17-05-1980", date(1980, 5, 17)), ("17/5/1980", date(1980, 5, 17)),
        ("1980-05-17", date(1980, 5, 17)),
        ("17 Mei 1980", date(1980, 5, 17)), ("17-Agt-80", None), ("17-Ags-80", date(1980, 8, 17)),
        ("1-1-26", date(2026, 1, 1)), ("1-1-27", date(1927, 1, 1)), ("31-02-1980", None), ("", "nothing"),
        (29358, date(1980, 5, 17)), (date(1980, 5, 17), date(1980, 5, 17)), ("2090-01-01", None),
        ("abc", None), (True, None),
    ],
)  # fmt: skip
def test_dates_in_their_known_forms(value: object, found: object) -> None:
    read = read_date(value, TODAY)
    assert (read and (read[0] or "nothing")) == found


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (read_sex, "Perempuan", "P"), (read_sex, "lk.", "L"), (read_sex, "", ""), (read_sex, "XX", None),
        (read_flag, "YA", True), (read_flag, "T", False), (read_flag, None, False), (read_flag, "??", None),
        (read_desil, "Desil 4", 4), (read_desil, "0", 0), (read_desil, "", -1), (read_desil, "11", None),
        (read_desil, 3.0, 3), (read_desil, "3,0", 3), (read_desil, "-1", None),
    ],
)  # fmt: skip
def test_values_in_their_known_forms(read: Any, value: object, found: object) -> None:
    assert read(value) == found


def test_a_header_stands_below_titles_in_two_rows_with_numbers_under_it() -> None:
    layout = find_layout(
        [
            ["DAFTAR PENERIMA", "", "", "", ""], ["", "", "", "", ""],
            ["No", "N I K", "Nama Lengkap", "Bansos", ""], ["", "", "", "PKH", "BPNT"],
            ["1", "2", "3", "4", "5"], ["1", NIK, "SITI", "YA", ""],
        ],
        OWN_PROFILE,
    )  # fmt: skip
    assert dict(layout.at) == {"nik": 1, "name": 2}
    assert dict(layout.programs) == {"PKH": 3, "SEMBAKO": 4}
    assert layout.skip == 5


def test_a_profile_gives_words_of_its_own() -> None:
    profile = parse_profile({"fields": {"nik": ["Nomor Peserta"]}, "extra": {"faskes": ["Faskes"]}})
    row: Mapping[str, object] = {"Nomor Peserta": NIK, "NAMA": "SITI", "Faskes": "Puskesmas Gunung"}
    found = tidy(row, profile, PLACES, TODAY)
    assert (found.verdict, found.nik, found.extra) == ("accepted", NIK, {"faskes": "Puskesmas Gunung"})
    with pytest.raises(Invalid):
        parse_profile({"fields": {"umur": ["Umur"]}})


def test_without_a_header_nothing_is_guessed() -> None:
    with pytest.raises(NoHeaderError):
        find_layout([["SITI", NIK], ["BUDI", NIK]], OWN_PROFILE)


HEADER = ["NIK", "Nama", "No KK", "Tgl Lahir", "JK", "Kode Desa", "Desa", "Desil", "PKH", "Ket"]
CELL = st.sampled_from(
    [
        "", NIK, "1374014101800001", "'1374010101800001", "0", "1.37E+15", "137401", "1374010101800000",
        "SITI", "siti  aminah", "Hj. RAHMA", "MD", "=1", "NUR\udcffAINI", "JUMLAH", "Nama", "bin",
        "17-05-1980", "1-13-80", "L", "P", "XX", "1374021004", "13.74.02.1005", "1371010001",
        "Silaing Bawah", "GANTING", "3", "11", "YA", "mungkin", "Meninggal", "PINDAH", "1111111111111111",
        "1374011111111111", " " + NIK,
    ]
)  # fmt: skip
ROW = st.lists(st.one_of(CELL, st.none(), st.integers(0, 20), st.booleans()), min_size=0, max_size=12)


@given(st.lists(ROW, max_size=30))
@settings(max_examples=300, deadline=None)
def test_many_rows_are_read_as_each_alone(rows: list[list[object]]) -> None:
    layout = find_layout([HEADER], OWN_PROFILE)
    alone = Tidier(layout, PLACES, TODAY)
    together = list(Columns(Tidier(layout, PLACES, TODAY)).read(rows))
    assert together == [None if is_blank(row) else alone.tidy(row) for row in rows]


@given(st.text(st.sampled_from("ABDEHIJLMNRSTU abdehijmnrstu.,'-"), max_size=40))
@settings(max_examples=500, deadline=None)
def test_the_quick_key_of_a_name_is_the_careful_one(name: str) -> None:
    assert name_key(name) == _careful(name)
