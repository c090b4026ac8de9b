"""Working the findings: decided with a reason, agreed to by a second person where asked, taken back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import evidence, findings
from app.db.queries.reconciliations import rows as staged
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.reconciliations import FindingApproved, FindingDecided, FindingReopened
from app.domain.identity import parse_nik
from app.domain.matching import Identity
from app.domain.reconciliation import (
    Decision,
    FindingState,
    Kind,
    Listed,
    Reason,
    after_decision,
    check_approval,
    check_decision,
    check_open,
    classify,
    place,
)
from app.services.reconciliations import funders, standing
from app.services.reconciliations.comparing import Comparing, finding_row
from app.services.reconciliations.ordering import tell
from app.services.reconciliations.reading import NOTES
from app.services.reconciliations.standing import Check, check_workable, lock

SECOND_PERSON: Final = "list_second_person"
"""The policy that names the decisions that need two people."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody decides, and why."""

    decision: Decision
    reason: str
    note: str | None = None
    nik: str | None = None
    """The right number; of ``correct_nik``."""
    program: str | None = None
    """Who pays instead; of ``refer_fallback`` only where not the first in order is meant."""
    chosen: int | None = None
    """The candidate, from 0; of ``same_person``."""


async def decide(
    acting: Acting, at: Comparing, finding_id: UUID, choice: Choice, check: Check
) -> ReconciliationFinding:
    """Decide one finding.

    Raises:
        NotFound: there is none.
        Stale: it changed since the caller read it.
        Conflict: it is not open, what it says is no longer so, or no fallback has a place.
        Invalid: the decision is none of its kind, or lacks what it needs.
    """
    one = await lock(acting, at, finding_id)
    check(one.version)
    check_workable(at)
    check_open(FindingState(one.state))
    check_words(acting, choice)
    check_decision(Kind(one.kind), choice.decision)
    if one.id not in await standing.still_so(acting, at, [one]):
        raise standing.changed(one)
    program = await _program(acting, at, choice)
    kept = await _details(acting, at, one, choice)
    state = after_decision(choice.decision, second_person(acting, at))
    one.state, one.decision, one.decision_reason = state.value, choice.decision.value, choice.reason
    one.other_program, one.chosen = program, kept.pop("chosen", None)
    one.decided_at, one.decided_by = acting.now, acting.actor.account_id
    text = json.dumps(kept, ensure_ascii=False) if kept else None
    one.note_sealed = (
        acting.vault.seal(at.key, NOTES, "note_sealed", one.id, text) if text is not None else None
    )
    one.version += 1
    await acting.tx.flush()
    if choice.decision is Decision.SAME_PERSON and state is FindingState.DECIDED:
        await _follow(acting, at, one)
    happened = FindingDecided(
        thing_id=at.row.id,
        finding_id=one.id,
        kind=one.kind,
        decision=choice.decision.value,
        reason=choice.reason,
        state=state.value,
        program=program,
        note_hmac=acting.vault.text_hmac(at.key, text) if text is not None else None,
    )
    await tell(acting, at.row, happened)
    return one


async def approve(
    acting: Acting, at: Comparing, finding_id: UUID, check: Check, *, agree: bool
) -> ReconciliationFinding:
    """Agree to a decision as a second person, or send it back.

    Raises:
        NotFound: there is none.
        Stale: it changed since the caller read it.
        Conflict: it waits for nobody, or what it says is no longer so.
        Forbidden: it is the same person's.
    """
    one = await lock(acting, at, finding_id)
    check(one.version)
    check_workable(at)
    check_approval(FindingState(one.state), one.decided_by, acting.actor.account_id)
    if not agree:
        await _reopen(acting, at, one, "not_agreed")
        return one
    if one.id not in await standing.still_so(acting, at, [one]):
        raise standing.changed(one)
    one.state, one.approved_at, one.approved_by = (
        FindingState.DECIDED.value,
        acting.now,
        acting.actor.account_id,
    )
    one.version += 1
    await acting.tx.flush()
    if one.decision == Decision.SAME_PERSON.value:
        await _follow(acting, at, one)
    happened = FindingApproved(thing_id=at.row.id, finding_id=one.id, decision=one.decision or "")
    await tell(acting, at.row, happened)
    return one


