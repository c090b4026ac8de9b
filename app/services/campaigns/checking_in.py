"""What devices tell of a hand-out, taken in as it arrives: the first counts, the rest hears of the first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import hand_out
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign, CampaignCheckin, CampaignDevice, CampaignList, CampaignRecipient
from app.db.tables.referrals import AssistanceLine
from app.domain.campaigns import (
    CampaignState,
    CheckinRefusal,
    CheckinVerdict,
    Outcome,
    RecipientState,
    Span,
    checkin_text,
    is_signed,
    refusal_of_time,
    verdict_of,
)
from app.domain.codes import LedgerState
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.assistance import AssistanceGiven
from app.domain.events.base import Event
from app.domain.events.campaigns import CampaignCheckedIn, CampaignGiven
from app.domain.ids import public_id
from app.services.campaigns.finding import find_campaign
from app.services.campaigns.handing_out import PURPOSE, Boxes, own_device, require_alive

R, V = CheckinRefusal, CheckinVerdict
_UNSTORED: Final = frozenset({R.NOT_ON_LIST, R.BAD_SIGNATURE, R.CLIENT_ID_REUSED})
"""What names nobody for certain is answered and not kept."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who came in her stead, with which letter."""

    name: str
    relation: str
    letter: str


@dataclass(frozen=True, slots=True)
class Told:
    """One check-in as the device sent it."""

    client_id: str
    code: str
    device_at: str
    """As it was signed; read in ``at``."""
    at: datetime
    outcome: Outcome
    signature: str
    reason: str | None = None
    proxy: Proxy | None = None
    proof: Mapping[str, Any] | None = None

    @property
    def sha256(self) -> str:
        proxy = [self.proxy.name, self.proxy.relation, self.proxy.letter] if self.proxy else None
        parts = [self.code, self.device_at, self.outcome, self.reason, proxy, dict(self.proof or {})]
        return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    device_id: UUID
    list_id: UUID
    list_signature: str
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Answered:
    """What one check-in counts for; *first* is the one that counted, where this is a duplicate."""

    client_id: str
    verdict: CheckinVerdict
    refusal: CheckinRefusal | None = None
    checkin_id: UUID | None = None
    first: CampaignCheckin | None = None
    first_device: str | None = None
    replayed: bool = False


@dataclass(slots=True)
class _Desk:
    """One batch while it is taken in."""

    acting: Acting
    campaign: Campaign
    device: CampaignDevice
    taken: CampaignList
    key: bytes
    before: dict[str, CampaignCheckin]
    people: dict[str, CampaignRecipient]
    given: dict[UUID, CampaignCheckin]
    lines: dict[UUID, AssistanceLine]
    keys: dict[UUID, bytes]
    events: list[Event] = field(default_factory=list)


async def take_checkins(
    acting: Acting, boxes: Boxes, place: tuple[str, UUID], batch: Batch
) -> list[Answered]:
    """Take in what a device tells, in the order in which it tells it.

    Raises:
        NotFound: there is no such campaign or device.
        Forbidden: the device is somebody else's.
        Conflict: the campaign is not being handed out, or the device was revoked.
        Invalid: the list is not one that we signed for this device.
    """
    # Shared with other devices; the report of the campaign waits until the last of them is through.
    row = await find_campaign(acting, *place, for_share=True)
    device = await own_device(acting, row, batch.device_id)
    require_alive(device)
    desk = await _open(acting, boxes, (row, device), batch)
    answered = [_take(desk, one) for one in batch.told]
    if desk.events:
        await stored.tell(acting, row, *desk.events)
    devices = await _names(acting, row, answered)
    return [_named(one, devices) for one in answered]


