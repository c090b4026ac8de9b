"""Drafting a letter, and drafting it again once it was given back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, close_tasks, finish, lock_case, open_move
from app.db.queries.letters import (
    Sealing,
    canonical,
    find_letter,
    find_template,
    still_valid,
    template_in_force,
)
from app.db.queries.scope import Sight
from app.db.tables.papers import Letter, LetterTemplate
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.letters import LetterDrafted, LetterRedrafted
from app.domain.letters import (
    LetterAction,
    LetterKind,
    LetterState,
    Template,
    check_fields_given,
    decide,
)
from app.domain.lifecycle import CaseStatus
from app.domain.referrals import LIVE, ReferralStatus
from app.services.letters.content import Said, content_of
from app.services.letters.places import CORRECT_LETTER, Place

STILL_VALID: Final = "letter_still_valid"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new letter is to be; *code* was drawn for its QR code."""

    kind: LetterKind
    code: str
    referral_id: UUID | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


async def draft(acting: Acting, sight: Sight, place: Place, new: Draft) -> tuple[Letter, Sequence[str]]:
    """Draft a letter; returns it with warnings, as codes.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Forbidden: the actor drafts no letters there.
        Conflict: the case is void, or the regency has no template of this kind.
        Invalid: a field of the template is absent, one is not in it, or the referral is not fit.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.LETTER_DRAFT, case.village_code, case.desk_id)
    if case.status == CaseStatus.VOID:
        raise Conflict(
            "case_void", "Kasus ini sudah dibatalkan.", "This case is void; no letter is drafted for it."
        )
    move = await open_move(acting, case)
    row = await template_in_force(acting.tx, case.regency_code, new.kind.value)
    if row is None:
        raise Conflict(
            "no_template", "Templat surat ini belum ada.", "There is no template of this letter yet."
        )
    referral = _referral(move, new)
    warned = await still_valid(acting.tx, case, new.kind.value, acting.today(case.village_code))
    letter = await _add(move, new, row, referral)
    await finish(move)
    return letter, [STILL_VALID] if warned else []


def _referral(move: Move, new: Draft) -> Referral | None:
    """Find the referral that the letter hands over: a live one of this case."""
    wanted = next((one for one in move.referrals if one.id == new.referral_id), None)
    if new.kind is not LetterKind.RUJUKAN:
        if new.referral_id is not None:
            raise _wrong("not_taken", "Surat ini tidak menyerahkan rujukan.", "This letter hands over none.")
        return None
    if wanted is None:
        raise _wrong("unknown", "Sebutkan rujukan kasus ini.", "Name a referral of this case.")
    if ReferralStatus(wanted.status) not in LIVE:
        raise _wrong("ended", "Rujukan itu sudah berakhir.", "That referral has ended.")
    return wanted


def _wrong(code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError("/referral_id", code, indonesian, english),))


def _template(row: LetterTemplate) -> Template:
    return Template(LetterKind(row.kind), row.title, row.body, row.number_format, row.valid_days)


async def _add(move: Move, new: Draft, row: LetterTemplate, referral: Referral | None) -> Letter:
    acting, case, template = move.acting, move.case, _template(row)
    check_fields_given(template, new.fields)
    content = await content_of(move, Said(template, referral, new.fields))
    id_ = acting.new_id()
    letter = Letter(
        regency_code=case.regency_code,
        id=id_,
        case_id=case.id,
        referral_id=referral.id if referral else None,
        kind=new.kind.value,
        template_id=row.id,
        template_regency=row.regency_code,
        state=LetterState.DRAFT.value,
        code=new.code,
        content_sealed=Sealing(acting.vault, move.key).seal(id_, content),
        drafted_at=acting.now,
        drafted_by=acting.actor.account_id,
        version=1,
    )
    move.tx.add(letter)
    hmac = acting.vault.text_hmac(move.key, canonical(content))
    move.add(LetterDrafted(case_id=case.id, letter_id=id_, letter_kind=letter.kind, text_hmac=hmac))
    return letter


async def redraft(
    acting: Acting,
    sight: Sight,
    place: Place,
    fields: Mapping[str, str],
    check_version: Callable[[int], None],
) -> Letter:
    """Fill the same template in anew, with these fields; whoever does it is the maker from now on."""
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.LETTER_DRAFT, case.village_code, case.desk_id)
    letter = await find_letter(acting.tx, case, place.letter)
    check_version(letter.version)
    decide(
        LetterState(letter.state),
        LetterAction.REDRAFT,
        maker=letter.drafted_by,
        by=acting.actor.account_id,
    )
    row = await find_template(acting.tx, letter.template_regency, letter.template_id)
    if row is None:
        raise ValueError("A letter's template is never deleted.")
    template = _template(row)
    check_fields_given(template, fields)
    move = await open_move(acting, case)
    referral = next((one for one in move.referrals if one.id == letter.referral_id), None)
    content = await content_of(move, Said(template, referral, fields))
    letter.content_sealed = Sealing(acting.vault, move.key).seal(letter.id, content)
    letter.drafted_by = acting.actor.account_id
    letter.version += 1
    if letter.return_note_id is not None:
        await close_tasks(move, CORRECT_LETTER, text_id=letter.return_note_id)
        letter.return_note_id = None
    hmac = acting.vault.text_hmac(move.key, canonical(content))
    move.add(LetterRedrafted(case_id=case.id, letter_id=letter.id, letter_kind=letter.kind, text_hmac=hmac))
    await finish(move)
    return letter
