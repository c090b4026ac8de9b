"""What a resident who is accepted is going to get: the planned lines of the ledger."""

from typing import NamedTuple

from app.domain.criteria import Truth, evaluate
from app.domain.facts import Facts
from app.domain.programs.model import GoodsKind, Per, ProgramVersion


class Planned(NamedTuple):
    component: str
    kind: GoodsKind
    amount_idr: int | None
    per: Per
    n: int
    """Which instalment, from 1."""
    of: int


def instalments(version: ProgramVersion, facts: Facts) -> tuple[Planned, ...]:
    """Plan every instalment of each component that *facts* fulfil; unknown never counts as met."""
    return tuple(
        Planned(part.code, part.kind, part.amount_idr, part.per, n, part.instalments)
        for part in version.benefit.components
        if part.when is None or evaluate(part.when, facts) is Truth.MET
        for n in range(1, part.instalments + 1)
    )
