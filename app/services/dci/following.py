"""Following one person: the client is told when what the registry says of her, and it may know, has changed.

Her number is not kept, only its digest; a notice names the subscription by its code and tells the new record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import dci as stored
from app.db.queries import dci_subscriptions as followed
from app.db.queries import webhooks
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.dci import DciMessage, DciPartner
from app.db.tables.dci_subscriptions import DciSubscription
from app.domain.access import Actor, Grant, Permission, Role, widened
from app.domain.chain import canonical, instant_text
from app.domain.codes import ActorKind
from app.domain.dci import Entity, MessageState, Reason, Status, Told, record_of, response_item
from app.domain.documents import Words
from app.domain.errors import FieldError
from app.domain.identity import parse_nik
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.service_keys import narrowed
from app.domain.sla import local_date
from app.integrations.vault import Blind
from app.services.dci.searching import (
    Basis,
    Question,
    counting_entry,
    fields_of,
    purpose_fault,
    question_of,
)
from app.services.dci.sending import NOTIFY

MOST: Final = 10_000
"""Live subscriptions of one client."""
LONGEST: Final = timedelta(days=366)
"""What is followed for longer is asked for anew, with a purpose of then."""
_REGISTRY: Final = "ns:org:RegistryType:Social"


@dataclass(frozen=True, slots=True)
class Wish:
    """One request to follow somebody, as it was read."""

    reference_id: str
    nik: str | None = field(repr=False)
    event_type: str
    until: datetime | None
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Subscribed:
    reference_id: str
    basis: Basis | None
    status: Status
    code: str | None = None
    event_type: str = ""
    reason: Reason | None = None
    words: Words | None = None
    about: Question | None = None


async def subscribe(
    acting: Acting, blind: Blind, partner: DciPartner, account_id: UUID, wishes: Sequence[Wish]
) -> list[Subscribed]:
    """Follow whom the requests name; each has its own answer."""
    regency, left = acting.actor.tenant, MOST
    left -= await followed.count_live(acting.tx, regency, partner.client_row_id, acting.now)
    found = []
    for one in wishes:
        told = await _subscribe(acting, blind, partner, account_id, one) if left > 0 else _full(one)
        left -= told.status is Status.SUCC
        found.append(told)
    return found


def _full(one: Wish) -> Subscribed:
    words = Words(f"Paling banyak {MOST} langganan.", f"At most {MOST} subscriptions.")
    return _refused(one, Reason.CRITERIA, words)


def _refused(one: Wish, reason: Reason, words: Words) -> Subscribed:
    basis = one.bases[0] if one.bases else None
    return Subscribed(one.reference_id, basis, Status.RJCT, None, one.event_type, reason, words)


async def _subscribe(
    acting: Acting, blind: Blind, partner: DciPartner, account_id: UUID, one: Wish
) -> Subscribed:
    wrong = purpose_fault(acting, partner, one.bases)
    if wrong is not None:
        return _refused(one, Reason.NOTIFY_DETAILS, wrong)
    nik = parse_nik(one.nik or "", today=acting.today(acting.actor.tenant))
    if isinstance(nik, FieldError):
        return _refused(one, Reason.PERSON, Words("NIK ini tidak sah.", "This NIK is not valid."))
    until = one.until or acting.now + LONGEST
    if not acting.now < until <= acting.now + LONGEST:
        words = Words("Paling lama 366 hari.", "For 366 days at most.")
        return _refused(one, Reason.NOTIFY_DETAILS, words)
    digest, basis = blind.digest("nik", nik.number), one.bases[0]
    record = await record_now(acting, partner, digest, one.bases)
    new = DciSubscription(
        regency_code=acting.actor.tenant,
        id=acting.new_id(),
        client_row_id=partner.client_row_id,
        account_id=account_id,
        nik_digest=digest,
        purpose=basis.purpose,
        basis="consent" if basis.consent else "authority",
        told_digest=digest_of_record(record),
        created_at=acting.now,
        until=until,
        checked_at=acting.now,
        ended_at=None,
    )
    if not await followed.subscribe(acting.tx, new):
        return _refused(one, Reason.SUBSCRIBED, Words("Sudah berlangganan.", "Subscribed already."))
    about = question_of(acting, await stored.persons_of(acting.tx, [digest]))
    code = public_id(new.regency_code, new.id)
    return Subscribed(one.reference_id, basis, Status.SUCC, code, one.event_type, about=about)


async def record_now(
    acting: Acting, partner: DciPartner, digest: bytes, bases: Sequence[Basis]
) -> dict[str, Any]:
    """Return what the client may know of a person now, without her number; nothing of her: the type alone."""
    people = await stored.persons_of(acting.tx, [digest])
    entry = await counting_entry(acting, [digest], people)
    if entry is None:
        return {"@type": Entity.MEMBER.value}
    return record_of(Told(entry, Entity.MEMBER), None, fields_of(acting, partner, bases))


def digest_of_record(record: dict[str, Any]) -> bytes:
    return sha256(canonical(record)).digest()


def subscribe_message(
    correlation: str, at: datetime, answers: Sequence[Subscribed], transaction_id: str, language: str
) -> dict[str, Any]:
    responses = []
    for one in answers:
        more: dict[str, Any] = {}
        if one.reason is not None:
            more["status_reason_code"] = one.reason.value
        if one.words is not None:
            more["status_reason_message"] = one.words.said(language)
        if one.code is not None:
            more["subscriptions"] = [
                {
                    "version": "1.0.0",
                    "code": one.code,
                    "subscription_code": one.code,
                    "status": "subscribe",
                    "timestamp": instant_text(at),
                    "subscribe_criteria": {"reg_event_type": one.event_type},
                }
            ]
        responses.append(response_item(one.reference_id, at, one.status, more))
    return {
        "transaction_id": transaction_id,
        "correlation_id": correlation,
        "subscribe_response": responses,
    }


def unsubscribe_message(
    correlation: str, at: datetime, ended: Sequence[str], transaction_id: str
) -> dict[str, Any]:
    """Return which subscriptions ended; one that is not named was none of the client's, or had ended."""
    status = Status.SUCC if ended else Status.RJCT
    told = {
        "transaction_id": transaction_id,
        "correlation_id": correlation,
        "timestamp": instant_text(at),
        "status": status.value,
        "subscription_status": [{"code": code, "status": "unsubscribe"} for code in ended],
    }
    return told if ended else {**told, "status_reason_code": "rjct.subscription_code.invalid"}


