"""What every job is given; made once in a composition root."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.db.queries.acting import Acting
from app.db.session import Database, Tx
from app.domain.access import SYSTEM, Actor
from app.domain.knowledge import Knowledge
from app.integrations.object_store import ObjectStore
from app.integrations.randomness import Ids
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.integrations.vault import Blind, Vault
from app.services.knowledge import KnowledgeSource
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Tools:
    database: Database
    now: Callable[[], datetime]
    signer: SealSigner
    copies: SealCopies
    settings: Settings
    knowledge: KnowledgeSource
    vault: Vault
    blind: Blind
    ids: Ids
    objects: ObjectStore
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set from outside: the worker finishes the transaction it is in, and ends."""

    def acting(self, tx: Tx, known: Knowledge) -> Acting:
        """One act of the system, now."""
        return self.acting_as(tx, known, SYSTEM)

    def acting_as(self, tx: Tx, known: Knowledge, actor: Actor) -> Acting:
        """One look with somebody's eyes, now."""
        now = self.now()
        return Acting(tx, known, self.vault, self.ids, actor, now, self.ids.new_id(now))
