"""Whom an emergency is put before, and that as little as possible is told."""

from typing import Any

import pytest

from app.domain.codes import CaseKind, Priority, Purpose
from app.domain.emergencies import call_out, may_be_emergency
from app.domain.routing import Need

PATIENT = {"person.in_care_now": True, "person.bpjs_status": "INACTIVE"}
D, M, B = Priority.DARURAT, Priority.MENDESAK, Priority.BIASA


def need(priority: Priority, **named: Any) -> Need:
    return Need(**{"kind": CaseKind.LAYANAN, "priority": priority, **named})


@pytest.mark.parametrize(
    ("asked", "facts", "bodies", "duty"),
    [
        (need(D, category="BENCANA_ALAM", sector="KEBENCANAAN", duty="TAGANA"), {}, ["DINSOS"], "TAGANA"),
        (need(D, category="LAINNYA", sector="KEBENCANAAN"), {}, ["DINSOS"], "TAGANA"),
        (need(D, category="PASIEN_DARURAT", sector="KESEHATAN", duty="RSUD"), {}, ["DINSOS", "RSUD"], "RSUD"),
        (
            need(D, category="ANAK_DALAM_BAHAYA", root="KEKERASAN", duty="UPTD_PPA"),
            {},
            ["DINSOS", "UPTD_PPA"],
            "UPTD_PPA",
        ),
        (need(D, category="KEKERASAN_ANAK", root="KEKERASAN"), {}, ["DINSOS", "UPTD_PPA"], "UPTD_PPA"),
        (need(B, kind=CaseKind.DARURAT, category="PERMOHONAN_PANGAN"), {}, ["DINSOS"], None),
        (need(M, category="KEPESERTAAN_PBI_PASIEN"), {}, ["DINSOS", "RSUD"], None),
        (need(M, category="PERMOHONAN_KESEHATAN"), PATIENT, ["DINSOS", "RSUD"], None),
    ],
)
def test_an_emergency_goes_to_dinsos_and_whoever_must_act(
    asked: Need, facts: dict[str, Any], bodies: list[str], duty: str | None
) -> None:
    found = call_out(asked, facts)
    assert found is not None
    assert ([one.agency for one in found.bodies], found.duty) == (bodies, duty)
    assert may_be_emergency(asked.priority, asked.kind)


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        (need(B, category="KEPESERTAAN_PBI_PASIEN"), PATIENT),
        (need(M, category="PERMOHONAN_KESEHATAN"), {**PATIENT, "person.bpjs_status": "ACTIVE_PBI"}),
        (need(M, category="PERMOHONAN_KESEHATAN"), {"person.bpjs_status": "INACTIVE"}),
        (need(M, category="KEKERASAN_ANAK", root="KEKERASAN"), {}),
        (need(B, category="PERMOHONAN_BANSOS"), {}),
    ],
)
def test_what_is_no_emergency_is_sent_nowhere(asked: Need, facts: dict[str, Any]) -> None:
    assert call_out(asked, facts) is None


def test_no_number_and_no_fact_is_told_and_of_a_protected_case_nothing() -> None:
    asked = (need(D, sector=sector) for sector in ("KEBENCANAAN", "KESEHATAN", "PANGAN"))
    told = {
        name
        for one in asked
        if (found := call_out(one, {}))
        for body in found.bodies
        for name in body.discloses
    }
    assert told <= {"name", "phone", "address", "chronology"}
    closed = call_out(need(D, category="ANAK_DALAM_BAHAYA", root="KEKERASAN"), {})
    assert closed is not None
    assert [(one.purpose, one.discloses) for one in closed.bodies if one.agency == "DINSOS"] == [
        (Purpose.INFORMATION, ())
    ]
