"""Invented numbers: well formed, and nobody's."""

from itertools import count

_SERIALS = count(1)


def a_nik() -> str:
    """Return the next NIK of a woman born on 5 July 1991, of a district that the table knows."""
    return f"137401450791{next(_SERIALS):04}"
