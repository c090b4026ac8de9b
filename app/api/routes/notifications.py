"""What an account should know: its notices, newest first, in words made at reading time."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.messages import notice_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.messages import NoticeOut, NoticesReadIn, UnreadOut
from app.db.queries import notices
from app.db.queries.notices import Reader
from app.domain.errors import FieldError, Invalid, Unauthenticated
from app.domain.ids import parse_public_id

router = make_router("notifications")

_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "kind": "case_assigned",
    "words": {"id": "Kasus ditugaskan kepada Anda", "en": "A case was assigned to you"},
    "at": "2026-11-25T03:04:05Z",
    "read_at": None,
    "ticket": "1374-3F7K-9QX2-M",
    "referral_id": None,
    "report_id": None,
}


@router.get(
    "/v1/notifications",
    **operation(
        "listNotifications",
        may=AUTHENTICATED,
        answers=Listed[NoticeOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_notifications(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    unread: Annotated[bool, Query(description="Only those not read yet.")] = False,  # noqa: FBT002
) -> Listed[NoticeOut]:
    """List your notices. One about a case that you may not see any more is gone, from the count too."""
    reader = _reader(reading)
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await notices.listed(tx, reader, unread=unread, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await notices.count(tx, reader, unread=unread) if page.wants_count else None
    items = [notice_out(reading.known, reader.tenant, one) for one in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/notifications/read",
    **operation(
        "readNotifications",
        may=AUTHENTICATED,
        answers=UnreadOut,
        once=True,
        example={"unread": 0},
        body_example={"up_to": "2026-11-25T03:04:05Z"},
    ),
)
async def read_notifications(body: NoticesReadIn, call: CallDep) -> Response:
    """Mark notices as read; the answer says how many are left."""
    reader, tx = _reader(call.reading), call.tx
    ids = [_notice_id(text, place, reader.tenant) for place, text in enumerate(body.ids)]

    async def work() -> Answer:
        await notices.mark_read(
            tx, reader.tenant, reader.account_id, call.reading.now, ids=ids, up_to=body.up_to
        )
        return Answer(UnreadOut(unread=await notices.count(tx, reader, unread=True)), 200)

    async def may_see() -> None:
        """They are her own."""

    return await call.once(tx, reader.tenant, work, may_see=may_see)


def _notice_id(text: str, place: int, tenant: str) -> UUID:
    found = parse_public_id(text)
    if found is None or found.tenant != tenant:
        raise Invalid(
            fields=(
                FieldError(
                    f"/ids/{place}",
                    "unknown_notice",
                    "Id ini bukan pemberitahuan untuk Anda.",
                    "This id is no notice of yours.",
                ),
            )
        )
    return found.id


def _reader(reading: Reading) -> Reader:
    actor = reading.actor
    if actor.account_id is None:
        raise Unauthenticated
    return Reader(actor.tenant, actor.account_id, reading.sight, sorted(reading.known.settings))
