"""Handing a case to programmes, several at once: to whom, what is disclosed, what stands against it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries.case_moves import PAPER_DUE, Move, StepFacts, need_task, take_step
from app.db.queries.clocks import move_clocks
from app.db.queries.referral_moves import against
from app.db.queries.scope import Sight
from app.db.queries.texts import Stored, private_of
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.answering import policy_of
from app.domain.codes import Purpose
from app.domain.disclosure import default_fields
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.referrals import ReferralSent
from app.domain.facts import village_kind
from app.domain.ids import parse_public_id
from app.domain.knowledge import Agency, Knowledge
from app.domain.ledger import require_free
from app.domain.lifecycle import URGENT, CaseAction
from app.domain.programs import Effect, Program, covers
from app.domain.referrals import PastReferral, ReferralStatus, check_agency
from app.domain.sla import SENT
from app.services.steps.saying import Said, decided

Records = Mapping[str, Any]
_APART: Final = timedelta(microseconds=1)
"""Referrals of one request are sent one after the other, so that every list has them in its order."""
_LATER: Final = "needed_for"
"""The attribute of a paper that no step of ours waits for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One referral that is asked for, checked."""

    program: Program
    agency: Agency
    purpose: Purpose
    discloses: tuple[str, ...]
    note: str | None
    fallback_of: UUID | None
    override_reason: str | None


def refer(action: CaseAction) -> Callable[[Move, Sight, Records], Awaitable[Said]]:
    """Return the doing of ``refer`` and of ``decide_refer``."""

    async def do(move: Move, _sight: Sight, records: Records) -> Said:
        step = await decided(move, action, records)
        wanted = [_read(move, raw, n) for n, raw in enumerate(records["referrals"])]
        if action is CaseAction.REFER:
            _require_direct(move, wanted)
        _require_new(move, wanted)
        missing = _papers_missing(move, wanted)
        _require_complete(move, missing, records.get("incomplete_reason"))
        warnings = [f"paper_due:{code}" for code in missing]
        text = await move.say(action.value, records.get("note") or records.get("incomplete_reason"))
        await take_step(move, step, StepFacts(text=text, missing=tuple(missing) or None))
        for n, one in enumerate(wanted):
            warnings += await _send(move, one, move.acting.now + n * _APART)
        if missing:
            await need_task(move, PAPER_DUE)
        return Said(tuple(dict.fromkeys(warnings)))

    return do


# What was asked for -------------------------------------------------------------------------------------


def _read(move: Move, raw: Records, n: int) -> Wanted:
    at = f"/referrals/{n}"
    known, case = move.acting.known, move.case
    program = known.program(raw["program"], move.acting.today(case.village_code))
    if program is None:
        raise _wrong(f"{at}/program", "unknown_code", "Program ini tidak dikenal.", "No such programme.")
    purpose = Purpose(raw["purpose"])
    if purpose in {Purpose.AID, Purpose.REGISTRY}:
        if purpose not in program.purposes:
            raise _wrong(
                f"{at}/purpose",
                "not_its_purpose",
                "Program ini tidak melayani tujuan itu.",
                "The programme does not serve this purpose.",
            )
        _require_covered(program, case.village_code, f"{at}/program")
    return Wanted(
        program=program,
        agency=_receiver(known, case.regency_code, program, raw.get("agency"), purpose, at),
        purpose=purpose,
        discloses=tuple(dict.fromkeys(raw.get("discloses") or default_fields(purpose))),
        note=raw.get("note"),
        fallback_of=_fallback(move, raw.get("fallback_of"), f"{at}/fallback_of"),
        override_reason=_override(move, raw.get("override_reason")),
    )


def _require_covered(program: Program, village: str, pointer: str) -> None:
    version = program.version
    kinds = version.village_kinds
    here = any(covers(area, village) for area in version.coverage)
    if not here or (kinds is not None and village_kind(village) not in kinds):
        raise _wrong(
            pointer,
            "not_covered",
            "Program ini tidak berlaku di desa atau kelurahan kasus ini.",
            "The programme does not cover the village of this case.",
        )


def _receiver(  # who is asked for, and where the answer is searched
    known: Knowledge, regency: str, program: Program, named: str | None, purpose: Purpose, at: str
) -> Agency:
    """Find the programme's agency in the regency; a complaint may name a rung of the programme's ladder."""
    owner = known.agency(program.agency, regency)
    if named is None:
        found = owner
    else:
        rungs = [known.agency(rung.agency, regency) for rung in program.version.ladder if rung.agency]
        asked = known.agency(named, regency)
        found = asked if asked == owner or (purpose is Purpose.COMPLAINT and asked in rungs) else None
    if found is None or not found.active:
        raise _wrong(
            f"{at}/agency",
            "unknown_agency",
            "Lembaga itu bukan penyelenggara program ini dan bukan jenjang pengaduannya.",
            "That agency neither runs this programme nor stands on its complaint ladder.",
        )
    return found


def _fallback(move: Move, text: str | None, pointer: str) -> UUID | None:
    if text is None:
        return None
    found = parse_public_id(text)
    if found is None or all(found.id != one.id for one in move.referrals):
        raise _wrong(pointer, "unknown", "Rujukan itu bukan dari kasus ini.", "No referral of this case.")
    return found.id


def _override(move: Move, reason: str | None) -> str | None:
    if reason:
        move.acting.actor.require(Permission.CASE_OVERRIDE, move.case.village_code)
    return reason


# What stands against it ---------------------------------------------------------------------------------


def _require_direct(move: Move, wanted: Sequence[Wanted]) -> None:
    """Refuse a desk what the regency's policy leaves to the secretariat; nothing delays an urgent case."""
    case, actor = move.case, move.acting.actor
    if case.priority in URGENT or actor.has(Permission.CASE_REFER_ANY, case.village_code):
        return
    policy = policy_of(move.acting.known, case.regency_code)
    open_to_desks = policy.direct | policy.here
    left = [one.program.code for one in wanted if one.purpose is not Purpose.INFORMATION]
    left = [code for code in left if code not in open_to_desks]
    if left:
        raise Conflict(
            code="secretariat_decides",
            id="Rujukan ke program ini ditetapkan sekretariat. Usulkan kasusnya ke sekretariat.",
            en="The secretariat decides on referrals to this programme. Propose the case to it.",
            data={"programs": left},
        )


