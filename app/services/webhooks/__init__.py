"""Webhooks: kept by their owners, filled from the feed, sent."""

from app.services.webhooks.eyes import SECRETARIAT, owner_actors
from app.services.webhooks.managing import (
    Changes,
    Made,
    NewWebhook,
    change,
    create,
    get,
    get_delivery,
    owner_of,
    redeliver,
    remove,
    replay,
    rotate,
    send_test,
)
from app.services.webhooks.putting_out import Group, group, put_out
from app.services.webhooks.sending import LEASE, Sending, serve

__all__ = [
    "LEASE",
    "SECRETARIAT",
    "Changes",
    "Group",
    "Made",
    "NewWebhook",
    "Sending",
    "change",
    "create",
    "get",
    "get_delivery",
    "group",
    "owner_actors",
    "owner_of",
    "put_out",
    "redeliver",
    "remove",
    "replay",
    "rotate",
    "send_test",
    "serve",
]
