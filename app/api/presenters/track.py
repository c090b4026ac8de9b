"""A case as its resident reads it: where it stands and what happened, in plain words."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from app.api.presenters.track_parts import held_by, reason_of, step_reason
from app.api.presenters.words import coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.attachments import TrackPaperOut
from app.api.schemas.cases import Coded
from app.api.schemas.track import (
    TrackInstalmentOut,
    TrackNoteOut,
    TrackOut,
    TrackProgramOut,
    TrackStepOut,
    TrackWaitingOut,
)
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import Outcome
from app.domain.documents import Words
from app.domain.lifecycle import CaseAction, CaseStatus
from app.services.tracking import HeldByDesk, Tracked

CLOSED_CHANNEL: Final = Words("Sedang ditangani", "Being handled")
MOVING: Final = Words(
    "Kasus Anda sedang dipindahkan ke kabupaten/kota lain. Tiket dan PIN ini tetap berlaku.",
    "Your case is being moved to another regency. This ticket and PIN stay good.",
)
_SAID: Final = {
    CaseStatus.REGISTERED: Words(
        "Kasus Anda sudah dicatat dan menunggu petugas.", "Your case is registered and waits for an officer."
    ),
    CaseStatus.INCOMPLETE: Words(
        "Ada berkas atau keterangan yang perlu Anda lengkapi.",
        "Some papers or answers are still needed from you.",
    ),
    CaseStatus.VERIFYING: Words(
        "Petugas sedang memeriksa keterangan.", "An officer is verifying what was said."
    ),
    CaseStatus.HANDLING: Words("Kasus Anda sedang ditangani.", "Your case is being handled."),
    CaseStatus.AWAITING_DECISION: Words(
        "Kasus Anda menunggu penetapan sekretariat.", "Your case waits for the secretariat's decision."
    ),
    CaseStatus.REFERRED: Words(
        "Kasus Anda diteruskan ke lembaga yang melayani.", "Your case was handed to the body that serves it."
    ),
    CaseStatus.RESOLVED: Words(
        "Kasus Anda selesai ditangani. Benarkah yang Anda terima?",
        "Your case is resolved. Is what you received right?",
    ),
    CaseStatus.CLOSED: Words("Kasus Anda ditutup.", "Your case is closed."),
    CaseStatus.VOID: Words("Kasus ini dibatalkan.", "This case is void."),
}
_ACTIONS: Final[dict[CaseAction, Literal["confirm", "dispute", "withdraw"]]] = {
    CaseAction.CONFIRM: "confirm",
    CaseAction.DISPUTE: "dispute",
    CaseAction.REOPEN: "dispute",
    CaseAction.VOID: "withdraw",
}


HELD_BY_DESK: Final = Words(
    "Tiket Anda berlaku. Kasus Anda masih dipegang meja layanan dan belum terkirim, karena sambungannya "
    "terputus. Coba lagi besok, atau tanyakan di meja layanan tempat Anda melapor.",
    "Your ticket is good. The desk still holds your case and has not sent it yet, for want of a link. Look "
    "again tomorrow, or ask at the desk where you came.",
)


def held_out(reading: Reading, held: HeldByDesk) -> TrackOut:
    """Tell of a slip that was handed out before its case came here."""
    words = said(HELD_BY_DESK, reading.lang)
    label = said(Words("Di meja layanan, belum terkirim", "At the desk, not yet sent"), reading.lang)
    status = Coded(code="held_by_desk", label=label)
    return TrackOut(ticket=held.ticket, status=status, words=words, opened_at=held.reserved_at)


def track_out(
    reading: Reading, tracked: Tracked, needed: Sequence[TrackPaperOut] = (), *, disputed: bool = False
) -> TrackOut:
    case, lang = tracked.case, reading.lang
    if tracked.closed_channel:
        words = said(CLOSED_CHANNEL, lang)
        hidden = Coded(code="in_progress", label=words)
        return TrackOut(ticket=case.ticket, status=hidden, words=words, opened_at=case.opened_at)
    if case.outcome == Outcome.TRANSFERRED:
        moved = coded(reading.known, "outcome", Outcome.TRANSFERRED.value, lang)
        return TrackOut(ticket=case.ticket, status=moved, words=said(MOVING, lang), opened_at=case.opened_at)
    status = CaseStatus(case.status)
    actions: list[Any] = list(dict.fromkeys(_ACTIONS[a] for a in tracked.actions if a in _ACTIONS))
    if status in {CaseStatus.RESOLVED, CaseStatus.CLOSED} and tracked.actions:
        actions.append("rating")
    if needed:
        actions.insert(0, "attach")
    holders, ask_at = held_by(reading, tracked)
    return TrackOut(
        ticket=case.ticket,
        status=coded(reading.known, "case_status", status.value, lang),
        words=said(_SAID[status], lang),
        opened_at=case.opened_at,
        held_by=holders,
        ask_at=ask_at,
        outcome=coded_or_none(reading.known, "outcome", case.outcome, lang),
        needed=list(needed),
        steps=[
            TrackStepOut(at=row.at, words=_words(reading, row), why=step_reason(reading, tracked, row))
            for row in tracked.steps
        ],
        notes=[TrackNoteOut(at=note.at, text=note.text) for note in tracked.notes],
        programs=[_program(reading, tracked, referral, lines) for referral, lines in tracked.aid],
        allowed_actions=actions,
        disputed=disputed,
    )


def _words(reading: Reading, row: Any) -> str:
    known, lang = reading.known, reading.lang
    if row.referral_id is not None:
        program = known.programs.get(row.data["program"])
        name = said(program.name, lang) if program else row.data["program"]
        status = row.data.get("to_status") or "sent"
        return f"{name}: {known.label('referral_status', status, lang)}"
    match row.type:
        case "case.step_taken":
            return known.label("case_status", row.data["to_status"], lang)
        case "case.told":
            return said(Words("Anda diberi tahu hasilnya", "You were told the outcome"), lang)
        case _:
            return known.label("case_status", CaseStatus.REGISTERED.value, lang)


def _program(
    reading: Reading, tracked: Tracked, referral: Referral, lines: list[AssistanceLine]
) -> TrackProgramOut:
    known, lang = reading.known, reading.lang
    standing = tracked.standings.get(referral.id)
    program = known.programs.get(referral.program_code)
    agency = known.agencies.get(referral.agency_code)
    return TrackProgramOut(
        program=referral.program_code,
        name=said(program.name, lang) if program else referral.program_code,
        status=coded(known, "referral_status", referral.status, lang),
        agency=said(agency.name, lang) if agency else None,
        why=reason_of(reading, tracked, referral),
        waiting=None if standing is None else TrackWaitingOut(position=standing.position, of=standing.of),
        instalments=[
            TrackInstalmentOut(
                instalment=line.n,
                period=line.period,
                state=coded(known, "ledger_state", line.state, lang),
                amount_idr=line.amount_idr if line.amount_idr is not None else line.planned_idr,
                goods=line.goods,
                given_on=line.given_on,
            )
            for line in lines
        ],
    )
