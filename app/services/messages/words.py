"""A regency's own words for a message."""

from dataclasses import dataclass
from uuid import UUID

from app.db.queries import message_templates as stored
from app.db.session import Tx
from app.db.tables.messages import MessageTemplate
from app.domain.errors import Invalid
from app.domain.messages import Audience, Channel, Topic, Words, check_words


@dataclass(frozen=True, slots=True)
class NewWords:
    topic: Topic
    audience: Audience
    channel: Channel
    language: str
    words: Words
    active: bool


async def put_words(tx: Tx, tenant: str, id_: UUID, new: NewWords) -> MessageTemplate:
    """Say it in other words in this regency, or, with ``active`` false, say nothing.

    Raises:
        Invalid: an unknown placeholder, words that are too long, mail without a subject.
    """
    errors = check_words(new.channel, new.words)
    if errors:
        raise Invalid(fields=errors)
    slot = (new.topic.value, new.audience.value, new.channel.value, new.language)
    row = await stored.own_template(tx, tenant, slot)
    if row is None:
        row = stored.add_template(tx, tenant, id_, slot)
    row.subject, row.body, row.active = new.words.subject, new.words.body, new.active
    row.version += 1
    await tx.flush()
    return row
