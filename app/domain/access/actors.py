"""Whoever acts, and the grants that say where."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.domain.access.roles import REPORTING, ROLE_PERMISSIONS, Permission, Role
from app.domain.codes import ActorKind
from app.domain.errors import Forbidden

NATION = "ID"


def covers(region: str, code: str) -> bool:
    """Tell whether *code* is *region* or lies in it: equal, or a prefix that ends at a dot."""
    return region in (code, NATION) or code.startswith(f"{region}.")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one place. A role at a desk names a region; a role at an agency names the agency.

    A grant that lacks what its role needs gives nothing. Only grants in force today are handed in.
    """

    role: Role
    region: str | None = None
    agency: str | None = None
    desk_id: UUID | None = None

    def reaches(self, region: str) -> bool:
        return self.region is not None and covers(self.region, region)

    def sits_at(self, desk_id: UUID | None) -> bool:
        return desk_id is not None and self.desk_id == desk_id

    def serves(self, agency: str, region: str) -> bool:
        """Tell whether this grant speaks for *agency* there; without a region, everywhere."""
        return self.agency == agency and (self.region is None or covers(self.region, region))


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    tenant: str
    account_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    name_code: str = ""
    """What the event log and screens call the actor: a code, never a name of a person."""
    case_id: UUID | None = None
    """The one case of a resident who showed ticket and PIN; None for everybody else.

    A resident without a case is somebody who reports: no session is ever made for her.
    """
    link_id: UUID | None = None
    """The letter's link that a receiver without an account opened, and the one referral that it opens."""
    referral_id: UUID | None = None
    scopes: frozenset[Permission] | None = None
    """What the token of an agency's system was asked for: it may do that and no more; None is no bound."""

    def permissions_at(self, region: str, desk_id: UUID | None = None) -> frozenset[Permission]:
        """What the actor may do to a case in *region*, as an officer of an area or its resident.

        *desk_id*: the desk that holds the case. Whoever sits there works on it as on a case of the desk's own
        village, wherever it lies.

        An agency's receivers get nothing here: they act on referrals (`permissions_for`).
        """
        if self.kind is ActorKind.SYSTEM:
            return frozenset(Permission)
        if self.kind is ActorKind.RESIDENT:
            return ROLE_PERMISSIONS[Role.RESIDENT] if self.case_id else REPORTING
        here = (g for g in self.grants if g.agency is None and (g.reaches(region) or g.sits_at(desk_id)))
        return self._scoped(_union(g.role for g in here))

    def permissions_for(self, agency: str, region: str) -> frozenset[Permission]:
        """What the actor may do in the name of *agency* to a referral whose case lies in *region*."""
        return self._scoped(_union(g.role for g in self.grants if g.serves(agency, region)))

    def _scoped(self, held: frozenset[Permission]) -> frozenset[Permission]:
        return held if self.scopes is None else held & self.scopes

    def has(self, permission: Permission, region: str, desk_id: UUID | None = None) -> bool:
        return permission in self.permissions_at(region, desk_id)

    def ever(self, permission: Permission) -> bool:
        """Tell whether the actor holds *permission* anywhere: the first of the two 403 checks."""
        if self.kind is ActorKind.SYSTEM:
            return True
        if self.kind is ActorKind.RESIDENT:
            return self.case_id is not None and permission in ROLE_PERMISSIONS[Role.RESIDENT]
        if self.scopes is not None and permission not in self.scopes:
            return False
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)

    def holds(self, role: Role, region: str) -> bool:
        return any(grant.role is role and grant.reaches(region) for grant in self.grants)

    def has_within(self, permission: Permission, region: str) -> bool:
        """Tell whether the actor holds *permission* in *region* or anywhere inside it."""
        inside = (g for g in self.grants if g.region is not None and covers(region, g.region))
        return self.has(permission, region) or permission in self._scoped(_union(g.role for g in inside))

    def require(self, permission: Permission, region: str, desk_id: UUID | None = None) -> None:
        """Raise `Forbidden` unless the actor holds *permission* in *region*, or at the desk that holds it."""
        if not self.has(permission, region, desk_id):
            raise forbidden(permission)

    def require_ever(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the actor holds *permission* somewhere."""
        if not self.ever(permission):
            raise forbidden(permission)


def forbidden(permission: Permission) -> Forbidden:
    return Forbidden(
        id="Peran Anda tidak boleh melakukan tindakan ini di wilayah ini.",
        en="Your role may not do this in this region.",
        data={"permission": permission.value},
    )


def _union(roles: Iterable[Role]) -> frozenset[Permission]:
    held: frozenset[Permission] = frozenset()
    for role in roles:
        held |= ROLE_PERMISSIONS[role]
    return held


SYSTEM = Actor(ActorKind.SYSTEM, NATION, name_code="system")
