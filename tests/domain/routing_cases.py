"""Programmes and questions for the routing tests, and the slow, obvious way to answer them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.domain.codes import CaseKind, Level
from app.domain.criteria import Truth, evaluate, literals
from app.domain.criteria.words import judge
from app.domain.facts import LEDGER, Value, village_kind
from app.domain.programs import Effect, Program, StandardUnit, covers, parse_program
from app.domain.routing import Availability, Need, Place, Question, State, Verdict

TODAY = date(2026, 11, 25)
PADANG_PANJANG = Place("13.74", "13.74.01.1003")
SECTORS = ("KESEHATAN", "PANGAN", "PENDIDIKAN")


def leaf(fact: str, op: str, value: object, **more: object) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value, "source": "test", "trust": "F", **more}


def document(code: str, criteria: object = None, **version: object) -> dict[str, Any]:
    """A programme document; *version* replaces fields of its version, ``level`` of the programme."""
    level = version.pop("level", "KAB_KOTA")
    return {
        "code": code,
        "agency": "DINSOS",
        "level": level,
        "purposes": version.pop("purposes", ["AID"]),
        "name": {"id": f"Program {code}", "en": f"Programme {code}"},
        "version": {
            "n": 1,
            "valid_from": "2025-01-01",
            "coverage": ["ID"],
            "sectors": ["PANGAN"],
            "categories": ["KEBUTUHAN_LAYANAN"],
            "criteria": {"all": []} if criteria is None else criteria,
            "benefit": {
                "summary": {"id": "Bantuan", "en": "Aid"},
                "components": [],
                "fulfilled_on": "first_delivery",
            },
            "source": "test",
            "trust": "F",
            **version,
        },
    }


def program(code: str, criteria: object = None, **version: object) -> Program:
    return parse_program(document(code, criteria, **version))


def ask(facts: Mapping[str, Value] | None = None, **more: Any) -> Question:
    """A resident of Padang Panjang who needs food; the ledger has been read and is empty."""
    known: dict[str, Value] = {LEDGER: frozenset(), **(facts or {})}
    need = more.pop("need", Need(CaseKind.LAYANAN, "KEBUTUHAN_LAYANAN", "PANGAN"))
    place = more.pop("place", PADANG_PANJANG)
    return Question(known, need, place, more.pop("today", TODAY), **more)


LADDER = [
    {"rung": "PENDAMPING", "label": {"id": "Pendamping", "en": "Companion"}, "agency": None},
    {"rung": "DINSOS", "label": {"id": "Dinas", "en": "Office"}, "agency": "DINSOS"},
]
COMPLAINT = Need(CaseKind.PENGADUAN, "PROGRAM_KURANG", "PANGAN", root="PROGRAM")


# What follows answers a question by reading the rules aloud, one programme at a time.


def plain_answer(programs: list[Program], question: Question) -> list[tuple[str, Verdict, str]]:
    """Verdict and leaves of every programme, best first."""
    shown = [one for one in programs if _concerns(one, question)]
    verdicts = {one.code: _plain_verdict(one, question) for one in shown}
    order = sorted(shown, key=lambda one: _plain_rank(one, verdicts[one.code], question, shown))
    return [(one.code, verdicts[one.code], _plain_leaves(one, question)) for one in order]


def _concerns(one: Program, question: Question) -> bool:
    regency = question.place.regency
    return any(covers(a, regency) or a.startswith(f"{regency}.") for a in one.version.coverage)


def _plain_leaves(one: Program, question: Question) -> str:
    marks = {Truth.MET: "+", Truth.NOT_MET: "-", Truth.UNKNOWN: "?"}
    return "".join(marks[judge(x, question.facts)] for x in literals(one.version.criteria))


def _plain_verdict(one: Program, question: Question) -> Verdict:
    if _shut(one, question):
        return Verdict.NOT_AVAILABLE
    truth = evaluate(one.version.criteria, question.facts)
    if truth is Truth.NOT_MET or _excluders(one) & _held(question):
        return Verdict.NOT_ELIGIBLE
    if truth is Truth.UNKNOWN or (LEDGER not in question.facts) or _unplaced(one, question):
        return Verdict.NEEDS_INFORMATION
    return Verdict.WAITLIST if _full(one, question) else Verdict.ELIGIBLE


def _held(question: Question) -> frozenset[str]:
    ledger = question.facts.get(LEDGER, frozenset())
    assert isinstance(ledger, frozenset)
    return ledger | question.live


def _excluders(one: Program) -> set[str]:
    named = {x.program for x in one.version.exclusions if x.effect is Effect.EXCLUDE}
    return named | {one.code}


def _bound(one: Program, question: Question) -> bool:
    everywhere = any(covers(a, question.place.regency) for a in one.version.coverage)
    return one.version.village_kinds is not None or not everywhere


def _unplaced(one: Program, question: Question) -> bool:
    return question.place.village is None and _bound(one, question)


def _said(one: Program, question: Question) -> State:
    said = question.availability.get(one.code, Availability(State.OPEN))
    return said.state if said.until is None or question.today <= said.until else State.OPEN


def _full(one: Program, question: Question) -> bool:
    return _said(one, question) is State.FULL or question.capacity.get(one.code, 1) <= 0


def _shut(one: Program, question: Question) -> bool:
    village, version = question.place.village, one.version
    if village is not None:
        kinds = version.village_kinds
        if kinds is not None and village_kind(village) not in kinds:
            return True
        if not any(covers(a, village) for a in version.coverage):
            return True
    if _full(one, question) and not version.waiting_list:
        return True
    return _said(one, question) is State.PAUSED


def _plain_rank(one: Program, verdict: Verdict, question: Question, shown: list[Program]) -> Any:
    need, held = question.need, _held(question)
    served = {s for other in shown if other.code in held for s in other.version.sectors}
    hours = {StandardUnit.WORKING_DAYS: 34, StandardUnit.HOURS: 1}
    standard = one.version.standard
    return (
        list(Verdict).index(verdict),
        need.sector not in one.version.sectors if need.sector else False,
        need.category not in one.version.categories if need.category else False,
        bool(served & one.version.sectors),
        list(Level).index(one.level),
        not one.version.complements & held,
        standard.amount * hours[standard.unit] if standard else 10**12,
        one.code,
    )


# What may be asked, at random.

_LEAVES = st.one_of(
    st.builds(leaf, st.just("household.pregnant"), st.just("is"), st.booleans()),
    st.builds(leaf, st.just("person.pensioner"), st.sampled_from(["eq", "ne"]), st.booleans()),
    st.builds(
        leaf,
        st.just("registry.desil"),
        st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
        st.integers(1, 10),
    ),
    st.builds(leaf, st.just("person.age"), st.just("between"), st.sampled_from([[0, 6], [60, 70]])),
    st.builds(leaf, st.just("person.age"), st.sampled_from(["in", "not_in"]), st.just([5, 60, 61])),
    st.builds(leaf, st.just("person.sex"), st.sampled_from(["eq", "ne"]), st.just("L")),
    st.builds(leaf, st.just("person.ppks"), st.just("has"), st.sampled_from(["LUT", "PD"])),
    st.builds(leaf, st.just("person.ppks"), st.just("has_any"), st.just(["FM", "PD"])),
    st.builds(leaf, st.just("ledger.active_programs"), st.just("has"), st.sampled_from("AB")),
)


def _grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(children, min_size=1, max_size=3)
    return st.sampled_from(["all", "any", "none"]).flatmap(lambda how: some.map(lambda nodes: {how: nodes}))


trees = st.recursive(_LEAVES, _grown, max_leaves=8)

_EXCLUSIONS = st.lists(
    st.builds(
        lambda code, effect: {"program": code, "effect": effect, "source": "test", "trust": "F"},
        st.sampled_from("ABCD"),
        st.sampled_from(["exclude", "warn"]),
    ),
    max_size=2,
)
_STANDARDS = st.none() | st.builds(
    lambda n, unit: {"amount": n, "unit": unit, "source": "test", "trust": "F"},
    st.integers(1, 3),
    st.sampled_from(["hours", "working_days"]),
)


@st.composite
def catalogues(draw: st.DrawFn) -> list[Program]:
    codes = draw(st.lists(st.sampled_from("ABCDEF"), min_size=1, unique=True))
    return [
        program(
            code,
            draw(trees),
            level=draw(st.sampled_from([*Level])),
            sectors=draw(st.lists(st.sampled_from(SECTORS), max_size=2, unique=True)),
            categories=draw(st.sampled_from([["KEBUTUHAN_LAYANAN"], ["DATA"]])),
            coverage=draw(st.sampled_from([["ID"], ["13"], ["13.74.01"], ["13.08"], ["13.74.02"]])),
            village_kinds=draw(st.sampled_from([None, ["kelurahan"], ["desa", "desa_adat"]])),
            exclusions=draw(_EXCLUSIONS),
            complements=draw(st.lists(st.sampled_from("ABCD"), max_size=1)),
            waiting_list=draw(st.booleans()),
            standard=draw(_STANDARDS),
        )
        for code in codes
    ]


facts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "household.pregnant": st.booleans(),
        "person.pensioner": st.booleans(),
        "registry.desil": st.integers(1, 10),
        "person.age": st.sampled_from([0, 5, 6, 7, 59, 60, 61, 62, 70, 71, 100]),
        "person.sex": st.sampled_from("LP"),
        "person.ppks": st.frozensets(st.sampled_from(["LUT", "PD", "FM", "GLD"])),
        "ledger.active_programs": st.frozensets(st.sampled_from("ABCX"), max_size=2),
    },
)

_AVAILABILITY = st.dictionaries(
    st.sampled_from("ABCDEFZ"),
    st.builds(
        Availability,
        st.sampled_from(State),
        st.sampled_from([None, date(2026, 11, 24), TODAY]),
    ),
    max_size=3,
)
questions = st.builds(
    Question,
    facts=facts,
    need=st.builds(
        Need,
        kind=st.just(CaseKind.LAYANAN),
        category=st.sampled_from([None, "KEBUTUHAN_LAYANAN", "DATA", "X"]),
        sector=st.sampled_from([None, *SECTORS, "X"]),
    ),
    place=st.builds(
        Place,
        regency=st.just("13.74"),
        village=st.sampled_from([None, "13.74.01.1003", "13.74.02.2001", "13.74.02"]),
    ),
    today=st.just(TODAY),
    availability=_AVAILABILITY,
    capacity=st.dictionaries(st.sampled_from("ABCDEFZ"), st.integers(-1, 1), max_size=3),
    live=st.frozensets(st.sampled_from("ABCD"), max_size=1),
    papers=st.just(frozenset({"KTP"})),
)
