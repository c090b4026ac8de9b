"""The worker's loop: claim, do, settle; look again when the next work is due."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final

import structlog

from app.db.queries import work
from app.db.session import read_only, transaction
from app.domain.errors import Unavailable
from app.worker.jobs.clocks import act_on_clocks
from app.worker.jobs.dci import send_answers
from app.worker.jobs.dci_following import follow
from app.worker.jobs.emergency import send_emergency
from app.worker.jobs.feed import number_feed
from app.worker.jobs.figures import count_figures
from app.worker.jobs.graduation import remind_of_review
from app.worker.jobs.hand_over import hand_over
from app.worker.jobs.long import RETRY, run_job
from app.worker.jobs.notify import notify
from app.worker.jobs.objections import watch_objection
from app.worker.jobs.objects import sweep_objects
from app.worker.jobs.outside import send_outside
from app.worker.jobs.periodic_reports import make_reports
from app.worker.jobs.places import offer_places
from app.worker.jobs.pledges import expire_pledge
from app.worker.jobs.recount import recount_clocks
from app.worker.jobs.retention import retain
from app.worker.jobs.rights import watch_right
from app.worker.jobs.seals import seal_heads
from app.worker.jobs.send import send
from app.worker.jobs.statistics import publish_statistics
from app.worker.jobs.sweep import sweep
from app.worker.jobs.transfers import open_there
from app.worker.jobs.webhooks import deliver_until_stop, put_out_feed
from app.worker.running import LEASE
from app.worker.tools import Tools

LONGEST_PAUSE: Final = timedelta(seconds=1)
SHORTEST_PAUSE: Final = timedelta(milliseconds=50)


class Lane(Enum):
    """Jobs of one lane run one after the other; a lane never holds another up."""

    QUICK = "quick"
    WAITS = "waits"
    """For other people's machines."""
    PUSHES = "pushes"
    """Puts events out for the endpoints of others; what is sent is no job but a loop of its own."""
    ANSWERS = "answers"
    """Posts answers of the DCI interface: a receiver that hangs holds up those of its own kind only."""
    TELLS = "tells"
    """Notices and messages: a flood of escalations, each told to somebody, holds up no clock."""
    COUNTS = "counts"
    """Figures: a flood of changes there holds up nobody who waits for help."""
    REPORTS = "reports"
    """Made once a month, each of many questions: nobody's figures stand still meanwhile."""
    LONG = "long"
    """For minutes, because somebody asked for much."""


@dataclass(frozen=True, slots=True)
class Job:
    run: Callable[[Tools, work.Claim], Awaitable[datetime | None]]
    """Does the work in transactions of its own, and says when it is due again; None: done for good."""
    lease: timedelta
    """After this a worker that does not answer counts as dead. Two at once must do no harm, only no good."""
    retry: timedelta
    lane: Lane = Lane.QUICK


JOBS: Final[Mapping[str, Job]] = MappingProxyType(
    {
        # First: somebody is waiting for help.
        work.SEND_EMERGENCY: Job(send_emergency, lease=timedelta(seconds=10), retry=timedelta(seconds=1)),
        work.NUMBER_FEED: Job(number_feed, lease=timedelta(seconds=10), retry=timedelta(seconds=1)),
        work.ACT_ON_CLOCKS: Job(act_on_clocks, lease=timedelta(seconds=30), retry=timedelta(seconds=2)),
        work.SEAL_HEADS: Job(seal_heads, lease=timedelta(minutes=10), retry=timedelta(minutes=1)),
        work.HAND_OVER: Job(hand_over, lease=timedelta(minutes=2), retry=timedelta(seconds=2)),
        work.RECOUNT_CLOCKS: Job(recount_clocks, lease=timedelta(minutes=2), retry=timedelta(seconds=2)),
        work.NOTIFY: Job(notify, lease=timedelta(minutes=2), retry=timedelta(seconds=2), lane=Lane.TELLS),
        work.PUT_OUT: Job(
            put_out_feed, lease=timedelta(minutes=1), retry=timedelta(seconds=2), lane=Lane.PUSHES
        ),
        work.SEND: Job(send, lease=timedelta(minutes=5), retry=timedelta(seconds=5), lane=Lane.WAITS),
        work.SEND_ANSWERS: Job(
            send_answers, lease=timedelta(minutes=2), retry=timedelta(seconds=2), lane=Lane.ANSWERS
        ),
        work.FOLLOW: Job(follow, lease=timedelta(minutes=10), retry=timedelta(seconds=10), lane=Lane.ANSWERS),
        work.SEND_OUTSIDE: Job(
            send_outside, lease=timedelta(minutes=2), retry=timedelta(seconds=30), lane=Lane.WAITS
        ),
        work.OFFER_PLACE: Job(offer_places, lease=timedelta(minutes=1), retry=timedelta(seconds=5)),
        work.GRADUATION_REVIEW: Job(
            remind_of_review, lease=timedelta(minutes=1), retry=timedelta(seconds=10)
        ),
        work.RUN_JOB: Job(run_job, lease=LEASE, retry=RETRY, lane=Lane.LONG),
        work.WATCH_OBJECTION: Job(watch_objection, lease=timedelta(seconds=30), retry=timedelta(seconds=5)),
        work.WATCH_RIGHT: Job(watch_right, lease=timedelta(seconds=30), retry=timedelta(seconds=5)),
        work.EXPIRE_PLEDGE: Job(expire_pledge, lease=timedelta(seconds=30), retry=timedelta(seconds=5)),
        work.TRANSFER_CASE: Job(open_there, lease=timedelta(minutes=1), retry=timedelta(minutes=1)),
        work.COUNT_FIGURES: Job(
            count_figures, lease=timedelta(minutes=10), retry=timedelta(seconds=5), lane=Lane.COUNTS
        ),
        work.PUBLISH_STATISTICS: Job(
            publish_statistics, lease=timedelta(minutes=10), retry=timedelta(minutes=1), lane=Lane.COUNTS
        ),
        work.MAKE_REPORTS: Job(
            make_reports, lease=timedelta(minutes=10), retry=timedelta(minutes=1), lane=Lane.REPORTS
        ),
        work.RETENTION: Job(retain, lease=timedelta(minutes=30), retry=timedelta(minutes=10)),
        work.SWEEP: Job(sweep, lease=timedelta(minutes=10), retry=timedelta(minutes=5)),
        work.SWEEP_OBJECTS: Job(
            sweep_objects, lease=timedelta(hours=1), retry=timedelta(minutes=5), lane=Lane.WAITS
        ),
    }
)


