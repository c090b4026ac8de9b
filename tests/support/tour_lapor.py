"""The part of the walk that hands a case over to another system and back, and answers referrals together."""

from dataclasses import replace
from uuid import UUID, uuid4

from app.db.queries.work import SEND_OUTSIDE
from app.domain.ids import parse_public_id
from app.worker.jobs.outside import send_outside
from app.worker.tools import Tools
from tests.support.desk import VILLAGE, open_case
from tests.support.http import Person
from tests.support.posts import gateway
from tests.support.working import claim_of


async def lapor_tour(office: Person, siti: Person) -> UUID:
    """Bring reports, look for their numbers, write one down, and order a case to go there."""
    report = {
        "tracking_id": uuid4().hex[:10],
        "klasifikasi": "Pengaduan tidak berkadar pengawasan",
        "judul": "Beras belum dibagi",
        "isi": "Sejak Agustus di RT 02 belum ada beras.",
        "kode_wilayah": "13.74.01.1005",
    }
    brought = {"region": "13.74", "village": VILLAGE, "reports": [report]}
    for verdict in ("opened", "known"):
        answer = await office.post("/v1/lapor/reports", brought)
        assert answer.json()["results"][0]["verdict"] == verdict, answer.text
    found = await office.get("/v1/cases", outside_reference=report["tracking_id"], count="true")
    assert found.json()["count"] == 1
    desk = await open_case(siti)
    path = f"/v1/cases/{desk.ticket}/lapor"
    ordered = await office.post(path, {"kind": "report"})
    assert ordered.status_code == 201, ordered.text
    assert (await office.get(path)).status_code == 200
    named = await office.post(f"{path}/number", {"reference": uuid4().hex[:10]})
    assert named.status_code < 300, named.text
    sending = parse_public_id(ordered.json()["id"])
    assert sending is not None
    return sending.id


async def lapor_sent(tools: Tools, sending: UUID) -> None:
    async with gateway() as there:
        there.answering = lambda _: (200, b'{"tracking_id": "LAP/1"}')
        reached = replace(tools, settings=tools.settings.model_copy(update={"lapor_url": there.url}))
        await send_outside(reached, claim_of(SEND_OUTSIDE, {"sending": sending.hex}, "13.74"))


async def agency_tour(office: Person, siti: Person, agency: Person) -> None:
    """Ask whether a case is complete, refer it, and let the agency answer by its own number."""
    desk = await open_case(siti)
    ready = await office.get(f"/v1/cases/{desk.ticket}/readiness", program="BLT_KOTA")
    assert ready.status_code == 200, ready.text
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    number = uuid4().hex[:10]
    accept = {"id": uuid4().hex, "action": "accept", "referral": referral, "body": {"reference": number}}
    note = {"id": uuid4().hex, "action": "note", "reference": number, "body": {"text": "Dicatat."}}
    for moves in ([accept], [note]):
        answer = await agency.post("/v1/referrals/batch", {"moves": moves})
        assert answer.json()["results"][0]["verdict"] == "applied", answer.text
    listed = await agency.get("/v1/referrals", agency_reference=number)
    assert len(listed.json()["items"]) == 1, listed.text
