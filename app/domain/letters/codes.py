"""The code on a letter: ``1374-`` and sixteen symbols of Crockford's base32, in fours.

Eighty random bits, so that nobody finds a letter by trying; it is read as people type it.
"""

import re
from typing import Final, NamedTuple

from app.domain.ids import tenant_digits, tenant_of_digits
from app.domain.tickets import ALPHABET

RANDOM_BITS: Final = 80
_SYMBOLS: Final = 16
_LONGEST: Final = 40
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_NOISE: Final = re.compile(r"[\s.\-_\u00a0\u2010-\u2015\u2212]+")
_FORM: Final = re.compile(rf"[0-9]{{4}}[{ALPHABET}]{{{_SYMBOLS}}}")


class LetterCode(NamedTuple):
    tenant: str
    text: str
    """The canonical form, ``1374-3F7K-9QX2-M4TB-0Z6C``."""


def make_code(regency_code: str, bits80: int) -> LetterCode:
    """Return the code of 80 random bits, which the caller drew."""
    if not 0 <= bits80 < 1 << RANDOM_BITS:
        raise ValueError("a letter's code takes 80 bits")
    body = "".join(ALPHABET[bits80 >> shift & 31] for shift in range(75, -1, -5))
    return LetterCode(regency_code, _written(tenant_digits(regency_code) + body))


def parse_code(text: str) -> LetterCode | None:
    """Read a code in any case, with dashes and spaces or none; None for anything else."""
    if len(text) > _LONGEST:
        return None
    symbols = _NOISE.sub("", text).upper().translate(_LOOKALIKES)
    tenant = tenant_of_digits(symbols[:4])
    if tenant is None or not _FORM.fullmatch(symbols):
        return None
    return LetterCode(tenant, _written(symbols))


def _written(symbols: str) -> str:
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))
