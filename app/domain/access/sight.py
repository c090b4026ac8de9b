"""Which cases exist for an actor: a description in branches that one query module turns into SQL.

It is one branch per kind of grant and never one big OR, because an OR kills every index. `may_see` is the
same rule on one case; the query is tested against it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.access.actors import NATION, Actor, Grant, covers
from app.domain.access.roles import Permission, Role
from app.domain.access.secrecy import ClosedTo, at_most
from app.domain.codes import ActorKind, Confidentiality

_BIASA: Final = Confidentiality.BIASA
_TERBATAS: Final = Confidentiality.TERBATAS

_AREA_SIGHT: Final[Mapping[Role, Confidentiality]] = MappingProxyType(
    {
        Role.DESK_OFFICER: _BIASA,
        Role.DESK_COORDINATOR: _BIASA,
        Role.VILLAGE_HEAD: _BIASA,
        Role.FACILITATOR: _BIASA,
        Role.CADRE: _BIASA,
        Role.SUPERVISOR: _TERBATAS,
        Role.SECRETARIAT_OFFICER: _TERBATAS,
        Role.APPROVER: _TERBATAS,
        Role.MANAGER: _TERBATAS,
        Role.HEAD: _TERBATAS,
        # The event log shows an auditor every act in codes; the case itself no more than an officer's.
        Role.AUDITOR: _BIASA,
    }
)
"""How far a role sees in its region. Whoever is absent (donor, admins) sees no case by role."""

_CLOSED: Final = MappingProxyType({Role.MANAGER: ClosedTo.MANAGER, Role.HEAD: ClosedTo.HEAD})
_RECEIVERS: Final = frozenset({Role.AGENCY_OFFICER, Role.AGENCY_CLIENT})
_READS: Final = frozenset({Permission.CASE_READ, Permission.REFERRAL_READ})
"""A token that was not asked for one of these sees no case, feeds and lists alike."""


@dataclass(frozen=True, slots=True)
class RegionBranch:
    """Cases in these regions up to a confidentiality; with *desk_ids*, only those that these desks hold."""

    regions: tuple[str, ...]
    max_confidentiality: Confidentiality
    desk_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, order=True)
class AgencyArea:
    agency: str
    region: str
    """``ID`` when the grant has no region of its own."""


@dataclass(frozen=True, slots=True)
class AgencyBranch:
    """Cases through the referrals that these agencies got, as far as each referral's own sight goes."""

    areas: tuple[AgencyArea, ...]
    max_confidentiality: Confidentiality = _TERBATAS
    """A RAHASIA referral is seen by the receiver's accounts that are named on the case."""


@dataclass(frozen=True, slots=True)
class NamedBranch:
    """Cases that name this account: a row in ``case_readers``, or, below RAHASIA, its assignee."""

    account_id: UUID
    regions: tuple[str, ...]
    """Where that can be: in its own tenant and where it has grants. No shard need be asked in vain."""


@dataclass(frozen=True, slots=True)
class ClosedBranch:
    """RAHASIA cases in these regions whose ``closed_to`` is this level."""

    level: ClosedTo
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwayBranch:
    """Cases of other villages that were handed over to these desks."""

    desk_ids: tuple[UUID, ...]
    regions: tuple[str, ...]
    """The regencies of the desks: nothing is handed over beyond."""
    max_confidentiality: Confidentiality


@dataclass(frozen=True, slots=True)
class OwnCaseBranch:
    """The resident's one case."""

    case_id: UUID


@dataclass(frozen=True, slots=True)
class OneReferralBranch:
    """The one referral that a letter's link opens, as far as the referral's own sight goes; no case."""

    tenant: str
    referral_id: UUID
    max_confidentiality: Confidentiality = _TERBATAS
    """A RAHASIA case is for named persons, and whoever holds a link has no name."""


