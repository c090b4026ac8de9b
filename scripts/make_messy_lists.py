"""Writes the messy lists of ``tests/data/messy``: what really comes, and what must come of it.

Run it again after a change: ``python scripts/make_messy_lists.py``. Persons are invented, NIKs counted up.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook

HERE: Final = Path(__file__).resolve().parent.parent / "tests" / "data" / "messy"
REGENCY: Final = "1374"
VILLAGE: Final = ("1374021004", "SILAING BAWAH", "PADANG PANJANG BARAT")
TITLES: Final = (
    "No", "NIK", "Nama", "No. KK", "Tanggal Lahir", "Jenis Kelamin", "Kode Desa", "Desa/Kelurahan",
    "Kecamatan", "Desil", "Bansos", "", "", "Keterangan", "Masih Hidup",
)  # fmt: skip
UNDER: Final = ("", "", "", "", "", "", "", "", "", "", "PKH", "BPNT", "PBI", "", "")
FIELDS: Final = (
    "no", "nik", "name", "kk", "born", "sex", "village_code", "village", "district", "desil", "pkh", "bpnt",
    "pbi", "note", "alive",
)  # fmt: skip


@dataclass
class Mess:
    """One row: what kind of mess it is, its cells, and what must come of it."""

    kind: str
    verdict: str
    reasons: tuple[str, ...] = ()
    changes: dict[str, object] = field(default_factory=dict)
    person: int | None = None
    """Another row's person, where it is not its own."""
    more: tuple[str, ...] = ()
    """Cells beyond the last column."""


def accepted(kind: str, **changes: object) -> Mess:
    return Mess(kind, "accepted", (), changes)


def corrected(kind: str, *reasons: str, **changes: object) -> Mess:
    return Mess(kind, "corrected", reasons, changes)


def parked(kind: str, *reasons: str, **changes: object) -> Mess:
    return Mess(kind, "parked", reasons, changes)


def refused(kind: str, *reasons: str, **changes: object) -> Mess:
    return Mess(kind, "refused", reasons, changes)


def nik_of(n: int, *, woman: bool = False) -> str:
    born = born_of(n)
    return f"{REGENCY}01{born.day + 40 * woman:02}{born:%m%y}{1 + n:04}"


def born_of(n: int) -> date:
    return date(1960 + n % 40, 1 + n % 12, 1 + n % 28)


