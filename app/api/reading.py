"""Who reads, in which language, and what the process knows: what most routes and presenters need."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends

from app.api.deps import CurrentActor, House, HouseDep, Known, Lang, Now
from app.api.language import Language
from app.db.queries.scope import Sight
from app.domain.access import Actor, scope_of
from app.domain.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Reading:
    house: House
    known: Knowledge
    actor: Actor
    lang: Language
    now: datetime
    done_from: datetime | None = None
    """Of what a desk did offline: the earliest that it can have been."""

    @property
    def sight(self) -> Sight:
        """What the actor may see, ready for queries."""
        return Sight(scope_of(self.actor), self.known.regions.tenants, self.known.family)


async def _reading(actor: CurrentActor, known: Known, house: HouseDep, lang: Lang, now: Now) -> Reading:
    return Reading(house, known, actor, lang, now)


ReadingDep = Annotated[Reading, Depends(_reading)]
