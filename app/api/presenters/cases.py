"""A case as its officers read it: rows opened with its key, codes with their words, what may be done next."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.api.presenters.routing import routing_out
from app.api.presenters.words import coded, coded_or_none, masked, person_brief, place_out, said
from app.api.reading import Reading
from app.api.schemas.cases import (
    AboutOut,
    CaseBrief,
    CaseOut,
    DeskBrief,
    DueOut,
    FactOut,
    OutcomeOut,
    ReferralBrief,
    ReporterOut,
    RoutingOut,
    SubjectOut,
    TaskOut,
)
from app.db.queries import overrides as stored_overrides
from app.db.queries import programs as stored_programs
from app.db.queries.case_moves import reopen_window, state_of
from app.db.queries.case_view import CaseParts, parts_of
from app.db.queries.former_assignee import held_of
from app.db.queries.texts import StatedFact, private_of
from app.db.session import Tx
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.answering import policy_of
from app.domain.codes import AboutKind, Holder, SubjectKind
from app.domain.facts import FACTS, Facts, parse_facts
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseContext, allowed_actions
from app.domain.moving import open_moves
from app.domain.programs import Override, Program, overlaid, parse_program
from app.domain.routing import (
    Decision,
    Mode,
    OverrideKey,
    Record,
    Verdict,
    compile_catalogue,
    destination,
    from_json,
    question_of,
    route,
)
from app.integrations.vault import DataKey, Vault


async def case_out(tx: Tx, reading: Reading, case: Case) -> CaseOut:
    """Tell one case in full. What was sealed by a destroyed key is left out."""
    parts = await parts_of(tx, case)
    key = None if parts.wrapped is None else reading.house.vault.unwrap(parts.wrapped)
    private = {} if key is None else private_of(reading.house.vault, case, key)
    routing = None if parts.routing is None else await record_out(tx, reading, case, parts.routing, key)
    known, lang = reading.known, reading.lang
    brief = brief_out(reading, case, parts.person)
    return CaseOut(
        **dict(brief),
        ppks=coded_or_none(known, "ppks", case.ppks, lang),
        service_pillar=coded_or_none(known, "service_pillar", case.service_pillar, lang),
        channel=coded(known, "channel", case.channel, lang),
        reporter=_reporter(reading, case, private),
        place=place_out(
            known,
            case.village_code,
            _of(private, "place").get("address"),
            _of(private, "place").get("detail"),
        ),
        chronology=private.get("chronology"),
        about=_abouts(parts, private),
        current_aid=list(case.current_aid),
        program=case.program_code,
        desk=desk_brief(known, case),
        legal_basis=coded(known, "legal_basis", case.legal_basis, lang),
        notice_version=case.notice_version,
        outcome=_outcome(reading, case),
        reopened_count=case.reopened_count,
        disputed_count=case.disputed_count,
        due=_due(reading, parts),
        referrals=[referral_brief(reading, row) for row in parts.referrals],
        tasks=_tasks(reading, parts),
        routing=routing,
        papers_missing=_papers(routing),
        allowed_actions=[coded(known, "case_action", code, lang) for code in actions_of(reading, parts)],
        version=case.version,
    )


def brief_out(reading: Reading, case: Case, person: Person | None) -> CaseBrief:
    known, lang = reading.known, reading.lang
    return CaseBrief(
        ticket=case.ticket,
        kind=coded(known, "case_kind", case.kind, lang),
        category=coded(known, "case_category", case.category, lang),
        sector=coded_or_none(known, "sector", case.sector, lang),
        priority=coded(known, "priority", case.priority, lang),
        confidentiality=coded(known, "confidentiality", case.confidentiality, lang),
        status=coded(known, "case_status", case.status, lang),
        holder=Holder(case.holder),
        village=case.village_code,
        village_name=known.regions.get(case.village_code, case.village_code),
        subject=SubjectOut(
            kind=SubjectKind(case.subject_kind), person=None if person is None else person_out(person)
        ),
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        due_at=case.due_at,
        due_step=coded_or_none(known, "clock_step", case.due_step, lang),
        overdue=case.due_at is not None and reading.now > case.due_at,
        escalated_at=case.escalated_at,
        escalated_to=coded_or_none(known, "escalation_rung", case.escalated_to, lang),
        assignee=_public(case, case.assignee_id),
    )


def person_out(person: Person) -> Any:
    return person_brief(
        person.regency_code, person.id, person.name, person.nik_last4, person.born_on, person.sex
    )


def actions_of(reading: Reading, parts: CaseParts) -> Sequence[str]:
    """Name the steps and moves open to the reader, by the same rules that decide them."""
    case = parts.case
    permissions = reading.actor.permissions_at(case.village_code, case.desk_id)
    context = CaseContext(
        by=reading.actor.kind,
        now=reading.now,
        account_id=reading.actor.account_id,
        at_secretariat=case.holder == Holder.SECRETARIAT,
        decides_any=Permission.CASE_DECIDE_ANY in permissions,
        due=case.due_at,
        closed_at=case.closed_at,
        reopen_window=reopen_window(reading.known, case.regency_code),
    )
    state = state_of(case, parts.referrals)
    steps = [action.value for action in allowed_actions(state, permissions, context)]
    return [*steps, *open_moves(reading.actor, held_of(case), state.status)]


def fact_out(reading: Reading, one: StatedFact) -> FactOut:
    return FactOut(
        fact=one.name,
        label=said(FACTS[one.name].label, reading.lang),
        value=one.value,
        source=coded(reading.known, "fact_source", one.source, reading.lang),
        as_of=one.as_of,
        at=one.at,
    )


async def record_out(
    tx: Tx, reading: Reading, case: Case, row: RoutingRecord, key: DataKey | None, first: int | None = 5
) -> RoutingOut:
    """Tell one stored decision with the versions that it used; the facts are silent after erasure."""
    record = from_json(row.answer)
    programs = await _versions(tx, reading.known, record)
    sealed = _sealed_facts(reading.house.vault, row, key)
    facts: Facts = parse_facts(sealed["facts"]) if sealed else {}
    decision = _again(record, sealed, programs)
    return routing_out(
        reading.known,
        programs,
        record,
        reading.lang,
        n=row.n,
        at=row.at,
        facts=facts,
        destination=destination(decision, policy_of(reading.known, case.regency_code)),
        first=first,
    )


def _again(record: Record, sealed: Mapping[str, Any] | None, programs: Mapping[Any, Program]) -> Decision:
    question = question_of(record, sealed or {"facts": {}, "live": [], "papers": []})
    return route(compile_catalogue(programs.values()), question)


async def _versions(tx: Tx, known: Knowledge, record: Record) -> dict[tuple[str, int], Program]:
    """Find the programmes in the versions used: the present ones are known, older ones are read."""
    used = [(entry.program, entry.version) for entry in record.entries]
    used += [record.about] if record.about else []
    found: dict[tuple[str, int], Program] = {}
    for code, n in used:
        present = known.programs.get(code)
        if present is not None and present.version.n == n:
            found[code, n] = present
        elif (document := await stored_programs.document(tx, code, n)) is not None:
            found[code, n] = parse_program(document)
    own = await _overrides(tx, known, record)
    for entry in record.entries:
        key = (entry.program, entry.version)
        laid = own.get((record.place.regency, entry.program, entry.override))
        if laid is not None and key in found:
            found[key] = overlaid(found[key], laid)
    return found


async def _overrides(tx: Tx, known: Knowledge, record: Record) -> Mapping[OverrideKey, Override]:
    """Find the regency's changes that the decision names; those that are retired are read."""
    named = {(record.place.regency, one.program, one.override) for one in record.entries if one.override}
    present = {key: known.overrides[key] for key in named if key in known.overrides}
    return {**present, **await stored_overrides.numbered(tx, named - present.keys())}


