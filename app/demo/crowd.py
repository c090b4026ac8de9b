"""Who might be chosen for Kota Metro's Bhakti Sosial: invented people of all five kecamatan, by the hundred.

Their numbers end in 7001 to 7999, which neither cast nor invented people use. Some stand here to
be passed over: they hold the same aid already, or share a household with somebody who needs it more.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from app.demo.name_parts import FAMILY, MEN, WOMEN
from app.demo.people import FactMap, Household, Person, Registry, Village
from app.domain.identity import WOMEN_DAY, Sex

CROWD_REGENCY: Final = "18.72"
HELD: Final = "BHAKTI_SOSIAL-1872"
_FIRST_SERIAL: Final = 7001
_VILLAGES: Final = (
    Village("18.72.01.1003", "Imopuro"),
    Village("18.72.02.1001", "Banjarsari"),
    Village("18.72.03.1001", "Mulyojati"),
    Village("18.72.04.1003", "Iring Mulyo"),
    Village("18.72.05.1001", "Rejomulyo"),
)
_DISABLED: Final[FactMap] = {"person.disability": True}
_NEGLECTED: Final[FactMap] = {"person.neglect_assessed": True}
_DISTRICT: Final[tuple[tuple[int, int, int, FactMap, tuple[str, ...]], ...]] = (
    # How many in each kecamatan, their first year of birth, desil, what is known, and aid that they hold.
    # Poorer than the cast of the other scenes, who must not be chosen here before their own turn.
    (36, 1975, 2, _DISABLED, ()),
    (36, 1944, 6, _NEGLECTED, ()),
    (50, 1980, 2, {}, ()),
    (4, 1978, 1, {}, (HELD,)),
)
_SHARING: Final = 3
"""Households in each kecamatan with two who might be chosen."""


def crowd() -> dict[str, list[Household]]:
    """Return the people by regency; always the same."""
    return {CROWD_REGENCY: list(_households())}


def _households() -> Iterator[Household]:
    n = 0
    for village in _VILLAGES:
        for count, year, desil, facts, programs in _DISTRICT:
            for turn in range(count):
                yield _household(village, n, [(year + turn % 14, facts)], desil + turn % 2, programs)
                n += 1
        for _ in range(_SHARING):
            yield _household(village, n, [(1984, _DISABLED), (1946, _NEGLECTED)], 1, ())
            n += 2


def _household(
    village: Village,
    n: int,
    members: list[tuple[int, FactMap]],
    desil: int,
    programs: tuple[str, ...],
) -> Household:
    district = village.code[:8].replace(".", "")
    people = tuple(_person(district, n + place, *one, programs) for place, one in enumerate(members))
    return Household(
        kk=f"{district}100615{_FIRST_SERIAL + n}",
        village=village,
        rt=f"{n % 8 + 1:03}",
        rw=f"{n % 12 + 1:03}",
        address=f"Jl. Contoh No. {n + 1}",
        facts={"household.size": len(people), "household.income_below_minimum": n % 3 == 0},
        registry=Registry("DTSEN", "2026-Q4", desil, "ADA"),
        members=people,
    )


def _person(district: str, n: int, year: int, facts: FactMap, programs: tuple[str, ...]) -> Person:
    sex = Sex.P if n % 2 else Sex.L
    born = date(year, n % 12 + 1, n % 28 + 1)
    day = born.day + (WOMEN_DAY if sex is Sex.P else 0)
    given = (WOMEN if sex is Sex.P else MEN)[n % len(MEN if sex is Sex.L else WOMEN)]
    return Person(
        name=f"{given} {FAMILY[n % len(FAMILY)]}",
        nik=f"{district}{day:02}{born:%m%y}{_FIRST_SERIAL + n}",
        sex=sex,
        born_on=born,
        phone=None,
        relation="KEPALA_KELUARGA",
        facts={"person.has_nik": True, **facts},
        programs=programs,
    )
