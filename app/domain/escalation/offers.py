"""What comes after a referral that nobody answered: the next programme of the ranking that was stored."""

from collections.abc import Collection
from datetime import date
from typing import Final

from app.domain.codes import Purpose
from app.domain.criteria import literals
from app.domain.facts import village_kind
from app.domain.ids import tenant_digits
from app.domain.knowledge import Knowledge
from app.domain.programs import Program, ProgramVersion, covers
from app.domain.routing import Record, Verdict

_HELPS: Final = (Verdict.ELIGIBLE, Verdict.WAITLIST)
"""Best first, as the ranking is; what still needs answers is no referral that could be filled in."""
_FACTS: Final = "facts"
_PAIR: Final = 2


def next_program(
    known: Knowledge, record: Record, village: str, today: date, passed: Collection[str]
) -> Program | None:
    """Return the best programme of *record* that gives aid here today and is not one of *passed*.

    *passed* holds programmes that the case was referred to already, and agencies that said it is not theirs.
    """
    for entry in record.entries:
        if entry.verdict not in _HELPS or entry.covered or entry.excluded_by or entry.program in passed:
            continue
        program = known.program_in(village[:5], entry.program, today)
        if program is not None and _is_open(known, program, village, passed):
            return program
    return None


def _is_open(known: Knowledge, program: Program, village: str, passed: Collection[str]) -> bool:
    version, agency = program.version, known.agency(program.agency, village[:5])
    kinds = version.village_kinds
    return (
        agency is not None
        and agency.active
        and agency.code not in passed
        and Purpose.AID in program.purposes
        and any(covers(area, village) for area in version.coverage)
        and (kinds is None or village_kind(village) in kinds)
    )


def is_automatic(known: Knowledge, regency: str, before: str, after: str) -> bool:
    """Tell whether the regency lets the referral to *after* go by itself once *before* has expired.

    Policy ``auto_next``: pairs of programmes; one named without suffix means the regency's own too.
    """
    pairs = known.policy_value(regency, "auto_next", [])
    return isinstance(pairs, list) and any(_names(pair, before, after, regency) for pair in pairs)


def _names(pair: object, before: str, after: str, regency: str) -> bool:
    if not isinstance(pair, list) or len(pair) != _PAIR:
        return False
    ending = f"-{tenant_digits(regency)}"
    return all(code in {named, f"{named}{ending}"} for named, code in zip(pair, (before, after), strict=True))


def discloses_no_more(before: ProgramVersion | None, after: ProgramVersion, fields: Collection[str]) -> bool:
    """Tell whether a receiver under the rules of *after* learns nothing that one under *before* did not.

    The fields are the same; of the facts each learns those that its own rules ask for.
    """
    if _FACTS not in fields:
        return True
    return before is not None and _asked(after) <= _asked(before)


def _asked(version: ProgramVersion) -> frozenset[str]:
    rules = [version.criteria, *(one.when for one in version.benefit.components if one.when is not None)]
    return frozenset(literal.leaf.fact for rule in rules for literal in literals(rule))
