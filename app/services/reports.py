"""Who may still report from one address: counted before the report is read, so that a flood waits outside.

No report is dropped in silence: whoever sends too many is told when to come again. An address is stored as a
keyed digest only, and an hour's worth of it.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from app.db.queries import attempts
from app.db.session import Tx
from app.domain.knowledge import Knowledge

WINDOW: Final = timedelta(hours=1)
MOST: Final = 10
"""From one address in an hour, where the policy ``reports_per_hour`` says nothing. Ours."""
_BUCKET: Final = "report.address"


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


async def admit(tx: Tx, known: Knowledge, tenant: str, sender: bytes, now: datetime) -> timedelta | None:
    """Count one report of *sender*; return how long to wait when there were too many in this hour."""
    count = await attempts.count_try(tx, tenant, _BUCKET, sender, WINDOW, now)
    if count.tries <= int(known.policy_value(tenant, "reports_per_hour", MOST)):
        return None
    return count.since + WINDOW - now


async def give_back(tx: Tx, tenant: str, sender: bytes) -> None:
    """Take one count back: the same report was sent again, as a bad link makes people do."""
    await attempts.give_back(tx, tenant, _BUCKET, sender)


def sender_of(digests: Digests, address: str) -> bytes:
    return digests.digest("report", address)
