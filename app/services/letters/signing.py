"""What others do to a draft: initial it, give it back, sign it; and revoke what was signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, close_tasks, finish, give_task, lock_case, open_move
from app.db.queries.letter_links import links_of, revoke_links
from app.db.queries.letters import Content, Sealing, canonical, digest, find_letter, next_number
from app.db.queries.scope import Sight
from app.db.tables.papers import Letter
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.letters import (
    LetterInitialled,
    LetterLinkRevoked,
    LetterReturned,
    LetterRevoked,
    LetterSigned,
)
from app.domain.ids import tenant_digits
from app.domain.letters import PERMISSION, LetterAction, LetterState, LetterStep, decide, number_of
from app.domain.referrals import LIVE, ReferralStatus
from app.services.letters.places import CORRECT_LETTER, Place

A = LetterAction
REASONS: Final = "letter_revoke_reason"
CheckVersion = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Open:
    """A letter on whose case the lock is held, and the step that is possible."""

    move: Move
    letter: Letter
    step: LetterStep

    def settle(self) -> Letter:
        self.letter.state = self.step.target.value
        self.letter.version += 1
        return self.letter


async def _open(
    acting: Acting, sight: Sight, place: Place, action: LetterAction, check_version: CheckVersion
) -> _Open:
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(PERMISSION[action], case.village_code, case.desk_id)
    letter = await find_letter(acting.tx, case, place.letter)
    check_version(letter.version)
    step = decide(LetterState(letter.state), action, maker=letter.drafted_by, by=acting.actor.account_id)
    return _Open(await open_move(acting, case), letter, step)


async def initial(acting: Acting, sight: Sight, place: Place, check_version: CheckVersion) -> Letter:
    """Put the initials of a second person on a draft.

    Raises:
        Conflict: it is no draft, or the actor drafted it.
    """
    found = await _open(acting, sight, place, A.INITIAL, check_version)
    move, letter = found.move, found.letter
    letter.initialled_at, letter.initialled_by = acting.now, acting.actor.account_id
    if letter.return_note_id is not None:
        await close_tasks(move, CORRECT_LETTER, text_id=letter.return_note_id)
        letter.return_note_id = None
    move.add(LetterInitialled(case_id=move.case.id, letter_id=letter.id, letter_kind=letter.kind))
    found.settle()
    await finish(move)
    return letter


async def give_back(
    acting: Acting, sight: Sight, place: Place, note: str, check_version: CheckVersion
) -> Letter:
    """Give a draft back to whoever drafted it, with what is to be corrected: a task of hers."""
    found = await _open(acting, sight, place, A.RETURN, check_version)
    move, letter = found.move, found.letter
    text = await move.say("letter.return", note)
    if text is None:
        raise ValueError("An empty note is refused before.")
    if letter.return_note_id is not None:
        await close_tasks(move, CORRECT_LETTER, text_id=letter.return_note_id)
    letter.return_note_id = text.id
    letter.initialled_at = letter.initialled_by = None
    give_task(move, CORRECT_LETTER, letter.drafted_by, text.id)
    move.add(
        LetterReturned(
            case_id=move.case.id,
            letter_id=letter.id,
            letter_kind=letter.kind,
            text_hmac=text.hmac,
            account_id=letter.drafted_by,
        )
    )
    found.settle()
    await finish(move)
    return letter


async def sign(acting: Acting, sight: Sight, place: Place, check_version: CheckVersion) -> Letter:
    """Sign an initialled letter: it gets its number, day and last day now, and what it says is fixed.

    Raises:
        Conflict: it was not initialled, the actor drafted it, or its referral has ended meanwhile.
    """
    found = await _open(acting, sight, place, A.SIGN, check_version)
    move, letter, case = found.move, found.letter, found.move.case
    _require_live(move, letter)
    sealing = Sealing(acting.vault, move.key)
    content = sealing.open(letter)
    today = acting.today(case.village_code)
    signatory = await _signatory(acting, content)
    n = await next_number(acting.tx, case.regency_code, today.year)
    letter.year, letter.n = today.year, n
    letter.number = number_of(content["number_format"], n, today, tenant_digits(case.regency_code))
    letter.valid_until = today + timedelta(days=content["valid_days"])
    content |= {
        "number": letter.number,
        "date": today.isoformat(),
        "valid_until": letter.valid_until.isoformat(),
        "signatory": signatory,
        "code": letter.code,
    }
    letter.content_sealed, letter.signed_sha256 = sealing.seal(letter.id, content), digest(content)
    letter.signed_at, letter.signed_by = acting.now, acting.actor.account_id
    move.add(
        LetterSigned(
            case_id=case.id,
            letter_id=letter.id,
            letter_kind=letter.kind,
            year=today.year,
            number=n,
            text_hmac=acting.vault.text_hmac(move.key, canonical(content)),
        )
    )
    found.settle()
    await finish(move)
    return letter


def _require_live(move: Move, letter: Letter) -> None:
    handed = next((one for one in move.referrals if one.id == letter.referral_id), None)
    if handed is not None and ReferralStatus(handed.status) not in LIVE:
        raise Conflict(
            "referral_ended",
            "Rujukan pada surat ini sudah berakhir.",
            "The referral that this letter hands over has ended.",
        )


async def _signatory(acting: Acting, content: Content) -> dict[str, str]:
    actor = acting.actor
    account = await find_account(acting.tx, actor.tenant, actor.account_id) if actor.account_id else None
    return {"name": account.name if account else "", "title": f"Kepala {content['letterhead']['office']}"}


async def revoke(
    acting: Acting, sight: Sight, place: Place, reason: str, check_version: CheckVersion
) -> Letter:
    """Take a signed letter back: whoever checks it is told so, and its links die at once."""
    found = await _open(acting, sight, place, A.REVOKE, check_version)
    move, letter = found.move, found.letter
    if not acting.known.knows(REASONS, reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Kode ini tidak dikenal; lihat /v1/codes.",
                    "Unknown code; see /v1/codes.",
                ),
            )
        )
    letter.revoked_at, letter.revoked_by = acting.now, acting.actor.account_id
    letter.revoke_reason = reason
    move.add(LetterRevoked(case_id=move.case.id, letter_id=letter.id, letter_kind=letter.kind, reason=reason))
    for link_id in await revoke_links(acting.tx, await links_of(acting.tx, letter), acting.now):
        move.add(
            LetterLinkRevoked(
                case_id=move.case.id, letter_id=letter.id, letter_kind=letter.kind, link_id=link_id
            )
        )
    found.settle()
    await finish(move)
    return letter
