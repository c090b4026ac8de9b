"""Versions of rules, their faults and their trials, in both languages."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from app.api.presenters.jobs import job_out
from app.api.presenters.words import all_coded, coded, coded_or_none
from app.api.reading import Reading
from app.api.schemas.base import Localised
from app.api.schemas.program_versions import (
    CriterionNodeOut,
    DictionaryFactOut,
    DraftOut,
    FactCodeOut,
    OperatorOut,
    ProposalMoveOut,
    RuleFaultOut,
    ShiftOut,
    TrialOut,
    TriedCaseOut,
    VersionDetail,
)
from app.db.tables.knowledge import ProgramVersion
from app.domain.criteria import OPERATORS, Criteria, Leaf, describe, takes
from app.domain.documents import Words, step
from app.domain.errors import FieldError
from app.domain.facts import LEDGER, Fact
from app.domain.knowledge import Knowledge
from app.domain.programs import Program, VersionStatus, parse_program
from app.domain.programs.check import FACT_SETS, REGION_FACTS
from app.domain.programs.versions import VersionAction, actions_from
from app.domain.routing import Shift
from app.domain.routing.tally import coarse
from app.services.program_versions import Tried

_MOVES = 20
_SHORT = 80
"""Codes that a dictionary spells out; a longer list is looked up."""


def both(words: Words) -> Localised:
    return Localised(id=words.id, en=words.en)


def label(known: Knowledge, set_name: str, code: str) -> Localised:
    return Localised(id=known.label(set_name, code, "id"), en=known.label(set_name, code, "en"))


def version_detail(
    reading: Reading, row: ProgramVersion, faults: Iterable[FieldError], actions: Iterable[VersionAction]
) -> VersionDetail:
    """Tell a version. *faults* and *actions* are those of whoever asks."""
    known, lang = reading.known, reading.lang
    program = parse_program(row.document)
    return VersionDetail(
        program=row.program_code,
        n=row.n,
        status=coded(known, "program_version_status", row.status, lang),
        name=both(program.name),
        agency=program.agency,
        level=program.level,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        last_on=row.last_on,
        digest=row.digest,
        document=row.document,
        criteria_text=both(describe(program.version.criteria)),
        criteria=list(nodes(program.version.criteria, "/version/criteria")),
        makers=list(row.makers),
        drafted_at=row.drafted_at,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        remark=row.remark,
        published_by=row.published_by,
        published_at=row.published_at,
        retired_by=row.retired_by,
        retired_at=row.retired_at,
        faults=[fault_out(one) for one in faults],
        allowed_actions=all_coded(known, "program_version_action", (one.value for one in actions), lang),
    )


def draft_out(reading: Reading, row: ProgramVersion) -> DraftOut:
    program: Program = parse_program(row.document)
    return DraftOut(
        program=row.program_code,
        n=row.n,
        status=coded(reading.known, "program_version_status", row.status, reading.lang),
        name=both(program.name),
        agency=program.agency,
        valid_from=row.valid_from,
        digest=row.digest,
        makers=list(row.makers),
        drafted_at=row.drafted_at,
        submitted_at=row.submitted_at,
        remark=row.remark,
    )


def possible(row: ProgramVersion) -> tuple[VersionAction, ...]:
    return actions_from(VersionStatus(row.status))


def nodes(criteria: Criteria, pointer: str) -> Iterator[CriterionNodeOut]:
    """Say every node of a tree, each group before what is in it."""
    fact = criteria.fact if isinstance(criteria, Leaf) else None
    yield CriterionNodeOut(pointer=pointer, fact=fact, words=both(describe(criteria)))
    if not isinstance(criteria, Leaf):
        below = step(pointer, criteria.how.value)
        for place, node in enumerate(criteria.nodes):
            yield from nodes(node, step(below, place))


def fault_out(one: FieldError) -> RuleFaultOut:
    return RuleFaultOut(pointer=one.pointer, code=one.code, detail=Localised(id=one.id, en=one.en))


def trial_out(reading: Reading, tried: Tried) -> TrialOut:
    """Tell a trial: exactly to whoever sees the cases, in fives to everybody else."""
    tally, job = tried.tally, tried.job

    def told(count: int) -> int:
        return count if tried.exact else coarse(count)

    moves = [(pair, told(count)) for pair, count in tally.moves.most_common(_MOVES)]
    return TrialOut(
        job=job_out(reading, job),
        program=job.input["program"],
        version=job.input["version"],
        digest=job.input["digest"],
        since=job.input["since"],
        until=job.input["until"],
        region=job.region_code,
        exact=tried.exact,
        changed=told(tally.changed),
        elsewhere=told(tally.elsewhere),
        shifts=[
            ShiftOut(
                shift=coded(reading.known, "trial_shift", one.value, reading.lang),
                cases=told(tally.shifts[one.value]),
            )
            for one in Shift
        ],
        moves=[_move(pair, count) for pair, count in moves if count],
        cases=list(_cases(reading, tried)) if tried.exact else [],
    )


def _move(pair: str, count: int) -> ProposalMoveOut:
    before, _, after = pair.partition(">")
    return ProposalMoveOut(before=before or None, after=after or None, cases=count)


def _cases(reading: Reading, tried: Tried) -> Iterator[TriedCaseOut]:
    known, lang = reading.known, reading.lang
    for shift, cases in tried.tally.samples.items():
        for _, case, before, after, first_before, first_after in cases:
            ticket = tried.tickets.get(UUID(str(case)))
            if ticket is not None:
                yield TriedCaseOut(
                    ticket=ticket,
                    shift=coded(known, "trial_shift", shift, lang),
                    before=coded_or_none(known, "verdict", before, lang),
                    after=coded_or_none(known, "verdict", after, lang),
                    first_before=first_before,
                    first_after=first_after,
                )


def fact_out(reading: Reading, fact: Fact) -> DictionaryFactOut:
    known = reading.known
    set_name = _set_of(fact)
    return DictionaryFactOut(
        name=fact.name,
        type=fact.type,
        label=both(fact.label),
        question=both(fact.question),
        source=coded(known, "fact_source", fact.source.value, reading.lang),
        sensitive=fact.sensitive,
        operators=[
            OperatorOut(op=op, label=label(known, "criterion_operator", op.value), takes=takes(op))
            for op in OPERATORS[fact.type]
        ],
        minimum=fact.low if fact.high else None,
        maximum=fact.high or None,
        code_set=set_name,
        codes=_codes(known, fact, set_name),
    )


def _set_of(fact: Fact) -> str | None:
    if fact.name == LEDGER:
        return "program"
    return "region" if fact.name in REGION_FACTS else FACT_SETS.get(fact.name)


def _codes(known: Knowledge, fact: Fact, set_name: str | None) -> list[FactCodeOut] | None:
    listed = known.codes.get(set_name or "", {})
    chosen = [code for code in listed if fact.codes is None or code in fact.codes]
    if not chosen or len(chosen) > _SHORT:
        return None
    return [FactCodeOut(code=code, label=label(known, set_name or "", code)) for code in chosen]
