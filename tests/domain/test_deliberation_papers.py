"""What a village meeting puts on paper, on the public page and in the sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cells import harmless
from app.domain.deliberation.papers import minutes
from app.domain.deliberation.publication import Names, published_name
from app.domain.deliberation.sheet import COLUMNS, Proposed, row_of

NAMES = {"13": "Sumatera Barat", "13.71": "Kota Padang", "13.71.02": "Padang Timur", "13.71.02.1003": "Jati"}


def test_a_sheet_has_the_columns_of_siks_ng_and_keeps_every_digit() -> None:
    one = Proposed("13.71.02.1003", "Nurhayati", "1371025208900001", "1371021203150001", "Jl. Contoh 1")
    row = dict(zip(COLUMNS, row_of(one, NAMES), strict=True))
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert (row["NIK"], row["NOKK"], row["kab_capil"]) == ("1371025208900001", "1371021203150001", "1371")
    assert (row["provinsi"], row["desa_kelurahan"], row["id_desa"]) == (
        "Sumatera Barat",
        "Jati",
        "1371021003",
    )
    assert (row["PKH"], row["idsemesta"]) == ("", "")
    bare = dict(zip(COLUMNS, row_of(Proposed("13.71.02.1003", "Tanpa Nik"), NAMES), strict=True))
    assert (bare["NIK"], bare["prop_capil"]) == ("", "")


@given(st.text(max_size=30))
def test_no_cell_is_a_formula(text: str) -> None:
    found = harmless(text)
    assert not found.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert found.endswith(text.replace("\x00", ""))


def test_what_is_pinned_up_masks_the_numbers_and_gives_no_reason() -> None:
    content = {
        "kind": "muskel",
        "day": "1 Desember 2026",
        "time": "09:00",
        "place": "Balai",
        "village": "Jati",
        "addendum_to": None,
        "quorum": {"reached": True, "present": 7, "least": 7},
        "attendees": [["Rahmat", "Ketua RT"]],
        "candidates": [
            {
                "n": 1,
                "rank": 1,
                "name": "Nurhayati",
                "nik": "1371025208900001",
                "address": "Jl. Contoh",
                "rt": "001",
                "rw": None,
                "decision": "LAYAK",
                "reason": "Sakit menahun.",
                "excluded": 1,
            }
        ],
    }
    official, pinned = str(minutes(content, official=True)), str(minutes(content, official=False))
    assert "1371025208900001" in official
    assert "Sakit menahun." in official
    assert "1371025208900001" not in pinned
    assert "************0001" in pinned
    assert "Sakit menahun." not in pinned
    assert "nomor 1 tanpa 1 orang" in official


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Yuliana Contoh", "Y. C."), ("  nurhayati ", "N."), ("123", "-"), ("", "-")],
)
def test_the_public_page_gives_initials_unless_the_regency_says_otherwise(name: str, shown: str) -> None:
    assert published_name(name, Names.INITIALS) == shown
    assert published_name(name, Names.NAMES) == name
