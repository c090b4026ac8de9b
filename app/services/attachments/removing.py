"""Deleting a file: its row stays and says so, its object leaves the store 30 days later."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from app.db.queries import attachments as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.events.attachments import AttachmentDeleted

KEPT: Final = timedelta(days=30)
"""Longer than a backup is old when it is needed."""


async def remove(
    acting: Acting, sight: Sight, place: tuple[str, str], id_: UUID, reason: str
) -> tuple[Case, Attachment]:
    """Delete a file; deleting it again changes nothing. Who works on the case may, and who brought the file.

    Raises:
        NotFound: no such case or file, or the actor may not know of it.
        Forbidden: neither theirs nor their work.
        Invalid: the reason is no code of ours.
    """
    case = await lock_case(acting.tx, sight, *place)
    row = await stored.attachment_of(acting.tx, case, id_, for_update=True)
    _require(acting, case, row)
    if not acting.known.knows("attachment_delete_reason", reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Kode ini tidak dikenal; lihat /v1/codes.",
                    "This code is not known; see /v1/codes.",
                ),
            )
        )
    if row.state not in {stored.STORED, stored.UPLOADING}:
        return case, row
    move = await open_move(acting, case)
    was_stored = row.state == stored.STORED
    keys = [*stored.part_keys(row), *filter(None, [row.object_key])]
    await stored.delete_later(acting.tx, row.regency_code, keys, due_at=acting.now + KEPT, reason=reason)
    row.state, row.deleted_at, row.parts = stored.DELETED, acting.now, []
    if was_stored:
        await acting.tx.flush()
        if row.paper is not None and not await _other_of(acting, case, row.paper):
            stored.unfile_paper(acting.vault, case, move.key, row.paper)
        move.add(AttachmentDeleted(case_id=case.id, attachment_id=row.id, reason=reason, paper=row.paper))
    await finish(move)
    return case, row


def _require(acting: Acting, case: Case, row: Attachment) -> None:
    actor = acting.actor
    own = row.created_by is not None and row.created_by == actor.account_id
    if not (own and actor.has(Permission.CASE_VISIT, case.village_code, case.desk_id)):
        actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)


async def _other_of(acting: Acting, case: Case, paper: str) -> bool:
    rows = await stored.attachments_of(acting.tx, case)
    return any(row.paper == paper and row.state == stored.STORED for row in rows)
