"""Invented households and persons for the demo, for tests and for benchmarks.

The same seed, day and villages always give the same people, and a longer run begins as a shorter one
does. Nothing is kept but two counters per district, so a million take no more memory than a thousand.

Nobody real is meant: NIK and KK have valid form and the village's district, but serials from 9001,
which the registry, counting the births of one day in one district, does not reach; phones lie in +62
839, which no operator is known to use.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final, NamedTuple

from app.demo.name_parts import FAMILY, FEMALE_FAMILY, MEN, STREETS, WOMEN
from app.domain.identity import WOMEN_DAY, Sex

FactMap = dict[str, bool | int | str]

FIRST_SERIAL: Final = 9001
SERIALS: Final = 999
SLOTS: Final = 730
PER_DISTRICT: Final = SERIALS * SLOTS
"""How many persons, and how many households, one district can hold without a number given twice."""
OLDEST: Final = 92
LISTED_SHARE: Final = 0.88
_PHONE_STEP: Final = 611_953
_PHONES: Final = 1_000_000_000
# Desil 0 (not ranked yet) to 10, as a hundred draws: the desk's village is poorer than the country.
_DESIL: Final = tuple(d for d, n in enumerate((6, 12, 13, 13, 12, 10, 9, 8, 7, 6, 4)) for _ in range(n))
_WORK: Final = (
    ("PETANI",) * 30 + ("BURUH",) * 22 + ("PEDAGANG",) * 16 + ("NELAYAN",) * 5 + ("TIDAK_BEKERJA",) * 12
    + ("LAINNYA",) * 15
)  # fmt: skip
_OLD_WORK: Final = ("TIDAK_BEKERJA",) * 50 + ("PETANI",) * 30 + ("PENSIUNAN",) * 12 + ("PEDAGANG",) * 8
_BPJS: Final = {
    "poor": ("ACTIVE_PBI",) * 75 + ("INACTIVE",) * 12 + ("NONE",) * 13,
    "middle": ("ACTIVE_PBI",) * 20 + ("ACTIVE_OTHER",) * 40 + ("INACTIVE",) * 15 + ("NONE",) * 25,
    "rich": ("ACTIVE_OTHER",) * 75 + ("NONE",) * 25,
    "outside": ("ACTIVE_OTHER",) * 25 + ("INACTIVE",) * 30 + ("NONE",) * 45,
}
_GRADES: Final = ("",) * 7 + ("SD",) * 6 + ("SMP",) * 3 + ("SMA",) * 3
_STATUS: Final = ("ADA",) * 97 + ("EXCLUDE",) * 2 + ("NONAKTIF",)
_PKH_DESIL, _SEMBAKO_DESIL, _RICH_DESIL = range(1, 5), range(1, 6), range(7, 11)
_PKH_COMPONENTS: Final = (
    "household.pregnant",
    "household.children_0_6",
    "household.school_children.sd",
    "household.school_children.smp",
    "household.school_children.sma",
    "household.severe_disability",
    "household.elderly",
)
_ADULT, _OLD, _OLDEST_CHILD, _MAY_LEAVE, _HAS_PHONE = 18, 60, 24, 12, 17
_FERTILE, _TODDLER = range(18, 43), range(7)


class Village(NamedTuple):
    code: str
    name: str


class Registry(NamedTuple):
    """What the integrated registry says of the household."""

    source: str
    period: str
    desil: int
    """0 is "not ranked yet", 1 to 10 the decile."""
    status: str


class Person(NamedTuple):
    name: str
    nik: str | None
    sex: Sex
    born_on: date
    phone: str | None
    relation: str
    facts: FactMap
    """``person.*`` of the fact dictionary."""
    programs: tuple[str, ...]
    """Codes of the programmes held, the household's included."""


class Household(NamedTuple):
    kk: str
    village: Village
    rt: str
    rw: str
    address: str
    facts: FactMap
    """``household.*`` of the fact dictionary."""
    registry: Registry | None
    """``None``: outside the registry."""
    members: tuple[Person, ...]
    """The head first."""


def invent(seed: int, number: int, villages: Sequence[Village], *, today: date) -> Iterator[Household]:
    """Yield households with exactly *number* persons in all, spread over *villages* in turn.

    Raises:
        ValueError: no village, or more people than the districts have numbers for (:data:`PER_DISTRICT`).
    """
    if not villages:
        raise ValueError("people need a village to live in")
    maker = _Maker(Random(seed), today)  # noqa: S311 - invented people, not secrets
    left, turn = number, 0
    while left > 0:
        household = maker.household(villages[turn % len(villages)], left)
        left -= len(household.members)
        turn += 1
        yield household


@dataclass(slots=True)
class _Plan:
    relation: str
    sex: Sex
    age: int


