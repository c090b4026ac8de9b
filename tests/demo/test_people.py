"""Invented people: the same every time, of valid form, each number once, and true to their own data."""

import tracemalloc
from collections import Counter
from datetime import date
from itertools import islice

import pytest

from app.demo.people import FIRST_SERIAL, Household, Village, invent
from app.domain.fact_dictionary import FACTS
from app.domain.facts import age_on, parse_fact
from app.domain.identity import Kk, Nik, Phone, Sex, parse_kk, parse_nik, parse_phone

TODAY = date(2026, 11, 25)
VILLAGES = [
    Village("13.74.01.1003", "Guguk Malintang"),
    Village("13.74.02.1001", "Silaing Bawah"),
    Village("63.03.05.2003", "Sungai Tabuk"),
    Village("18.72.01.1001", "Metro"),
]


def people(number: int, seed: int = 7) -> list[Household]:
    return list(invent(seed, number, VILLAGES, today=TODAY))


@pytest.fixture(scope="module")
def crowd() -> list[Household]:
    return people(20_000)


def test_the_number_is_exact_and_the_run_repeats(crowd: list[Household]) -> None:
    assert sum(len(h.members) for h in crowd) == 20_000
    assert people(500) == people(500)
    assert people(500) != people(500, seed=8)
    # A longer run begins as a shorter one does; only the last household may be cut.
    assert people(500)[:-1] == crowd[: len(people(500)) - 1]
    assert people(0) == []
    assert sum(len(h.members) for h in people(1)) == 1
    people_of_nowhere = invent(1, 1, [], today=TODAY)
    with pytest.raises(ValueError, match="village"):
        next(people_of_nowhere)


def test_every_number_is_valid_and_given_once(crowd: list[Household]) -> None:
    niks = [m.nik for h in crowd for m in h.members if m.nik]
    kks = [h.kk for h in crowd]
    phones = [m.phone for h in crowd for m in h.members if m.phone]
    for numbers in (niks, kks, phones):
        assert len(set(numbers)) == len(numbers)
    assert len(niks) > 19_500
    assert all(int(number[-4:]) >= FIRST_SERIAL for number in niks + kks)
    for h in crowd[:2000]:
        kk = parse_kk(h.kk)
        assert isinstance(kk, Kk)
        assert kk.warnings == ()
        assert kk.region == h.village.code[:8]
        for m in h.members:
            if m.nik:
                nik = parse_nik(m.nik, today=TODAY)
                assert isinstance(nik, Nik)
                assert nik.region == h.village.code[:8]
                assert nik.disagreements(m.sex, m.born_on) == ()
            if m.phone:
                phone = parse_phone(m.phone)
                assert phone == Phone(m.phone, mobile=True)


def test_one_crowded_district_gives_no_number_twice() -> None:
    seen: set[str] = set()
    count = 0
    for h in invent(1, 60_000, VILLAGES[:1], today=TODAY):
        numbers = [h.kk, *(m.nik for m in h.members if m.nik)]
        count += len(numbers)
        seen.update(number + ("k" if number == h.kk else "n") for number in numbers)
    assert len(seen) == count


def test_leap_days_and_the_turn_of_the_year_hold() -> None:
    for today in (date(2028, 2, 29), date(2027, 1, 1), date(2026, 12, 31)):
        for h in invent(3, 5_000, VILLAGES, today=today):
            assert all(m.born_on <= today and today.year - m.born_on.year < 97 for m in h.members)


def test_every_fact_is_in_the_dictionary(crowd: list[Household]) -> None:
    used = {(name, value) for h in crowd for m in h.members for name, value in m.facts.items()}
    used |= {(name, value) for h in crowd for name, value in h.facts.items()}
    for name, value in used:
        assert name in FACTS
        assert parse_fact(name, value) == value


def test_facts_agree_with_the_people(crowd: list[Household]) -> None:
    for h in crowd[:-1]:
        ages = [age_on(m.born_on, TODAY) for m in h.members]
        assert h.facts["household.size"] == len(h.members)
        assert h.facts["household.elderly"] == sum(age >= 60 for age in ages)
        assert h.facts["household.children"] == sum(age < 18 for age in ages)
        assert h.facts["household.elderly_alone"] == (len(ages) == 1 and ages[0] >= 60)
        for m, age in zip(h.members, ages, strict=True):
            assert m.facts["person.has_nik"] == (m.nik is not None)
            assert ("person.school_grade" in m.facts) == (7 <= age <= 18)
            assert ("person.occupation" in m.facts) == (age >= 18)
            assert m.phone is None or age >= 17
        if h.facts["household.pregnant"]:
            assert any(m.sex is Sex.P and 18 <= a <= 42 for m, a in zip(h.members, ages, strict=True))


def test_aid_held_fits_the_decile(crowd: list[Household]) -> None:
    for h in crowd:
        held = {program for m in h.members for program in m.programs}
        if h.registry is None:
            assert held == set()
        if "PKH" in held:
            assert h.registry is not None
            assert 1 <= h.registry.desil <= 4
        if "SEMBAKO" in held:
            assert h.registry is not None
            assert 1 <= h.registry.desil <= 5
        for m in h.members:
            assert ("PBI_JK" in m.programs) == (m.facts["person.bpjs_status"] == "ACTIVE_PBI")


def test_the_mix_is_what_the_demo_needs(crowd: list[Household]) -> None:
    deciles = Counter(h.registry.desil if h.registry else None for h in crowd)
    assert 0.10 < deciles[None] / len(crowd) < 0.14
    assert all(deciles[desil] > 100 for desil in range(11))
    for name in ("household.pregnant", "household.severe_disability", "household.elderly_alone"):
        assert 0.01 < sum(bool(h.facts[name]) for h in crowd) / len(crowd) < 0.2, name
    assert {h.village for h in crowd} == set(VILLAGES)
    grades = Counter(m.facts.get("person.school_grade") for h in crowd for m in h.members)
    assert all(grades[grade] > 50 for grade in ("SD", "SMP", "SMA", "PUTUS"))


def test_memory_does_not_grow() -> None:
    run = invent(1, 1_000_000, VILLAGES, today=TODAY)
    list(islice(run, 100))
    tracemalloc.start()
    for _ in islice(run, 3_000):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000
