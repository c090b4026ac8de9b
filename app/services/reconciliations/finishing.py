"""The end of a reconciliation: counted, told, and open to be worked."""

from typing import Any

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations.findings import Wanted
from app.db.queries.reconciliations.rows import MAIN, Place
from app.db.tables.reconciliations import Reconciliation
from app.domain.events.reconciliations import ReconciliationFinished
from app.domain.ids import public_id
from app.domain.reconciliation import Kind, State
from app.services.reconciliations.ordering import tell


async def finish(acting: Acting, row: Reconciliation) -> dict[str, int]:
    """Close the books of *row*, which is locked; done once, however often it is called."""
    place = Place(row.regency_code, row.id, MAIN)
    if row.state != State.RUNNING.value:
        return dict(row.counts)
    outcomes = await staged.outcomes(acting.tx, place)
    groups = await findings.groups(acting.tx, Wanted(row.regency_code, row.id))
    missing = sum(one.count for one in groups if one.kind == Kind.MISSING.value)
    counts = {kind.value: outcomes.get(kind.value, 0) for kind in Kind}
    counts[Kind.MISSING.value] = missing
    row.counts, row.row_count = counts, sum(outcomes.values())
    row.state, row.finished_at = State.READY.value, acting.now
    happened = ReconciliationFinished(
        thing_id=row.id,
        rows=row.row_count,
        matched=counts[Kind.MATCHED.value],
        findings=sum(one.count for one in groups),
    )
    await tell(acting, row, happened)
    return counts


def public(row: Reconciliation) -> Any:
    return public_id(row.regency_code, row.id)
