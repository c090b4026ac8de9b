"""What a step of a case is made of, below HTTP: who may ask for it, and that nothing else writes a status."""

import ast
from pathlib import Path

from app.domain.codes import ActorKind
from app.domain.lifecycle import STEPS
from app.services.steps import ACTIONS

APP = Path(__file__).resolve().parents[2] / "app"


def test_what_may_be_asked_for_is_every_step_of_an_officer_or_resident() -> None:
    asked = {step.action for step in STEPS if step.who - {ActorKind.SYSTEM}}
    assert set(ACTIONS) == asked


def test_only_a_move_writes_the_status_of_a_case_or_referral() -> None:
    writers = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {
                    (target.value.id, target.attr)
                    for target in targets
                    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
                }
                if names & {("case", "status"), ("referral", "status")}:
                    writers.add(path.relative_to(APP).as_posix())
    assert writers == {"db/queries/case_moves.py", "db/queries/referral_moves.py"}
