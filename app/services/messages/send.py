"""Sending what is due: claimed and read in transactions, handed over outside of any, settled after.

A worker that dies between hand-over and settling leaves a claim that runs out; the message is then sent
again under the same id, and the provider knows that it has it.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import message_templates, messages
from app.db.queries.acting import Vault
from app.db.queries.message_templates import Slot
from app.db.queries.messages import FAILED, SENT, SUPPRESSED, WAITING, AboutCase, AboutPerson, Held, Outcome
from app.db.session import Database, Tx, read_only, transaction
from app.db.tables.messages import MessageTemplate
from app.domain.codes import Holder
from app.domain.identity import Phone, parse_phone
from app.domain.ids import NATION, public_id
from app.domain.knowledge import Knowledge
from app.domain.messages import (
    GIVE_UP_AFTER,
    Answer,
    Audience,
    Channel,
    Post,
    Reader,
    Reason,
    Verdict,
    Way,
    fill,
    hindrance,
    is_exempt,
    not_before,
    read_quiet,
    retry_at,
)
from app.integrations.vault import CannotOpen

BATCH: Final = 24
LEASE: Final = timedelta(minutes=2)
"""Longer than a batch can take with a provider that lets each message wait."""
_AT_ONCE: Final = 8
_PROVINCE: Final = 2


class Provider(Protocol):
    async def send(self, post: Post) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Posts:
    """The ways out; None for one that is not set."""

    mail: Provider | None
    gateway: Provider | None

    def of(self, channel: Channel) -> Provider | None:
        return self.gateway if channel is Channel.PHONE else self.mail


@dataclass(frozen=True, slots=True)
class Sending:
    database: Database
    known: Knowledge
    vault: Vault
    posts: Posts
    tenant: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What a batch needs of the database."""

    cases: Mapping[UUID, AboutCase]
    people: Mapping[UUID, AboutPerson]
    mailboxes: Mapping[UUID, str | None]
    words: Mapping[Slot, MessageTemplate]


async def send_due(sending: Sending, now: datetime) -> int:
    """Send one batch of a tenant; return how many messages were claimed."""
    sessions = sending.database.sessions
    async with transaction(sessions) as tx:
        held = await messages.claim(tx, sending.tenant, now, LEASE, BATCH)
    if not held:
        return 0
    async with read_only(sessions) as tx:
        read = await _read(tx, sending.tenant, held)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(message: Held) -> Outcome:
        async with gate:
            return await _send(sending, read, message, now)

    outcomes = await asyncio.gather(*(one(message) for message in held))
    async with transaction(sessions) as tx:
        for message, outcome in zip(held, outcomes, strict=True):
            await messages.settle(tx, sending.tenant, message, outcome, now)
    return len(held)


async def _read(tx: Tx, tenant: str, held: Sequence[Held]) -> _Read:
    def ids(kind: str) -> list[UUID]:
        return sorted({one.to_id for one in held if one.to_kind == kind})

    return _Read(
        await messages.cases_of(tx, tenant, sorted({one.case_id for one in held})),
        await messages.people_of(tx, tenant, ids("person")),
        await messages.mailboxes_of(tx, (tenant, tenant[:_PROVINCE], NATION), ids("account")),
        await message_templates.in_force(tx, tenant),
    )


async def _send(sending: Sending, read: _Read, message: Held, now: datetime) -> Outcome:
    case = read.cases[message.case_id]
    if now > message.created_at + GIVE_UP_AFTER:
        return Outcome(FAILED, Reason.GAVE_UP.value)
    try:
        reader = _reader(sending.vault, read, message, case)
    except CannotOpen:
        # A master key is missing in this process: it may be set again tomorrow.
        return _again(message, now)
    reason = hindrance(_way(sending, read, message, case), reader)
    if reason is not None:
        return Outcome(SUPPRESSED, reason.value)
    morning = _morning(sending, message, case, now)
    if morning > now:
        return Outcome(WAITING, due_at=morning)
    return await _hand_over(sending, _post(sending, read, message, case, reader.address or ""), message, now)


