"""A case and SP4N-LAPOR!: its numbers there, what it would look like there, and what is handed over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import outside, work
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, lock_case, open_move
from app.db.queries.cases import case_by_id, find_case
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key, private_of, texts_of
from app.db.tables.cases import Case
from app.db.tables.outside import OutsideReference, OutsideSending
from app.domain.access import Permission
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.outside import CaseOutsideEnded, CaseOutsideNumbered, CaseOutsideOrdered
from app.domain.lapor import SYSTEM, Direction, Kind, Report, SendingState, answer_text, class_of, to_wire
from app.domain.messages import GIVE_UP_AFTER, Answer, Verdict, retry_at
from app.domain.sla import local_date

_P: Final = Permission.CASE_REFER_ANY
TEXT: Final = "outside"
"""The kind of the sealed text that holds what is handed over."""
_TITLE: Final = "Laporan layanan kesejahteraan sosial"
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HandOver:
    case: Case
    references: Sequence[OutsideReference]
    sendings: Sequence[OutsideSending]
    report: Report | None
    """None where the case may not go there."""
    answer: str


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: Kind
    title: str | None = None
    text: str | None = None
    classification: str | None = None


def require(acting: Acting, case: Case) -> None:
    acting.actor.require(_P, case.village_code, case.desk_id)


async def view(acting: Acting, sight: Sight, place: Place) -> HandOver:
    """Return what a case is called there, and what could go there now.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Forbidden: the actor hands nothing over from here.
        Conflict: the case's person was erased.
    """
    case = await find_case(acting.tx, sight, *place)
    require(acting, case)
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    report = None if _is_closed(case) else _report(acting, case, private_of(acting.vault, case, key))
    return HandOver(
        case,
        await outside.references_of(acting.tx, case),
        await outside.sendings_of(acting.tx, case),
        report,
        _answer(acting, case),
    )


def _is_closed(case: Case) -> bool:
    return case.confidentiality == Confidentiality.RAHASIA


def _report(acting: Acting, case: Case, private: dict[str, Any]) -> Report:
    """Make the report of a case: of whoever reported only the name, and nothing of one who hid it."""
    reporter = private.get("reporter") or {}
    anonymous = bool(reporter.get("anonymous"))
    codes = acting.known.codes.get("lapor_class", {})
    classes = {code: acting.known.attrs("lapor_class", code) for code in codes}
    agency = acting.known.settings[case.regency_code].secretariat
    return Report(
        tracking_id=case.ticket,
        classification=class_of(case.kind, case.category, classes),
        title=acting.known.label("case_category", case.category, "id") or _TITLE,
        body=str(private.get("chronology") or ""),
        region=case.village_code,
        event_on=local_date(case.opened_at, case.village_code),
        institution=agency,
        category=acting.known.label("case_category", case.category, "id"),
        anonymous=anonymous,
        secret=case.confidentiality != Confidentiality.BIASA,
        reporter=None if anonymous else reporter.get("name"),
    )


def _answer(acting: Acting, case: Case) -> str:
    known = acting.known
    outcome = known.label("outcome", case.outcome, "id") if case.outcome else None
    return answer_text(
        known.label("case_status", case.status, "id"), outcome, local_date(case.opened_at, case.village_code)
    )


async def order(acting: Acting, sight: Sight, place: Place, wanted: Wanted) -> OutsideSending:
    """Hand a case over, or its answer; the worker sends it.

    Raises:
        NotFound, Forbidden: see `view`; words of one's own for an answer need the right to reveal.
        Conflict: the case is closed to others, or has no number there that an answer could go to.
        Invalid: an unknown classification.
    """
    case = await lock_case(acting.tx, sight, *place)
    require(acting, case)
    if _is_closed(case):
        raise Conflict(
            "closed_case",
            "Kasus rahasia tidak diserahkan ke sistem lain.",
            "A closed case is not handed to another system.",
        )
    move = await open_move(acting, case)
    told = await (_told_report(move, wanted) if wanted.kind is Kind.REPORT else _told_answer(move, wanted))
    text = await move.say(TEXT, json.dumps(told, ensure_ascii=False))
    if text is None:
        raise ValueError("What is handed over has words.")
    row = OutsideSending(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        system=SYSTEM,
        kind=wanted.kind.value,
        text_id=text.id,
        state=SendingState.WAITING.value,
        attempts=0,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        tried_at=None,
        ended_at=None,
        reason=None,
    )
    acting.tx.add(row)
    new = work.NewWork(
        case.regency_code,
        acting.new_id(),
        work.SEND_OUTSIDE,
        row.id.hex,
        acting.now,
        {"sending": row.id.hex},
    )
    await work.enqueue(acting.tx, [new])
    move.add(CaseOutsideOrdered(case_id=case.id, system=SYSTEM, kind=wanted.kind.value, text_hmac=text.hmac))
    await finish(move)
    return row


async def _told_report(move: Move, wanted: Wanted) -> dict[str, Any]:
    acting, case = move.acting, move.case
    known = await outside.references_of(acting.tx, case)
    sent = [one for one in await outside.sendings_of(acting.tx, case) if one.kind == Kind.REPORT]
    if known or any(one.state != SendingState.FAILED for one in sent):
        raise Conflict(
            "already_handed_over",
            "Kasus ini sudah dikenal SP4N-LAPOR! atau sedang dikirim ke sana.",
            "SP4N-LAPOR! knows this case already, or it is on its way there.",
        )
    if wanted.classification is not None and not acting.known.knows("lapor_class", wanted.classification):
        raise _wrong(
            "/classification", "unknown_code", "Klasifikasi tidak dikenal.", "Unknown classification."
        )
    report = _report(acting, case, private_of(acting.vault, case, move.key))
    changed = replace(
        report,
        title=wanted.title or report.title,
        body=wanted.text or report.body,
        classification=wanted.classification or report.classification,
    )
    return {"laporan": to_wire(changed)}


async def _told_answer(move: Move, wanted: Wanted) -> dict[str, Any]:
    acting, case = move.acting, move.case
    numbers = await outside.references_of(acting.tx, case)
    if not numbers:
        raise Conflict(
            "no_outside_reference",
            "Kasus ini belum punya nomor SP4N-LAPOR!. Catat nomornya dahulu.",
            "This case has no number of SP4N-LAPOR! yet. Record it first.",
        )
    if wanted.text is not None:
        acting.actor.require(Permission.PERSON_REVEAL, case.village_code, case.desk_id)
    text = wanted.text or _answer(acting, case)
    return {"tracking_id": numbers[0].reference, "tindak_lanjut": {"isi": text, "status": case.status}}


async def record_number(acting: Acting, sight: Sight, place: Place, reference: str) -> OutsideReference:
    """Record the number that the other system gave to a case that was handed over as a file.

    Raises:
        NotFound, Forbidden: see `view`.
        Conflict: another case has the number.
    """
    case = await lock_case(acting.tx, sight, *place)
    require(acting, case)
    found = await outside.find_reference(acting.tx, (case.regency_code, SYSTEM, reference))
    if found is not None and found.case_id == case.id:
        return found
    if found is not None:
        raise Conflict(
            "reference_taken",
            "Nomor ini sudah dipakai kasus lain.",
            "Another case has this number.",
        )
    move = await open_move(acting, case)
    row = _number(move, reference, Direction.OUT)
    await finish(move)
    return row


def _number(move: Move, reference: str, direction: Direction) -> OutsideReference:
    acting, case = move.acting, move.case
    row = OutsideReference(
        regency_code=case.regency_code,
        reference=reference,
        system=SYSTEM,
        case_id=case.id,
        direction=direction.value,
        at=acting.now,
        by=acting.actor.account_id,
    )
    acting.tx.add(row)
    move.add(CaseOutsideNumbered(case_id=case.id, system=SYSTEM, direction=direction.value))
    return row


# On its way --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """What is sent, read before anything is sent."""

    sending: OutsideSending
    told: dict[str, Any] | None
    """None once the person was erased."""


async def take_up(acting: Acting, regency: str, id_: UUID) -> Ready | None:
    """Return what is to be sent; None when that is over."""
    sending = await outside.find_sending(acting.tx, regency, id_)
    if sending is None or sending.state != SendingState.WAITING:
        return None
    case = await case_by_id(acting.tx, regency, sending.case_id)
    try:
        texts = await texts_of(acting.tx, acting.vault, case, [TEXT]) if case else ()
    except Conflict:
        texts = ()
    told = next((json.loads(one.text) for one in texts if one.id == sending.text_id), None)
    return Ready(sending, told)


async def settle(acting: Acting, ready: Ready, answer: Answer | None) -> datetime | None:
    """Keep what came of a try; *answer* is None for what can never go. Return when to try again, or None."""
    regency, id_ = ready.sending.regency_code, ready.sending.id
    case = await case_by_id(acting.tx, regency, ready.sending.case_id, for_update=True)
    row = await outside.find_sending(acting.tx, regency, id_, for_update=True)
    if case is None or row is None or row.state != SendingState.WAITING:
        return None
    row.attempts, row.tried_at = row.attempts + 1, acting.now
    if answer is not None and answer.verdict is Verdict.LATER:
        if acting.now <= row.created_at + GIVE_UP_AFTER:
            return retry_at(acting.now, row.attempts, row.id.bytes)
        await _end(acting, case, row, "gave_up", None)
    elif answer is None:
        await _end(acting, case, row, "erased", None)
    else:
        refused = answer.verdict is Verdict.REFUSED
        await _end(acting, case, row, "refused" if refused else None, answer.provider_ref)
    return None


async def _end(
    acting: Acting, case: Case, row: OutsideSending, reason: str | None, reference: str | None
) -> None:
    row.state = SendingState.FAILED.value if reason else SendingState.SENT.value
    row.reason, row.ended_at = reason, acting.now
    if reason == "erased":
        return
    move = await open_move(acting, case)
    if reason is None and reference and row.kind == Kind.REPORT:
        taken = await outside.find_reference(acting.tx, (case.regency_code, SYSTEM, reference))
        if taken is None:
            _number(move, reference, Direction.OUT)
    move.add(CaseOutsideEnded(case_id=case.id, system=SYSTEM, kind=row.kind, state=row.state, reason=reason))
    await finish(move)


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
