"""Where a case may go, who may give it away, and how two cases belong together."""

from uuid import UUID

import pytest

from app.domain.access import Actor, Grant, Role
from app.domain.codes import ActorKind, Confidentiality, Holder, Level
from app.domain.errors import Conflict, DeskError, Invalid
from app.domain.lifecycle import CaseStatus
from app.domain.links import OTHER_SIDE, Relation, tells
from app.domain.moving import (
    Held,
    Seat,
    Sent,
    check_hand_over,
    check_transfer,
    holds,
    moving_along,
    open_moves,
)
from app.domain.referrals import LIVE, ReferralStatus

S, B = CaseStatus, Confidentiality
HOME, NEXT, REGENCY = "13.74.01.1005", "13.74.02.1004", "13.74"
OWN, AWAY = UUID(int=1), UUID(int=2)


def officer(role: Role, region: str, desk: UUID | None = None) -> Actor:
    return Actor(ActorKind.OFFICER, REGENCY, UUID(int=9), (Grant(role, region, desk_id=desk),))


def held(holder: Holder = Holder.DESK, desk: UUID | None = OWN, *, away: bool = False) -> Held:
    return Held(REGENCY, HOME, holder, desk, away=away)


AT_HOME, LENT, OFFICE = held(), held(desk=AWAY, away=True), held(Holder.SECRETARIAT, None)
HERE = officer(Role.DESK_OFFICER, HOME, OWN)
NEIGHBOUR = officer(Role.DESK_OFFICER, NEXT, AWAY)
DISTRICT = officer(Role.FACILITATOR, "13.74.01")
SECRETARIAT = officer(Role.SECRETARIAT_OFFICER, REGENCY)
READER = officer(Role.VILLAGE_HEAD, HOME)


@pytest.mark.parametrize(
    ("actor", "mine"),
    [
        (HERE, (True, False, False)),
        (DISTRICT, (True, False, False)),
        (NEIGHBOUR, (False, True, False)),
        (SECRETARIAT, (True, True, True)),
        (READER, (False, False, False)),
    ],
)
def test_only_the_people_of_the_holder_give_a_case_away(actor: Actor, mine: tuple[bool, ...]) -> None:
    assert tuple(holds(actor, one) for one in (AT_HOME, LENT, OFFICE)) == mine


@pytest.mark.parametrize("status", list(S))
def test_the_buttons_follow_the_same_rules(status: CaseStatus) -> None:
    at_rest, ended = status in {S.CLOSED, S.VOID}, status in {S.RESOLVED, S.CLOSED, S.VOID}
    assert open_moves(HERE, AT_HOME, status) == (() if at_rest else ("hand_over",))
    assert open_moves(HERE, LENT, status) == ()
    both = () if at_rest else ("hand_over",) if ended else ("hand_over", "transfer")
    assert open_moves(SECRETARIAT, LENT, status) == both
    assert open_moves(READER, AT_HOME, status) == ()


def refused(error: type[DeskError], **what: object) -> str:
    given = {
        "status": S.HANDLING,
        "confidentiality": B.BIASA,
        "held": (Holder.DESK, OWN),
        "to": Seat(AWAY, NEXT),
        **what,
    }
    with pytest.raises(error) as told:
        check_hand_over(**given)  # type: ignore[arg-type]
    assert told.value.id
    assert told.value.en
    return told.value.code


def test_where_a_case_is_not_handed_to() -> None:
    check_hand_over(S.HANDLING, B.TERBATAS, (Holder.DESK, OWN), Seat(AWAY, NEXT))
    check_hand_over(S.RESOLVED, B.RAHASIA, (Holder.DESK, OWN), Seat())
    assert refused(Conflict, status=S.CLOSED) == refused(Conflict, status=S.VOID) == "case_at_rest"
    assert refused(Conflict, to=Seat(OWN, HOME)) == "held_already"
    assert refused(Conflict, held=(Holder.SECRETARIAT, None), to=Seat()) == "held_already"
    assert refused(Conflict, confidentiality=B.RAHASIA) == "closed_channel"


def test_a_desk_is_away_from_every_village_but_its_own() -> None:
    assert Seat(AWAY, NEXT).away_from(HOME) == AWAY
    assert Seat(AWAY, NEXT).away_from(NEXT) is None
    assert Seat().away_from(HOME) is None


@pytest.mark.parametrize("status", list(ReferralStatus))
@pytest.mark.parametrize("level", [*Level, None])
def test_only_live_referrals_to_central_programmes_move_along(
    status: ReferralStatus, level: Level | None
) -> None:
    moves = moving_along([Sent(OWN, status, level)])
    assert moves == ((OWN,) if status in LIVE and level is Level.PUSAT else ())


def test_a_transfer_needs_a_village_of_another_regency_that_is_served() -> None:
    check_transfer(REGENCY, "13.71.02.1003", known=True, served=True)
    for village, known in (("13.71", True), ("ID", True), ("13.71.99.9999", False)):
        with pytest.raises(Invalid):
            check_transfer(REGENCY, village, known=known, served=True)
    for village, served, code in (
        (HOME, True, "same_regency"),
        ("13.75.01.1001", False, "regency_not_served"),
    ):
        with pytest.raises(Conflict) as told:
            check_transfer(REGENCY, village, known=True, served=served)
        assert told.value.code == code


def test_every_relation_has_its_other_side() -> None:
    assert set(OTHER_SIDE) == set(Relation)
    assert {r for r in Relation if OTHER_SIDE[r] == r.value} == {Relation.DUPLICATE, Relation.SAME_EVENT}


@pytest.mark.parametrize("on", list(B))
@pytest.mark.parametrize("other", list(B))
def test_a_history_is_silent_about_more_secret_cases(on: Confidentiality, other: Confidentiality) -> None:
    order = list(B)
    assert tells(on, other) is (order.index(other) <= order.index(on))