Branch = (
    RegionBranch | AwayBranch | AgencyBranch | NamedBranch | ClosedBranch | OwnCaseBranch | OneReferralBranch
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The union of the branches, less every case that complains about *not_about*."""

    branches: tuple[Branch, ...] = ()
    not_about: UUID | None = None


def scope_of(actor: Actor) -> Scope:
    """Describe what the actor may see. Without grants: nothing."""
    if actor.kind is ActorKind.SYSTEM:
        return Scope((RegionBranch((NATION,), Confidentiality.RAHASIA),))
    if actor.kind is ActorKind.RESIDENT:
        return Scope((OwnCaseBranch(actor.case_id),) if actor.case_id else ())
    if actor.kind is ActorKind.RECEIVER:
        return Scope((OneReferralBranch(actor.tenant, actor.referral_id),) if actor.referral_id else ())
    if not actor.grants or actor.account_id is None:
        return Scope()
    if actor.scopes is not None and not actor.scopes & _READS:
        return Scope()
    found: tuple[Branch, ...] = (
        *_region_branches(actor.grants),
        *_away_branches(actor.grants),
        *_closed_branches(actor.grants),
        *_agency_branches(actor.grants),
        *_named_branches(actor),
    )
    return Scope(found, actor.account_id)


def _minimal(regions: Iterable[str]) -> tuple[str, ...]:
    """Drop regions that lie in another one; sorted."""
    kept: list[str] = []
    for region in sorted(set(regions), key=lambda code: (code != NATION, len(code), code)):
        if not any(covers(wide, region) for wide in kept):
            kept.append(region)
    return tuple(sorted(kept))


def _region_branches(grants: tuple[Grant, ...]) -> tuple[RegionBranch, ...]:
    area = [g for g in grants if g.region is not None and g.agency is None]
    far = _minimal(g.region for g in area if g.region and _AREA_SIGHT.get(g.role) is _TERBATAS)
    near = _minimal(
        g.region
        for g in area
        if g.region and _AREA_SIGHT.get(g.role) is _BIASA and not any(covers(wide, g.region) for wide in far)
    )
    led = [g for g in area if g.role is Role.DESK_COORDINATOR and g.desk_id is not None]
    desks = tuple(sorted({g.desk_id for g in led if g.desk_id}))
    branches = []
    if far:
        branches.append(RegionBranch(far, _TERBATAS))
    if near:
        branches.append(RegionBranch(near, _BIASA))
    if desks:
        regions = _minimal(g.region for g in led if g.region)
        branches.append(RegionBranch(regions, _TERBATAS, desks))
    return tuple(branches)


def _away_branches(grants: tuple[Grant, ...]) -> tuple[AwayBranch, ...]:
    seated = [g for g in grants if g.desk_id and g.region and g.agency is None and g.role in _AREA_SIGHT]
    led = {g.desk_id for g in seated if g.role is Role.DESK_COORDINATOR}
    branches = []
    for limit, theirs in (
        (_TERBATAS, [g for g in seated if g.desk_id in led]),
        (_BIASA, [g for g in seated if g.desk_id not in led]),
    ):
        if theirs:
            desks = tuple(sorted({g.desk_id for g in theirs if g.desk_id}))
            regions = _minimal(".".join(g.region.split(".")[:2]) for g in theirs if g.region)
            branches.append(AwayBranch(desks, regions, limit))
    return tuple(branches)


def _closed_branches(grants: tuple[Grant, ...]) -> tuple[ClosedBranch, ...]:
    branches = []
    for role, level in _CLOSED.items():
        regions = _minimal(g.region for g in grants if g.role is role and g.region)
        if regions:
            branches.append(ClosedBranch(level, regions))
    return tuple(branches)


def _agency_branches(grants: tuple[Grant, ...]) -> tuple[AgencyBranch, ...]:
    areas = {
        AgencyArea(g.agency, g.region or NATION)
        for g in grants
        if g.agency is not None and g.role in _RECEIVERS
    }
    return (AgencyBranch(tuple(sorted(areas))),) if areas else ()


def _named_branches(actor: Actor) -> tuple[NamedBranch, ...]:
    # Donors and administrators stay blind even if a row should name them by mistake.
    sighted = any(g.role in _AREA_SIGHT or g.role in _RECEIVERS for g in actor.grants)
    if not sighted or actor.account_id is None:
        return ()
    regions = _minimal([actor.tenant, *(g.region for g in actor.grants if g.region is not None)])
    return (NamedBranch(actor.account_id, regions),)


@dataclass(frozen=True, slots=True)
class CaseSight:
    """What of a case decides who may see it."""

    region: str
    confidentiality: Confidentiality
    case_id: UUID | None = None
    desk_id: UUID | None = None
    """The desk that holds it; None when the secretariat does."""
    away_desk_id: UUID | None = None
    """The same, where it is the desk of another village."""
    assignee_id: UUID | None = None
    named: frozenset[UUID] = frozenset()
    about_accounts: frozenset[UUID] = frozenset()
    closed_to: ClosedTo | None = None
    receivers: frozenset[str] = frozenset()
    """The agencies of its referrals."""


def may_see(scope: Scope, case: CaseSight) -> bool:
    """Tell whether one case lies in the scope: the rule that the query must agree with."""
    if scope.not_about is not None and scope.not_about in case.about_accounts:
        return False
    return any(_in_branch(branch, case) for branch in scope.branches)


def _in_branch(branch: Branch, case: CaseSight) -> bool:  # noqa: PLR0911  # one answer for each kind
    match branch:
        case RegionBranch(regions, limit, desk_ids):
            held = desk_ids is None or case.desk_id in desk_ids
            return held and at_most(case.confidentiality, limit) and _in_any(regions, case.region)
        case AwayBranch(desk_ids, regions, limit):
            lent = case.away_desk_id in desk_ids
            return lent and at_most(case.confidentiality, limit) and _in_any(regions, case.region)
        case AgencyBranch(areas, limit):
            return at_most(case.confidentiality, limit) and any(
                area.agency in case.receivers and covers(area.region, case.region) for area in areas
            )
        case NamedBranch(account, regions):
            assigned = case.assignee_id == account and at_most(case.confidentiality, _TERBATAS)
            return (assigned or account in case.named) and _in_any(regions, case.region)
        case ClosedBranch(level, regions):
            secret = case.confidentiality is Confidentiality.RAHASIA
            return secret and case.closed_to is level and _in_any(regions, case.region)
        case OwnCaseBranch(case_id):
            return case.case_id == case_id
        case OneReferralBranch():
            return False


def _in_any(regions: tuple[str, ...], code: str) -> bool:
    return any(covers(region, code) for region in regions)
