"""Loading what the wheel carries. A second run finds everything there and changes nothing.

Each part is one transaction of one tenant (people: one per batch), so an interrupted run goes on where
it stopped.
"""

from app.services.seed.demo import DEMO_PASSWORD, demo_secret, seed_demo_accounts
from app.services.seed.people import Household, Invent, Sealing, Villages, seed_cast
from app.services.seed.regions import change_regions
from app.services.seed.run import seed_people_of, seed_reference
from app.services.seed.tools import Say, Tools, silent

__all__ = [
    "DEMO_PASSWORD",
    "Household",
    "Invent",
    "Say",
    "Sealing",
    "Tools",
    "Villages",
    "change_regions",
    "demo_secret",
    "seed_cast",
    "seed_demo_accounts",
    "seed_people_of",
    "seed_reference",
    "silent",
]
