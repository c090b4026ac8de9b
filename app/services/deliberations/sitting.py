"""A meeting that sits: who is there, who takes no part in what, and what is decided."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.queries.cases import case_by_id
from app.db.queries.proposal_batches import News, tell_cases
from app.db.tables.deliberations import Deliberation, DeliberationAttendee, DeliberationCandidate
from app.domain.access import Role
from app.domain.deliberation.deciding import (
    UNDECIDED,
    Given,
    Standing,
    check_ranks,
    require_quorum,
)
from app.domain.deliberation.quorum import ConflictReason, Quorum, conflict_of, quorum_of
from app.domain.deliberation.states import SessionAction, SessionKind, SessionState
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.deliberations import (
    AttendeeAdded,
    AttendeeRemoved,
    CandidateDecided,
    CaseDeliberated,
    ConflictDeclared,
)
from app.domain.ids import public_id
from app.services.deliberations.agenda import candidate
from app.services.deliberations.places import (
    CheckVersion,
    Held,
    Place,
    Tools,
    attendee_of,
    excluded_from,
    hold,
    key_of,
    rule_for,
)

A = SessionAction
MOST = 300
"""People of one sitting."""


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who is there."""

    role: str
    name: str
    nik: str | None = None
    account_id: UUID | None = None


async def attend(
    acting: Acting, tools: Tools, place: Place, came: Came, check: CheckVersion
) -> DeliberationAttendee:
    """Write down who is there. Whoever is a candidate, or of her household, is excluded by that alone.

    Raises:
        Invalid: no such role.
    """
    held = await hold(acting, place, A.ATTEND, check)
    session = held.session
    if not acting.known.knows("deliberation_role", came.role):
        raise Invalid(fields=(_unknown("/role"),))
    rows = await stored.attendees_of(acting.tx, session, session.sitting)
    if len(rows) >= MOST:
        raise Conflict(
            "attendance_full", f"Daftar hadir paling banyak {MOST} orang.", f"At most {MOST} people attend."
        )
    key = await key_of(acting, session.regency_code, session.data_key_id)
    person = None
    if came.nik is not None:
        digests = tools.digests.digests("nik", came.nik)
        person = await stored.person_of_nik(acting.tx, session.regency_code, digests)
    id_ = acting.new_id()
    row = DeliberationAttendee(
        regency_code=session.regency_code,
        id=id_,
        deliberation_id=session.id,
        sitting=session.sitting,
        role=came.role,
        name_sealed=acting.vault.seal(key, "deliberation_attendees", "name", id_, came.name),
        person_id=person.id if person else None,
        household_id=person.household_id if person else None,
        account_id=came.account_id,
        at=acting.now,
        by=acting.actor.account_id,
        left_at=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    added = AttendeeAdded(thing_id=session.id, attendee_id=id_, role=came.role, sitting=session.sitting)
    await held.tell(added)
    for one in await stored.candidates_of(acting.tx, session):
        await _exclude_by_itself(held, one, [row])
    await held.settle()
    return row


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer, "unknown_code", "Kode ini tidak dikenal; lihat /v1/codes.", "Unknown code; see /v1/codes."
    )


async def leave(acting: Acting, place: Place, attendee_id: UUID, check: CheckVersion) -> DeliberationAttendee:
    """Take somebody off the list who was written down by mistake; what was decided counts anew.

    Raises:
        Conflict: something was decided already with her among those present.
    """
    held = await hold(acting, place, A.ATTEND, check)
    session = held.session
    row = await _present(acting, session, attendee_id)
    decided = [
        one
        for one in await stored.candidates_of(acting.tx, session)
        if one.state == Standing.DECIDED.value and one.minutes_n is None
    ]
    if decided:
        raise Conflict(
            "already_deciding",
            "Keputusan sudah diambil dengan daftar hadir ini; daftar hadir tidak dapat dikurangi.",
            "Decisions were taken with this attendance; nobody can be taken off it.",
        )
    row.left_at = acting.now
    await held.tell(AttendeeRemoved(thing_id=session.id, attendee_id=row.id))
    await held.settle()
    return row


