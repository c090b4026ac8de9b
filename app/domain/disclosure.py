"""Which fields of a case a receiver may see, and what it gets when nobody says."""

from collections.abc import Mapping
from typing import Final

from app.domain.codes import Purpose

FIELDS: Final = ("name", "nik", "kk", "phone", "address", "born_on", "sex", "chronology", "facts", "papers")
"""What a referral can disclose: a closed set, kept by name on the referral."""

_DEFAULTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.AID: ("name", "nik", "kk", "phone", "address", "born_on", "sex", "chronology", "facts", "papers"),
    Purpose.REGISTRY: ("name", "nik", "kk", "address", "born_on", "sex", "facts", "papers"),
    Purpose.COMPLAINT: ("name", "address", "chronology"),
    Purpose.INFORMATION: ("name", "phone", "chronology"),
}


def default_fields(purpose: Purpose) -> tuple[str, ...]:
    """Return what the receiver needs for *purpose*: the full set only where aid is given to a person."""
    return _DEFAULTS[purpose]
