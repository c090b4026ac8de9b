"""Mail and gateway against real servers: taken, refused, later; no password in the clear."""

import asyncio
import time
from dataclasses import replace

import pytest

from app.domain.messages import Post, Verdict
from app.integrations.mail import BadMailUrl, MailServer
from app.integrations.message_gateway import BadGatewayUrl, Gateway
from tests.support.posts import gateway, mail_server, nobody

POST = Post("1374-0193", "+6281234567890", "", "Laporan 1374-AAAA terdaftar.", "case_opened.resident.id")
LETTER = Post("1374-0193", "siti@example.org", "Kasus baru: 1374-AAAA", "Isi.\n", "case_opened.officer.id")
SENDER = "Puskesos <puskesos@example.org>"


@pytest.mark.parametrize(
    ("status", "body", "verdict", "ref"),
    [
        (200, b'{"id": "prov-1"}', Verdict.TAKEN, "prov-1"),
        (202, b"", Verdict.TAKEN, None),
        (200, b"not json", Verdict.TAKEN, None),
        (200, b'{"id": 7}', Verdict.TAKEN, None),
        (200, b"x" * 100_000, Verdict.TAKEN, None),
        (400, b"", Verdict.REFUSED, None),
        (401, b"", Verdict.REFUSED, None),
        (302, b"", Verdict.REFUSED, None),
        (408, b"", Verdict.LATER, None),
        (429, b"", Verdict.LATER, None),
        (500, b"", Verdict.LATER, None),
        (503, b"", Verdict.LATER, None),
        (0, b"", Verdict.LATER, None),
    ],
)
async def test_what_the_gateway_answers(status: int, body: bytes, verdict: Verdict, ref: str | None) -> None:
    async with gateway() as there:
        there.answering = lambda _: (status, body)
        ours = Gateway.at(there.url, "rahasia")
        answer = await ours.send(POST)
        await ours.close()
    assert (answer.verdict, answer.provider_ref) == (verdict, ref)
    assert there.got == [{"id": POST.id, "to": POST.to, "text": POST.text, "template": POST.template}]
    assert there.headers[0]["authorization"] == "bearer rahasia"
    assert there.headers[0]["idempotency-key"] == POST.id


async def test_a_number_is_not_carried_elsewhere() -> None:
    async with gateway() as there, gateway() as other:
        there.answering, there.elsewhere = lambda _: (307, b""), other.url
        ours = Gateway.at(there.url, "rahasia")
        assert (await ours.send(POST)).verdict is Verdict.REFUSED
        await ours.close()
    assert (len(there.got), other.got) == (1, [])


async def test_a_gateway_that_lets_us_wait_is_left() -> None:
    async with gateway() as there:
        there.delay = 1.0
        ours = replace(Gateway.at(there.url, ""), seconds=0.2)
        begun = time.monotonic()
        assert (await ours.send(POST)).verdict is Verdict.LATER
        assert time.monotonic() - begun < 0.9
        await ours.close()
        await asyncio.sleep(1.0)


async def test_a_gateway_that_is_not_there_is_tried_later() -> None:
    ours = Gateway.at(f"http://{nobody()}/", "")
    assert (await ours.send(POST)).verdict is Verdict.LATER
    await ours.close()


async def test_mail_arrives_with_an_id_that_stays_the_same() -> None:
    with mail_server() as box:
        server = MailServer.parse(box.url, SENDER)
        for _ in range(2):
            assert (await server.send(LETTER)).verdict is Verdict.TAKEN
    first, second = box.got
    assert first["Message-ID"] == second["Message-ID"] == f"<{LETTER.id}@example.org>"
    assert (first["To"], first["Subject"]) == (LETTER.to, LETTER.subject)
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("550 no such user", Verdict.REFUSED), ("451 come again", Verdict.LATER), ("250 OK", Verdict.TAKEN)],
)
async def test_what_the_mail_server_answers(answer: str, verdict: Verdict) -> None:
    with mail_server() as box:
        box.answer = answer
        assert (await MailServer.parse(box.url, SENDER).send(LETTER)).verdict is verdict


async def test_a_mail_server_that_is_not_there_is_tried_later() -> None:
    assert (await MailServer.parse(f"smtp://{nobody()}", SENDER).send(LETTER)).verdict is Verdict.LATER


async def test_a_line_end_in_a_header_sends_nothing() -> None:
    with mail_server() as box:
        bad = Post("1", "siti@example.org\nBcc: all@example.org", "x", "y", "z")
        assert (await MailServer.parse(box.url, SENDER).send(bad)).verdict is Verdict.REFUSED
    assert box.got == []


@pytest.mark.parametrize("url", ["", "smtp://x", "http://", "gateway.example.org/sms", "file:///etc/passwd"])
def test_a_gateway_that_is_none_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(BadGatewayUrl):
        Gateway.at(url, "")


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example.org", "smtp://user:word@mail"])
def test_an_address_that_would_not_do_is_refused(url: str) -> None:
    with pytest.raises(BadMailUrl):
        MailServer.parse(url, SENDER)
