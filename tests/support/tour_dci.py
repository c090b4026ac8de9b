"""The part of the walk that asks by the DCI interface, and posts an answer to where nobody is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.integrations.webhook_http import Sender
from app.worker.jobs.dci import send_answers
from app.worker.jobs.dci_following import follow
from app.worker.tools import Tools
from tests.support.dci import (
    ENROLLED,
    ORDERED,
    SEARCH,
    STATUS,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Partner,
    a_partner,
    an_access,
    by,
    enrolled,
    request,
    searching,
    status_of,
    subscribing,
    unsubscribing,
)
from tests.support.http import Person
from tests.support.people import a_nik
from tests.support.working import claim_of

URL = "https://penerima.contoh.go.id/dci"


async def dci_tour(admin: Person) -> Partner:
    partner = await a_partner(admin, "z.dci", callback_url=URL)
    assert (await an_access(admin, partner.row_id)).status_code == 200
    partner = await a_partner(admin, "z.dci.dua", callback_url=URL)
    shown = await admin.get(f"/v1/clients/{partner.row_id}/registry-access")
    assert shown.status_code == 200, shown.text
    message = searching(
        request(reference="a", **by("NIK", a_nik())),
        request(reference="b", response_entity="Group", **by("KK", "1374012003150777")),
    )
    for path in (SEARCH, ORDERED):
        answer = await partner.send(path, partner.signed(message))
        assert answer.status_code == 200, answer.text
    answer = await partner.send(ENROLLED, partner.signed(enrolled(a_nik(), None)))
    assert answer.status_code == 200, answer.text
    followed = partner.signed(subscribing(a_nik()), action="subscribe")
    assert (await partner.send(SUBSCRIBE, followed)).status_code == 200
    nobodys = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
    for kind, value in (
        ("transaction_id", message["transaction_id"]),
        ("correlation_id", nobodys),
    ):
        body = partner.signed(status_of(kind, value), action="txn-status")
        assert (await partner.send(STATUS, body)).status_code == 200
    ended = partner.signed(unsubscribing(nobodys), action="unsubscribe")
    assert (await partner.send(UNSUBSCRIBE, ended)).status_code == 200
    return partner


async def _nowhere(_host: str, _port: int) -> list[str]:
    return []


async def dci_sent(tools: Tools) -> None:
    later = replace(tools, now=lambda: datetime.now(UTC) + timedelta(days=2))
    assert await follow(later, claim_of("follow")) > datetime.now(UTC)
    due = await send_answers(tools, claim_of("send_answers"), Sender(resolve=_nowhere))
    assert due < datetime.now(UTC) + timedelta(seconds=5)