async def _present(acting: Acting, session: Deliberation, attendee_id: UUID) -> DeliberationAttendee:
    for row in await stored.attendees_of(acting.tx, session, session.sitting):
        if row.id == attendee_id:
            return row
    raise NotFound(id="Orang ini tidak ada pada daftar hadir.", en="Nobody of this id is on the list.")


async def declare(
    acting: Acting,
    place: Place,
    candidate_id: UUID,
    conflict: tuple[UUID, ConflictReason],
    check: CheckVersion,
) -> DeliberationCandidate:
    """Exclude somebody from the decision on one candidate; a decision that she took part in falls.

    Raises:
        NotFound: no such candidate, or nobody of this id is there.
        Conflict: it was declared before.
    """
    held = await hold(acting, place, A.DECLARE, check)
    row = await candidate(acting, held.session, candidate_id)
    attendee = await _present(acting, held.session, conflict[0])
    if attendee.id in excluded_from(row):
        raise Conflict(
            "declared_already",
            "Benturan kepentingan ini sudah dicatat.",
            "This conflict is recorded already.",
        )
    if row.state == Standing.DECIDED.value and row.minutes_n is not None:
        raise Conflict(
            "minuted_already",
            "Keputusan ini sudah masuk berita acara.",
            "This decision stands in the minutes already.",
        )
    await _exclude(held, row, attendee.id, conflict[1], declared=True)
    await held.settle()
    return row


async def _exclude_by_itself(
    held: Held, row: DeliberationCandidate, attendees: Sequence[DeliberationAttendee]
) -> None:
    if Standing(row.state) not in UNDECIDED and row.minutes_n is not None:
        return
    officers = await _officers_of(held.acting, row)
    for attendee in attendees:
        reason = conflict_of(attendee_of(attendee), row.person_id, row.household_id, officers)
        if reason is not None and attendee.id not in excluded_from(row):
            await _exclude(held, row, attendee.id, reason, declared=False)


async def _officers_of(acting: Acting, row: DeliberationCandidate) -> frozenset[UUID]:
    """Name who brought the candidate in words without a case; a desk's officers only record cases."""
    if row.case_id is None:
        return frozenset()
    case = await case_by_id(acting.tx, row.regency_code, row.case_id)
    named = {case.assignee_id} if case is not None else set()
    return frozenset(one for one in named if one is not None)


async def _exclude(
    held: Held, row: DeliberationCandidate, attendee_id: UUID, reason: ConflictReason, *, declared: bool
) -> None:
    row.conflicts = [
        *row.conflicts,
        {"attendee_id": attendee_id.hex, "reason": reason.value, "declared": declared},
    ]
    if row.state == Standing.DECIDED.value:
        _undecide(row, Standing.OPEN)
    await held.tell(
        ConflictDeclared(
            thing_id=held.session.id, candidate_id=row.id, attendee_id=attendee_id, reason=reason.value
        )
    )


def _undecide(row: DeliberationCandidate, standing: Standing) -> None:
    row.state = standing.value
    row.decision = row.rank = row.reason_sealed = row.quorum = None
    row.decided_at = row.decided_by = None


def reopen(row: DeliberationCandidate) -> None:
    """Let the decision on a candidate fall: she is to be decided again."""
    _undecide(row, Standing.REOPENED)
    row.minutes_n = row.objections_until = None
    row.conflicts = []


