"""The part of the walk that partners' systems make: endpoints, what is sent to them, and their keys."""

from app.integrations.webhook_http import Sender
from app.worker.jobs.feed import number_feed
from app.worker.jobs.webhooks import deliver_due, put_out_feed
from app.worker.tools import Tools
from tests.support.http import Person
from tests.support.service_keys import a_service_key
from tests.support.webhooks import webhook_ids
from tests.support.working import claim_of


async def webhooks_tour(manager: Person, admin: Person) -> str:
    """Make an endpoint, look at it, change it; return its path."""
    ids = await webhook_ids(manager)
    path = f"/v1/webhooks/{ids['webhook_id']}"
    for part in ("", "/deliveries?count=true"):
        shown = await manager.get(f"{path}{part}")
        assert shown.status_code == 200, shown.text
    assert (await manager.get("/v1/webhooks")).status_code == 200
    etag = (await manager.get(path)).headers["ETag"]
    changed = await manager.patch(path, {"description": "Sistem kami."}, etag=etag)
    assert changed.status_code == 200, changed.text
    replaced = await manager.post(f"{path}/secret")
    assert replaced.status_code == 200, replaced.text
    clients = (await admin.get("/v1/clients")).json()["items"]
    client = next(one for one in clients if not one["first_party"])
    key = await a_service_key(admin, client["id"])
    keyed = Person(manager.client, key["key"], "system")
    assert (await keyed.get("/v1/me")).status_code == 200
    await admin.post(f"/v1/clients/{client['id']}/keys/{key['id']}/revoke")
    return path


async def _nowhere(_host: str, _port: int) -> list[str]:
    return []


async def webhooks_sent(tools: Tools, manager: Person, path: str) -> None:
    """Put out and send, to a receiver that is not there; then send anew, and take the endpoint away."""
    await number_feed(tools, claim_of("number_feed"))
    await put_out_feed(tools, claim_of("put_out"))
    assert await deliver_due(tools, Sender(resolve=_nowhere)) == 1
    etag = (await manager.get(path)).headers["ETag"]
    assert (await manager.patch(path, {"active": False}, etag=etag)).status_code == 200
    etag = (await manager.get(path)).headers["ETag"]
    assert (await manager.patch(path, {"active": True}, etag=etag)).status_code == 200
    assert (await manager.post(f"{path}/replay", {})).status_code == 202
    etag = (await manager.get(path)).headers["ETag"]
    await manager.patch(path, {"active": False}, etag=etag)
    assert (await manager.post(f"{path}/remove")).status_code == 200
