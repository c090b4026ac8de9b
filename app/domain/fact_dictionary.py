"""Every fact that a criterion may ask for: its type, its words, and who knows it.

The dictionary is closed: a criterion over another name is refused. Adding a fact is an addition of code
because somebody must fill it; the rules over the facts are data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.codes import CaseKind, Priority
from app.domain.documents import Words


class FactType(StrEnum):
    BOOL = "bool"
    INT = "int"
    CODE = "code"
    SET = "set"


class Source(StrEnum):
    """Who normally knows the value."""

    REGISTRY = "registry"
    IDENTITY = "identity"
    RESIDENT = "resident"
    ASSESSMENT = "assessment"
    LEDGER = "ledger"
    CASE = "case"
    PLACE = "place"


_NO_NAMES: Final[Mapping[str, Words]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    type: FactType
    label: Words
    source: Source
    question: Words
    """What to ask the resident, or to look up, when the value is unknown."""
    sensitive: bool = False
    """About health, a child, or a stigma: ask for it last, show it least (Law 27/2022, article 4)."""
    low: int = 0
    high: int = 0
    """Bounds of a whole number, both included."""
    codes: frozenset[str] | None = None
    """The closed list of a code; ``None`` where the list is data."""
    names: Mapping[str, Words] = field(default_factory=lambda: _NO_NAMES)
    """The words for a code, as ``codes.json`` has them; where there are none the code is said."""


_REG, _IDN, _RES = Source.REGISTRY, Source.IDENTITY, Source.RESIDENT
_ASM, _LED, _CAS, _PLC = Source.ASSESSMENT, Source.LEDGER, Source.CASE, Source.PLACE

# Name, source, label and question; a mark "!" before the label makes the fact sensitive.
_Row = tuple[str, Source, str, str, str, str]

_BOOLS: Final[tuple[_Row, ...]] = (
    ("registry.listed", _REG, "Terdaftar di DTSEN", "Listed in the registry",
     "Apakah namanya ada di DTSEN?", "Is she listed in the registry?"),
    ("registry.old", _REG, "Data DTSEN sudah lama", "Registry data is old",
     "Apakah data DTSEN-nya sudah lama?", "Is the registry data old?"),
    ("registry.excluded", _REG, "Dikecualikan di DTSEN", "Excluded in the registry",
     "Apakah ada tanda pengecualian di DTSEN?", "Is she marked as excluded in the registry?"),
    ("person.has_nik", _IDN, "Memiliki NIK", "Has a NIK",
     "Apakah memiliki NIK?", "Does she have a NIK?"),
    ("person.disability", _RES, "!Penyandang disabilitas", "Person with disability",
     "Apakah menyandang disabilitas?", "Does she live with a disability?"),
    ("person.disability_severe", _ASM, "!Disabilitas berat", "Severe disability",
     "Apakah disabilitasnya berat?", "Is the disability severe?"),
    ("person.chronic_illness", _RES, "!Sakit menahun atau katastropik", "Chronic illness",
     "Apakah menderita sakit menahun?", "Does she have a chronic illness?"),
    ("person.medical_emergency", _RES, "!Keadaan gawat medis", "Medical emergency",
     "Apakah keadaannya gawat sekarang?", "Is it a medical emergency now?"),
    ("person.health_letter", _RES, "!Surat fasilitas kesehatan", "Health facility letter",
     "Apakah ada surat dari fasilitas kesehatan?", "Is there a letter from a health facility?"),
    ("person.newborn_of_pbi_mother", _RES, "!Bayi dari ibu peserta PBI", "Newborn of a PBI mother",
     "Apakah bayi dari ibu peserta PBI?", "Is it a newborn of a PBI mother?"),
    ("person.in_care_now", _RES, "!Sedang dirawat", "In care now",
     "Apakah sedang dirawat?", "Is she in care now?"),
    ("person.orphan", _RES, "!Yatim, piatu atau yatim piatu", "Orphan",
     "Apakah yatim atau piatu?", "Is the child an orphan?"),
    ("person.kip_holder", _RES, "Pemegang KIP", "Holds a KIP card",
     "Apakah memegang Kartu Indonesia Pintar?", "Does the child hold a KIP card?"),
    ("person.farmer_group", _RES, "Anggota kelompok tani", "Member of a farmer group",
     "Apakah anggota kelompok tani?", "Is she a member of a farmer group?"),
    ("person.job_lost", _RES, "Kehilangan pekerjaan", "Lost the job",
     "Apakah kehilangan pekerjaan?", "Did she lose her job?"),
    ("person.pensioner", _RES, "Penerima pensiun", "Receives a pension",
     "Apakah menerima pensiun?", "Does she receive a pension?"),
    ("person.assessed_poor", _ASM, "Dinilai miskin lewat kunjungan", "Assessed poor by a visit",
     "Apa hasil penilaian kunjungan rumah?", "What did the home visit find?"),
    ("person.neglect_assessed", _ASM, "!Dinilai terlantar", "Assessed as neglected",
     "Apa hasil penilaian ketelantaran?", "What did the assessment of neglect find?"),
    ("person.disaster_victim", _RES, "Korban bencana", "Victim of a disaster",
     "Apakah korban bencana?", "Is she a victim of a disaster?"),
    ("person.migrant_worker", _RES, "Pekerja migran", "Migrant worker",
     "Apakah pekerja migran?", "Is she a migrant worker?"),
    ("household.pregnant", _RES, "!Ada ibu hamil atau nifas", "Somebody is pregnant",
     "Apakah ada ibu hamil atau nifas di rumah?", "Is anybody in the household pregnant?"),
    ("household.severe_disability", _RES, "!Ada anggota disabilitas berat",
     "A member with severe disability",
     "Apakah ada anggota dengan disabilitas berat?", "Has a member a severe disability?"),
    ("household.elderly_alone", _RES, "Lansia hidup sendiri", "Elderly person living alone",
     "Apakah lansia hidup sendiri?", "Does the elderly person live alone?"),
    ("household.single_person_kk", _IDN, "KK satu orang", "Family card of one person",
     "Apakah KK berisi satu orang?", "Is she alone on the family card?"),
    ("household.income_below_minimum", _RES, "Penghasilan paling tinggi upah minimum",
     "Income not above the minimum wage",
     "Apakah penghasilan rumah tangga tidak lebih dari upah minimum?",
     "Is the household's income not above the minimum wage?"),
    ("household.house_unfit", _ASM, "Rumah tidak layak huni", "House unfit to live in",
     "Apakah rumahnya tidak layak huni?", "Is the house unfit to live in?"),
    ("household.owns_land", _RES, "Memiliki tanah yang sah", "Owns the land legally",
     "Apakah tanahnya milik sendiri dan sah?", "Does she own the land legally?"),
    ("household.housing_aid_10y", _RES, "Menerima bantuan rumah dalam 10 tahun",
     "Housing aid within 10 years",
     "Apakah pernah menerima bantuan rumah dalam 10 tahun?",
     "Was there housing aid within the last 10 years?"),
    ("household.civil_servant", _RES, "Ada anggota ASN, TNI atau Polri",
     "A member is a civil servant, soldier or police officer",
     "Apakah ada anggota ASN, TNI atau Polri?",
     "Is a member a civil servant, soldier or police officer?"),
    ("household.wage_above_minimum", _RES, "Ada upah di atas upah minimum",
     "A wage above the minimum",
     "Apakah ada anggota berupah di atas upah minimum?",
     "Does a member earn more than the minimum wage?"),
    ("household.parent_lost_job", _RES, "Orang tua kehilangan pekerjaan", "A parent lost the job",
     "Apakah orang tua kehilangan pekerjaan?", "Did a parent lose the job?"),
)  # fmt: skip

_INTS: Final[tuple[tuple[*_Row, int, int], ...]] = (
    ("registry.desil", _REG, "Desil", "Decile",
     "Berapa desilnya menurut DTSEN?", "Which decile does the registry give?", 1, 10),
    ("person.age", _IDN, "Umur", "Age", "Berapa umurnya?", "How old is she?", 0, 130),
    ("person.pbi_removed_months", _REG, "Bulan sejak PBI dinonaktifkan", "Months since PBI was removed",
     "Berapa bulan sejak PBI dinonaktifkan?", "How many months ago was PBI removed?", 0, 600),
    ("household.size", _IDN, "Jumlah anggota rumah tangga", "Household size",
     "Berapa orang tinggal di rumah?", "How many people live in the household?", 1, 60),
    ("household.children_0_6", _IDN, "Anak 0\u20136 tahun", "Children aged 0\u20136",
     "Berapa anak berumur 0\u20136 tahun?", "How many children are 0\u20136 years old?", 0, 30),
    ("household.school_children.sd", _RES, "Anak SD", "Children in primary school",
     "Berapa anak bersekolah di SD?", "How many children are in primary school?", 0, 30),
    ("household.school_children.smp", _RES, "Anak SMP", "Children in junior high school",
     "Berapa anak bersekolah di SMP?", "How many children are in junior high school?", 0, 30),
    ("household.school_children.sma", _RES, "Anak SMA", "Children in senior high school",
     "Berapa anak bersekolah di SMA?", "How many children are in senior high school?", 0, 30),
    ("household.children", _IDN, "Jumlah anak", "Children",
     "Berapa jumlah anak di bawah 18 tahun?", "How many children are under 18?", 0, 30),
    ("household.elderly", _IDN, "Lansia 60 tahun ke atas", "People aged 60 and over",
     "Berapa anggota berumur 60 tahun ke atas?", "How many members are 60 or older?", 0, 30),
)  # fmt: skip

_CODES: Final[tuple[tuple[*_Row, frozenset[str] | None], ...]] = (
    ("registry.source", _REG, "Sumber data registri", "Source of the registry data",
     "Dari daftar apa data registrinya?", "Which registry is the data of?", None),
    ("registry.period", _REG, "Periode data registri", "Period of the registry data",
     "Dari periode apa data registrinya?", "Of which period is the registry data?", None),
    ("registry.dropped_in", _REG, "Keluar dari DTSEN pada periode", "Dropped from the registry in",
     "Pada periode apa namanya keluar dari DTSEN?", "In which period was she dropped?", None),
    ("registry.status", _REG, "Hasil cek DTSEN", "Registry result",
     "Apa hasil cek DTSEN?", "What did the registry check find?",
     frozenset({"ADA", "TIDAK_ADA", "GANDA", "TIDAK_PADAN", "NONAKTIF", "MENINGGAL", "PINDAH", "EXCLUDE"})),
    ("person.sex", _IDN, "Jenis kelamin", "Sex", "Laki-laki atau perempuan?", "Male or female?",
     frozenset({"L", "P"})),
    ("person.bpjs_status", _RES, "Status BPJS Kesehatan", "Health insurance status",
     "Bagaimana status BPJS Kesehatannya?", "What is the status of the health insurance?",
     frozenset({"ACTIVE_PBI", "ACTIVE_OTHER", "INACTIVE", "NONE"})),
    ("person.school_grade", _RES, "Jenjang sekolah", "School grade",
     "Di jenjang apa bersekolah?", "Which school level does she attend?",
     frozenset({"SD", "SMP", "SMA", "KULIAH", "PUTUS"})),
    ("person.occupation", _RES, "Pekerjaan", "Occupation", "Apa pekerjaannya?", "What is her work?",
     frozenset({"PETANI", "NELAYAN", "BURUH", "PEDAGANG", "PENSIUNAN", "TIDAK_BEKERJA", "LAINNYA"})),
    ("case.kind", _CAS, "Jenis kasus", "Kind of case",
     "Apa jenis kasusnya?", "What kind of case is it?", frozenset(CaseKind)),
    ("case.category", _CAS, "Kategori kasus", "Category of the case",
     "Apa kategori kasusnya?", "Which category is the case?", None),
    ("case.sector", _CAS, "Bidang kasus", "Sector of the case",
     "Bidang apa yang diperlukan?", "Which sector is needed?", None),
    ("case.priority", _CAS, "Prioritas", "Priority",
     "Seberapa mendesak?", "How urgent is it?", frozenset(Priority)),
    ("place.village", _PLC, "Desa atau kelurahan", "Village",
     "Di desa atau kelurahan mana tinggal?", "In which village does she live?", None),
    ("place.village_kind", _PLC, "Jenis desa", "Kind of village",
     "Desa, kelurahan atau desa adat?", "Which kind of village is it?",
     frozenset({"kelurahan", "desa", "desa_adat"})),
    ("place.regency", _PLC, "Kabupaten atau kota", "Regency or city",
     "Di kabupaten atau kota mana tinggal?", "In which regency does she live?", None),
)  # fmt: skip

_SETS: Final[tuple[_Row, ...]] = (
    ("person.ppks", _ASM, "!Kategori PPKS", "PPKS categories",
     "Apakah termasuk kategori PPKS?", "Does a PPKS category apply?"),
    ("ledger.active_programs", _LED, "Bantuan yang diterima", "Aid received",
     "Bantuan apa yang sedang diterima?", "Which aid does the household receive now?"),
)  # fmt: skip


_NAMES: Final[Mapping[str, Mapping[str, Words]]] = {
    "person.sex": {
        "L": Words("Laki-laki", "Male"),
        "P": Words("Perempuan", "Female"),
    },
    "person.bpjs_status": {
        "ACTIVE_PBI": Words("Aktif, iuran dibayar pemerintah", "Active, paid by the state"),
        "ACTIVE_OTHER": Words("Aktif, jenis lain", "Active, other kind"),
        "INACTIVE": Words("Nonaktif", "Inactive"),
        "NONE": Words("Belum pernah terdaftar", "Never a member"),
    },
    "person.school_grade": {
        "SD": Words("SD/sederajat", "Primary"),
        "SMP": Words("SMP/sederajat", "Lower secondary"),
        "SMA": Words("SMA/SMK/sederajat", "Upper secondary"),
        "KULIAH": Words("Kuliah", "Higher education"),
        "PUTUS": Words("Putus sekolah", "Dropped out"),
    },
    "person.occupation": {
        "PETANI": Words("Petani", "Farmer"),
        "NELAYAN": Words("Nelayan", "Fisher"),
        "BURUH": Words("Buruh", "Labourer"),
        "PEDAGANG": Words("Pedagang", "Trader"),
        "PENSIUNAN": Words("Pensiunan", "Pensioner"),
        "TIDAK_BEKERJA": Words("Tidak bekerja", "Not working"),
        "LAINNYA": Words("Lainnya", "Other"),
    },
    "place.village_kind": {
        "kelurahan": Words("Kelurahan", "Urban village"),
        "desa": Words("Desa (termasuk nagari)", "Village (nagari included)"),
        "desa_adat": Words("Desa adat", "Customary village"),
    },
}


def _fact(row: _Row, kind: FactType, **more: object) -> Fact:
    name, source, label, label_en, ask, ask_en = row
    return Fact(
        name=name,
        type=kind,
        label=Words(label.removeprefix("!"), label_en),
        source=source,
        question=Words(ask, ask_en),
        sensitive=label.startswith("!"),
        names=MappingProxyType(_NAMES.get(name, {})),
        **more,  # type: ignore[arg-type]
    )


def _all() -> dict[str, Fact]:
    rows = [
        *(_fact(row, FactType.BOOL) for row in _BOOLS),
        *(_fact(row[:6], FactType.INT, low=row[6], high=row[7]) for row in _INTS),
        *(_fact(row[:6], FactType.CODE, codes=row[6]) for row in _CODES),
        *(_fact(row, FactType.SET) for row in _SETS),
    ]
    order = {source: place for place, source in enumerate(Source)}
    return {fact.name: fact for fact in sorted(rows, key=lambda fact: order[fact.source])}


FACTS: Final[Mapping[str, Fact]] = MappingProxyType(_all())
"""By name, easiest to learn first: the registry, the identity card, the resident's word, an assessment."""
