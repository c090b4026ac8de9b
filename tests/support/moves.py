"""A walk through what moves a case: links, hand-overs, a death taken back, a transfer at the end."""

from collections.abc import Awaitable, Callable

from tests.support.desk import Desk, open_case
from tests.support.http import Person

THERE = "13.71.02.1003"
NOTE = "Mohon dilanjutkan."


async def move_about(who: Callable[[str], Awaitable[Person]]) -> Desk:
    """Do each once; return the case, which has left for another regency."""
    siti, office, dinsos = await who("siti@1374"), await who("sekretariat@1374"), await who("dinsos@1374")
    desk, other = await open_case(siti), await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/links"
    linked = await siti.post(path, {"ticket": other.ticket, "relation": "follow_up"})
    assert linked.status_code == 201, linked.text
    assert (await siti.get(path)).status_code == 200
    undone = await siti.post(f"{path}/{linked.json()['items'][0]['id']}/undo", {})
    assert undone.status_code == 200, undone.text
    desks = (await siti.get("/v1/desks?region=13.74")).json()["items"]
    away = next(one["id"] for one in desks if one["village"]["code"] == "13.74.02.1004")
    await desk.took("hand_over", {"to": away, "note": NOTE}, siti)
    yulia = await who("yulia@1374")
    assert (await yulia.get("/v1/cases?count=true")).status_code == 200
    await desk.read(yulia)
    await desk.took("hand_over", {"to": "secretariat", "note": NOTE}, yulia)
    await desk.read(office)
    (referral,) = await desk.refer({"program": "PKH", "purpose": "AID"})
    person = (await desk.read(office))["subject"]["person"]["id"]
    asked = await dinsos.get(f"/v1/people/{person}/death")
    assert asked.status_code in {403, 404}, asked.text
    for part, body in (("death", {"died_on": "2026-01-05", "source": "family"}), ("death/undo", {})):
        answer = await siti.post(f"/v1/people/{person}/{part}", body)
        assert answer.status_code in {200, 201}, answer.text
    assert (await siti.get(f"/v1/people/{person}/death")).status_code == 200
    assert (await office.get(f"/v1/referrals/{referral}")).status_code == 200
    await desk.read(office)
    await desk.took("transfer", {"to_region": THERE, "note": NOTE}, office)
    return desk


async def names_of(desk: Desk) -> dict[str, str]:
    """Name the person of a case, and a link of it to another: what paths are made of."""
    other = await open_case(desk.officer)
    body = {"ticket": other.ticket, "relation": "same_event"}
    linked = await desk.officer.post(f"/v1/cases/{desk.ticket}/links", body)
    assert linked.status_code == 201, linked.text
    shown = await desk.read()
    return {
        "person_id": str(shown["subject"]["person"]["id"]),
        "link_id": str(linked.json()["items"][0]["id"]),
    }
