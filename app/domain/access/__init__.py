"""Who may do what, where, and what they may see.

Two questions, answered apart: *permission* (a role grants it, a region bounds it) and *sight* (which cases
exist at all for this actor). Each has one table in one place. Whoever holds nothing sees nothing.
"""

from app.domain.access.actors import SYSTEM, Actor, Grant, covers
from app.domain.access.areas import areas_of, widened
from app.domain.access.roles import ROLE_PERMISSIONS, Permission, Role
from app.domain.access.secrecy import (
    About,
    ClosedTo,
    closed_to_for,
    default_confidentiality,
)
from app.domain.access.sight import (
    AgencyArea,
    AgencyBranch,
    AwayBranch,
    Branch,
    CaseSight,
    ClosedBranch,
    NamedBranch,
    OneReferralBranch,
    OwnCaseBranch,
    RegionBranch,
    Scope,
    may_see,
    scope_of,
)

__all__ = [
    "ROLE_PERMISSIONS",
    "SYSTEM",
    "About",
    "Actor",
    "AgencyArea",
    "AgencyBranch",
    "AwayBranch",
    "Branch",
    "CaseSight",
    "ClosedBranch",
    "ClosedTo",
    "Grant",
    "NamedBranch",
    "OneReferralBranch",
    "OwnCaseBranch",
    "Permission",
    "RegionBranch",
    "Role",
    "Scope",
    "areas_of",
    "closed_to_for",
    "covers",
    "default_confidentiality",
    "may_see",
    "scope_of",
    "widened",
]