def _require_new(move: Move, wanted: Sequence[Wanted]) -> None:
    """Refuse a body that said it is not its matter, unless the secretariat overrides."""
    history = [PastReferral(one.agency_code, ReferralStatus(one.status)) for one in move.referrals]
    for one in wanted:
        check_agency(one.agency.code, history, override_reason=one.override_reason)


def _papers_missing(move: Move, wanted: Sequence[Wanted]) -> list[str]:
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


def _require_complete(move: Move, missing: Sequence[str], reason: str | None) -> None:
    if not missing or reason or move.case.priority in URGENT:
        return
    raise Invalid(
        code="papers_missing",
        id="Berkas wajib belum lengkap: lengkapi, atau tulis alasan merujuk tanpa berkas itu.",
        en="Required papers are missing: complete them, or say why it goes without them.",
        data={"papers": list(missing)},
        fields=(
            FieldError(
                "/incomplete_reason",
                "required",
                "Tulis alasan merujuk tanpa berkas lengkap.",
                "Say why it is referred without all papers.",
            ),
        ),
    )


async def _send(move: Move, wanted: Wanted, at: datetime) -> list[str]:
    warnings = []
    if wanted.purpose is Purpose.AID:
        found = await against(move, wanted.program.code)
        require_free(found)
        warnings = [f"aid_overlap:{item.held.origin.program}" for item in found if item.effect is Effect.WARN]
    referral = _row(move, wanted, at)
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
        )
    )
    await move_clocks(move.acting, move.case, SENT, referral)
    return warnings


async def _say(move: Move, referral: Referral, wanted: Wanted) -> Stored | None:
    if wanted.override_reason:
        await move.say("override", wanted.override_reason, referral.id)
    return await move.say("sent", wanted.note, referral.id)


def _row(move: Move, wanted: Wanted, at: datetime) -> Referral:
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
        sent_by=acting.actor.account_id,
        updated_at=at,
        missing=[],
    )


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
