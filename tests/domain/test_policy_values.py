"""Every policy that is shipped can be changed, to something that its reader can use and to nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.policy_shapes import Vocabulary
from app.domain.policy_values import FORMS, check_value
from app.services.seed.tools import shipped

DECISIONS = frozenset({"remove", "refer_fallback"})
WORDS = Vocabulary(lambda code: code.isupper(), lambda _, code: code.isupper() or code in DECISIONS)
SHIPPED: dict[str, Any] = {one["name"]: one["value"] for one in shipped("policies")["values"]}


def test_each_shipped_policy_has_its_form_and_passes_it() -> None:
    assert SHIPPED.keys() == FORMS.keys()
    for name, value in SHIPPED.items():
        check_value(name, value, WORDS)


def holds(name: str, value: object) -> bool:
    try:
        check_value(name, value, WORDS)
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unreachable_contacts", {"contacts": 3, "days": 4, "means": 2}),
        ("unreachable_contacts", {"contacts": 3, "days": 3}),
        ("auto_next", [["PKH", "PKH"]]),
        ("auto_next", [["PKH"]]),
        ("direct_referral", ["tidak_ada"]),
        ("direct_referral", ["PKH"] * 201),
        ("four_eyes", {"publish_rules": True, "close_complaints": False, "decide": True}),
        ("four_eyes", {"publish_rules": True, "close_complaints": True, "decide": 1}),
        ("escalation_ladder", ["head", "assignee"]),
        ("escalation_ladder", ["assignee", "assignee"]),
        ("escalation_ladder", ["nobody"]),
        ("office_hours", {"weekdays": {"days": [], "opens": "08:00", "closes": "16:00"}}),
        ("office_hours", {"weekdays": {"days": [1], "opens": "08:00", "closes": "08:00"}}),
        ("office_hours", {"six_day_extra": {"days": [6], "opens": "08:00", "closes": "13:00"}}),
        ("bounces_to_decision", 1),
        ("reminder_share", 1),
        ("category_papers", {"PKH": {"required": "KTP", "optional": []}}),
        ("attachment_quota", {"case_files": 0, "case_bytes": 1, "account_bytes_a_day": 1}),
        ("visit_checklist", []),
    ],
)
def test_a_value_that_its_reader_could_not_use_is_refused(name: str, value: object) -> None:
    assert not holds(name, value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(FORMS)), anything)
def test_any_json_is_judged_and_never_breaks_the_judge(name: str, value: object) -> None:
    holds(name, value)
    holds(name, dict.fromkeys(SHIPPED[name], value) if isinstance(SHIPPED[name], dict) else [value])
    assert json.dumps(value)
