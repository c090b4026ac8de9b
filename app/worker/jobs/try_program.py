"""A draft tried on past cases: read by the batch, judged beside, counted, and taken up from the last count.

The transactions that read are of the cases' own regencies, and the one that counts is of the job's tenant.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries import program_versions, trials
from app.db.queries.trials import PastCases, Seat
from app.db.session import read_only, transaction
from app.domain.access import covers
from app.domain.errors import Conflict
from app.domain.knowledge import Knowledge
from app.domain.routing.tally import Tally, coarse, tally_of
from app.worker.judging import Judges, Past, Rules, trial_of
from app.worker.running import Run

BATCH: Final = 4_000
"""Cases of one step, some ten megabytes."""
CHILDREN: Final = 2
WORTH_A_CHILD: Final = 10_000
"""Cases below which a thread of the worker is quicker than processes that must start first."""


@dataclass(slots=True)
class _Progress:
    """How far it is; what a worker that takes the job up goes on from."""

    every: int
    total: int
    finished: str = ""
    """The last regency that is done, in the order of their codes."""
    after: Seat | None = None
    tally: Tally = field(default_factory=Tally)

    def to_json(self) -> dict[str, Any]:
        after = None if self.after is None else [self.after[0].isoformat(), self.after[1].hex]
        return {
            "every": self.every,
            "total": self.total,
            "finished": self.finished,
            "after": after,
            "tally": self.tally.to_json(),
        }


def _progress_of(raw: dict[str, Any]) -> _Progress | None:
    if "finished" not in raw:
        return None
    after = raw["after"]
    seat = (datetime.fromisoformat(after[0]), UUID(after[1])) if after else None
    return _Progress(raw["every"], raw["total"], raw["finished"], seat, tally_of(raw["tally"]))


async def run_try_program(
    run: Run, *, batch: int = BATCH, worth: int = WORTH_A_CHILD
) -> dict[str, Any] | None:
    """Try the document that the job holds; return the counts, coarse.

    Trials of *worth* cases and more are judged in processes of their own.

    Raises:
        Conflict: the service has no master keys.
    """
    known = await run.tools.knowledge.current(run.tools.now())
    async with read_only(run.tools.database.sessions) as tx:
        documents = await program_versions.documents(tx)
        regencies = _regencies(known, run, documents)
        overrides = await trials.overrides(tx, regencies)
    progress = _progress_of(run.position) or await _begin(run, known, regencies)
    if not run.go_on:
        return None
    children = CHILDREN if progress.total >= worth else 0
    rules = Rules(_keys(run), run.input["document"], documents, overrides)
    whole = (await asyncio.to_thread(trial_of, rules)).needs_whole
    async with Judges(rules, children) as judges:
        for regency in regencies:
            past = _past(run, known, regency, progress.every)
            if (
                regency > progress.finished
                and not await _Stage(run, judges, past, progress, batch, whole).go()
            ):
                return None
    return _result(run, progress)


def _keys(run: Run) -> str:
    keys = run.tools.settings.master_keys
    if keys is None:  # pragma: no cover - the worker does not start without
        raise Conflict("no_keys", "Kunci utama tidak ada.", "There are no master keys.")
    return keys.get_secret_value()


async def _begin(run: Run, known: Knowledge, regencies: Sequence[str]) -> _Progress:
    """Count the cases, and choose how many of them are looked at."""
    total = await _count(run, known, regencies, 1)
    sample, every = run.input["sample"], 1
    if sample is not None and total > sample:
        every = -(-total // sample)
        total = await _count(run, known, regencies, every)
    progress = _Progress(every, total)
    async with transaction(run.tools.database.sessions) as tx:
        await run.move(tx, progress.to_json(), done=0, total=total)
    return progress


async def _count(run: Run, known: Knowledge, regencies: Sequence[str], every: int) -> int:
    found = 0
    for regency in regencies:
        async with read_only(run.tools.database.sessions) as tx:
            found += await trials.count(tx, _past(run, known, regency, every))
    return found


def _regencies(known: Knowledge, run: Run, documents: Sequence[dict[str, Any]]) -> list[str]:
    """The regencies of the region that use the service, and that the draft or a version before it reaches."""
    document = run.input["document"]
    areas = {
        area
        for one in (document, *(other for other in documents if other["code"] == document["code"]))
        for area in one["version"]["coverage"]
    }
    return sorted(
        regency
        for regency in known.settings
        if covers(run.region, regency) or covers(regency, run.region)
        if any(covers(area, regency) or covers(regency, area) for area in areas)
    )


def _past(run: Run, known: Knowledge, regency: str, every: int) -> PastCases:
    zone = known.zone(regency)
    first, last = (date.fromisoformat(run.input[name]) for name in ("since", "until"))
    since = datetime.combine(first, time.min, zone)
    until = datetime.combine(last + timedelta(days=1), time.min, zone)
    return PastCases(regency, run.region, since, until, every)


@dataclass(slots=True)
class _Stage:
    """One regency: batches are read ahead while others are judged, and counted in their order."""

    run: Run
    judges: Judges
    past: PastCases
    progress: _Progress
    batch: int
    whole: bool
    _judged: "deque[tuple[asyncio.Task[Tally], int, Seat]]" = field(default_factory=deque)

    async def go(self) -> bool:
        """Judge the rest of the regency; tell whether to go on."""
        try:
            return await self._go()
        finally:
            for task, _, _ in self._judged:
                task.cancel()
            await asyncio.gather(*(task for task, _, _ in self._judged), return_exceptions=True)

    async def _go(self) -> bool:
        read, more = self.progress.after, True
        while True:
            while more and len(self._judged) <= self.judges.children:
                rows = await self._read(read)
                more = len(rows) == self.batch
                if rows:
                    read = (rows[-1].opened_at, rows[-1].id)
                    task = asyncio.create_task(self.judges.judge([_past_case(row) for row in rows]))
                    self._judged.append((task, len(rows), read))
            if not self._judged:
                return await self._move(0, self.past.regency, None)
            task, count, seat = self._judged.popleft()
            self.progress.tally.merge(await task)
            if not await self._move(count, self.progress.finished, seat):
                return False

    async def _read(self, after: Seat | None) -> Sequence[Any]:
        async with read_only(self.run.tools.database.sessions) as tx:
            return await trials.batch(tx, self.past, after, self.batch, whole=self.whole)

    async def _move(self, count: int, finished: str, after: Seat | None) -> bool:
        self.progress.finished, self.progress.after = finished, after
        async with transaction(self.run.tools.database.sessions) as tx:
            return await self.run.move(tx, self.progress.to_json(), done=self.run.done + count)


def _past_case(row: Any) -> Past:
    return Past(row.id.bytes, row.record_id.bytes, row.answer, row.brief, row.facts_sealed, row.wrapped)


def _result(run: Run, progress: _Progress) -> dict[str, Any]:
    """What whoever watches the job is told; in full it is read with the version, by who sees cases."""
    tally = progress.tally
    return {
        "program": run.input["program"],
        "version": run.input["version"],
        "digest": run.input["digest"],
        "examined": run.done,
        "changed": coarse(tally.changed),
        "elsewhere": coarse(tally.elsewhere),
    }
