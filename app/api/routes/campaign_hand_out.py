"""The hand-out of a campaign: slots, devices with signed lists, check-ins that come whenever they can."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.campaign_calls import (
    ANY,
    CAMPAIGN,
    CHECKIN,
    DEVICE,
    LIST,
    RECIPIENT,
    SLOT,
    once_for,
    once_for_viewer,
    place_of,
)
from app.api.deps import ReadTx
from app.api.notes import name_subject
from app.api.once import Answer, Work
from app.api.paging import Page
from app.api.presenters.hand_out import checked_in, checkin_out, device_fields, device_out, slot_out
from app.api.public_ids import read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.campaigns import (
    CheckedIn,
    CheckinIn,
    CheckinOut,
    CheckinsIn,
    DecisionIn,
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
from app.domain.campaigns import CheckinVerdict, Outcome
from app.domain.errors import FieldError, Invalid
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
_SIGNATURE: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
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
    "signature": _SIGNATURE,
    "algorithm": "HMAC-SHA256",
}
_CHECKINS: Final = {
    "device_id": DEVICE,
    "list_id": LIST,
    "list_signature": _SIGNATURE,
    "checkins": [
        {
            "client_id": "t1-0001",
            "code": "7Q2M-9XKD",
            "device_at": "2026-12-05T09:12:44+07:00",
            "outcome": "given",
            "proof": {"kind": "signature", "sha256": _SIGNATURE},
            "signature": _SIGNATURE,
        }
    ],
}
_TAKEN: Final = {
    "given": 1,
    "duplicates": 0,
    "refused": 0,
    "results": [
        {
            "client_id": "t1-0001",
            "verdict": {"code": "given", "label": "Sah, diserahkan"},
            "refusal": None,
            "checkin": CHECKIN,
            "first": None,
            "replayed": False,
        }
    ],
}
_CHECKIN: Final = {
    "id": CHECKIN,
    "recipient": RECIPIENT,
    "device": DEVICE,
    "client_id": "t1-0001",
    "device_at": "2026-12-05T02:12:44Z",
    "arrived_at": "2026-12-05T06:00:01Z",
    "outcome": {"code": "given", "label": "Diserahkan"},
    "reason": None,
    "verdict": {"code": "given", "label": "Sah, diserahkan"},
    "refusal": None,
    "first": None,
    "by_proxy": False,
    "proof": {"kind": "signature", "sha256": _SIGNATURE, "code": None},
    "finding": None,
    "decision": None,
    "decided_at": None,
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

    return await _once_for_device(call, place, id_, work)


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

    return await _once_for_device(call, place, id_, work)


# Check-ins ------------------------------------------------------------------------------------------------


@router.get(
    f"{_ONE}/checkins",
    **operation(
        "listCheckins",
        may=P.CAMPAIGN_MANAGE,
        answers=Listed[CheckinOut],
        paged=True,
        example={"items": [_CHECKIN], "next": None, "count": None},
    ),
)
async def list_checkins(  # each is one filter
    campaign_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    finding: Annotated[
        Literal["open", "decided"] | None, Query(description="Contradictions between devices.")
    ] = None,
    verdict: Annotated[CheckinVerdict | None, Query()] = None,
) -> Listed[CheckinOut]:
    """List what devices told, by arrival, and what each counted for. It names nobody."""
    row = await campaigns.find_campaign(acting_of(reading, tx), *place_of(campaign_id))
    campaigns.require(reading.actor, row, P.CAMPAIGN_MANAGE)
    sought = stored.Sought(finding, verdict.value if verdict else None)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.checkins(tx, row, sought, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].arrived_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.checkins_counted(tx, row, sought) if page.wants_count else None
    return page.page([checkin_out(reading, one) for one in shown], after=more, count=count)


@router.post(
    f"{_ONE}/checkins",
    **operation(
        "sendCheckins",
        may=ANY,
        answers=CheckedIn,
        once=True,
        example=_TAKEN,
        body_example=_CHECKINS,
    ),
)
async def send_checkins(campaign_id: str, body: CheckinsIn, call: CallDep) -> Response:
    """Send what a device noted, at most 50 at once, whenever it has a network; sent again it changes nothing.

    The first to arrive counts. A later one is a `duplicate` and is told where and when the first was.
    """
    place = place_of(campaign_id)
    device = read_own_id(body.device_id, place[0])
    batch = campaigns.Batch(
        device,
        read_own_id(body.list_id, place[0]),
        body.list_signature,
        _told(call, body.checkins),
    )

    async def work() -> Answer:
        answered = await campaigns.take_checkins(call.acting(), call.reading.house.vault, place, batch)
        return Answer(checked_in(call.reading, place[0], answered), 200)

    return await _once_for_device(call, place, device, work)


@router.post(
    f"{_ONE}/checkins/{{checkin_id}}/decide",
    **operation(
        "decideHandOutFinding",
        may=P.CAMPAIGN_MANAGE,
        answers=CheckinOut,
        once=True,
        example=_CHECKIN,
        body_example={"decision": "device_error"},
    ),
)
async def decide_finding(campaign_id: str, checkin_id: str, body: DecisionIn, call: CallDep) -> Response:
    """Say what a contradiction between two devices was. Whoever handed out does not judge herself."""
    place = place_of(campaign_id)
    id_ = read_own_id(checkin_id, place[0])

    async def work() -> Answer:
        row = await campaigns.decide_finding(call.acting(), place, id_, body.decision)
        return Answer(checkin_out(call.reading, row), 200)

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)


async def _once_for_device(call: Call, place: tuple[str, UUID], device: UUID, work: Work) -> Response:
    async def may_see() -> None:
        row = await campaigns.find_campaign(call.acting(), *place)
        await campaigns.own_device(call.acting(), row, device)

    return await call.once(call.tx, place[0], work, may_see=may_see)


def _told(call: Call, checkins: list[CheckinIn]) -> list[campaigns.Told]:
    """Read the check-ins of a body.

    Raises:
        Invalid: a time that is none, or a code that no list has.
    """
    errors: list[FieldError] = []
    found: list[campaigns.Told] = []
    for n, one in enumerate(checkins):
        at = _instant(one.device_at)
        if at is None:
            errors.append(
                FieldError(
                    f"/checkins/{n}/device_at",
                    "datetime_type",
                    "Tulis waktu dengan zonanya, misalnya 2026-12-05T09:12:44+07:00.",
                    "Write an instant with its zone, such as 2026-12-05T09:12:44+07:00.",
                )
            )
            continue
        errors += _unknown_codes(call, one, f"/checkins/{n}")
        proxy = one.proxy
        found.append(
            campaigns.Told(
                one.client_id,
                one.code,
                one.device_at,
                at,
                one.outcome,
                one.signature,
                one.reason,
                campaigns.Proxy(proxy.name, proxy.relation, proxy.letter) if proxy else None,
                one.proof.model_dump() if one.proof else None,
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))
    return found


def _unknown_codes(call: Call, one: CheckinIn, at: str) -> list[FieldError]:
    known = call.reading.known
    wrong = []
    turned_away = one.outcome is Outcome.TURNED_AWAY
    if turned_away is (one.reason is None) or (
        one.reason and not known.knows("turn_away_reason", one.reason)
    ):
        wrong.append("reason")
    if one.proof is not None and not known.knows("receipt_proof", one.proof.kind):
        wrong.append("proof/kind")
    return [
        FieldError(
            f"{at}/{name}",
            "unknown_code",
            "Kode ini tidak dikenal atau tidak pada tempatnya; lihat /v1/codes.",
            "This code is not known, or not asked for here; see /v1/codes.",
        )
        for name in wrong
    ]


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
