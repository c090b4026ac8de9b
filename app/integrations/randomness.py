"""The only source of ids, tokens, tickets and PINs; the domain is given what is drawn here."""

import secrets
from datetime import datetime
from os import urandom
from uuid import UUID

from app.domain.ids import RANDOM_BYTES, tenant_digits, uuid7
from app.domain.letters import RANDOM_BITS as LETTER_BITS
from app.domain.letters import make_code
from app.domain.tickets import PIN_LENGTH, RANDOM_BITS, Ticket, is_weak_pin, make_ticket

TOKEN_BYTES = 32


class Ids:
    """Draws from the operating system; holds no state, so forks and threads share it freely."""

    def new_id(self, now: datetime) -> UUID:
        """Return a UUIDv7 of the millisecond of *now*."""
        return uuid7(now, urandom(RANDOM_BYTES))

    def token(self, regency_code: str) -> str:
        """Return an opaque token of 256 random bits that begins with its tenant's digits."""
        return f"{tenant_digits(regency_code)}-{secrets.token_urlsafe(TOKEN_BYTES)}"

    def ticket_bits(self) -> int:
        return secrets.randbits(RANDOM_BITS)

    def ticket(self, regency_code: str) -> Ticket:
        return make_ticket(regency_code, self.ticket_bits())

    def letter_code(self, regency_code: str) -> str:
        """Return what the QR code of a letter holds."""
        return make_code(regency_code, secrets.randbits(LETTER_BITS)).text

    def pin(self) -> str:
        """Return six digits that a guesser would not try first."""
        while True:
            pin = f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}"
            if not is_weak_pin(pin):
                return pin
