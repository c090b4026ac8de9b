"""Programme documents: read whole, refused with every fault, and turned into planned instalments."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app.data
from app.domain.codes import Level
from app.domain.criteria import describe
from app.domain.errors import Invalid
from app.domain.programs import Per, Planned, covers, instalments, parse_program
from app.domain.programs.model import GoodsKind
from tests.domain.routing_cases import document, leaf

DATA = Path(str(app.data.__path__[0]))


def _component(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "label": {"id": code, "en": code},
        "kind": "cash",
        "amount_idr": 750_000,
        "per": "quarter",
        "instalments": 2,
        "when": None,
        "source": "test",
        "trust": "F",
        **more,
    }


def _benefit(*components: dict[str, Any]) -> dict[str, Any]:
    summary = {"id": "Uang", "en": "Cash"}
    return {"summary": summary, "components": list(components), "fulfilled_on": "enrolment"}


def test_every_programme_of_the_catalogue_is_read() -> None:
    documents = json.loads((DATA / "programs.json").read_text(encoding="utf-8"))
    programs = [parse_program(one, f"/{place}") for place, one in enumerate(documents)]
    assert len(programs) >= 30
    assert {one.level for one in programs} == set(Level)
    assert len({(one.code, one.version.n) for one in programs}) == len(programs)
    for one in programs:
        assert all(describe(one.version.criteria)), one.code


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        (lambda one: one.pop("agency"), "/agency", "required"),
        (lambda one: one.update(level="DUNIA"), "/level", "code"),
        (lambda one: one.update(purposes=[]), "/purposes", "empty"),
        (lambda one: one.update(extra=1), "/extra", "unknown"),
        (lambda one: one["name"].pop("en"), "/name/en", "required"),
        (lambda one: one["version"].update(n=0), "/version/n", "range"),
        (lambda one: one["version"].update(valid_to="soon"), "/version/valid_to", "date"),
        (lambda one: one["version"].update(coverage=[]), "/version/coverage", "empty"),
        (lambda one: one["version"].update(village_kinds=["x"]), "/version/village_kinds/0", "code"),
        (lambda one: one["version"].update(village_kinds=[]), "/version/village_kinds", "empty"),
        (lambda one: one["version"].update(waiting_list=1), "/version/waiting_list", "type"),
        (lambda one: one["version"].update(criteria=None), "/version/criteria", "type"),
        (lambda one: one["version"].update(exclusions=[{}]), "/version/exclusions/0/trust", "required"),
        (lambda one: one["version"].update(papers=[{"code": "KTP"}]), "/version/papers/0/required", "type"),
        (lambda one: one["version"].update(quota={}), "/version/quota/note", "required"),
        (lambda one: one["version"].update(period={}), "/version/period/opens_on", "required"),
        (lambda one: one["version"].update(standard={}), "/version/standard/unit", "code"),
        (lambda one: one["version"].update(ladder=[1]), "/version/ladder/0", "type"),
        (lambda one: one["version"].update(contacts=[{}]), "/version/contacts/0/value", "type"),
        (
            lambda one: one["version"].update(benefit=_benefit(_component("a", amount_idr=-1))),
            "/version/benefit/components/0/amount_idr",
            "range",
        ),
        (
            lambda one: one["version"].update(benefit=_benefit(_component("a", when=leaf("x", "eq", 1)))),
            "/version/benefit/components/0/when/fact",
            "unknown_fact",
        ),
    ],
)  # fmt: skip
def test_a_faulty_document_is_refused_with_the_path(
    change: Callable[[dict[str, Any]], object], pointer: str, code: str
) -> None:
    one = document("A")
    change(one)
    with pytest.raises(Invalid) as refused:
        parse_program(one)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.fields}


def test_a_document_that_is_no_object_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_program([])


def test_optional_parts_are_read() -> None:
    one = parse_program(
        document(
            "A",
            quota={"note": "600 keluarga"},
            period={"opens_on": "2026-01-01", "closes_on": None},
            standard={"amount": 5, "unit": "working_days", "source": "x", "trust": "F"},
            ladder=[{"rung": "DINSOS", "label": {"id": "Dinas", "en": "Office"}, "agency": "DINSOS"}],
            contacts=[{"label": {"id": "Telepon", "en": "Phone"}, "value": "171"}],
        )
    )
    assert one.version.quota_note == ("600 keluarga", "600 keluarga")
    assert one.version.period is not None
    assert one.version.period.closes_on is None
    assert one.version.ladder[0].agency == "DINSOS"
    assert one.version.contacts[0].value == "171"


def test_only_components_that_are_met_are_planned() -> None:
    pregnant = leaf("household.pregnant", "is", value=True)
    toddler = leaf("household.children_0_6", "ge", 1)
    version = parse_program(
        document(
            "A",
            benefit=_benefit(
                _component("pregnant", when=pregnant),
                _component("toddler", when=toddler),
                _component("goods", kind="goods", amount_idr=None, per="once", instalments=1),
            ),
        )
    ).version
    facts = {"household.children_0_6": 0}
    goods = Planned("goods", GoodsKind.GOODS, None, Per.ONCE, 1, 1)
    assert instalments(version, facts) == (goods,)
    assert instalments(version, {"household.pregnant": True}) == (
        Planned("pregnant", GoodsKind.CASH, 750_000, Per.QUARTER, 1, 2),
        Planned("pregnant", GoodsKind.CASH, 750_000, Per.QUARTER, 2, 2),
        goods,
    )


@pytest.mark.parametrize(
    ("area", "place", "covered"),
    [
        ("ID", "13.74", True),
        ("13", "13.74", True),
        ("13.74", "13.74", True),
        ("13.7", "13.74", False),
        ("13.74.01", "13.74", False),
    ],
)
def test_a_region_covers_itself_and_what_is_below(area: str, place: str, *, covered: bool) -> None:
    assert covers(area, place) is covered
