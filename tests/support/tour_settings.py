"""The part of the walk where a regency sets its own rules, and a disaster comes."""

from collections.abc import Awaitable, Callable

from tests.support.desk import open_case
from tests.support.duty import a_turn
from tests.support.http import Person
from tests.support.maps import A_MAP
from tests.support.overrides import an_override

RULE = {
    "region": "13.74",
    "step": "verification",
    "amount": 2,
    "unit": "working_days",
    "source": "Perwako 12",
}


async def set_rules(who: Callable[[str], Awaitable[Person]]) -> None:
    """Set and end a policy, edit the calendar, plan and end a turn of duty, open households of a disaster."""
    manager, siti = await who("manajer@1374"), await who("siti@1374")
    rule = await manager.post("/v1/policies", RULE)
    assert rule.status_code == 201, rule.text
    own = rule.json()["clocks"][0]["id"]
    assert (await manager.post(f"/v1/policies/{own}/end")).status_code == 200
    for edit in (
        {"add": [{"date": "2027-07-05", "name": "Hari jadi"}], "six_day_week": True},
        {"remove": ["2027-07-05"], "six_day_week": False},
    ):
        answer = await manager.post("/v1/calendars", {"region": "13.74", **edit})
        assert answer.status_code == 201, answer.text
    loaded = await manager.put("/v1/maps/13.74", A_MAP)
    assert loaded.status_code == 200, loaded.text
    assert (await siti.get("/v1/maps/13.74")).json() == loaded.json()
    await _rule_programmes(manager, await who("kadis@1374"), siti)
    turn = await a_turn(manager)
    assert (await manager.get("/v1/duty?count=true")).status_code == 200
    assert (await manager.post(f"/v1/duty/{turn}/end")).status_code == 200
    disaster = {"kind": "DARURAT", "category": "BENCANA_ALAM", "subject": {"kind": "place"}, "facts": {}}
    desk = await open_case(siti, **disaster, papers=[])
    rows = {"households": [{"kk": "1374010101209021"}]}
    opened = await siti.post(f"/v1/cases/{desk.ticket}/households", rows)
    assert opened.status_code == 201, opened.text


async def _rule_programmes(manager: Person, head: Person, siti: Person) -> None:
    """Set a quota, read who waits, let a change of the regency's hold and end."""
    quota = {"region": "13.74", "period": "2027", "quotas": {"*": 5}}
    assert (await manager.put("/v1/programs/BLT_KOTA/allotments", quota)).status_code == 200
    own = await an_override(manager)
    for step in ("publish", "retire"):
        answer = await head.post(f"/v1/overrides/{own}/{step}")
        assert answer.status_code == 200, answer.text
    for path in (
        "allotments?count=true",
        "allotments?region=13.74&period=2027",
        "waiting-list?count=true",
        "overrides?count=true",
    ):
        answer = await siti.get(f"/v1/programs/BLT_KOTA/{path}")
        assert answer.status_code == 200, answer.text
