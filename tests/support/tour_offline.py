"""The part of the walk that desks without a link and donors make."""

from datetime import UTC, datetime

from httpx import AsyncClient

from app.api.deps import House
from app.db.queries import feed
from app.db.session import transaction
from tests.support.http import Person
from tests.support.needs import a_donor, delivered, office_of, reserved
from tests.support.offline import Device, Store


async def offline_tour(officer: Person, manager: Person, house: House) -> None:
    """Open cases on a slip and without one, go on with them, learn of them, and forget one."""
    device = Device(officer)
    (slip,) = await device.reserve(1)
    opened = device.opens()
    opened["body"]["ticket"] = slip["ticket"]
    noted = device.does("note", {"text": "Rumah dekat surau."}, case={"operation": opened["id"]})
    results = await device.sync(opened, noted, device.opens())
    assert {one["verdict"] for one in results} == {"applied"}, results
    assert (await device.one(opened))["verdict"] == "replayed"
    store = await Store(device).follow()
    assert slip["ticket"] in store.cases
    path = f"/v1/cases/{slip['ticket']}"
    etag = (await manager.get(path)).headers["ETag"]
    hidden = await manager.patch(path, {"confidentiality": "TERBATAS"}, etag=etag)
    assert hidden.status_code == 200, hidden.text
    async with transaction(house.database.sessions) as tx:
        while await feed.number_pending(tx, "13.74", datetime.now(UTC), 2_000):
            pass
    await store.follow()
    assert store.removed == [slip["ticket"]]


async def donors_tour(client: AsyncClient, house: House) -> None:
    """Publish a card, let a donor promise, give and prove, and accept it; browse what is left."""
    office = await office_of(client)
    donor = await a_donor(house, client, "penderma")
    need = await office.published()
    pledge = await reserved(donor, need)
    await delivered(donor, pledge)
    accepted = await office.approver.post(f"/v1/pledges/{pledge}/accept")
    assert accepted.status_code == 200, accepted.text
    one_each = (f"/v1/needs/{need}", f"/v1/pledges/{pledge}")
    for reader in (donor, office.secretariat):
        for path in ("/v1/needs?count=true", "/v1/pledges?count=true", *one_each):
            shown = await reader.get(path)
            assert shown.status_code == 200, (path, shown.text)
