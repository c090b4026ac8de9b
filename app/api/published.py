"""What was published of a month, for the API and for the page alike."""

import re
from typing import Final

from app.db.queries import statistics
from app.db.session import Tx
from app.db.tables.figures import PublishedStatistics
from app.domain.errors import NotFound
from app.domain.ids import is_region, tenant_of

KEPT: Final = "public, max-age=300"
"""What was published stays as it is; that a month is new is known within five minutes."""
_MONTH: Final = re.compile(r"2[0-9]{3}-[01][0-9]", re.ASCII)


async def published_month(tx: Tx, regency: str, month: str) -> PublishedStatistics:
    """Return what was published.

    Raises:
        NotFound: nothing was, or that is no regency and month.
    """
    found = None
    if is_region(regency) and _MONTH.fullmatch(month):
        found = await statistics.one(tx, tenant_of(regency), month)
    if found is None:
        raise NotFound
    return found
