"""Letters of a case, from the draft to the check by whoever holds one; and the link that a letter carries."""

from app.services.letters.drafting import Draft, draft, redraft
from app.services.letters.links import (
    TOKEN,
    NewLink,
    Refused,
    list_links,
    make_link,
    open_link,
    require_live,
    revoke_link,
)
from app.services.letters.places import Place
from app.services.letters.reading import Read, list_letters, opened, read_letter
from app.services.letters.signing import give_back, initial, revoke, sign
from app.services.letters.templates import add_template, templates_of
from app.services.letters.verifying import Asked, Limited, Verified, verify

__all__ = [
    "TOKEN",
    "Asked",
    "Draft",
    "Limited",
    "NewLink",
    "Place",
    "Read",
    "Refused",
    "Verified",
    "add_template",
    "draft",
    "give_back",
    "initial",
    "list_letters",
    "list_links",
    "make_link",
    "open_link",
    "opened",
    "read_letter",
    "redraft",
    "require_live",
    "revoke",
    "revoke_link",
    "sign",
    "templates_of",
    "verify",
]