def _sealed_facts(vault: Vault, row: RoutingRecord, key: DataKey | None) -> dict[str, Any] | None:
    if key is None:
        return None
    found: dict[str, Any] = json.loads(vault.open(key, "routing_records", "facts", row.id, row.facts_sealed))
    return found


def _of(private: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return private.get(name) or {}


def _public(case: Case, id_: UUID | None) -> str | None:
    return None if id_ is None else public_id(case.regency_code, id_)


def _reporter(reading: Reading, case: Case, private: Mapping[str, Any]) -> ReporterOut:
    said_by = _of(private, "reporter")
    anonymous = bool(said_by.get("anonymous"))
    return ReporterOut(
        relation=coded(reading.known, "reporter_relation", case.reporter_relation, reading.lang),
        name=None if anonymous else said_by.get("name"),
        phone=None if anonymous else masked(said_by.get("phone")),
        anonymous=anonymous,
    )


def _abouts(parts: CaseParts, private: Mapping[str, Any]) -> list[AboutOut]:
    texts = private.get("about") or []
    return [
        AboutOut(
            kind=AboutKind(row.kind),
            ref=row.ref,
            text=texts[row.n - 1] if row.n <= len(texts) else None,
        )
        for row in parts.abouts
    ]


def desk_brief(known: Knowledge, case: Case) -> DeskBrief | None:
    if case.desk_id is None:
        return None
    villages = known.desks.values() if case.away_desk_id else (known.desks.get(case.village_code, ()),)
    name = next((desk.name for village in villages for desk in village if desk.id == case.desk_id), "")
    return DeskBrief(id=public_id(case.regency_code, case.desk_id), name=name)


def _outcome(reading: Reading, case: Case) -> OutcomeOut | None:
    if case.outcome is None:
        return None
    known, lang = reading.known, reading.lang
    return OutcomeOut(
        outcome=coded(known, "outcome", case.outcome, lang),
        reason=coded_or_none(known, "refusal_reason", case.outcome_reason, lang),
        resolved_at=case.resolved_at,
        told_at=case.told_at,
        told_method=coded_or_none(known, "told_method", case.told_method, lang),
        closed_at=case.closed_at,
        confirmed_by=case.confirmed_by,
        rating=case.rating,
    )


def _due(reading: Reading, parts: CaseParts) -> list[DueOut]:
    return [
        DueOut(
            step=coded(reading.known, "clock_step", clock.step, reading.lang),
            due_at=clock.due_at,
            state=clock.state,
            started_at=clock.started_at,
        )
        for clock in parts.clocks
        if clock.state != "stopped"
    ]


def _tasks(reading: Reading, parts: CaseParts) -> list[TaskOut]:
    return [
        TaskOut(
            id=public_id(parts.case.regency_code, row.id),
            kind=coded(reading.known, "task_kind", row.kind, reading.lang),
            created_at=row.created_at,
            done_at=row.done_at,
        )
        for row in parts.tasks
    ]


def referral_brief(reading: Reading, row: Referral) -> ReferralBrief:
    program = reading.known.programs.get(row.program_code)
    return ReferralBrief(
        id=public_id(row.regency_code, row.id),
        program=row.program_code,
        program_name=said(program.name, reading.lang) if program else row.program_code,
        agency=row.agency_code,
        purpose=row.purpose,
        status=coded(reading.known, "referral_status", row.status, reading.lang),
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
    )


def _papers(routing: RoutingOut | None) -> list[Any]:
    if routing is None or routing.mode != Mode.MATCH.value:
        return []
    best = next((p for p in routing.programs if p.verdict.code == Verdict.ELIGIBLE.value), None)
    return list(best.papers_missing) if best else []
