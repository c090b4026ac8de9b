"""The link in a letter: it opens one referral to a receiver without an account, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import attempts
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.letter_links import links_of, live_link, revoke_links, use_link
from app.db.queries.letters import find_letter
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.papers import Letter, LetterLink
from app.domain.access import Permission
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict, NotFound, Unauthenticated
from app.domain.events.letters import LetterLinkMade, LetterLinkRevoked
from app.domain.ids import NATION, tenant_of_token
from app.domain.letters import LetterState
from app.domain.referrals import LIVE, ReferralStatus
from app.domain.sla import zone_of
from app.services.letters.places import Place

TOKEN: Final = "pl_"  # noqa: S105  # how a link's token begins
# A token has 256 random bits; the limit only keeps the trying off the database. Ours.
WINDOW: Final = timedelta(minutes=15)
TRIES_OF_ADDRESS: Final = 50
_ADDRESS: Final = "link.address"


@dataclass(frozen=True, slots=True)
class NewLink:
    token: str = field(repr=False)
    """Drawn by the caller; shown once and never stored."""
    days: int


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Refused:
    """Returned, not raised: the counted try must be committed."""

    retry_after: timedelta | None = None


def digest_of(token: str) -> bytes:
    """Return what is stored of a token; it is long and random, so a plain SHA-256 is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


async def make_link(acting: Acting, sight: Sight, place: Place, new: NewLink) -> LetterLink:
    """Make a link to the referral that a signed letter hands over.

    Raises:
        Conflict: the letter is not signed, has expired, hands over no referral or an ended one, or its case
            is RAHASIA, which only persons who are named may see.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.LETTER_DRAFT, case.village_code, case.desk_id)
    letter = await find_letter(acting.tx, case, place.letter)
    move = await open_move(acting, case)
    handed = next((one for one in move.referrals if one.id == letter.referral_id), None)
    if letter.state != LetterState.SIGNED or handed is None:
        raise Conflict(
            "letter_not_signed",
            "Tautan dibuat dari surat rujukan yang sudah ditandatangani.",
            "A link is made from a referral letter that was signed.",
        )
    if case.confidentiality == Confidentiality.RAHASIA:
        raise Conflict(
            "closed_channel",
            "Kasus rahasia hanya dibuka kepada orang yang ditunjuk.",
            "A secret case is opened to named persons only.",
        )
    if ReferralStatus(handed.status) not in LIVE:
        raise Conflict("referral_ended", "Rujukan ini sudah berakhir.", "This referral has ended.")
    last = _last_instant(letter)
    if last <= acting.now:
        raise Conflict("letter_expired", "Surat ini sudah kedaluwarsa.", "This letter has expired.")
    link = _row(acting, letter, handed.id, new, last)
    acting.tx.add(link)
    move.add(
        LetterLinkMade(
            case_id=case.id,
            letter_id=letter.id,
            letter_kind=letter.kind,
            link_id=link.id,
            linked_id=handed.id,
        )
    )
    await finish(move)
    return link


def _last_instant(letter: Letter) -> datetime:
    """Return when the letter's last day is over; a link does not outlive its letter."""
    if letter.valid_until is None:
        raise ValueError("A signed letter has a last day.")
    return datetime.combine(letter.valid_until + timedelta(days=1), time.min, zone_of(letter.regency_code))


def _row(acting: Acting, letter: Letter, referral_id: UUID, new: NewLink, last: datetime) -> LetterLink:
    return LetterLink(
        regency_code=letter.regency_code,
        id=acting.new_id(),
        letter_id=letter.id,
        referral_id=referral_id,
        token_digest=digest_of(new.token),
        created_at=acting.now,
        created_by=acting.actor.account_id,
        expires_at=min(acting.now + timedelta(days=new.days), last),
        revoked_at=None,
        uses=0,
        used_at=None,
    )


async def list_links(acting: Acting, sight: Sight, place: Place) -> Sequence[LetterLink]:
    case = await find_case(acting.tx, sight, place.tenant, place.ticket)
    return await links_of(acting.tx, await _letter(acting, case, place))


async def _letter(acting: Acting, case: Case, place: Place) -> Letter:
    acting.actor.require(Permission.LETTER_DRAFT, case.village_code, case.desk_id)
    return await find_letter(acting.tx, case, place.letter)


async def revoke_link(acting: Acting, sight: Sight, place: Place, link_id: UUID | None) -> LetterLink:
    """Let a link die, with the sessions that it opened; doing it twice changes nothing.

    Raises:
        NotFound: the letter has no such link.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    letter = await _letter(acting, case, place)
    link = next((one for one in await links_of(acting.tx, letter) if one.id == link_id), None)
    if link is None:
        raise NotFound(id="Surat ini tidak punya tautan itu.", en="The letter has no such link.")
    move = await open_move(acting, case)
    for ended in await revoke_links(acting.tx, [link], acting.now):
        move.add(
            LetterLinkRevoked(case_id=case.id, letter_id=letter.id, letter_kind=letter.kind, link_id=ended)
        )
    await finish(move)
    return link


# The receiver's side ------------------------------------------------------------------------------------


async def open_link(
    tx: Tx, token: str, address: str, digests: Digests, now: datetime
) -> LetterLink | Refused:
    """Count the try, then let the token open its link; each use is counted on the link."""
    tenant = tenant_of_token(token.removeprefix(TOKEN)) if token.startswith(TOKEN) else None
    key = digests.digest("address", address)
    tried = await attempts.count_try(tx, tenant or NATION, _ADDRESS, key, WINDOW, now)
    if tried.tries > TRIES_OF_ADDRESS:
        return Refused(tried.since + WINDOW - now)
    link = await use_link(tx, tenant, digest_of(token), now) if tenant else None
    if link is None:
        return Refused()
    await attempts.give_back(tx, link.regency_code, _ADDRESS, key)
    return link


async def require_live(acting: Acting) -> UUID:
    """Return the referral of the receiver who acts, having looked again whether the link still lives.

    A session is believed for a second in each process; a link that was revoked is dead at once.

    Raises:
        Unauthenticated: it was revoked or has expired.
    """
    actor = acting.actor
    link = await live_link(acting.tx, actor.tenant, actor.link_id, acting.now) if actor.link_id else None
    if link is None:
        raise Unauthenticated(
            code="link_ended",
            id="Tautan ini sudah tidak berlaku. Minta tautan baru kepada pengirim surat.",
            en="This link is no longer good. Ask the sender of the letter for a new one.",
        )
    return link.referral_id