async def _hand_over(sending: Sending, post: Post, message: Held, now: datetime) -> Outcome:
    provider = sending.posts.of(Channel(message.channel))
    answer = await provider.send(post) if provider else Answer(Verdict.LATER)
    match answer.verdict:
        case Verdict.TAKEN:
            return Outcome(SENT, provider_ref=answer.provider_ref)
        case Verdict.REFUSED:
            return Outcome(FAILED, Reason.REFUSED.value)
        case Verdict.LATER:
            return _again(message, now)


def _again(message: Held, now: datetime) -> Outcome:
    return Outcome(WAITING, due_at=retry_at(now, message.attempts, message.id.bytes))


def _morning(sending: Sending, message: Held, case: AboutCase, now: datetime) -> datetime:
    """Return *now*, or when the night is over for whoever it would disturb."""
    if is_exempt(Audience(message.audience), case.priority):
        return now
    quiet = read_quiet(sending.known.policy_value(sending.tenant, "quiet_hours"))
    return not_before(now, sending.known.zone(sending.tenant), quiet)


def _way(sending: Sending, read: _Read, message: Held, case: AboutCase) -> Way:
    channel, words = Channel(message.channel), read.words.get(_slot(message))
    return Way(
        channel,
        case.confidentiality,
        has_words=words is not None and words.active,
        is_set=sending.posts.of(channel) is not None,
    )


def _reader(vault: Vault, read: _Read, message: Held, case: AboutCase) -> Reader:
    match message.to_kind:
        case "account":
            address = read.mailboxes.get(message.to_id)
            return Reader(address, active=message.to_id in read.mailboxes)
        case "person":
            return _person(vault, read.people[message.to_id])
        case _:
            return _reporter(vault, case)


def _person(vault: Vault, person: AboutPerson) -> Reader:
    address = None
    silent = person.do_not_contact or person.deceased
    if person.phone_sealed is not None and person.wrapped is not None and not silent:
        key = vault.unwrap(person.wrapped)
        address = _mobile(vault.open(key, "persons", "phone", person.id, person.phone_sealed))
    return Reader(
        address,
        erased=person.wrapped is None,
        deceased=person.deceased,
        do_not_contact=person.do_not_contact,
    )


def _reporter(vault: Vault, case: AboutCase) -> Reader:
    """A reporter is told only when she said so, and left her number; an anonymous one never."""
    if case.wrapped is None:
        return Reader(None, erased=True)
    key = vault.unwrap(case.wrapped)
    private = json.loads(vault.open(key, "cases", "private", case.id, case.private_sealed))
    reporter = private.get("reporter") or {}
    agreed = bool(reporter.get("tell")) and not reporter.get("anonymous")
    return Reader(_mobile(reporter.get("phone") or ""), agreed=agreed)


def _mobile(text: str) -> str | None:
    phone = parse_phone(text)
    return phone.e164 if isinstance(phone, Phone) and phone.mobile else None


def _slot(message: Held) -> Slot:
    return (message.event, message.audience, message.channel, message.language)


def _post(sending: Sending, read: _Read, message: Held, case: AboutCase, address: str) -> Post:
    words, known, language = read.words[_slot(message)], sending.known, message.language
    values = {
        "ticket": case.ticket,
        "status": known.label("case_status", case.status, language),
        "topic": known.label("notice_kind", message.event, language),
        "office": _office(known, sending.tenant, case),
    }
    return Post(
        id=public_id(sending.tenant, message.id),
        to=address,
        subject=fill(words.subject, values),
        text=fill(words.body, values),
        template=f"{message.event}.{message.audience}.{language}",
    )


def _office(known: Knowledge, tenant: str, case: AboutCase) -> str:
    desk = known.desk_of(case.village_code) if case.holder == Holder.DESK else None
    return desk.name if desk else known.settings[tenant].secretariat
