"""The hand-out of a campaign: its slots, and the devices with their signed lists."""

from base64 import b64encode
from datetime import timedelta
from typing import Final
from uuid import UUID

from fastapi import Request, Response

from app.api.acts import CallDep, acting_of
from app.api.campaign_calls import (
    ANY,
    CAMPAIGN,
    DEVICE,
    LIST,
    SIGNATURE,
    SLOT,
    once_for,
    once_for_device,
    once_for_viewer,
    place_of,
)
from app.api.deps import ReadTx
from app.api.notes import name_subject
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.hand_out import device_fields, device_out, slot_out
from app.api.public_ids import read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.hand_out import (
    DeviceIn,
    DeviceOut,
    ListIn,
    NewDeviceOut,
    SignedListOut,
    SlotIn,
    SlotOut,
)
from app.db.queries import hand_out as stored
from app.domain.access import Permission
from app.services import campaigns

router = make_router("campaigns")
P = Permission
_ONE: Final = "/v1/campaigns/{campaign_id}"
_SLOT: Final = {
    "id": SLOT,
    "region": "18.72.01",
    "region_name": "Metro Pusat",
    "place": "Aula Kecamatan Metro Pusat",
    "starts_at": "2026-12-05T01:00:00Z",
    "ends_at": "2026-12-05T05:00:00Z",
    "capacity": 100,
    "taken": 100,
    "crew": ["1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a63"],
}
_SLOT_BODY: Final = {
    "region": "18.72.01",
    "place": "Aula Kecamatan Metro Pusat",
    "starts_at": "2026-12-05T08:00:00+07:00",
    "ends_at": "2026-12-05T12:00:00+07:00",
    "capacity": 100,
    "crew": [],
}
_DEVICE: Final = {
    "id": DEVICE,
    "name": "Tablet Metro Pusat 1",
    "account_id": "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a63",
    "slots": [SLOT],
    "created_at": "2026-12-04T02:00:00Z",
    "revoked_at": None,
}
_LIST: Final = {
    "list": {
        "v": 1,
        "list": LIST,
        "campaign": CAMPAIGN,
        "campaign_name": "Bhakti Sosial LKKS 2026",
        "device": DEVICE,
        "issued_at": "2026-12-05T00:30:00+00:00",
        "expires_at": "2026-12-06T00:30:00+00:00",
        "entries": [
            {
                "code": "7Q2M-9XKD",
                "name": "Suprapti Contoh",
                "nik": "************8001",
                "component": "LUT",
                "slot": SLOT,
            }
        ],
    },
    "signature": SIGNATURE,
    "algorithm": "HMAC-SHA256",
}


@router.get(
    f"{_ONE}/slots",
    **operation(
        "listSlots",
        may=ANY,
        answers=Listed[SlotOut],
        example={"items": [_SLOT], "next": None, "count": None},
    ),
)
async def list_slots(campaign_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[SlotOut]:
    """List where and when is handed out, by time, and how many come."""
    row = await campaigns.find_campaign(acting_of(reading, tx), *place_of(campaign_id))
    taken = await stored.taken(tx, row)
    slots = await stored.slots_of(tx, row)
    return Listed(items=[slot_out(reading, one, taken.get(one.id, 0)) for one in slots])


@router.post(
    f"{_ONE}/slots",
    **operation(
        "addSlot",
        may=P.CAMPAIGN_MANAGE,
        answers=SlotOut,
        status=201,
        once=True,
        example=_SLOT,
        body_example=_SLOT_BODY,
    ),
)
async def add_slot(campaign_id: str, body: SlotIn, call: CallDep) -> Response:
    """Plan a place and an hour, and the officers who hand out there."""
    place = place_of(campaign_id)
    crew = [read_own(one, place[0], f"/crew/{n}") for n, one in enumerate(body.crew)]
    new = campaigns.NewSlot(
        body.region,
        body.place,
        body.starts_at,
        body.ends_at,
        body.capacity,
        tuple(dict.fromkeys(one for one in crew if one is not None)),
    )

    async def work() -> Answer:
        _, slot = await campaigns.add_slot(call.acting(), place, new)
        return Answer(slot_out(call.reading, slot, 0))

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)


# Devices --------------------------------------------------------------------------------------------------


@router.get(
    f"{_ONE}/devices",
    **operation(
        "listDevices",
        may=ANY,
        answers=Listed[DeviceOut],
        paged=True,
        example={"items": [_DEVICE], "next": None, "count": None},
    ),
)
async def list_devices(campaign_id: str, reading: ReadingDep, tx: ReadTx, page: Page) -> Listed[DeviceOut]:
    """List the devices of the hand-out: all of them for whoever manages it, else your own."""
    row = await campaigns.find_campaign(acting_of(reading, tx), *place_of(campaign_id))
    manages = P.CAMPAIGN_MANAGE in campaigns.rights(reading.actor, row)
    own = None if manages else reading.actor.account_id
    after = UUID(page.after[0]) if page.after else None
    rows = await stored.devices_of(tx, row, own, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.devices_counted(tx, row, own) if page.wants_count else None
    return page.page([device_out(one) for one in shown], after=more, count=count)


@router.post(
    f"{_ONE}/devices",
    **operation(
        "addDevice",
        may=ANY,
        answers=NewDeviceOut,
        status=201,
        once=True,
        example={**_DEVICE, "key": "q80VnE2kq2Jt0y5m3QjzW1m2l9m5i1mQd1oVtQy7B2c="},
        body_example={"name": "Tablet Metro Pusat 1", "slots": [SLOT]},
    ),
)
async def add_device(campaign_id: str, body: DeviceIn, call: CallDep) -> Response:
    """Register your device for slots at which you hand out. Its key is shown this once."""
    place = place_of(campaign_id)
    slots = [read_own_id(one, place[0]) for one in body.slots]

    async def work() -> Answer:
        house = call.reading.house
        device, key = await campaigns.add_device(call.acting(), house.vault, place, body.name, slots)
        return Answer(NewDeviceOut(**device_fields(device), key=b64encode(key).decode()))

    return await once_for_viewer(call, place, work)


@router.post(
    f"{_ONE}/devices/{{device_id}}/list",
    **operation(
        "takeList",
        may=ANY,
        answers=SignedListOut,
        once=True,
        reads_person=True,
        example=_LIST,
        body_example={"hours": 24},
    ),
)
async def take_list(
    campaign_id: str, device_id: str, body: ListIn, call: CallDep, request: Request
) -> Response:
    """Take along who is still to come in the device's slots, signed for it, for a day or three.

    It holds name, component, slot, entitlement and the last digits of the NIK; keep it locked on the device.
    """
    place = place_of(campaign_id)
    id_ = read_own_id(device_id, place[0])
    name_subject(request, "campaign", *place)

    async def work() -> Answer:
        boxes, lasts = call.reading.house.vault, timedelta(hours=body.hours)
        made = await campaigns.issue_list(call.acting(), boxes, place, id_, lasts)
        return Answer(SignedListOut(list=made.payload, signature=made.signature), 200)

    return await once_for_device(call, place, id_, work)


@router.post(
    f"{_ONE}/devices/{{device_id}}/revoke",
    **operation("revokeDevice", may=ANY, answers=DeviceOut, once=True, example=_DEVICE),
)
async def revoke_device(campaign_id: str, device_id: str, call: CallDep) -> Response:
    """Let a lost device tell nothing more."""
    place = place_of(campaign_id)
    id_ = read_own_id(device_id, place[0])

    async def work() -> Answer:
        return Answer(device_out(await campaigns.revoke_device(call.acting(), place, id_)), 200)

    return await once_for_device(call, place, id_, work)
