"""What the resident says she received, held against what the ledger says she was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.codes import LedgerState
from app.domain.ledger.lines import Line, given_idr


@dataclass(frozen=True, slots=True)
class Received:
    """One aid in her words. Without amount and goods it says: yes, all of it."""

    program: str
    amount_idr: int | None = None
    goods: str | None = None
    on: date | None = None


class DifferenceKind(StrEnum):
    NOT_RECEIVED = "not_received"
    SHORT = "short"
    MORE = "more"
    GOODS_NOT_RECEIVED = "goods_not_received"
    NOT_IN_LEDGER = "not_in_ledger"


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement; any of them makes her answer a dispute."""

    program: str
    kind: DifferenceKind
    ledger_idr: int = 0
    stated_idr: int = 0


def differences(received: Iterable[Received], lines: Iterable[Line]) -> tuple[Difference, ...]:
    """Compare programme by programme, in order of their codes.

    Rupiah are summed, since people remember the sum and not the instalments; goods are compared as got or
    not got. Dates are kept as she says them but not compared: the day she took the money from the bank is
    hers to remember wrongly.
    """
    received = tuple(received)
    given = tuple(line for line in lines if line.state is LedgerState.GIVEN)
    programs = {item.program for item in received} | {line.origin.program for line in given}
    found: list[Difference] = []
    for program in sorted(programs):
        stated = [item for item in received if item.program == program]
        found += _compare(program, stated, [x for x in given if x.origin.program == program])
    return tuple(found)


def _compare(program: str, stated: list[Received], given: list[Line]) -> list[Difference]:
    if not given:
        amount = sum(item.amount_idr or 0 for item in stated)
        return [Difference(program, DifferenceKind.NOT_IN_LEDGER, 0, amount)]
    if not stated:
        return [Difference(program, DifferenceKind.NOT_RECEIVED, given_idr(given), 0)]
    if any(item.amount_idr is None and item.goods is None for item in stated):
        return []
    return [*_compare_cash(program, stated, given), *_compare_goods(program, stated, given)]


def _compare_cash(program: str, stated: list[Received], given: list[Line]) -> list[Difference]:
    ledger, said = given_idr(given), sum(item.amount_idr or 0 for item in stated)
    if ledger == said:
        return []
    kind = DifferenceKind.SHORT if said < ledger else DifferenceKind.MORE
    if not said:
        kind = DifferenceKind.NOT_RECEIVED
    if not ledger:
        kind = DifferenceKind.NOT_IN_LEDGER
    return [Difference(program, kind, ledger, said)]


def _compare_goods(program: str, stated: list[Received], given: list[Line]) -> list[Difference]:
    ledger = any(line.goods is not None for line in given)
    said = any(item.goods is not None for item in stated)
    if ledger is said:
        return []
    kind = DifferenceKind.GOODS_NOT_RECEIVED if ledger else DifferenceKind.NOT_IN_LEDGER
    return [Difference(program, kind)]
