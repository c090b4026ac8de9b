"""A report of SP4N-LAPOR! read, and a case written as one: the same shape both ways."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.lapor import (
    MOST_ROWS,
    Report,
    answer_text,
    class_of,
    new_case,
    read_csv,
    read_report,
    to_wire,
)

CLASSES = {"PENGADUAN_TBP": ["Pengaduan tidak berkadar pengawasan"], "ASPIRASI": ["Aspirasi", "Suggestion"]}
ATTRS = {"kind": "PENGADUAN", "category": "PROGRAM"}
ROW: dict[str, Any] = {"tracking_id": "746", "klasifikasi": "aspirasi", "judul": "Beras", "isi": "Kurang."}


def faults(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_report({**ROW, **changes}, CLASSES)
    assert all(one.id and one.en for one in refused.value.fields)
    return [(one.pointer, one.code) for one in refused.value.fields]


def test_titles_and_labels_are_read_however_they_are_written() -> None:
    titles = "\ufeffNo. Laporan;Jenis Laporan;Judul Laporan;Isi;Tgl Kejadian;Anonim;Kode Wilayah;Nama Pelapor"
    (row,) = read_csv(
        f'{titles}\n746;Pengaduan tidak berkadar pengawasan;Beras;"a;b";20-11-2026;Ya;1374011005;Budi\n'
    )
    assert read_report(row, CLASSES) == Report(
        "746", "PENGADUAN_TBP", "Beras", "a;b", "13.74.01.1005", date(2026, 11, 20), anonymous=True
    )


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"tracking_id": ""}, [("/tracking_id", "missing")]),
        ({"tracking_id": "a b"}, [("/tracking_id", "malformed")]),
        ({"klasifikasi": "lain"}, [("/klasifikasi", "unknown_code")]),
        ({"judul": "x" * 201, "isi": None}, [("/judul", "too_long"), ("/isi", "missing")]),
        ({"anonim": "mungkin"}, [("/anonim", "malformed")]),
        ({"kode_wilayah": "Padang"}, [("/kode_wilayah", "malformed")]),
        ({"tanggal_kejadian": "31-02-2026"}, [("/tanggal_kejadian", "malformed")]),
        ({"isi": ["x"]}, [("/isi", "malformed")]),
        ({"isi": "a\x00b"}, [("/isi", "malformed")]),
    ],
)
def test_each_fault_is_named_by_its_field(changes: dict[str, Any], wrong: list[tuple[str, str]]) -> None:
    assert faults(**changes) == wrong


def test_a_file_without_titles_or_with_too_many_rows_is_refused_as_a_whole() -> None:
    for text, code in (
        ("", "no_titles"),
        ("a,b\n1,2", "no_titles"),
        ('tracking_id\n"open', "unreadable"),
        ("tracking_id\n" + "1\n" * (MOST_ROWS + 1), "too_many"),
    ):
        with pytest.raises(Invalid) as refused:
            read_csv(text)
        assert refused.value.fields[0].code == code


def test_an_anonymous_reporter_is_kept_nowhere() -> None:
    row = {**ROW, "anonim": "ya", "nama_pelapor": "Budi", "telepon_pelapor": "0812"}
    report = read_report(row, CLASSES)
    new = new_case(report, "13.74.01.1005", ATTRS)
    assert "Budi" not in f"{report}{new}{to_wire(report)}"
    assert (new.reporter.anonymous, new.reporter.relation) == (True, "ANONYMOUS")


def test_the_classification_of_a_case_fits_kind_and_category() -> None:
    classes = {
        "TBP": {"kind": "PENGADUAN", "category": "PROGRAM"},
        "BP": {"kind": "PENGADUAN", "category": "LAYANAN_PETUGAS"},
        "ASPIRASI": {"kind": "SARAN", "category": "SARAN"},
    }
    found = [
        class_of(*case, classes)
        for case in (("PENGADUAN", "LAYANAN_PETUGAS"), ("SARAN", "X"), ("DARURAT", "X"))
    ]
    assert found == ["BP", "ASPIRASI", "TBP"]
    assert "Hasil akhir" not in answer_text("Ditangani", None, date(2026, 1, 1))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=50)


@given(st.builds(
    Report,
    tracking_id=st.from_regex(r"[A-Za-z0-9._/#-]{1,64}", fullmatch=True),
    classification=st.sampled_from(sorted(CLASSES)),
    title=TEXTS, body=TEXTS,
    region=st.none() | st.sampled_from(["13", "13.74", "13.74.01", "13.74.01.1005"]),
    event_on=st.none() | st.dates(),
    location=st.none() | TEXTS,
    secret=st.booleans(),
    reporter=st.none() | TEXTS,
))  # fmt: skip
def test_what_is_written_is_read_back_the_same(report: Report) -> None:
    assert read_report(to_wire(report), CLASSES) == report


@given(
    st.dictionaries(
        st.sampled_from([*ROW, "anonim", "x"]), st.none() | st.booleans() | st.integers() | st.text()
    )
)
def test_any_row_is_read_or_refused(row: dict[str, Any]) -> None:
    try:
        assert read_report(row, CLASSES).tracking_id
    except Invalid as refused:
        assert refused.fields  # noqa: PT017  # either way is right
