"""From the numbered feed to notices and messages, each event once.

The notices and messages of a tenant are written in the transaction that moves its position. A notice for an
account above the regency lies in that account's tenant: it is written first, in a transaction of its own,
under an id that is made of the event, so that a second try after a crash writes nothing new.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.db.queries import message_templates, messages, notices, telling
from app.db.queries.acting import Ids
from app.db.queries.message_templates import Slot
from app.db.queries.messages import NewMessage
from app.db.queries.notices import NewNotice
from app.db.queries.telling import Concerned, ToldEvent
from app.db.session import Database, Tx, read_only, transaction
from app.domain.access import CaseSight
from app.domain.ids import NATION, RANDOM_BYTES, uuid7
from app.domain.knowledge import Knowledge
from app.domain.messages import (
    AUDIENCE_OF,
    GIVE_UP_AFTER,
    NAMES,
    OFFICE_ROLES,
    TELLS,
    Audience,
    Channel,
    Happening,
    Member,
    Topic,
    Whom,
    accounts_told,
    is_exempt,
    not_before,
    read_quiet,
    topic_of,
)
from app.domain.sla import local_date

BATCH: Final = 300
"""Numbers of the feed in one transaction."""
ACCOUNT, PERSON, REPORTER = "account", "person", "reporter"
_PROVINCE: Final = 2
_SELF: Final = "SELF"
_DATA: Final = ("action", "program", "agency", "outcome", "rung", "step")
"""What a notice keeps of its event: codes, for the words at reading time."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What one batch of one tenant needs to know."""

    known: Knowledge
    ids: Ids
    now: datetime
    tenant: str
    members: Sequence[Member]
    sights: Mapping[UUID, CaseSight]
    slots: frozenset[Slot]
    """The templates that are in force."""

    @property
    def language(self) -> str:
        return str(self.known.policy_value(self.tenant, "message_language", "id"))


@dataclass(frozen=True, slots=True)
class Told:
    notices: Sequence[NewNotice]
    messages: Sequence[NewMessage]
    until: int


async def tell_tenant(database: Database, known: Knowledge, ids: Ids, now: datetime, tenant: str) -> bool:
    """Tell one batch of a tenant's feed; return whether there may be more.

    Two workers at once do no harm: the second finds the position moved, and writes nothing.
    """
    async with read_only(database.sessions) as tx:
        after = (await telling.positions(tx, [tenant])).get(tenant, 0)
        told = await _batch(tx, known, ids, now, tenant, after)
    abroad: dict[str, list[NewNotice]] = defaultdict(list)
    for one in told.notices:
        abroad[one.regency_code].append(one)
    at_home = abroad.pop(tenant, [])
    for home in sorted(abroad):
        async with transaction(database.sessions) as tx:
            await notices.add(tx, abroad[home])
    async with transaction(database.sessions) as tx:
        if await telling.lock_position(tx, tenant, ids.new_id(now), now) != after:
            return True
        await notices.add(tx, at_home)
        await messages.add(tx, told.messages)
        await telling.move_position(tx, tenant, told.until)
    return told.until == after + BATCH


async def _batch(tx: Tx, known: Knowledge, ids: Ids, now: datetime, tenant: str, after: int) -> Told:
    head = await telling.feed_head(tx, tenant)
    until = min(head, after + BATCH)
    events = await telling.told_events(tx, tenant, after, until)
    if not events:
        return Told((), (), until)
    tenants = (tenant, tenant[:_PROVINCE], NATION)
    found = await telling.members(tx, tenants, local_date(now, tenant), _concerned(events))
    sights = await telling.sights(tx, tenant, events)
    templates = await message_templates.in_force(tx, tenant)
    slots = frozenset(slot for slot, row in templates.items() if row.active)
    batch = Telling(known, ids, now, tenant, found, sights, slots)
    return _told(batch, events, until)


