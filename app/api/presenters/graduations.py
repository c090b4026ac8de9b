"""The way out of aid, and the poverty target, as they are read."""

from datetime import date
from typing import Any

from app.api.presenters.words import coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.graduations import (
    GraduationDetail,
    GraduationOut,
    RegistryChangeOut,
    ReviewOut,
    RuleOut,
    StepOut,
    TargetOut,
)
from app.db.tables.graduation import Graduation, GraduationReview
from app.domain.graduation import GraduationState
from app.domain.ids import public_id
from app.domain.sla import local_date
from app.services.graduations import Shown
from app.services.targets import Reached


def graduation_out(reading: Reading, row: Graduation, ticket: str) -> GraduationOut:
    return GraduationOut(**_graduation(reading, row, ticket))


def detail_out(reading: Reading, shown: Shown) -> GraduationDetail:
    rule = shown.rule
    return GraduationDetail(
        **_graduation(reading, shown.row, shown.case.ticket),
        reviews=[_review(reading, one) for one in shown.reviews],
        rule=RuleOut(
            review_days=rule.review_days,
            income_idr=rule.income_idr,
            reviews=rule.reviews,
            undo_days=rule.undo_days,
        ),
    )


def _graduation(reading: Reading, row: Graduation, ticket: str) -> dict[str, Any]:
    known, lang, tenant = reading.known, reading.lang, row.regency_code
    program = known.programs.get(row.program_code)
    active = row.state == GraduationState.ACTIVE.value
    return {
        "id": public_id(tenant, row.id),
        "ticket": ticket,
        "person": public_id(tenant, row.person_id),
        "program": row.program_code,
        "program_name": said(program.name, lang) if program else row.program_code,
        "state": coded(known, "graduation_state", row.state, lang),
        "started_on": row.started_on,
        "income_before_idr": row.income_before_idr,
        "income_now_idr": row.income_now_idr,
        "steps": [
            StepOut(step=coded(known, "graduation_step", one["step"], lang), on=date.fromisoformat(one["on"]))
            for one in row.steps
        ],
        "review_due_on": row.review_due_on,
        "review_overdue": active and row.review_due_on < local_date(reading.now, tenant),
        "suggestion": coded_or_none(known, "graduation_suggestion", row.suggestion, lang),
        "decision": coded_or_none(known, "graduation_decision", row.decision, lang),
        "decided_at": row.decided_at,
        "exits": list(row.exits),
        "undo_until": row.undo_until,
        "version": row.version,
        "created_at": row.created_at,
    }


def _review(reading: Reading, row: GraduationReview) -> ReviewOut:
    tenant = row.regency_code
    return ReviewOut(
        id=public_id(tenant, row.id),
        n=row.n,
        on=row.on_date,
        income_idr=row.income_idr,
        suggestion=coded(reading.known, "graduation_suggestion", row.suggestion, reading.lang),
        recorded_at=row.recorded_at,
        recorded_by=public_id(tenant, row.recorded_by) if row.recorded_by else None,
    )


def target_out(reading: Reading, reached: Reached) -> TargetOut:
    row, moved, made = reached.target, reached.moved, reached.progress
    return TargetOut(
        id=public_id(row.regency_code, row.id),
        region=row.regency_code,
        year=row.year,
        points=row.points,
        households=row.households,
        source=row.source,
        set_at=row.set_at,
        graduated=reached.graduated,
        registry=RegistryChangeOut(
            source=moved.source,
            older=moved.older,
            newer=moved.newer,
            risen=moved.risen,
            dropped=moved.dropped,
        )
        if moved
        else None,
        left=made.households,
        households_percent=made.share,
        points_reached=made.points,
        formula=_formula(reading, reached),
        as_of=reached.as_of,
    )


def _formula(reading: Reading, reached: Reached) -> str:
    row, year, bound = reached.target, reached.target.year, reached.bound
    share = f"{row.points} / {row.households}"
    if reading.lang == "en":
        return (
            f"Left = households with a graduation decided in {year} and not taken back, plus households "
            f"whose decile rose from 1-{bound} to above {bound} between registry lists committed in {year}, "
            f"each once. Points = left x {share}: an estimate, not the poverty rate of the statistics "
            "office. Households that dropped out of the registry do not count."
        )
    return (
        f"Keluar = keluarga dengan graduasi yang diputuskan pada {year} dan tidak dibatalkan, ditambah "
        f"keluarga yang desilnya naik dari 1-{bound} ke atas {bound} antar-daftar yang disahkan pada {year}, "
        f"masing-masing sekali. Poin = keluar x {share}: perkiraan, bukan angka kemiskinan BPS. Keluarga "
        "yang hilang dari daftar tidak dihitung."
    )
