"""Whose a programme is: where its rules may hold, and who may write and publish them."""

from dataclasses import dataclass

from app.domain.access import Actor, Permission
from app.domain.codes import Level
from app.domain.ids import NATION, tenant_of
from app.domain.knowledge import Knowledge
from app.domain.programs.check import Vocabulary


@dataclass(frozen=True, slots=True)
class Owner:
    """The body that runs a programme; of a kind's programme (one body in each regency) the nation."""

    agency: str
    region: str
    level: Level | None

    @property
    def tenant(self) -> str:
        return tenant_of(self.region)


def owner_of(known: Knowledge, agency: str) -> Owner:
    found = known.agencies.get(agency)
    return Owner(agency, NATION, None) if found is None else Owner(agency, found.region, found.level)


def may(actor: Actor, permission: Permission, owner: Owner) -> bool:
    """Tell whether the actor holds *permission* as the body's officer, or over its whole region."""
    return actor.has(permission, owner.region) or permission in actor.permissions_for(
        owner.agency, owner.region
    )


def vocabulary_of(known: Knowledge, owner: Owner) -> Vocabulary:
    kinds = {one.kind for one in known.agencies.values()}
    return Vocabulary(
        knows=known.knows,
        knows_program=known.programs.__contains__,
        knows_agency=lambda name: name in known.agencies or name in kinds,
        knows_region=lambda code: code == NATION or code in known.regions,
        owner=owner.region,
        level=owner.level,
    )


def agencies_of(known: Knowledge, actor: Actor, permission: Permission) -> frozenset[str]:
    """The bodies for whose programmes the actor holds *permission*; kinds are the nation's."""
    return frozenset(
        one.code
        for one in known.agencies.values()
        if may(actor, permission, Owner(one.code, one.region, one.level))
    )
