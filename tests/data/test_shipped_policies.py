"""The default clocks and policies, the agencies and the sources."""

from typing import Any

import pytest

from app.domain.codes import CaseKind, Priority, Trust
from app.domain.sla import ClockStep, Unit

Rows = dict[str, dict[str, Any]]
Policies = dict[str, list[dict[str, Any]]]


def allowance(policies: Policies, step: str, **named: str) -> tuple[int, str]:
    wanted = {"kind": None, "category": None, "priority": None, **named}
    found = [
        one
        for one in policies["clocks"]
        if one["step"] == step and all(one[name] == value for name, value in wanted.items())
    ]
    assert len(found) == 1, (step, named)
    return found[0]["amount"], found[0]["unit"]


def test_every_clock_row_is_well_formed(
    policies: Policies, codes: dict[str, Rows], sources: dict[str, str]
) -> None:
    keys = set()
    for one in policies["clocks"]:
        assert one["step"] in set(ClockStep)
        assert one["unit"] in set(Unit)
        assert one["amount"] > 0
        assert one["kind"] in {None, *CaseKind}
        assert one["priority"] in {None, *Priority}
        assert one["category"] in {None, *codes["case_category"]}
        assert one["trust"] in set(Trust)
        assert {part.strip() for part in one["source"].split(";")} <= sources.keys()
        keys.add((one["step"], one["kind"], one["category"], one["priority"]))
    assert len(keys) == len(policies["clocks"])


@pytest.mark.parametrize("step", list(ClockStep))
def test_every_step_has_a_default(policies: Policies, step: str) -> None:
    assert allowance(policies, step)[0] > 0


@pytest.mark.parametrize(
    ("step", "named", "expected"),
    [
        ("verification", {}, (3, "working_days")),
        ("acceptance", {}, (5, "working_days")),
        ("completion", {}, (30, "calendar_days")),
        ("confirmation", {}, (10, "working_days")),
        ("first_response", {"priority": "DARURAT"}, (2, "hours")),
        ("first_response", {"priority": "MENDESAK"}, (8, "hours")),
        ("handling", {"kind": "PENGADUAN"}, (14, "working_days")),
        ("handling", {"kind": "PENGADUAN", "category": "DATA"}, (5, "working_days")),
        ("handling", {"kind": "PENGADUAN", "category": "LAYANAN_PETUGAS_POTONGAN"}, (60, "working_days")),
        ("handling", {"category": "KEKERASAN"}, (3, "working_days")),
    ],
)
def test_the_decided_defaults_stand(
    policies: Policies, step: str, named: dict[str, str], expected: tuple[int, str]
) -> None:
    assert allowance(policies, step, **named) == expected


def test_the_other_policies_stand(policies: Policies, programs: Rows) -> None:
    values = {one["name"]: one["value"] for one in policies["values"]}
    assert (values["duplicate_window_days"], values["reopen_window_days"]) == (30, 30)
    assert values["unreachable_contacts"] == {"contacts": 3, "days": 3, "means": 2}
    assert values["bounces_to_decision"] == 3
    assert {*values["direct_referral"], *values["solved_here"]} <= programs.keys()
    assert not {*values["direct_referral"]} & {*values["solved_here"]}
    assert all(one["label"]["id"] and one["label"]["en"] for one in policies["values"])


def test_agencies_of_all_levels_are_complete(
    agencies: Rows, regions: dict[str, str], codes: dict[str, Rows], sources: dict[str, str]
) -> None:
    assert {one["level"] for one in agencies.values()} == codes["level"].keys()
    for code, one in agencies.items():
        assert one["kind"] in codes["agency_kind"], code
        assert one["region"] in {"ID", *regions}, code
        assert one["answers"] in codes["answers"], code
        assert one["proxy_role"] in codes["role"], code
        assert set(one["sectors"]) <= codes["sector"].keys(), code
        assert {part.strip() for part in one["source"].split(";")} <= sources.keys(), code
        digits = code.partition("-")[2]
        assert one["region"] == "ID" or one["region"].replace(".", "").ljust(4, "0") == digits, code


@pytest.mark.parametrize("code", ["KEMENSOS", "BPJS_KESEHATAN", "RSUD-1371", "SEKOLAH-1374", "PEMDES"])
def test_receivers_without_an_account_are_answered_for(agencies: Rows, code: str) -> None:
    assert agencies[code]["answers"] == "by_proxy"


@pytest.mark.parametrize("code", ["DINSOS-1371", "BAZNAS-1374", "LKKS-1872", "DINKES_PROV-1300"])
def test_bodies_with_an_account_answer_themselves(agencies: Rows, code: str) -> None:
    assert agencies[code]["answers"] == "direct"
