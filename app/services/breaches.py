"""The breach register: recorded at once, told to the authority and to the persons within 3 x 24 hours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app.db.queries import lists, work
from app.db.queries import rights as stored
from app.db.queries.acting import Acting
from app.db.queries.texts import data_key
from app.db.tables.rights import Breach
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.rights import BreachClosed, BreachRecorded, BreachTold
from app.domain.rights import HOURS, BreachState, due_at

MAY = Permission.BREACH_MANAGE
Told = Literal["authority", "persons"]


@dataclass(frozen=True, slots=True)
class NewBreach:
    regency: str
    nature: str
    data_kinds: Sequence[str]
    persons: int
    happened_at: datetime
    found_at: datetime
    what: str
    done: str
    contact: str


@dataclass(frozen=True, slots=True)
class TellBreach:
    to: Told
    at: datetime
    reference: str | None = None
    method: str | None = None


async def record_breach(acting: Acting, new: NewBreach, wrapped: bytes) -> Breach:
    """Record a breach; its clock runs from when it was found. *wrapped*: a new data key.

    Raises:
        Forbidden: the actor keeps no register there.
        Invalid: a code is not known, or a time makes no sense.
    """
    acting.actor.require(MAY, new.regency)
    _check(acting, new)
    key_id = await lists.add_key(acting, new.regency, wrapped)
    await acting.tx.flush()
    key = acting.vault.unwrap(wrapped)
    id_ = acting.new_id()
    said = json.dumps({"what": new.what, "done": new.done, "contact": new.contact}, ensure_ascii=False)
    hours = int(acting.known.policy_value(new.regency, "breach_notice_hours", HOURS))
    row = Breach(
        regency_code=new.regency,
        id=id_,
        state=BreachState.OPEN.value,
        nature=new.nature,
        data_kinds=list(new.data_kinds),
        persons_count=new.persons,
        data_key_id=key_id,
        private_sealed=acting.vault.seal(key, "breaches", "private", id_, said),
        happened_at=new.happened_at,
        found_at=new.found_at,
        due_at=due_at(new.found_at, hours),
        recorded_at=acting.now,
        recorded_by=acting.actor.account_id,
        authority_told_at=None,
        authority_told_by=None,
        authority_reference=None,
        persons_told_at=None,
        persons_told_by=None,
        persons_told_method=None,
        closed_at=None,
        closed_by=None,
        escalated_at=None,
        version=1,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    happened = BreachRecorded(
        thing_id=id_,
        nature=row.nature,
        data_kinds=tuple(new.data_kinds),
        persons_count=row.persons_count,
        due_at=row.due_at,
    )
    await stored.tell(acting, new.regency, id_, "breach", happened)
    key_of = f"breach:{id_.hex}"
    await work.enqueue(
        acting.tx, [work.NewWork(new.regency, acting.new_id(), work.WATCH_RIGHT, key_of, row.due_at)]
    )
    return row


def _check(acting: Acting, new: NewBreach) -> None:
    wrong = []
    if not acting.known.knows("breach_nature", new.nature):
        wrong.append(FieldError("/nature", "unknown_code", "Jenis ini tidak dikenal.", "No such nature."))
    wrong += [
        FieldError(f"/data/{n}", "unknown_code", "Jenis data ini tidak dikenal.", "No such kind of data.")
        for n, code in enumerate(new.data_kinds)
        if not acting.known.knows("breach_data", code)
    ]
    if not new.happened_at <= new.found_at <= acting.now:
        wrong.append(
            FieldError(
                "/found_at",
                "out_of_range",
                "Diketahui sesudah terjadi, dan tidak di masa depan.",
                "Found after it happened, and not in the future.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def find_breach(acting: Acting, regency: str, breach_id: UUID, *, for_update: bool = False) -> Breach:
    """Return a breach.

    Raises:
        NotFound: there is none, or the actor keeps no register there.
    """
    row = await stored.breach_of(acting.tx, regency, breach_id, for_update=for_update)
    if row is None or not acting.actor.has(MAY, regency):
        raise NotFound(id="Catatan ini tidak ada.", en="There is no such entry.")
    return row


async def private_of(acting: Acting, row: Breach) -> Mapping[str, Any]:
    key = await data_key(acting.tx, acting.vault, row.regency_code, row.data_key_id)
    found: Mapping[str, Any] = json.loads(
        acting.vault.open(key, "breaches", "private", row.id, row.private_sealed)
    )
    return found


async def tell_breach(acting: Acting, regency: str, breach_id: UUID, told: TellBreach) -> Breach:
    """Record that the authority or the persons were told.

    Raises:
        NotFound: see `find_breach`.
        Invalid: a time that makes no sense.
        Conflict: they were told before.
    """
    row = await find_breach(acting, regency, breach_id, for_update=True)
    if not row.found_at <= told.at <= acting.now:
        raise Invalid(
            fields=(
                FieldError(
                    "/at",
                    "out_of_range",
                    "Sesudah diketahui, dan tidak di masa depan.",
                    "After it was found.",
                ),
            )
        )
    before = row.authority_told_at if told.to == "authority" else row.persons_told_at
    if before is not None:
        raise Conflict("told_already", "Sudah diberitahukan.", "They were told already.")
    if told.to == "authority":
        row.authority_told_at, row.authority_told_by = told.at, acting.actor.account_id
        row.authority_reference = told.reference
    else:
        row.persons_told_at, row.persons_told_by = told.at, acting.actor.account_id
        row.persons_told_method = told.method
    row.version += 1
    await acting.tx.flush()
    happened = BreachTold(thing_id=row.id, to=told.to, at=told.at)
    await stored.tell(acting, regency, row.id, "breach", happened)
    return row


async def close_breach(acting: Acting, regency: str, breach_id: UUID) -> Breach:
    """Close it once both were told.

    Raises:
        NotFound: see `find_breach`.
        Conflict: somebody was not told yet, or it is closed.
    """
    row = await find_breach(acting, regency, breach_id, for_update=True)
    if row.state != BreachState.OPEN or row.authority_told_at is None or row.persons_told_at is None:
        raise Conflict(
            "not_told_yet",
            "Beritahukan dahulu kepada lembaga dan kepada orang yang terkena; lalu tutup satu kali.",
            "Tell the authority and the persons first; then close it, once.",
        )
    row.state, row.version = BreachState.CLOSED.value, row.version + 1
    row.closed_at, row.closed_by = acting.now, acting.actor.account_id
    await acting.tx.flush()
    await stored.tell(acting, regency, row.id, "breach", BreachClosed(thing_id=row.id))
    return row
