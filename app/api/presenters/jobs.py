"""Long work as whoever watches it reads it."""

from app.api.presenters.words import coded
from app.api.reading import Reading
from app.api.schemas.jobs import JobOut, JobProblem
from app.db.tables.jobs import Job
from app.domain.ids import public_id


def job_out(reading: Reading, job: Job) -> JobOut:
    problem = job.problem
    return JobOut(
        id=public_id(job.regency_code, job.id),
        kind=coded(reading.known, "job_kind", job.kind, reading.lang),
        state=coded(reading.known, "job_state", job.state, reading.lang),
        done=job.done,
        total=job.total,
        result=job.result,
        problem=JobProblem(code=problem["code"], id=problem["id"], en=problem["en"]) if problem else None,
        created_at=job.created_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
    )
