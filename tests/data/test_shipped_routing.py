"""The shipped catalogue gives the people of the story what they should get."""

from datetime import date
from typing import Any

import pytest

from app.domain.codes import CaseKind, Priority
from app.domain.facts import Value
from app.domain.programs import parse_program
from app.domain.routing import Catalogue, Decision, Need, Place, Question, compile_catalogue, route

TODAY = date(2026, 11, 25)
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def catalogue(programs: Rows) -> Catalogue:
    return compile_catalogue([parse_program(document) for document in programs.values()])


def asked(catalogue: Catalogue, village: str, need: Need, facts: dict[str, Value]) -> Decision:
    """Ask for somebody in *village* who holds no aid unless *facts* say so."""
    held: dict[str, Value] = {"ledger.active_programs": frozenset()}
    return route(catalogue, Question(held | facts, need, Place(village[:5], village), TODAY))


def verdicts(decision: Decision) -> dict[str, str]:
    return {code: verdict.value for code, verdict in decision.verdicts}


def wants(category: str, sector: str, priority: Priority = Priority.BIASA) -> Need:
    return Need(CaseKind.LAYANAN, category, sector, priority, "KEBUTUHAN_LAYANAN", names_need=True)


def test_a_pasaman_mother_with_a_toddler_fits_pkh(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 2,
        "household.children_0_6": 1,
        "person.age": 27,
    }
    found = verdicts(asked(catalogue, "13.08.05.2003", wants("PERMOHONAN_BANSOS", "SOSIAL_EKONOMI"), facts))
    assert (found["PKH"], found["SEMBAKO"], found["BLT_DD"]) == ("eligible", "eligible", "eligible")
    assert "BLT_KOTA" not in found or found["BLT_KOTA"] == "not_available"


def test_a_padang_patient_gets_pbi_back_and_jkss_as_fallback(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 6,
        "person.bpjs_status": "INACTIVE",
        "person.pbi_removed_months": 2,
        "person.chronic_illness": True,
    }
    need = wants("KEPESERTAAN_PBI_PASIEN", "KESEHATAN", Priority.MENDESAK)
    found = verdicts(asked(catalogue, "13.71.02.1003", need, facts))
    assert (found["PBI_REAKTIVASI"], found["JKSS"]) == ("eligible", "eligible")
    # Above the decile only an assessment decides: neither yes nor no before the visit.
    assert found["PBI_JK"] == "needs_information"
    assert verdicts(asked(catalogue, "13.71.02.1003", need, facts | {"person.assessed_poor": False}))[
        "PBI_JK"
    ] == ("not_eligible")


def test_a_lone_elderly_man_gets_food_and_not_the_second_cash_aid(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 1,
        "person.age": 74,
        "household.elderly_alone": True,
        "household.elderly": 1,
        "ledger.active_programs": frozenset({"PKH"}),
    }
    decision = asked(catalogue, "13.74.01.1005", wants("PERMOHONAN_PANGAN", "PANGAN"), facts)
    found = verdicts(decision)
    assert (found["SEMBAKO_LANSIA"], found["BLT_KOTA"]) == ("eligible", "not_eligible")
    assert found["PERMAKANAN"] == "not_eligible"
    assert next(code for code, _ in decision.verdicts) == "SEMBAKO_LANSIA"


def test_a_resident_without_nik_is_led_to_papers_and_registry(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {"registry.listed": False, "person.has_nik": False, "person.age": 45}
    need = Need(CaseKind.USULAN_DATA, "KEPESERTAAN_TIDAK_TERDAFTAR", "SOSIAL_EKONOMI", root="KEPESERTAAN")
    found = verdicts(asked(catalogue, "63.03.05.2052", need, facts))
    assert (found["ADMINDUK"], found["USULAN_DTSEN"]) == ("eligible", "eligible")
    assert found["PKH"] == "not_eligible"
    assert found["SKTM"] == "needs_information"


def test_a_metro_person_with_disability_fits_the_yearly_event(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 3,
        "person.disability": True,
        "ledger.active_programs": frozenset({"SEMBAKO"}),
    }
    need = wants("PERMOHONAN_BANSOS", "SOSIAL_EKONOMI")
    question = Question(facts, need, Place("18.72", "18.72.01.1003"), TODAY)
    assert verdicts(route(catalogue, question))["BHAKTI_SOSIAL-1872"] == "eligible"
    full = Question(facts, need, Place("18.72", "18.72.01.1003"), TODAY, capacity={"BHAKTI_SOSIAL-1872": 0})
    assert verdicts(route(catalogue, full))["BHAKTI_SOSIAL-1872"] == "waitlist"


def test_a_short_payment_climbs_the_programmes_own_ladder(catalogue: Catalogue) -> None:
    need = Need(CaseKind.PENGADUAN, "PROGRAM_KURANG", "SOSIAL_EKONOMI", root="PROGRAM")
    place = Place("13.08", "13.08.05.2003")
    first = route(catalogue, Question({}, need, place, TODAY, about_program="PKH"))
    assert [rung.rung for rung in first.ladder] == ["PENDAMPING_PKH", "DINSOS", "KEMENSOS"]
    tried = frozenset({"PENDAMPING_PKH"})
    second = route(catalogue, Question({}, need, place, TODAY, about_program="PKH", tried=tried))
    assert [rung.rung for rung in second.ladder] == ["DINSOS", "KEMENSOS"]


@pytest.mark.parametrize(("village", "given"), [("13.08.05.2003", True), ("13.71.02.1003", False)])
def test_village_cash_aid_is_for_desa_and_nagari(catalogue: Catalogue, village: str, given: bool) -> None:  # noqa: FBT001
    need = wants("PERMOHONAN_BANSOS", "SOSIAL_EKONOMI")
    found = verdicts(asked(catalogue, village, need, {"registry.desil": 1}))
    assert (found.get("BLT_DD") == "eligible") is given
