"""Looking at reconciliations: only by whoever may reconcile lists there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import jobs
from app.db.queries import lists as files
from app.db.queries.acting import Acting
from app.db.queries.reconciliations import evidence, stored
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations.rows import MAIN, Place, Staged
from app.db.tables.jobs import Job
from app.db.tables.reconciliations import Reconciliation, ReconciliationFinding
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import NotFound
from app.services.reconciliations.comparing import Comparing, Numbers, comparing, opened


def no_finding() -> NotFound:
    return NotFound(id="Temuan ini tidak ada.", en="There is no such finding.")


async def find(acting: Acting, regency: str, id_: UUID) -> Reconciliation:
    """Return a reconciliation.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    row = await stored.find(acting.tx, regency, id_)
    if row is None or not acting.actor.has(Permission.LIST_RECONCILE, row.region_code):
        raise NotFound(id="Pencocokan ini tidak ada.", en="There is no such reconciliation.")
    return row


async def job_of(acting: Acting, row: Reconciliation) -> Job:
    job = await jobs.find(acting.tx, row.regency_code, row.job_id)
    if job is None:
        raise NotFound
    return job


async def opening(acting: Acting, row: Reconciliation, blind: Numbers) -> Comparing:
    """Return what opens the rows of a reconciliation and judges them again.

    Raises:
        NotFound: its rows were erased.
    """
    return comparing(
        acting, row, await files.wrapped_key(acting.tx, row.regency_code, row.data_key_id), blind
    )


async def listed(
    acting: Acting, wanted: stored.Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[Reconciliation, Job]]:
    """List the reconciliations of a regency, the newest first.

    Raises:
        Forbidden: the actor reconciles no lists in that regency.
    """
    if not acting.actor.has_within(Permission.LIST_RECONCILE, wanted.regency):
        raise forbidden(Permission.LIST_RECONCILE)
    found = await stored.listed(acting.tx, wanted, after, limit)
    return [pair for pair in found if acting.actor.has(Permission.LIST_RECONCILE, pair[0].region_code)]


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a finding is about, as far as the list, the registry or our own record says."""

    n: int | None
    name: str
    nik_last4: str | None
    born_on: Any
    sex: str | None
    village: str | None


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody whom a row might be."""

    source: str
    id: UUID
    tenant: str
    score: int
    reasons: Sequence[str]
    name: str
    born_on: Any
    village: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    finding: ReconciliationFinding
    told: Told
    likely: Sequence[Likely] = ()
    note: str | None = None
    corrected_last4: str | None = None


async def shown(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> list[Shown]:
    """Open the rows that the findings are about, and what was noted with a decision."""
    rows = await _rows(acting, at, found)
    people = await _subjects(acting, at, found)
    return [_shown(acting, at, one, rows, people) for one in found]


Rows = dict[tuple[int, int], Staged]
Subjects = dict[tuple[str, UUID], evidence.Subject]


async def _rows(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> Rows:
    wanted: dict[int, set[int]] = {}
    for one in found:
        if one.list_no is not None and one.row_n is not None:
            wanted.setdefault(one.list_no, set()).add(one.row_n)
    rows: Rows = {}
    for list_no, numbers in wanted.items():
        place = Place(at.row.regency_code, at.row.id, list_no)
        rows |= {(list_no, n): row for n, row in (await staged.some(acting.tx, place, numbers)).items()}
    return rows


async def _subjects(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> Subjects:
    """Read whoever has no row of a list, and whom rows might be: of this regency only."""
    wanted: set[tuple[str, UUID]] = set()
    for one in found:
        if one.row_n is None and one.subject_id is not None:
            wanted |= {("person", one.subject_id), ("registry", one.subject_id)}
        wanted |= {(each["source"], UUID(each["id"])) for each in one.candidates}
    return await evidence.subjects(acting.tx, at.row.regency_code, wanted)


def _shown(acting: Acting, at: Comparing, one: ReconciliationFinding, rows: Rows, people: Subjects) -> Shown:
    said = _note(acting, at, one)
    return Shown(
        one,
        _told(acting, at, one, rows, people),
        [_likely(each, people) for each in one.candidates],
        said.get("note"),
        said["nik"][-4:] if said.get("nik") else None,
    )


def _told(acting: Acting, at: Comparing, one: ReconciliationFinding, rows: Rows, people: Subjects) -> Told:
    row = rows.get((one.list_no, one.row_n)) if one.list_no is not None and one.row_n is not None else None
    if row is not None:
        name = opened(acting, at, one.list_no or MAIN, row)["name"]
        return Told(row.n, name, row.nik_last4, row.born_on, row.sex, row.village_code)
    found = None
    if one.subject_id is not None:
        found = people.get(("person", one.subject_id)) or people.get(("registry", one.subject_id))
    if found is None:
        return Told(None, "", None, None, None, one.village_code)
    return Told(None, found.name, found.nik_last4, found.born_on, found.sex, one.village_code)


def _likely(each: dict[str, Any], people: Subjects) -> Likely:
    found = people.get((each["source"], UUID(each["id"])))
    return Likely(
        each["source"],
        UUID(each["id"]),
        each["tenant"],
        each["score"],
        each["reasons"],
        found.name if found else "",
        found.born_on if found else None,
        found.village if found else None,
    )


NOTES = "reconciliation_findings"


def _note(acting: Acting, at: Comparing, one: ReconciliationFinding) -> dict[str, Any]:
    return open_note(acting, at, one) if one.note_sealed is not None else {}


def open_note(acting: Acting, at: Comparing, one: ReconciliationFinding) -> dict[str, Any]:
    """Return what was noted with a decision: ``note``, and ``nik`` where it was corrected."""
    text = acting.vault.open(at.key, NOTES, "note_sealed", one.id, one.note_sealed or b"")
    found: dict[str, Any] = json.loads(text)
    return found
