"""What stands against a row of a list, who may decide what about it, and whom a fallback has a place for."""

from datetime import date
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Conflict, Forbidden, Invalid
from app.domain.matching import Identity
from app.domain.programs import Effect
from app.domain.reconciliation import (
    ALLOWED,
    Against,
    Asked,
    Decision,
    Earlier,
    Finding,
    FindingState,
    HeldAid,
    Kind,
    Listed,
    Quota,
    Reason,
    Record,
    Source,
    after_decision,
    asked_of,
    check_approval,
    check_decision,
    check_open,
    classify,
    outcome_of,
    place,
    stays_on_list,
)

REGION = "13.71"
HOME = "13.71.02.1003"
NEXT = "13.71.02.1004"
AWAY = "13.74.01.1005"
BORN = date(1991, 7, 5)
ROW = Identity(nik="n1", name_key="siti aminah", born_on=BORN, village=HOME)


def known(  # noqa: PLR0913  # one keyword for each thing a case is about
    name: str = "siti aminah",
    born_on: date | None = BORN,
    village: str | None = HOME,
    *,
    source: Source = Source.REGISTRY,
    as_of: date = date(2026, 9, 30),
    tenant: str = REGION,
    nik: str | None = "n1",
    **more: object,
) -> Record:
    who = Identity(nik=nik, name_key=name, born_on=born_on, village=village)
    told = "DTSEN" if source is Source.REGISTRY else "village_letter"
    return Record(source, tenant, uuid4(), who, as_of, told, **more)  # type: ignore[arg-type]  # its own fields


def person(*args: object, **more: object) -> Record:
    return known(*args, source=Source.PERSON, **more)  # type: ignore[arg-type]  # as above


def held(program: str = "PBI_JK", effect: Effect | None = Effect.EXCLUDE, tenant: str = REGION) -> HeldAid:
    return HeldAid(program, Source.LEDGER, tenant, "", date(2026, 11, 1), effect)


def found(
    *records: Record,
    aid: tuple[HeldAid, ...] = (),
    who: Identity = ROW,
    near: tuple[Record, ...] = (),
    earlier: Earlier | None = None,
) -> tuple[Finding, ...]:
    return classify(Listed(7, who, (), earlier), records, aid, near, asked=Asked(REGION))


def reasons(*records: Record, **more: object) -> list[tuple[str, str]]:
    return [(one.kind.value, one.reason.value) for one in found(*records, **more)]  # type: ignore[arg-type]


