"""Handing a case to programmes, several at once: to whom, what is disclosed, what stands against it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries.case_moves import PAPER_DUE, Move, StepFacts, need_task, take_step
from app.db.queries.scope import Sight
from app.db.queries.sending import Wanted, papers_missing, send
from app.domain.access import Permission
from app.domain.answering import policy_of
from app.domain.codes import Purpose
from app.domain.disclosure import default_fields
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.facts import village_kind
from app.domain.ids import parse_public_id
from app.domain.knowledge import Agency, Knowledge
from app.domain.lifecycle import URGENT, CaseAction
from app.domain.programs import Program, covers
from app.domain.referrals import PastReferral, ReferralStatus, check_agency
from app.services.steps.saying import Said, decided

Records = Mapping[str, Any]
_APART: Final = timedelta(microseconds=1)
"""Referrals of one request are sent one after the other, so that every list has them in its order."""


def refer(action: CaseAction) -> Callable[[Move, Sight, Records], Awaitable[Said]]:
    """Return the doing of ``refer`` and of ``decide_refer``."""

    async def do(move: Move, _sight: Sight, records: Records) -> Said:
        step = await decided(move, action, records)
        wanted = [read_wanted(move, raw, n) for n, raw in enumerate(records["referrals"])]
        require_direct(move, wanted)
        require_new(move, wanted)
        missing = papers_missing(move, wanted)
        _require_complete(move, missing, records.get("incomplete_reason"))
        warnings = [f"paper_due:{code}" for code in missing]
        text = await move.say(action.value, records.get("note") or records.get("incomplete_reason"))
        await take_step(move, step, StepFacts(text=text, missing=tuple(missing) or None))
        for n, one in enumerate(wanted):
            warnings += await send(move, one, move.acting.now + n * _APART)
        if missing:
            await need_task(move, PAPER_DUE)
        return Said(tuple(dict.fromkeys(warnings)))

    return do


# What was asked for -------------------------------------------------------------------------------------


def read_wanted(move: Move, raw: Records, n: int) -> Wanted:
    at = f"/referrals/{n}"
    known, case = move.acting.known, move.case
    program = known.program_in(case.regency_code, raw["program"], move.acting.today(case.village_code))
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
        move.acting.actor.require(Permission.CASE_OVERRIDE, move.case.village_code, move.case.desk_id)
    return reason


# What stands against it ---------------------------------------------------------------------------------


def require_direct(move: Move, wanted: Sequence[Wanted]) -> None:
    """Refuse a desk what the regency's policy leaves to the secretariat; nothing delays an urgent case."""
    case, actor = move.case, move.acting.actor
    if case.priority in URGENT or actor.has(Permission.CASE_REFER_ANY, case.village_code, case.desk_id):
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


def require_new(move: Move, wanted: Sequence[Wanted]) -> None:
    """Refuse a body that said it is not its matter, unless the secretariat overrides."""
    history = [PastReferral(one.agency_code, ReferralStatus(one.status)) for one in move.referrals]
    for one in wanted:
        check_agency(one.agency.code, history, override_reason=one.override_reason)


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


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
