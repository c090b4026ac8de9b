"""The golden corpus: questions over a frozen catalogue, and the answers that this engine version gives.

A change of answers needs a new ``ENGINE_VERSION``. After bumping it, ``python -m tests.domain.golden.corpus``
stores the new answers; it refuses to overwrite those of the same version.
"""

import json
import sys
from pathlib import Path
from typing import Any

from app.domain.programs import parse_program
from app.domain.routing import (
    ENGINE_VERSION,
    Catalogue,
    Policy,
    Question,
    compile_catalogue,
    destination,
    explain,
    from_json,
    question_of,
    record,
    route,
    to_json,
)

_HERE = Path(__file__).parent
_POLICY = Policy(direct=frozenset({"PKH", "SEMBAKO_LANSIA"}), here=frozenset({"SKTM"}))
_PLAIN: dict[str, Any] = {
    "engine_version": ENGINE_VERSION,
    "mode": "match",
    "today": "2026-11-25",
    "place": {"regency": "13.74", "village": "13.74.01.1003"},
    "availability": {},
    "capacity": {},
    "about": None,
    "tried": [],
    "entries": [],
    "questions": [],
    "ladder": [],
}
_NEED: dict[str, Any] = {
    "kind": "LAYANAN",
    "category": "PERMOHONAN_BANSOS",
    "sector": "SOSIAL_EKONOMI",
    "priority": "BIASA",
    "root": "KEBUTUHAN_LAYANAN",
    "names_need": True,
    "duty": None,
}


def load(name: str) -> Any:
    return json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))


def catalogue() -> Catalogue:
    return compile_catalogue(map(parse_program, load("catalogue")))


def question(case: dict[str, Any]) -> Question:
    public = _PLAIN | {name: case[name] for name in case if name in _PLAIN}
    public["need"] = _NEED | case.get("need", {})
    known = {"ledger.active_programs": []} | case["facts"]
    facts = {name: value for name, value in known.items() if value is not None}
    sealed = {"facts": facts, "live": case.get("live", []), "papers": case.get("papers", [])}
    return question_of(from_json(public), sealed)


def answers() -> dict[str, Any]:
    compiled = catalogue()
    found = {}
    for case in load("cases"):
        decision = route(compiled, question(case))
        whole = to_json(record(decision))
        goes = destination(decision, _POLICY)
        found[case["name"]] = {
            "mode": whole["mode"],
            "entries": whole["entries"],
            "questions": whole["questions"],
            "ladder": whole["ladder"],
            "goes": [goes.where.value, *goes.agencies, goes.rung, goes.duty],
            "best_in_words": explain(decision, "id").splitlines()[:6],
        }
    return found


def main() -> None:
    file = _HERE / "answers.json"
    if file.exists() and load("answers")["engine_version"] == ENGINE_VERSION:
        sys.exit("The answers of this engine version are stored already; bump ENGINE_VERSION first.")
    stored = {"engine_version": ENGINE_VERSION, "answers": answers()}
    file.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
