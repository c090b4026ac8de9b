"""What somebody may not see looks as if it were not there: the answers are the same, headers and all."""

import pytest

from tests.authorization.conftest import Ground
from tests.support.cells import expected
from tests.support.personas import Kind, kinds
from tests.support.proof import LONG
from tests.support.rights import ABSENT, BOOKED, CASES, REFERRALS, RULES

pytestmark = pytest.mark.commits
KINDS = list(kinds())


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
