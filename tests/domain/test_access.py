from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import (
    ROLE_PERMISSIONS,
    SYSTEM,
    About,
    Actor,
    AgencyArea,
    AgencyBranch,
    CaseSight,
    ClosedBranch,
    ClosedTo,
    Grant,
    NamedBranch,
    OwnCaseBranch,
    Permission,
    RegionBranch,
    Role,
    Scope,
    closed_to_for,
    covers,
    default_confidentiality,
    may_see,
    scope_of,
)
from app.domain.codes import AboutKind, ActorKind, Confidentiality, Holder, Level
from app.domain.errors import Forbidden

VILLAGE, OTHER_VILLAGE = "13.74.01.1003", "13.74.01.1004"
REGENCY, OTHER_REGENCY = "13.74", "13.71"
BIASA, TERBATAS, RAHASIA = Confidentiality
ME, DESK = UUID(int=1), UUID(int=7)


def officer(*grants: Grant, account: UUID = ME) -> Actor:
    return Actor(ActorKind.OFFICER, REGENCY, account, grants)


def sees(actor: Actor, **case: object) -> bool:
    facts: dict[str, object] = {"region": VILLAGE, "confidentiality": BIASA, **case}
    return may_see(scope_of(actor), CaseSight(**facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("region", "code", "covered"),
    [
        ("13.74", "13.74", True),
        ("13.74", "13.74.01.1003", True),
        ("13", "13.74", True),
        ("ID", "13.74", True),
        ("13.7", "13.74", False),
        ("13.74.01", "13.74.010", False),
        ("13.74.01", "13.74", False),
        ("13", "ID", False),
    ],
)
def test_a_region_covers_itself_and_what_lies_below_a_dot(region: str, code: str, *, covered: bool) -> None:
    assert covers(region, code) is covered


def test_every_role_has_a_row_and_every_permission_a_holder() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_a_permission_holds_only_where_its_grant_reaches() -> None:
    actor = officer(Grant(Role.DESK_OFFICER, VILLAGE), Grant(Role.SUPERVISOR, OTHER_REGENCY))
    assert actor.has(Permission.CASE_WORK, VILLAGE)
    assert not actor.has(Permission.CASE_ASSIGN, VILLAGE)
    assert actor.has(Permission.CASE_ASSIGN, f"{OTHER_REGENCY}.01.1001")
    assert not actor.has(Permission.CASE_OPEN, REGENCY)
    assert actor.ever(Permission.CASE_ASSIGN)
    assert not actor.ever(Permission.CASE_DECIDE)


def test_require_lets_pass_whoever_holds_the_permission() -> None:
    actor = officer(Grant(Role.CADRE, VILLAGE))
    actor.require(Permission.CASE_OPEN, VILLAGE)
    actor.require_ever(Permission.CASE_OPEN)
    SYSTEM.require_ever(Permission.CASE_DECIDE)


def test_require_refuses_with_the_permission_and_two_languages() -> None:
    with pytest.raises(Forbidden) as refused:
        officer(Grant(Role.CADRE, VILLAGE)).require(Permission.CASE_VOID, VILLAGE)
    assert refused.value.data == {"permission": "case:void"}
    assert refused.value.id
    assert refused.value.en
    with pytest.raises(Forbidden):
        officer().require_ever(Permission.CASE_OPEN)


def test_a_receiver_acts_for_its_agency_and_never_on_the_case() -> None:
    actor = officer(Grant(Role.AGENCY_OFFICER, agency="KEMENSOS"))
    assert Permission.REFERRAL_RECEIVE in actor.permissions_for("KEMENSOS", REGENCY)
    assert actor.permissions_for("BPJS", REGENCY) == frozenset()
    assert actor.permissions_at(REGENCY) == frozenset()
    bound = officer(Grant(Role.AGENCY_CLIENT, OTHER_REGENCY, "KEMENSOS"))
    assert bound.permissions_for("KEMENSOS", REGENCY) == frozenset()


@pytest.mark.parametrize("role", list(Role))
def test_a_grant_without_place_gives_nothing(role: Role) -> None:
    actor = officer(Grant(role))
    assert actor.permissions_at(VILLAGE) == frozenset()
    assert not sees(actor)


def test_without_grants_the_scope_is_empty() -> None:
    assert scope_of(officer()) == Scope()
    assert scope_of(Actor(ActorKind.RESIDENT, REGENCY)) == Scope()
    assert not Actor(ActorKind.RESIDENT, REGENCY).ever(Permission.CASE_CONFIRM)


def test_system_sees_and_may_all() -> None:
    assert sees(SYSTEM, confidentiality=RAHASIA)
    assert SYSTEM.permissions_at(REGENCY) == set(Permission)


def test_the_resident_sees_her_one_case() -> None:
    mine = uuid4()
    actor = Actor(ActorKind.RESIDENT, REGENCY, case_id=mine)
    assert scope_of(actor).branches == (OwnCaseBranch(mine),)
    assert sees(actor, case_id=mine, confidentiality=RAHASIA)
    assert not sees(actor, case_id=uuid4())
    assert actor.has(Permission.CASE_CONFIRM, VILLAGE)


SECRETARIAT = {
    Role.SUPERVISOR,
    Role.SECRETARIAT_OFFICER,
    Role.APPROVER,
    Role.MANAGER,
    Role.HEAD,
}
BLIND = {Role.DONOR, Role.REGENCY_ADMIN, Role.SYSTEM_ADMIN, Role.RESIDENT}
RECEIVERS = {Role.AGENCY_OFFICER, Role.AGENCY_CLIENT}


@pytest.mark.parametrize(("role", "level"), list(product(Role, Confidentiality)))
def test_each_role_sees_its_region_up_to_its_level(role: Role, level: Confidentiality) -> None:
    actor = officer(Grant(role, REGENCY))
    blind = role in BLIND | RECEIVERS
    expected = level is BIASA and not blind
    expected |= level is TERBATAS and role in SECRETARIAT
    assert sees(actor, confidentiality=level) is expected
    assert not sees(actor, confidentiality=level, region=OTHER_REGENCY)


def test_a_coordinator_sees_terbatas_of_the_own_desk_only() -> None:
    actor = officer(Grant(Role.DESK_COORDINATOR, VILLAGE, desk_id=DESK))
    assert sees(actor, confidentiality=TERBATAS, desk_id=DESK)
    assert not sees(actor, confidentiality=TERBATAS, desk_id=uuid4())
    assert not sees(actor, confidentiality=TERBATAS)
    assert not sees(actor, confidentiality=RAHASIA, desk_id=DESK)


def test_the_assignee_sees_terbatas_and_only_the_named_see_rahasia() -> None:
    actor = officer(Grant(Role.CADRE, OTHER_VILLAGE))
    assert sees(actor, confidentiality=TERBATAS, assignee_id=ME)
    assert not sees(actor, confidentiality=RAHASIA, assignee_id=ME)
    assert sees(actor, confidentiality=RAHASIA, named=frozenset({ME}))


@pytest.mark.parametrize("role", [Role.DONOR, Role.REGENCY_ADMIN, Role.SYSTEM_ADMIN])
def test_administrators_and_donors_see_no_case_even_if_named(role: Role) -> None:
    assert not sees(officer(Grant(role, "ID")), named=frozenset({ME}), assignee_id=ME)


def test_receivers_see_what_was_referred_to_them() -> None:
    actor = officer(Grant(Role.AGENCY_OFFICER, REGENCY, "DINSOS-1374"))
    assert scope_of(actor).branches == (
        AgencyBranch((AgencyArea("DINSOS-1374", REGENCY),)),
        NamedBranch(ME, (REGENCY,)),
    )
    mine = frozenset({"DINSOS-1374"})
    assert sees(actor, receivers=mine, confidentiality=TERBATAS)
    assert not sees(actor, receivers=mine, region=OTHER_REGENCY)
    assert not sees(actor, receivers=mine, confidentiality=RAHASIA)
    assert not sees(actor, receivers=frozenset({"BPJS"}))


@pytest.mark.parametrize(("role", "level"), [(Role.MANAGER, ClosedTo.MANAGER), (Role.HEAD, ClosedTo.HEAD)])
def test_a_closed_case_is_seen_by_its_level_alone(role: Role, level: ClosedTo) -> None:
    actor = officer(Grant(role, REGENCY))
    assert ClosedBranch(level, (REGENCY,)) in scope_of(actor).branches
    for closed_to in ClosedTo:
        seen = sees(actor, confidentiality=RAHASIA, closed_to=closed_to)
        assert seen is (closed_to is level)


def test_nobody_sees_a_complaint_about_oneself_by_any_branch() -> None:
    actor = officer(
        Grant(Role.MANAGER, REGENCY), Grant(Role.HEAD, REGENCY), Grant(Role.AGENCY_OFFICER, None, "A")
    )
    for level in Confidentiality:
        assert not sees(
            actor,
            confidentiality=level,
            about_accounts=frozenset({ME}),
            assignee_id=ME,
            named=frozenset({ME}),
            receivers=frozenset({"A"}),
            closed_to=ClosedTo.MANAGER,
        )


def test_regions_inside_others_are_left_out_of_the_branches() -> None:
    actor = officer(
        Grant(Role.DESK_OFFICER, VILLAGE),
        Grant(Role.SUPERVISOR, "13.74.01"),
        Grant(Role.CADRE, OTHER_REGENCY),
        Grant(Role.CADRE, f"{OTHER_REGENCY}.02"),
    )
    assert scope_of(actor).branches[:2] == (
        RegionBranch(("13.74.01",), TERBATAS),
        RegionBranch((OTHER_REGENCY,), BIASA),
    )


HEAD, MANAGER, CLERK, DESK_MAN = (UUID(int=n) for n in range(10, 14))
LINES = {
    HEAD: frozenset({Role.HEAD}),
    MANAGER: frozenset({Role.MANAGER}),
    CLERK: frozenset({Role.SECRETARIAT_OFFICER}),
    DESK_MAN: frozenset({Role.DESK_OFFICER}),
}


@pytest.mark.parametrize(
    ("about", "level"),
    [
        (About(AboutKind.ACCOUNT, DESK_MAN), ClosedTo.MANAGER),
        (About(AboutKind.CADRE), ClosedTo.MANAGER),
        (About(AboutKind.DESK, code="desk"), ClosedTo.MANAGER),
        (About(AboutKind.VILLAGE_OFFICE), ClosedTo.MANAGER),
        (About(AboutKind.PROGRAM, level=Level.DESA), ClosedTo.MANAGER),
        (About(AboutKind.TEXT), ClosedTo.MANAGER),
        (About(AboutKind.ACCOUNT, CLERK), ClosedTo.HEAD),
        (About(AboutKind.ACCOUNT, MANAGER), ClosedTo.HEAD),
        (About(AboutKind.DESK, code=Holder.SECRETARIAT), ClosedTo.HEAD),
        (About(AboutKind.ACCOUNT, HEAD), ClosedTo.INSPECTORATE),
        (About(AboutKind.AGENCY, code="PLN"), None),
        (About(AboutKind.PROGRAM, level=Level.PUSAT), None),
        (About(AboutKind.RECIPIENT), None),
    ],
)
def test_a_complaint_goes_past_the_person_and_the_line(about: About, level: ClosedTo | None) -> None:
    assert closed_to_for([about], LINES) is level


def test_a_secret_case_without_handler_goes_to_the_manager() -> None:
    assert closed_to_for([], LINES) is None
    assert closed_to_for([], LINES, secret=True) is ClosedTo.MANAGER


def test_an_empty_rung_passes_upward() -> None:
    desk = About(AboutKind.DESK)
    assert closed_to_for([desk], {HEAD: frozenset({Role.HEAD})}) is ClosedTo.HEAD
    assert closed_to_for([desk], {}) is ClosedTo.INSPECTORATE


abouts = st.builds(
    About,
    st.sampled_from(AboutKind),
    st.sampled_from([None, *LINES]),
    st.sampled_from([None, "secretariat", "desk"]),
    st.sampled_from([None, *Level]),
)


@given(st.lists(abouts, max_size=4), st.sets(st.sampled_from(sorted(LINES))))
def test_whoever_handles_is_never_among_the_accused(about: list[About], active: set[UUID]) -> None:
    lines = {account: LINES[account] for account in active}
    level = closed_to_for(about, lines)
    accused = {item.account_id for item in about}
    role = {ClosedTo.MANAGER: Role.MANAGER, ClosedTo.HEAD: Role.HEAD}.get(level or ClosedTo.INSPECTORATE)
    if role:
        assert any(role in roles for account, roles in lines.items() if account not in accused)


@pytest.mark.parametrize(
    ("category", "ppks", "about", "level"),
    [
        ({}, [], [], BIASA),
        ({"default_confidentiality": "RAHASIA"}, [], [], RAHASIA),
        ({}, [{"default_confidentiality": "TERBATAS"}, {}], [], TERBATAS),
        ({"default_confidentiality": "TERBATAS"}, [{"default_confidentiality": "BIASA"}], [], TERBATAS),
        ({"default_confidentiality": None}, [], [About(AboutKind.TEXT)], RAHASIA),
        ({}, [], [About(AboutKind.ACCOUNT, ME)], RAHASIA),
        ({}, [], [About(AboutKind.PROGRAM, level=Level.PUSAT)], BIASA),
    ],
)
def test_a_case_starts_as_secret_as_its_most_secret_part(
    category: dict[str, object],
    ppks: list[dict[str, object]],
    about: list[About],
    level: Confidentiality,
) -> None:
    assert default_confidentiality(category, ppks, about) is level


@pytest.mark.parametrize(
    ("role", "secrecy", "seen"),
    [
        (Role.DESK_OFFICER, BIASA, True),
        (Role.DESK_OFFICER, TERBATAS, False),
        (Role.FACILITATOR, BIASA, True),
        (Role.DESK_COORDINATOR, BIASA, True),
        (Role.DESK_COORDINATOR, TERBATAS, True),
        (Role.DESK_COORDINATOR, RAHASIA, False),
        (Role.REGENCY_ADMIN, BIASA, False),
    ],
)
def test_a_case_handed_to_a_desk_is_seen_and_worked_on_there(
    role: Role, secrecy: Confidentiality, *, seen: bool
) -> None:
    there = officer(Grant(role, OTHER_VILLAGE, desk_id=DESK))
    assert sees(there, confidentiality=secrecy, desk_id=DESK, away_desk_id=DESK) is seen
    assert not sees(there, confidentiality=secrecy)
    assert not sees(there, region=f"{OTHER_REGENCY}.01.1001", away_desk_id=DESK)
    held = ROLE_PERMISSIONS[role]
    assert there.permissions_at(VILLAGE, DESK) == held
    assert there.permissions_at(VILLAGE) == there.permissions_at(VILLAGE, UUID(int=8)) == frozenset()
