"""The words of messages: the nation's, and what a regency says instead."""

from uuid import UUID

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.messages import MessageTemplate
from app.domain.ids import NATION

Slot = tuple[str, str, str, str]
"""Event, audience, channel, language."""


def slot_of(row: MessageTemplate) -> Slot:
    return (row.event, row.audience, row.channel, row.language)


async def in_force(tx: Tx, regency_code: str) -> dict[Slot, MessageTemplate]:
    """Return the words of each slot, the regency's own before the nation's; one switched off as well."""
    statement = select(MessageTemplate).where(MessageTemplate.regency_code.in_([regency_code, NATION]))
    found: dict[Slot, MessageTemplate] = {}
    for row in await tx.scalars(statement.order_by(MessageTemplate.regency_code.desc())):
        # The nation's ``ID`` sorts behind the digits and so comes first.
        found[slot_of(row)] = row
    return dict(sorted(found.items()))


async def own_template(tx: Tx, regency_code: str, slot: Slot) -> MessageTemplate | None:
    """Return the regency's own row, locked."""
    event, audience, channel, language = slot
    statement = select(MessageTemplate).where(
        MessageTemplate.regency_code == regency_code,
        MessageTemplate.event == event,
        MessageTemplate.audience == audience,
        MessageTemplate.channel == channel,
        MessageTemplate.language == language,
    )
    found: MessageTemplate | None = await tx.scalar(statement.with_for_update())
    return found


def add_template(tx: Tx, regency_code: str, id_: UUID, slot: Slot) -> MessageTemplate:
    """Add a row without words for *slot*; the caller fills it in."""
    event, audience, channel, language = slot
    row = MessageTemplate(
        regency_code=regency_code,
        id=id_,
        event=event,
        audience=audience,
        channel=channel,
        language=language,
        subject="",
        body="",
        active=False,
        version=0,
    )
    tx.add(row)
    return row
