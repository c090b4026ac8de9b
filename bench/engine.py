"""What routing costs: the shipped programmes, cut or copied to a number, for residents who differ."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.domain.codes import CaseKind
from app.domain.facts import LEDGER, Value
from app.domain.programs import Program, parse_program
from app.domain.routing import Need, Place, Question, compile_catalogue, record, route, to_json

SHIPPED: Final = Path(__file__).resolve().parents[1] / "app" / "data" / "programs.json"
TODAY: Final = date(2026, 11, 25)
_ROUNDS: Final = 7


@dataclass(frozen=True, slots=True)
class Costs:
    """Microseconds for one case; the least of several rounds, since noise only adds."""

    route: float
    record: float
    to_json: float
    considered: int


def costs(count: int) -> Costs:
    catalogue = compile_catalogue(programs(count))
    asked = questions()
    decisions = [route(catalogue, one) for one in asked]
    records = [record(one) for one in decisions]
    return Costs(
        _least(lambda: [route(catalogue, one) for one in asked], len(asked)),
        _least(lambda: [record(one) for one in decisions], len(asked)),
        _least(lambda: [to_json(one) for one in records], len(asked)),
        round(statistics.mean(len(one.entries) for one in records)),
    )


def programs(count: int) -> list[Program]:
    """*count* programmes that one regency sees: the shipped ones, then copies with other thresholds."""
    documents = [
        one for one in json.loads(SHIPPED.read_text("utf-8")) if {"AID", "REGISTRY"} & set(one["purposes"])
    ]
    return [parse_program(_copy(documents[n % len(documents)], n // len(documents))) for n in range(count)]


def _copy(document: dict[str, Any], generation: int) -> dict[str, Any]:
    version = {**document["version"], "coverage": ["ID"]}
    if generation:
        version["criteria"] = _shifted(version["criteria"], generation)
    return {**document, "code": f"{document['code']}_{generation}", "version": version}


def _shifted(node: dict[str, Any], by: int) -> dict[str, Any]:
    """Move the whole numbers, so that a copy's conditions are conditions of its own."""
    if "fact" not in node:
        return {name: [_shifted(one, by) for one in below] for name, below in node.items()}
    value = node["value"]
    if isinstance(value, bool) or not isinstance(value, int) or node["fact"] == "registry.desil":
        return node
    return {**node, "value": value + by}


def questions() -> Sequence[Question]:
    """Residents of whom more or less is known."""
    found = []
    for n in range(60):
        facts: dict[str, Value] = {
            LEDGER: frozenset({"PKH", "SEMBAKO"} if n % 5 == 0 else set()),
            "registry.listed": True,
            "registry.desil": 1 + n % 10,
            "person.age": n % 90,
            "person.sex": "P" if n % 2 else "L",
            "person.has_nik": True,
        }
        if n % 3:
            facts |= {
                "household.pregnant": n % 6 == 1,
                "household.children_0_6": n % 4,
                "household.size": 1 + n % 7,
            }
        if n % 4 == 0:
            facts |= {"person.disability": n % 8 == 0, "household.elderly_alone": n % 12 == 0}
        need = Need(CaseKind.LAYANAN, "PERMOHONAN_BANSOS", "SOSIAL_EKONOMI", names_need=True)
        found.append(Question(facts, need, Place("13.08", f"13.08.04.{2001 + n % 9}"), TODAY))
    return found


def _least(work: Callable[[], object], cases: int) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        begun = time.process_time()
        for _ in range(5):
            work()
        best = min(best, (time.process_time() - begun) / 5)
    return best / cases * 1e6


if __name__ == "__main__":
    for count in (60, 1000):
        print(count, costs(count))