async def undo(acting: Acting, at: Comparing, finding_id: UUID, check: Check) -> ReconciliationFinding:
    """Take a decision back: the finding is open again, and what only followed from it is withdrawn.

    Raises:
        NotFound: there is none.
        Stale: it changed since the caller read it.
        Conflict: nobody has decided it.
    """
    one = await lock(acting, at, finding_id)
    check(one.version)
    check_workable(at)
    if one.decision is None:
        raise Conflict(
            "finding_not_decided", "Temuan ini belum diputuskan.", "This finding was not decided yet."
        )
    await _reopen(acting, at, one, "undone")
    return one


async def _reopen(acting: Acting, at: Comparing, one: ReconciliationFinding, reason: str) -> None:
    decision = one.decision or ""
    for other in await findings.of_row(acting.tx, one) if one.row_n is not None else ():
        if other.evidence.get(standing.THROUGH) == one.id.hex:
            other.state, other.version = FindingState.WITHDRAWN.value, other.version + 1
    one.state, one.decision, one.decision_reason = FindingState.OPEN.value, None, None
    one.other_program, one.chosen, one.note_sealed, one.batch_id = None, None, None, None
    one.decided_at, one.decided_by, one.approved_at, one.approved_by = None, None, None, None
    one.version += 1
    await acting.tx.flush()
    happened = FindingReopened(thing_id=at.row.id, finding_id=one.id, decision=decision, reason=reason)
    await tell(acting, at.row, happened)


def second_person(acting: Acting, at: Comparing) -> Sequence[str]:
    """Name the decisions that need two people in this regency."""
    named: Sequence[str] = acting.known.policy_value(at.row.regency_code, SECOND_PERSON, ())
    return named


# What a decision needs -----------------------------------------------------------------------------------


def check_words(acting: Acting, choice: Choice) -> None:
    if not acting.known.knows("finding_decision_reason", choice.reason):
        raise Invalid(
            fields=(
                FieldError("/reason", "unknown_code", "Pilih alasan dari daftar.", "Choose a listed reason."),
            )
        )


async def _program(acting: Acting, at: Comparing, choice: Choice) -> str | None:
    if choice.decision is Decision.REFER_FALLBACK:
        return await _fallback(acting, at, choice.program)
    return other_program(acting, at, choice)


def other_program(acting: Acting, at: Comparing, choice: Choice) -> str | None:
    """Return who pays instead, where the decision says that somebody does.

    Raises:
        Invalid: no such programme is named, or the list's own.
    """
    if choice.decision is not Decision.REFER_OTHER:
        return None
    if choice.program in acting.known.programs and choice.program != at.row.program_code:
        return choice.program
    raise Invalid(
        fields=(
            FieldError(
                "/program",
                "unknown_program",
                "Sebutkan program lain yang menanggung orang ini.",
                "Name the other programme that pays for this person.",
            ),
        )
    )


async def _fallback(acting: Acting, at: Comparing, wanted: str | None) -> str:
    quotas = await funders.quotas(acting, at.row, locked=True)
    if wanted is not None and wanted not in {one.program for one in quotas}:
        raise Invalid(
            fields=(
                FieldError(
                    "/program",
                    "no_fallback",
                    "Program ini bukan pengganti menurut kebijakan daerah.",
                    "This programme is no fallback by the regency's policy.",
                ),
            )
        )
    (found,) = place([one for one in quotas if wanted in (None, one.program)], 1)
    if found is None:
        raise exhausted({one.program: one.left for one in quotas})
    return found


