"""The files of a case: their rows, what they hold of the case's papers, and which objects nobody needs."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.acting import Vault
from app.db.queries.deliberations import scans_named
from app.db.queries.objections import photos_named
from app.db.queries.pledges import proofs_named
from app.db.queries.texts import FILED, private_of
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.hands import Visit
from app.db.tables.papers import Attachment, DeletedObject
from app.domain.attachments import Used
from app.domain.errors import NotFound
from app.domain.events.cases import CaseStepTaken
from app.domain.lifecycle import CaseAction

UPLOADING: Final = "uploading"
STORED: Final = "stored"
REFUSED: Final = "refused"
DELETED: Final = "deleted"


def no_attachment() -> NotFound:
    return NotFound(
        id="Lampiran tidak ditemukan, atau sudah dihapus.", en="No such attachment, or it was deleted."
    )


async def attachments_of(tx: Tx, case: Case) -> Sequence[Attachment]:
    """Return every file that the case has or had, oldest first."""
    statement = select(Attachment).where(
        Attachment.regency_code == case.regency_code, Attachment.case_id == case.id
    )
    return (await tx.scalars(statement.order_by(Attachment.created_at, Attachment.id))).all()


async def attachment_of(tx: Tx, case: Case, id_: UUID, *, for_update: bool = False) -> Attachment:
    """Return one file of the case, locked when *for_update*.

    Raises:
        NotFound: the case has none of this id.
    """
    statement = select(Attachment).where(
        Attachment.regency_code == case.regency_code, Attachment.case_id == case.id, Attachment.id == id_
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await tx.scalar(statement)
    if found is None:
        raise no_attachment()
    return found


async def twin_of(tx: Tx, case: Case, sha256: bytes, like: Attachment) -> Attachment | None:
    """Return the stored file of the case that shows the same for the same purpose, if there is one."""
    found: Attachment | None = await tx.scalar(
        select(Attachment)
        .where(
            Attachment.regency_code == case.regency_code,
            Attachment.case_id == case.id,
            Attachment.state == STORED,
            Attachment.sha256 == sha256,
            Attachment.paper.is_not_distinct_from(like.paper),
            Attachment.visit_id.is_not_distinct_from(like.visit_id),
            Attachment.id != like.id,
        )
        .limit(1)
    )
    return found


async def used_by(tx: Tx, case: Case, account_id: UUID | None, since: datetime) -> Used:
    """Sum what the case holds, uploads under way included, and what the account has sent since *since*."""
    here = await tx.execute(
        select(
            func.count(),
            func.coalesce(func.sum(func.coalesce(Attachment.stored_bytes, Attachment.declared_bytes)), 0),
        ).where(
            Attachment.regency_code == case.regency_code,
            Attachment.case_id == case.id,
            Attachment.state.in_([UPLOADING, STORED]),
        )
    )
    files, size = here.one()
    sent: int | None = 0
    if account_id is not None:
        sent = await tx.scalar(
            select(func.coalesce(func.sum(Attachment.declared_bytes), 0)).where(
                Attachment.regency_code == case.regency_code,
                Attachment.created_by == account_id,
                Attachment.created_at >= since,
            )
        )
    return Used(int(files), int(size), int(sent or 0))


async def has_visit(tx: Tx, case: Case, visit_id: UUID) -> bool:
    found = await tx.scalar(
        select(Visit.id).where(
            Visit.regency_code == case.regency_code, Visit.case_id == case.id, Visit.id == visit_id
        )
    )
    return found is not None


async def asked_papers(tx: Tx, case: Case) -> tuple[str, ...]:
    """Return the papers that an officer asked for last, in the order of the asking."""
    missing = await tx.scalar(
        select(Event.data["missing"])
        .where(
            Event.regency_code == case.regency_code,
            Event.stream_id == case.id,
            Event.type == CaseStepTaken.type,
            Event.data["action"].astext == CaseAction.ASK_COMPLETION.value,
        )
        .order_by(Event.n.desc())
        .limit(1)
    )
    return tuple(missing or ())


# Papers held ------------------------------------------------------------------------------------------


def filed_only(private: dict[str, Any]) -> frozenset[str]:
    """Return the papers that the case has by a file alone."""
    return frozenset(private.get(FILED) or ())


def file_paper(vault: Vault, case: Case, key: Any, paper: str) -> frozenset[str]:
    """Note that a file shows *paper*: it counts as held. Return all that the case has."""
    private = private_of(vault, case, key)
    held = frozenset(private.get("papers") or ())
    if paper not in held:
        held |= {paper}
        private["papers"] = sorted(held)
        private[FILED] = sorted(filed_only(private) | {paper})
        _keep(vault, case, key, private)
    return held


def unfile_paper(vault: Vault, case: Case, key: Any, paper: str) -> None:
    """The last file of *paper* is gone: without it the case has the paper only if somebody saw it."""
    private = private_of(vault, case, key)
    if paper in filed_only(private):
        private["papers"] = sorted({*(private.get("papers") or ())} - {paper})
        private[FILED] = sorted(filed_only(private) - {paper})
        _keep(vault, case, key, private)


def _keep(vault: Vault, case: Case, key: Any, private: dict[str, Any]) -> None:
    text = json.dumps(private, ensure_ascii=False)
    case.private_sealed = vault.seal(key, "cases", "private", case.id, text)


# Objects ----------------------------------------------------------------------------------------------


async def delete_later(
    tx: Tx, regency_code: str, keys: Iterable[str], *, due_at: datetime, reason: str
) -> None:
    """Put objects on the list of those to be taken away from *due_at*."""
    rows = [
        {"regency_code": regency_code, "object_key": key, "due_at": due_at, "reason": reason} for key in keys
    ]
    if rows:
        statement = insert(DeletedObject).values(rows)
        await tx.execute(
            statement.on_conflict_do_nothing(
                index_elements=[DeletedObject.regency_code, DeletedObject.object_key]
            )
        )


def part_keys(row: Attachment) -> list[str]:
    return [str(key) for key, _ in row.parts]


async def due_objects(tx: Tx, regency_code: str, now: datetime, limit: int) -> Sequence[str]:
    found = await tx.scalars(
        select(DeletedObject.object_key)
        .where(DeletedObject.regency_code == regency_code, DeletedObject.due_at <= now)
        .order_by(DeletedObject.due_at, DeletedObject.object_key)
        .limit(limit)
    )
    return found.all()


async def forget_objects(tx: Tx, regency_code: str, keys: Collection[str]) -> None:
    """Strike objects that are gone from the list."""
    await tx.execute(
        delete(DeletedObject).where(
            DeletedObject.regency_code == regency_code, DeletedObject.object_key.in_(keys)
        )
    )


async def abandoned_uploads(tx: Tx, regency_code: str, before: datetime, limit: int) -> Sequence[Attachment]:
    """Lock uploads in parts that were begun before *before* and never ended."""
    statement = (
        select(Attachment)
        .where(
            Attachment.regency_code == regency_code,
            Attachment.state == UPLOADING,
            Attachment.created_at < before,
        )
        .order_by(Attachment.id)
        .limit(limit)
    )
    return (await tx.scalars(statement.with_for_update(skip_locked=True))).all()


async def needed_objects(tx: Tx, regency_code: str, keys: Collection[str]) -> set[str]:
    """Return those of *keys* that a row names: a file, its parts, a meeting's paper, one to be taken away."""
    files = await tx.scalars(
        select(Attachment.object_key).where(
            Attachment.regency_code == regency_code, Attachment.object_key.in_(keys)
        )
    )
    listed = await tx.scalars(
        select(DeletedObject.object_key).where(
            DeletedObject.regency_code == regency_code, DeletedObject.object_key.in_(keys)
        )
    )
    parts = await tx.scalars(
        select(Attachment.parts).where(Attachment.regency_code == regency_code, Attachment.state == UPLOADING)
    )
    under_way = {str(key) for row in parts for key, _ in row}
    meetings = await scans_named(tx, regency_code, keys) | await photos_named(tx, regency_code, keys)
    proofs = await proofs_named(tx, regency_code, keys)
    return {*filter(None, files), *listed, *(under_way & set(keys)), *meetings, *proofs}
