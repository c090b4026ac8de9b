"""A batch from its first operation to its last: what is ready is done, wave by wave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request

from app.api.batch.asked import Asked, Batch
from app.api.batch.openings import MOST as MOST_OPENINGS
from app.api.batch.openings import Opener
from app.api.batch.singles import Singles
from app.api.batch.verdicts import Result, refused
from app.api.batch.working import MOST, Target, Waits, Work, Worker
from app.api.reading import Reading
from app.db.queries.sync import Done, done_before
from app.db.session import read_only
from app.domain.errors import Conflict, DeskError, Invalid, Unavailable
from app.domain.ids import is_region, public_id, tenant_of
from app.domain.sync import plan
from app.domain.sync.groups import Linked, groups, packed
from app.domain.tickets import Ticket, parse_ticket

_CYCLE: Final = Invalid(
    code="dependency_cycle",
    id="Operasi ini menunggu dirinya sendiri, langsung atau lewat operasi lain. Perbaiki urutannya.",
    en="This operation waits for itself, directly or through others. Mend what it depends on.",
)


async def run_batch(request: Request, reading: Reading, singles: Singles, batch: Batch) -> list[Result]:
    """Do what can be done of the batch and return the verdicts, in the order in which it was sent."""
    run = _Run(request, reading, singles, batch, {one.id: one for one in batch.asked})
    await run.look_back()
    planned = plan(batch.operations())
    for id_ in planned.cyclic:
        run.results[id_] = refused(request, id_, _CYCLE)
    waiting = [run.by_id[id_] for id_ in planned.order]
    while waiting:
        waiting = await run.wave(waiting)
    return [run.results[one.id] for one in batch.asked]


@dataclass
class _Run:
    request: Request
    reading: Reading
    singles: Singles
    batch: Batch
    by_id: Mapping[str, Asked]
    before: Mapping[str, Done] = field(default_factory=dict)
    """Operations of this batch, and parents of them, that were done earlier."""
    results: dict[str, Result] = field(default_factory=dict)

    async def look_back(self) -> None:
        named = {id_ for one in self.batch.asked for id_ in (one.id, *one.parents)}
        async with read_only(self.reading.house.database.sessions) as tx:
            self.before = await done_before(tx, self._tenants(), self.batch.account_id, named)
        for one in self.batch.asked:
            done = self.before.get(one.id)
            if done is not None and done.kind != one.given.kind:
                self.results[one.id] = refused(self.request, one.id, _used())

    def _tenants(self) -> set[str]:
        found = {self.reading.actor.tenant}
        for one in self.batch.asked:
            named = parse_ticket(one.given.case.ticket) if one.given.case and one.given.case.ticket else None
            if isinstance(named, Ticket):
                found.add(named.tenant)
            place = one.given.body.get("place") if one.opens else None
            village = place.get("village") if isinstance(place, Mapping) else None
            if isinstance(village, str) and is_region(village):
                found.add(tenant_of(village))
        return found

    async def wave(self, waiting: Sequence[Asked]) -> list[Asked]:
        """Do what has no undone parent: openings first, then all that builds on no further opening."""
        left = [one for one in waiting if one.id not in self.results]
        opening = [one for one in left if one.opens and not self._undone(one)]
        if opening:
            ready = [one for one in opening if not self._stopped(one)]
            for chunk in _chunks(ready, MOST_OPENINGS):
                await self._open(chunk)
        else:
            for chunk in self._groups(self._workable(left)):
                await self._work(chunk)
        return [one for one in left if one.id not in self.results]

    def _undone(self, asked: Asked) -> list[str]:
        """Return its parents in this batch that have no verdict yet."""
        return [one for one in asked.parents if one in self.by_id and one not in self.results]

    def _workable(self, left: Sequence[Asked]) -> list[Asked]:
        """Return what builds on no opening that is still to be done; *left* has parents first."""
        held: set[str] = set()
        found = []
        for one in left:
            if one.opens or held.intersection(one.parents):
                held.add(one.id)
            else:
                found.append(one)
        return found

    def _groups(self, works: Sequence[Asked]) -> list[list[Asked]]:
        """Put linked operations together, as many groups as one transaction takes; parents stay first."""
        found = packed(groups([Linked(one.id, _links(one)) for one in works]), MOST)
        return [[self.by_id[id_] for id_ in piece] for piece in found]

    async def _open(self, chunk: Sequence[Asked]) -> None:
        opener = Opener(self.request, self.reading, self.batch)
        told: dict[str, Result] = {}
        try:
            await opener.open(chunk, lambda result: told.update({result.id: result}))
        except Unavailable as error:
            told = {one.id: refused(self.request, one.id, error) for one in chunk}
        for one in chunk:
            done, result = self.before.get(one.id), told[one.id]
            if result.verdict == "replayed" and done is not None:
                told[one.id] = _leading_on(result, done)
        self.results.update(told)

    async def _work(self, chunk: Sequence[Asked]) -> None:
        worker = Worker(self.request, self.reading, self.batch, self.singles)
        told: dict[str, Result] = {}

        def tell(result: Result) -> None:
            told[result.id] = result

        works = [Work(one, self._target(one, told)) for one in chunk]
        try:
            await worker.work(works, tell)
        except Unavailable as error:
            told = {one.id: refused(self.request, one.id, error) for one in chunk}
        self.results.update(told)

    def _stopped(self, asked: Asked) -> bool:
        """Give the verdict of an opening whose parent is not done."""
        stop = self._stop(asked, {})
        if stop is not None:
            self.results[asked.id] = stop
        return stop is not None

    def _stop(self, asked: Asked, told: Mapping[str, Result]) -> Result | None:
        for parent in asked.parents:
            result = told.get(parent) or self.results.get(parent)
            if result is None and parent in self.before:
                continue
            if result is None or (not result.is_done and result.verdict != "rejected"):
                return Result(asked.id, "waiting", waiting_for=parent)
            if result.verdict == "rejected":
                return refused(self.request, asked.id, _parent_rejected(parent))
        return None

    def _target(self, asked: Asked, told: Mapping[str, Result]) -> Callable[[], Target]:
        def find() -> Target:
            stop = self._stop(asked, told)
            if stop is not None:
                raise Waits(stop)
            case, visit = asked.given.case, asked.given.visit
            ticket = case.ticket if case is not None else None
            if ticket is None and case is not None and case.operation is not None:
                ticket = self._made_of(case.operation, told)[0]
            planned = visit.id if visit is not None else None
            if planned is None and visit is not None and visit.operation is not None:
                planned = self._made_of(visit.operation, told)[1]
            return Target(ticket or "", planned)

        return find

    def _made_of(self, parent: str, told: Mapping[str, Result]) -> tuple[str | None, str | None]:
        """Return the ticket that a done operation worked on, and the public id of what it made."""
        result = told.get(parent) or self.results.get(parent)
        if result is not None:
            return result.works_on, result.made
        done = self.before[parent]
        place = parse_ticket(done.ticket)
        made = public_id(place.tenant, done.made_id) if done.made_id and isinstance(place, Ticket) else None
        return done.ticket, made


def _leading_on(result: Result, done: Done) -> Result:
    return Result(
        result.id,
        result.verdict,
        result.status,
        result.ticket,
        result.etag,
        result.answer,
        works_on=done.ticket,
    )


def _chunks(found: Sequence[Asked], most: int) -> list[list[Asked]]:
    return [list(found[n : n + most]) for n in range(0, len(found), most)]


def _links(asked: Asked) -> list[str]:
    """Name what the operation touches: its parents, and its case."""
    case = asked.given.case
    of_case = [f"ticket {case.ticket}"] if case is not None and case.ticket is not None else []
    return [*(f"operation {parent}" for parent in asked.parents), *of_case]


def _used() -> DeskError:
    return Invalid(
        code="idempotency_key_reused",
        id="Id operasi ini sudah dipakai untuk operasi lain. Buat id baru.",
        en="This operation id was used for another operation. Make a new id.",
    )


def _parent_rejected(parent: str) -> DeskError:
    return Conflict(
        code="parent_rejected",
        id="Operasi yang mendahului ini ditolak. Perbaiki dahulu yang itu, lalu kirim keduanya lagi.",
        en="The operation that this one builds on was rejected. Mend that one, then send both again.",
        data={"parent": parent},
    )