async def decide(
    acting: Acting, place: Place, given: Sequence[Given], check: CheckVersion
) -> Sequence[DeliberationCandidate]:
    """Decide on candidates, each with its own quorum.

    Raises:
        NotFound: no such candidate.
        Forbidden: a statement is the village head's own word.
        Conflict: below quorum, or a candidate is not to be decided now.
        Invalid: the ranks do not order the eligible.
    """
    held = await hold(acting, place, A.DECIDE, check)
    session = held.session
    if held.kind is SessionKind.SPTJM and not acting.actor.holds(Role.VILLAGE_HEAD, session.village_code):
        raise Forbidden(
            "head_only",
            "SPTJM hanya dinyatakan oleh kepala desa/lurah.",
            "Only the village head states an SPTJM.",
        )
    rows = {one.id: one for one in await stored.candidates_of(acting.tx, session)}
    _check_decidable(session, rows, given)
    here = {one.candidate_id for one in given}
    standing = {
        id_: row.rank
        for id_, row in rows.items()
        if id_ not in here and row.rank is not None and row.state == Standing.DECIDED.value
    }
    check_ranks(given, standing)
    attendees = [attendee_of(row) for row in await stored.attendees_of(acting.tx, session, session.sitting)]
    rule = rule_for(acting, session)
    for one in given:
        row = rows[one.candidate_id]
        quorum = quorum_of(rule, attendees, excluded_from(row))
        require_quorum(quorum, candidate=public_id(session.regency_code, row.id))
        await _decide_one(held, row, one, quorum)
    await held.settle()
    await _tell_cases(held, [rows[one.candidate_id] for one in given])
    return [rows[one.candidate_id] for one in given]


def _check_decidable(
    session: Deliberation, rows: dict[UUID, DeliberationCandidate], given: Sequence[Given]
) -> None:
    """Only what is open may be decided; in a session that was reopened, only what was reopened."""
    if len({one.candidate_id for one in given}) != len(given):
        raise Invalid(
            fields=(FieldError("/decisions", "twice", "Satu calon disebut dua kali.", "One is named twice."),)
        )
    again = session.state == SessionState.REOPENED.value
    for one in given:
        row = rows.get(one.candidate_id)
        if row is None:
            raise NotFound(
                id="Calon ini tidak ada pada musyawarah ini.", en="No such candidate of this meeting."
            )
        free = Standing(row.state) in UNDECIDED or (
            row.state == Standing.DECIDED.value and row.minutes_n is None
        )
        if not free:
            raise Conflict(
                "candidate_decided" if again else "candidate_left",
                "Hanya calon yang dibuka kembali yang dapat diputuskan lagi."
                if again
                else "Calon ini sudah tidak dibahas pada musyawarah ini.",
                "Only a reopened candidate can be decided again."
                if again
                else "This candidate is not discussed here any more.",
                {"candidate": public_id(session.regency_code, one.candidate_id)},
            )


async def _decide_one(held: Held, row: DeliberationCandidate, one: Given, quorum: Quorum) -> None:
    acting = held.acting
    key = await key_of(acting, row.regency_code, row.data_key_id)
    if key is None:
        raise Conflict("erased", "Data calon ini sudah dihapus.", "This candidate's data was erased.")
    row.state, row.decision, row.rank = Standing.DECIDED.value, one.decision.value, one.rank
    row.reason_sealed = acting.vault.seal(key, "deliberation_candidates", "reason", row.id, one.reason)
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id
    kept: dict[str, Any] = asdict(quorum)
    row.quorum = {**kept, "missing_roles": list(quorum.missing_roles)}
    await held.tell(
        CandidateDecided(
            thing_id=held.session.id,
            candidate_id=row.id,
            decision=one.decision.value,
            rank=one.rank,
            present=quorum.present,
            excluded=quorum.excluded,
            text_hmac=acting.vault.text_hmac(key, one.reason),
        )
    )


async def _tell_cases(held: Held, rows: Sequence[DeliberationCandidate]) -> None:
    news = [
        News(
            row.case_id,
            CaseDeliberated(
                case_id=row.case_id,
                deliberation_id=held.session.id,
                candidate_id=row.id,
                what="decided",
                decision=row.decision,
            ),
        )
        for row in rows
        if row.case_id is not None
    ]
    await tell_cases(held.acting, held.regency, news)
