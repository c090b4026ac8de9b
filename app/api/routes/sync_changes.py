"""What changed for one device since it asked last."""

import json
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response
from pydantic_core import to_json

from app.api.deps import WriteTx
from app.api.errors import BadRequest
from app.api.paging import PAGE_LIMIT, seal, unseal
from app.api.presenters.sync import HeldCase, code_sets, held_cases, held_programs
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.sync import ChangesOut, HeldCaseOut
from app.db.queries.held import Device, Telling
from app.domain.access import Permission
from app.domain.errors import FieldError, Unauthenticated
from app.services import changes
from app.services.changes import Position
from app.services.feed import tenants_of

router = make_router("sync")

_PATH: Final = "/v1/sync/changes"
_HELD: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "version": 3,
    "status": "verifying",
    "kind": "LAYANAN",
    "category": "PERMOHONAN_BANSOS",
    "sector": "SOSIAL",
    "priority": "BIASA",
    "confidentiality": "BIASA",
    "holder": "desk",
    "desk": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "assignee": None,
    "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "opened_at": "2026-11-25T03:00:00Z",
    "updated_at": "2026-11-25T03:05:00Z",
    "due_at": "2026-11-26T03:00:00Z",
    "due_step": "verification",
    "allowed_actions": ["record_verification", "resolve"],
    "phone": None,
    "place": {"village": "13.74.01.1005", "address": "RT 001", "detail": None},
    "chronology": "Ibu dengan balita, belum menerima bantuan.",
}
_PERSON: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "name": "Yuliana Contoh",
    "nik": "************0002",
    "born_on": "1991-07-05",
    "sex": "P",
}
_CHANGES: Final = {
    "cases": [_HELD],
    "removed": ["1374-5H2N-0TB8-4"],
    "people": [_PERSON],
    "codes": None,
    "programs": None,
    "next": "AQEB3q2-7w",
    "more": False,
}
_FIELDS: Final = frozenset(HeldCaseOut.model_fields)
_ALWAYS: Final = frozenset({"ticket", "version"})


@router.get(
    _PATH,
    **operation(
        "listChanges", may=Permission.CASE_READ, answers=ChangesOut, reads_person=True, example=_CHANGES
    ),
)
async def list_changes(
    reading: ReadingDep,
    tx: WriteTx,
    device: Annotated[UUID, Query(description="The device that keeps what it is told.")],
    after: Annotated[
        str | None,
        Query(max_length=60_000, description="`next` of the answer before; absent: the store is empty."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="Cases in one answer.")] = 100,
    fields: Annotated[
        str | None, Query(max_length=400, description="Members of a case, with commas between them.")
    ] = None,
) -> Response:
    """Learn what changed for this device: cases as they are now, those to forget, codes, programmes, people.

    Cases that you may not see any more come in `removed`, for whatever reason: given to another region, made
    secret, about yourself, your grant ended. Only such as this device was told of. Ask again with `next`; the
    same `after` gives again whatever was not acknowledged.
    """
    if reading.actor.account_id is None:
        raise Unauthenticated
    wanted = _wanted(fields)
    owner = Device(reading.actor.account_id, device)
    reader = changes.Reader(owner, reading.sight, tenants_of(reading.actor, reading.sight), reading.now)
    cursor = _read_cursor(reading, owner, after)
    position = cursor.position or await changes.start(tx, reader)
    found = await changes.next_changes(tx, reader, position, limit)
    held = await held_cases(tx, reading, found.cases)
    told = [Telling(one.case.regency_code, one.case.id, one.case.ticket, one.digest) for one in held]
    fresh = await changes.to_tell(tx, owner, position, found, told)
    shown = [one for one in held if (one.case.regency_code, one.case.id) in fresh]
    return _answer(reading, owner, cursor, _Page(found, shown, wanted))


@dataclass(frozen=True, slots=True)
class _Cursor:
    position: Position | None = None
    versions: dict[str, Any] = field(default_factory=dict)
    """Of codes and programmes, as the device has them."""


@dataclass(frozen=True, slots=True)
class _Page:
    found: changes.Found
    shown: list[HeldCase]
    wanted: frozenset[str]


def _answer(reading: Reading, owner: Device, cursor: _Cursor, page: _Page) -> Response:
    known, lang, found = reading.known, reading.lang, page.found
    now = {name: [known.versions.get(name, 0), lang] for name in ("codes", "programs")}
    people = {one.person["id"]: one.person for one in page.shown if one.person is not None}
    body: dict[str, Any] = {
        "cases": [
            {name: one.fields[name] for name in one.fields if name in page.wanted} for one in page.shown
        ],
        "removed": list(found.removed),
        "people": list(people.values()),
        "codes": code_sets(known, lang) if cursor.versions.get("codes") != now["codes"] else None,
        "programs": held_programs(known, lang)
        if cursor.versions.get("programs") != now["programs"]
        else None,
        "next": _seal(reading, owner, found.position, now),
        "more": found.more,
    }
    return Response(to_json(body), media_type="application/json")


def _wanted(fields: str | None) -> frozenset[str]:
    if fields is None:
        return _FIELDS
    named = frozenset(fields.split(","))
    if not named <= _FIELDS:
        raise BadRequest(
            fields=(
                FieldError(
                    "/query/fields",
                    "unknown_field",
                    "Isian ini tidak ada pada kasus. Lihat dokumentasi alamat ini.",
                    "A case has no such member. See the documentation of this address.",
                ),
            )
        )
    return named | _ALWAYS


def _context(owner: Device) -> str:
    return f"{_PATH}|{owner.account_id.hex}|{owner.id.hex}"


def _seal(reading: Reading, owner: Device, position: Position, versions: dict[str, Any]) -> str:
    content = [
        position.since,
        position.answer,
        position.scope,
        position.stage,
        position.place,
        dict(position.feed),
        versions,
    ]
    return seal(reading.house.vault, json.dumps(content, separators=(",", ":")).encode(), _context(owner))


def _read_cursor(reading: Reading, owner: Device, after: str | None) -> _Cursor:
    if after is None:
        return _Cursor()
    content = unseal(reading.house.vault, after, _context(owner))
    if content is None:
        raise BadRequest(
            code="bad_cursor",
            fields=(
                FieldError(
                    "/query/after",
                    "unreadable",
                    "Kursor bukan milik perangkat ini. Kosongkan simpanan dan mulai tanpa `after`.",
                    "The cursor is not this device's. Empty the store and start without `after`.",
                ),
            ),
        )
    since, answer, scope, stage, place, feed, versions = json.loads(content)
    return _Cursor(Position(since, answer, scope, stage, tuple(place) if place else None, feed), versions)
