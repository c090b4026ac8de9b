"""Taking a list of cases out: asked for with a purpose, made in the asker's own sight, fetched for a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries import exports as stored
from app.db.queries import jobs, lists
from app.db.queries.acting import Acting
from app.db.tables.exports import Export
from app.db.tables.jobs import Job
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Conflict, FieldError, Forbidden, Gone, Invalid, NotFound
from app.domain.exports import KEPT, ExportFormat
from app.domain.jobs import JobKind, JobState


@dataclass(frozen=True, slots=True)
class Wanted:
    format: ExportFormat
    purpose: str
    """Of the set ``reveal_purpose``."""
    filter: Mapping[str, Any]
    language: str
    full_nik: bool = False
    """Whole numbers, of the cases in whose place the asker may reveal them; masked otherwise."""


async def order_export(acting: Acting, wanted: Wanted, wrapped_key: bytes) -> tuple[Export, Job]:
    """Ask for an export; the worker makes it with the rights that the account has then.

    Raises:
        Forbidden: the actor reads no cases, or no person's number in full.
        Invalid: the purpose is not known.
    """
    account_id = acting.actor.account_id
    acting.actor.require_ever(Permission.CASE_READ)
    if wanted.full_nik:
        acting.actor.require_ever(Permission.PERSON_REVEAL)
    if account_id is None:
        raise forbidden(Permission.CASE_READ)
    if not acting.known.knows("reveal_purpose", wanted.purpose):
        raise Invalid(
            fields=(FieldError("/purpose", "unknown_code", "Tujuan ini tidak dikenal.", "No such purpose."),)
        )
    regency, export_id = acting.actor.tenant, acting.new_id()
    asked = {"export": export_id.hex}
    order = jobs.Order(JobKind.EXPORT, regency, regency, Permission.AUDIT_READ, asked)
    job = await jobs.order(acting, order)
    row = Export(
        regency_code=regency,
        id=export_id,
        job_id=job.id,
        account_id=account_id,
        data_key_id=await lists.add_key(acting, regency, wrapped_key),
        format=wanted.format.value,
        language=wanted.language,
        filter=dict(wanted.filter),
        purpose=wanted.purpose,
        full_nik=wanted.full_nik,
        rows=0,
        size=0,
        parts=[],
        created_at=acting.now,
        expires_at=acting.now + KEPT,
        deleted_at=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    return row, job


async def get_export(acting: Acting, regency: str, export_id: UUID) -> tuple[Export, Job]:
    """Return the actor's own export with its job.

    Raises:
        NotFound: there is none, or somebody else asked for it.
    """
    row = await stored.find(acting.tx, regency, export_id)
    job = None if row is None else await jobs.find(acting.tx, regency, row.job_id)
    if row is None or job is None or row.account_id != acting.actor.account_id:
        raise NotFound(id="Ekspor ini tidak ada.", en="There is no such export.")
    return row, job


async def fetch_export(acting: Acting, regency: str, export_id: UUID) -> Export:
    """Return an export that may be fetched now.

    Raises:
        NotFound: there is none, or somebody else asked for it.
        Forbidden: the actor reads no cases any more.
        Gone: its day is over.
        Conflict: it is not made yet, or could not be made.
    """
    row, job = await get_export(acting, regency, export_id)
    acting.actor.require_ever(Permission.CASE_READ)
    if row.deleted_at is not None or row.expires_at <= acting.now:
        raise Gone(
            "export_expired",
            "Ekspor ini sudah kedaluwarsa. Buat lagi bila masih diperlukan.",
            "This export has expired. Make it again if it is still needed.",
        )
    if job.state != JobState.DONE.value:
        raise Conflict(
            "export_not_ready",
            "Ekspor ini belum selesai dibuat.",
            "This export is not ready.",
            {"state": job.state},
        )
    return row


def refuse_inactive() -> Forbidden:
    return Forbidden(
        "account_inactive",
        "Akun yang meminta ekspor ini tidak aktif lagi.",
        "The account that asked for this export is not active any more.",
    )
