"""Registry snapshots as they go out."""

from collections.abc import Mapping, Sequence

from app.api.presenters.jobs import job_out
from app.api.presenters.words import all_coded, coded, coded_or_none, masked, person_brief
from app.api.reading import Reading
from app.api.schemas.registry import (
    ChangeOut,
    CountedCode,
    DiffOut,
    GapOut,
    RegistryRowOut,
    SnapshotCounts,
    SnapshotOut,
)
from app.db.queries.registry_gaps import Gap
from app.db.tables.jobs import Job
from app.db.tables.registry import RegistryChange, RegistryDiff, RegistrySnapshot
from app.domain.ids import public_id
from app.domain.lists import Verdict
from app.services.registry import Opened


def snapshot_out(reading: Reading, row: RegistrySnapshot, job: Job | None) -> SnapshotOut:
    regency, known, lang = row.regency_code, reading.known, reading.lang
    return SnapshotOut(
        id=public_id(regency, row.id),
        region=regency,
        source=coded(known, "registry_source", row.source, lang),
        period=row.period,
        decree=row.decree,
        state=coded(known, "snapshot_state", row.state, lang),
        list_id=public_id(regency, row.list_id),
        profile_id=public_id(regency, row.profile_id) if row.profile_id else None,
        columns=row.columns,
        counts=_counts(reading, row) if row.counts else None,
        job=job_out(reading, job) if job else None,
        created_at=row.created_at,
        checked_at=row.checked_at,
        committed_at=row.committed_at,
        version=row.version,
    )


def row_out(reading: Reading, one: Opened) -> RegistryRowOut:
    row, known, lang = one.row, reading.known, reading.lang
    return RegistryRowOut(
        n=row.n,
        verdict=coded(known, "list_verdict", row.verdict, lang),
        reasons=all_coded(known, "list_reason", row.reasons.split(), lang),
        enters=row.enters,
        name=one.name,
        nik=masked(one.nik),
        kk=masked(one.kk),
        born_on=row.born_on,
        sex=one.sex,
        village=row.village_code,
        desil=row.desil,
        status=coded(known, "registry_result", row.status, lang),
        programs=list(row.programs),
        decision=coded_or_none(known, "row_decision", row.decision, lang),
        decided_at=row.decided_at,
    )


def diff_out(
    reading: Reading, diff: RegistryDiff, changes: Sequence[RegistryChange], cursor: str | None
) -> DiffOut:
    regency = diff.regency_code
    return DiffOut(
        snapshot=public_id(regency, diff.snapshot_id),
        against=public_id(regency, diff.against_id),
        at=diff.at,
        kinds=_counted(reading, "registry_change", diff.counts["kind"]),
        reasons=_counted(reading, "registry_change_reason", diff.counts["reason"]),
        flagged=diff.flagged,
        items=[_change_out(reading, one) for one in changes],
        next=cursor,
    )


def gap_out(reading: Reading, gap: Gap) -> GapOut:
    person = gap.person
    return GapOut(
        person=person_brief(
            person.regency_code, person.id, person.name, person.nik_last4, person.born_on, person.sex
        ),
        village=person.village_code,
        signs=all_coded(reading.known, "registry_need", gap.signs, reading.lang),
        tickets=list(gap.tickets),
    )


def _change_out(reading: Reading, one: RegistryChange) -> ChangeOut:
    return ChangeOut(
        kind=coded(reading.known, "registry_change", one.kind, reading.lang),
        reason=coded(reading.known, "registry_change_reason", one.reason, reading.lang),
        name=one.name_key,
        village=one.village_code,
        desil_before=one.desil_before,
        desil_after=one.desil_after,
    )


def _counts(reading: Reading, row: RegistrySnapshot) -> SnapshotCounts:
    counts = row.counts
    verdicts = {str(one): counts["verdict"].get(str(one), 0) for one in Verdict}
    return SnapshotCounts(
        rows=counts["rows"],
        entering=counts["entering"],
        entered=counts.get("entered"),
        verdicts=_counted(reading, "list_verdict", verdicts, keep=True),
        reasons=_counted(reading, "list_reason", counts["reason"]),
    )


def _counted(
    reading: Reading, name: str, counts: Mapping[str, int], *, keep: bool = False
) -> list[CountedCode]:
    """The most first; in their own order where *keep* says so."""
    found = counts.items() if keep else sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        CountedCode(code=code, label=reading.known.label(name, code, reading.lang), rows=rows)
        for code, rows in found
    ]
