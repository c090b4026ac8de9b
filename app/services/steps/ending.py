"""The steps that end a case, and her own word about the end."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.db.queries.case_moves import (
    TELL_RESIDENT,
    Move,
    StepFacts,
    Told,
    close_tasks,
    need_task,
    take_step,
)
from app.db.queries.cases import find_case
from app.db.queries.referral_moves import revoke
from app.db.queries.resident_moves import Word, confirm_or_dispute, say_dispute
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.codes import Confidentiality, Outcome, VoidReason
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.events.cases import CaseTold
from app.domain.ledger import Received
from app.domain.lifecycle import CaseAction, check_records
from app.domain.links import tells
from app.domain.referrals import BLOCKING, LIVE, ReferralStatus
from app.domain.tickets import Ticket, parse_ticket
from app.services.steps.saying import NOTHING, Said, decided, require_codes, require_past

A = CaseAction
Records = Mapping[str, Any]
_REVOKED_FOR = {
    VoidReason.DUPLICATE: "duplicate",
    VoidReason.INVALID: "other",
    VoidReason.WITHDRAWN: "withdrawn",
}


def resolve(action: CaseAction) -> Callable[[Move, Sight, Records], Awaitable[Said]]:
    """Return the doing of ``resolve`` and of ``decide_resolve``."""

    async def do(move: Move, _sight: Sight, records: Records) -> Said:
        known, told = move.acting.known, records.get("told")
        outcome = Outcome(records["outcome"])
        step = await decided(move, action, records, outcome=outcome)
        require_codes(known, "refusal_reason", {"/reason": records.get("reason")})
        require_codes(known, "revoke_reason", {"/revoke_reason": records.get("revoke_reason")})
        require_codes(known, "told_method", {"/told/method": told["method"] if told else None})
        if told is not None:
            require_past(move, "/told/at", told["at"])
        if records.get("revoke_reason") is not None:
            await _revoke(move, BLOCKING, records["revoke_reason"])
        text = await move.say(action.value, _words(records))
        facts = StepFacts(
            outcome=outcome,
            reason=records.get("reason"),
            text=text,
            told=Told(told["at"], told["method"]) if told else None,
        )
        await take_step(move, step, facts)
        if facts.told is None:
            await need_task(move, TELL_RESIDENT)
        else:
            await close_tasks(move, TELL_RESIDENT)
            move.add(CaseTold(case_id=move.case.id, told_at=facts.told.at, method=facts.told.method))
        return NOTHING

    return do


def _words(records: Records) -> str | None:
    """Join the note and who told the resident: a person's name, and so sealed."""
    told = records.get("told")
    parts = [records.get("note"), f"told by: {told['by']}" if told else None]
    return "\n".join(part for part in parts if part) or None


async def _revoke(move: Move, which: frozenset[ReferralStatus], reason: str) -> None:
    for referral in move.referrals:
        if ReferralStatus(referral.status) in which:
            await revoke(move, referral, reason)


async def void(move: Move, sight: Sight, records: Records) -> Said:
    reason = VoidReason(records["reason"])
    step = await decided(move, A.VOID, records)
    require_codes(move.acting.known, "revoke_reason", {"/revoke_reason": records.get("revoke_reason")})
    other = await _other(move, sight, records["duplicate_of"]) if reason is VoidReason.DUPLICATE else None
    # What only waits on a list blocks no step, but ends with its case.
    await _revoke(move, LIVE, records.get("revoke_reason") or _REVOKED_FOR[reason])
    text = await move.say(A.VOID.value, records.get("note"))
    await take_step(move, step, StepFacts(reason=reason.value, other=other, text=text))
    return NOTHING


async def _other(move: Move, sight: Sight, text: str) -> Case:
    """Find the case that this one doubles; it must lie in the officer's sight and not lead back here."""
    ticket = parse_ticket(text)
    same = not isinstance(ticket, Ticket) or ticket.tenant != move.case.regency_code
    if same or not isinstance(ticket, Ticket) or ticket.text == move.case.ticket:
        raise _no_other()
    try:
        found = await find_case(move.tx, sight, ticket.tenant, ticket.text)
    except NotFound as error:
        raise _no_other() from error
    mine, other = Confidentiality(move.case.confidentiality), Confidentiality(found.confidentiality)
    # The event names the other case: whoever reads this one must be one who may know of that one.
    if found.void_reason is not None or not tells(mine, other):
        raise _no_other()
    return found


def _no_other() -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                "/duplicate_of",
                "unknown",
                "Sebutkan tiket kasus lain di kabupaten/kota ini yang masih berlaku dan dapat Anda lihat.",
                "Name the ticket of another case of this regency that stands and that you may see.",
            ),
        )
    )


async def confirm(move: Move, _sight: Sight, records: Records) -> Said:
    """Record her word at the desk, with how it was given and who heard it."""
    word = _word(move, records)
    _check(move, A.CONFIRM, records)
    disputed = await confirm_or_dispute(move, word)
    return Said(disputed=disputed)


async def dispute(move: Move, _sight: Sight, records: Records) -> Said:
    word = _word(move, records)
    _check(move, A.DISPUTE, records)
    await say_dispute(move, word, A.DISPUTE)
    return Said(disputed=True)


def _check(move: Move, action: CaseAction, records: Records) -> None:
    wrong = check_records(action, records, by=move.acting.actor.kind)
    if wrong:
        raise Invalid(fields=wrong)


def _word(move: Move, records: Records) -> Word:
    by_desk = records.get("by_desk") or {}
    require_codes(move.acting.known, "contact_method", {"/by_desk/method": by_desk.get("method")})
    unknown = tuple(
        FieldError(f"/received/{n}/program", "unknown_code", "Program tidak dikenal.", "No such programme.")
        for n, one in enumerate(records.get("received") or ())
        if one["program"] not in move.acting.known.programs
    )
    if unknown:
        raise Invalid(fields=unknown)
    return Word(
        received=tuple(
            Received(one["program"], one.get("amount_idr"), one.get("goods"), one.get("on"))
            for one in records.get("received") or ()
        ),
        rating=records.get("rating"),
        reason=records.get("reason"),
        comment=records.get("comment"),
        method=by_desk.get("method"),
        witness=by_desk.get("witness"),
    )
