"""What happens to the endpoints that events are sent to. Never an address or a secret."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCreated(ThingEvent):
    type: ClassVar[str] = "webhook.created"
    label: ClassVar[Label] = Label("Webhook dibuat", "Webhook created")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanged(ThingEvent):
    type: ClassVar[str] = "webhook.changed"
    label: ClassVar[Label] = Label("Webhook diubah", "Webhook changed")

    changed: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretReplaced(ThingEvent):
    type: ClassVar[str] = "webhook.secret_replaced"
    label: ClassVar[Label] = Label("Rahasia webhook diganti", "Webhook's secret replaced")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReplayed(ThingEvent):
    type: ClassVar[str] = "webhook.replayed"
    label: ClassVar[Label] = Label("Webhook diulang", "Webhook replayed")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDisabled(ThingEvent):
    type: ClassVar[str] = "webhook.disabled"
    label: ClassVar[Label] = Label("Webhook dimatikan", "Webhook disabled")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRemoved(ThingEvent):
    type: ClassVar[str] = "webhook.removed"
    label: ClassVar[Label] = Label("Webhook dihapus", "Webhook removed")


WEBHOOK_EVENTS: tuple[type[ThingEvent], ...] = (
    WebhookCreated,
    WebhookChanged,
    WebhookSecretReplaced,
    WebhookReplayed,
    WebhookDisabled,
    WebhookRemoved,
)
