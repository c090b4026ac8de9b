"""Every route, role and relation to the thing: each cell has its answer in ``tests/support`` (rights, cells).

The routes come from the application. One that is not in the table, or a role without an entry, fails. The
short form asks each route as each role at home and in one other place, another for each route; the long form
as everybody.
"""

from zlib import crc32

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
    FORBIDDEN,
    OK,
    ROUTES,
    RULES,
    SEERS,
    R,
    told,
)

pytestmark = pytest.mark.commits
KINDS = list(kinds())
AT_HOME = {"own", "receiver", "nation", "none"}


def test_every_route_has_its_rule() -> None:
    assert set(ROUTES) == set(RULES)


def test_every_role_is_in_the_matrix() -> None:
    assert {kind.role for kind in KINDS} >= {role.value for role in Role}
    assert len(KINDS) * len(ROUTES) > 5_000


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_the_cells_of_one_route(name: str, ground: Ground) -> None:
    wrong = {}
    for kind in asking(name):
        answer = await ground.ask(name, kind, ground.real)
        if (found := told(answer)) != (wanted := expected(name, kind)):
            wrong[str(kind)] = f"{found}, not {wanted}"
    assert wrong == {}


def asking(name: str) -> list[Kind]:
    """Return who asks a route: all, or of each role whoever is at home and one of the others in turn."""
    if LONG:
        return KINDS
    found = [kind for kind in KINDS if kind.relation in AT_HOME]
    for role in Role:
        away = [kind for kind in KINDS if kind.role == role and kind.relation not in AT_HOME]
        found += [away[crc32(f"{name} {role}".encode()) % len(away)]] if away else []
    return found


def test_the_short_form_meets_every_kind_of_caller() -> None:
    assert {kind for name in ROUTES for kind in asking(name)} == set(KINDS)
    assert all({kind.role for kind in asking(name)} == {kind.role for kind in KINDS} for name in ROUTES)


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