ROWS: Final = (
    accepted("plain"),
    accepted("edges and letter case", name="  siti   contoh  aminah "),
    accepted("a title before and a degree behind the name", name="Hj. Rahma Contoh, S.Pd"),
    accepted("an apostrophe in the name", name="Nur Syi'ar Contoh"),
    accepted("an accent in the name", name="José Contoh"),
    accepted("bin", name="AHMAD CONTOH BIN SALEH"),
    accepted("a woman's NIK", nik=nik_of(6, woman=True), sex="P"),
    accepted("date with slashes", born="{dmy/}"),
    accepted("date in ISO form", born="{iso}"),
    accepted("date in words", born="{words}"),
    accepted("date with a year of two digits", born="{short}"),
    accepted("sex in a word", sex="Laki-laki"),
    accepted("sex as a number", sex="1"),
    accepted("no birth date and no sex", born="", sex="-"),
    accepted("village code with dots", village_code="13.74.02.1004"),
    accepted("village by name only", village_code=""),
    accepted("village with its kind", village_code="", village="Kelurahan Silaing Bawah"),
    accepted("no village at all", village_code="", village="", district=""),
    accepted("desil zero is not ranked", desil="0"),
    accepted("desil empty is unknown", desil=""),
    accepted("desil in words", desil="Desil 3"),
    accepted("desil as a decimal number", desil="4,0"),
    accepted("programmes in several forms", pkh="Y", bpnt="1", pbi="T"),
    accepted("no KK", kk=""),
    corrected("NIK with spaces", "nik_separators", nik="{nik spaced}"),
    corrected("NIK with dots", "nik_separators", nik="{nik dotted}"),
    corrected("NIK behind an apostrophe", "nik_separators", nik="'{nik}"),
    corrected("NIK in quotes", "nik_separators", nik='""{nik}""'),
    corrected("NIK as a formula of text", "nik_separators", nik='=""{nik}""'),
    corrected("NIK with a space that nobody sees", "nik_separators", nik="{nik}\u200b"),
    corrected("KK with dashes", "kk_separators", kk="1374-0101-0120-0001"),
    corrected("KK too short", "kk_dropped", kk="137401"),
    corrected("KK with letters", "kk_dropped", kk="TIDAK ADA KK"),
    corrected("KK all zeros", "kk_dropped", kk="0000000000000000"),
    corrected("KK made a number", "kk_number", kk="1,37401E+15"),
    corrected("KK is the NIK", "kk_is_nik", kk="{nik}"),
    corrected("a birth date on no calendar", "born_dropped", born="31/02/1980"),
    corrected("a birth date in the future", "born_dropped", born="01/01/2090"),
    corrected("month before day", "born_order", born="{mdy}"),
    corrected("a sex that is none", "sex_dropped", sex="XX"),
    corrected("a mark that cannot be read", "flag_dropped", pkh="mungkin"),
    corrected("two things at once", "nik_separators", "kk_dropped", nik="{nik spaced}", kk="1"),
    parked("NIK empty", "nik_missing", nik=""),
    parked("NIK a dash", "nik_missing", nik="-"),
    parked("NIK zero", "nik_zero", nik="0"),
    parked("NIK all zeros", "nik_zero", nik="0000000000000000"),
    parked("NIK filled up with zeros", "nik_birth_date", nik="1374010000000000"),
    parked("NIK one digit repeated", "nik_placeholder", nik="1111111111111111"),
    parked("NIK counted up", "nik_birth_date", nik="1234567890123456"),
    parked("NIK without a serial", "nik_serial", nik="{nik no serial}"),
    parked("desil above ten", "desil_range", desil="11"),
    parked("desil in words that say nothing", "desil_range", desil="rendah"),
    parked("a village code that is none", "village_unknown", village_code="1374029999"),
    parked("a village name that is none", "village_unknown", village_code="", village="ANTAH BERANTAH"),
    parked("a village of another regency", "village_elsewhere", village_code="1371011001"),
    parked("code and name of the village differ", "village_differs", village="PASAR USANG"),
    parked("dead by the remarks", "dead", note="Meninggal Dunia"),
    parked("dead by its own column", "dead", alive="Tidak"),
    parked("moved", "moved", note="PINDAH"),
    parked("a name that begins like a formula", "formula", name="=HYPERLINK(1)"),
    parked("a name with a broken byte", "undecodable", name="NUR\udcffAINI CONTOH"),
    Mess("a row with a cell too many", "parked", ("columns_shifted",), more=("LEBIH",)),
    refused("no name", "name_missing", name=""),
    refused("a name without letters", "name_missing", name="---"),
    refused("NIK of fifteen digits", "nik_length", nik="{nik short}"),
    refused("NIK of seventeen digits", "nik_length", nik="{nik}0"),
    refused("NIK with letters", "nik_letters", nik="13740101O1800001"),
    refused("NIK in scientific notation", "nik_number", nik="1,37401E+15"),
    refused("NIK with decimals", "nik_number", nik="{nik}.0"),
    refused("NIK and name both gone", "name_missing", "nik_missing", nik="", name=""),
    Mess("the header once more", "refused", ("header_again",), dict(zip(FIELDS, TITLES, strict=True))),
    Mess(
        "a row of sums",
        "refused",
        ("total_row",),
        {**dict.fromkeys(FIELDS, ""), "name": "JUMLAH", "desil": "312"},
    ),
    Mess("an exact repeat", "corrected", ("exact_repeat",), person=0),
    Mess("the same person with another decile", "parked", ("repeat_differs",), {"desil": "9"}, person=0),
    Mess("one NIK, the first of two people", "parked", ("nik_twice",)),
    Mess(
        "one NIK, the second of two people",
        "parked",
        ("nik_twice",),
        {"name": "ORANG LAIN SEKALI"},
        person=-1,
    ),
    parked("a name that contradicts the owner on record", "name_differs"),
    parked("somebody who died by our own record", "dead"),
    accepted("spelt otherwise than on record"),
)  # fmt: skip
ON_RECORD: Final = {
    "a name that contradicts the owner on record": "Warga Tercatat Lain",
    "somebody who died by our own record": None,
    "spelt otherwise than on record": "Contoh Warga Bernama",
}
"""Who is on record before the list comes: another name than the row's, or the row's own."""


