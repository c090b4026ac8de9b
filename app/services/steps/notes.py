"""What is said of a case without a step: notes, that the resident was told, a new PIN for a lost slip."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries import sessions
from app.db.queries.acting import Acting
from app.db.queries.case_moves import TELL_RESIDENT, Told, close_tasks, finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.clocks import move_clocks
from app.db.queries.scope import Sight
from app.db.queries.texts import NOTE, TO_RESIDENT, Text, texts_of
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import Confidentiality, Outcome
from app.domain.errors import Conflict
from app.domain.events.cases import CaseNoteAdded, CasePinReplaced, CaseTold
from app.domain.lifecycle import CaseStatus
from app.domain.sla import TOLD
from app.services.steps.saying import require_codes, require_past


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str
    ticket: str


async def add_note(
    acting: Acting, sight: Sight, place: Place, text: str, *, to_resident: bool = False
) -> Text:
    """Keep a note, sealed; it moves no clock and no status.

    Raises:
        Conflict: it is for the resident, and the case is a closed channel: who holds the slip is not sure.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    if to_resident and case.confidentiality == Confidentiality.RAHASIA:
        raise Conflict(
            "closed_channel",
            "Kasus rahasia tidak menampilkan catatan di halaman pelacakan; sampaikan langsung.",
            "A closed case shows no notes on the tracking page; tell her in person.",
        )
    move = await open_move(acting, case)
    kind = TO_RESIDENT if to_resident else NOTE
    stored = await move.say(kind, text)
    if stored is None:
        raise ValueError("An empty note is refused before.")
    move.add(
        CaseNoteAdded(case_id=case.id, note_id=stored.id, text_hmac=stored.hmac, to_resident=to_resident)
    )
    await finish(move)
    return Text(stored.id, kind, text, acting.now, acting.actor.account_id, None)


async def read_notes(acting: Acting, sight: Sight, place: Place) -> Sequence[Text]:
    """Return the notes of a case, oldest first, opened."""
    case = await find_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await texts_of(acting.tx, acting.vault, case, [NOTE, TO_RESIDENT])


async def tell(acting: Acting, sight: Sight, place: Place, told: Told, by: str) -> Case:
    """Record that the resident was told: it closes the task, and of a resolved case starts her silence.

    Raises:
        Conflict: nobody waits to be told.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    require_codes(acting.known, "told_method", {"/method": told.method})
    move = await open_move(acting, case)
    require_past(move, "/at", told.at)
    # Of a case that was transferred nobody waits for her answer here: it goes on elsewhere.
    first = (
        case.status == CaseStatus.RESOLVED and case.told_at is None and case.outcome != Outcome.TRANSFERRED
    )
    closed = await close_tasks(move, TELL_RESIDENT)
    if not first and not closed:
        raise Conflict(
            "nobody_to_tell",
            "Tidak ada pemberitahuan yang menunggu pada kasus ini.",
            "There is nothing to tell the resident in this case.",
        )
    if first:
        case.told_at, case.told_method = told.at, told.method
        await move_clocks(acting, case, TOLD, at=told.at)
    await move.say("told", by)
    move.add(CaseTold(case_id=case.id, told_at=told.at, method=told.method))
    move.case_changed = True
    await finish(move)
    return case


async def replace_pin(acting: Acting, sight: Sight, place: Place, digest: bytes, reason: str) -> Case:
    """Let the old PIN die, and with it every session that it opened; *digest* is of the new one."""
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    move = await open_move(acting, case)
    case.pin_digest = digest
    await sessions.revoke_case_sessions(acting.tx, case.regency_code, case.id, acting.now)
    move.add(CasePinReplaced(case_id=case.id, reason=reason))
    await finish(move)
    return case
