"""Watching long work: stopped by a person, and taken up again from where it is."""

from uuid import UUID

from app.db.queries import jobs as stored
from app.db.queries.acting import Acting
from app.db.tables.jobs import Job
from app.domain.errors import Conflict, NotFound
from app.domain.jobs import OPEN, JobState


async def get_job(acting: Acting, regency: str, job_id: UUID) -> Job:
    """Return a job that the actor may watch.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    return _watched(acting, await stored.find(acting.tx, regency, job_id))


async def stop_job(acting: Acting, regency: str, job_id: UUID) -> Job:
    """Ask a job to stop: at once if it has not begun, else at its next step. What it did stays.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
        Conflict: it has ended, or is stopped already.
    """
    job = _watched(acting, await stored.lock(acting.tx, regency, job_id))
    if JobState(job.state) not in OPEN:
        raise Conflict(
            "job_not_open",
            "Pekerjaan ini tidak sedang berjalan.",
            "This job is not running.",
            {"state": job.state},
        )
    job.stop_requested, job.updated_at = True, acting.now
    if job.state == JobState.QUEUED.value:
        job.state = JobState.STOPPED.value
    return job


async def resume_job(acting: Acting, regency: str, job_id: UUID) -> Job:
    """Take up a stopped job again, from where it is.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
        Conflict: it is not stopped.
    """
    job = _watched(acting, await stored.lock(acting.tx, regency, job_id))
    if job.state != JobState.STOPPED.value:
        raise Conflict(
            "job_not_stopped",
            "Pekerjaan ini tidak dalam keadaan dihentikan.",
            "This job is not stopped.",
            {"state": job.state},
        )
    job.state, job.stop_requested, job.updated_at = JobState.QUEUED.value, False, acting.now
    job.position = {**job.position, "resumed": job.position.get("resumed", 0) + 1}
    await stored.enqueue(acting.tx, job, acting.new_id(), acting.now)
    return job


def _watched(acting: Acting, job: Job | None) -> Job:
    if job is None or not stored.may_watch(acting.actor, job):
        raise NotFound(id="Pekerjaan ini tidak ada.", en="There is no such job.")
    return job
