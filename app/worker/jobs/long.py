"""Long jobs that people asked for: taken up, moved on, stopped, ended; each kind has a module of its own."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import structlog

from app.db.queries import jobs
from app.db.queries.work import Claim
from app.db.session import transaction
from app.db.tables.jobs import Job
from app.domain.errors import DeskError, Unavailable
from app.domain.jobs import OPEN, JobKind, JobState
from app.worker.jobs.assistance_import import run_assistance_import
from app.worker.jobs.audit_verify import run_audit_verify
from app.worker.jobs.campaign_select import run_campaign_select
from app.worker.jobs.export import run_export
from app.worker.jobs.reconcile import run_reconcile
from app.worker.jobs.registry_check import run_registry_check
from app.worker.jobs.registry_commit import run_registry_commit
from app.worker.jobs.registry_diff import run_registry_diff
from app.worker.jobs.try_program import run_try_program
from app.worker.running import Lost, Run
from app.worker.tools import Tools

Long = Callable[[Run], Awaitable[dict[str, Any] | None]]
"""Does the work in transactions of its own, each with one `Run.move`; returns the result, or None if stopped.

Raises:
    DeskError: the job cannot be done as it was asked; its words are shown.
"""

LONG: Final[Mapping[JobKind, Long]] = MappingProxyType(
    {
        JobKind.TRY_PROGRAM: run_try_program,
        JobKind.REGISTRY_CHECK: run_registry_check,
        JobKind.REGISTRY_COMMIT: run_registry_commit,
        JobKind.REGISTRY_DIFF: run_registry_diff,
        JobKind.EXPORT: run_export,
        JobKind.CAMPAIGN_SELECT: run_campaign_select,
        JobKind.RECONCILE: run_reconcile,
        JobKind.ASSISTANCE_IMPORT: run_assistance_import,
        JobKind.AUDIT_VERIFY: run_audit_verify,
    }
)
RETRY: Final = timedelta(seconds=5)
MOST_ATTEMPTS: Final = 20
"""Of one asking: a job that takes its worker down with it is given up."""
_GIVEN_UP: Final = {
    "code": "internal",
    "id": "Pekerjaan ini berulang kali gagal karena kesalahan layanan. Hubungi pengelola layanan.",
    "en": "This job failed again and again by a fault of the service. Tell whoever runs the service.",
}


async def run_job(tools: Tools, held: Claim, *, long: Mapping[JobKind, Long] = LONG) -> datetime | None:
    """Run one job on from its position; return when to come again, None when it has ended or is stopped."""
    run = await _take_up(tools, held)
    if run is None:
        return None
    try:
        result = await long[run.kind](run)
    except Unavailable:
        raise
    except Lost:
        return None
    except DeskError as refused:
        await _end(run, problem={"code": refused.code, "id": refused.id, "en": refused.en, **refused.data})
        return None
    except Exception:
        if held.attempts < MOST_ATTEMPTS:
            raise
        structlog.get_logger().exception("job_given_up", kind=run.kind.value)
        await _end(run, problem=dict(_GIVEN_UP))
        return None
    if result is not None:
        await _end(run, result=result)
        return None
    return await _pause(run)


async def _take_up(tools: Tools, held: Claim) -> Run | None:
    async with transaction(tools.database.sessions) as tx:
        job = await jobs.lock(tx, held.regency_code, UUID(held.payload["job"]))
        if job is None or JobState(job.state) not in OPEN:
            return None
        now = tools.now()
        job.updated_at = now
        if job.stop_requested:
            job.state = JobState.STOPPED.value
            return None
        if held.attempts > MOST_ATTEMPTS:
            job.state, job.problem, job.ended_at = JobState.FAILED.value, dict(_GIVEN_UP), now
            return None
        job.state, job.started_at = JobState.RUNNING.value, job.started_at or now
        return Run(
            tools,
            held,
            JobKind(job.kind),
            job.id,
            dict(job.input),
            dict(job.position),
            job.done,
            job.region_code,
            job.created_by,
        )


async def _pause(run: Run) -> datetime | None:
    async with transaction(run.tools.database.sessions) as tx:
        job = await _locked(tx, run)
        if job is not None and job.stop_requested:
            job.state, job.updated_at = JobState.STOPPED.value, run.tools.now()
            return None
    return run.tools.now()


async def _end(
    run: Run, *, result: dict[str, Any] | None = None, problem: dict[str, Any] | None = None
) -> None:
    async with transaction(run.tools.database.sessions) as tx:
        job = await _locked(tx, run)
        if job is not None:
            job.state = JobState.DONE.value if problem is None else JobState.FAILED.value
            job.result, job.problem = result, problem
            job.ended_at = job.updated_at = run.tools.now()
            job.stop_requested = False


async def _locked(tx: Any, run: Run) -> Job | None:
    job = await jobs.lock(tx, run.regency, run.job_id)
    return job if job is not None and JobState(job.state) in OPEN else None
