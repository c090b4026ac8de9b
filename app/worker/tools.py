"""What every job is given; made once in a composition root."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.db.session import Database
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner


@dataclass(frozen=True, slots=True)
class Tools:
    database: Database
    now: Callable[[], datetime]
    signer: SealSigner
    copies: SealCopies
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set from outside: the worker finishes the transaction it is in, and ends."""