async def _open(acting: Acting, boxes: Boxes, at: tuple[Campaign, CampaignDevice], batch: Batch) -> _Desk:
    row, device = at
    if row.state != CampaignState.DISTRIBUTING.value:
        raise Conflict(
            "nothing_handed_out",
            "Pembagian belum dimulai, atau sudah dilaporkan.",
            "The hand-out has not begun, or was reported already.",
            {"state": row.state},
        )
    taken = await hand_out.list_of(acting.tx, device, batch.list_id)
    key = boxes.unbox(PURPOSE, device.key_boxed, device.id.bytes)
    if taken is None or taken.signature != batch.list_signature:
        raise Invalid(
            code="list_not_ours",
            id="Daftar ini bukan daftar yang ditandatangani untuk perangkat ini. Unduh daftar baru.",
            en="This is no list that was signed for this device. Fetch a new one.",
            fields=(
                FieldError(
                    "/list_signature",
                    "list_not_ours",
                    "Tanda tangan daftar tidak cocok.",
                    "It does not match.",
                ),
            ),
        )
    people = await hand_out.lock_by_code(acting.tx, row, {one.code for one in batch.told})
    # Everything below is read under these locks: a twin of this batch may have been here before.
    ids = {one.id for one in people.values()}
    return _Desk(
        acting,
        row,
        device,
        taken,
        key,
        await hand_out.sent_before(acting.tx, device, {one.client_id for one in batch.told}),
        people,
        await hand_out.given_to(acting.tx, row, ids),
        await hand_out.lock_lines(
            acting.tx, row.regency_code, {one.line_id for one in people.values() if one.line_id}
        ),
        await hand_out.keys_of(acting.tx, row.regency_code, {one.person_id for one in people.values()}),
    )


def _take(desk: _Desk, told: Told) -> Answered:
    before = desk.before.get(told.client_id)
    if before is not None:
        if before.content_sha256 != told.sha256:
            return Answered(told.client_id, V.REFUSED, R.CLIENT_ID_REUSED)
        return _again(desk, before)
    person = desk.people.get(told.code)
    refusal = _refusal(desk, told, person)
    if person is None or refusal in _UNSTORED:
        return Answered(told.client_id, V.REFUSED, refusal or R.NOT_ON_LIST)
    verdict = V.REFUSED if refusal else verdict_of(RecipientState(person.state), told.outcome)
    if verdict is V.REFUSED and refusal is None:
        refusal = R.NOT_ENTITLED
    if verdict is V.GIVEN and not _line_waits(desk, person):
        verdict, refusal = V.REFUSED, R.NOT_ENTITLED
    checkin = _stored(desk, told, person, (verdict, refusal))
    desk.acting.tx.add(checkin)
    # The next of the same batch may be a duplicate of this one, or the same message again.
    desk.before[told.client_id] = checkin
    if verdict is V.GIVEN:
        desk.given[person.id] = checkin
        _give(desk, told, person, checkin)
    else:
        desk.events.append(
            CampaignCheckedIn(
                thing_id=desk.campaign.id,
                recipient_id=person.id,
                checkin_id=checkin.id,
                device_id=desk.device.id,
                verdict=verdict.value,
                refusal=refusal.value if refusal else None,
                first_id=checkin.first_id,
            )
        )
    return _again(desk, checkin, replayed=False)


def _refusal(desk: _Desk, told: Told, person: CampaignRecipient | None) -> CheckinRefusal | None:
    line = checkin_text(
        public_id(desk.taken.regency_code, desk.taken.id),
        told.client_id,
        told.code,
        told.device_at,
        told.outcome.value,
    )
    if not is_signed(desk.key, line, told.signature):
        return R.BAD_SIGNATURE
    if person is None or person.id.hex not in desk.taken.recipients:
        return R.NOT_ON_LIST
    wrong = refusal_of_time(told.at, Span(desk.taken.issued_at, desk.taken.expires_at), desk.acting.now)
    if wrong is not None:
        return wrong
    proxy, known = told.proxy, desk.acting.known
    if proxy is not None and not (
        proxy.relation != "SELF" and known.knows("reporter_relation", proxy.relation) and proxy.letter
    ):
        return R.PROXY_INCOMPLETE
    return None


def _line_waits(desk: _Desk, person: CampaignRecipient) -> bool:
    """Aid that was stopped meanwhile, as by a death, is not given."""
    line = desk.lines.get(person.line_id) if person.line_id else None
    return line is not None and line.state == LedgerState.PLANNED.value