# After the registry changed -------------------------------------------------------------------------------


async def actor_of(tx: Tx, known: Knowledge, regency: str, account_id: UUID, now: datetime) -> Actor:
    """Return the client with its grants of today: what it may not ask any more, it is not told."""
    rows = await webhooks.client_grants(tx, regency, [account_id], local_date(now, regency))
    grants = (Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id) for row in rows)
    scopes: frozenset[Permission] | None = narrowed(*(row.scopes for row in rows))
    return Actor(
        ActorKind.CLIENT,
        regency,
        account_id,
        widened(grants, known.family),
        public_id(regency, account_id),
        scopes=scopes,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a look at one subscription found."""

    row: DciSubscription
    record: dict[str, Any] = field(repr=False)
    digest: bytes
    about: Question

    @property
    def is_new(self) -> bool:
        return self.digest != self.row.told_digest


async def look(acting: Acting, row: DciSubscription) -> Change | None:
    """Look at one subscription with the eyes of its client; None where there is nothing to look with."""
    partner = await stored.find_partner(acting.tx, row.regency_code, row.client_row_id)
    able = partner is not None and partner.active and partner.callback_url is not None
    if partner is None or not able or row.nik_digest is None or row.purpose not in partner.purposes:
        return None
    if not acting.actor.ever(Permission.REGISTRY_ASK):
        return None
    bases = (Basis(row.purpose, row.basis == "consent", row.created_at),)
    record = await record_now(acting, partner, row.nik_digest, bases)
    about = question_of(acting, await stored.persons_of(acting.tx, [row.nik_digest]))
    return Change(row, record, digest_of_record(record), about)


def notice_of(acting: Acting, change: Change, boxed: bytes, message_id: UUID) -> DciMessage:
    """Return the message that tells a change, ready to be posted."""
    row = change.row
    item = {
        "purpose": row.purpose,
        "basis": row.basis,
        "since": row.created_at.isoformat(),
        "status": Status.SUCC.value,
        "reason": None,
    }
    return DciMessage(
        regency_code=row.regency_code,
        id=message_id,
        client_row_id=row.client_row_id,
        account_id=row.account_id,
        message_digest=sha256(message_id.bytes).digest(),
        transaction_digest=sha256(row.id.bytes).digest(),
        action=NOTIFY,
        items=[item],
        state=MessageState.READY.value,
        taken_at=acting.now,
        body_boxed=boxed,
        due_at=acting.now,
        claimed_until=None,
        attempts=0,
        http_status=None,
        problem=None,
        ended_at=None,
    )


def notify_message(change: Change, at: datetime) -> dict[str, Any]:
    code = public_id(change.row.regency_code, change.row.id)
    event = response_item(code, at, Status.SUCC)
    del event["status"]
    data = {
        "version": "1.0.0",
        "reg_type": _REGISTRY,
        "reg_record_type": "Member",
        "reg_records": change.record,
    }
    return {"transaction_id": code, "notify_event": [{**event, "data": data}]}
