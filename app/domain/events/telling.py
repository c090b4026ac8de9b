"""Events as programs read them, in the feed and in webhooks alike: every id with its tenant."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from app.domain.chain import instant_text
from app.domain.events.base import JsonData
from app.domain.ids import NATION, public_id

_ACCOUNT_FIELDS: Final = ("assignee_id",)

Homes = Mapping[UUID, str]
"""The tenant of each account."""


class Told(Protocol):
    """An event as the feed reads it."""

    @property
    def regency_code(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def id(self) -> UUID: ...
    @property
    def case_id(self) -> UUID | None: ...
    @property
    def ticket(self) -> str | None: ...
    @property
    def referral_id(self) -> UUID | None: ...
    @property
    def type(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def cause_id(self) -> UUID: ...
    @property
    def data(self) -> JsonData: ...


def accounts_in(events: Iterable[Told]) -> tuple[set[str], set[UUID]]:
    """Return the tenants in which the accounts that the events name can be, and these accounts."""
    tenants: set[str] = set()
    accounts: set[UUID] = set()
    for event in events:
        tenants |= {event.regency_code, event.regency_code[:2], NATION}
        named = (event.data.get(name) for name in _ACCOUNT_FIELDS)
        accounts |= {UUID(text) for text in named if text}
        if event.actor_id:
            accounts.add(event.actor_id)
    return tenants, accounts


def told_data(data: JsonData, tenant: str, homes: Homes) -> JsonData:
    """Return the fields with each bare id as a public one."""

    def shown(name: str, value: Any) -> Any:
        if name.endswith("_ids"):
            return [public_id(tenant, UUID(text)) for text in value]
        if name.endswith("_id"):
            id_ = UUID(value)
            return public_id(homes.get(id_, tenant) if name in _ACCOUNT_FIELDS else tenant, id_)
        return value

    return {name: shown(name, value) for name, value in data.items()}


def told_event(event: Told, homes: Homes) -> JsonData:
    """Return the payload of a webhook: what the feed says of the event, without the words for people."""
    tenant = event.regency_code

    def public(id_: UUID | None, home: str = tenant) -> str | None:
        return public_id(home, id_) if id_ else None

    actor_home = homes.get(event.actor_id, tenant) if event.actor_id else tenant
    return {
        "type": event.type,
        "timestamp": instant_text(event.at),
        "data": {
            "id": public_id(tenant, event.id),
            "n": event.n,
            "regency": tenant,
            "actor": {"kind": event.actor_kind, "id": public(event.actor_id, actor_home)},
            "cause_id": str(event.cause_id),
            "case_id": public(event.case_id),
            "ticket": event.ticket,
            "referral_id": public(event.referral_id),
            "data": told_data(event.data, tenant, homes),
        },
    }
