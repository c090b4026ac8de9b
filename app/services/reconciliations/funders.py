"""Who else may pay for somebody: the funders of the regency's policy in order, with the places left."""

from app.db.queries import allotments
from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings
from app.db.tables.reconciliations import Reconciliation
from app.domain.access import covers
from app.domain.ids import tenant_digits
from app.domain.knowledge import Knowledge
from app.domain.reconciliation import Quota
from app.domain.sla import local_date

POLICY = "fallback_funders"


def order_of(known: Knowledge, program: str, region: str) -> list[str]:
    """Name the programmes that may take over; one without suffix may be the regency's own."""
    regency = region[:5]
    named = known.policy_value(regency, POLICY, {}).get(program, [])
    found: list[str] = []
    for code in named:
        own = f"{code}-{tenant_digits(regency)}"
        rules = known.programs.get(code) or known.programs.get(own)
        if rules is not None and any(covers(area, region) for area in rules.version.coverage):
            found.append(rules.code)
    return found


async def quotas(acting: Acting, row: Reconciliation, *, locked: bool = False) -> list[Quota]:
    """Say how many more people each fallback can take; one without an allotment promises no place.

    *locked*: the allotments are locked first, so that two decisions cannot promise the last place.
    """
    programs = order_of(acting.known, row.program_code, row.region_code)
    if not programs:
        return []
    if locked:
        await findings.lock_allotments(acting.tx, row.regency_code, programs)
    left = await allotments.left_on(acting.tx, row.regency_code, local_date(acting.now, row.region_code))
    promised = await findings.promised(acting.tx, row.regency_code, programs)
    return [Quota(code, max(0, left.get(code, 0) - promised.get(code, 0))) for code in programs]
