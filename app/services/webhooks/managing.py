"""Endpoints in the hands of their owners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.db.queries import events
from app.db.queries import webhooks as stored
from app.db.queries.acting import Acting
from app.db.queries.feed import heads
from app.db.queries.webhooks import Owner
from app.db.tables.webhooks import Webhook, WebhookDelivery
from app.domain.access import Actor, Permission, Role
from app.domain.chain import dump, instant_text
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events import EVENTS
from app.domain.events.others import ThingEvent
from app.domain.events.webhooks import (
    WebhookChanged,
    WebhookCreated,
    WebhookDisabled,
    WebhookRemoved,
    WebhookReplayed,
    WebhookSecretReplaced,
)
from app.domain.ids import public_id
from app.domain.webhooks import (
    MOST_PER_OWNER,
    OLD_SECRET_LIVES,
    DeliveryState,
    Stopped,
    WebhookState,
    secret_text,
    url_fault,
)
from app.services.webhooks.boxes import Boxes, box, box_old

TEST: Final = "webhook.test"
_NAMES: Final = ("url", "description", "types", "regencies", "programs")
_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "malformed": ("Alamat tidak terbaca.", "The address cannot be read."),
    "not_https": ("Pakai alamat https://.", "Use an address of https://."),
    "userinfo_or_fragment": (
        "Alamat tidak boleh berisi nama pengguna, sandi atau tanda #.",
        "The address must not hold a user name, a password or a #.",
    ),
    "not_public": (
        "Alamat harus di internet publik, dengan nama lengkap.",
        "The address must be on the public internet, with its full name.",
    ),
}


@dataclass(frozen=True, slots=True)
class NewWebhook:
    url: str
    description: str
    types: Sequence[str]
    regencies: Sequence[str]
    programs: Sequence[str]
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is None stays."""

    url: str | None = None
    description: str | None = None
    types: Sequence[str] | None = None
    regencies: Sequence[str] | None = None
    programs: Sequence[str] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Made:
    hook: Webhook
    secret: str = field(repr=False)
    """Shown this once."""


def owner_of(actor: Actor) -> Owner:
    """Return whose endpoints the actor keeps: an agency's system its own, others the secretariat's.

    Raises:
        Forbidden: the actor speaks neither for a system nor for the whole regency.
    """
    actor.require_ever(Permission.WEBHOOK_MANAGE)
    if any(grant.role is Role.AGENCY_CLIENT for grant in actor.grants):
        return Owner(actor.tenant, actor.account_id)
    actor.require(Permission.WEBHOOK_MANAGE, actor.tenant)
    return Owner(actor.tenant, None)


async def create(acting: Acting, boxes: Boxes, new: NewWebhook, *, loopback: bool) -> Made:
    """Make an endpoint that gets what happens from now on.

    Raises:
        Forbidden: see `owner_of`.
        Invalid: the address, a type, a regency or a programme.
        Conflict: the owner has as many as one may have.
    """
    owner = owner_of(acting.actor)
    wanted = Changes(new.url, new.description, new.types, new.regencies, new.programs)
    _check(acting, wanted, loopback=loopback)
    if await stored.counted(acting.tx, owner) >= MOST_PER_OWNER:
        raise Conflict(
            code="too_many_webhooks",
            id=f"Paling banyak {MOST_PER_OWNER} webhook. Hapus yang tidak dipakai.",
            en=f"{MOST_PER_OWNER} webhooks at most. Remove those that are not used.",
        )
    id_ = acting.new_id()
    hook = Webhook(
        regency_code=owner.regency_code,
        id=id_,
        account_id=owner.account_id,
        url=new.url,
        description=new.description,
        types=list(new.types),
        regencies=list(new.regencies),
        programs=list(new.programs),
        secret_boxed=box(boxes, id_, new.secret),
        old_secret_boxed=None,
        old_secret_until=None,
        state=WebhookState.ACTIVE.value,
        stopped=None,
        # Tenants that it does not see are passed over by the feed itself.
        position=await heads(acting.tx, None),
        last_seq=0,
        waiting=0,
        due_at=None,
        claimed_until=None,
        claims=0,
        failures=0,
        last_success_at=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        version=1,
    )
    acting.tx.add(hook)
    await acting.tx.flush()
    await _record(acting, hook, WebhookCreated(thing_id=id_))
    return Made(hook, secret_text(new.secret))


