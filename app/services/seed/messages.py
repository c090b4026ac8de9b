"""The words of messages, as the nation's defaults."""

from app.db.queries import seed
from app.db.session import transaction
from app.domain.ids import NATION
from app.services.seed.tools import Tools, shipped


async def seed_message_templates(tools: Tools) -> int:
    """Templates that are there stay: an operator may have changed them."""
    rows = [
        {
            "regency_code": NATION,
            "id": tools.ids.new_id(tools.now),
            **one,
            "active": True,
            "version": 1,
        }
        for one in shipped("message_templates")
    ]
    match = ["regency_code", "event", "audience", "channel", "language"]
    async with transaction(tools.database.sessions) as tx:
        return len(await seed.put_missing(tx, "message_templates", rows, match))
