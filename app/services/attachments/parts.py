"""An upload in parts, for a bad link: begun, added to, ended. A part is an object; the row has the order."""

from dataclasses import dataclass
from uuid import UUID

from app.db.queries import attachments as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, open_move
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.attachments import SMALLEST_PART, Came, Refusal, place_part
from app.domain.errors import Conflict, Invalid
from app.services.attachments.keeping import (
    Given,
    New,
    make_stored,
    new_row,
    ready,
    seal_name,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that lies in the store."""

    offset: int
    size: int
    """Bytes, before encryption."""
    object_key: str


async def begin_upload(acting: Acting, case: Case, given: Given) -> Attachment:
    """Open an upload of ``given.size`` bytes in the case, which the caller has locked."""
    opened = await ready(acting, case, given)
    row = new_row(acting, case, given, acting.new_id())
    seal_name(acting, opened.key, row, given.name)
    acting.tx.add(row)
    await acting.tx.flush()
    return row


async def upload_of(acting: Acting, case: Case, id_: UUID, *, for_update: bool = False) -> Attachment:
    """Return an upload that goes on.

    Raises:
        NotFound: the case has none of this id.
        Conflict: it has ended.
    """
    row = await stored.attachment_of(acting.tx, case, id_, for_update=for_update)
    if row.state not in {stored.UPLOADING, stored.STORED}:
        raise Conflict(
            code="upload_ended",
            id="Pengiriman ini sudah berakhir. Mulai yang baru.",
            en="This upload has ended. Begin a new one.",
        )
    return row


async def add_part(acting: Acting, case: Case, id_: UUID, part: Part) -> tuple[Attachment, bool]:
    """Add a part under the row's lock; returns the row, and whether the part's object is needed.

    A part that came before changes nothing, so that it may be sent again.

    Raises:
        Conflict: it does not join what came; ``data.offset`` says where to go on.
        Invalid: it goes over the end, or is too small.
    """
    row = await upload_of(acting, case, id_, for_update=True)
    came = place_part(
        offset=part.offset, length=part.size, received=row.received_bytes, declared=row.declared_bytes
    )
    match came:
        case Came.ELSEWHERE:
            raise Conflict(
                code="wrong_offset",
                id=f"Lanjutkan dari byte {row.received_bytes}.",
                en=f"Go on at byte {row.received_bytes}.",
                data={"offset": row.received_bytes},
            )
        case Came.BEYOND:
            raise Invalid(
                code="beyond_the_end",
                id="Bagian ini melewati ukuran berkas yang disebut di awal.",
                en="This part goes over the size that was named at the beginning.",
                data={"offset": row.received_bytes},
            )
        case Came.SMALL:
            raise Invalid(
                code="part_too_small",
                id=f"Kirim bagian sedikitnya {SMALLEST_PART} byte, kecuali yang terakhir.",
                en=f"Send parts of at least {SMALLEST_PART} bytes, the last one excepted.",
                data={"offset": row.received_bytes},
            )
        case Came.NEXT if part.size:
            row.parts = [*row.parts, [part.object_key, part.size]]
            row.received_bytes += part.size
            return row, True
        case _:
            return row, False


async def end(acting: Acting, case: Case, id_: UUID, new: New) -> tuple[Attachment, bool]:
    """Make a whole upload one of the case, which the caller has locked; a twin may have done it before.

    Returns:
        The row, and whether the object of *new* is needed.
    """
    move = await open_move(acting, case)
    row = await upload_of(acting, case, id_, for_update=True)
    if row.state == stored.STORED:
        return row, False
    await stored.delete_later(
        acting.tx, row.regency_code, stored.part_keys(row), due_at=acting.now, reason="joined"
    )
    await make_stored(move, row, new)
    await finish(move)
    return row, True


async def refuse(acting: Acting, case: Case, id_: UUID, refusal: Refusal) -> None:
    """End an upload whose file is not taken; its parts go."""
    row = await stored.attachment_of(acting.tx, case, id_, for_update=True)
    if row.state == stored.UPLOADING:
        await stored.delete_later(
            acting.tx, row.regency_code, stored.part_keys(row), due_at=acting.now, reason=refusal.value
        )
        row.state, row.refusal, row.parts = stored.REFUSED, refusal.value, []
