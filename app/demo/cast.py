"""The people of the story: who must stand in the registry before anybody comes to a desk.

A run of the story uses each person once, since aid that was given cannot be asked for again. So there is
a cast for each of :data:`RUNS` runs: the same people by name and birth date, told apart by the last four
digits of their numbers, 8001 for the first run. The invented people begin at 9001, and the registry,
counting the births of one day in one district, reaches neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from app.demo.people import FactMap, Household, Person, Registry, Village
from app.domain.identity import WOMEN_DAY, Sex

RUNS: Final = 80
"""How often the story can be played on the same data; the city's food parcels last as long."""
_FIRST_SERIAL: Final = 8001
_ISSUED: Final = "120315"
"""The day of most family cards; of two families of one district the second has a day of its own."""


@dataclass(frozen=True, slots=True)
class Role:
    """One household of the story; its first member is the one who comes."""

    village: Village
    name: str
    sex: Sex
    born_on: date
    desil: int
    address: str
    programs: tuple[str, ...] = ()
    person: FactMap = field(default_factory=dict)
    household: FactMap = field(default_factory=dict)
    child: tuple[str, Sex, date] | None = None
    issued: str = _ISSUED
    """The day of the family card."""


MOTHER: Final = Role(
    Village("13.08.05.2003", "Durian Tinggi"),
    "Nurhasanah",
    Sex.P,
    date(1995, 5, 17),
    2,
    "Jorong Contoh",
    person={"person.bpjs_status": "ACTIVE_PBI"},
    household={"household.children_0_6": 1, "household.children": 1, "household.pregnant": False},
    child=("Aisyah", Sex.P, date(2024, 2, 9)),
)
PATIENT: Final = Role(
    Village("13.71.02.1003", "Jati"),
    "Zulkifli",
    Sex.L,
    date(1971, 8, 3),
    4,
    "Jl. Contoh No. 12",
    person={"person.bpjs_status": "INACTIVE", "person.pbi_removed_months": 2},
)
OLD_MAN: Final = Role(
    Village("13.74.01.1005", "Guguk Malintang"),
    "Bahar",
    Sex.L,
    date(1949, 11, 21),
    1,
    "Jl. Contoh No. 3",
    programs=("SEMBAKO",),
    household={"household.elderly": 1, "household.elderly_alone": True},
)
WEAVER: Final = Role(
    Village("18.72.01.1003", "Imopuro"),
    "Suprapti",
    Sex.P,
    date(1983, 1, 30),
    3,
    "Jl. Contoh No. 27",
    programs=("SEMBAKO",),
    person={"person.disability": True, "person.disability_severe": False},
)
RECIPIENT: Final = Role(
    Village("13.08.14.2005", "Padang Mantinggi"),
    "Rosmaini",
    Sex.P,
    date(1988, 9, 2),
    3,
    "Jorong Contoh",
    programs=("PKH",),
    household={"household.school_children.sd": 1, "household.children": 1},
)
TRADER: Final = Role(
    Village("13.74.02.1004", "Silaing Bawah"),
    "Desmawati",
    Sex.P,
    date(1979, 4, 11),
    3,
    "Jl. Contoh No. 8",
    person={"person.occupation": "PEDAGANG"},
)
WIDOW: Final = Role(
    Village("63.03.05.2052", "Indrasari"),
    "Masitah",
    Sex.P,
    date(1964, 3, 12),
    2,
    "RT 005, Jl. Contoh",
    household={"household.elderly": 1},
)
PUPIL: Final = Role(
    Village("13.71.03.1004", "Purus"),
    "Rafi",
    Sex.L,
    date(2016, 6, 14),
    3,
    "Jl. Contoh No. 41",
    person={"person.school_grade": "SD", "person.kip_holder": False},
)
CITY_CASH: Final = Role(
    Village("13.74.01.1005", "Guguk Malintang"),
    "Syafrida",
    Sex.P,
    date(1986, 10, 8),
    3,
    "Jl. Contoh No. 16",
    person={"person.occupation": "BURUH"},
    issued="150316",
)
BAKER: Final = Role(
    Village("13.71.02.1003", "Jati"),
    "Elfitri",
    Sex.P,
    date(1990, 2, 22),
    3,
    "Jl. Contoh No. 30",
    programs=("SEMBAKO",),
    issued="150316",
)
STRUCK_OFF: Final = Role(
    Village("13.71.02.1003", "Jati"),
    "Yusmaniar",
    Sex.P,
    date(1968, 5, 9),
    3,
    "Jl. Contoh No. 52",
    person={"person.bpjs_status": "INACTIVE", "person.pbi_removed_months": 1},
    issued="170316",
)
INSURED: Final = Role(
    Village("13.71.02.1003", "Jati"),
    "Bachtiar",
    Sex.L,
    date(1975, 12, 4),
    3,
    "Jl. Contoh No. 61",
    programs=("PBI_JK",),
    issued="180316",
)
DEPARTED: Final = Role(
    Village("13.71.02.1003", "Jati"),
    "Sawirman",
    Sex.L,
    date(1938, 1, 17),
    2,
    "Jl. Contoh No. 70",
    issued="190316",
)
ROLES: Final = (
    MOTHER,
    PATIENT,
    OLD_MAN,
    WEAVER,
    RECIPIENT,
    TRADER,
    WIDOW,
    PUPIL,
    CITY_CASH,
    BAKER,
    STRUCK_OFF,
    INSURED,
    DEPARTED,
)


def nik_of(role: Role, run: int) -> str:
    return _nik(role.village, role.sex, role.born_on, run)


def kk_of(role: Role, run: int) -> str:
    return f"{_district(role.village)}{role.issued}{_serial(run)}"


def cast() -> Mapping[str, tuple[Household, ...]]:
    """Return everybody by regency, run after run."""
    by_regency: dict[str, list[Household]] = {}
    for run in range(1, RUNS + 1):
        for role in ROLES:
            by_regency.setdefault(role.village.code[:5], []).append(_household(role, run))
    return MappingProxyType({regency: tuple(found) for regency, found in by_regency.items()})


def _household(role: Role, run: int) -> Household:
    members = [_person(role, role.name, role.sex, role.born_on, role.person, run)]
    if role.child:
        members.append(_person(role, *role.child, {}, run))
    return Household(
        kk=kk_of(role, run),
        village=role.village,
        rt="001",
        rw="002",
        address=role.address,
        facts={
            "household.size": len(members),
            "household.single_person_kk": len(members) == 1,
            **role.household,
        },
        registry=Registry("DTSEN", "2026-Q4", role.desil, "ADA"),
        members=tuple(members),
    )


def _person(role: Role, name: str, sex: Sex, born_on: date, facts: FactMap, run: int) -> Person:
    return Person(
        name=name,
        nik=_nik(role.village, sex, born_on, run),
        sex=sex,
        born_on=born_on,
        phone=None,
        relation="KEPALA_KELUARGA" if name == role.name else "ANAK",
        facts={"person.has_nik": True, **facts},
        programs=role.programs,
    )


def _nik(village: Village, sex: Sex, born_on: date, run: int) -> str:
    day = born_on.day + (WOMEN_DAY if sex is Sex.P else 0)
    return f"{_district(village)}{day:02}{born_on:%m%y}{_serial(run)}"


def _district(village: Village) -> str:
    return village.code[:8].replace(".", "")


def _serial(run: int) -> int:
    return _FIRST_SERIAL + run - 1
