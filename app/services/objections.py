"""Objections of residents: filed at the desk, verified by an officer, put higher while nobody does.

An upheld one opens the decision on its candidate again, and on nobody else.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries import objections as kept
from app.db.queries.acting import Acting
from app.db.queries.proposal_batches import News, tell_cases
from app.db.queries.work import WATCH_OBJECTION, NewWork, enqueue
from app.db.tables.deliberations import Deliberation, DeliberationCandidate, DeliberationObjection
from app.db.tables.people import DataKey
from app.domain.access import Permission
from app.domain.deliberation.deciding import Standing
from app.domain.deliberation.objections import (
    MOST_OF_ONE,
    ObjectionState,
    check_open,
    check_resident,
    check_window,
)
from app.domain.deliberation.states import SessionAction, SessionKind, SessionState, decide_step
from app.domain.deliberation.windows import last_day, window_now
from app.domain.errors import Conflict, NotFound, TooMany
from app.domain.events.base import Event
from app.domain.events.deliberations import (
    CandidateReopened,
    CaseDeliberated,
    DeliberationMoved,
    ObjectionDecided,
    ObjectionFiled,
    ObjectionPhotoAdded,
)
from app.domain.letters import day_in_words
from app.domain.names import name_key

_TABLE: Final = "deliberation_objections"


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...
    def digests(self, field_name: str, value: str) -> list[bytes]: ...


class Keys(Protocol):
    def new_data_key(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Objection:
    """What a resident objects to, and who she is."""

    candidate_id: UUID
    village: str
    name: str
    reason: str
    nik: str | None = None
    phone: str | None = None
    point: tuple[float, float] | None = None
    """Latitude, longitude of the house."""


@dataclass(frozen=True, slots=True)
class Told:
    """An objection as an officer reads it."""

    row: DeliberationObjection
    said: dict[str, Any]
    """Empty once the objector was erased."""
    finding: str | None


async def file(
    acting: Acting, keys: Keys, digests: Digests, place: Place, new: Objection
) -> DeliberationObjection:
    """Take an objection of a resident of the village, with or without an account, at the desk.

    Raises:
        NotFound: no such session or candidate.
        Forbidden: the actor takes nothing in there.
        Invalid: she lives elsewhere.
        Conflict: not published, the window is over, or she objected to this candidate before.
        TooMany: she has filed as many as one may.
    """
    session = await _locked(acting, place, Permission.CASE_OPEN)
    candidate = await _candidate(acting, session, new.candidate_id)
    _check_window(acting, session, candidate)
    known = None
    if new.nik is not None:
        digest_list = digests.digests("nik", new.nik)
        known = await stored.person_of_nik(acting.tx, place.tenant, digest_list)
    check_resident(new.village, known.village_code if known else None, session.village_code)
    if candidate.state != Standing.DECIDED.value:
        raise Conflict(
            "not_decided",
            "Calon ini sedang dibuka kembali; tunggu keputusan barunya.",
            "This candidate is open again already; wait for the new decision.",
        )
    who = digests.digest("nik", new.nik) if new.nik else digests.digest("objector", name_key(new.name))
    await _check_limits(acting, session, candidate, who)
    row = await _add(acting, keys, session, new, who)
    await stored.tell(
        acting,
        session,
        ObjectionFiled(
            thing_id=session.id,
            objection_id=row.id,
            candidate_id=candidate.id,
            text_hmac=acting.vault.text_hmac(await _key(acting, row), new.reason),
        ),
    )
    work = NewWork(session.regency_code, acting.new_id(), WATCH_OBJECTION, row.id.hex, row.due_at)
    await enqueue(acting.tx, [work])
    return row


async def _locked(acting: Acting, place: Place, needed: Permission) -> Deliberation:
    session = await stored.session_of(acting.tx, place.tenant, place.session_id, for_update=True)
    if session is None or not acting.actor.has(Permission.CASE_READ, session.village_code):
        raise _absent()
    acting.actor.require(needed, session.village_code)
    return session


def _absent() -> NotFound:
    return NotFound(
        id="Musyawarah ini tidak ada, atau bukan di wilayah Anda.",
        en="There is no such meeting, or it is not in your area.",
    )


async def _candidate(acting: Acting, session: Deliberation, candidate_id: UUID) -> DeliberationCandidate:
    for row in await stored.candidates_of(acting.tx, session):
        if row.id == candidate_id and row.state != Standing.WITHDRAWN.value:
            return row
    raise NotFound(id="Calon ini tidak ada pada musyawarah ini.", en="No such candidate of this meeting.")


def _check_window(acting: Acting, session: Deliberation, candidate: DeliberationCandidate) -> None:
    until = candidate.objections_until or session.objections_until
    zone = acting.known.zone(session.regency_code)
    last = day_in_words(last_day(until, zone)) if until else None
    check_window(window_now(until, acting.now), until, last)


async def _check_limits(
    acting: Acting, session: Deliberation, candidate: DeliberationCandidate, who: bytes
) -> None:
    hers = [one for one in await kept.objections_of(acting.tx, session) if one.objector_digest == who]
    if any(one.candidate_id == candidate.id and one.state == ObjectionState.OPEN.value for one in hers):
        raise Conflict(
            "objected_already",
            "Sanggahan Anda atas calon ini sudah diterima dan sedang diverifikasi.",
            "Your objection to this candidate is being verified already.",
        )
    most = int(acting.known.policy_value(session.regency_code, "objections_per_person", MOST_OF_ONE))
    if len(hers) >= most:
        raise TooMany(
            "objections_used_up",
            f"Satu orang dapat mengajukan paling banyak {most} sanggahan pada satu musyawarah. Sampaikan "
            "sisanya lewat satu pengaduan di meja Puskesos.",
            f"One person may file {most} objections to one meeting. Bring the rest as one complaint.",
            retry_after=timedelta(days=1),
        )


async def _add(
    acting: Acting, keys: Keys, session: Deliberation, new: Objection, who: bytes
) -> DeliberationObjection:
    made, key_id, id_ = keys.new_data_key(), acting.new_id(), acting.new_id()
    kept_key = DataKey(
        regency_code=session.regency_code,
        id=key_id,
        wrapped=made.wrapped,
        created_at=acting.now,
        destroyed_at=None,
    )
    acting.tx.add(kept_key)
    await acting.tx.flush()
    said = {
        "name": new.name,
        "nik": new.nik,
        "phone": new.phone,
        "reason": new.reason,
        "point": list(new.point) if new.point else None,
    }
    row = DeliberationObjection(
        regency_code=session.regency_code,
        id=id_,
        deliberation_id=session.id,
        candidate_id=new.candidate_id,
        state=ObjectionState.OPEN.value,
        data_key_id=key_id,
        private_sealed=acting.vault.seal(
            made.key, _TABLE, "private", id_, json.dumps(said, ensure_ascii=False)
        ),
        objector_digest=who,
        photo_key=None,
        photo_media=None,
        photo_sha256=None,
        filed_at=acting.now,
        filed_by=acting.actor.account_id,
        due_at=kept.verify_by(acting, session.regency_code),
        acts=0,
        escalated_to=None,
        escalated_at=None,
        finding_sealed=None,
        decided_at=None,
        decided_by=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    return row


async def _key(acting: Acting, row: DeliberationObjection) -> Any:
    wrapped = (await stored.keys_of(acting.tx, row.regency_code, [row.data_key_id])).get(row.data_key_id)
    if wrapped is None:
        raise Conflict("erased", "Data penyanggah sudah dihapus.", "The objector's data was erased.")
    return acting.vault.unwrap(wrapped)


async def opened(acting: Acting, row: DeliberationObjection) -> Told:
    """Open what an objection says."""
    wrapped = (await stored.keys_of(acting.tx, row.regency_code, [row.data_key_id])).get(row.data_key_id)
    if wrapped is None:
        return Told(row, {}, None)
    key = acting.vault.unwrap(wrapped)
    said = json.loads(acting.vault.open(key, _TABLE, "private", row.id, row.private_sealed))
    finding = (
        acting.vault.open(key, _TABLE, "finding", row.id, row.finding_sealed) if row.finding_sealed else None
    )
    return Told(row, said, finding)


async def objection_seen(
    acting: Acting, place: Place, objection_id: UUID, needed: Permission
) -> tuple[Deliberation, DeliberationObjection]:
    """Return an objection under the lock of its session.

    Raises:
        NotFound, Forbidden: as for the session; or there is no such objection.
    """
    session = await _locked(acting, place, needed)
    row = await kept.lock_objection(acting.tx, place.tenant, objection_id)
    if row is None or row.deliberation_id != session.id:
        raise NotFound(id="Sanggahan ini tidak ada.", en="There is no such objection.")
    return session, row


async def decide(
    acting: Acting, place: Place, objection_id: UUID, *, upheld: bool, finding: str
) -> DeliberationObjection:
    """Verify an objection. Upheld, its candidate is decided again.

    Raises:
        Conflict: it was verified before; or another candidate's new minutes are under way.
    """
    session, row = await objection_seen(acting, place, objection_id, Permission.OBJECTION_VERIFY)
    check_open(ObjectionState(row.state))
    key = await _key(acting, row)
    row.state = (ObjectionState.UPHELD if upheld else ObjectionState.NOT_UPHELD).value
    row.finding_sealed = acting.vault.seal(key, _TABLE, "finding", row.id, finding)
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id
    row.escalated_at = row.escalated_to = None
    await stored.tell(
        acting,
        session,
        ObjectionDecided(
            thing_id=session.id,
            objection_id=row.id,
            candidate_id=row.candidate_id,
            upheld=upheld,
            text_hmac=acting.vault.text_hmac(key, finding),
        ),
    )
    if upheld:
        await _reopen(acting, session, row)
    await acting.tx.flush()
    return row


async def _reopen(acting: Acting, session: Deliberation, row: DeliberationObjection) -> None:
    """Let one decision fall. The session sits again for it; all others stand."""
    candidate = await _candidate(acting, session, row.candidate_id)
    if candidate.state != Standing.DECIDED.value:
        return
    before = SessionState(session.state)
    step = decide_step(SessionKind(session.kind), before, SessionAction.REOPEN)
    if before is SessionState.PUBLISHED:
        session.sitting += 1
    session.state, session.version, session.updated_at = step.target.value, session.version + 1, acting.now
    candidate.state = Standing.REOPENED.value
    candidate.decision = candidate.rank = candidate.reason_sealed = candidate.quorum = None
    candidate.decided_at = candidate.decided_by = candidate.minutes_n = candidate.objections_until = None
    candidate.conflicts = []
    happened: list[Event] = [
        CandidateReopened(thing_id=session.id, candidate_id=candidate.id, objection_id=row.id)
    ]
    if before is not step.target:
        happened.append(
            DeliberationMoved(
                thing_id=session.id,
                action=step.action.value,
                from_state=before.value,
                to_state=step.target.value,
            )
        )
    await stored.tell(acting, session, *happened)
    if candidate.case_id is not None:
        event = CaseDeliberated(
            case_id=candidate.case_id,
            deliberation_id=session.id,
            candidate_id=candidate.id,
            what="reopened",
        )
        await tell_cases(acting, session.regency_code, [News(candidate.case_id, event)])


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that lies in the store."""

    object_key: str
    media_type: str
    sha256: bytes


async def add_photo(acting: Acting, place: Place, objection_id: UUID, photo: Photo) -> DeliberationObjection:
    """Keep the photo of an open objection; there is one.

    Raises:
        Conflict: it was verified, or has its photo.
    """
    session, row = await objection_seen(acting, place, objection_id, Permission.CASE_OPEN)
    check_photo(row)
    row.photo_key, row.photo_media, row.photo_sha256 = photo.object_key, photo.media_type, photo.sha256
    await stored.tell(acting, session, ObjectionPhotoAdded(thing_id=session.id, objection_id=row.id))
    await acting.tx.flush()
    return row


def check_photo(row: DeliberationObjection) -> None:
    check_open(ObjectionState(row.state))
    if row.photo_key is not None:
        raise Conflict("photo_there", "Foto sanggahan sudah ada.", "The objection has its photo already.")


async def key_of(acting: Acting, row: DeliberationObjection) -> Any:
    """Return the key that seals the photo of an objection."""
    return await _key(acting, row)
