"""Long work: its kinds and its states."""

from enum import StrEnum
from typing import Final


class JobKind(StrEnum):
    """What is done; the set ``job_kind``."""

    TRY_PROGRAM = "try_program"
    REGISTRY_CHECK = "registry_check"
    REGISTRY_COMMIT = "registry_commit"
    REGISTRY_DIFF = "registry_diff"
    RECONCILE = "reconcile"
    ASSISTANCE_IMPORT = "assistance_import"
    CAMPAIGN_SELECT = "campaign_select"
    EXPORT = "export"
    AUDIT_VERIFY = "audit_verify"


class JobState(StrEnum):
    """The set ``job_state``."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPED = "stopped"
    """By a person; it goes on from where it is when somebody resumes it."""
    DONE = "done"
    FAILED = "failed"
    """It cannot be done as it was asked; the problem says why."""


OPEN: Final = frozenset({JobState.QUEUED, JobState.RUNNING})
