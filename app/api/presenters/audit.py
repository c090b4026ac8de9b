"""The trail in words: changes as the feed tells them, reads and refusals by what was read."""

from base64 import b64encode
from typing import Final
from uuid import UUID

from app.api.language import Language
from app.api.presenters.events import event_out
from app.api.presenters.words import coded
from app.api.reading import Reading
from app.api.schemas.audit import (
    SealOut,
    TrailActorOut,
    TrailKind,
    TrailRowOut,
    TrailSubjectOut,
)
from app.api.schemas.base import Localised
from app.api.schemas.cases import Coded
from app.db.queries.access_log import AccessRow
from app.db.queries.feed import FeedEvent
from app.db.queries.seals import StoredSeal
from app.domain.chain import seal_body
from app.domain.codes import ActorKind
from app.domain.ids import public_id
from app.services.trail import Trail

_OK: Final = "ok"
_LOGIN: Final = "login"
_PURPOSES: Final = ("reveal_purpose", "overlap_purpose", "dci_purpose")
_SAID: Final = {
    TrailKind.READ: ("Membaca", "Read"),
    TrailKind.REFUSAL: ("Ditolak", "Refused"),
    TrailKind.LOGIN: ("Masuk", "Logged in"),
}


def rows_out(reading: Reading, trail: Trail) -> list[TrailRowOut]:
    return [
        _change(reading, trail, row) if isinstance(row, FeedEvent) else _access(reading, trail, row)
        for row in trail.rows
    ]


def _change(reading: Reading, trail: Trail, row: FeedEvent) -> TrailRowOut:
    told = event_out(reading.known, row, trail.homes)
    return TrailRowOut(
        at=row.at,
        kind=TrailKind.CHANGE,
        action=row.type,
        words=told.words,
        actor=_actor(trail, row.actor_kind, row.actor_id),
        ticket=row.ticket,
        subject=None,
        result=None,
        purpose=None,
        event=told.id,
        request=None,
    )


def _access(reading: Reading, trail: Trail, row: AccessRow) -> TrailRowOut:
    kind = _kind(row)
    subject_id = public_id(row.regency_code, row.subject_id) if row.subject_id else None
    return TrailRowOut(
        at=row.at,
        kind=kind,
        action=row.action,
        words=Localised(id=_words(reading, row, kind, "id"), en=_words(reading, row, kind, "en")),
        actor=_actor(trail, row.actor_kind, _who(row)),
        ticket=row.ticket,
        subject=TrailSubjectOut(
            kind=coded(reading.known, "access_subject", row.subject_kind, reading.lang), id=subject_id
        ),
        result=row.result,
        purpose=_purpose(reading, row.purpose),
        event=None,
        request=row.request_id,
    )


def _purpose(reading: Reading, code: str | None) -> Coded | None:
    if code is None:
        return None
    known = reading.known
    names = next((one for one in _PURPOSES if known.knows(one, code)), _PURPOSES[0])
    return coded(known, names, code, reading.lang)


def _who(row: AccessRow) -> UUID | None:
    """Return whose entry it is: of a log-in the account's that was to come in."""
    return row.subject_id if row.action == _LOGIN and row.actor_id is None else row.actor_id


def _kind(row: AccessRow) -> TrailKind:
    if row.result != _OK:
        return TrailKind.REFUSAL
    return TrailKind.LOGIN if row.action == _LOGIN else TrailKind.READ


def _words(reading: Reading, row: AccessRow, kind: TrailKind, lang: Language) -> str:
    head = _SAID[kind][1 if lang == "en" else 0]
    if kind is TrailKind.LOGIN:
        return head
    return f"{head}: {reading.known.label('access_subject', row.subject_kind, lang)} ({row.action})"


def _actor(trail: Trail, kind: str, id_: UUID | None) -> TrailActorOut:
    home = trail.homes.get(id_) if id_ is not None else None
    if id_ is None or home is None:
        return TrailActorOut(kind=ActorKind(kind), id=None, name=None)
    return TrailActorOut(kind=ActorKind(kind), id=public_id(home, id_), name=trail.names.get(id_))


def seal_out(stored: StoredSeal, *, whole: bool) -> SealOut:
    seal = stored.signed.seal
    return SealOut(
        n=seal.n,
        at=seal.at,
        feed_n=seal.feed_n,
        digest=stored.signed.digest.hex(),
        previous=seal.prev_digest.hex(),
        key_id=stored.key_id,
        signature=b64encode(stored.signed.signature).decode(),
        body=seal_body(seal).decode() if whole else None,
    )
