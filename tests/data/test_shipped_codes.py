"""Every code that the rules or the other data use has its words in both languages."""

import re
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import app
from app.db.queries.case_moves import CORRECT_PROPOSAL, PAPER_DUE, TELL_RESIDENT
from app.domain.access import ClosedTo, Role
from app.domain.codes import (
    AboutKind,
    ActorKind,
    CaseKind,
    Confidentiality,
    Holder,
    LedgerState,
    Level,
    Outcome,
    Priority,
    Purpose,
    SubjectKind,
    Trust,
    VoidReason,
)
from app.domain.deliberation.deciding import Decision, Source, Standing
from app.domain.deliberation.objections import ObjectionState
from app.domain.deliberation.papers import Match
from app.domain.deliberation.quorum import ConflictReason
from app.domain.deliberation.states import SessionAction, SessionKind, SessionState
from app.domain.facts import FACTS
from app.domain.letters import LetterAction, LetterKind, LetterState
from app.domain.letters import Verdict as LetterVerdict
from app.domain.lifecycle import CaseAction, CaseStatus
from app.domain.matching import Reason as MatchReason
from app.domain.programs import VersionAction, VersionStatus
from app.domain.referrals import ReferralAction, ReferralStatus
from app.domain.referrals.registry import RegistryStage
from app.domain.routing import Mode, Obstacle, Shift, Verdict
from app.domain.sla import ClockStep, Unit
from app.services.letters.places import CORRECT_LETTER

Codes = dict[str, dict[str, dict[str, Any]]]

ENUMS: dict[str, type[StrEnum]] = {
    "about_kind": AboutKind,
    "actor_kind": ActorKind,
    "case_action": CaseAction,
    "case_kind": CaseKind,
    "case_status": CaseStatus,
    "clock_step": ClockStep,
    "candidate_source": Source,
    "candidate_state": Standing,
    "closed_to": ClosedTo,
    "confidentiality": Confidentiality,
    "conflict_reason": ConflictReason,
    "deliberation_action": SessionAction,
    "deliberation_kind": SessionKind,
    "deliberation_state": SessionState,
    "holder": Holder,
    "ledger_state": LedgerState,
    "letter_action": LetterAction,
    "letter_kind": LetterKind,
    "letter_state": LetterState,
    "letter_verdict": LetterVerdict,
    "level": Level,
    "match_reason": MatchReason,
    "minutes_match": Match,
    "objection_state": ObjectionState,
    "obstacle": Obstacle,
    "outcome": Outcome,
    "priority": Priority,
    "proposal_decision": Decision,
    "program_version_action": VersionAction,
    "program_version_status": VersionStatus,
    "purpose": Purpose,
    "referral_action": ReferralAction,
    "referral_status": ReferralStatus,
    "registry_status": RegistryStage,
    "role": Role,
    "routing_mode": Mode,
    "subject_kind": SubjectKind,
    "time_unit": Unit,
    "trial_shift": Shift,
    "trust": Trust,
    "verdict": Verdict,
    "void_reason": VoidReason,
}
FACT_SETS = {
    "registry.status": "registry_result",
    "person.sex": "sex",
    "person.bpjs_status": "bpjs_status",
    "person.school_grade": "school_grade",
    "person.occupation": "occupation",
    "case.kind": "case_kind",
    "case.priority": "priority",
    "place.village_kind": "village_kind",
}


@pytest.mark.parametrize("name", ENUMS)
def test_each_enumeration_has_words(codes: Codes, name: str) -> None:
    missing = {item.value for item in ENUMS[name]} - codes[name].keys()
    assert missing == set()


@pytest.mark.parametrize("fact", FACT_SETS)
def test_each_coded_fact_has_words(codes: Codes, fact: str) -> None:
    assert FACTS[fact].codes == codes[FACT_SETS[fact]].keys()


def test_each_code_is_complete(codes: Codes, sources: dict[str, str]) -> None:
    for name, rows in codes.items():
        for row in rows.values():
            assert row["id"].strip(), (name, row)
            assert row["en"].strip(), (name, row)
            assert row["trust"] in set(Trust), (name, row)
            assert {part.strip() for part in row["source"].split(";")} <= sources.keys(), (name, row)


def test_the_26_ppks_categories_keep_their_numbers_and_secrets(codes: Codes) -> None:
    ppks = codes["ppks"]
    assert [row["attrs"]["no"] for row in ppks.values()] == list(range(1, 27))
    levels = {code: row["attrs"]["default_confidentiality"] for code, row in ppks.items()}
    secret = {code for code, level in levels.items() if level == "RAHASIA"}
    limited = {code for code, level in levels.items() if level == "TERBATAS"}
    assert secret == {"AKTK", "KTK", "KT", "ABH", "AMPK"}
    assert limited == {"ODHA", "NAPZA", "TS", "KM", "BWBLP"}


def test_the_category_tree_is_whole(codes: Codes) -> None:
    tree = codes["case_category"]
    for code, row in tree.items():
        attrs = row["attrs"]
        parent = attrs["parent"]
        assert parent is None or tree[parent]["attrs"]["parent"] is None, code
        assert attrs["root"] == (parent or code)
        assert attrs["default_sector"] in {None, *codes["sector"]}, code
        assert attrs["complaint_class"] in {None, 5, 14, 60}, code
        assert attrs["default_priority"] in set(Priority), code
        assert attrs["default_confidentiality"] in set(Confidentiality), code
        assert attrs["emergency"] == (attrs["default_priority"] == "DARURAT"), code
        assert attrs["emergency"] == (attrs["duty"] is not None), code


def test_violence_is_secret_whatever_its_branch(codes: Codes) -> None:
    branch = [row for row in codes["case_category"].values() if row["attrs"]["root"] == "KEKERASAN"]
    assert len(branch) > 1
    assert {row["attrs"]["default_confidentiality"] for row in branch} == {"RAHASIA"}


def test_the_nine_sectors_and_four_additions(codes: Codes) -> None:
    assert Counter(row["source"] == "F 12" for row in codes["sector"].values()) == {True: 9, False: 4}


def test_the_words_of_a_fact_are_those_of_its_code_list(codes: Codes) -> None:
    for fact, name in {
        "person.sex": "sex",
        "person.bpjs_status": "bpjs_status",
        "person.school_grade": "school_grade",
        "person.occupation": "occupation",
        "place.village_kind": "village_kind",
    }.items():
        told = {code: (entry["id"], entry["en"]) for code, entry in codes[name].items()}
        assert told == {code: (words.id, words.en) for code, words in FACTS[fact].names.items()}
        assert set(told) == set(FACTS[fact].codes or ())


def test_every_code_list_that_is_shown_exists(codes: Codes) -> None:
    shown = re.compile(
        r'(?:\b(?:coded|coded_or_none|all_coded)\(\s*[\w.]+,\s*|known\.(?:label|knows|attrs)\(\s*)"([a-z_]+)"'
    )
    source = Path(app.__file__).parent
    asked = {name for path in sorted(source.rglob("*.py")) for name in shown.findall(path.read_text("utf-8"))}
    assert len(asked) > 20
    assert asked <= set(codes)
    assert {TELL_RESIDENT, PAPER_DUE, CORRECT_PROPOSAL, CORRECT_LETTER} <= set(codes["task_kind"])