def _stored(
    desk: _Desk,
    told: Told,
    person: CampaignRecipient,
    counts: tuple[CheckinVerdict, CheckinRefusal | None],
) -> CampaignCheckin:
    acting, (verdict, refusal) = desk.acting, counts
    id_ = acting.new_id()
    first = desk.given.get(person.id) if verdict is V.DUPLICATE else None
    # Both say that it was handed out: something was given twice, or to the wrong one.
    claimed = told.outcome is Outcome.GIVEN and verdict in {V.DUPLICATE, V.REFUSED}
    return CampaignCheckin(
        regency_code=desk.campaign.regency_code,
        id=id_,
        campaign_id=desk.campaign.id,
        recipient_id=person.id,
        device_id=desk.device.id,
        list_id=desk.taken.id,
        client_id=told.client_id,
        content_sha256=told.sha256,
        device_at=told.at,
        arrived_at=acting.now,
        by=acting.actor.account_id,
        outcome=told.outcome.value,
        reason=told.reason,
        verdict=verdict.value,
        refusal=refusal.value if refusal else None,
        first_id=first.id if first else None,
        proxy_sealed=_sealed(desk, told.proxy, person, id_),
        proof=dict(told.proof) if told.proof else None,
        finding="open" if claimed else None,
        decision=None,
        decided_at=None,
        decided_by=None,
    )


def _sealed(desk: _Desk, proxy: Proxy | None, person: CampaignRecipient, id_: UUID) -> bytes | None:
    wrapped = desk.keys.get(person.person_id)
    if proxy is None or wrapped is None:
        return None
    said = {"name": proxy.name, "relation": proxy.relation, "letter": proxy.letter}
    vault = desk.acting.vault
    text = json.dumps(said, ensure_ascii=False)
    return vault.seal(vault.unwrap(wrapped), "campaign_checkins", "proxy", id_, text)


def _give(desk: _Desk, told: Told, person: CampaignRecipient, checkin: CampaignCheckin) -> None:
    acting, row = desk.acting, desk.campaign
    if person.line_id is None:
        raise ValueError("Whoever is entitled has a line of the ledger.")
    line = desk.lines[person.line_id]
    given_on = told.at.astimezone(acting.known.zone(row.regency_code)).date()
    line.state, line.amount_idr, line.given_on = LedgerState.GIVEN.value, line.planned_idr, given_on
    line.proof, line.updated_at = public_id(row.regency_code, checkin.id), acting.now
    person.state, person.given_at, person.updated_at = RecipientState.GIVEN.value, told.at, acting.now
    desk.events += [
        AssistanceGiven(
            thing_id=row.id,
            line_id=line.id,
            program=line.program_code,
            component=line.component,
            source=line.source,
            amount_idr=line.amount_idr,
            given_on=given_on,
        ),
        CampaignGiven(
            thing_id=row.id,
            recipient_id=person.id,
            checkin_id=checkin.id,
            device_id=desk.device.id,
            line_id=line.id,
            by_proxy=told.proxy is not None,
        ),
    ]


def _again(desk: _Desk, checkin: CampaignCheckin, *, replayed: bool = True) -> Answered:
    verdict = CheckinVerdict(checkin.verdict)
    first = desk.given.get(checkin.recipient_id) if verdict is V.DUPLICATE else None
    refusal = CheckinRefusal(checkin.refusal) if checkin.refusal else None
    return Answered(checkin.client_id, verdict, refusal, checkin.id, first, replayed=replayed)


async def _names(acting: Acting, row: Campaign, answered: Sequence[Answered]) -> dict[UUID, str]:
    found = {}
    for id_ in {one.first.device_id for one in answered if one.first is not None}:
        device = await hand_out.device(acting.tx, row, id_)
        found[id_] = device.name if device else ""
    return found


def _named(one: Answered, devices: Mapping[UUID, str]) -> Answered:
    if one.first is None:
        return one
    name = devices.get(one.first.device_id)
    return Answered(
        one.client_id, one.verdict, one.refusal, one.checkin_id, one.first, name, replayed=one.replayed
    )