class _Numbers:
    """Gives every number once, remembering one counter per district.

    The k-th number of a district has serial ``k mod 999`` and a date whose slot (parity of the year and
    day of the year) is fixed by k, so two numbers with one serial differ in their date. The year itself
    is free, but for its parity.
    """

    def __init__(self, today: date) -> None:
        self._today = today.toordinal()
        self._this_year = today.year
        self._given: dict[str, int] = {}
        first = today.year - OLDEST - 8
        self._years = {year: date(year, 1, 1).toordinal() for year in range(first, today.year + 1)}

    def give(self, district: str, year: int) -> tuple[date, int]:
        """Return a date near *year*, never after today, and a serial: together new in the district."""
        given = self._given.get(district, 0)
        self._given[district] = given + 1
        block, place = divmod(given, SERIALS)
        if block >= SLOTS:
            raise ValueError("a district has no numbers left; spread the people over more villages")
        parity, day = divmod((block + place * 601) % SLOTS, 365)
        if year % 2 != parity:
            year -= 1
        ordinal = self._years[year] + day
        if ordinal > self._today:
            ordinal = self._years[year - 2] + day
        return date.fromordinal(ordinal), FIRST_SERIAL + place


class _Maker:
    def __init__(self, random: Random, today: date) -> None:
        self._random = random.random
        self._today = today
        self._period = f"{today.year}-Q{(today.month + 2) // 3}"
        self._niks = _Numbers(today)
        self._kks = _Numbers(today)
        self._phones = 0

    def household(self, village: Village, room: int) -> Household:
        """Return one household with at most *room* members."""
        plans = self._plans()[:room]
        registry = self._registry()
        bpjs = self._pick(_BPJS[_class_of(registry)])
        district = village.code[:8].replace(".", "")
        family = self._pick(FAMILY)
        members = [self._person(plan, district, family, bpjs, registry) for plan in plans]
        facts = self._household_facts(members, registry)
        shared = self._shared_programs(facts, registry)
        if shared:
            members = [member._replace(programs=shared + member.programs) for member in members]
        issued, serial = self._kks.give(district, self._today.year - self._upto(14))
        return Household(
            kk=f"{district}{_six(issued.day, issued)}{serial}",
            village=village,
            rt=f"{self._upto(8) + 1:03}",
            rw=f"{self._upto(12) + 1:03}",
            address=f"Jl. {self._pick(STREETS)} No. {self._upto(150) + 1}",
            facts=facts,
            registry=registry,
            members=tuple(members),
        )

    def _chance(self, share: float) -> bool:
        return self._random() < share

    def _upto(self, bound: int) -> int:
        return int(self._random() * bound)

    def _pick(self, values: Sequence[str]) -> str:
        return values[int(self._random() * len(values))]

    def _plans(self) -> list[_Plan]:
        """Return who lives together: alone, a couple, parents with children, or three generations."""
        if self._chance(0.05):
            return [_Plan("KEPALA_KELUARGA", self._sex(0.35), 62 + self._upto(26))]
        if self._chance(0.03):
            return [_Plan("KEPALA_KELUARGA", self._sex(0.5), 20 + self._upto(38))]
        mother = 20 + self._upto(38)
        if self._chance(0.11):
            return [_Plan("KEPALA_KELUARGA", Sex.P, mother), *self._children(mother)]
        together = [
            _Plan("KEPALA_KELUARGA", Sex.L, mother + self._upto(7)),
            _Plan("ISTRI", Sex.P, mother),
        ]
        if self._chance(0.12):
            return together
        together += self._children(mother)
        if self._chance(0.13):
            together.append(_Plan("ORANG_TUA", Sex.P, min(OLDEST, mother + 20 + self._upto(12))))
        return together

    def _children(self, mother: int) -> list[_Plan]:
        youngest, span = max(0, mother - 40), max(1, min(23, mother - 18))
        ages = [min(_OLDEST_CHILD, youngest + self._upto(span)) for _ in range(1 + int(self._random() * 3.4))]
        return [_Plan("ANAK", self._sex(0.51), age) for age in sorted(ages, reverse=True)]

    def _sex(self, men: float) -> Sex:
        return Sex.L if self._random() < men else Sex.P

    def _registry(self) -> Registry | None:
        if not self._chance(LISTED_SHARE):
            return None
        return Registry("DTSEN", self._period, _DESIL[self._upto(100)], self._pick(_STATUS))

    def _person(
        self, plan: _Plan, district: str, family: str, bpjs: str, registry: Registry | None
    ) -> Person:
        born, serial = self._niks.give(district, self._today.year - plan.age)
        age = _age(born, self._today)
        woman = plan.sex is Sex.P
        # Babies get their number late; and a few adults never had one.
        has_nik = not self._chance(0.006 if age else 0.3)
        day = born.day + WOMEN_DAY if woman else born.day
        facts = self._person_facts(age, bpjs, registry)
        facts["person.has_nik"] = has_nik
        own = self._pick(WOMEN if woman else MEN)
        last = self._pick(FEMALE_FAMILY) if woman and self._chance(0.7) else family
        return Person(
            name=f"{own} {last}",
            nik=f"{district}{_six(day, born)}{serial}" if has_nik else None,
            sex=plan.sex,
            born_on=born,
            phone=self._phone() if age >= _HAS_PHONE and self._chance(0.6) else None,
            relation=plan.relation,
            facts=facts,
            programs=_own_programs(facts),
        )

    def _phone(self) -> str:
        self._phones += 1
        return f"+62839{self._phones * _PHONE_STEP % _PHONES:09}"

    def _person_facts(self, age: int, bpjs: str, registry: Registry | None) -> FactMap:
        disability = self._chance(0.025)
        facts: FactMap = {
            "person.bpjs_status": bpjs,
            "person.disability": disability,
            "person.disability_severe": disability and self._chance(0.3),
        }
        if bpjs == "INACTIVE" and self._chance(0.6):
            facts["person.pbi_removed_months"] = 1 + self._upto(11)
        if age < len(_GRADES) and _GRADES[age]:
            self._add_pupil(facts, age, registry)
        if age >= _ADULT:
            self._add_adult(facts, age)
        return facts

    def _add_pupil(self, facts: FactMap, age: int, registry: Registry | None) -> None:
        left = age >= _MAY_LEAVE and self._chance(0.05)
        poor = _class_of(registry) == "poor"
        facts["person.school_grade"] = "PUTUS" if left else _GRADES[age]
        facts["person.kip_holder"] = poor and not left and self._chance(0.5)

    def _add_adult(self, facts: FactMap, age: int) -> None:
        work = self._pick(_OLD_WORK if age >= _OLD else _WORK)
        facts["person.occupation"] = work
        facts["person.pensioner"] = work == "PENSIUNAN"
        facts["person.chronic_illness"] = self._chance(age / 1000)
        if work == "PETANI":
            facts["person.farmer_group"] = self._chance(0.4)

    def _household_facts(self, members: list[Person], registry: Registry | None) -> FactMap:
        ages = [_age(member.born_on, self._today) for member in members]
        grades = [member.facts.get("person.school_grade") for member in members]
        elderly = sum(age >= _OLD for age in ages)
        fertile = any(m.sex is Sex.P and a in _FERTILE for m, a in zip(members, ages, strict=True))
        poor = _class_of(registry) == "poor"
        return {
            "household.size": len(members),
            "household.pregnant": fertile and self._chance(0.08),
            "household.children": sum(age < _ADULT for age in ages),
            "household.children_0_6": sum(age in _TODDLER for age in ages),
            "household.school_children.sd": grades.count("SD"),
            "household.school_children.smp": grades.count("SMP"),
            "household.school_children.sma": grades.count("SMA"),
            "household.severe_disability": any(m.facts["person.disability_severe"] for m in members),
            "household.elderly": elderly,
            "household.elderly_alone": elderly == len(members) == 1,
            "household.single_person_kk": len(members) == 1,
            "household.income_below_minimum": self._chance(0.95 if poor else 0.3),
            "household.house_unfit": self._chance(0.25 if poor else 0.04),
            "household.owns_land": self._chance(0.6),
            "household.civil_servant": not poor and self._chance(0.06),
        }

    def _shared_programs(self, facts: FactMap, registry: Registry | None) -> tuple[str, ...]:
        """Return the household's aid, as decile and components allow; not all who may have it do."""
        if registry is None or registry.status != "ADA" or registry.desil not in _SEMBAKO_DESIL:
            return ()
        pkh = registry.desil in _PKH_DESIL and any(facts[name] for name in _PKH_COMPONENTS)
        held = ("PKH",) if pkh and self._chance(0.55) else ()
        return (*held, "SEMBAKO") if self._chance(0.55) else held


def _class_of(registry: Registry | None) -> str:
    if registry is None:
        return "outside"
    if registry.desil in _PKH_DESIL:
        return "poor"
    return "rich" if registry.desil in _RICH_DESIL else "middle"


def _own_programs(facts: FactMap) -> tuple[str, ...]:
    held = ("PBI_JK",) if facts["person.bpjs_status"] == "ACTIVE_PBI" else ()
    return (*held, "PIP") if facts.get("person.kip_holder") else held


def _six(day: int, on: date) -> str:
    return f"{day:02}{on.month:02}{on.year % 100:02}"


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
