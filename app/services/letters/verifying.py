"""Whether a letter is good: asked by anyone who holds it, answered with as little as will do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from app.db.queries import attempts
from app.db.queries.acting import Vault
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import case_by_id
from app.db.queries.letters import Content, Sealing, digest, letter_of_code
from app.db.session import Tx
from app.db.tables.papers import Letter
from app.domain.identity import mask
from app.domain.ids import NATION
from app.domain.letters import LetterState, Verdict, initials, judge, parse_code
from app.domain.sla import local_date

# A code has 80 random bits, so nobody finds one by trying; the limit keeps the trying off the database. An
# address gets as many as with tickets, since an office shares one. Ours.
WINDOW: Final = timedelta(minutes=15)
TRIES_OF_ADDRESS: Final = 50
_ADDRESS: Final = "letter.address"


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed or scanned, and where it came from."""

    code: str
    address: str


@dataclass(frozen=True, slots=True)
class Limited:
    """Returned, not raised: the counted try must be committed."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Verified:
    verdict: Verdict
    letter: Letter | None = None
    """None where nothing may be told."""
    office: str | None = None
    initials: str | None = None
    nik: str | None = None
    """Masked."""
    signed_on: date | None = None


UNKNOWN: Final = Verified(Verdict.UNKNOWN)


async def verify(tx: Tx, asked: Asked, vault: Vault, digests: Digests, now: datetime) -> Verified | Limited:
    """Judge a code. One that cannot be read, is nobody's, or is of an unsigned letter is simply unknown."""
    code = parse_code(asked.code)
    tenant = code.tenant if code else NATION
    key = digests.digest("address", asked.address)
    tried = await attempts.count_try(tx, tenant, _ADDRESS, key, WINDOW, now)
    if tried.tries > TRIES_OF_ADDRESS:
        return Limited(tried.since + WINDOW - now)
    letter = await letter_of_code(tx, code.tenant, code.text) if code else None
    if letter is None or letter.valid_until is None:
        return UNKNOWN
    content = await _content(tx, letter, vault)
    today = local_date(now, letter.regency_code)
    verdict = judge(
        LetterState(letter.state),
        letter.valid_until,
        today,
        unchanged=content is None or digest(content) == letter.signed_sha256,
    )
    if verdict is Verdict.UNKNOWN:
        return UNKNOWN
    await attempts.give_back(tx, tenant, _ADDRESS, key)
    return _told(letter, verdict, content)


async def _content(tx: Tx, letter: Letter, vault: Vault) -> Content | None:
    """Open what it says; None once its person was erased, when only its own dates are left."""
    case = await case_by_id(tx, letter.regency_code, letter.case_id)
    wrapped = await wrapped_key(tx, letter.regency_code, case.data_key_id) if case else None
    return None if wrapped is None else Sealing(vault, vault.unwrap(wrapped)).open(letter)


def _told(letter: Letter, verdict: Verdict, content: Content | None) -> Verified:
    signed = local_date(letter.signed_at, letter.regency_code) if letter.signed_at else None
    if content is None:
        return Verified(verdict, letter, signed_on=signed)
    return Verified(
        verdict,
        letter,
        office=content["letterhead"]["office"],
        initials=initials(content["name"]),
        nik=mask(content["nik"]) if content["nik"] else None,
        signed_on=signed,
    )
