"""Reference client of the Puskesos case service. See README.md for each part at work."""

from puskesos_client.answers import Answer
from puskesos_client.client import Client, connect, new_key
from puskesos_client.device import Device, Report
from puskesos_client.errors import (
    BadSignature,
    NoTicket,
    OtherAccount,
    Problem,
    PuskesosError,
    QueueError,
    Refused,
    SignInRefused,
    Stale,
    Unreachable,
)
from puskesos_client.feed import FeedPage, feed
from puskesos_client.operations import Case, Filed, Operation, State
from puskesos_client.retries import Retries
from puskesos_client.store import Store
from puskesos_client.tickets import Slip
from puskesos_client.tokens import Bearer, ClientCredentials, PasswordGrant
from puskesos_client.webhooks import Webhook

__all__ = [
    "Answer",
    "BadSignature",
    "Bearer",
    "Case",
    "Client",
    "ClientCredentials",
    "Device",
    "FeedPage",
    "Filed",
    "NoTicket",
    "Operation",
    "OtherAccount",
    "PasswordGrant",
    "Problem",
    "PuskesosError",
    "QueueError",
    "Refused",
    "Report",
    "Retries",
    "SignInRefused",
    "Slip",
    "Stale",
    "State",
    "Store",
    "Unreachable",
    "Webhook",
    "connect",
    "feed",
    "new_key",
]
