"""What devices tell of a hand-out, whenever they have a network; and what contradicts each other."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.campaign_calls import (
    ANY,
    CHECKIN,
    DEVICE,
    LIST,
    RECIPIENT,
    SIGNATURE,
    once_for,
    once_for_device,
    place_of,
)
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.hand_out import checked_in, checkin_out
from app.api.public_ids import read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.hand_out import CheckedIn, CheckinIn, CheckinOut, CheckinsIn, DecisionIn
from app.db.queries import hand_out as stored
from app.domain.access import Permission
from app.domain.campaigns import CheckinVerdict, Outcome
from app.domain.errors import FieldError, Invalid
from app.services import campaigns

router = make_router("campaigns")
P = Permission
_ONE: Final = "/v1/campaigns/{campaign_id}"
_CHECKINS: Final = {
    "device_id": DEVICE,
    "list_id": LIST,
    "list_signature": SIGNATURE,
    "checkins": [
        {
            "client_id": "t1-0001",
            "code": "7Q2M-9XKD",
            "device_at": "2026-12-05T09:12:44+07:00",
            "outcome": "given",
            "proof": {"kind": "signature", "sha256": SIGNATURE},
            "signature": SIGNATURE,
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
    "proof": {"kind": "signature", "sha256": SIGNATURE, "code": None},
    "finding": None,
    "decision": None,
    "decided_at": None,
}


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

    return await once_for_device(call, place, device, work)


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
