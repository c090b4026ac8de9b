"""What happens to the words of messages; each slot of a regency has its own chain."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWordsSet(ThingEvent):
    """The words themselves stand on the template only."""

    type: ClassVar[str] = "message_template.set"
    label: ClassVar[Label] = Label("Templat pesan diubah", "Words of a message changed")

    topic: Code
    audience: Code
    channel: Code
    language: Code
    active: bool


MESSAGE_EVENTS: tuple[type[ThingEvent], ...] = (MessageWordsSet,)
