"""One run of a long job: what it works on, and how it says how far it is."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries import jobs, work
from app.db.queries.work import Claim
from app.db.session import Tx
from app.domain.jobs import JobKind
from app.worker.tools import Tools

LEASE: Final = timedelta(minutes=2)
"""Each move renews it: a step between two moves must take well less."""


class Lost(Exception):
    """Another worker took over: what this one did since its last move is rolled back."""


@dataclass(slots=True)
class Run:
    tools: Tools
    held: Claim
    kind: JobKind
    job_id: UUID
    input: dict[str, Any]
    position: dict[str, Any]
    done: int
    region: str
    created_by: UUID | None
    go_on: bool = field(default=True)
    """Whether nobody asked it to stop, and the worker itself goes on."""

    @property
    def regency(self) -> str:
        return self.held.regency_code

    async def move(self, tx: Tx, position: dict[str, Any], *, done: int, total: int | None = None) -> bool:
        """Keep how far the job is, in the transaction of the work that brought it there.

        *position* is what the job goes on from; *total* is kept when it is given.

        Returns:
            Whether to go on: after False the job commits, and returns None.

        Raises:
            Lost: another worker has the job; let the transaction roll back.
        """
        now = self.tools.now()
        job = await jobs.lock(tx, self.regency, self.job_id)
        if job is None or not await work.renew(tx, self.held, now + LEASE):
            raise Lost
        resumed = {"resumed": job.position["resumed"]} if "resumed" in job.position else {}
        job.position = {**position, **resumed}
        job.done, job.updated_at = done, now
        if total is not None:
            job.total = total
        self.position, self.done = job.position, done
        self.go_on = not job.stop_requested and not self.tools.stop.is_set()
        return self.go_on
