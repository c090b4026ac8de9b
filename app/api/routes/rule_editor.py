"""What an editor of rules needs: the facts that may be asked for, and whether conditions are sound."""

from dataclasses import replace
from typing import Final

from app.api.deps import HouseDep, Known, Lang, Now
from app.api.presenters.program_versions import both, fact_out, fault_out, nodes
from app.api.reading import Reading, ReadingDep
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.program_versions import CriteriaIn, CriteriaOut, FactsOut
from app.domain.access import SYSTEM, Permission
from app.domain.criteria import describe, named_by_criterion, parse_criteria
from app.domain.errors import Invalid
from app.domain.facts import FACTS
from app.domain.ids import NATION
from app.domain.program_owners import Owner, vocabulary_of
from app.domain.programs.check import criteria_faults

router = make_router("rules")

_ROOT: Final = "/criteria"
_LEAF: Final = {
    "fact": "person.age", "op": "ge", "value": 60, "source": "Perwako 12 Tahun 2026", "trust": "SEED",
}  # fmt: skip
_CHECKED: Final = {
    "valid": False,
    "words": {
        "id": "semua dari (Umur paling sedikit 60; Umur paling banyak 17)",
        "en": "all of (Age at least 60; Age at most 17)",
    },
    "nodes": [
        {"pointer": "/criteria/all/0", "fact": "person.age",
         "words": {"id": "Umur paling sedikit 60", "en": "Age at least 60"}}
    ],
    "faults": [
        {
            "pointer": "/criteria/all/1",
            "code": "contradiction",
            "detail": {
                "id": "Syarat \u201cUmur paling banyak 17\u201d tidak mungkin terpenuhi bersama "
                "\u201cUmur paling sedikit 60\u201d.",
                "en": "\u201cAge at most 17\u201d can never be met together with "
                "\u201cAge at least 60\u201d.",
            },
        }
    ],
}  # fmt: skip
_FACTS: Final = {
    "items": [
        {
            "name": "registry.desil",
            "type": "int",
            "label": {"id": "Desil", "en": "Decile"},
            "question": {
                "id": "Berapa desilnya menurut DTSEN?", "en": "Which decile does the registry give?",
            },
            "source": {"code": "registry", "label": "Registri"},
            "sensitive": False,
            "operators": [
                {"op": "between", "label": {"id": "antara (keduanya termasuk)", "en": "between"},
                 "takes": "pair"}
            ],
            "minimum": 1,
            "maximum": 10,
            "code_set": None,
            "codes": None,
        }
    ]
}  # fmt: skip


@router.get("/v1/facts", **operation("getFactDictionary", may=PUBLIC, answers=FactsOut, example=_FACTS))
async def list_facts(house: HouseDep, known: Known, lang: Lang, now: Now) -> FactsOut:
    """List the facts that a rule may ask for, with their operators and values; the dictionary is closed."""
    reading = Reading(house, known, SYSTEM, lang, now)
    return FactsOut(items=[fact_out(reading, fact) for fact in FACTS.values()])


@router.post(
    "/v1/programs/criteria/check",
    **operation(
        "checkCriteria",
        may=Permission.PROGRAM_DRAFT,
        answers=CriteriaOut,
        example=_CHECKED,
        body_example={"criteria": {"all": [_LEAF, {**_LEAF, "op": "le", "value": 17}]}},
    ),
)
async def check_criteria(body: CriteriaIn, reading: ReadingDep) -> CriteriaOut:
    """Say a tree of conditions in words, and what speaks against it; one that cannot be read is refused.

    Nothing is stored. Every fault names its criterion in words, and the pointer to it.
    """
    reading.actor.require_ever(Permission.PROGRAM_DRAFT)
    try:
        tree = parse_criteria(body.criteria, _ROOT)
    except Invalid as refused:
        raise replace(refused, fields=named_by_criterion(body.criteria, _ROOT, refused.fields)) from None
    known = vocabulary_of(reading.known, Owner("", NATION, None))
    faults = tuple(criteria_faults(tree, _ROOT, known))
    return CriteriaOut(
        valid=not faults,
        words=both(describe(tree)),
        nodes=list(nodes(tree, _ROOT)),
        faults=[fault_out(one) for one in named_by_criterion(body.criteria, _ROOT, faults)],
    )
