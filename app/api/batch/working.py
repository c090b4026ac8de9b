"""Everything but openings: linked operations in one transaction, at most fifty, each in its own savepoint."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from fastapi import Request

from app.api.batch.asked import Asked, Batch
from app.api.batch.singles import Doing, Single, Singles
from app.api.batch.standing import COMPARED, check_base
from app.api.batch.verdicts import Result, faulty, refused
from app.api.notes import Noted, note
from app.api.once import Once
from app.api.reading import Reading
from app.api.tickets import read_ticket
from app.db.queries import idempotency
from app.db.queries.cases import find_case
from app.db.queries.idempotency import Key
from app.db.queries.sync import Deed, Log, add_done, lock_all
from app.db.session import Tx, savepoint, transaction
from app.domain.errors import DeskError, Forbidden, NotFound
from app.domain.ids import parse_public_id, public_id
from app.domain.tickets import Ticket, parse_ticket

MOST: Final = 50
"""Operations in one transaction (design, section 9, rule 11)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an operation is done to, now that its parents are done."""

    ticket: str
    visit: str | None
    """Its public id."""


@dataclass(frozen=True, slots=True)
class Work:
    asked: Asked
    target: Callable[[], Target]
    """Asked for when its turn has come: its parent may be done in the same transaction."""


class Waits(Exception):  # it is no error
    """A parent of the operation is not done; carries the verdict that follows from that."""

    def __init__(self, result: Result) -> None:
        self.result = result


@dataclass(frozen=True, slots=True)
class Worker:
    request: Request
    reading: Reading
    batch: Batch
    singles: Singles

    async def work(self, works: Sequence[Work], tell: Callable[[Result], None]) -> None:
        """Do the operations in their order, in one transaction; *tell* is called with each verdict.

        Verdicts that were told hold only if this returns.

        Raises:
            Unavailable: the database went away; nothing of this was done.
        """
        async with transaction(self.reading.house.database.sessions) as tx:
            await self._lock(tx, works)
            for one in works:
                tell(await self._one(tx, one))

    async def _lock(self, tx: Tx, works: Sequence[Work]) -> None:
        """Lock the cases named by ticket, where they are several: the single routes lock one each."""
        by_tenant: dict[str, set[str]] = {}
        for one in works:
            case = one.asked.given.case
            named = parse_ticket(case.ticket) if case is not None and case.ticket else None
            if isinstance(named, Ticket):
                by_tenant.setdefault(named.tenant, set()).add(named.text)
        if sum(map(len, by_tenant.values())) > 1:
            for tenant in sorted(by_tenant):
                await lock_all(tx, self.reading.sight, tenant, by_tenant[tenant])

    async def _one(self, tx: Tx, work: Work) -> Result:
        asked = work.asked
        try:
            single = self.singles.of(asked)
            target = work.target()
        except Waits as waits:
            return waits.result
        except DeskError as error:
            return refused(self.request, asked.id, error)
        try:
            async with savepoint(tx):
                return await self._do(tx, asked, single, target)
        except DeskError as error:
            self._note(single, error)
            done = await self._was_done(tx, asked, single, target, error)
            return done or refused(self.request, asked.id, error)
        except Exception as error:  # noqa: BLE001  # one operation that we fail on may not hold up a whole queue
            return faulty(self.request, asked.id, error)
        finally:
            tx.expunge_all()

    async def _do(self, tx: Tx, asked: Asked, single: Single, target: Target) -> Result:
        place = read_ticket(target.ticket)
        reading = replace(self.reading, done_from=asked.done_from)
        once = self._once(asked, single, place, target.visit)
        compared = asked.given.kind in COMPARED
        case = await find_case(tx, reading.sight, place.tenant, place.text, for_update=compared)
        body: Mapping[str, object] = asked.body
        if compared and await idempotency.digest_kept(tx, _key(once, place)) is None:
            body = await check_base(tx, reading, asked, case)
        case_id = case.id
        doing = Doing(single, reading, tx, once, place.tenant, place.text, target.visit, case_id, body)
        response = await doing.call()
        content = bytes(response.body)
        made = _made(asked, content)
        deed = Deed(asked.id, asked.given.kind, place.tenant, case_id, place.text, asked.told, made)
        await add_done(tx, Log(self.batch.account_id, self.batch.device_id, self.batch.now), deed)
        self._note(single, None)
        return Result(
            asked.id,
            "replayed" if "Idempotency-Replayed" in response.headers else "applied",
            response.status_code,
            place.text,
            response.headers.get("ETag"),
            content,
            works_on=place.text,
            made=None if made is None else public_id(place.tenant, made),
        )

    def _once(self, asked: Asked, single: Single, place: Ticket, visit: str | None) -> Once:
        digest = asked.digest(single.method, single.address(place.text, visit))
        return Once(
            self.reading.house, self.batch.account_id, single.route(), asked.id, digest, self.batch.now
        )

    async def _was_done(
        self, tx: Tx, asked: Asked, single: Single, target: Target, error: DeskError
    ) -> Result | None:
        """Return that it was done before, if so: whoever may not see the case any more is told no more."""
        place = parse_ticket(target.ticket)
        if not isinstance(error, NotFound | Forbidden) or not isinstance(place, Ticket):
            return None
        once = self._once(asked, single, place, target.visit)
        kept = await idempotency.digest_kept(tx, _key(once, place))
        if kept is None or kept != once.body_digest:
            return None
        return Result(asked.id, "replayed", ticket=place.text, works_on=place.text)

    def _note(self, single: Single, error: DeskError | None) -> None:
        """Leave in the access log what the single route would."""
        refusal = isinstance(error, Forbidden) or (single.personal and isinstance(error, NotFound))
        if refusal or (error is None and single.personal):
            result = "ok" if error is None else error.code
            note(self.request, Noted(single.operation_id, "route", result), self.batch.now)


def _key(once: Once, place: Ticket) -> Key:
    return Key(place.tenant, once.account_id, once.route, once.key)


def _made(asked: Asked, content: bytes) -> UUID | None:
    """Return the visit that was planned: later operations name it by this one's id."""
    if asked.given.kind != "visit_plan":
        return None
    found = parse_public_id(str(json.loads(content).get("id")))
    return found.id if found else None
