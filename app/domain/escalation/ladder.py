"""Before whom a silent clock is put: the rungs, who stands on them today, and who is never passed over.

A rung where nobody stands goes to the next one at once. Nobody is told of a case that she may not see, so
that a closed case ends at the office that it is closed to, and every other with the secretariat.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.access import Actor, CaseSight, ClosedTo, Role, Scope, may_see, scope_of
from app.domain.codes import Confidentiality

ASSIGNEE: Final = "assignee"
SECRETARIAT: Final = "secretariat"
"""The end of the ladder: the queue of the secretariat, which no leave and no vacancy empties."""


class Put(NamedTuple):
    """A case stands before somebody."""

    rung: str
    account_id: UUID | None
    """None: before the office itself, whoever sits in it."""


class Roster:
    """Who can be told today in one regency: accounts that are active and not on leave, with their grants."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = {one.account_id: one for one in actors if one.account_id is not None}
        self._scopes: dict[UUID, Scope] = {}
        self._holders: dict[tuple[str, str, UUID | None], tuple[UUID, ...]] = {}

    def standing(self, rung: str, case: CaseSight, told: Iterable[UUID | None] = ()) -> UUID | None:
        """Name who stands on a rung for a case: the nearest to it who may see it and is not yet *told*."""
        if rung == ASSIGNEE:
            found: Iterable[UUID] = [case.assignee_id] if case.assignee_id in self._actors else []
        else:
            found = self._holding(rung, case.region, case.desk_id)
        passed = set(told)
        return next((one for one in found if one not in passed and may_see(self._scope(one), case)), None)

    def _holding(self, rung: str, region: str, desk_id: UUID | None) -> tuple[UUID, ...]:
        key = (rung, region, desk_id)
        if key not in self._holders:
            near = {
                account: max(
                    (
                        len(grant.region or "")
                        for grant in actor.grants
                        if grant.role == rung
                        and grant.agency is None
                        and grant.reaches(region)
                        # Who leads a desk leads no other of the village.
                        and (rung != Role.DESK_COORDINATOR or grant.desk_id in {None, desk_id})
                    ),
                    default=0,
                )
                for account, actor in self._actors.items()
            }
            ordered = sorted((-length, account) for account, length in near.items() if length)
            self._holders[key] = tuple(account for _, account in ordered)
        return self._holders[key]

    def _scope(self, account: UUID) -> Scope:
        if account not in self._scopes:
            self._scopes[account] = scope_of(self._actors[account])
        return self._scopes[account]


def climb(
    ladder: Sequence[str],
    before: Sequence[Put],
    case: CaseSight,
    roster: Roster,
    inspector: UUID | None = None,
) -> Put:
    """Return before whom the case is put next: the next rung above *before* on which somebody stands.

    *before*: where it stood since its clock moved. *inspector*: the regency's inspectorate contact.
    """
    told = [put.account_id for put in before]
    reached = max((ladder.index(put.rung) for put in before if put.rung in ladder), default=-1)
    for rung in ladder[reached + 1 :]:
        account = roster.standing(rung, case, told)
        if account is not None:
            return Put(rung, account)
    return landing(case, inspector)


def landing(case: CaseSight, inspector: UUID | None = None) -> Put:
    """Return the end of the ladder for a case; there always is one."""
    if case.confidentiality is not Confidentiality.RAHASIA or case.closed_to is None:
        return Put(SECRETARIAT, None)
    contact = inspector if case.closed_to is ClosedTo.INSPECTORATE else None
    return Put(case.closed_to.value, None if contact in case.about_accounts else contact)


def is_last(put: Put) -> bool:
    """Tell whether nobody stands higher."""
    return put.account_id is None or put.rung == ClosedTo.INSPECTORATE
