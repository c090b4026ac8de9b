"""The day of the hand-out: slots, devices, and the signed list that a device takes along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import hand_out
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign, CampaignDevice, CampaignList, CampaignRecipient, CampaignSlot
from app.db.tables.people import Person
from app.domain.access import Permission, covers
from app.domain.access.actors import forbidden
from app.domain.campaigns import (
    ENTITLED,
    CampaignAction,
    CampaignState,
    Coming,
    RecipientState,
    Slot,
    list_text,
    share_slots,
    sign,
)
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.campaigns import (
    CampaignDeviceAdded,
    CampaignDeviceRevoked,
    CampaignListIssued,
    CampaignSlotAdded,
    CampaignStarted,
)
from app.domain.ids import public_id
from app.services.campaigns.finding import CheckVersion, find_campaign, require, rights
from app.services.campaigns.steps import Asked, begin_step

KEY_BYTES: Final = 32
LONGEST: Final = timedelta(hours=72)
"""How long a list may be used without a network. Ours."""
PURPOSE: Final = "campaign device"
_OVER: Final = frozenset({CampaignState.REPORTED, CampaignState.CLOSED, CampaignState.CANCELLED})


class Boxes(Protocol):
    """The part of the vault that seals for the service itself."""

    def box(self, purpose: str, content: bytes, context: bytes = b"") -> bytes: ...
    def unbox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes: ...


@dataclass(frozen=True, slots=True)
class NewSlot:
    region: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    crew: tuple[UUID, ...]


async def add_slot(acting: Acting, place: tuple[str, UUID], new: NewSlot) -> tuple[Campaign, CampaignSlot]:
    """Plan a place and an hour, and who hands out there.

    Raises:
        NotFound: there is no such campaign in sight.
        Forbidden: the actor does not manage it.
        Conflict: the campaign is over.
        Invalid: the place, the time or the crew is wrong.
    """
    row = await find_campaign(acting, *place, for_update=True)
    require(acting.actor, row, Permission.CAMPAIGN_MANAGE)
    if CampaignState(row.state) in _OVER:
        raise Conflict(
            "campaign_over", "Kegiatan ini sudah selesai.", "This campaign is over.", {"state": row.state}
        )
    errors = [*_wrong_place(acting, row, new), *await _wrong_crew(acting, row, new)]
    if errors:
        raise Invalid(fields=tuple(errors))
    slot = CampaignSlot(
        regency_code=row.regency_code,
        id=acting.new_id(),
        campaign_id=row.id,
        region_code=new.region,
        place=new.place,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        capacity=new.capacity,
        crew=[one.hex for one in new.crew],
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    acting.tx.add(slot)
    await stored.tell(
        acting, row, CampaignSlotAdded(thing_id=row.id, slot_id=slot.id, capacity=slot.capacity)
    )
    return row, slot


def _wrong_place(acting: Acting, row: Campaign, new: NewSlot) -> list[FieldError]:
    found = []
    if new.region not in acting.known.regions or not covers(row.regency_code, new.region):
        found.append(
            FieldError(
                "/region",
                "other_regency",
                "Wilayah ini tidak di kabupaten/kota kegiatan.",
                "This region is not in the campaign's regency.",
            )
        )
    if not new.starts_at < new.ends_at <= new.starts_at + timedelta(hours=24):
        found.append(
            FieldError(
                "/ends_at",
                "out_of_range",
                "Selesai sesudah mulai, paling lama 24 jam.",
                "It ends after it begins, within 24 hours.",
            )
        )
    return found


async def _wrong_crew(acting: Acting, row: Campaign, new: NewSlot) -> list[FieldError]:
    known = await hand_out.active_officers(acting.tx, row.regency_code, new.crew)
    return [
        FieldError(
            f"/crew/{n}",
            "unknown_person",
            "Petugas ini tidak ada atau tidak aktif di kabupaten/kota ini.",
            "No such active officer in this regency.",
        )
        for n, one in enumerate(new.crew)
        if one not in known
    ]


async def start(acting: Acting, place: tuple[str, UUID], check_version: CheckVersion) -> Campaign:
    """Begin to hand out: everybody who has a place is given a slot.

    Raises:
        Conflict: the slots have room for fewer; says how many are without.
    """
    row = await begin_step(acting, Asked(place, CampaignAction.START), check_version)
    people = await stored.in_state(acting.tx, row, RecipientState.SELECTED)
    taken = await hand_out.taken(acting.tx, row)
    slots = [
        Slot(one.id, one.region_code, one.starts_at, one.capacity - taken.get(one.id, 0))
        for one in await hand_out.slots_of(acting.tx, row)
    ]
    coming = [
        Coming(one.id, one.village_code)
        for one in sorted(people, key=lambda one: (one.order_n or 0, one.id))
        if one.slot_id is None
    ]
    found, without = share_slots(slots, coming)
    if without:
        raise Conflict(
            "slots_full",
            f"Jadwal belum cukup: {len(without)} penerima belum kebagian tempat. Tambah jadwal.",
            f"The slots have no room for {len(without)} recipients. Add slots.",
            {"without": len(without)},
        )
    for one in people:
        one.slot_id = one.slot_id or found[one.id]
    row.started_at = acting.now
    await stored.tell(acting, row, CampaignStarted(thing_id=row.id, recipients=len(people)))
    return row


# Devices --------------------------------------------------------------------------------------------------


async def add_device(
    acting: Acting, boxes: Boxes, place: tuple[str, UUID], name: str, slots: Sequence[UUID]
) -> tuple[CampaignDevice, bytes]:
    """Register a device of the actor's own for some slots; return it with its key, which is shown once.

    Raises:
        NotFound: there is no such campaign in sight.
        Forbidden: the actor hands out in none of those slots, and does not manage the campaign.
        Conflict: nothing is handed out now.
        Invalid: a slot is not of this campaign.
    """
    row = await find_campaign(acting, *place, for_update=True)
    known = {one.id: one for one in await hand_out.slots_of(acting.tx, row)}
    _require_crew(acting, row, [known[one] for one in slots if one in known])
    if CampaignState(row.state) not in ENTITLED:
        raise Conflict(
            "nothing_handed_out",
            "Kegiatan ini belum ditetapkan, atau sudah selesai dibagikan.",
            "This campaign is not approved yet, or its hand-out is over.",
            {"state": row.state},
        )
    wrong = [n for n, one in enumerate(slots) if one not in known]
    if wrong:
        raise Invalid(
            fields=tuple(
                FieldError(f"/slots/{n}", "unknown", "Jadwal ini tidak ada.", "There is no such slot.")
                for n in wrong
            )
        )
    id_, key = acting.new_id(), token_bytes(KEY_BYTES)
    device = CampaignDevice(
        regency_code=row.regency_code,
        id=id_,
        campaign_id=row.id,
        name=name,
        account_id=acting.actor.account_id,
        slots=[one.hex for one in dict.fromkeys(slots)],
        key_boxed=boxes.box(PURPOSE, key, id_.bytes),
        created_at=acting.now,
        revoked_at=None,
    )
    acting.tx.add(device)
    await stored.tell(acting, row, CampaignDeviceAdded(thing_id=row.id, device_id=id_))
    return device, key


def _require_crew(acting: Acting, row: Campaign, slots: Sequence[CampaignSlot]) -> None:
    held = rights(acting.actor, row)
    if Permission.CAMPAIGN_MANAGE in held:
        return
    own = acting.actor.account_id.hex if acting.actor.account_id else ""
    if not acting.actor.ever(Permission.CAMPAIGN_CHECKIN) or not slots:
        raise forbidden(Permission.CAMPAIGN_CHECKIN)
    if not all(own in slot.crew for slot in slots):
        raise forbidden(Permission.CAMPAIGN_CHECKIN)


async def own_device(
    acting: Acting, row: Campaign, device_id: UUID, *, for_update: bool = False
) -> CampaignDevice:
    """Return a device that the actor registered, or any of a campaign that she manages.

    Raises:
        NotFound: there is none.
        Forbidden: it is somebody else's.
    """
    device = await hand_out.device(acting.tx, row, device_id, for_update=for_update)
    manages = Permission.CAMPAIGN_MANAGE in rights(acting.actor, row)
    hers = device is not None and device.account_id == acting.actor.account_id
    if device is None:
        if not manages and not acting.actor.ever(Permission.CAMPAIGN_CHECKIN):
            raise forbidden(Permission.CAMPAIGN_CHECKIN)
        raise NotFound(id="Perangkat ini tidak terdaftar.", en="No such device is registered.")
    if not hers and not manages:
        raise forbidden(Permission.CAMPAIGN_MANAGE)
    return device


async def revoke_device(acting: Acting, place: tuple[str, UUID], device_id: UUID) -> CampaignDevice:
    """Let a lost device tell nothing more.

    Raises:
        Conflict: it was revoked before.
    """
    row = await find_campaign(acting, *place, for_update=True)
    device = await own_device(acting, row, device_id, for_update=True)
    require_alive(device)
    device.revoked_at = acting.now
    await stored.tell(acting, row, CampaignDeviceRevoked(thing_id=row.id, device_id=device.id))
    return device


def require_alive(device: CampaignDevice) -> None:
    if device.revoked_at is not None:
        raise Conflict("device_revoked", "Perangkat ini sudah dicabut.", "This device was revoked.")


@dataclass(frozen=True, slots=True)
class SignedList:
    payload: dict[str, Any]
    signature: str


async def issue_list(
    acting: Acting, boxes: Boxes, place: tuple[str, UUID], device_id: UUID, lasts: timedelta
) -> SignedList:
    """Sign the list of who is still to come in the device's slots: names, codes, and no more than that.

    Raises:
        NotFound: there is no such campaign or device.
        Forbidden: the device is somebody else's.
        Conflict: nothing is handed out now, or the device was revoked.
    """
    row = await find_campaign(acting, *place, for_update=True)
    device = await own_device(acting, row, device_id)
    require_alive(device)
    if row.state != CampaignState.DISTRIBUTING.value:
        raise Conflict(
            "nothing_handed_out",
            "Pembagian belum dimulai, atau sudah selesai.",
            "The hand-out has not begun, or is over.",
            {"state": row.state},
        )
    slots = [UUID(one) for one in device.slots]
    people = await hand_out.entitled(acting.tx, row, slots)
    id_, expires = acting.new_id(), acting.now + min(lasts, LONGEST)
    payload = _payload(acting, row, device, people, (id_, expires))
    signature = sign(boxes.unbox(PURPOSE, device.key_boxed, device.id.bytes), list_text(payload))
    acting.tx.add(
        CampaignList(
            regency_code=row.regency_code,
            id=id_,
            campaign_id=row.id,
            device_id=device.id,
            signature=signature,
            recipients=[one.id.hex for one, _ in people],
            issued_at=acting.now,
            expires_at=expires,
        )
    )
    happened = CampaignListIssued(thing_id=row.id, device_id=device.id, list_id=id_, recipients=len(people))
    await stored.tell(acting, row, happened)
    return SignedList(payload, signature)


def _payload(
    acting: Acting,
    row: Campaign,
    device: CampaignDevice,
    people: Sequence[tuple[CampaignRecipient, Person]],
    span: tuple[UUID, datetime],
) -> dict[str, Any]:
    tenant = row.regency_code
    return {
        "v": 1,
        "list": public_id(tenant, span[0]),
        "campaign": public_id(tenant, row.id),
        "campaign_name": row.name,
        "device": public_id(tenant, device.id),
        "issued_at": acting.now.isoformat(),
        "expires_at": span[1].isoformat(),
        "entries": [
            {
                "code": one.code,
                "name": person.name,
                "nik": None if person.nik_last4 is None else f"************{person.nik_last4}",
                "component": one.component,
                "slot": public_id(tenant, one.slot_id) if one.slot_id else None,
            }
            for one, person in people
        ],
    }