async def get(acting: Acting, regency: str, webhook_id: UUID, *, for_update: bool = False) -> Webhook:
    """Return an endpoint of the actor's own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    hook = await stored.find(acting.tx, regency, webhook_id, for_update=for_update)
    if hook is None or not _owns(acting.actor, hook):
        raise NotFound(id="Webhook ini tidak ada.", en="There is no such webhook.")
    return hook


def _owns(actor: Actor, hook: Webhook) -> bool:
    if not actor.ever(Permission.WEBHOOK_MANAGE):
        return False
    if hook.account_id is not None:
        return hook.account_id == actor.account_id
    return actor.has(Permission.WEBHOOK_MANAGE, hook.regency_code)


async def change(acting: Acting, hook: Webhook, changes: Changes, *, loopback: bool) -> None:
    """Change what is named, also of an endpoint that is disabled.

    What waits keeps its order and goes to the new address. Enabling gives everything that waits its attempts
    back; nothing was lost meanwhile, since the feed kept it.

    Raises:
        Invalid: as `create`.
    """
    _check(acting, changes, loopback=loopback)
    before = (hook.url, hook.description, hook.types, hook.regencies, hook.programs)
    hook.url = hook.url if changes.url is None else changes.url
    hook.description = hook.description if changes.description is None else changes.description
    hook.types = hook.types if changes.types is None else list(changes.types)
    hook.regencies = hook.regencies if changes.regencies is None else list(changes.regencies)
    hook.programs = hook.programs if changes.programs is None else list(changes.programs)
    after = (hook.url, hook.description, hook.types, hook.regencies, hook.programs)
    changed = [name for name, old, new in zip(_NAMES, before, after, strict=True) if old != new]
    if changes.active is not None and changes.active != (hook.state == WebhookState.ACTIVE.value):
        await (_enable(acting, hook) if changes.active else _disable(acting, hook))
        changed.append("active")
    if changed:
        hook.version += 1
        await _record(acting, hook, WebhookChanged(thing_id=hook.id, changed=tuple(changed)))


async def _enable(acting: Acting, hook: Webhook) -> None:
    hook.state, hook.stopped, hook.failures = WebhookState.ACTIVE.value, None, 0
    await stored.bring_forward(acting.tx, hook.regency_code, hook.id, acting.now, anew=True)
    await stored.recount(acting.tx, hook)


async def _disable(acting: Acting, hook: Webhook) -> None:
    hook.state, hook.stopped = WebhookState.DISABLED.value, Stopped.BY_OWNER.value
    hook.due_at = None
    await _record(acting, hook, WebhookDisabled(thing_id=hook.id, reason=Stopped.BY_OWNER.value))


async def rotate(acting: Acting, boxes: Boxes, hook: Webhook, secret: bytes) -> Made:
    """Give an endpoint a new secret; the one before signs beside it for a day more."""
    hook.old_secret_boxed, hook.old_secret_until = box_old(boxes, hook), acting.now + OLD_SECRET_LIVES
    hook.secret_boxed = box(boxes, hook.id, secret)
    hook.version += 1
    await _record(acting, hook, WebhookSecretReplaced(thing_id=hook.id))
    return Made(hook, secret_text(secret))


async def remove(acting: Acting, hook: Webhook) -> None:
    """Take an endpoint away with what waits for it.

    Raises:
        Conflict: it is active still.
    """
    if hook.state == WebhookState.ACTIVE.value:
        raise Conflict(
            code="webhook_active",
            id="Webhook masih aktif. Matikan dulu dengan active: false.",
            en="The webhook is active. Disable it first with active: false.",
        )
    hook.state, hook.due_at = WebhookState.REMOVED.value, None
    await stored.drop_waiting(acting.tx, hook, None)
    await _record(acting, hook, WebhookRemoved(thing_id=hook.id))


async def send_test(acting: Acting, hook: Webhook) -> WebhookDelivery:
    """Let an event of type ``webhook.test`` be sent; it is about nothing.

    Raises:
        Conflict: the endpoint is disabled.
    """
    _require_active(hook)
    id_ = acting.new_id()
    body = {
        "type": TEST,
        "timestamp": instant_text(acting.now),
        "data": {
            "id": public_id(hook.regency_code, id_),
            "webhook_id": public_id(hook.regency_code, hook.id),
        },
    }
    new = stored.NewDelivery(hook.regency_code, id_, TEST, 0, id_, dump(body))
    seq = await stored.put_out(acting.tx, hook, [new], acting.now)
    return await get_delivery(acting, hook, seq)


async def get_delivery(acting: Acting, hook: Webhook, seq: int) -> WebhookDelivery:
    found = await stored.delivery(acting.tx, hook, seq)
    if found is None:
        raise NotFound(id="Pengiriman ini tidak ada.", en="There is no such delivery.")
    return found


async def redeliver(acting: Acting, hook: Webhook, seq: int) -> WebhookDelivery:
    """Send one once more, with the same id and body, as the last of its case.

    Raises:
        NotFound: there is no such delivery.
        Conflict: it waits still, or the endpoint is disabled.
    """
    old = await get_delivery(acting, hook, seq)
    _require_active(hook)
    if old.state == DeliveryState.WAITING.value:
        raise Conflict(
            code="still_waiting",
            id="Peristiwa ini masih menunggu dan akan dikirim lagi.",
            en="This event waits still and will be sent again.",
        )
    again = stored.NewDelivery(old.event_regency, old.event_id, old.type, old.feed_n, old.order_key, old.body)
    return await get_delivery(acting, hook, await stored.put_out(acting.tx, hook, [again], acting.now))


async def replay(acting: Acting, hook: Webhook, position: Mapping[str, int]) -> None:
    """Send everything after a place of the feed once more, in order; what waits behind it comes with it.

    Raises:
        Conflict: the endpoint is disabled.
    """
    _require_active(hook)
    known = await heads(acting.tx, None)
    hook.position = {tenant: min(n, known[tenant]) for tenant, n in position.items() if tenant in known}
    await stored.drop_waiting(acting.tx, hook, hook.position)
    await _record(acting, hook, WebhookReplayed(thing_id=hook.id))


def _require_active(hook: Webhook) -> None:
    if hook.state != WebhookState.ACTIVE.value:
        raise Conflict(
            code="webhook_disabled",
            id="Webhook ini dimatikan. Nyalakan dulu dengan active: true.",
            en="The webhook is disabled. Enable it first with active: true.",
        )


def _check(acting: Acting, wanted: Changes, *, loopback: bool) -> None:
    errors = []
    if wanted.url is not None and (fault := url_fault(wanted.url, loopback=loopback)):
        errors.append(FieldError("/url", fault, *_FAULTS[fault]))
    unknown: tuple[tuple[str, Sequence[str] | None, Any, str, str], ...] = (
        ("types", wanted.types, EVENTS, "Jenis peristiwa tidak dikenal.", "No such type of event."),
        ("regencies", wanted.regencies, acting.known.regions, "Wilayah tidak dikenal.", "No such regency."),
        ("programs", wanted.programs, acting.known.programs, "Program tidak dikenal.", "No such programme."),
    )
    for name, values, known, id_, en in unknown:
        errors += [
            FieldError(f"/{name}/{place}", f"unknown_{name}", id_, en)
            for place, value in enumerate(values or ())
            if value not in known
        ]
    if errors:
        raise Invalid(fields=tuple(errors))


async def _record(acting: Acting, hook: Webhook, happened: ThingEvent) -> None:
    stream = events.OtherStream(hook.regency_code, hook.id, "webhook")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
