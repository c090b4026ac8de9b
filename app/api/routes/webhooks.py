"""Webhooks: have events sent to an endpoint of your own."""

import json
from collections.abc import Awaitable, Callable
from secrets import token_bytes
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import IfMatch, ReadTx, WriteTx, etag
from app.api.once import Answer
from app.api.paging import Page, unseal
from app.api.public_ids import read_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.webhooks import (
    DeliveryOut,
    ReplayIn,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
    WebhookPatch,
)
from app.db.queries import webhooks as stored
from app.db.tables.webhooks import Webhook, WebhookDelivery
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id
from app.domain.webhooks import SECRET_BYTES, DeliveryState, Stopped, WebhookState
from app.services import webhooks

router = make_router("webhooks")

_MANAGE: Final = Permission.WEBHOOK_MANAGE
_FEED: Final = "/v1/events"
_BODY: Final = {
    "url": "https://sistem.dinsos.contoh.go.id/puskesos",
    "description": "Sistem rujukan Dinsos",
    "types": ["referral.sent", "referral.answered"],
}
_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    **_BODY,
    "regencies": [],
    "programs": [],
    "owner": None,
    "state": "active",
    "stopped": None,
    "waiting": 0,
    "failures": 0,
    "last_success_at": "2026-11-25T03:04:06Z",
    "old_secret_until": None,
    "created_at": "2026-11-20T02:00:00Z",
}
_MADE: Final = {"webhook": _EXAMPLE, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
_DELIVERY: Final = {
    "n": 41,
    "event_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "type": "referral.sent",
    "state": "delivered",
    "attempts": 1,
    "status": 204,
    "problem": None,
    "due_at": "2026-11-25T03:04:06Z",
    "attempted_at": "2026-11-25T03:04:06Z",
    "created_at": "2026-11-25T03:04:06Z",
}
Seq = Annotated[int, Path(ge=1, le=2**62, description="`n` of the delivery.")]


@router.get(
    "/v1/webhooks",
    **operation(
        "listWebhooks",
        may=_MANAGE,
        answers=Listed[WebhookOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_webhooks(reading: ReadingDep, tx: ReadTx, page: Page) -> Listed[WebhookOut]:
    """List your endpoints: an agency's system its own, a regency's leaders those of the secretariat."""
    owner = webhooks.owner_of(reading.actor)
    after = UUID(page.after[0]) if page.after else None
    rows = await stored.listed(tx, owner, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, owner) if page.wants_count else None
    return page.page([_webhook_out(one) for one in shown], after=more, count=count)


@router.post(
    "/v1/webhooks",
    **operation(
        "createWebhook",
        may=_MANAGE,
        answers=WebhookMadeOut,
        status=201,
        once=True,
        example=_MADE,
        body_example=_BODY,
    ),
)
async def create_webhook(body: WebhookIn, call: CallDep) -> Response:
    """Make an endpoint that gets what happens from now on, signed with the secret in the answer.

    What it gets is what `GET /v1/events` shows you: for the secretariat, what its officers see by their role.
    """
    reading = call.reading
    owner = webhooks.owner_of(reading.actor)

    async def may_see() -> None:
        webhooks.owner_of(reading.actor)

    async def work() -> Answer:
        new = webhooks.NewWebhook(
            body.url, body.description, body.types, body.regencies, body.programs, token_bytes(SECRET_BYTES)
        )
        made = await webhooks.create(
            call.acting(), reading.house.vault, new, loopback=_loopback(call.reading)
        )
        location = {"Location": f"/v1/webhooks/{public_id(made.hook.regency_code, made.hook.id)}"}
        return Answer(_made_out(made), 201, location)

    return await call.once(call.tx, owner.regency_code, work, may_see=may_see)


@router.get(
    "/v1/webhooks/{webhook_id}",
    **operation("getWebhook", may=_MANAGE, answers=WebhookOut, example=_EXAMPLE),
)
async def get_webhook(webhook_id: str, reading: ReadingDep, tx: ReadTx, response: Response) -> WebhookOut:
    """Show an endpoint of yours."""
    place = read_id(webhook_id)
    hook = await webhooks.get(acting_of(reading, tx), place.tenant, place.id)
    response.headers["ETag"] = etag(hook.version)
    return _webhook_out(hook)


@router.patch(
    "/v1/webhooks/{webhook_id}",
    **operation(
        "changeWebhook",
        may=_MANAGE,
        answers=WebhookOut,
        if_match=True,
        example=_EXAMPLE,
        body_example={"active": True},
    ),
)
async def change_webhook(  # each is one thing the frame hands in
    webhook_id: str,
    body: WebhookPatch,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> WebhookOut:
    """Change what the body names. `active: false` disables; `true` goes on where it stopped."""
    place, acting = read_id(webhook_id), acting_of(reading, tx)
    hook = await webhooks.get(acting, place.tenant, place.id, for_update=True)
    expected.check(hook.version)
    changes = webhooks.Changes(
        body.url, body.description, body.types, body.regencies, body.programs, body.active
    )
    await webhooks.change(acting, hook, changes, loopback=_loopback(reading))
    response.headers["ETag"] = etag(hook.version)
    return _webhook_out(hook)


@router.post(
    "/v1/webhooks/{webhook_id}/secret",
    **operation("rotateWebhookSecret", may=_MANAGE, answers=WebhookMadeOut, once=True, example=_MADE),
)
async def rotate_secret(webhook_id: str, call: CallDep) -> Response:
    """Replace the secret. For 24 hours both sign, so that no delivery is refused while you change over."""

    async def act(hook: Webhook) -> Answer:
        secret = token_bytes(SECRET_BYTES)
        made = await webhooks.rotate(call.acting(), call.reading.house.vault, hook, secret)
        return Answer(_made_out(made), 200)

    return await _once(call, webhook_id, act)


@router.post(
    "/v1/webhooks/{webhook_id}/remove",
    **operation("removeWebhook", may=_MANAGE, answers=WebhookOut, once=True, example=_EXAMPLE),
)
async def remove_webhook(webhook_id: str, call: CallDep) -> Response:
    """Remove a disabled endpoint, with what waits for it."""

    async def act(hook: Webhook) -> Answer:
        await webhooks.remove(call.acting(), hook)
        return Answer(_webhook_out(hook), 200)

    return await _once(call, webhook_id, act)


@router.post(
    "/v1/webhooks/{webhook_id}/test",
    **operation("testWebhook", may=_MANAGE, answers=DeliveryOut, status=202, once=True, example=_DELIVERY),
)
async def test_webhook(webhook_id: str, call: CallDep) -> Response:
    """Have an event of type `webhook.test` sent, and look for it in the deliveries."""

    async def act(hook: Webhook) -> Answer:
        return Answer(_delivery_out(await webhooks.send_test(call.acting(), hook)), 202)

    return await _once(call, webhook_id, act)


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries",
    **operation(
        "listWebhookDeliveries",
        may=_MANAGE,
        answers=Listed[DeliveryOut],
        paged=True,
        example={"items": [_DELIVERY], "next": None, "count": None},
    ),
)
async def list_deliveries(
    webhook_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    state: Annotated[list[DeliveryState] | None, Query(description="Only these states.")] = None,
) -> Listed[DeliveryOut]:
    """List what was sent to an endpoint and what waits, the newest first. Kept for 30 days."""
    place = read_id(webhook_id)
    hook = await webhooks.get(acting_of(reading, tx), place.tenant, place.id)
    before = int(page.after[0]) if page.after else None
    states = [one.value for one in state or ()]
    rows = await stored.deliveries(tx, hook, states, before, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].seq] if len(rows) > page.limit else None
    count = await stored.count_deliveries(tx, hook, states) if page.wants_count else None
    return page.page([_delivery_out(one) for one in shown], after=more, count=count)


@router.post(
    "/v1/webhooks/{webhook_id}/deliveries/{seq}/redeliver",
    **operation(
        "redeliverWebhook", may=_MANAGE, answers=DeliveryOut, status=202, once=True, example=_DELIVERY
    ),
)
async def redeliver(webhook_id: str, seq: Seq, call: CallDep) -> Response:
    """Send one event once more, with the same `webhook-id` and body."""

    async def act(hook: Webhook) -> Answer:
        return Answer(_delivery_out(await webhooks.redeliver(call.acting(), hook, seq)), 202)

    return await _once(call, webhook_id, act)


@router.post(
    "/v1/webhooks/{webhook_id}/replay",
    **operation(
        "replayWebhook",
        may=_MANAGE,
        answers=WebhookOut,
        status=202,
        once=True,
        example={**_EXAMPLE, "waiting": 12},
        body_example={"after": None},
    ),
)
async def replay(webhook_id: str, body: ReplayIn, call: CallDep) -> Response:
    """Send everything after a cursor of the feed once more, in order and with the same ids."""

    async def act(hook: Webhook) -> Answer:
        await webhooks.replay(call.acting(), hook, _position(call, body.after))
        return Answer(_webhook_out(hook), 202)

    return await _once(call, webhook_id, act)


async def _once(call: Call, webhook_id: str, act: Callable[[Webhook], Awaitable[Answer]]) -> Response:
    place = read_id(webhook_id)

    async def may_see() -> None:
        await webhooks.get(call.acting(), place.tenant, place.id)

    async def work() -> Answer:
        return await act(await webhooks.get(call.acting(), place.tenant, place.id, for_update=True))

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _loopback(reading: Reading) -> bool:
    return reading.house.settings.webhook_loopback


def _position(call: Call, cursor: str | None) -> dict[str, int]:
    if cursor is None:
        return {}
    content = unseal(call.reading.house.vault, cursor, _FEED)
    if content is None:
        raise Invalid(
            fields=(
                FieldError(
                    "/after",
                    "unreadable",
                    "Kursor tidak dikenal. Kirim `next` dari jawaban GET /v1/events.",
                    "The cursor is not known. Send `next` of an answer of GET /v1/events.",
                ),
            )
        )
    found: dict[str, int] = json.loads(content)
    return found


def _made_out(made: webhooks.Made) -> WebhookMadeOut:
    return WebhookMadeOut(webhook=_webhook_out(made.hook), secret=made.secret)


def _webhook_out(hook: Webhook) -> WebhookOut:
    return WebhookOut(
        id=public_id(hook.regency_code, hook.id),
        url=hook.url,
        description=hook.description,
        types=hook.types,
        regencies=hook.regencies,
        programs=hook.programs,
        owner=public_id(hook.regency_code, hook.account_id) if hook.account_id else None,
        state=WebhookState(hook.state),
        stopped=Stopped(hook.stopped) if hook.stopped else None,
        waiting=hook.waiting,
        failures=hook.failures,
        last_success_at=hook.last_success_at,
        old_secret_until=hook.old_secret_until,
        created_at=hook.created_at,
    )


def _delivery_out(one: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut(
        n=one.seq,
        event_id=public_id(one.event_regency, one.event_id),
        type=one.type,
        state=DeliveryState(one.state),
        attempts=one.attempts,
        status=one.status,
        problem=one.problem,
        due_at=one.due_at,
        attempted_at=one.attempted_at,
        created_at=one.created_at,
    )
