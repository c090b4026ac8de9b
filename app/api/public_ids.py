"""Accounts and other rows in bodies and paths, named by their public ids."""

from typing import Final
from uuid import UUID

from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import PublicId, parse_public_id

_NOTHING: Final = UUID(int=0)


def read_own(text: str | None, tenant: str, pointer: str) -> UUID | None:
    """Return the id that a body names; None where it names none.

    Raises:
        Invalid: it is of another regency than the thing that it is named for.
    """
    if text is None:
        return None
    found = parse_public_id(text)
    if found is None or found.tenant != tenant:
        raise Invalid(
            fields=(
                FieldError(
                    pointer,
                    "other_regency",
                    "Id ini tidak ada di kabupaten/kota ini.",
                    "There is no such id in this regency.",
                ),
            )
        )
    return found.id


def read_id(text: str) -> PublicId:
    """Return the id of a path.

    Raises:
        NotFound: it is none.
    """
    found = parse_public_id(text)
    if found is None:
        raise NotFound
    return found


def read_own_id(text: str, tenant: str) -> UUID:
    """Return the id of a path below a case, or one that nothing has: the case itself is looked for first."""
    found = parse_public_id(text)
    return found.id if found is not None and found.tenant == tenant else _NOTHING
