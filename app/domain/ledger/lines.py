"""Lines of aid: planned on accept, given by a delivery, stopped by the end, reversed and never edited.

Functions take all lines of one referral and return them anew; amounts are whole rupiah.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.domain.codes import LedgerState
from app.domain.errors import Conflict
from app.domain.ledger.periods import period_at
from app.domain.programs import FulfilledOn, GoodsKind, Planned
from app.domain.referrals import ReferralStatus


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose aid it is, and through which referral it came."""

    program: str
    person_id: UUID | None = None
    referral_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    origin: Origin
    component: str
    kind: GoodsKind
    state: LedgerState
    period: str
    instalment: int = 0
    """Counted from 1; 0: given without having been planned."""
    planned_idr: int | None = None
    given_idr: int | None = None
    goods: str | None = None
    given_on: date | None = None
    reverses: UUID | None = None
    """The line that this one takes back; its amount is negative."""

    @property
    def difference_idr(self) -> int:
        """What was given above (or, negative, below) the plan; 0 where one of them is not known."""
        if self.planned_idr is None or self.given_idr is None:
            return 0
        return self.given_idr - self.planned_idr


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the receiver of a referral says it gave: rupiah, or goods in words."""

    component: str
    period: str
    on: date
    amount_idr: int | None = None
    goods: str | None = None


def plan(
    planned: Iterable[Planned], origin: Origin, accepted_on: date, ids: Iterator[UUID]
) -> tuple[Line, ...]:
    """Write a planned line per instalment, the first in the period of the acceptance."""
    return tuple(
        Line(
            next(ids),
            origin,
            item.component,
            item.kind,
            LedgerState.PLANNED,
            period_at(accepted_on, item.per, item.n),
            item.n,
            item.amount_idr,
        )
        for item in planned
    )


def deliver(
    lines: tuple[Line, ...], delivery: Delivery, origin: Origin, line_id: UUID
) -> tuple[tuple[Line, ...], Line]:
    """Turn one planned line into given; return all lines and that one.

    The line of the delivery's period, else the component's earliest. The amount may differ from the plan:
    both stay on the line. Where nothing was planned a line *line_id* is added.
    """
    planned = [
        line for line in lines if line.component == delivery.component and line.state is LedgerState.PLANNED
    ]
    planned.sort(key=lambda line: (line.period != delivery.period, line.instalment))
    if planned:
        given = _given(planned[0], delivery)
        return tuple(given if line.id == given.id else line for line in lines), given
    kind = GoodsKind.CASH if delivery.goods is None else GoodsKind.GOODS
    blank = Line(line_id, origin, delivery.component, kind, LedgerState.PLANNED, delivery.period)
    given = _given(blank, delivery)
    return (*lines, given), given


def _given(line: Line, delivery: Delivery) -> Line:
    return replace(
        line,
        state=LedgerState.GIVEN,
        period=delivery.period,
        given_idr=delivery.amount_idr,
        goods=delivery.goods,
        given_on=delivery.on,
    )


def end(
    lines: tuple[Line, ...], status: ReferralStatus, fulfilled_on: FulfilledOn | None = None
) -> tuple[Line, ...]:
    """Stop what is still planned, once the referral ended with *status*.

    Aid of a programme that counts as fulfilled before its last instalment runs on: its lines stay planned,
    or the person would seem to hold nothing and could get the same aid through another door.
    """
    early = fulfilled_on in {FulfilledOn.ENROLMENT, FulfilledOn.FIRST_DELIVERY}
    return lines if early and status is ReferralStatus.FULFILLED else stop(lines)


def stop(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Stop all that is planned: a death, a revocation, an end before time."""
    return tuple(
        replace(line, state=LedgerState.STOPPED) if line.state is LedgerState.PLANNED else line
        for line in lines
    )


def planned_left(lines: Iterable[Line]) -> int:
    return sum(line.state is LedgerState.PLANNED for line in lines)


def given_idr(lines: Iterable[Line]) -> int:
    """Sum what was given and not taken back."""
    return sum(line.given_idr or 0 for line in lines if line.state is LedgerState.GIVEN)


def reverse(line: Line, counter_id: UUID, on: date) -> tuple[Line, Line]:
    """Take a given line back: return it as reversed, and the counter line with the negative amount.

    Raises:
        Conflict: the line was not given, or was reversed before.
    """
    if line.state is not LedgerState.GIVEN:
        raise Conflict(
            "line_not_given",
            "Hanya bantuan yang sudah disalurkan dapat dibatalkan pencatatannya.",
            "Only aid that was given can be reversed.",
            {"state": line.state.value},
        )
    counter = replace(
        line,
        id=counter_id,
        state=LedgerState.REVERSED,
        planned_idr=None,
        given_idr=None if line.given_idr is None else -line.given_idr,
        given_on=on,
        reverses=line.id,
    )
    return replace(line, state=LedgerState.REVERSED), counter
