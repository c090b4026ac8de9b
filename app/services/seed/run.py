"""The order in which things are loaded."""

from app.db.queries import work
from app.db.session import transaction
from app.services.seed.catalogue import (
    seed_agencies,
    seed_codes,
    seed_letter_templates,
    seed_policies,
    seed_programs,
)
from app.services.seed.holidays import seed_holidays
from app.services.seed.messages import seed_message_templates
from app.services.seed.people import Invent, Sealing, Wanted, seed_people
from app.services.seed.places import packed_regions, peopled, seed_frontends, seed_places
from app.services.seed.regions import seed_regions
from app.services.seed.tools import Tools

PARTS = {
    "regions": seed_regions,
    "codes": seed_codes,
    "agencies": seed_agencies,
    "programs": seed_programs,
    "policies": seed_policies,
    "letter_templates": seed_letter_templates,
    "holidays": seed_holidays,
    "messages": seed_message_templates,
    "places": seed_places,
    "frontends": seed_frontends,
}


async def seed_reference(tools: Tools) -> dict[str, int]:
    """Load everything but people and log-ins; return how many rows each part touched."""
    touched = {}
    for part, load in PARTS.items():
        tools.say(part, 0, 0)
        touched[part] = await load(tools)
    async with transaction(tools.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now)
    return touched


async def seed_people_of(tools: Tools, sealing: Sealing, persons: int, invent: Invent) -> int:
    """Spread *persons* invented people evenly over the places; return how many came in now."""
    villages = peopled(packed_regions())
    share, rest = divmod(persons, len(villages))
    came = 0
    for place, (regency, there) in enumerate(villages.items()):
        wanted = Wanted(regency, there, share + (place < rest))
        came += await seed_people(tools, sealing, wanted, invent)
    return came
