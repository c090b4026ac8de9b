"""The catalogue in the terms of the Human Services Data Specification 3.0 (Open Referral).

A programme is a ``program``; as one body gives it, it is a ``service`` of that ``organization``. A programme
that a kind of bodies runs (``DINSOS``: one in each regency) is as many services. Ids are made of the codes,
so they are the same on every machine and for ever.

Source: https://docs.openreferral.org (HSDS 3.0).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from app.domain.criteria import Criteria, How, Leaf, Op
from app.domain.knowledge import Agency, Knowledge, is_implicit
from app.domain.programs import Program, covers
from app.domain.routing import State

VERSION: Final = "3.0"
PROFILE: Final = "https://docs.openreferral.org/en/3.0/hsds/overview.html"
AGE: Final = "person.age"
_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()-]{1,24}", re.ASCII)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


@lru_cache(maxsize=65_536)
def id_of(kind: str, *codes: str) -> UUID:
    """Make the id of a thing of the catalogue from its codes."""
    return uuid5(NAMESPACE_URL, f"urn:puskesos:hsds:{kind}:{':'.join(codes)}")


@dataclass(frozen=True, slots=True)
class Service:
    """One programme as one body gives it."""

    program: Program
    agency: Agency

    @property
    def id(self) -> UUID:
        return id_of("service", self.program.code, self.agency.code)

    @property
    def areas(self) -> tuple[str, ...]:
        """Where this body gives it: the coverage, within the body's own region where that is narrower."""
        own = self.agency.region
        found = [
            own if covers(area, own) else area
            for area in self.program.version.coverage
            if covers(area, own) or covers(own, area)
        ]
        return tuple(dict.fromkeys(found))


def services(known: Knowledge, today: date) -> list[Service]:
    """List every programme in force, with each body that gives it, by their codes."""
    by_kind: dict[str, list[Agency]] = {}
    for agency in known.agencies.values():
        if agency.active:
            by_kind.setdefault(agency.kind, []).append(agency)
    found = [
        Service(program, agency)
        for newest in known.programs.values()
        if not is_implicit(newest.code)
        for program in (known.program(newest.code, today),)
        if program is not None
        for agency in _givers(known, program, by_kind)
    ]
    return sorted(found, key=lambda one: (one.program.code, one.agency.code))


def _givers(known: Knowledge, program: Program, by_kind: dict[str, list[Agency]]) -> Iterable[Agency]:
    own = known.agencies.get(program.agency)
    if own is not None:
        return (own,) if own.active else ()
    return [one for one in by_kind.get(program.agency, ()) if _reaches(program, one.region)]


def _reaches(program: Program, region: str) -> bool:
    return any(covers(area, region) or covers(region, area) for area in program.version.coverage)


def status(known: Knowledge, service: Service, today: date) -> str:
    """Say whether it is open: ``active``, or ``temporarily closed`` by its agency or by its period."""
    said = known.availability(service.agency.region).get(service.program.code)
    paused = said is not None and said.state is State.PAUSED and (said.until is None or today <= said.until)
    period = service.program.version.period
    closed = period is not None and not (period.opens_on or date.min) <= today <= (
        period.closes_on or date.max
    )
    return "temporarily closed" if paused or closed else "active"


class Ages(NamedTuple):
    """The bounds that hold for everybody in a programme; None where there is none."""

    low: int | None
    high: int | None


def ages(criteria: Criteria) -> Ages:
    """Read the youngest and the oldest that the rules let in, where every way in keeps to it."""
    lows, highs = [], []
    for leaf in _musts(criteria):
        low, high = _span(leaf)
        lows += [] if low is None else [low]
        highs += [] if high is None else [high]
    return Ages(max(lows, default=None), min(highs, default=None))


def _musts(node: Criteria) -> Iterator[Leaf]:
    """Walk the leaves about age that nobody gets around: not those that are one way of several."""
    if isinstance(node, Leaf):
        if node.fact == AGE:
            yield node
    elif node.how is How.ALL or (node.how is How.ANY and len(node.nodes) == 1):
        for one in node.nodes:
            yield from _musts(one)


def _span(leaf: Leaf) -> tuple[int | None, int | None]:
    value = leaf.value
    if isinstance(value, tuple):
        return (int(value[0]), int(value[1])) if leaf.op is Op.BETWEEN else (None, None)
    number = int(value)
    match leaf.op:
        case Op.GE | Op.GT:
            return number + (leaf.op is Op.GT), None
        case Op.LE | Op.LT:
            return None, number - (leaf.op is Op.LT)
        case Op.EQ:
            return number, number
        case _:
            return None, None


def is_number(text: str) -> bool:
    """Tell whether a contact is a telephone number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text.strip()) is not None
