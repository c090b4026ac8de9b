"""Reconciliations and findings as whoever works them reads them: numbers masked, sources with their dates."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.api.presenters.jobs import job_out
from app.api.presenters.words import MASK, all_coded, coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.reconciliations import (
    BatchOut,
    EvidenceOut,
    FindingOut,
    FindingSubject,
    FunderOut,
    GroupOut,
    LikelyOut,
    OtherListOut,
    ReconciliationOut,
)
from app.db.queries.reconciliations.findings import Group
from app.db.tables.jobs import Job
from app.db.tables.reconciliations import Reconciliation
from app.domain.ids import public_id
from app.domain.reconciliation import ALLOWED, FindingState, Kind, Quota
from app.services.reconciliations.reading import Likely, Shown, Told
from app.services.reconciliations.together import Result

_OWN: Final = frozenset({"source", "told_by", "as_of", "through"})


def reconciliation_out(
    reading: Reading, row: Reconciliation, job: Job, groups: Sequence[Group] = ()
) -> ReconciliationOut:
    known, lang, regency = reading.known, reading.lang, row.regency_code
    return ReconciliationOut(
        id=public_id(regency, row.id),
        region=row.region_code,
        program=row.program_code,
        list_id=public_id(regency, row.list_id),
        profile_id=_id(regency, row.profile_id),
        against=all_coded(known, "reconcile_against", row.against, lang),
        others=[
            OtherListOut(
                list_id=public_id(regency, UUID(one["list_id"])),
                profile_id=_id(regency, UUID(one["profile_id"]) if one["profile_id"] else None),
                program=one["program"],
                role=coded(known, "list_role", one["role"], lang),
            )
            for one in row.others
        ],
        missing=all_coded(known, "missing_from", row.missing, lang),
        desil_at_most=row.desil_at_most,
        purpose=coded(known, "reveal_purpose", row.purpose, lang),
        state=coded(known, "reconciliation_state", row.state, lang),
        registry_source=row.registry_source,
        registry_period=row.registry_period,
        rows=row.row_count,
        counts=row.counts,
        groups=[
            GroupOut(
                kind=coded(known, "finding_kind", one.kind, lang),
                reason=coded(known, "finding_reason", one.reason, lang),
                state=coded(known, "finding_state", one.state, lang),
                count=one.count,
            )
            for one in groups
        ],
        superseded_by=_id(regency, row.superseded_by),
        job=job_out(reading, job),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _id(regency: str, id_: UUID | None) -> str | None:
    return public_id(regency, id_) if id_ is not None else None


def finding_out(reading: Reading, shown: Shown, quotas: Sequence[Quota] = ()) -> FindingOut:
    known, lang, one = reading.known, reading.lang, shown.finding
    regency, kind, is_open = one.regency_code, Kind(one.kind), one.state == FindingState.OPEN.value
    return FindingOut(
        id=public_id(regency, one.id),
        kind=coded(known, "finding_kind", one.kind, lang),
        reason=coded(known, "finding_reason", one.reason, lang),
        state=coded(known, "finding_state", one.state, lang),
        subject=_subject(reading, shown.told),
        evidence=_evidence(reading, one.evidence),
        candidates=[_likely(reading, n, each) for n, each in enumerate(shown.likely)],
        fallback=_funders(reading, quotas) if is_open and kind is Kind.MISSING else [],
        allowed_decisions=all_coded(
            known, "finding_decision", sorted(ALLOWED[kind]) if is_open else (), lang
        ),
        decision=coded_or_none(known, "finding_decision", one.decision, lang),
        decision_reason=coded_or_none(known, "finding_decision_reason", one.decision_reason, lang),
        program=one.other_program,
        candidate=one.chosen,
        note=shown.note,
        corrected_nik=MASK + shown.corrected_last4 if shown.corrected_last4 else None,
        decided_at=one.decided_at,
        decided_by=_id(regency, one.decided_by),
        approved_at=one.approved_at,
        approved_by=_id(regency, one.approved_by),
        batch=_id(regency, one.batch_id),
        version=one.version,
    )


def _subject(reading: Reading, told: Told) -> FindingSubject:
    return FindingSubject(
        row=told.n,
        name=told.name,
        nik=MASK + told.nik_last4 if told.nik_last4 else None,
        born_on=told.born_on,
        sex=told.sex,
        village=told.village,
        village_name=reading.known.regions.get(told.village) if told.village else None,
    )


def _evidence(reading: Reading, evidence: dict[str, Any]) -> EvidenceOut:
    as_of = evidence.get("as_of")
    return EvidenceOut(
        source=coded_or_none(reading.known, "evidence_source", evidence.get("source"), reading.lang),
        told_by=evidence.get("told_by"),
        as_of=date.fromisoformat(as_of) if as_of else None,
        details={name: value for name, value in evidence.items() if name not in _OWN},
    )


def _likely(reading: Reading, n: int, each: Likely) -> LikelyOut:
    return LikelyOut(
        n=n,
        source=coded(reading.known, "evidence_source", each.source, reading.lang),
        name=each.name,
        born_on=each.born_on,
        village=each.village,
        score=each.score,
        reasons=all_coded(reading.known, "match_reason", each.reasons, reading.lang),
    )


def _funders(reading: Reading, quotas: Sequence[Quota]) -> list[FunderOut]:
    programs = reading.known.programs
    return [
        FunderOut(program=one.program, name=said(programs[one.program].name, reading.lang), left=one.left)
        for one in quotas
    ]


def batch_out(regency: str, result: Result, *, is_new: bool) -> BatchOut:
    return BatchOut(
        batch=public_id(regency, result.batch_id) if is_new else None,
        done=result.done,
        changed=result.changed,
        no_place=result.no_place,
        left=result.left,
    )
