"""One act: who does it, when, with which knowledge and keys; all that it changes shares its ``cause_id``."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from app.db.session import Tx
from app.domain.access import Actor
from app.domain.knowledge import Knowledge
from app.domain.sla import local_date


class Vault(Protocol):
    """The part of the vault that seals the texts of a case; a data key is handed back as it was given."""

    def unwrap(self, wrapped: bytes) -> Any: ...
    def seal(self, data_key: Any, table: str, column: str, row_id: UUID, text: str) -> bytes: ...
    def open(self, data_key: Any, table: str, column: str, row_id: UUID, sealed: bytes) -> str: ...
    def text_hmac(self, data_key: Any, text: str) -> str: ...


class Ids(Protocol):
    def new_id(self, now: datetime) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Acting:
    tx: Tx
    known: Knowledge
    vault: Vault
    ids: Ids
    actor: Actor
    now: datetime
    cause_id: UUID
    done_from: datetime | None = None
    """Of what a desk did offline: the earliest that it can have been. None for what is done now."""

    def new_id(self) -> UUID:
        return self.ids.new_id(self.now)

    def today(self, region: str) -> date:
        """The local date in *region*."""
        return local_date(self.now, region)