CASES = {
    "matched": ((known(),), []),
    "matched, spelt otherwise": ((known("sitti aminah"),), []),
    "matched, order of words": ((known("aminah siti"),), []),
    "another name": ((known("budi santoso"),), [("not_padan", "name_differs")]),
    "another birth date": ((known(born_on=date(1980, 1, 2)),), [("not_padan", "birth_differs")]),
    "one source agrees": ((known("budi santoso"), person()), []),
    "no birth date is no other one": ((known(born_on=None),), []),
    "recorded death": (
        (known(), person(deceased=True, deceased_on=date(2026, 8, 1))),
        [("deceased", "death_recorded")],
    ),
    "the registry's mark": ((known(deceased=True),), [("deceased", "registry_deceased")]),
    "both say dead: the paper counts": (
        (known(deceased=True), person(deceased=True)),
        [("deceased", "death_recorded")],
    ),
    "the dead have not moved": ((known(deceased=True, village=AWAY),), [("deceased", "registry_deceased")]),
    "left the region": ((known(village=AWAY),), [("moved", "left_region")]),
    "other village": ((known(village=NEXT),), [("moved", "other_village")]),
    "the registry only says moved": ((known(moved=True),), [("moved", "registry_moved")]),
    "the newest word counts: came back": (
        (known(village=AWAY, as_of=date(2026, 6, 30)), person(as_of=date(2026, 10, 2))),
        [],
    ),
    "the newest word counts: went away": (
        (known(village=AWAY, as_of=date(2026, 9, 30)), person(as_of=date(2026, 1, 2))),
        [("moved", "left_region")],
    ),
    "equally new: she stays": ((known(village=AWAY), person()), []),
    "a shielded record tells nothing": ((person(village=AWAY, shielded=True),), []),
    "a shielded person is not looked for elsewhere": (
        (known(village=AWAY), person(shielded=True, as_of=date(2020, 1, 1))),
        [],
    ),
    "shielded and dead": ((person(deceased=True, shielded=True),), [("deceased", "death_recorded")]),
    "the death of another with her NIK": ((known("budi santoso", deceased=True), person()), []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_stands_against_a_row(case: str) -> None:
    records, expected = CASES[case]
    assert reasons(*records) == expected


def test_of_somebody_elses_nik_nothing_else_is_told() -> None:
    theirs = known("budi santoso", village=AWAY, deceased=True)
    assert reasons(theirs, aid=(held(),)) == [("not_padan", "name_differs")]


def test_aid_of_another_funder() -> None:
    assert reasons(known(), aid=(held(),)) == [("double_funded", "excluded_program")]
    assert reasons(known(), aid=(held(effect=Effect.WARN),)) == [("double_funded", "discouraged_program")]
    elsewhere = held("JKSS", None, "13.74")
    assert reasons(known(), aid=(elsewhere,)) == [("double_funded", "same_program_elsewhere")]
    # One finding for all of them; the gravest stands first.
    (one,) = found(known(), aid=(held("PBI_APBD-1371", Effect.WARN), held()))
    assert one.evidence["program"] == "PBI_JK"
    assert one.evidence["also"] == "PBI_APBD-1371"


def test_a_nik_that_only_another_list_knows_is_double_funded_too() -> None:
    kinds = reasons(aid=(held(),))
    assert kinds == [("double_funded", "excluded_program"), ("unlisted", "nik_unknown")]


def test_where_nobody_was_asked_nobody_is_unlisted() -> None:
    asked = asked_of(REGION, [Against.LEDGER, Against.DEATHS_AND_MOVES], other_lists=False)
    assert classify(Listed(1, ROW), (), asked=asked) == ()
    assert [one.kind for one in classify(Listed(1, ROW), (), (held(),), asked=asked)] == [Kind.DOUBLE_FUNDED]
    assert classify(Listed(1, ROW), [known("budi santoso", deceased=True)], asked=asked) == ()


def test_evidence_says_who_and_since_when_and_never_where_in_another_regency() -> None:
    (one,) = found(known(village=AWAY))
    assert one.evidence == {"source": "registry", "told_by": "DTSEN", "as_of": "2026-09-30", "to": "13.74"}
    (dead,) = found(person(deceased=True, deceased_on=date(2026, 8, 1)))
    assert dead.evidence["died_on"] == "2026-08-01"


def test_an_unusable_row_is_only_that() -> None:
    row = Listed(1, ROW, ("nik.number_format",))
    assert [one.kind for one in classify(row, [known(deceased=True)], asked=Asked(REGION))] == [
        Kind.UNREADABLE
    ]


def test_the_second_row_of_a_nik_is_the_duplicate() -> None:
    (one,) = found(known(), earlier=Earlier(3, "siti aminah"))
    assert (one.kind, one.reason, one.evidence["row"]) == (Kind.DUPLICATE, Reason.SAME_NIK, 3)
    assert reasons(known(), earlier=Earlier(3, "budi santoso")) == [("duplicate", "same_nik_other_name")]


def test_without_a_nik_the_nearest_are_parked() -> None:
    who = Identity(name_key="siti aminah", born_on=BORN, village=HOME)
    near = (known(nik=None), known("siti aminah", village=NEXT, nik=None), known("budi santoso", nik=None))
    (one,) = found(who=who, near=near)
    assert one.kind is Kind.PROBABLE
    assert [each.record for each in one.candidates] == [near[0], near[1]]
    assert reasons(who=who, near=(near[2],)) == [("unlisted", "nobody_similar")]
    assert reasons(who=who, near=(known(nik=None, shielded=True),)) == [("unlisted", "nobody_similar")]


def test_the_lists_own_marks_count_where_nobody_knows_better() -> None:
    dead = Listed(1, ROW, says_dead=True)
    assert [one.reason for one in classify(dead, [known()], asked=Asked(REGION))] == [
        Reason.LIST_SAYS_DECEASED
    ]
    better = classify(dead, [person(deceased=True)], asked=Asked(REGION))
    assert [one.reason for one in better] == [Reason.DEATH_RECORDED]
    moved = Listed(1, ROW, says_moved=True)
    assert [one.reason for one in classify(moved, (), asked=Asked(REGION))] == [
        Reason.LIST_SAYS_MOVED,
        Reason.NIK_UNKNOWN,
    ]


def test_a_slip_in_the_nik_does_not_speak_against_her() -> None:
    who = Identity(nik="slip", name_key="siti aminah", born_on=BORN)
    assert reasons(who=who, near=(known(),)) == [("probable", "similar_person")]


def test_candidates_are_looked_at_only_where_nobody_has_the_nik() -> None:
    assert reasons(known(), near=(known("siti aminah"),)) == []


names = st.sampled_from(["siti aminah", "sitti aminah", "budi santoso", ""])
villages = st.sampled_from([HOME, NEXT, AWAY, None])
records = st.builds(
    known,
    names,
    st.sampled_from([BORN, date(1980, 1, 2), None]),
    villages,
    source=st.sampled_from([Source.REGISTRY, Source.PERSON]),
    as_of=st.sampled_from([date(2026, 9, 30), date(2026, 1, 1)]),
    deceased=st.booleans(),
    moved=st.booleans(),
    shielded=st.booleans(),
)


@given(st.lists(records, max_size=3))
def test_where_a_closed_case_is_no_place_is_ever_told(sources: list[Record]) -> None:
    shielded = any(one.shielded and one.who.name_key != "budi santoso" for one in sources)
    told = [one for one in found(*sources) if one.kind is Kind.MOVED]
    assert not (shielded and told)
    assert all(len(str(one.evidence.get("to", ""))) in (0, 5, 13) for one in told)


@given(st.lists(records, max_size=3), st.permutations(range(3)))
def test_the_order_of_the_sources_does_not_matter(sources: list[Record], order: list[int]) -> None:
    mixed = [sources[n] for n in order if n < len(sources)]
    first, second = found(*sources), found(*mixed)
    assert [(one.kind, one.reason) for one in first] == [(one.kind, one.reason) for one in second]


def test_the_gravest_kind_names_the_row() -> None:
    both = found(known(deceased=True), aid=(held(),))
    assert outcome_of(both) is Kind.DECEASED
    assert outcome_of(()) is Kind.MATCHED


@pytest.mark.parametrize(("kind", "decision"), list(product(Kind, Decision)))
def test_every_decision_is_allowed_or_refused(kind: Kind, decision: Decision) -> None:
    if decision in ALLOWED.get(kind, frozenset()):
        check_decision(kind, decision)
    else:
        with pytest.raises(Invalid):
            check_decision(kind, decision)


def test_a_number_is_not_corrected_for_many_at_once() -> None:
    with pytest.raises(Invalid):
        check_decision(Kind.NOT_PADAN, Decision.CORRECT_NIK, for_many=True)


def test_two_people_strike_somebody_off_where_the_policy_asks() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert after_decision(Decision.REMOVE, ["remove"]) is FindingState.AWAITING
    assert after_decision(Decision.KEEP, ["remove"]) is FindingState.DECIDED
    check_approval(FindingState.AWAITING, one, other)
    with pytest.raises(Forbidden):
        check_approval(FindingState.AWAITING, one, one)
    with pytest.raises(Conflict):
        check_approval(FindingState.DECIDED, one, other)
    with pytest.raises(Conflict):
        check_open(FindingState.AWAITING)


def test_only_what_holds_strikes_a_row_off() -> None:
    assert stays_on_list([])
    assert stays_on_list([(FindingState.AWAITING, Decision.REMOVE)])
    assert stays_on_list([(FindingState.DECIDED, Decision.KEEP)])
    assert not stays_on_list([(FindingState.DECIDED, Decision.KEEP), (FindingState.DECIDED, Decision.REMOVE)])
    assert not stays_on_list([(FindingState.DECIDED, Decision.REFER_OTHER)])


@given(
    st.lists(st.integers(-2, 5), max_size=4),
    st.integers(0, 12),
)
def test_places_are_given_in_order_and_never_twice(left: list[int], people: int) -> None:
    quotas = [Quota(f"P{n}", one) for n, one in enumerate(left)]
    given_places = place(quotas, people)
    assert len(given_places) == people
    for quota in quotas:
        assert given_places.count(quota.program) <= max(quota.left, 0)
    assert given_places.count(None) == max(0, people - sum(max(one, 0) for one in left))
    order = [one for one in given_places if one]
    assert order == sorted(order)
