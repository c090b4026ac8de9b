"""The one place where sight becomes SQL: every list, get, count, search and feed of cases goes through it.

One clause per kind of grant, never one big OR: a list unions ordered, limited branches, a count unions keys.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from app.db.tables.cases import Case, CaseReader
from app.db.tables.referrals import Referral
from app.domain.access import (
    AgencyBranch,
    AwayBranch,
    Branch,
    ClosedBranch,
    NamedBranch,
    OneReferralBranch,
    OwnCaseBranch,
    RegionBranch,
    Scope,
)
from app.domain.codes import Confidentiality
from app.domain.referrals import LIVE

NATION = "ID"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an actor may see, with each province spelt out as its regencies (never a LIKE over tenants)."""

    scope: Scope
    regencies_of: Callable[[str], Sequence[str]]
    family_of: Callable[[str], Sequence[str]] = lambda region: (region,)
    """The codes under which what lies in a region may be written; a filter reads by all of them."""


def case_clauses(sight: Sight) -> list[ColumnElement[bool]]:
    """Return one clause on ``cases`` per way to see a case; none at all for an actor without grants."""
    clauses: list[ColumnElement[bool]] = []
    for branch in sight.scope.branches:
        clauses.extend(_of_branch(branch, sight))
    kept_in = _not_kept_out(sight)
    return [and_(clause, kept_in) for clause in clauses]


def group_clauses(sight: Sight, on: Any) -> list[ColumnElement[bool]]:
    """Return one clause per way to see a case but by name, on a table with the columns that sight goes by.

    Whoever sees a case by name, and whoever is kept out of one, is asked for by the case itself.
    """
    clauses: list[ColumnElement[bool]] = []
    for branch in sight.scope.branches:
        if not isinstance(branch, NamedBranch | OwnCaseBranch):
            clauses.extend(_of_branch(branch, sight, on))
    return clauses


def sees_case(sight: Sight) -> ColumnElement[bool]:
    """Return the same set as one clause, for a look-up of a single case by its key."""
    return or_(false(), *case_clauses(sight))


def ordinary_in(sight: Sight, regency_code: str) -> ColumnElement[bool]:
    """Return the clause of a regency's ordinary cases, for figures that name none of them."""
    return and_(
        Case.regency_code == regency_code,
        Case.confidentiality == Confidentiality.BIASA.value,
        _not_kept_out(sight),
    )


def _not_kept_out(sight: Sight) -> ColumnElement[bool]:
    account = sight.scope.not_about
    if account is None:
        return true()
    return ~exists().where(
        CaseReader.regency_code == Case.regency_code,
        CaseReader.case_id == Case.id,
        CaseReader.account_id == account,
        CaseReader.standing == "kept_out",
    )


def _of_branch(branch: Branch, sight: Sight, on: Any = Case) -> list[ColumnElement[bool]]:
    match branch:
        case RegionBranch():
            return _of_regions(branch, sight, on)
        case AwayBranch():
            handed = and_(on.away_desk_id.in_(branch.desk_ids), _up_to(branch.max_confidentiality, on))
            return [and_(area, handed) for area in _areas(branch.regions, sight, on)]
        case ClosedBranch():
            return [
                and_(area, on.closed_to == branch.level.value) for area in _areas(branch.regions, sight, on)
            ]
        case NamedBranch():
            return _of_name(branch, sight)
        case AgencyBranch() | OneReferralBranch():
            return []  # Receivers read referrals, not cases.
        case OwnCaseBranch():
            return [Case.id == branch.case_id]


def _of_regions(branch: RegionBranch, sight: Sight, on: Any) -> list[ColumnElement[bool]]:
    secrecy = _up_to(branch.max_confidentiality, on)
    desks = true() if branch.desk_ids is None else on.desk_id.in_(branch.desk_ids)
    return [and_(area, secrecy, desks) for area in _areas(branch.regions, sight, on)]


def held_to_tenants(column: ColumnElement[str], sight: Sight) -> ColumnElement[bool]:
    """Return the clause that *column* is a tenant in which the actor can see any case.

    It narrows nothing that the branches let through; it names the shards, and the index that leads with it.
    """
    regions: list[str] = []
    for branch in sight.scope.branches:
        match branch:
            case RegionBranch() | AwayBranch() | ClosedBranch() | NamedBranch():
                regions.extend(branch.regions)
            case OwnCaseBranch():
                return true()
            case AgencyBranch() | OneReferralBranch():
                pass
    return _in_tenants(column, regions, sight)


def _in_tenants(column: ColumnElement[str], regions: Iterable[str], sight: Sight) -> ColumnElement[bool]:
    tenants: set[str] = set()
    for region in regions:
        if region == NATION:
            return true()
        own = ".".join(region.split(".")[:2])
        tenants |= {own} if "." in region else set(sight.regencies_of(region))
    return column.in_(sorted(tenants))


def _of_name(branch: NamedBranch, sight: Sight) -> list[ColumnElement[bool]]:
    there = _in_tenants(Case.regency_code.expression, branch.regions, sight)
    named = exists().where(
        CaseReader.regency_code == Case.regency_code,
        CaseReader.case_id == Case.id,
        CaseReader.account_id == branch.account_id,
        CaseReader.standing == "named",
    )
    assigned = and_(
        Case.assignee_id == branch.account_id, Case.confidentiality != Confidentiality.RAHASIA.value
    )
    return [and_(there, named), and_(there, assigned)]


