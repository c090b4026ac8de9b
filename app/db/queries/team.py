"""The officers of a regency as a team: who they are, who is away, and how much each has in hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case as when
from sqlalchemy import func, or_, select, union

from app.db.queries.absences import away_on
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, case_clauses
from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.access import Grant as GrantRow
from app.db.tables.cases import Case
from app.db.tables.hands import Absence, Visit
from app.db.tables.places import Cadre
from app.domain.access import Actor, CaseSight, Grant, Permission, Role, may_see, scope_of
from app.domain.codes import ActorKind
from app.domain.hands import Hand, Load, Standing, Unfit, nearness, why_unfit
from app.domain.ids import public_id

AT_REST = ("resolved", "closed", "void")
CAPACITY = 60
"""Open cases that one officer can carry where the regency's policy does not say. Ours."""


@dataclass(frozen=True, slots=True)
class Member:
    """One officer with the grants in force today."""

    login: str
    name: str
    active: bool
    actor: Actor
    leave: Absence | None

    @property
    def account_id(self) -> UUID:
        if self.actor.account_id is None:
            raise ValueError("A member is an account.")
        return self.actor.account_id


@dataclass(frozen=True, slots=True)
class Counts:
    open: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    """When the oldest of the open cases was opened."""


NOTHING = Counts()


async def members(
    tx: Tx, regency_code: str, today: date, accounts: Collection[UUID] | None = None
) -> dict[UUID, Member]:
    """Return the officers of the regency, or those among *accounts*, by login."""
    statement = select(Account.id, Account.login, Account.name, Account.active).where(
        Account.regency_code == regency_code, Account.kind == "officer"
    )
    if accounts is not None:
        statement = statement.where(Account.id.in_(list(accounts)))
    rows = (await tx.execute(statement.order_by(Account.login))).all()
    ids = [row.id for row in rows]
    held = await _grants(tx, regency_code, ids, today)
    away = await away_on(tx, regency_code, ids, today)
    return {
        row.id: Member(
            row.login,
            row.name,
            row.active,
            Actor(
                ActorKind.OFFICER,
                regency_code,
                row.id,
                tuple(held.get(row.id, ())),
                public_id(regency_code, row.id),
            ),
            away.get(row.id),
        )
        for row in rows
    }


async def _grants(
    tx: Tx, regency_code: str, accounts: Sequence[UUID], today: date
) -> dict[UUID, list[Grant]]:
    rows = await tx.execute(
        select(
            GrantRow.account_id, GrantRow.role, GrantRow.region_code, GrantRow.agency_code, GrantRow.desk_id
        )
        .where(
            GrantRow.regency_code == regency_code,
            GrantRow.account_id.in_(accounts),
            GrantRow.valid_from <= today,
            or_(GrantRow.valid_to.is_(None), GrantRow.valid_to >= today),
        )
        .order_by(GrantRow.id)
    )
    found: dict[UUID, list[Grant]] = {}
    for row in rows:
        grant = Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id)
        found.setdefault(row.account_id, []).append(grant)
    return found


async def counts(
    tx: Tx, sight: Sight, regency_code: str, accounts: Collection[UUID], now: datetime
) -> dict[UUID, Counts]:
    """Count the open cases of each account, as far as *sight* goes: what the lists of the same eyes hold."""
    branches = [
        select(Case.id, Case.assignee_id, Case.due_at, Case.opened_at).where(
            clause,
            Case.regency_code == regency_code,
            Case.assignee_id.in_(list(accounts)),
            Case.status.not_in(AT_REST),
        )
        for clause in case_clauses(sight)
    ]
    if not branches or not accounts:
        return {}
    seen = (union(*branches) if len(branches) > 1 else branches[0]).subquery()
    late = func.count(when((seen.c.due_at < now, 1)))
    rows = await tx.execute(
        select(seen.c.assignee_id, func.count(), late, func.min(seen.c.opened_at)).group_by(
            seen.c.assignee_id
        )
    )
    return {account: Counts(open_, overdue, oldest) for account, open_, overdue, oldest in rows}


async def visits_planned(
    tx: Tx, sight: Sight, regency_code: str, accounts: Collection[UUID]
) -> dict[UUID, int]:
    """Count the planned visits of each account to cases within *sight*."""
    branches = [
        select(Visit.id, Visit.visitor_id)
        .join(Case, (Case.regency_code == Visit.regency_code) & (Case.id == Visit.case_id))
        .where(
            clause,
            Visit.regency_code == regency_code,
            Visit.visitor_id.in_(list(accounts)),
            Visit.state == "planned",
        )
        for clause in case_clauses(sight)
    ]
    if not branches or not accounts:
        return {}
    seen = (union(*branches) if len(branches) > 1 else branches[0]).subquery()
    rows = await tx.execute(select(seen.c.visitor_id, func.count()).group_by(seen.c.visitor_id))
    return {account: count for account, count in rows}  # noqa: C416  # rows are not pairs to mypy


async def capacities(tx: Tx, regency_code: str, accounts: Collection[UUID]) -> dict[UUID, int]:
    """Return what the register of cadres says that an account can carry, where it says so."""
    rows = await tx.execute(
        select(Cadre.account_id, func.min(Cadre.capacity))
        .where(
            Cadre.regency_code == regency_code,
            Cadre.account_id.in_(list(accounts)),
            Cadre.capacity.is_not(None),
            Cadre.active,
        )
        .group_by(Cadre.account_id)
    )
    return {account: most for account, most in rows if account is not None and most is not None}


async def names(tx: Tx, regency_code: str, accounts: Collection[UUID | None]) -> dict[UUID, str]:
    """Return the names of accounts of the regency."""
    wanted = [one for one in accounts if one is not None]
    if not wanted:
        return {}
    rows = await tx.execute(
        select(Account.id, Account.name).where(Account.regency_code == regency_code, Account.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}


async def loads(
    acting: Acting, sight: Sight, regency_code: str, accounts: Collection[UUID]
) -> dict[UUID, Load]:
    """Return what each account has in hand, as far as *sight* goes, and how much it can carry."""
    counted = await counts(acting.tx, sight, regency_code, accounts, acting.now)
    said = await capacities(acting.tx, regency_code, accounts)
    usual = int(acting.known.policy_value(regency_code, "officer_capacity", CAPACITY))
    found = {}
    for account in accounts:
        count = counted.get(account, NOTHING)
        found[account] = Load(count.open, count.overdue, said.get(account, usual))
    return found


def unfit(member: Member, seen: CaseSight) -> Unfit | None:
    """Say why *member* cannot take the case today; None when she can."""
    return why_unfit(Standing(member.actor, active=member.active, away=member.leave is not None), seen)


def hand_of(member: Member, case: Case, load: Load) -> Hand:
    actor = member.actor
    works = actor.has(Permission.CASE_WORK, case.village_code, case.desk_id)
    return Hand(member.account_id, nearness(actor.grants, case.village_code), load, works=works)


def reaches(actor: Actor, member: Member) -> bool:
    """Tell whether *actor* looks after a team where *member* has an office."""
    return any(
        grant.region is not None and actor.has(Permission.TEAM_MANAGE, grant.region)
        for grant in member.actor.grants
    )


def sees(member: Member, seen: CaseSight) -> bool:
    """Tell whether *member* is at work and may see the case as it stands, without being given it."""
    at_work = member.active and member.leave is None
    return at_work and may_see(scope_of(member.actor), seen)
