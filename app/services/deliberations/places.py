"""Finding a session, and what every part of this feature does to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting, Vault
from app.db.tables.deliberations import (
    Deliberation,
    DeliberationAttendee,
    DeliberationCandidate,
)
from app.db.tables.people import DataKey
from app.domain.access import Permission
from app.domain.deliberation.quorum import (
    POLICY,
    Attendee,
    Quorum,
    QuorumRule,
    quorum_of,
    rule_of,
)
from app.domain.deliberation.states import (
    PERMISSION,
    SessionAction,
    SessionKind,
    SessionState,
    SessionStep,
    decide_step,
)
from app.domain.errors import NotFound
from app.domain.events.deliberations import DeliberationMoved
from app.domain.events.others import ThingEvent

CheckVersion = Callable[[int], None]


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...
    def digests(self, field_name: str, value: str) -> list[bytes]: ...


class Keys(Vault, Protocol):
    def new_data_key(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What seals anew, and looks up numbers."""

    vault: Keys
    digests: Digests


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str
    id: UUID


def absent() -> NotFound:
    return NotFound(
        id="Musyawarah ini tidak ada, atau bukan di wilayah Anda.",
        en="There is no such meeting, or it is not in your area.",
    )


async def seen(acting: Acting, place: Place, *, for_update: bool = False) -> Deliberation:
    """Return the session.

    Raises:
        NotFound: there is none, or the actor reads nothing in its village.
    """
    found = await stored.session_of(acting.tx, place.tenant, place.id, for_update=for_update)
    if found is None or not acting.actor.has(Permission.CASE_READ, found.village_code):
        raise absent()
    return found


async def readable(acting: Acting, place: Place) -> Deliberation:
    """Return the session to somebody who holds or ratifies meetings there, or verifies objections.

    Raises:
        NotFound, Forbidden: as for a step of it.
    """
    found = await seen(acting, place)
    held = acting.actor.permissions_at(found.village_code)
    if not held & READERS:
        acting.actor.require(Permission.DELIBERATION_HOLD, found.village_code)
    return found


READERS = frozenset(
    {Permission.DELIBERATION_HOLD, Permission.DELIBERATION_RATIFY, Permission.OBJECTION_VERIFY}
)


@dataclass(slots=True)
class Held:
    """A session under its lock, and the step that is possible."""

    acting: Acting
    session: Deliberation
    step: SessionStep

    @property
    def regency(self) -> str:
        return self.session.regency_code

    @property
    def kind(self) -> SessionKind:
        return SessionKind(self.session.kind)

    async def tell(self, *happened: ThingEvent) -> None:
        await stored.tell(self.acting, self.session, *happened)

    async def settle(self, quorum: Quorum | None = None) -> Deliberation:
        """Write where the session stands now; a step that changes its state is an event of its own."""
        session, now = self.session, self.acting.now
        before = session.state
        session.state = self.step.target.value
        session.version += 1
        session.updated_at = now
        if before != session.state:
            await self.tell(
                DeliberationMoved(
                    thing_id=session.id,
                    action=self.step.action.value,
                    from_state=before,
                    to_state=session.state,
                    present=quorum.present if quorum else None,
                    least=quorum.least if quorum else None,
                )
            )
        await self.acting.tx.flush()
        return session


async def hold(acting: Acting, place: Place, action: SessionAction, check: CheckVersion) -> Held:
    """Lock the session for a step.

    Raises:
        NotFound: there is none, or it is out of sight.
        Forbidden: the actor may not take this step there.
        Conflict: the state does not allow it.
    """
    session = await seen(acting, place, for_update=True)
    acting.actor.require(PERMISSION[action], session.village_code)
    check(session.version)
    step = decide_step(
        SessionKind(session.kind), SessionState(session.state), action, again=session.sitting > 1
    )
    return Held(acting, session, step)


def rule_for(acting: Acting, session: Deliberation) -> QuorumRule:
    value = acting.known.policy_value(session.regency_code, POLICY)
    return rule_of(value, SessionKind(session.kind))


def attendee_of(row: DeliberationAttendee) -> Attendee:
    return Attendee(row.id, row.role, row.person_id, row.household_id, row.account_id)


def excluded_from(candidate: DeliberationCandidate) -> frozenset[UUID]:
    return frozenset(UUID(one["attendee_id"]) for one in candidate.conflicts)


async def quorum_now(
    acting: Acting, session: Deliberation, candidate: DeliberationCandidate | None = None
) -> Quorum:
    """Judge the present sitting, or one decision of it."""
    rows = await stored.attendees_of(acting.tx, session, session.sitting)
    out = excluded_from(candidate) if candidate is not None else frozenset[UUID]()
    return quorum_of(rule_for(acting, session), map(attendee_of, rows), out)


async def new_key(acting: Acting, tools: Tools, regency: str) -> tuple[UUID, Any]:
    """Store a fresh data key; return its id and the key itself."""
    made, id_ = tools.vault.new_data_key(), acting.new_id()
    acting.tx.add(
        DataKey(regency_code=regency, id=id_, wrapped=made.wrapped, created_at=acting.now, destroyed_at=None)
    )
    await acting.tx.flush()
    return id_, made.key


async def key_of(acting: Acting, regency: str, key_id: UUID) -> Any | None:
    """Return the key, or None once it was destroyed."""
    wrapped = (await stored.keys_of(acting.tx, regency, [key_id])).get(key_id)
    return None if wrapped is None else acting.vault.unwrap(wrapped)
