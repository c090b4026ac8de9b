"""Messages of a regency: what was sent to whom by role, what was not and why, and what is tried again."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query

from app.api.deps import ReadTx
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.messages import message_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.messages import SentMessageOut
from app.db.queries import messages_sent as stored
from app.db.session import Tx
from app.db.tables.messages import Message
from app.domain.access import Permission
from app.domain.ids import tenant_of
from app.domain.messages import Audience

router = make_router("messages")
REACH: Final = timedelta(days=31)
_ROW: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "ticket": "1374-3F7K-9QX2-M",
    "event": {"code": "case_opened", "label": {"id": "Kasus baru", "en": "New case"}},
    "to": {"code": "resident", "label": {"id": "Warga", "en": "Resident"}},
    "channel": {
        "code": "phone",
        "label": {"id": "Ponsel (WhatsApp atau SMS)", "en": "Phone (WhatsApp or SMS)"},
    },
    "language": "id",
    "state": {"code": "waiting", "label": {"id": "Menunggu", "en": "Waiting"}},
    "reason": None,
    "attempts": 2,
    "created_at": "2026-11-25T03:04:05Z",
    "due_at": "2026-11-25T03:14:05Z",
    "settled_at": None,
    "provider_ref": None,
}


@router.get(
    "/v1/messages",
    **operation(
        "listSentMessages",
        may=(Permission.CASE_READ, Permission.POLICY_MANAGE),
        answers=Listed[SentMessageOut],
        paged=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_sent_messages(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    state: Annotated[Literal["waiting", "sent", "failed", "suppressed"] | None, Query()] = None,
    to: Annotated[Audience | None, Query(description="Of the set `message_audience`.")] = None,
) -> Listed[SentMessageOut]:
    """List the messages of a regency of the last 31 days, the newest first; never the words or the address.

    Whoever reads cases sees those of the cases within her sight. Whoever looks after a regency's messages and
    reads no cases sees those of its ordinary cases, without the ticket.
    """
    tenant = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    audience = to.value if to else None
    wanted = stored.Wanted(tenant, reading.now - REACH, state, audience, after, page.limit + 1)
    rows = await _rows(tx, reading, wanted)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.created_at.isoformat(), last.id.hex] if last else None
    items = [
        SentMessageOut(ticket=ticket, **message_out(reading.known, row).model_dump()) for row, ticket in shown
    ]
    return page.page(items, after=more, count=None)


async def _rows(tx: Tx, reading: Reading, wanted: stored.Wanted) -> list[tuple[Message, str | None]]:
    if reading.actor.ever(Permission.CASE_READ):
        return [*await stored.in_sight(tx, reading.sight, wanted)]
    reading.actor.require(Permission.POLICY_MANAGE, wanted.regency_code)
    return [(row, None) for row, _ in await stored.of_ordinary(tx, reading.sight, wanted)]