def cells_of(n: int, mess: Mess) -> list[str]:
    person = n if mess.person is None else n + mess.person if mess.person < 0 else mess.person
    nik, born = nik_of(person), born_of(person)
    values: dict[str, object] = {
        "no": n + 1,
        "nik": nik,
        "name": f"CONTOH WARGA {letters(person)}",
        "kk": f"13740101012{10_000 + person}",
        "born": f"{born:%d-%m-%Y}",
        "sex": "L",
        "village_code": VILLAGE[0],
        "village": VILLAGE[1],
        "district": VILLAGE[2],
        "desil": person % 10 + 1,
        "pkh": "YA" if person % 3 == 0 else "TIDAK",
        "bpnt": "TIDAK",
        "pbi": "",
        "note": "",
        "alive": "Ya",
        **mess.changes,
    }
    if mess.kind == "spelt otherwise than on record":
        values["name"] = "CONTOH WARGA BERNAMMA"
    said = {
        "{dmy/}": f"{born:%d/%m/%Y}",
        "{iso}": born.isoformat(),
        "{words}": f"{born.day} {MONTHS[born.month - 1]} {born.year}",
        "{short}": f"{born:%d-%m-%y}",
        "{mdy}": f"{born.month}/28/{born.year}",
        "{nik spaced}": " ".join(nik[start : start + 4] for start in (0, 4, 8, 12)),
        "{nik dotted}": f"{nik[:6]}.{nik[6:12]}.{nik[12:]}",
        "{nik short}": nik[:15],
        "{nik no serial}": f"{nik[:12]}0000",
        "{nik}": nik,
    }
    for name, value in values.items():
        for mark, text in said.items():
            if isinstance(value, str):
                value = value.replace(mark, text)  # noqa: PLW2901  # one mark after the other
        values[name] = value
    return [*(str(values[name]) for name in FIELDS), *mess.more]


MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
    "November", "Desember",
)  # fmt: skip


def letters(n: int) -> str:
    return "".join("ABCDEFGHIK"[int(digit)] for digit in str(n)) + "MAN"


def lines() -> Iterator[tuple[str, dict[str, object] | None]]:
    """Give each line of the file, and what must come of it; None for what is no row."""
    yield "DAFTAR PENERIMA MANFAAT DTSEN TRIWULAN III TAHUN 2026" + ";" * 14, None
    yield ";" * 14, None
    yield ";".join(TITLES), None
    yield ";".join(UNDER), None
    yield ";".join(f"({n})" for n in range(1, len(TITLES) + 1)), None
    for n, mess in enumerate(ROWS):
        said = {"kind": mess.kind, "verdict": mess.verdict, "reasons": sorted(mess.reasons)}
        cells = cells_of(n, mess)
        if mess.kind in ON_RECORD:
            name = ON_RECORD[mess.kind]
            died = name is None
            said["on_record"] = {"nik": cells[1], "name": name or cells[2], "died": died}
        yield ";".join(f'"{cell}"' if '"' in cell else cell for cell in cells), said
        if not n % 20:
            yield ";" * 14, None
    # The last line breaks off: fewer cells, and no end of line.
    n = len(ROWS)
    cut = ";".join(cells_of(n, accepted("cut off"))[:9])
    yield cut, {"kind": "cut off in the middle of a row", "verdict": "parked", "reasons": ["cut_off"]}


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    every = list(lines())
    text = "\r\n".join(line for line, _ in every)
    (HERE / "dtsen.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    expected = [{"n": n, **said} for n, (_, said) in enumerate(every, 1) if said is not None]
    (HERE / "dtsen.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _workbook()
    sys.stdout.write(f"{len(expected)} rows of {len({one['kind'] for one in expected})} kinds\n")


WORKBOOK: Final = (
    ("text as it should be", "accepted", (), {}),
    ("NIK typed as a number", "refused", ("nik_number",), {"nik": 1374010101800001}),
    ("KK typed as a number", "corrected", ("kk_number",), {"kk": 1374010101200001}),
    ("birth date as a date", "accepted", (), {"born": date(1980, 5, 17)}),
    ("birth date as Excel's own number", "accepted", (), {"born": 29358}),
    ("desil as a number", "accepted", (), {"desil": 3}),
    ("mark as a truth value", "accepted", (), {"pkh": True}),
    ("village code as a number", "accepted", (), {"village": 1374021004}),
)


def _workbook() -> None:
    path = HERE / "dtsen.xlsx"
    expected = []
    with Workbook(str(path), {"strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": None})
        page = book.add_worksheet("Data")
        page.write_row(0, 0, ["Nama", "NIK KTP", "NO KK", "Tgl Lahir", "Kode Desa", "Desil", "PKH", "Alamat"])
        for n, (kind, verdict, reasons, changes) in enumerate(WORKBOOK):
            person = 500 + n
            values: dict[str, object] = {
                "name": f"CONTOH WARGA {letters(person)}",
                "nik": nik_of(person),
                "kk": f"13740101012{10_000 + person}",
                "born": f"{born_of(person):%d-%m-%Y}",
                "village": VILLAGE[0],
                "desil": "2",
                "pkh": "YA",
                **changes,
            }
            for column, value in enumerate(values.values()):
                if isinstance(value, date):
                    page.write_datetime(n + 1, column, value)
                else:
                    page.write(n + 1, column, value)
            expected.append({"n": n + 2, "kind": kind, "verdict": verdict, "reasons": sorted(reasons)})
    (HERE / "workbook.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
