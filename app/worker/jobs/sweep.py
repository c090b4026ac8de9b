"""Taking away what has had its time: answers kept for a retry, tokens that ended, windows of tries.

And sign-ins that never came back from the outside issuer.
"""

from datetime import datetime, timedelta
from typing import Final

from app.db.queries import attempts, idempotency, seals, sessions, sign_ins
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.worker.tools import Tools

EVERY: Final = timedelta(days=1)
ANSWERS_KEPT: Final = timedelta(days=30)
"""Desks are offline for days: so long may a request be sent again."""
TOKENS_KEPT: Final = timedelta(days=1)
"""After their end, so that the reuse of an old refresh token still shows."""
TRIES_KEPT: Final = timedelta(days=90)
"""Long enough to know an address again from which somebody logs in each quarter."""


async def sweep(tools: Tools, _held: Claim) -> datetime:
    """Sweep every tenant in a transaction of its own; return when to come again."""
    async with read_only(tools.database.sessions) as tx:
        # Whoever writes or logs in leaves an entry in the access log or the feed.
        tenants = await seals.sealable_tenants(tx)
    for tenant in tenants:
        now = tools.now()
        async with transaction(tools.database.sessions) as tx:
            await idempotency.drop_old(tx, tenant, now - ANSWERS_KEPT)
            await sessions.drop_expired(tx, tenant, now - TOKENS_KEPT)
            await attempts.drop_old(tx, tenant, now - TRIES_KEPT)
        if tools.stop.is_set():
            return tools.now()
    async with transaction(tools.database.sessions) as tx:
        await sign_ins.drop_expired(tx, tools.now())
    return tools.now() + EVERY
