"""Whether a finding is still so: people die, move and are enrolled while a list waits on a desk."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings
from app.db.queries.reconciliations import rows as staged
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.errors import Conflict
from app.domain.events.reconciliations import FindingRefreshed
from app.domain.ids import public_id
from app.domain.reconciliation import Finding, FindingState, Kind, State, check_open, outcome_of
from app.services.reconciliations import missing
from app.services.reconciliations.comparing import Comparing, finding_row, judge
from app.services.reconciliations.ordering import tell
from app.services.reconciliations.reading import no_finding

_NOBODYS_NIK = frozenset({Kind.PROBABLE.value, Kind.UNLISTED.value})
Check = Callable[[int], None]
"""Compares a version with the one that the caller read last."""
THROUGH = "through"
"""In the evidence of a finding: the decision by which the row's person was told."""


async def lock(acting: Acting, at: Comparing, finding_id: UUID) -> ReconciliationFinding:
    """Return a finding of the reconciliation, locked.

    Raises:
        NotFound: there is none.
    """
    one = await findings.lock(acting.tx, at.row.regency_code, finding_id)
    if one is None or one.reconciliation_id != at.row.id:
        raise no_finding()
    return one


def check_workable(at: Comparing) -> None:
    """Let only a finished reconciliation that counts be worked.

    Raises:
        Conflict: it still runs, or was made anew.
    """
    if at.row.state == State.RUNNING.value:
        raise Conflict(
            "reconciliation_running",
            "Pencocokan belum selesai.",
            "The reconciliation has not ended yet.",
        )
    if at.row.state == State.SUPERSEDED.value:
        newer = at.row.superseded_by
        raise Conflict(
            "reconciliation_superseded",
            "Daftar ini sudah dicocokkan ulang; kerjakan temuan yang baru.",
            "The list was reconciled anew; work the newer findings.",
            {"reconciliation": public_id(at.row.regency_code, newer)} if newer else {},
        )


async def still_so(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> set[UUID]:
    """Return the ids of those that would be found again now."""
    of_rows = [one for one in found if one.kind != Kind.MISSING.value and THROUGH not in one.evidence]
    now = await _judged(acting, at, [one.row_n for one in of_rows if one.row_n is not None])
    kept = {one.id for one in of_rows if _is_among(one, now.get(one.row_n or 0, ()))}
    absent = [one for one in found if one.kind == Kind.MISSING.value]
    kept |= await missing.still_missing(acting, at, absent)
    # What was found by somebody's word that two are one stands until that word is taken back.
    return kept | {one.id for one in found if THROUGH in one.evidence}


Now = dict[int, tuple[Finding, ...] | None]


async def _judged(acting: Acting, at: Comparing, numbers: Sequence[int]) -> Now:
    rows = await staged.some(acting.tx, at.place, numbers)
    if not rows:
        return {}
    judged = await judge(acting, at, list(rows.values()), searching=False)
    return {row.n: told for row, told in judged}


def _is_among(one: ReconciliationFinding, now: tuple[Finding, ...] | None) -> bool:
    if now is None:
        # Still nobody has the NIK: whoever was like her is like her still.
        return one.kind in _NOBODYS_NIK or one.subject_id is None
    return any(
        (each.kind.value, each.reason.value) == (one.kind, one.reason) and not _has_changed(one, each)
        for each in now
    )


def _has_changed(one: ReconciliationFinding, each: Finding) -> bool:
    """Whether our own record of the person was written since."""
    record = each.record
    return record is not None and record.id == one.subject_id and record.version != one.subject_version


def changed(one: ReconciliationFinding) -> Conflict:
    return Conflict(
        "evidence_changed",
        "Data orang ini berubah sejak daftar dicocokkan. Periksa ulang temuan ini, lalu putuskan.",
        "What is known of this person has changed since. Look at the finding again (refresh), then decide.",
        {"kind": one.kind, "hint": "refresh"},
    )


async def refresh_one(acting: Acting, at: Comparing, finding_id: UUID, check: Check) -> ReconciliationFinding:
    """Look at the row of an open finding again: what is no longer so is withdrawn, what is new is added.

    Raises:
        NotFound: there is none.
        Stale: it changed since the caller read it.
        Conflict: it is not open, or its reconciliation is not to be worked.
    """
    one = await lock(acting, at, finding_id)
    check(one.version)
    check_workable(at)
    check_open(FindingState(one.state))
    if one.kind == Kind.MISSING.value:
        so = one.id in await missing.still_missing(acting, at, [one])
    else:
        so = await _refresh_row(acting, at, one)
    if not so:
        one.state = FindingState.WITHDRAWN.value
    one.version += 1
    await acting.tx.flush()
    await tell(acting, at.row, FindingRefreshed(thing_id=at.row.id, finding_id=one.id, still_so=so))
    return one


async def _refresh_row(acting: Acting, at: Comparing, one: ReconciliationFinding) -> bool:
    row = await staged.one(acting.tx, at.place, one.row_n or 0)
    if row is None:
        return False
    ((_, told),) = await judge(acting, at, [row], searching=True)
    others = {each.kind: each for each in await findings.of_row(acting.tx, one)}
    so = False
    for each in told or ():
        if each.kind.value == one.kind:
            so = True
            _renew(one, finding_row(acting, at, each, row))
        elif each.kind.value not in others:
            await findings.add(acting.tx, [finding_row(acting, at, each, row)])
    now = {each.kind.value for each in told or ()}
    for kind, other in others.items():
        if kind not in now and other.state == FindingState.OPEN.value and THROUGH not in other.evidence:
            other.state, other.version = FindingState.WITHDRAWN.value, other.version + 1
    await staged.mark(acting.tx, at.place, [(row.n, outcome_of(told or ()).value)])
    return so


def _renew(one: ReconciliationFinding, made: dict[str, Any]) -> None:
    for name in (
        "reason",
        "source",
        "evidence",
        "subject_tenant",
        "subject_id",
        "subject_version",
        "candidates",
    ):
        setattr(one, name, made[name])
