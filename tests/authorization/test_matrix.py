"""Every route, role and relation to the thing: each cell has its answer in ``tests/support`` (rights, cells).

The routes come from the application. One that is not in the table, or a role without an entry, fails.
"""

import pytest

from app.domain.access import Role
from tests.authorization.conftest import Ground
from tests.conftest import LogIn
from tests.support.cells import expected
from tests.support.desk import open_case
from tests.support.personas import Kind, kinds
from tests.support.proof import LONG
from tests.support.rights import (
    ABSENT,
    BOOKED,
    CASES,
    FORBIDDEN,
    OK,
    REFERRALS,
    ROUTES,
    RULES,
    SEERS,
    R,
    told,
)

pytestmark = pytest.mark.commits
KINDS = list(kinds())


def test_every_route_has_its_rule() -> None:
    assert set(ROUTES) == set(RULES)


def test_every_role_is_in_the_matrix() -> None:
    assert {kind.role for kind in KINDS} >= {role.value for role in Role}
    assert len(KINDS) * len(ROUTES) > 5_000


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_the_cells_of_one_route(name: str, ground: Ground) -> None:
    wrong = {}
    for kind in KINDS:
        answer = await ground.ask(name, kind, ground.real)
        if (found := told(answer)) != (wanted := expected(name, kind)):
            wrong[str(kind)] = f"{found}, not {wanted}"
    assert wrong == {}


def hidden_from(name: str) -> list[Kind]:
    """Return who may not know of the thing; in the short form one of each role."""
    found = [kind for kind in KINDS if expected(name, kind) == ABSENT]
    return found if LONG else list({kind.role: kind for kind in found}.values())


@pytest.mark.parametrize("name", sorted(n for n, r in RULES.items() if r.kind in {CASES, REFERRALS, BOOKED}))
async def test_what_may_not_be_seen_looks_as_if_it_were_not_there(name: str, ground: Ground) -> None:
    for kind in hidden_from(name):
        hidden = await ground.ask(name, kind, ground.real)
        absent = await ground.ask(name, kind, ground.absent)
        assert (hidden.status_code, absent.status_code) == (404, 404), kind
        assert {**hidden.json(), "instance": ""} == {**absent.json(), "instance": ""}
        names = set(hidden.headers) ^ set(absent.headers)
        assert names == set()


async def test_only_the_secretariat_answers_for_an_agency_without_accounts(
    ground: Ground, login: LogIn
) -> None:
    desk = await open_case(await login("siti@1374"))
    sent = {"referrals": [{"program": "PKH", "purpose": "AID"}]}
    referred = await desk.took("refer", sent, await login("sekretariat@1374"))
    names = {**ground.real, "referral_id": referred["referrals"][0]["id"]}
    found = {kind: told(await ground.ask("referralAccept", kind, names)) for kind in KINDS}
    assert [kind for kind, word in found.items() if word == OK] == [Kind(R.SECRETARIAT_OFFICER, "own")]
    for role in SEERS - {R.SECRETARIAT_OFFICER}:
        assert found[Kind(role, "own")] == FORBIDDEN
    assert found[Kind(R.AGENCY_OFFICER, "receiver")] == ABSENT
