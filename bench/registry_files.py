"""Registry lists of any size, as a ministry sends them: eighteen columns, every person invented."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

REGENCY: Final = "13.71"
_VILLAGES: Final = ("FLAMBOYAN BARU", "PURUS")
_HEAD: Final = (
    "No,Provinsi,Kabupaten,Kecamatan,Desa_Kelurahan,Nama,NIK,Nokk,Jenis_Kelamin,Tanggal_Lahir,Alamat,RT,RW,"
    "Desil,PKH,BPNT,PBI,Keterangan\n"
)
_FIRST: Final = (
    "SITI", "AHMAD", "NUR", "DEWI", "BUDI", "RINA", "YULIA", "MUHAMMAD", "HENDRA", "RAHMA", "FITRI", "ANDI",
    "LINA", "SRI", "EKO", "WAHYU",
)  # fmt: skip
_PARTS: Final = (
    "A", "BA", "CA", "DA", "FA", "GA", "HA", "JA", "KA", "LA", "MA", "NA", "PA", "RA", "SA", "TA", "WA", "YA",
    "ZA", "BI", "DI", "LI", "MI", "NI", "RI", "SI", "TI",
)  # fmt: skip
_BIRTHS: Final = 20_000


def write(path: Path, rows: int, *, of: int = 0, changed: int = 20) -> None:
    """Write a list. In number *of*, one person in *changed* is another one, and one is ranked anew."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(_HEAD)
        out.writelines(_lines(rows, of, changed))


def _lines(rows: int, of: int, changed: int) -> Iterator[str]:
    drawn = random.Random(20_260_901)  # noqa: S311  # the same persons in every run
    for n in range(rows):
        one, two = "".join(drawn.choices(_PARTS, k=3)), "".join(drawn.choices(_PARTS, k=2))
        name = f"{drawn.choice(_FIRST)} {one} {two}N"
        person = n + rows * of if of and n % changed == 0 else n
        desil = n % 11 if not of or n % changed != 1 else (n + 3) % 11
        born = date(1945, 1, 1) + timedelta(days=person % _BIRTHS)
        woman = person // _BIRTHS % 2
        nik = f"137101{born.day + 40 * woman:02}{born:%m%y}{1 + person // _BIRTHS:04}"
        head = person // 3 * 3
        kk = f"137101{1 + head % 28:02}{1 + head % 12:02}{10 + head % 15:02}{1 + head // 3 % 9998:04}"
        village = _VILLAGES[n % 2]
        yield (
            f"{n + 1},SUMATERA BARAT,KOTA PADANG,PADANG BARAT,{village},{name},{nik},{kk},"
            f"{'LP'[woman]},{born:%d-%m-%Y},JL. CONTOH NO {n % 99},{n % 9 + 1:03},{n % 7 + 1:03},{desil},"
            f"{'YA' if n % 4 == 0 else 'TIDAK'},{'YA' if n % 3 == 0 else 'TIDAK'},TIDAK,\n"
        )
