"""The words of a message: a text with a few named places, checked when it is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.errors import FieldError
from app.domain.messages.topics import Channel

PLACEHOLDERS: Final = frozenset({"ticket", "status", "office", "topic"})
"""All that a message may say of a case: no name, no number, and never the matter."""
LONGEST: Final[Mapping[Channel, int]] = {Channel.PHONE: 480, Channel.EMAIL: 4000}
"""Three parts of an SMS; for mail a page."""
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    """Empty for a phone."""
    body: str


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into their places; a place that is not known stays as it was written."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def check_words(channel: Channel, words: Words) -> tuple[FieldError, ...]:
    """Say what is wrong with the words of a template."""
    found = [
        *_unknown_places("/subject", words.subject),
        *_unknown_places("/body", words.body),
    ]
    if len(words.body) > LONGEST[channel]:
        found.append(
            FieldError(
                "/body",
                "too_long",
                f"Paling banyak {LONGEST[channel]} karakter untuk saluran ini.",
                f"At most {LONGEST[channel]} characters on this channel.",
            )
        )
    if (channel is Channel.EMAIL) != bool(words.subject):
        found.append(
            FieldError(
                "/subject",
                "subject",
                "Surel perlu judul; pesan telepon tidak.",
                "Mail needs a subject; a message to a phone has none.",
            )
        )
    if any(not one.isprintable() for one in words.subject):
        found.append(
            FieldError("/subject", "one_line", "Judul hanya satu baris.", "A subject is one line of text.")
        )
    return tuple(found)


def _unknown_places(pointer: str, text: str) -> list[FieldError]:
    known = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
    unknown = {name for name in _PLACE.findall(text) if name not in PLACEHOLDERS}
    if not unknown and not re.search(r"[{}]", _PLACE.sub("", text)):
        return []
    return [
        FieldError(
            pointer,
            "unknown_placeholder",
            f"Hanya boleh memakai {known}.",
            f"Only {known} may be used.",
        )
    ]