def _up_to(level: Confidentiality, on: Any = Case) -> ColumnElement[bool]:
    order = list(Confidentiality)
    allowed = [one.value for one in order[: order.index(level) + 1]]
    return true() if len(allowed) == len(order) else on.confidentiality.in_(allowed)


def _areas(regions: Sequence[str], sight: Sight, on: Any = Case) -> list[ColumnElement[bool]]:
    """Return one clause per region, and per regency of a province.

    Each holds its tenant, so that a shard is found without asking all, and so that each branch of a list
    walks an index in the list's own order.
    """
    spelt = [
        one
        for region in regions
        for one in (sight.regencies_of(region) if _is_province(region) else (region,))
    ]
    return [_area(region, on) for region in spelt]


def _is_province(region: str) -> bool:
    return "." not in region and region != NATION


def _area(region: str, on: Any) -> ColumnElement[bool]:
    if region == NATION:
        return true()
    depth = region.count(".")
    tenant: ColumnElement[bool] = on.regency_code == ".".join(region.split(".")[:2])
    if depth == 1:
        return tenant
    column = on.district_code if depth == 2 else on.village_code  # noqa: PLR2004 - depth of a code
    return and_(tenant, column == region)


def referral_clauses(sight: Sight) -> list[ColumnElement[bool]]:
    """Return one clause on ``referrals`` per way to see a referral.

    A receiver sees the referrals of its agency (and of its region, where the grant names one); of a
    RAHASIA case only those whose account is named on the case. Everyone else sees the referrals of the
    cases that they see.
    """
    # One semi-join per way to see the case: an OR of them would be hashed over the whole table.
    held = held_to_tenants(Referral.regency_code.expression, sight)
    clauses: list[ColumnElement[bool]] = [
        and_(
            held,
            exists().where(Case.regency_code == Referral.regency_code, Case.id == Referral.case_id, clause),
        )
        for clause in case_clauses(sight)
    ]
    for branch in sight.scope.branches:
        if isinstance(branch, AgencyBranch):
            clauses.extend(_of_agencies(branch, sight))
        elif isinstance(branch, OneReferralBranch):
            clauses.append(_of_link(branch))
    return clauses


def sees_referral(sight: Sight) -> ColumnElement[bool]:
    return or_(false(), *referral_clauses(sight))


def _of_link(branch: OneReferralBranch) -> ColumnElement[bool]:
    open_to_it = exists().where(
        Case.regency_code == Referral.regency_code,
        Case.id == Referral.case_id,
        _up_to(branch.max_confidentiality),
    )
    return and_(Referral.regency_code == branch.tenant, Referral.id == branch.referral_id, open_to_it)


def _of_agencies(branch: AgencyBranch, sight: Sight) -> list[ColumnElement[bool]]:
    open_to_it = exists().where(
        Case.regency_code == Referral.regency_code,
        Case.id == Referral.case_id,
        _up_to(branch.max_confidentiality),
    )
    named = exists().where(
        CaseReader.regency_code == Referral.regency_code,
        CaseReader.case_id == Referral.case_id,
        CaseReader.account_id == sight.scope.not_about,
        CaseReader.standing == "named",
    )
    return [
        and_(Referral.agency_code == area.agency, _referral_area(area.region, sight, Referral), way)
        for area in branch.areas
        for way in (open_to_it, named)
    ]


def received_by_area(sight: Sight, on: Any) -> list[ColumnElement[bool]]:
    """Return one clause per area of a receiver, on a referral or on a group that says how secret its case is.

    Whoever sees a referral because a RAHASIA case names her is asked for by the referral itself.
    """
    return [
        and_(on.agency_code == area.agency, _referral_area(area.region, sight, on), _open_to(branch, on))
        for branch in sight.scope.branches
        if isinstance(branch, AgencyBranch)
        for area in branch.areas
    ]


def _open_to(branch: AgencyBranch, on: Any) -> ColumnElement[bool]:
    if on is not Referral:
        return _up_to(branch.max_confidentiality, on)
    return exists().where(
        Case.regency_code == Referral.regency_code,
        Case.id == Referral.case_id,
        _up_to(branch.max_confidentiality),
    )


def held_to_agencies(column: ColumnElement[str], sight: Sight) -> ColumnElement[bool]:
    """Return the clause that *column* is a tenant in which the actor can receive any referral."""
    branches = (one for one in sight.scope.branches if isinstance(one, AgencyBranch))
    return _in_tenants(column, [area.region for branch in branches for area in branch.areas], sight)


def _referral_area(region: str, sight: Sight, on: Any) -> ColumnElement[bool]:
    if region == NATION:
        return true()
    depth = region.count(".")
    if depth == 0:
        return on.regency_code.in_(sight.regencies_of(region))  # type: ignore[no-any-return]  # of any table
    tenant: ColumnElement[bool] = on.regency_code == ".".join(region.split(".")[:2])
    if depth == 1:
        return tenant
    column = on.district_code if depth == 2 else on.village_code  # noqa: PLR2004 - depth of a code
    return and_(tenant, column == region)


def live_referral() -> ColumnElement[bool]:
    return Referral.status.in_([status.value for status in LIVE])
