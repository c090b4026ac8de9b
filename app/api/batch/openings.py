"""The openings of a batch: in transactions of the intake pool, each under its own key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request
from pydantic import ValidationError

from app.api.batch.asked import Asked, Batch
from app.api.batch.verdicts import Result, faulty, refused
from app.api.bodies import new_case
from app.api.errors import refusal_of
from app.api.once import Once, still_running
from app.api.opening import again, answer_of
from app.api.presenters.opened import opened_out
from app.api.reading import Reading
from app.api.schemas.cases import CaseIn
from app.db.queries.idempotency import Key as WholeKey
from app.db.queries.idempotency import TwinRunning
from app.db.queries.intake import Answer, Key
from app.db.queries.sync import OPEN_CASE, Deed, Log, add_opened
from app.db.session import intake
from app.domain.cases import NewCase
from app.domain.errors import DeskError
from app.domain.ids import tenant_of
from app.services.intake import Before, House, Opened, Tools
from app.services.intake.together import Opening, Outcome, open_together

MOST: Final = 50
"""Cases in one transaction (design, section 9, rule 11)."""
_ROUTE: Final = ("POST", "/v1/cases")
_FROM_ARRIVAL: Final = {"from": "server", "oldest_hours": 168}


@dataclass(slots=True)
class _One:
    """One opening on its way; the answer is made before the case is written."""

    asked: Asked
    once: Once
    whole: WholeKey
    new: NewCase
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Opener:
    request: Request
    reading: Reading
    batch: Batch

    async def open(self, asked: Sequence[Asked], tell: Callable[[Result], None]) -> None:
        """Open the cases of one chunk; verdicts that were told hold only if this returns.

        Raises:
            Unavailable: the database went away; nothing of this was done.
        """
        ready = [one for one in (self._read(each, tell) for each in asked) if one is not None]
        if not ready:
            return
        async with intake(self.reading.house.database.intake_pool) as raw:
            outcomes = await open_together(raw, [self._opening(one) for one in ready])
            told = [self._result(one, outcome) for one, outcome in zip(ready, outcomes, strict=True)]
            deeds: dict[str, list[Deed]] = {}
            for one, outcome in zip(ready, outcomes, strict=True):
                deed = _deed(one, outcome)
                if deed is not None:
                    deeds.setdefault(deed.tenant, []).append(deed)
            log = Log(self.batch.account_id, self.batch.device_id, self.batch.now)
            for tenant in sorted(deeds):
                await add_opened(raw, tenant, log, deeds[tenant])
        for result in told:
            tell(result)

    def _read(self, asked: Asked, tell: Callable[[Result], None]) -> _One | None:
        try:
            new = new_case(CaseIn.model_validate(asked.body))
        except ValidationError as error:
            wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            tell(refused(self.request, asked.id, refusal_of(wrong)))
            return None
        except DeskError as error:
            tell(refused(self.request, asked.id, error))
            return None
        account, route = self.batch.account_id, " ".join(_ROUTE)
        once = Once(self.reading.house, account, route, asked.id, asked.digest(*_ROUTE), self.batch.now)
        return _One(asked, once, WholeKey(tenant_of(new.village), account, route, asked.id), new)

    def _opening(self, one: _One) -> Opening:
        reading, house = self.reading, self.reading.house
        tools = Tools(house.vault, house.blind, house.ids)
        whole = one.whole
        key = Key(whole.regency_code, whole.account_id, whole.route, whole.key, one.once.body_digest)

        def seal(opened: Opened) -> Answer:
            answer = answer_of(opened_out(reading.known, reading.actor, opened, reading.lang), opened)
            one.content = answer.body.model_dump_json().encode()
            kept = one.once.sealed(whole, one.content, answer)
            return Answer(kept.answer_sealed, kept.headers)

        desk = House(reading.known, tools, reading.actor, reading.now, began_at=self._began(one))
        return Opening(desk, key, one.new, seal)

    def _began(self, one: _One) -> datetime | None:
        """From when the first clock runs: its arrival, or where the regency says so the device's time."""
        rule = self.reading.known.policy_value(one.whole.regency_code, "sync_clock_start", _FROM_ARRIVAL)
        done_at = one.asked.told.done_at
        recent = self.batch.now - done_at <= timedelta(hours=int(rule["oldest_hours"]))
        return done_at if rule["from"] == "device" and recent else None

    def _result(self, one: _One, outcome: Outcome) -> Result:
        match outcome:
            case Opened():
                draft, same = outcome.draft, outcome.others.same
                stands = draft.ticket if same is None else same.other.ticket
                return Result(one.asked.id, "applied", 201, draft.ticket, '"1"', one.content, works_on=stands)
            case Before():
                return self._again(one, outcome)
            case TwinRunning():
                return refused(self.request, one.asked.id, still_running())
            case DeskError():
                return refused(self.request, one.asked.id, outcome)
            case _:
                return faulty(self.request, one.asked.id, outcome)

    def _again(self, one: _One, before: Before) -> Result:
        try:
            response = again(one.once, one.whole, before)
        except DeskError as error:
            return refused(self.request, one.asked.id, error)
        ticket = _ticket(before)
        return Result(
            one.asked.id,
            "replayed",
            response.status_code,
            ticket,
            response.headers.get("ETag"),
            bytes(response.body),
            works_on=ticket,
        )


def _ticket(before: Before) -> str | None:
    """Return the ticket of the case that was opened before: its address was kept with the answer."""
    return dict(before.headers).get("Location", "").rpartition("/")[2] or None


def _deed(one: _One, outcome: Outcome) -> Deed | None:
    """Return what is written down of an opening; also of one that came by its single route before."""
    case_id, ticket = None, None
    if isinstance(outcome, Opened):
        same, draft = outcome.others.same, outcome.draft
        case_id, ticket = draft.row.id, draft.ticket if same is None else same.other.ticket
    if isinstance(outcome, Before) and outcome.same_body:
        case_id, ticket = outcome.case_id, _ticket(outcome)
    if case_id is None or ticket is None:
        return None
    return Deed(one.asked.id, OPEN_CASE, one.whole.regency_code, case_id, ticket, one.asked.told)
