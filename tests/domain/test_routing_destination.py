"""Where a case goes: matched, up the ladder, answered here, or out at once."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.codes import CaseKind, Priority
from app.domain.facts import LEDGER
from app.domain.routing import (
    Mode,
    Need,
    Policy,
    Where,
    compile_catalogue,
    destination,
    record,
    route,
)
from tests.domain.routing_cases import COMPLAINT, LADDER, ask, program


@pytest.mark.parametrize(
    ("need", "mode"),
    [
        (Need(CaseKind.LAYANAN), Mode.MATCH),
        (Need(CaseKind.USULAN_DATA), Mode.MATCH),
        (Need(CaseKind.DARURAT), Mode.MATCH),
        (Need(CaseKind.PENGADUAN, "KEPESERTAAN", names_need=True), Mode.MATCH),
        (COMPLAINT, Mode.LADDER),
        (Need(CaseKind.PERTANYAAN), Mode.ANSWER),
        (Need(CaseKind.SARAN), Mode.ANSWER),
        (Need(CaseKind.INFORMASI), Mode.ANSWER),
        (Need(CaseKind.LAYANAN, "KEKERASAN"), Mode.CLOSED_CHANNEL),
        (Need(CaseKind.DARURAT, "KEKERASAN_ANAK", root="KEKERASAN"), Mode.CLOSED_CHANNEL),
    ],
)
def test_the_kind_of_case_says_what_answer_it_wants(need: Need, mode: Mode) -> None:
    decision = route(compile_catalogue([program("A")]), ask(need=need))
    assert decision.mode is mode
    assert bool(decision.verdicts) == (mode is Mode.MATCH)


def test_a_complaint_starts_at_the_first_rung_not_tried() -> None:
    catalogue = compile_catalogue([program("A", ladder=LADDER)])
    about = ask(need=COMPLAINT, about_program="A")
    assert record(route(catalogue, about)).ladder == ("PENDAMPING", "DINSOS")
    tried = replace(about, tried=frozenset({"PENDAMPING"}))
    assert record(route(catalogue, tried)).ladder == ("DINSOS",)
    assert not record(route(catalogue, replace(about, about_program="NO_SUCH"))).ladder


DIRECT = Policy(direct=frozenset({"A"}))


@pytest.mark.parametrize(
    ("more", "policy", "where", "agencies"),
    [
        ({}, Policy(), Where.SECRETARIAT, ("DINSOS",)),
        ({}, DIRECT, Where.AGENCY, ("DINSOS",)),
        ({}, Policy(here=frozenset({"A"})), Where.HERE, ("DINSOS",)),
        ({"capacity": {"A": 0}}, DIRECT, Where.SECRETARIAT, ()),
        ({"live": frozenset({"A"})}, DIRECT, Where.SECRETARIAT, ()),
        ({"facts": {LEDGER: None}}, DIRECT, Where.HERE, ()),
        ({"need": COMPLAINT}, DIRECT, Where.SECRETARIAT, ()),
        ({"need": COMPLAINT, "about_program": "A"}, DIRECT, Where.HERE, ()),
        (
            {"need": COMPLAINT, "about_program": "A", "tried": frozenset({"PENDAMPING"})},
            DIRECT,
            Where.AGENCY,
            ("DINSOS",),
        ),
        (
            {"need": COMPLAINT, "about_program": "A", "tried": frozenset({"PENDAMPING"})},
            Policy(),
            Where.SECRETARIAT,
            ("DINSOS",),
        ),
        ({"need": Need(CaseKind.PERTANYAAN)}, DIRECT, Where.HERE, ()),
        ({"need": Need(CaseKind.SARAN), "about_program": "A"}, DIRECT, Where.HERE, ("DINSOS",)),
        ({"need": Need(CaseKind.PENGADUAN, "KEKERASAN")}, DIRECT, Where.AGENCY, ("UPTD_PPA",)),
    ],
)
def test_where_a_case_goes(
    more: dict[str, Any], policy: Policy, where: Where, agencies: tuple[str, ...]
) -> None:
    one = program("A", ladder=LADDER, waiting_list=True)
    question = ask(**{name: value for name, value in more.items() if name != "facts"})
    if "facts" in more:
        question = replace(question, facts={})
    goes = destination(route(compile_catalogue([one]), question), policy)
    assert (goes.where, goes.agencies) == (where, agencies)
    assert all(goes.reason)


@pytest.mark.parametrize(
    ("need", "agencies", "duty"),
    [
        (Need(CaseKind.DARURAT, sector="KESEHATAN"), ("DINSOS",), "RSUD"),
        (Need(CaseKind.DARURAT, sector="KEBENCANAAN"), ("DINSOS",), "TAGANA"),
        (Need(CaseKind.LAYANAN, priority=Priority.DARURAT, duty="X"), ("DINSOS",), "X"),
        (Need(CaseKind.DARURAT, "KEKERASAN"), ("DINSOS",), "UPTD_PPA"),
    ],
)
def test_an_emergency_goes_at_once(need: Need, agencies: tuple[str, ...], duty: str) -> None:
    goes = destination(route(compile_catalogue([]), ask(need=need)), Policy())
    assert (goes.where, goes.agencies, goes.duty, goes.at_once) == (
        Where.AGENCY,
        agencies,
        duty,
        True,
    )


def test_programmes_that_complement_each_other_are_proposed_together() -> None:
    programs = [program("A", level="DESA"), program("B", complements=["A"]), program("C")]
    goes = destination(route(compile_catalogue(programs), ask()), Policy())
    assert goes.programs == ("A", "B")


def test_what_serves_the_need_goes_before_what_only_fits() -> None:
    letter = program("LETTER", level="DESA", sectors=["ENERGI"])
    event = program("EVENT", waiting_list=True)
    decision = route(compile_catalogue([letter, event]), ask(capacity={"EVENT": 0}))
    assert destination(decision, DIRECT).programs == ("EVENT",)
