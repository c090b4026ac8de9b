"""The JKSS reconciliation of Kota Padang: planted dead, moved and doubly funded, all and only those."""

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.lists import sent_list
from tests.support.planted import CENTRAL, Plan
from tests.support.reconciling import Soul, Town, findings, list_of, reconciled, told

pytestmark = pytest.mark.commits


async def test_all_and_only_the_planted_are_found(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    plan = Plan(Town(house))
    await plan.matched()
    await plan.dead()
    await plan.moved()
    await plan.double()
    await plan.wrong_numbers()
    await plan.victims(await login("rini@1371"))
    central = await sent_list(office, list_of([CENTRAL.row(), Soul(900).row()]))
    others = [{"list_id": central, "program": "PBI_JK"}]
    shown = await reconciled(house, office, plan.rows, others=others)
    assert shown["job"]["state"]["code"] == "done", shown["job"]
    found = await findings(office, shown["id"])
    assert told(found) == plan.expected
    assert len(found) == len(plan.expected)
    assert shown["rows"] == len(plan.rows)
    assert shown["counts"]["matched"] == len(plan.rows) - len(plan.expected)
    assert shown["job"]["done"] == shown["job"]["total"] == 2 * len(plan.rows)
    for one in found:
        nik = one["subject"]["nik"]
        assert nik is None or nik == f"************{nik[-4:]}"
        if one["kind"]["code"] in {"deceased", "moved", "double_funded"}:
            # Every fact says who tells it, and since when.
            assert one["evidence"]["source"]
            assert one["evidence"]["as_of"] or one["evidence"]["source"]["code"] == "ledger"
    away = next(one for one in found if one["reason"]["code"] == "left_region")
    assert away["evidence"]["details"] == {"to": "13.74"}
    whole = str(found)
    assert not any(word in whole for word in (Soul(220).name, Soul(222).name, Soul(223).name))