def exhausted(left: dict[str, int]) -> Conflict:
    return Conflict(
        "fallback_exhausted",
        "Tidak ada kuota pengganti tersisa, atau kuotanya belum dicatat. Catat kuota, atau putuskan lain.",
        "No fallback has a place left, or its quota is not recorded. Record the quota, or decide otherwise.",
        {"left": left},
    )


async def _details(
    acting: Acting, at: Comparing, one: ReconciliationFinding, choice: Choice
) -> dict[str, Any]:
    kept: dict[str, Any] = {"note": choice.note} if choice.note else {}
    if choice.decision is Decision.CORRECT_NIK:
        kept["nik"] = await _right_nik(acting, at, one, choice.nik)
    if choice.decision is Decision.SAME_PERSON:
        chosen = choice.chosen if choice.chosen is not None else 0
        if (len(one.candidates) > 1 and choice.chosen is None) or chosen >= len(one.candidates):
            raise Invalid(
                fields=(
                    FieldError(
                        "/candidate",
                        "choose_one",
                        "Sebutkan calon mana yang dimaksud, mulai dari 0.",
                        "Say which candidate it is, from 0.",
                    ),
                )
            )
        kept["chosen"] = chosen
    return kept


async def _right_nik(acting: Acting, at: Comparing, one: ReconciliationFinding, text: str | None) -> str:
    """Read the corrected number; it must not be somebody else's, nor stand on the list already."""
    nik = parse_nik(text or "", today=at.today, pointer="/nik")
    if isinstance(nik, FieldError):
        raise Invalid(fields=(nik,))
    digests = dict.fromkeys(at.blind.digests("nik", nik.number), "new")
    if await staged.listed_in(acting.tx, at.place, list(digests)):
        raise _bad_nik(
            "nik_on_list",
            "NIK ini sudah ada pada daftar; tandai baris ini ganda atau keluarkan.",
            "This NIK stands on the list already; remove this row instead.",
        )
    row = await staged.one(acting.tx, at.place, one.row_n or 0)
    if row is not None and not row.refused:
        who = Identity("new", None, row.name_key, row.born_on, row.village_code, row.sex)
        entries = await evidence.registry(acting.tx, digests, at.today)
        people = await evidence.persons(acting.tx, at.row.regency_code, digests)
        records = [*(entry.record for entry in entries.values()), *people.get("new", ())]
        told = classify(Listed(row.n, who), records, asked=at.asked)
        if any(each.reason is Reason.NAME_DIFFERS for each in told):
            raise _bad_nik(
                "nik_of_another",
                "NIK ini tercatat atas nama orang lain; periksa KTP atau KK.",
                "This NIK is on record under another name; look at the card.",
            )
    return nik.number


def _bad_nik(code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError("/nik", code, indonesian, english),))


async def _follow(acting: Acting, at: Comparing, one: ReconciliationFinding) -> None:
    """Now that it is known who the row is: look for what stands against that person."""
    candidate = one.candidates[one.chosen or 0]
    row = await staged.one(acting.tx, at.place, one.row_n or 0)
    digest = await evidence.digest_of(
        acting.tx, candidate["source"], candidate["tenant"], UUID(candidate["id"])
    )
    if row is None or digest is None:
        return
    digests = {digest: "found"}
    entries = await evidence.registry(acting.tx, digests, at.today)
    people = await evidence.persons(acting.tx, at.row.regency_code, digests)
    records = [*(entry.record for entry in entries.values()), *people.get("found", ())]
    aid = await evidence.aid(acting.tx, at.row.regency_code, digests, at.funding, at.today)
    who = Identity("found", None, row.name_key, row.born_on, row.village_code, row.sex)
    told = classify(Listed(row.n, who), records, aid.get("found", ()), asked=at.asked)
    made = [finding_row(acting, at, each, row) for each in told if each.kind is not Kind.NOT_PADAN]
    for each in made:
        each["evidence"] = {**each["evidence"], standing.THROUGH: one.id.hex}
    await findings.add(acting.tx, made)