def _concerned(events: Iterable[ToldEvent]) -> Concerned:
    accounts: set[UUID] = set()
    agencies: set[str] = set()
    for event in events:
        named = (event.data.get(name) for name in NAMES)
        accounts |= {UUID(str(text)) for text in named if text}
        accounts |= {one for one in (event.assignee_id, event.sent_by) if one is not None}
        agencies |= {event.agency_code} if event.agency_code else set()
    return Concerned(accounts, OFFICE_ROLES, agencies)


def _told(batch: Telling, events: Sequence[ToldEvent], until: int) -> Told:
    noted: dict[UUID, NewNotice] = {}
    sent: list[NewMessage] = []
    for event in events:
        topic = topic_of(event.type, event.data)
        if topic is None:
            continue
        for whom in TELLS[topic]:
            if whom in {Whom.SUBJECT, Whom.REPORTER}:
                sent += _to_people(batch, event, topic, whom)
                continue
            happening = _happening(batch, event, topic)
            for member in accounts_told(whom, happening, batch.members):
                notice = _notice(batch, event, topic, member)
                if notice.id not in noted:
                    noted[notice.id] = notice
                    sent += _to_account(batch, event, topic, whom, member)
    return Told(list(noted.values()), sent, until)


def _happening(batch: Telling, event: ToldEvent, topic: Topic) -> Happening:
    return Happening(
        topic,
        event.data,
        batch.sights[event.case_id],
        event.actor_id,
        event.agency_code,
        event.sent_by,
    )


def _notice(batch: Telling, event: ToldEvent, topic: Topic, member: Member) -> NewNotice:
    """Make the same notice each time it is told: one of an act, a topic, a case or referral, an account."""
    about = event.referral_id or event.case_id
    drawn = sha256(event.cause_id.bytes + about.bytes + member.id.bytes + topic.encode()).digest()
    return NewNotice(
        regency_code=member.tenant,
        id=uuid7(event.at, drawn[:RANDOM_BYTES]),
        account_id=member.id,
        kind=topic.value,
        case_regency=batch.tenant,
        case_id=event.case_id,
        referral_id=event.referral_id,
        data={name: event.data[name] for name in _DATA if event.data.get(name)},
        at=event.at,
    )


def _to_account(
    batch: Telling, event: ToldEvent, topic: Topic, whom: Whom, member: Member
) -> list[NewMessage]:
    if not member.has_email:
        return []
    audience = AUDIENCE_OF[whom]
    made = _message(batch, event, topic, audience, (ACCOUNT, member.id))
    return [made._replace(data={"home": member.tenant})] if made else []


def _to_people(batch: Telling, event: ToldEvent, topic: Topic, whom: Whom) -> list[NewMessage]:
    to: tuple[str, UUID] | None = None
    if whom is Whom.SUBJECT and event.person_id is not None:
        to = (PERSON, event.person_id)
    elif whom is Whom.REPORTER and event.reporter_relation != _SELF:
        to = (REPORTER, event.case_id)
    made = _message(batch, event, topic, AUDIENCE_OF[whom], to) if to else None
    return [made] if made else []


def _message(
    batch: Telling, event: ToldEvent, topic: Topic, audience: Audience, to: tuple[str, UUID]
) -> NewMessage | None:
    """Make the message where somebody wrote words for it and it is still news; at night for the morning."""
    channel = Channel.EMAIL if to[0] == ACCOUNT else Channel.PHONE
    slot = (topic.value, audience.value, channel.value, batch.language)
    if slot not in batch.slots or event.at < batch.now - GIVE_UP_AFTER:
        return None
    quiet = read_quiet(batch.known.policy_value(batch.tenant, "quiet_hours"))
    exempt = is_exempt(audience, event.priority)
    due = batch.now if exempt else not_before(batch.now, batch.known.zone(batch.tenant), quiet)
    return NewMessage(
        regency_code=batch.tenant,
        id=batch.ids.new_id(batch.now),
        cause_id=event.cause_id,
        event=topic.value,
        audience=audience.value,
        channel=channel.value,
        language=batch.language,
        to_kind=to[0],
        to_id=to[1],
        case_id=event.case_id,
        referral_id=event.referral_id,
        data={},
        due_at=due,
        created_at=batch.now,
    )