async def run(tools: Tools) -> None:
    """Work until ``tools.stop`` is set, in one lane beside the other."""
    async with asyncio.TaskGroup() as lanes:
        for lane in Lane:
            jobs = {kind: job for kind, job in JOBS.items() if job.lane is lane}
            lanes.create_task(_run_lane(tools, jobs))
        lanes.create_task(deliver_until_stop(tools))


async def _run_lane(tools: Tools, jobs: Mapping[str, Job]) -> None:
    """Do these jobs until the stop; a database that is away is waited for."""
    log = structlog.get_logger()
    ready = False
    while not tools.stop.is_set():
        pause = LONGEST_PAUSE
        try:
            if not ready:
                async with transaction(tools.database.sessions) as tx:
                    await work.ensure_periodic(tx, tools.now())
                ready = True
            pause = await work_once(tools, jobs)
        except Unavailable:
            log.warning("worker_waits_for_database")
        await _wait(tools.stop, pause)


async def work_once(tools: Tools, jobs: Mapping[str, Job] = JOBS) -> timedelta:
    """Do everything that is due now; return how long there is nothing to do."""
    kinds = tuple(jobs)
    async with read_only(tools.database.sessions) as tx:
        due = await work.due(tx, tools.now(), kinds)
    for tenant, waiting in due.items():
        for kind, job in jobs.items():
            if kind in waiting and not tools.stop.is_set():
                await _work_one(tools, tenant, kind, job)
    async with read_only(tools.database.sessions) as tx:
        next_due = await work.next_due(tx, kinds)
    if next_due is None:
        return LONGEST_PAUSE
    return min(max(next_due - tools.now(), SHORTEST_PAUSE), LONGEST_PAUSE)


async def _work_one(tools: Tools, tenant: str, kind: str, job: Job) -> None:
    async with transaction(tools.database.sessions) as tx:
        claims = await work.claim(tx, tenant, tools.now(), work.Wanted((kind,), job.lease))
    for held in claims:
        due_at = await _run_job(tools, job, held)
        done_at = tools.now() if due_at is None else None
        async with transaction(tools.database.sessions) as tx:
            await work.settle(tx, held, done_at=done_at, due_at=due_at)


async def _run_job(tools: Tools, job: Job, held: work.Claim) -> datetime | None:
    try:
        return await job.run(tools, held)
    except Unavailable:
        structlog.get_logger().warning("job_waits", kind=held.kind, attempts=held.attempts)
        return tools.now() + job.retry
    except Exception as error:  # noqa: BLE001 - a job that fails must not stop the others, and comes again
        # Where it happened, without its message: the message of a database error holds values.
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        structlog.get_logger().error(
            "job_failed", kind=held.kind, attempts=held.attempts, error=type(error).__name__, frames=frames
        )
        return tools.now() + job.retry


async def _wait(stop: asyncio.Event, pause: timedelta) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(pause.total_seconds()):
            await stop.wait()
