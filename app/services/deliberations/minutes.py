"""Berita acara: made from what was decided, signed on paper, and proved by its hashes ever after."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.queries.proposal_batches import News, tell_cases
from app.db.tables.deliberations import Deliberation, DeliberationCandidate, DeliberationMinutes
from app.domain.access import Role
from app.domain.deliberation.deciding import Decision, Standing
from app.domain.deliberation.papers import TITLES, Match
from app.domain.deliberation.quorum import Quorum
from app.domain.deliberation.states import SessionAction, SessionKind
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.events.deliberations import CaseDeliberated, MinutesMade, MinutesSigned
from app.domain.letters import day_in_words
from app.domain.referrals import RegistryStage
from app.domain.sla import local_date
from app.services.deliberations.opening import Opened, open_candidates, opened_names
from app.services.deliberations.places import (
    CheckVersion,
    Held,
    Place,
    hold,
    key_of,
    quorum_now,
    readable,
)

A = SessionAction
_TABLE: Final = "deliberation_minutes"
_TITLE_OF_HEAD: Final = {"musdes": "Kepala Desa", "muskel": "Lurah"}


def canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


async def make(
    acting: Acting, place: Place, number: str, head: str, check: CheckVersion
) -> tuple[Deliberation, DeliberationMinutes]:
    """Write the minutes of what was decided in this sitting; *head*: who signs as village head.

    A meeting below quorum is minuted too: without decisions.

    Raises:
        Conflict: the quorum is reached and somebody is undecided.
        Forbidden: a statement is the village head's own word.
    """
    held = await hold(acting, place, A.MINUTE, check)
    session = held.session
    if held.kind is SessionKind.SPTJM and not acting.actor.holds(Role.VILLAGE_HEAD, session.village_code):
        raise Forbidden(
            "head_only",
            "SPTJM hanya dinyatakan oleh kepala desa/lurah.",
            "Only the village head states an SPTJM.",
        )
    quorum = await quorum_now(acting, session)
    rows = await stored.candidates_of(acting.tx, session)
    fresh = [one for one in rows if one.state == Standing.DECIDED.value and one.minutes_n is None]
    left = [one for one in rows if one.state in {Standing.OPEN.value, Standing.REOPENED.value}]
    if quorum.reached and (left or not fresh):
        raise Conflict(
            "candidates_undecided",
            "Masih ada calon yang belum diputuskan, atau belum ada keputusan.",
            "Somebody is undecided, or nothing was decided.",
            {"undecided": len(left)},
        )
    n = await stored.next_minutes_n(acting.tx, session)
    opened = await open_candidates(acting, session.regency_code, fresh)
    content = await _content(held, number, head, quorum, opened)
    row = await _add(held, n, number, content)
    for one in fresh:
        one.minutes_n = n
    await held.settle(quorum)
    return session, row


async def _content(
    held: Held, number: str, head: str, quorum: Quorum, opened: Sequence[Opened]
) -> dict[str, Any]:
    acting, session = held.acting, held.session
    known, village = acting.known, session.village_code
    earlier = await stored.minutes_of(acting.tx, session)
    local = session.starts_at.astimezone(known.zone(session.regency_code))
    names = await opened_names(acting, session, session.sitting)
    # A later sitting is on the day on which it was minuted.
    day = local_date(session.starts_at if session.sitting == 1 else acting.now, village)
    title = _TITLE_OF_HEAD.get("muskel" if village.rpartition(".")[2].startswith("1") else "musdes", "")
    return {
        "kind": session.kind,
        "title": TITLES[session.kind],
        "number": number,
        "village": known.regions.get(village, village),
        "district": known.regions.get(".".join(village.split(".")[:3]), ""),
        "regency": known.regions.get(session.regency_code, ""),
        "place": session.place,
        "day": day_in_words(day),
        "time": f"{local:%H:%M}",
        "made_on": acting.today(village).isoformat(),
        "addendum_to": earlier[0].number if earlier else None,
        "quorum": {
            "reached": quorum.reached,
            "present": quorum.present,
            "least": quorum.least,
            "missing": [known.label("deliberation_role", role, "id") for role in quorum.missing_roles],
        },
        "attendees": [[name, known.label("deliberation_role", role, "id")] for name, role in names],
        "candidates": [_candidate(one) for one in opened],
        "signatory": {"name": head, "title": title},
    }


def _candidate(one: Opened) -> dict[str, Any]:
    row, said = one.row, one.said
    return {
        "n": row.n,
        "rank": row.rank,
        **{name: said.get(name) for name in ("name", "nik", "address", "rt", "rw")},
        "decision": row.decision,
        "reason": one.reason or "",
        "excluded": (row.quorum or {}).get("excluded", 0),
    }


async def _add(held: Held, n: int, number: str, content: Mapping[str, Any]) -> DeliberationMinutes:
    acting, session = held.acting, held.session
    key = await key_of(acting, session.regency_code, session.data_key_id)
    id_, body = acting.new_id(), canonical(content)
    row = DeliberationMinutes(
        regency_code=session.regency_code,
        id=id_,
        deliberation_id=session.id,
        n=n,
        number=number,
        content_sealed=acting.vault.seal(key, _TABLE, "content", id_, body.decode()),
        sha256=sha256(body).digest(),
        made_at=acting.now,
        made_by=acting.actor.account_id,
        dropped_at=None,
        scan_key=None,
        scan_media=None,
        scan_sha256=None,
        stored_sha256=None,
        signed_at=None,
        signed_by=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    hashed = sha256(body).hexdigest()
    await held.tell(MinutesMade(thing_id=session.id, minutes_id=id_, n=n, content_hash=hashed))
    return row


async def resume(acting: Acting, place: Place, check: CheckVersion) -> Deliberation:
    """Take minutes back that nobody signed: what they hold is open to correction."""
    held = await hold(acting, place, A.RESUME, check)
    last = (await stored.minutes_of(acting.tx, held.session))[-1]
    last.dropped_at = acting.now
    for one in await stored.candidates_of(acting.tx, held.session):
        if one.minutes_n == last.n:
            one.minutes_n = None
    return await held.settle()


async def open_minutes(
    acting: Acting, place: Place, minutes_id: UUID
) -> tuple[Deliberation, DeliberationMinutes, dict[str, Any]]:
    """Return minutes with their content.

    Raises:
        NotFound: there are none of this id, or they were taken back.
    """
    session = await readable(acting, place)
    row = await minutes_row(acting, session, minutes_id)
    key = await key_of(acting, session.regency_code, session.data_key_id)
    text = acting.vault.open(key, _TABLE, "content", row.id, row.content_sealed)
    content: dict[str, Any] = json.loads(text)
    return session, row, content


async def minutes_row(acting: Acting, session: Deliberation, minutes_id: UUID) -> DeliberationMinutes:
    for row in await stored.minutes_of(acting.tx, session):
        if row.id == minutes_id:
            return row
    raise NotFound(id="Berita acara ini tidak ada.", en="There are no such minutes.")


@dataclass(frozen=True, slots=True)
class Scan:
    """A signed scan that lies in the store."""

    object_key: str
    media_type: str
    sha256: bytes
    stored_sha256: bytes


async def ready_to_sign(
    acting: Acting, place: Place, minutes_id: UUID, check: CheckVersion
) -> tuple[Deliberation, DeliberationMinutes, Any]:
    """Judge what can be judged before the scan comes; return the key that seals it.

    Raises:
        Conflict: the session has no minutes to be signed now.
    """
    held = await hold(acting, place, A.SIGN, check)
    row = await minutes_row(acting, held.session, minutes_id)
    _check_last(row)
    return held.session, row, await key_of(acting, place.tenant, held.session.data_key_id)


def _check_last(row: DeliberationMinutes) -> None:
    if row.scan_key is not None:
        raise Conflict(
            "signed_already", "Berita acara ini sudah ditandatangani.", "These minutes are signed already."
        )


async def sign(
    acting: Acting, place: Place, minutes_id: UUID, scan: Scan, check: CheckVersion
) -> tuple[Deliberation, DeliberationMinutes]:
    """Keep the scan of the signed paper: the candidates in it reach BERITA_ACARA."""
    held = await hold(acting, place, A.SIGN, check)
    session = held.session
    row = await minutes_row(acting, session, minutes_id)
    _check_last(row)
    row.scan_key, row.scan_media = scan.object_key, scan.media_type
    row.scan_sha256, row.stored_sha256 = scan.sha256, scan.stored_sha256
    row.signed_at, row.signed_by = acting.now, acting.actor.account_id
    signed = MinutesSigned(thing_id=session.id, minutes_id=row.id, scan_hash=scan.sha256.hex())
    await held.tell(signed)
    if held.kind is not SessionKind.SPTJM:
        await _reach(held, row.n)
    await held.settle()
    return session, row


async def _reach(held: Held, n: int) -> None:
    stage = RegistryStage.BERITA_ACARA
    rows = [
        one
        for one in await stored.candidates_of(held.acting.tx, held.session)
        if one.minutes_n == n and one.decision == Decision.LAYAK.value
    ]
    for one in rows:
        one.stage = stage.value
    await tell_cases(held.acting, held.regency, [_minuted(held, one) for one in rows if one.case_id])


def _minuted(held: Held, row: DeliberationCandidate) -> News:
    case_id = row.case_id or row.id
    event = CaseDeliberated(
        case_id=case_id, deliberation_id=held.session.id, candidate_id=row.id, what="minuted"
    )
    return News(case_id, event, RegistryStage.BERITA_ACARA)


def match_of(row: DeliberationMinutes, digest: bytes) -> Match:
    known = {
        Match.CONTENT: row.sha256,
        Match.SIGNED_ORIGINAL: row.scan_sha256,
        Match.SIGNED_COPY: row.stored_sha256,
    }
    return next((match for match, held in known.items() if held == digest), Match.NONE)


def content_is_intact(acting: Acting, row: DeliberationMinutes, key: Any) -> bool:
    """Tell whether the content still has the hash that it had when it was made."""
    text = acting.vault.open(key, _TABLE, "content", row.id, row.content_sealed)
    return sha256(text.encode()).digest() == row.sha256
