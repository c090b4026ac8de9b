"""Programmes, their rules and the finder's answers as the API shows them, in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.api.language import Language
from app.api.presenters.overrides import own_rules_out
from app.api.schemas.overrides import OwnRulesOut
from app.api.schemas.programs import (
    AvailabilityOut,
    MatchOut,
    ProgramDetail,
    ProgramOut,
    VersionOut,
)
from app.domain.codes import TO_BE_CONFIRMED, Trust
from app.domain.criteria import Criteria, describe, literals
from app.domain.documents import Words
from app.domain.facts import FACTS
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.programs import Component, Program, parse_program
from app.domain.routing import ENGINE_VERSION, Explained
from app.services.programs import Found, Search, questions, verdict_word

Shown = dict[str, Any]


def _trusted(source: str, trust: Trust) -> Shown:
    return {"source": source, "trust": trust, "to_be_confirmed": trust in TO_BE_CONFIRMED}


def _both(words: Words) -> Shown:
    return words._asdict()


def program_out(one: Program) -> ProgramOut:
    return ProgramOut.model_validate(_summary(one))


def _summary(one: Program) -> Shown:
    version = one.version
    return {
        "code": one.code,
        "name": _both(one.name),
        "agency": one.agency,
        "level": one.level,
        "purposes": sorted(one.purposes),
        "version": version.n,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "coverage": list(version.coverage),
        "sectors": sorted(version.sectors),
        "target": _both(version.target),
        "benefit": _both(version.benefit.summary),
        **_trusted(version.source, version.trust),
    }


def detail_out(
    known: Knowledge,
    one: Program,
    document: Mapping[str, Any] | None,
    said: Sequence[AvailabilityOut],
    lang: Language,
    own: OwnRulesOut | None = None,
) -> ProgramDetail:
    version = one.version
    shown: Shown = {
        **_summary(one),
        "implicit": is_implicit(one.code),
        "village_kinds": None if version.village_kinds is None else sorted(version.village_kinds),
        "categories": sorted(version.categories),
        "criteria_text": describe(version.criteria).said(lang),
        "criteria": _criteria(version.criteria, lang),
        "criteria_tree": None if document is None else document["version"]["criteria"],
        "exclusions": [
            {"program": other.program, "effect": other.effect, **_trusted(other.source, other.trust)}
            for other in version.exclusions
        ],
        "complements": sorted(version.complements),
        "components": [_component(part, lang) for part in version.benefit.components],
        "fulfilled_on": version.benefit.fulfilled_on,
        "papers": [_paper(known, paper.code, required=paper.required) for paper in version.papers],
        "quota": None if version.quota_note is None else _both(version.quota_note),
        "period": None
        if version.period is None
        else {"opens_on": version.period.opens_on, "closes_on": version.period.closes_on},
        "waiting_list": version.waiting_list,
        "proposes": _both(version.proposes),
        "decides": _both(version.decides),
        "standard": _standard(one),
        "ladder": [
            {
                "rung": rung.rung,
                "label": _both(rung.label),
                "agency": rung.agency,
                "contact": rung.contact,
            }
            for rung in version.ladder
        ],
        "contacts": _contacts(one),
        "legal_basis": list(version.legal_basis),
        "availability": said,
        "own": own,
    }
    return ProgramDetail.model_validate(shown)


def _contacts(one: Program) -> list[Shown]:
    return [{"label": _both(contact.label), "value": contact.value} for contact in one.version.contacts]


def _criteria(criteria: Criteria, lang: Language) -> list[Shown]:
    return [
        {
            "fact": literal.leaf.fact,
            "label": _both(FACTS[literal.leaf.fact].label),
            "asked": describe(literal.leaf).said(lang),
            "negated": literal.negated,
            **_trusted(literal.leaf.source, literal.leaf.trust),
        }
        for literal in literals(criteria)
    ]


def _component(part: Component, lang: Language) -> Shown:
    return {
        "code": part.code,
        "label": _both(part.label),
        "kind": part.kind,
        "amount_idr": part.amount_idr,
        "per": part.per,
        "instalments": part.instalments,
        "when": None if part.when is None else describe(part.when).said(lang),
        **_trusted(part.source, part.trust),
    }


def _standard(one: Program) -> Shown | None:
    standard = one.version.standard
    if standard is None:
        return None
    trusted = _trusted(standard.source, standard.trust)
    return {"amount": standard.amount, "unit": standard.unit, **trusted}


def _paper(known: Knowledge, code: str, *, required: bool) -> Shown:
    label = {"id": known.label("paper", code, "id"), "en": known.label("paper", code, "en")}
    return {"code": code, "label": label, "required": required}


def availability_out(program: str, row: Any) -> AvailabilityOut:
    return AvailabilityOut(
        program=program,
        region=row.regency_code,
        state=row.state,
        until=row.until,
        changed_at=row.changed_at,
    )


def version_out(row: Any, lang: Language) -> VersionOut:
    version = parse_program(row.document).version
    shown: Shown = {
        "n": row.n,
        "status": row.status,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "criteria_text": describe(version.criteria).said(lang),
        **_trusted(version.source, version.trust),
        "digest": row.digest,
    }
    return VersionOut.model_validate(shown)


def matched_out(known: Knowledge, search: Search, found: Found, lang: Language) -> MatchOut:
    return MatchOut.model_validate(
        {
            "engine_version": ENGINE_VERSION,
            "region": search.region,
            "on": search.on,
            "desk": _desk(known, search.region),
            "items": [
                _matched(known, search, found.program(one.entry.program), one, lang)
                for one in found.explained
            ],
            "questions": [{"fact": name, "text": words.said(lang)} for name, words in questions(found)],
        }
    )


def _desk(known: Knowledge, region: str) -> Shown | None:
    desk = known.desk_of(region)
    if desk is None:
        return None
    return {"id": public_id(desk.regency, desk.id), "name": desk.name, "village": desk.village}


def _matched(known: Knowledge, search: Search, program: Program, one: Explained, lang: Language) -> Shown:
    agency = known.agency(program.agency, search.region[:5])
    entry = one.entry
    return {
        "program": entry.program,
        "version": entry.version,
        "name": _both(one.name),
        "agency": agency.code if agency else program.agency,
        "agency_name": _both(agency.name) if agency else None,
        "level": program.level,
        "verdict": entry.verdict,
        "verdict_text": one.verdict.said(lang),
        "answers_need": entry.answers_need,
        "reasons": [
            {
                "fact": reason.fact,
                "verdict": verdict_word(reason.truth),
                "text": reason.said.said(lang),
                "source": reason.source,
                "trust": reason.trust,
                "to_be_confirmed": reason.to_be_confirmed,
            }
            for reason in one.reasons
        ],
        "notes": [note.said(lang) for note in one.notes],
        "questions": [
            {"fact": name, "text": words.said(lang)}
            for name, words in zip(entry.questions, one.questions, strict=True)
        ],
        "papers_missing": [_paper(known, code, required=True) for code in entry.papers_missing],
        "papers": [
            {**_paper(known, paper.code, required=paper.required), "held": paper.code in search.papers}
            for paper in sorted(program.version.papers, key=lambda paper: not paper.required)
        ],
        "benefit": _both(program.version.benefit.summary),
        "proposes": _both(program.version.proposes),
        "decides": _both(program.version.decides),
        "contacts": _contacts(program),
        "own": own_rules_out(known, search.region[:5], program),
    }
