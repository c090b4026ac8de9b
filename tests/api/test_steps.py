"""The steps of a case over HTTP."""

from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.desk import Desk, acted, open_case

pytestmark = pytest.mark.commits
BEHALF: dict[str, Any] = {"source": "Surat Kemensos", "date": "2026-01-05", "paper": "S-1/2026"}
PKH = {"program": "PKH", "purpose": "AID"}


async def test_a_mother_is_referred_to_pkh_and_confirms_what_she_received(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    await desk.took("handle")
    (referral,) = await desk.refer(PKH)
    await acted(office, referral, "accept", {"on_behalf": BEHALF})
    body = {
        "component": "child_0_6",
        "amount_idr": 750_000,
        "period": "2026-Q1",
        "date": "2026-01-05",
        "proof": "BAST 1",
        "on_behalf": BEHALF,
    }
    shown = await acted(office, referral, "deliver", body)
    assert shown["status"]["code"] == "fulfilled"
    assert shown["on_behalf"]["count"] == 2
    assert await desk.status() == "handling"
    told = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
    shown = await desk.took("resolve", {"outcome": "aid_received", "told": told})
    assert {task["kind"]["code"]: bool(task["done_at"]) for task in shown["tasks"]} == {"tell_resident": True}
    witness = {"method": "in_person", "witness": "Ketua RT"}
    received = [{"program": "PKH", "amount_idr": 750_000}]
    closed = await desk.took("confirm", {"received": received, "rating": 5, "by_desk": witness})
    assert closed["status"]["code"] == "closed"
    assert closed["disputed"] is False
    assert closed["outcome"]["confirmed_by"] == "desk"
