"""A regency's own words for a message."""

from dataclasses import dataclass

from app.db.queries import events
from app.db.queries import message_templates as stored
from app.db.queries.acting import Acting
from app.db.tables.messages import MessageTemplate
from app.domain.errors import Invalid
from app.domain.events.messages import MessageWordsSet
from app.domain.messages import Audience, Channel, Topic, Words, check_words


@dataclass(frozen=True, slots=True)
class NewWords:
    topic: Topic
    audience: Audience
    channel: Channel
    language: str
    words: Words
    active: bool


async def put_words(acting: Acting, tenant: str, new: NewWords) -> MessageTemplate:
    """Say it in other words in this regency, or, with ``active`` false, say nothing.

    Raises:
        Invalid: an unknown placeholder, words that are too long, mail without a subject.
    """
    errors = check_words(new.channel, new.words)
    if errors:
        raise Invalid(fields=errors)
    slot = (new.topic.value, new.audience.value, new.channel.value, new.language)
    row = await stored.own_template(acting.tx, tenant, slot)
    if row is None:
        row = stored.add_template(acting.tx, tenant, acting.new_id(), slot)
    row.subject, row.body, row.active = new.words.subject, new.words.body, new.active
    row.version += 1
    await acting.tx.flush()
    happened = MessageWordsSet(
        thing_id=row.id,
        topic=new.topic.value,
        audience=new.audience.value,
        channel=new.channel.value,
        language=new.language,
        active=new.active,
    )
    await events.append(
        acting.tx,
        events.OtherStream(tenant, row.id, "message_template"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )
    return row
