"""Letting a message in: who signed it, whether it is fresh, and that it was not taken before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import dci as stored
from app.db.queries.acting import Acting
from app.db.queries.attempts import Key, count_tries
from app.db.queries.dci import Asking
from app.db.tables.dci import DciPartner
from app.domain.dci import (
    LONGEST,
    MOST,
    VERSION,
    HeaderReason,
    is_current,
    read_signature,
    receiver_of,
    signed_bytes,
    signing_text,
)
from app.domain.errors import Forbidden, TooMany
from app.domain.ids import tenant_digits
from app.integrations.message_keys import is_signed, read_public

ASKS: Final = "dci_asks_per_day"
DAY: Final = timedelta(days=1)
SKEW: Final = timedelta(minutes=5)
_BUCKET: Final = "dci"
_DEFAULT_ASKS: Final = 1000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came: what its header says, and what its signature is over."""

    action: str
    """What the address takes."""
    signature: str | None
    raw: Any = field(repr=False)
    """The body as it was read, before any model."""
    said_action: str
    version: str
    message_id: str
    message_ts: datetime
    sender_id: str
    receiver_id: str | None
    total_count: int
    encrypted: bool
    transaction_id: str
    requests: int
    """How many it really holds."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A message that was taken."""

    partner: DciPartner
    account_id: UUID
    sender: str
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class Turned:
    """A message that was signed well and is turned away, so that its sender is told in its own form."""

    sender: str
    reason: HeaderReason


async def admit(acting: Acting, incoming: Incoming, action: str | None = None) -> Admitted | Turned:
    """Take a message once, under *action* on record; what comes of a refusal is nothing but the answer.

    Raises:
        Forbidden: the client is no partner, is not who the message says, or the signature does not hold.
        TooMany: the client has asked often enough today.
    """
    asking = await _asking(acting)
    sender = f"{asking.client.client_id}@{tenant_digits(asking.client.regency_code)}"
    _check_sender(acting, incoming, sender)
    _check_signature(acting, incoming, sender, asking.partner)
    reason = _reason(acting, incoming)
    if reason is not None:
        return Turned(sender, reason)
    account = asking.client.account_id
    if account is None:
        raise _no_partner()
    made = Admitted(asking.partner, account, sender, acting.new_id())
    if not await _take(acting, incoming, made, action or incoming.action):
        return Turned(sender, HeaderReason.DUPLICATE)
    await _count(acting, account, incoming.requests)
    return made


async def _asking(acting: Acting) -> Asking:
    account = acting.actor.account_id
    found = await stored.asking(acting.tx, acting.actor.tenant, account) if account else None
    if found is None:
        raise _no_partner()
    return found


def _no_partner() -> Forbidden:
    return Forbidden(
        code="not_a_partner",
        id="Klien ini belum didaftarkan untuk bertanya ke registri. Hubungi admin daerah.",
        en="This client is not registered to ask the registry. Ask the regency's administrator.",
    )


def _check_sender(acting: Acting, incoming: Incoming, sender: str) -> None:
    if incoming.sender_id != sender:
        raise Forbidden(
            code="err.sender_id.invalid",
            id="sender_id harus client_id Anda sendiri.",
            en="The sender_id must be your own client_id.",
        )
    if incoming.receiver_id and incoming.receiver_id != receiver_of(acting.actor.tenant):
        raise Forbidden(
            code="err.receiver_id.invalid",
            id=f"Pesan ini bukan untuk {receiver_of(acting.actor.tenant)}.",
            en=f"This message is not for {receiver_of(acting.actor.tenant)}.",
        )
    if incoming.encrypted:
        raise Forbidden(
            code="err.encryption.invalid",
            id="Pesan terenkripsi tidak diterima; TLS sudah melindunginya.",
            en="Encrypted messages are not taken; TLS protects them.",
        )


def _check_signature(acting: Acting, incoming: Incoming, sender: str, partner: DciPartner) -> None:
    if not incoming.signature:
        raise Forbidden(
            code="err.signature.missing",
            id="Tanda tangani pesan dengan kunci yang didaftarkan.",
            en="Sign the message with the key that is registered.",
        )
    if not _holds(acting, incoming, sender, partner):
        raise Forbidden(
            code="err.signature.invalid",
            id="Tanda tangan tidak cocok dengan header dan message, atau sudah lewat waktunya.",
            en="The signature does not hold for header and message, or its time is over.",
        )


def _holds(acting: Acting, incoming: Incoming, sender: str, partner: DciPartner) -> bool:
    signed = read_signature(incoming.signature or "")
    content = signed_bytes(incoming.raw.get("header"), incoming.raw.get("message"))
    if signed is None or content is None or signed.sender != sender or not is_current(signed, acting.now):
        return False
    text = signing_text(content, signed.created, signed.expires)
    publics = [read_public(key["x"]) for key in partner.keys if key["kid"] == signed.key_id]
    return any(public is not None and is_signed(public, signed.signature, text) for public in publics)


def _reason(acting: Acting, incoming: Incoming) -> HeaderReason | None:
    checks = (
        (incoming.version == VERSION, HeaderReason.VERSION),
        (incoming.said_action == incoming.action, HeaderReason.ACTION),
        (
            acting.now - LONGEST <= incoming.message_ts <= acting.now + SKEW,
            HeaderReason.TIME,
        ),
        (incoming.total_count == incoming.requests, HeaderReason.COUNT),
        (incoming.requests <= MOST, HeaderReason.TOO_MANY),
    )
    return next((reason for good, reason in checks if not good), None)


async def _take(acting: Acting, incoming: Incoming, made: Admitted, action: str) -> bool:
    return await stored.take(
        acting.tx,
        stored.NewMessage(
            regency_code=acting.actor.tenant,
            id=made.correlation_id,
            client_row_id=made.partner.client_row_id,
            account_id=made.account_id,
            message_digest=digest_of(incoming.message_id),
            transaction_digest=digest_of(incoming.transaction_id),
            action=action,
            taken_at=acting.now,
        ),
    )


def digest_of(text: str) -> bytes:
    return sha256(text.encode()).digest()


async def _count(acting: Acting, account: UUID, times: int) -> None:
    tenant = acting.actor.tenant
    most = int(acting.known.policy_value(tenant, ASKS, _DEFAULT_ASKS))
    counted = await count_tries(acting.tx, Key(tenant, _BUCKET, account.bytes), times, DAY, acting.now)
    if counted.tries > most:
        raise TooMany(
            id=f"Klien ini sudah bertanya {most} kali hari ini; lanjutkan besok.",
            en=f"This client has asked {most} times today; go on tomorrow.",
            retry_after=counted.since + DAY - acting.now,
        )
