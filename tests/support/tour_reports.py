"""The part of the walk where reports of a period are made, read, signed, and taken away."""

from collections.abc import Awaitable, Callable

from app.api.deps import House
from tests.support.http import Person
from tests.support.periodic_reports import LAST, counted, made, signed

ALL = "/v1/periodic-reports"


async def reports_tour(who: Callable[[str], Awaitable[Person]], house: House) -> None:
    """Make one of each kind that needs no more than a regency, twice; sign, list and take them."""
    office, manager, agency = (
        await who("sekretariat@1374"),
        await who("manajer@1374"),
        await who("dinsos@1374"),
    )
    await counted(house)
    year = {"from": f"{LAST.first.year - 1}-01", "to": f"{LAST.first.year - 1}-12"}
    for body in (
        {},
        {},
        {"kind": "tally"},
        {"kind": "agency", "about": "DINSOS-1374"},
        {"kind": "annual", **year},
    ):
        report = await made(office, **body)
        await signed(manager, report)
    tally = await made(office, kind="tally")
    none = {"kind": "donor", "about": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}
    assert (await office.post(ALL, {**none, "region": "13.74", "from": LAST.text})).status_code == 422
    campaign = {**none, "kind": "campaign", "region": "13.74"}
    assert (await office.post(ALL, campaign)).status_code == 422
    for by, path in (
        (office, f"{ALL}?count=true&kind=monthly&state=signed&region=13.74&month={LAST.text}"),
        (office, f"{ALL}?limit=1"),
        (agency, f"{ALL}?count=true"),
        (office, f"{ALL}/{tally['id']}/file?format=pdf"),
        (office, f"{ALL}/{tally['id']}/households?purpose=service&day={LAST.first}&service=program:PKH"),
    ):
        answer = await by.get(path)
        assert answer.status_code == 200, answer.text
    pages = (await office.get(f"{ALL}?limit=1")).json()
    assert (await office.get(ALL, limit=1, cursor=pages["next"])).status_code == 200
