"""Village meetings as officers read them: numbers masked, codes with their words."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.api.presenters.words import coded, coded_or_none, masked
from app.api.reading import Reading
from app.api.schemas.deliberations import (
    AttendanceOut,
    AttendeeOut,
    CandidateOut,
    ConflictOut,
    CutoffOut,
    DeliberationOut,
    DeliberationRow,
    MinutesOut,
    ObjectionOut,
    ObjectionRow,
    PointOut,
    QuorumOut,
    SuggestionOut,
)
from app.db.tables.deliberations import (
    Deliberation,
    DeliberationAttendee,
    DeliberationMinutes,
    DeliberationObjection,
)
from app.domain.deliberation.quorum import Quorum
from app.domain.deliberation.states import SessionKind, SessionState, steps_open
from app.domain.deliberation.windows import Cutoff
from app.domain.ids import public_id
from app.services.deliberations import Opened, Suggested, Whole
from app.services.objections import Told


def session_row(reading: Reading, session: Deliberation) -> DeliberationRow:
    return DeliberationRow(**_columns(reading, session))


def _columns(reading: Reading, session: Deliberation) -> dict[str, Any]:
    known, lang, regency = reading.known, reading.lang, session.regency_code
    return {
        "id": public_id(regency, session.id),
        "village": session.village_code,
        "village_name": known.regions.get(session.village_code, session.village_code),
        "kind": coded(known, "deliberation_kind", session.kind, lang),
        "state": coded(known, "deliberation_state", session.state, lang),
        "place": session.place,
        "starts_at": session.starts_at,
        "follows": public_id(regency, session.follows) if session.follows else None,
        "sitting": session.sitting,
        "objections_until": session.objections_until,
        "ratified_at": session.ratified_at,
        "version": session.version,
    }


def session_out(reading: Reading, found: Whole, tickets: Mapping[UUID, str]) -> DeliberationOut:
    session, known, lang = found.session, reading.known, reading.lang
    permissions = reading.actor.permissions_at(session.village_code)
    actions = steps_open(SessionKind(session.kind), SessionState(session.state), permissions)
    return DeliberationOut(
        **_columns(reading, session),
        invitation_number=session.invitation_number,
        decree=session.decree,
        cancel_reason=session.cancel_reason,
        quorum=quorum_out(reading, found.quorum),
        cutoff=_cutoff(reading, found.cutoff),
        candidates=[candidate_out(reading, one, tickets) for one in found.candidates],
        minutes=[minutes_out(one) for one in found.minutes],
        allowed_actions=[coded(known, "deliberation_action", one.value, lang) for one in actions],
    )


def quorum_out(reading: Reading, quorum: Quorum) -> QuorumOut:
    known, lang = reading.known, reading.lang
    return QuorumOut(
        reached=quorum.reached,
        present=quorum.present,
        least=quorum.least,
        missing_roles=[coded(known, "deliberation_role", role, lang) for role in quorum.missing_roles],
        excluded=quorum.excluded,
    )


def _cutoff(reading: Reading, cutoff: Cutoff) -> CutoffOut:
    warning = None
    if cutoff.missed:
        warning = (
            f"The window of objections ends after {cutoff.aims_at}; the proposals go with {cutoff.meets}."
            if reading.lang == "en"
            else f"Masa sanggah melewati {cutoff.aims_at:%d-%m-%Y}; batasnya jadi {cutoff.meets:%d-%m-%Y}."
        )
    return CutoffOut(
        aims_at=cutoff.aims_at,
        ready_on=cutoff.ready_on,
        meets=cutoff.meets,
        missed=cutoff.missed,
        warning=warning,
    )


def candidate_out(reading: Reading, one: Opened, tickets: Mapping[UUID, str]) -> CandidateOut:
    row, said, known, lang = one.row, one.said, reading.known, reading.lang
    regency = row.regency_code
    kept = row.quorum
    return CandidateOut(
        id=public_id(regency, row.id),
        n=row.n,
        source=coded(known, "candidate_source", row.source, lang),
        state=coded(known, "candidate_state", row.state, lang),
        ticket=tickets.get(row.case_id) if row.case_id else None,
        name=said.get("name"),
        nik=masked(said.get("nik")),
        address=said.get("address"),
        rt=said.get("rt"),
        rw=said.get("rw"),
        note=said.get("note"),
        rank=row.rank,
        decision=coded_or_none(known, "proposal_decision", row.decision, lang),
        reason=one.reason,
        quorum=quorum_out(
            reading,
            Quorum(kept["present"], kept["least"], tuple(kept["missing_roles"]), kept["excluded"]),
        )
        if kept
        else None,
        conflicts=[
            ConflictOut(
                attendee=public_id(regency, UUID(item["attendee_id"])),
                reason=coded(known, "conflict_reason", item["reason"], lang),
                declared=item["declared"],
            )
            for item in row.conflicts
        ],
        stage=coded(known, "registry_status", row.stage, lang),
        proposal=public_id(regency, row.batch_id) if row.batch_id else None,
        result_reason=coded_or_none(known, "proposal_reason", row.result_reason, lang),
        objections_until=row.objections_until,
    )


def minutes_out(row: DeliberationMinutes) -> MinutesOut:
    return MinutesOut(
        id=public_id(row.regency_code, row.id),
        n=row.n,
        number=row.number,
        sha256=row.sha256.hex(),
        made_at=row.made_at,
        signed_at=row.signed_at,
        scan_sha256=row.scan_sha256.hex() if row.scan_sha256 else None,
        stored_sha256=row.stored_sha256.hex() if row.stored_sha256 else None,
    )


def attendance_out(
    reading: Reading,
    session: Deliberation,
    quorum: Quorum,
    people: Sequence[tuple[DeliberationAttendee, str]],
) -> AttendanceOut:
    known, lang, regency = reading.known, reading.lang, session.regency_code
    items = [
        AttendeeOut(
            id=public_id(regency, row.id),
            role=coded(known, "deliberation_role", row.role, lang),
            name=name,
            account=public_id(regency, row.account_id) if row.account_id else None,
            at=row.at,
        )
        for row, name in people
    ]
    return AttendanceOut(sitting=session.sitting, quorum=quorum_out(reading, quorum), items=items)


def suggestion_out(reading: Reading, one: Suggested) -> SuggestionOut:
    last4 = one.person.nik_last4 if one.person else None
    return SuggestionOut(
        source=coded(reading.known, "candidate_source", one.source.value, reading.lang),
        ticket=one.case.ticket,
        name=one.person.name if one.person else None,
        nik=f"************{last4}" if last4 else None,
        opened_at=one.case.opened_at,
    )


def objection_out(reading: Reading, told: Told) -> ObjectionOut:
    row, said, known, lang = told.row, told.said, reading.known, reading.lang
    point = said.get("point")
    return ObjectionOut(
        id=public_id(row.regency_code, row.id),
        deliberation=public_id(row.regency_code, row.deliberation_id),
        candidate=public_id(row.regency_code, row.candidate_id),
        state=coded(known, "objection_state", row.state, lang),
        objector=said.get("name"),
        nik=masked(said.get("nik")),
        reason=said.get("reason"),
        point=PointOut(lat=point[0], lon=point[1]) if point else None,
        photo=row.photo_key is not None,
        filed_at=row.filed_at,
        due_at=row.due_at,
        escalated_to=coded_or_none(known, "role", row.escalated_to, lang),
        escalated_at=row.escalated_at,
        finding=told.finding,
        decided_at=row.decided_at,
    )


def objection_row(reading: Reading, row: DeliberationObjection, session: Deliberation) -> ObjectionRow:
    known = reading.known
    return ObjectionRow(
        id=public_id(row.regency_code, row.id),
        deliberation=public_id(row.regency_code, session.id),
        village=session.village_code,
        village_name=known.regions.get(session.village_code, session.village_code),
        filed_at=row.filed_at,
        due_at=row.due_at,
        escalated_to=coded_or_none(known, "role", row.escalated_to, reading.lang),
        escalated_at=row.escalated_at,
    )
