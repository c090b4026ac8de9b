"""Sending one referral: its row, its words, its event and its clock, whoever decided to send it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db.queries.case_moves import Move
from app.db.queries.clocks import move_clocks
from app.db.queries.referral_moves import against
from app.db.queries.rights import require_not_frozen, restrained
from app.db.queries.texts import Stored, private_of
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.access import Actor, Permission
from app.domain.codes import ActorKind, Priority, Purpose
from app.domain.errors import Conflict
from app.domain.events.referrals import ReferralSent
from app.domain.knowledge import Agency
from app.domain.ledger import require_free
from app.domain.programs import Effect, Program
from app.domain.referrals import ReferralStatus
from app.domain.rights import RequestKind
from app.domain.sla import SENT

_AFTER_DEATH: Final = "KEMATIAN"
"""The sector of what a death gives to the family."""
_LATER: Final = "needed_for"
"""The attribute of a paper that no step of ours waits for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One referral that is asked for, checked."""

    program: Program
    agency: Agency
    purpose: Purpose
    discloses: tuple[str, ...]
    note: str | None = None
    fallback_of: UUID | None = None
    override_reason: str | None = None
    continues: bool = False
    """It goes on with what the same programme began in another regency, which does not exclude itself."""


def papers_missing(move: Move, wanted: Sequence[Wanted]) -> list[str]:
    """Name the required papers that the case has not; one that only a later step needs is not asked for."""
    held = frozenset(private_of(move.acting.vault, move.case, move.key).get("papers") or ())
    needed = dict.fromkeys(
        paper.code
        for one in wanted
        if one.purpose in {Purpose.AID, Purpose.REGISTRY}
        for paper in one.program.version.papers
        if paper.required and _LATER not in move.acting.known.attrs("paper", paper.code)
    )
    return [code for code in needed if code not in held]


async def send(move: Move, wanted: Wanted, at: datetime, by: Actor | None = None) -> list[str]:
    """Send one referral at *at*; the case has taken the step that refers it. Return codes of warnings.

    Raises:
        Conflict: the household holds aid that excludes it, the person has died, or has her data frozen.
    """
    warnings = await require_sendable(move, wanted, by)
    referral = _row(move, wanted, at, by)
    move.tx.add(referral)
    move.referrals.append(referral)
    await move.tx.flush()
    text = await _say(move, referral, wanted)
    move.add(
        ReferralSent(
            case_id=move.case.id,
            referral_id=referral.id,
            program=referral.program_code,
            agency=referral.agency_code,
            round=1,
            text_hmac=text.hmac if text else None,
            purpose=wanted.purpose.value,
            discloses=wanted.discloses,
            fallback_of=wanted.fallback_of,
        ),
        by,
    )
    await move_clocks(move.acting, move.case, SENT, referral)
    return warnings


async def require_sendable(move: Move, wanted: Wanted, by: Actor | None = None) -> list[str]:
    """Refuse what nobody may send; return codes of warnings.

    Raises:
        Conflict: the household holds aid that excludes it, the person has died, or has her data frozen.
    """
    await _require_unrestrained(move, by)
    if wanted.purpose is not Purpose.AID:
        return []
    await _require_alive(move, wanted)
    code = wanted.program.code
    found = await against(move, code)
    if wanted.continues:
        found = tuple(item for item in found if item.held.origin.program != code)
    require_free(found)
    return [f"aid_overlap:{item.held.origin.program}" for item in found if item.effect is Effect.WARN]


async def _say(move: Move, referral: Referral, wanted: Wanted) -> Stored | None:
    if wanted.override_reason:
        await move.say("override", wanted.override_reason, referral.id)
    return await move.say("sent", wanted.note, referral.id)


async def _require_unrestrained(move: Move, by: Actor | None) -> None:
    """Hand nothing over while she has her data frozen; by her objection no rule decides alone.

    In an emergency her life comes first.
    """
    case, actor = move.case, by or move.acting.actor
    if case.person_id is None or case.priority == Priority.DARURAT:
        return
    await require_not_frozen(move.tx, case.regency_code, case.person_id)
    person = actor.kind is ActorKind.OFFICER and actor.has(Permission.CASE_REFER_ANY, case.village_code)
    if not person and await restrained(move.tx, case.regency_code, RequestKind.OBJECT, [case.person_id]):
        raise Conflict(
            "human_decision_needed",
            "Warga keberatan atas keputusan otomatis. Usulkan ke sekretariat; petugas di sana memutuskan.",
            "She objects to automated routing. Propose it to the secretariat, where a person decides.",
        )


async def _require_alive(move: Move, wanted: Wanted) -> None:
    """The dead get no aid; what a death gives to the family is another matter."""
    case = move.case
    if case.person_id is None or _AFTER_DEATH in wanted.program.version.sectors:
        return
    died_on = await move.tx.scalar(
        select(Person.deceased_on).where(
            Person.regency_code == case.regency_code, Person.id == case.person_id
        )
    )
    if died_on is not None:
        raise Conflict(
            code="person_deceased",
            id="Warga ini tercatat meninggal. Bantuan untuk keluarganya dibuka sebagai kasus tersendiri.",
            en="This person is recorded as deceased. Aid for the family is a case of its own.",
        )


def _row(move: Move, wanted: Wanted, at: datetime, by: Actor | None) -> Referral:
    case, acting = move.case, move.acting
    return Referral(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        program_code=wanted.program.code,
        program_version=wanted.program.version.n,
        agency_code=wanted.agency.code,
        purpose=wanted.purpose.value,
        status=ReferralStatus.SENT.value,
        sub_status=None,
        round=1,
        version=1,
        disclosed=list(wanted.discloses),
        fallback_of=wanted.fallback_of,
        village_code=case.village_code,
        district_code=case.district_code,
        person_id=case.person_id,
        sent_at=at,
        sent_by=(by or acting.actor).account_id,
        updated_at=at,
        missing=[],
    )
