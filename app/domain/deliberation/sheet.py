"""The proposals of a village in the columns of SIKS-NG's village list.

Source: domain.md 5.2 (C 66); the ministry's own workbook was not found. What we do not know stays empty: a
flag that says "no" would be a statement. Every cell is text, and none is a formula wherever it is opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.cells import harmless

COLUMNS: Final = (
    "provinsi", "kabupaten", "kecamatan", "desa_kelurahan", "prop_capil", "kab_capil", "id_kec", "id_desa",
    "Nama", "NIK", "NOKK", "Alamat", "idsemesta", "verifyid", "FIRST_SK",
    "PKH", "BPNT", "BST", "PBI", "BLT", "BLT_BBM", "BNPT_PPKM", "SEMBAKO_ADAPTIF", "RUTILAHU", "ATENSI",
    "YAPI", "PERMAKANAN", "PENA",
    "periode_PKH", "periode_BPNT", "periode_BST", "periode_PBI", "periode_BLT", "periode_BLT_BBM",
    "periode_BNPT_PPKM", "periode_SEMBAKO_ADAPTIF", "periode_RUTILAHU", "periode_ATENSI", "periode_YAPI",
    "periode_PERMAKANAN", "periode_PENA",
    "is_nonaktif", "deleted_label", "masih_hidup_label", "keterangan_meninggal", "keterangan_disabilitas",
    "isAktifHamil", "is_btn_padankan", "padankan_at", "is_btn_dapodik", "aktorLabel", "pendampingShow",
)  # fmt: skip
_WHO: Final = "Musyawarah desa/kelurahan"


@dataclass(frozen=True, slots=True)
class Proposed:
    """Who is proposed. A number that is not known is empty: residents without NIK are proposed as well."""

    village: str
    name: str
    nik: str = ""
    kk: str = ""
    address: str = ""


def row_of(one: Proposed, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the cells of a person. *names*: of the regions, by code."""
    parts = one.village.split(".")
    province, regency, district = parts[0], ".".join(parts[:2]), ".".join(parts[:3])
    known = {
        "provinsi": names.get(province, ""),
        "kabupaten": names.get(regency, ""),
        "kecamatan": names.get(district, ""),
        "desa_kelurahan": names.get(one.village, ""),
        "prop_capil": one.nik[:2],
        "kab_capil": one.nik[:4],
        "id_kec": district.replace(".", ""),
        "id_desa": one.village.replace(".", ""),
        "Nama": one.name,
        "NIK": one.nik,
        "NOKK": one.kk,
        "Alamat": one.address,
        "aktorLabel": _WHO,
    }
    return tuple(harmless(known.get(column, "")) for column in COLUMNS)
