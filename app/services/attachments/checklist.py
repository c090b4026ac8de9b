"""Which papers a case needs: of its referrals, of the programmes that fit, of its category, of who asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.queries import attachments as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import referrals_of
from app.db.queries.case_view import routing_of
from app.db.queries.cases import find_case
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key, private_of
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.lifecycle import CaseStatus
from app.domain.paper_checklist import Line, checklist, wishes_of
from app.domain.referrals import LIVE, ReferralStatus
from app.domain.routing import Verdict, from_json


@dataclass(frozen=True, slots=True)
class Papers:
    case: Case
    lines: Sequence[Line]


async def papers_of(acting: Acting, sight: Sight, place: tuple[str, str]) -> Papers:
    """Return the checklist of a case.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Conflict: the case's person was erased.
    """
    case = await find_case(acting.tx, sight, *place)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return Papers(case, await lines_of(acting, case))


async def lines_of(acting: Acting, case: Case) -> list[Line]:
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    private = private_of(acting.vault, case, key)
    waiting = case.status == CaseStatus.INCOMPLETE
    wishes = wishes_of(
        acting.known,
        today=acting.today(case.village_code),
        regency=case.regency_code,
        category=case.category,
        programs=await _programs(acting, case),
        asked=await stored.asked_papers(acting.tx, case) if waiting else (),
    )
    filed: dict[str, list[UUID]] = {}
    for row in await stored.attachments_of(acting.tx, case):
        if row.state == stored.STORED and row.paper is not None:
            filed.setdefault(row.paper, []).append(row.id)
    seen = frozenset(private.get("papers") or ()) - stored.filed_only(private)
    return checklist(wishes, seen, filed)


async def _programs(acting: Acting, case: Case) -> list[str]:
    """Name the programmes of live referrals, then those that the last routing found to fit."""
    sent = [
        one.program_code for one in await referrals_of(acting.tx, case) if ReferralStatus(one.status) in LIVE
    ]
    record = await routing_of(acting.tx, case, case.routing_n)
    fitting = [] if record is None else from_json(record.answer).entries
    found = [entry.program for entry in fitting if entry.verdict is Verdict.ELIGIBLE]
    return list(dict.fromkeys([*sent, *found]))
