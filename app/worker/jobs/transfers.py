"""Opening a transferred case in its new regency: once, wherever the worker is killed."""

from app.db.queries.transfers import read_leaving
from app.db.queries.work import Claim
from app.db.session import read_only, transaction
from app.services import facts, transfers
from app.worker.tools import Tools


async def open_there(tools: Tools, held: Claim) -> None:
    """Read the old case, open the new one, tell the old one: three transactions, each of one tenant.

    A case whose content was erased meanwhile is opened nowhere: there is nothing left to go on with.
    """
    case_id, village, referrals = transfers.read_payload(held.payload)
    known = await tools.knowledge.current(tools.now())
    async with read_only(tools.database.sessions) as tx:
        leaving = await read_leaving(tx, tools.vault, held.regency_code, case_id)
    if leaving is None or leaving.case.transferred_to is not None:
        return
    opening = transfers.Opening(
        tools.vault,
        tools.blind,
        lambda regency: tools.ids.ticket(regency).text,
        tools.ids.pin,
        village,
        referrals,
    )
    async with transaction(tools.database.sessions) as tx:
        acting = tools.acting(tx, known)
        arrived = await transfers.arrive(acting, opening, leaving)
        if arrived.new:
            await facts.route_again(acting, arrived.case)
    async with transaction(tools.database.sessions) as tx:
        await transfers.follow_on(tools.acting(tx, known), held.regency_code, case_id, arrived.case)
