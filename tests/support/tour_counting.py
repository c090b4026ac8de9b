"""The part of the walk where figures are counted, from scratch too, and a month is published."""

from datetime import UTC, datetime
from random import Random

from app.db.queries import counting
from app.db.session import read_only, transaction
from app.services.counting import count_on, rebuild
from app.services.statistics import publish
from app.worker.jobs.figures import count_figures
from app.worker.jobs.periodic_reports import make_reports
from app.worker.jobs.statistics import publish_statistics
from app.worker.tools import Tools
from tests.support.working import claim_of

TENANT = "13.74"


async def figures_sent(tools: Tools) -> None:
    """Count, publish, forget and count anew."""
    await count_figures(tools, claim_of("count_figures"))
    await publish_statistics(tools, claim_of("publish_statistics"))
    await make_reports(tools, claim_of("make_reports"))
    async with read_only(tools.database.sessions) as tx:
        assert await counting.case_count(tx, await counting.tenants_with_cases(tx))
    async with transaction(tools.database.sessions) as tx:
        now = datetime.now(UTC)
        assert await rebuild(tx, TENANT, now, lambda _: None)
        await count_on(tx, TENANT, now)
        await publish(tx, TENANT, now.date().isoformat()[:7], now, Random(1))  # noqa: S311  # no secret
