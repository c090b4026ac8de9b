"""Planning a meeting: called, moved, opened, called off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation, DeliberationCandidate
from app.domain.access import Permission
from app.domain.deliberation.deciding import UNDECIDED, Source, Standing, next_n
from app.domain.deliberation.states import SessionAction, SessionKind, SessionState
from app.domain.deliberation.windows import NOTICE_DAYS, check_notice, check_planned, check_stated
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.deliberations import CandidatePut, DeliberationMoved, DeliberationPlanned
from app.domain.letters import day_in_words
from app.domain.referrals import RegistryStage
from app.domain.sla import local_date
from app.services.deliberations.places import (
    CheckVersion,
    Held,
    Place,
    Tools,
    hold,
    new_key,
    rule_for,
)

A = SessionAction
_AGENDA: Final = ("Pembukaan", "Pembahasan {count} calon usulan data", "Usulan lain", "Penutup")


@dataclass(frozen=True, slots=True)
class Plan:
    regency: str
    village: str
    kind: SessionKind
    place: str
    starts_at: datetime
    follows: UUID | None = None


async def plan(acting: Acting, tools: Tools, new: Plan) -> Deliberation:
    """Begin a session of a village; one that follows another takes its reopened candidates over.

    Raises:
        Forbidden: the actor holds no meetings there.
        Invalid: the kind does not fit the village, or the time makes no sense.
        Conflict: the session that it follows has nothing to be decided again.
    """
    acting.actor.require(Permission.DELIBERATION_HOLD, new.village)
    _check_kind(new)
    _check_day(acting, new.kind, new.starts_at)
    before = await _before(acting, new) if new.follows is not None else None
    key_id, _ = await new_key(acting, tools, new.regency)
    row = _row(acting, new, key_id)
    acting.tx.add(row)
    await acting.tx.flush()
    planned = DeliberationPlanned(
        thing_id=row.id,
        kind=row.kind,
        village=row.village_code,
        starts_at=row.starts_at,
        follows_id=row.follows,
    )
    await stored.tell(acting, row, planned)
    if before is not None:
        await _carry(acting, before, row)
    return row


def _check_day(acting: Acting, kind: SessionKind, starts_at: datetime) -> None:
    check = check_stated if kind is SessionKind.SPTJM else check_planned
    check(starts_at, acting.now)


def _check_kind(new: Plan) -> None:
    urban = new.village.rpartition(".")[2].startswith("1")
    wanted = SessionKind.MUSKEL if urban else SessionKind.MUSDES
    if new.kind not in {wanted, SessionKind.SPTJM}:
        raise Invalid(
            fields=(
                FieldError(
                    "/kind",
                    "wrong_kind",
                    f"Di wilayah ini musyawarahnya {wanted.value}.",
                    f"The meeting of this village is a {wanted.value}.",
                ),
            )
        )


def _row(acting: Acting, new: Plan, key_id: UUID) -> Deliberation:
    return Deliberation(
        regency_code=new.regency,
        id=acting.new_id(),
        village_code=new.village,
        kind=new.kind.value,
        state=SessionState.DRAFT.value,
        place=new.place,
        starts_at=new.starts_at,
        follows=new.follows,
        sitting=1,
        data_key_id=key_id,
        invitation_number=None,
        invitation=None,
        convened_at=None,
        opened_at=None,
        published_at=None,
        objections_until=None,
        ratified_at=None,
        ratified_by=None,
        decree=None,
        cancel_reason=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        updated_at=acting.now,
        version=1,
    )


async def _before(acting: Acting, new: Plan) -> Held:
    held = await hold(acting, Place(new.regency, new.follows or UUID(int=0)), A.CARRY, lambda _: None)
    if held.session.village_code != new.village:
        raise Conflict(
            "other_village",
            "Musyawarah lanjutan diadakan di desa/kelurahan yang sama.",
            "A session that follows another is held in the same village.",
        )
    return held


async def _carry(acting: Acting, before: Held, session: Deliberation) -> None:
    """Let the reopened candidates go on in the new session; the one before can be ratified without them."""
    for old in await stored.candidates_of(acting.tx, before.session):
        if old.state == Standing.REOPENED.value:
            old.state = Standing.CARRIED.value
            await _copy(acting, old, session)
    await before.settle()


async def _copy(acting: Acting, old: DeliberationCandidate, session: Deliberation) -> None:
    taken = [one.n for one in await stored.candidates_of(acting.tx, session)]
    key = (await stored.keys_of(acting.tx, session.regency_code, [old.data_key_id])).get(old.data_key_id)
    if key is None:
        return
    id_, opened = acting.new_id(), acting.vault.unwrap(key)
    private = acting.vault.open(opened, "deliberation_candidates", "private", old.id, old.private_sealed)
    acting.tx.add(
        new_candidate(
            acting,
            session,
            id=id_,
            n=next_n(taken),
            source=Source.FOLLOW_UP.value,
            origin_id=old.id,
            case_id=old.case_id,
            person_id=old.person_id,
            household_id=old.household_id,
            data_key_id=old.data_key_id,
            private_sealed=acting.vault.seal(opened, "deliberation_candidates", "private", id_, private),
            nik_digest=old.nik_digest,
            stage=RegistryStage.MUSYAWARAH.value,
        )
    )
    await acting.tx.flush()
    await stored.tell(
        acting, session, CandidatePut(thing_id=session.id, candidate_id=id_, source=Source.FOLLOW_UP.value)
    )


def new_candidate(acting: Acting, session: Deliberation, **values: Any) -> DeliberationCandidate:
    """Return the row of a candidate of whom nothing is decided yet."""
    return DeliberationCandidate(
        regency_code=session.regency_code,
        deliberation_id=session.id,
        state=Standing.OPEN.value,
        rank=None,
        decision=None,
        reason_sealed=None,
        decided_at=None,
        decided_by=None,
        quorum=None,
        conflicts=[],
        minutes_n=None,
        objections_until=None,
        batch_id=None,
        result_reason=None,
        withdrawn_reason=None,
        added_at=acting.now,
        added_by=acting.actor.account_id,
        **values,
    )


async def change(
    acting: Acting, place: Place, check: CheckVersion, *, where: str | None, starts_at: datetime | None
) -> Deliberation:
    """Change place or time; an invitation that went out is void by it, and a new one is needed."""
    held = await hold(acting, place, A.CHANGE, check)
    session = held.session
    if starts_at is not None:
        _check_day(acting, held.kind, starts_at)
        session.starts_at = starts_at
    session.place = where or session.place
    if session.state == SessionState.DRAFT.value:
        await held.tell(_same(session, A.CHANGE))
    session.invitation, session.convened_at = None, None
    return await held.settle()


def _same(session: Deliberation, action: SessionAction) -> DeliberationMoved:
    return DeliberationMoved(
        thing_id=session.id, action=action.value, from_state=session.state, to_state=session.state
    )


async def convene(acting: Acting, place: Place, check: CheckVersion, number: str) -> Deliberation:
    """Send the invitation out, with the agenda as it stands now.

    Raises:
        Conflict: it comes too late, or there is nothing to discuss.
    """
    held = await hold(acting, place, A.CONVENE, check)
    session, known = held.session, acting.known
    today = acting.today(session.village_code)
    meets_on = local_date(session.starts_at, session.village_code)
    days = int(known.policy_value(session.regency_code, "deliberation_notice_days", NOTICE_DAYS))
    check_notice(meets_on, today, days)
    standing = [
        one for one in await stored.candidates_of(acting.tx, session) if Standing(one.state) in UNDECIDED
    ]
    if not standing:
        raise Conflict(
            "agenda_empty",
            "Agenda masih kosong: masukkan calon lebih dulu.",
            "The agenda is empty: put candidates on it first.",
        )
    local = session.starts_at.astimezone(known.zone(session.regency_code))
    session.invitation_number = number
    session.invitation = {
        "day": day_in_words(meets_on),
        "time": f"{local:%H:%M}",
        "place": session.place,
        "sent_on": today.isoformat(),
        "agenda": [one.format(count=len(standing)) for one in _AGENDA],
        "roles": [known.label("deliberation_role", role, "id") for role in rule_for(acting, session).roles],
    }
    session.convened_at = acting.now
    return await held.settle()


async def open_sitting(acting: Acting, place: Place, check: CheckVersion) -> Deliberation:
    """Open the meeting, on its day and not before.

    Raises:
        Conflict: it is not its day yet.
    """
    held = await hold(acting, place, A.OPEN, check)
    session = held.session
    meets_on = local_date(session.starts_at, session.village_code)
    if acting.today(session.village_code) < meets_on:
        raise Conflict(
            "not_its_day",
            f"Musyawarah ini dijadwalkan {day_in_words(meets_on)}; buka pada harinya.",
            f"This meeting is planned for {meets_on}; open it on its day.",
            {"day": meets_on.isoformat()},
        )
    session.opened_at = acting.now
    return await held.settle()


async def cancel(acting: Acting, place: Place, check: CheckVersion, reason: str) -> Deliberation:
    """Call the session off; whoever was on its agenda may come on that of another."""
    held = await hold(acting, place, A.CANCEL, check)
    held.session.cancel_reason = reason
    for one in await stored.candidates_of(acting.tx, held.session):
        if Standing(one.state) in UNDECIDED:
            one.state, one.withdrawn_reason = Standing.WITHDRAWN.value, "session_cancelled"
    return await held.settle()
