"""The part of the walk that brings files: whole, in parts, by the resident, read by a receiver, deleted."""

from httpx import AsyncClient

from tests.support.desk import open_case
from tests.support.files import a_photo, a_scan, attached, send_part
from tests.support.http import Person


async def files_tour(client: AsyncClient, officer: Person, receiver: Person) -> None:
    desk = await open_case(officer)
    path, photo = f"/v1/cases/{desk.ticket}/attachments", a_photo(1200, 900)
    paper = await attached(officer, desk.ticket, a_photo(), paper="KTP", name="ktp.jpg")
    await attached(officer, desk.ticket, a_scan())
    begun = await officer.post(f"{path}/uploads", {"bytes": len(photo), "paper": "FOTO_RUMAH"})
    assert begun.status_code == 201, begun.text
    id_ = begun.json()["id"]
    for at in (0, 40_000):
        sent = await send_part(officer, desk.ticket, id_, at, photo[at : at + 40_000 if at == 0 else None])
        assert sent.status_code == 200, sent.text
    for part in ("", f"/{id_}", f"/{id_}/content"):
        assert (await officer.get(f"{path}{part}")).status_code == 200, part
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    disclosed = f"/v1/referrals/{referral}/attachments"
    assert (await receiver.get(disclosed)).status_code == 200
    assert (await receiver.get(f"{disclosed}/{paper['id']}/content")).status_code == 200
    await desk.read()
    await desk.took("ask_completion", {"missing": ["KK"]})
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    token = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    assert (await client.get("/v1/track/attachments", headers=token)).status_code == 200
    kk = await client.post(
        "/v1/track/attachments",
        files={"file": ("kk.jpg", a_photo(shade=3))},
        data={"paper": "KK"},
        headers=token,
    )
    assert kk.status_code == 201, kk.text
    assert (await officer.get(f"/v1/cases/{desk.ticket}/papers")).status_code == 200
    gone = await officer.post(f"{path}/{paper['id']}/delete", {"reason": "unreadable"})
    assert gone.status_code == 200, gone.text
