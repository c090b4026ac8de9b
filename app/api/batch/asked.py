"""The operations of a batch, read: what each builds on, when it was, and the bytes of its body."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.api.schemas.sync import OperationIn, SyncIn
from app.db.queries.sync import OPEN_CASE, Told
from app.domain.errors import FieldError, Invalid
from app.domain.sync import Operation, corrected, moved_instants
from app.domain.sync.times import done_from, plausible

_NEEDS_VISIT = frozenset({"visit_complete", "visit_cancel"})


@dataclass(frozen=True)
class Asked:
    """One operation of the batch."""

    given: OperationIn
    sent_at: datetime
    now: datetime

    @property
    def id(self) -> str:
        return self.given.id

    @property
    def opens(self) -> bool:
        return self.given.kind == OPEN_CASE

    @property
    def parents(self) -> tuple[str, ...]:
        given = self.given
        named = [one.operation for one in (given.case, given.visit) if one is not None and one.operation]
        return tuple(dict.fromkeys([*named, *given.after]))

    @property
    def told(self) -> Told:
        at = self.given.at
        return Told(plausible(at, self.now), corrected(at, self.sent_at, self.now))

    @property
    def done_from(self) -> datetime:
        return done_from(self.given.at, self.sent_at, self.now)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body with the device's instants told by our clock."""
        return moved_instants(self.given.kind, self.given.body, self.sent_at, self.now)

    def digest(self, method: str, path: str) -> bytes:
        """Return what the single route would make of the same body, written compactly."""
        content = json.dumps(self.given.body, ensure_ascii=False, separators=(",", ":"))
        return sha256(f"{method} {path}?\n{content}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Batch:
    asked: Sequence[Asked]
    device_id: UUID
    account_id: UUID
    now: datetime

    def operations(self) -> list[Operation]:
        return [Operation(one.id, one.parents) for one in self.asked]


def read(body: SyncIn, account_id: UUID, now: datetime) -> Batch:
    """Read the batch as a whole.

    Raises:
        Invalid: an id stands twice, or an operation names nothing that it could be done to.
    """
    wrong = [*_twice(body), *_unnamed(body)]
    if wrong:
        raise Invalid(fields=tuple(wrong[:50]))
    asked = [Asked(one, body.device.sent_at, now) for one in body.operations]
    return Batch(asked, body.device.id, account_id, now)


def _twice(body: SyncIn) -> list[FieldError]:
    seen: set[str] = set()
    found = []
    for n, one in enumerate(body.operations):
        if one.id in seen:
            found.append(
                FieldError(
                    f"/operations/{n}/id",
                    "twice",
                    "Id ini sudah dipakai operasi lain dalam kiriman ini.",
                    "Another operation of this batch has this id.",
                )
            )
        seen.add(one.id)
    return found


def _unnamed(body: SyncIn) -> list[FieldError]:
    found = []
    for n, one in enumerate(body.operations):
        named = one.case is not None and (one.case.ticket is None) != (one.case.operation is None)
        if one.kind == OPEN_CASE and one.case is not None:
            found.append(
                _wrong(n, "case", "Kasus baru tidak menyebut kasus lain.", "A new case names no other.")
            )
        if one.kind != OPEN_CASE and not named:
            found.append(
                _wrong(
                    n,
                    "case",
                    "Sebutkan tepat satu: tiket kasus, atau operasi yang membukanya.",
                    "Name exactly one: the ticket of the case, or the operation that opens it.",
                )
            )
        visited = one.visit is not None and (one.visit.id is None) != (one.visit.operation is None)
        if (one.kind in _NEEDS_VISIT) != visited:
            found.append(
                _wrong(
                    n,
                    "visit",
                    "Sebutkan tepat satu: id kunjungan, atau operasi yang merencanakannya.",
                    "Name exactly one: the id of the visit, or the operation that plans it.",
                )
            )
        if (one.kind == "step") != (one.action is not None):
            found.append(
                _wrong(
                    n,
                    "action",
                    "Sebutkan langkahnya, hanya untuk jenis step.",
                    "Name the step, of kind step only.",
                )
            )
    return found


def _wrong(n: int, name: str, indonesian: str, english: str) -> FieldError:
    return FieldError(f"/operations/{n}/{name}", "one_named", indonesian, english)
