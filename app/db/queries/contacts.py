"""Tries to reach a resident, as they were recorded."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.hands import Contact
from app.domain.hands import Tried, contacts_enough
from app.domain.knowledge import Knowledge

CONTACT = "contact"
UNREACHABLE_POLICY = "unreachable_contacts"


async def contacts_of(tx: Tx, case: Case) -> Sequence[Contact]:
    """Return the contacts of the case, oldest try first."""
    statement = select(Contact).where(Contact.regency_code == case.regency_code, Contact.case_id == case.id)
    return (await tx.scalars(statement.order_by(Contact.at, Contact.id))).all()


async def enough(tx: Tx, known: Knowledge, case: Case) -> bool:
    """Tell whether what was tried meets the regency's policy for ``unreachable``."""
    tried = [
        Tried(row.at, row.means, bool(known.attrs("contact_result", row.result).get("reached")))
        for row in await contacts_of(tx, case)
    ]
    policy = known.policy_value(case.regency_code, UNREACHABLE_POLICY, {})
    return contacts_enough(tried, policy, known.zone(case.village_code))
