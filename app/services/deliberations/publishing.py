"""Publishing a result, and ratifying it once nobody can object any more."""

from collections.abc import Sequence
from typing import Final

from app.db.queries import deliberations as stored
from app.db.queries import objections as objected
from app.db.queries.acting import Acting
from app.db.queries.proposal_batches import News, tell_cases
from app.db.tables.deliberations import Deliberation, DeliberationCandidate
from app.domain.deliberation.deciding import (
    UNDECIDED,
    Decision,
    Ready,
    Standing,
    check_ratifiable,
)
from app.domain.deliberation.publication import POLICY as NAMES_POLICY
from app.domain.deliberation.publication import Names, Shown, published_name
from app.domain.deliberation.quorum import Quorum
from app.domain.deliberation.states import SessionAction, SessionKind
from app.domain.deliberation.windows import (
    CUTOFF_DAY,
    OBJECTION_DAYS,
    Cutoff,
    cutoff_of,
    last_day,
    window_end,
)
from app.domain.events.deliberations import CaseDeliberated
from app.domain.referrals import RegistryStage
from app.domain.sla import local_date
from app.services.deliberations.opening import open_candidates
from app.services.deliberations.places import CheckVersion, Held, Place, hold, quorum_now

A = SessionAction
_DECIDED: Final = Standing.DECIDED.value


def objection_days(acting: Acting, regency: str) -> int:
    return int(acting.known.policy_value(regency, "objection_days", OBJECTION_DAYS))


def cutoff_for(acting: Acting, session: Deliberation) -> Cutoff:
    """Say which monthly cut-off the session meets."""
    day = int(acting.known.policy_value(session.regency_code, "proposal_cutoff_day", CUTOFF_DAY))
    zone = acting.known.zone(session.regency_code)
    ends = last_day(session.objections_until, zone) if session.objections_until else None
    meets_on = local_date(session.starts_at, session.village_code)
    return cutoff_of(meets_on, objection_days(acting, session.regency_code), day, ends)


async def publish(acting: Acting, place: Place, check: CheckVersion) -> Deliberation:
    """Make the result public; the window of objections to what was decided begins now."""
    held = await hold(acting, place, A.PUBLISH, check)
    session = held.session
    today = acting.today(session.village_code)
    until = window_end(
        today, objection_days(acting, session.regency_code), acting.known.zone(session.regency_code)
    )
    last = (await stored.minutes_of(acting.tx, session))[-1]
    for row in await stored.candidates_of(acting.tx, session):
        if row.minutes_n == last.n:
            row.objections_until = until
    session.published_at = session.published_at or acting.now
    session.objections_until = max(until, session.objections_until or until)
    return await held.settle()


async def ratify(acting: Acting, place: Place, decree: str, check: CheckVersion) -> Deliberation:
    """Let the regency ratify the result.

    Raises:
        Conflict: below quorum, unsigned, undecided, or objections open or still possible.
    """
    held = await hold(acting, place, A.RATIFY, check)
    session = held.session
    rows = await stored.candidates_of(acting.tx, session)
    check_ratifiable(await _ready(held, rows), acting.now)
    session.ratified_at, session.ratified_by = acting.now, acting.actor.account_id
    session.decree = decree
    await held.settle()
    await tell_cases(acting, held.regency, [_ratified(held, row) for row in rows if _is_news(row)])
    return session


async def _ready(held: Held, candidates: Sequence[DeliberationCandidate]) -> Ready:
    acting, session = held.acting, held.session
    minutes = await stored.minutes_of(acting.tx, session)
    return Ready(
        quorum=await _worst(held, candidates),
        decided=sum(row.state == _DECIDED for row in candidates),
        undecided=sum(Standing(row.state) in UNDECIDED for row in candidates),
        signed=bool(minutes) and all(one.scan_key is not None for one in minutes),
        open_objections=await objected.open_count(acting.tx, session),
        window_until=session.objections_until,
    )


async def _worst(held: Held, candidates: Sequence[DeliberationCandidate]) -> Quorum:
    """Return the quorum of the weakest decision, as it stood then; without one that of the sitting."""
    taken = [
        Quorum(one["present"], one["least"], tuple(one["missing_roles"]), one["excluded"])
        for row in candidates
        if row.state == _DECIDED and (one := row.quorum) is not None
    ]
    if taken:
        return min(taken, key=lambda one: (one.reached, one.present))
    return await quorum_now(held.acting, held.session)


def _is_news(row: DeliberationCandidate) -> bool:
    return row.state == _DECIDED and row.case_id is not None


def _ratified(held: Held, row: DeliberationCandidate) -> News:
    """A candidate who was not found eligible goes no further: her case is told, and her resident."""
    case_id = row.case_id or row.id
    event = CaseDeliberated(
        case_id=case_id,
        deliberation_id=held.session.id,
        candidate_id=row.id,
        what="ratified",
        decision=row.decision,
    )
    eligible = row.decision == Decision.LAYAK.value
    meeting = held.kind is not SessionKind.SPTJM
    stage = RegistryStage.BERITA_ACARA if eligible and meeting else None
    return News(case_id, event, stage, by_regency=True, tell=not eligible)


async def public_view(acting: Acting, session: Deliberation) -> tuple[list[Shown], dict[str, int]]:
    """Return what anyone may read of a result: the eligible, and how many were decided otherwise."""
    names = Names(acting.known.policy_value(session.regency_code, NAMES_POLICY, Names.INITIALS.value))
    rows = [row for row in await stored.candidates_of(acting.tx, session) if row.minutes_n is not None]
    counts = {decision.value: 0 for decision in Decision}
    for row in rows:
        if row.decision is not None:
            counts[row.decision] += 1
    # A case that became confidential since is not published any more.
    open_cases = await stored.tickets_of(
        acting.tx, session.regency_code, [row.case_id for row in rows if row.case_id is not None]
    )
    eligible = [
        row
        for row in rows
        if row.decision == Decision.LAYAK.value
        and row.state == _DECIDED
        and (row.case_id is None or row.case_id in open_cases)
    ]
    opened = await open_candidates(acting, session.regency_code, eligible)
    shown = [
        Shown(
            one.row.n,
            one.row.rank,
            published_name(one.said["name"], names),
            one.said.get("rt"),
            one.said.get("rw"),
        )
        for one in opened
        if one.said.get("name")
    ]
    return sorted(shown, key=lambda one: (one.rank or 0, one.n)), counts
