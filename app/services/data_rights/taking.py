"""A request is taken at the desk, after a check that it is she who asks; its clock starts at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import rights as stored
from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.queries.person_access import known_person
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.rights import DataRequest
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.rights import DataRequested
from app.domain.ids import public_id
from app.domain.rights import HOURS, RequestKind, RequestState, due_at

MAY = Permission.DATA_TAKE


@dataclass(frozen=True, slots=True)
class Asked:
    """What she asks, in codes; *words* and *corrections* are hers and stay sealed."""

    tenant: str
    person_id: UUID
    kind: RequestKind
    identity_method: str
    words: str | None = None
    corrections: Mapping[str, Any] | None = None


async def take_request(acting: Acting, sight: Sight, asked: Asked) -> DataRequest:
    """Record a request and start its clock.

    Raises:
        NotFound, Gone: there is no such person, or the actor may not know of her.
        Forbidden: the actor takes no requests there.
        Invalid: the identity was checked in no known way, or a correction says nothing new.
        Conflict: she was erased, or the same wish waits already.
    """
    person = await known_person(acting, sight, asked.tenant, asked.person_id, MAY)
    _check(acting, asked)
    waiting = await stored.waiting_of(acting.tx, person, asked.kind)
    if waiting is not None:
        raise Conflict(
            "request_waits",
            "Permintaan yang sama dari warga ini masih menunggu.",
            "The same request of this person waits already.",
            data={"request": public_id(waiting.regency_code, waiting.id)},
        )
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    id_ = acting.new_id()
    said = json.dumps(
        {"words": asked.words, "corrections": dict(asked.corrections or {})}, ensure_ascii=False
    )
    hours = int(acting.known.policy_value(person.regency_code, "data_request_hours", HOURS))
    row = DataRequest(
        regency_code=person.regency_code,
        id=id_,
        person_id=person.id,
        village_code=person.village_code,
        kind=asked.kind.value,
        state=RequestState.OPEN.value,
        identity_method=asked.identity_method,
        asked_sealed=acting.vault.seal(key, "data_requests", "asked", id_, said),
        taken_at=acting.now,
        taken_by=acting.actor.account_id,
        due_at=due_at(acting.now, hours),
        proposed_at=None,
        proposed_by=None,
        decided_at=None,
        decided_by=None,
        reason=None,
        lifted_at=None,
        lifted_by=None,
        escalated_at=None,
        version=1,
    )
    acting.tx.add(row)
    happened = DataRequested(
        thing_id=person.id,
        request_id=id_,
        kind=row.kind,
        identity_method=row.identity_method,
        due_at=row.due_at,
    )
    await acting.tx.flush()
    await stored.tell(acting, row.regency_code, person.id, "person", happened)
    watching = work.NewWork(
        row.regency_code, acting.new_id(), work.WATCH_RIGHT, f"request:{id_.hex}", row.due_at
    )
    await work.enqueue(acting.tx, [watching])
    return row


def _check(acting: Acting, asked: Asked) -> None:
    wrong = []
    if not acting.known.knows("identity_check", asked.identity_method):
        wrong.append(
            FieldError(
                "/identity/method", "unknown_code", "Cara pemeriksaan ini tidak dikenal.", "No such way."
            )
        )
    if (asked.kind is RequestKind.CORRECT) != bool(asked.corrections):
        wrong.append(
            FieldError(
                "/corrections",
                "corrections",
                "Isi apa yang dibetulkan; hanya untuk permintaan pembetulan.",
                "Say what is to be corrected; of a correction only.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def find_request(
    acting: Acting, tenant: str, request_id: UUID, needed: Permission = MAY, *, for_update: bool = False
) -> DataRequest:
    """Return a request.

    Raises:
        NotFound: there is none, or the actor reads no cases there.
        Forbidden: the actor may know of it, and not do this.
    """
    row = await stored.request_of(acting.tx, tenant, request_id, for_update=for_update)
    actor = acting.actor
    if row is None or not actor.has(Permission.CASE_READ, row.village_code):
        raise NotFound(id="Permintaan ini tidak ada.", en="There is no such request.")
    actor.require(needed, row.village_code)
    return row


def asked_of(acting: Acting, key: Any, row: DataRequest) -> Mapping[str, Any]:
    """Open what she asked; nothing after an erasure."""
    if key is None or row.asked_sealed is None:
        return {"words": None, "corrections": {}}
    found: Mapping[str, Any] = json.loads(
        acting.vault.open(key, "data_requests", "asked", row.id, row.asked_sealed)
    )
    return found


async def list_requests(
    acting: Acting, wanted: stored.Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[DataRequest]:
    """List what was asked in the actor's area, the latest first.

    Raises:
        Forbidden: the actor takes and decides nothing.
    """
    if not wanted.areas:
        raise forbidden(MAY)
    return await stored.listed(acting.tx, wanted, after, limit)
