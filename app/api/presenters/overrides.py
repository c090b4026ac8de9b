"""A regency's changes to a programme as the API shows them."""

from app.api.presenters.words import coded
from app.api.reading import Reading
from app.api.schemas.overrides import OverrideOut, OwnRulesOut
from app.db.queries.overrides import override_of
from app.db.tables.regency_programs import ProgramOverride
from app.domain.criteria import describe, literals
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.programs import Program, overlaid
from app.domain.programs.override import faults


def override_out(reading: Reading, row: ProgramOverride) -> OverrideOut:
    known, lang = reading.known, reading.lang
    own = override_of(row)
    program = known.programs.get(row.program_code)
    laid = overlaid(program, own) if program and own.bounds else None
    return OverrideOut(
        id=public_id(row.regency_code, row.id),
        program=row.program_code,
        region=row.regency_code,
        n=row.n,
        status=coded(known, "program_override_status", row.status, lang),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        changes=row.document,
        criteria_text=describe(laid.version.criteria).said(lang) if laid else None,
        does_not_fit=[one.pointer for one in faults(own, program)] if program else [],
        drafted_at=row.drafted_at,
        published_at=row.published_at,
        retired_at=row.retired_at,
    )


def own_rules_out(known: Knowledge, regency: str, program: Program) -> OwnRulesOut | None:
    """Say what of *program*, as the regency has it, is the regency's own; None where nothing is."""
    own = known.overrides.get((regency, program.code, program.override))
    if own is None:
        return None
    moved = [literal.leaf for literal in literals(program.version.criteria) if literal.leaf.own]
    return OwnRulesOut.model_validate(
        {
            "region": regency,
            "n": own.n,
            "source": own.source,
            "valid_from": own.valid_from,
            "valid_to": own.valid_to,
            "bounds": [describe(leaf)._asdict() for leaf in moved],
        }
    )
