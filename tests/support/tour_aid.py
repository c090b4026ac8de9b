"""The part of the walk through the ledger: aid by hand, overlap, a list, the way out of aid, a target."""

from collections.abc import Awaitable, Callable

from tests.support.aid import a_way_out, an_order, given, person_of, planned, recorded
from tests.support.desk import a_person, open_case
from tests.support.http import Person
from tests.support.lists import HEADER, row_of, sent_list


async def aid_tour(who: Callable[[str], Awaitable[Person]]) -> None:
    """Record aid, take one line back, stop another; ask; bring a list; guide somebody out; set a target."""
    siti, office = await who("siti@1374"), await who("sekretariat@1374")
    subject = a_person()
    desk = await open_case(siti, subject=subject)
    person = await person_of(desk)
    (line,) = await recorded(office, person, given())
    (plan,) = await recorded(office, person, planned("SEMBAKO", "*", "2027-01"))
    await _done(office, f"/v1/assistance/{line['id']}/reverse", {"reason": "wrong_amount"})
    await _done(office, f"/v1/assistance/{plan['id']}/stop", {"reason": "moved_away"})
    assert (await siti.get(f"/v1/people/{person}/assistance")).status_code == 200
    asked = {"program": "BLT_KOTA", "purpose": "give_aid"}
    await _done(siti, "/v1/assistance/overlap", {**asked, "people": [person]})
    await _done(siti, "/v1/assistance/overlap", {**asked, "nik": subject["nik"]})
    await _done(await who("dinsos@1374"), "/v1/assistance/overlap", {**asked, "nik": subject["nik"]})
    rows = HEADER + row_of(1, nik=subject["nik"]) + row_of(2)
    order = an_order(await sent_list(office, rows.encode()), period="2026-11", state="planned", given_on=None)
    await _done(office, "/v1/assistance/imports", order, 202)
    imports = (await office.get("/v1/assistance/imports?count=true")).json()
    made = imports["items"][0]["id"]
    assert (await office.get(f"/v1/assistance/imports/{made}")).status_code == 200
    assert (await office.get(f"/v1/assistance/imports/{made}/rows?count=true")).status_code == 200
    await _way_out(who, siti, office)


async def _way_out(who: Callable[[str], Awaitable[Person]], siti: Person, office: Person) -> None:
    desk = await open_case(siti)
    way = f"/v1/graduations/{await a_way_out(office, desk)}"
    await _done(siti, f"{way}/steps", {"step": "training", "on": "2026-03-20"})
    await _done(siti, f"{way}/reviews", {"on": "2026-06-02", "income_idr": 900_000}, 201)
    approver = await who("pemaraf@1374")
    await _done(approver, f"{way}/decide", {"decision": "graduate", "reason": "Warisan."})
    await _done(approver, f"{way}/undo", {"reason": "Salah."})
    for path in (way, "/v1/graduations?count=true", "/v1/graduations?region=13.74.01&due=true"):
        assert (await siti.get(path)).status_code == 200
    target = {"region": "13.74", "year": 2026, "points": "0.5", "households": 300, "source": "RKPD 2026"}
    await _done(await who("manajer@1374"), "/v1/targets", target, 201)
    assert (await siti.get("/v1/targets?region=13.74&year=2026")).status_code == 200


async def _done(by: Person, path: str, body: object, status: int = 200) -> None:
    answer = await by.post(path, body)
    assert answer.status_code == status, (path, answer.text)
