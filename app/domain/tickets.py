"""The code and the PIN on a resident's slip.

A ticket is ``1374-3F7K-9QX2-M``: the tenant's digits, 40 random bits in Crockford's base32 (no I, L, O,
U), and a check character from the same 32, so that reading I or L as 1 and O as 0 stays safe
everywhere. The check is one Reed-Solomon symbol over GF(32): each position has its own factor, so every
single wrong character and every exchange of two characters is caught. (Crockford's own check, modulo
37, needs ``*~$=U``, which nobody can say on the phone.)
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.domain.errors import FieldError
from app.domain.ids import tenant_digits, tenant_of_digits

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS: Final = 40
PIN_LENGTH: Final = 6
_LONGEST: Final = 40
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_NOISE: Final = re.compile(r"[\s.\-_/\u00a0\u2010-\u2015\u2212]+")
_FORM: Final = re.compile(rf"[0-9]{{4}}[{ALPHABET}]{{9}}")


def _doubled(value: int) -> int:
    """Multiply by x in GF(32) with the primitive polynomial x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _rows() -> tuple[tuple[int, ...], ...]:
    """Return for each of the 13 positions its products: row *i* holds x^(12-i) times every value."""
    rows = [tuple(range(32))]
    for _ in range(12):
        rows.append(tuple(_doubled(value) for value in rows[-1]))
    return tuple(reversed(rows))


_PRODUCTS: Final = _rows()


@dataclass(frozen=True, slots=True)
class Ticket:
    text: str
    """The canonical form, ``1374-3F7K-9QX2-M``."""
    tenant: str


def make_ticket(regency_code: str, bits40: int) -> Ticket:
    """Return the ticket of 40 random bits, which the caller drew; uniqueness is the database's to keep."""
    if not 0 <= bits40 < 1 << RANDOM_BITS:
        raise ValueError("a ticket takes 40 bits")
    body = "".join(ALPHABET[bits40 >> shift & 31] for shift in range(35, -1, -5))
    digits = tenant_digits(regency_code) + body
    return Ticket(_written(digits + ALPHABET[_syndrome(digits)]), regency_code)


def parse_ticket(text: str, *, pointer: str = "") -> Ticket | FieldError:
    """Read a ticket as people type it: any case, dashes and spaces or none, O for 0, I and L for 1."""
    if len(text) > _LONGEST:
        return _fault("ticket.form", pointer)
    symbols = _NOISE.sub("", text).upper().translate(_LOOKALIKES)
    tenant = tenant_of_digits(symbols[:4])
    if not _FORM.fullmatch(symbols) or tenant is None:
        return _fault("ticket.form", pointer)
    if _syndrome(symbols):
        return _fault("ticket.check", pointer)
    return Ticket(_written(symbols), tenant)


def parse_pin(text: str, *, pointer: str = "") -> str | FieldError:
    """Read a six-digit PIN; spaces, dots and dashes are dropped."""
    digits = _NOISE.sub("", text) if len(text) <= _LONGEST else ""
    if len(digits) == PIN_LENGTH and digits.isascii() and digits.isdigit():
        return digits
    return _fault("pin.form", pointer)


def is_weak_pin(pin: str) -> bool:
    """Return whether a guesser would try *pin* early: one digit, a run, a repeated pair or half."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {9}) or pin == pin[:2] * 3 or pin == pin[:3] * 2


def _syndrome(symbols: str) -> int:
    """Return the check value of 12 symbols, or of 13 whether they agree (0)."""
    total = 0
    for place, symbol in enumerate(symbols):
        total ^= _PRODUCTS[place][_VALUES[symbol]]
    return total


def _written(symbols: str) -> str:
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:12]}-{symbols[12]}"


def _fault(code: str, pointer: str) -> FieldError:
    return FieldError(pointer, code, *_SENTENCES[code])


_SENTENCES: Final = {
    "ticket.form": (
        "Nomor tiket berbentuk seperti 1374-3F7K-9QX2-M; salin dari tanda terima.",
        "A ticket looks like 1374-3F7K-9QX2-M; copy it from the slip.",
    ),
    "ticket.check": (
        "Ada huruf atau angka yang salah ketik pada nomor tiket; periksa lagi dengan tanda terima.",
        "The ticket has a typing error; compare it with the slip.",
    ),
    "pin.form": ("PIN terdiri dari 6 angka.", "The PIN has 6 digits."),
}
