"""Letters, pure: the table of states, templates, numbers, codes, and what anyone is told."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import ROLE_PERMISSIONS, Permission, Role
from app.domain.errors import Conflict, Invalid
from app.domain.letters import (
    STEPS,
    LetterAction,
    LetterKind,
    LetterState,
    Template,
    Verdict,
    allowed_actions,
    check_fields_given,
    check_template,
    day_in_words,
    decide,
    fields_of,
    fill,
    fill_body,
    initials,
    judge,
    make_code,
    number_of,
    parse_code,
)

ANNA, BUDI = UUID(int=1), UUID(int=2)
S, A = LetterState, LetterAction
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(("state", "action"), list(product(S, A)))
def test_every_pair_is_a_step_of_the_table_or_refused(state: LetterState, action: LetterAction) -> None:
    found = [step for step in STEPS if (step.source, step.action) == (state, action)]
    if found:
        assert decide(state, action, maker=ANNA, by=BUDI) == found[0]
    else:
        with pytest.raises(Conflict, match="letter_step_not_possible"):
            decide(state, action, maker=ANNA, by=BUDI)


@pytest.mark.parametrize("action", A)
def test_the_maker_neither_initials_nor_signs(action: LetterAction) -> None:
    state = next(step.source for step in STEPS if step.action is action)
    for maker in (ANNA, None):
        if action in {A.INITIAL, A.SIGN}:
            with pytest.raises(Conflict, match="second_person_needed"):
                decide(state, action, maker=maker, by=ANNA)
        else:
            assert decide(state, action, maker=maker, by=ANNA).action is action


def test_a_signature_needs_an_initial_and_only_the_head_signs() -> None:
    assert {step.source for step in STEPS if step.target is S.SIGNED} == {S.INITIALLED}
    assert {role for role, held in ROLE_PERMISSIONS.items() if Permission.LETTER_SIGN in held} == {Role.HEAD}
    shown = allowed_actions(S.INITIALLED, ROLE_PERMISSIONS[Role.APPROVER], maker=ANNA, by=BUDI)
    assert shown == (A.RETURN,)
    assert A.SIGN in allowed_actions(S.INITIALLED, ROLE_PERMISSIONS[Role.HEAD], maker=ANNA, by=BUDI)
    assert A.SIGN not in allowed_actions(S.INITIALLED, ROLE_PERMISSIONS[Role.HEAD], maker=BUDI, by=BUDI)


def template(**changes: object) -> Template:
    given: dict[str, object] = {
        "kind": LetterKind.RUJUKAN,
        "title": "Surat",
        "body": "Kepada {agency}:\n\n{identity}\n\nAlasan: {reason}",
        "number_format": "{n}/{month}/{year}",
        "valid_days": 30,
    }
    return Template(**{**given, **changes})  # type: ignore[arg-type]  # one field is replaced


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"body": "{identity}\n\n{gaji}"}, ["/body"]),
        ({"body": "{identity}\n\n{ reason }"}, ["/body"]),
        ({"body": "{identity}\n\nkurung } saja"}, ["/body"]),
        ({"body": "{identity}\n\n{identity}"}, ["/body"]),
        ({"body": "tanpa"}, ["/body"]),
        ({"kind": LetterKind.REKOMENDASI}, ["/body"]),
        ({"title": "{identity}"}, ["/title"]),
        ({"number_format": "{year}"}, ["/number_format"]),
        ({"number_format": "{n}"}, ["/number_format"]),
        ({"number_format": "{n}{year}{day}"}, ["/number_format"]),
        ({"valid_days": 0}, ["/valid_days"]),
        ({"valid_days": 1_096}, ["/valid_days"]),
        ({"title": "{x}", "valid_days": -1}, ["/title", "/valid_days"]),
    ],
)
def test_a_template_is_judged_when_it_is_made(changes: dict[str, object], pointers: list[str]) -> None:
    found: list[str] = []
    try:
        check_template(template(**changes))
    except Invalid as error:
        found = [one.pointer for one in error.fields]
    assert found == pointers


def test_fields_are_named_by_the_template() -> None:
    assert fields_of(template()) == ("reason",)
    check_fields_given(template(), {"reason": "a", "addressee": "b", "attachments": "c"})
    for given_, pointer in (
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "a", "purpose": "b"}, "purpose"),
    ):
        with pytest.raises(Invalid) as caught:
            check_fields_given(template(), given_)
        assert [one.pointer for one in caught.value.fields] == [f"/fields/{pointer}"]


def test_a_value_that_looks_like_a_placeholder_stays_what_it_is() -> None:
    assert fill("{reason} {name}", {"reason": "{name}", "name": "Ani"}) == "{name} Ani"
    assert fill_body("A {x}\n\n{identity}\r\n\r\nB\nC", {}) == ["A -", None, "B\nC"]


@given(st.text(max_size=40), st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=9)))
def test_filling_never_fails(text: str, values: dict[str, str]) -> None:
    assert isinstance(fill(text, values), str)
    assert all(part is None or part for part in fill_body(text, values))


@pytest.mark.parametrize(
    ("n", "on", "number"),
    [
        (1, date(2026, 1, 2), "400.9/001/SLRT-1374/I/2026"),
        (12, date(2026, 11, 25), "400.9/012/SLRT-1374/XI/2026"),
        (1_234, date(2027, 9, 30), "400.9/1234/SLRT-1374/IX/2027"),
    ],
)
def test_numbers_are_written_as_the_trade_does(n: int, on: date, number: str) -> None:
    assert number_of("400.9/{n}/SLRT-{regency}/{month}/{year}", n, on, "1374") == number


def test_days_are_written_in_indonesian() -> None:
    assert day_in_words(TODAY) == "25 November 2026"
    assert day_in_words(date(2028, 2, 29)) == "29 Februari 2028"


@given(st.integers(0, 2**80 - 1), st.sampled_from(["13.74", "63.03", "13", "ID"]))
def test_a_code_is_read_back_however_it_is_typed(bits: int, tenant: str) -> None:
    code = make_code(tenant, bits)
    assert len(code.text) == 24
    for typed in (code.text, code.text.lower(), code.text.replace("-", " "), code.text.replace("0", "O")):
        assert parse_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "1374", "1374-" + "U" * 16, "9" * 41, "0374-" + "A" * 16, "\u0661374" + "A" * 16]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "until", "unchanged", "verdict"),
    [
        (S.SIGNED, TODAY, True, Verdict.VALID),
        (S.SIGNED, TODAY - DAY, True, Verdict.EXPIRED),
        (S.SIGNED, TODAY + DAY, False, Verdict.UNKNOWN),
        (S.REVOKED, TODAY + DAY, True, Verdict.REVOKED),
        (S.REVOKED, TODAY - DAY, True, Verdict.REVOKED),
        (S.DRAFT, None, True, Verdict.UNKNOWN),
        (S.INITIALLED, TODAY + DAY, True, Verdict.UNKNOWN),
        (S.SIGNED, None, True, Verdict.UNKNOWN),
    ],
)
def test_what_a_letter_is_worth(
    state: LetterState,
    until: date | None,
    unchanged: bool,  # noqa: FBT001  # a column of the table
    verdict: Verdict,
) -> None:
    assert judge(state, until, TODAY, unchanged=unchanged) is verdict


def test_of_a_name_only_initials_are_told() -> None:
    assert initials("Yuliana  binti Contoh") == "Y. B. C."
    assert initials("-") == ""
    assert initials("émile 2") == "É."
