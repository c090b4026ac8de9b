"""A case goes to SP4N-LAPOR! through a gateway on loopback: by the recorded contract, and once."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries.work import SEND_OUTSIDE
from app.db.session import read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.outside import OutsideReference
from app.db.tables.people import DataKey
from app.domain.ids import parse_public_id
from app.integrations.lapor_gateway import BadLaporUrl, check_lapor_url
from app.services import lapor
from app.worker.jobs.outside import send_outside
from app.worker.tools import Tools
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person
from tests.support.posts import GatewayServer, gateway, nobody
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
CONTRACT = json.loads((Path(__file__).parent / "lapor_contract.json").read_text("utf-8"))
TENANT = "13.74"
ALREADY = json.dumps({"tracking_id": "LAP/77"}).encode()


@pytest.fixture
async def there() -> AsyncIterator[GatewayServer]:
    async with gateway() as made:
        made.url = made.url.replace("/messages", "/gateway")
        yield made


@pytest.fixture
def tools(house: House, there: GatewayServer, tmp_path: Path) -> Tools:
    made = make_tools(house.database, lambda: datetime.now(UTC), tmp_path)
    changed = {"lapor_url": there.url, "lapor_key": SecretStr("kunci")}
    return replace(made, settings=made.settings.model_copy(update=changed))


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


@pytest.fixture
async def desk(login: LogIn) -> Desk:
    return await open_case(await login("siti@1374"))


async def ordered(office: Person, desk: Desk, kind: str = "report", **more: Any) -> UUID:
    answer = await office.post(f"/v1/cases/{desk.ticket}/lapor", {"kind": kind, **more})
    assert answer.status_code == 201, answer.text
    found = parse_public_id(answer.json()["id"])
    assert found is not None
    return found.id


async def send(tools: Tools, sending: UUID) -> datetime | None:
    return await send_outside(tools, claim_of(SEND_OUTSIDE, {"sending": sending.hex}, TENANT))


async def state(office: Person, desk: Desk) -> tuple[list[str], list[tuple[str, str | None]]]:
    shown = (await office.get(f"/v1/cases/{desk.ticket}/lapor")).json()
    reasons = [
        (one["state"]["code"], one["reason"]["code"] if one["reason"] else None) for one in shown["sendings"]
    ]
    return [one["reference"] for one in shown["references"]], reasons


async def test_report_and_answer_go_by_the_recorded_contract(
    tools: Tools, there: GatewayServer, office: Person, desk: Desk
) -> None:
    there.answering = lambda n: (CONTRACT[n - 1]["status"], json.dumps(CONTRACT[n - 1]["answer"]).encode())
    words = {"title": "Beras belum dibagi", "text": "Sudah dua bulan.", "classification": "PENGADUAN_TBP"}
    assert await send(tools, await ordered(office, desk, **words)) is None
    assert await state(office, desk) == (["7461234"], [("sent", None)])
    assert await send(tools, await ordered(office, desk, "answer")) is None
    shown = (await office.get(f"/v1/cases/{desk.ticket}/lapor")).json()
    for n, exchange in enumerate(CONTRACT):
        filled = json.dumps(exchange["body"]).replace("<id>", shown["sendings"][n]["id"])
        wanted = json.loads(filled.replace("<answer>", shown["answer"]))
        if "laporan" in wanted:
            sent = there.got[n]["laporan"]
            wanted["laporan"] |= {name: sent[name] for name in ("tanggal_kejadian", "instansi", "kategori")}
            wanted["laporan"]["tracking_id"] = desk.ticket
        assert (there.paths[n], there.got[n]) == (exchange["path"], wanted), exchange["what"]
        assert there.headers[n]["idempotency-key"] == shown["sendings"][n]["id"]
        assert there.headers[n]["authorization"] == "bearer kunci"
    assert "Yuliana" not in json.dumps(there.got)


async def test_killed_between_sending_and_settling_it_sends_the_same_id_again(
    tools: Tools, there: GatewayServer, office: Person, desk: Desk, house: House
) -> None:
    there.answering = lambda _: (200, ALREADY)
    sending = await ordered(office, desk)
    known = await tools.knowledge.current(tools.now())
    async with read_only(house.database.sessions) as tx:
        ready = await lapor.take_up(tools.acting(tx, known), TENANT, sending)
    # The first worker sent it and died; another one comes.
    assert ready is not None
    await send(tools, sending)
    await send(tools, sending)
    async with transaction(house.database.sessions) as tx:
        assert await lapor.settle(tools.acting(tx, known), ready, None) is None
    assert (await state(office, desk))[1] == [("sent", None)]
    assert len(there.got) == 1
    async with read_only(house.database.sessions) as tx:
        case = (await tx.scalars(select(Case).where(Case.ticket == desk.ticket))).one()
        numbers = await tx.scalars(
            select(OutsideReference.reference).where(OutsideReference.case_id == case.id)
        )
        kinds = await tx.scalars(
            select(Event.type).where(Event.regency_code == TENANT, Event.case_id == case.id).order_by(Event.n)
        )
        assert numbers.all() == ["LAP/77"]
        assert [kind for kind in kinds if "outside" in kind] == [
            "case.outside_ordered", "case.outside_numbered", "case.outside_ended",
        ]  # fmt: skip


@pytest.mark.parametrize("fault", [(503, b""), (0, b""), (429, b""), (200, b"no json"), (200, b"{}")])
async def test_what_was_not_taken_for_sure_is_sent_again_under_the_same_id(
    fault: tuple[int, bytes], tools: Tools, there: GatewayServer, office: Person, desk: Desk
) -> None:
    number = json.dumps({"tracking_id": desk.ticket}).encode()
    there.answering = lambda n: fault if n == 1 else (200, number)
    sending = await ordered(office, desk)
    again = await send(tools, sending)
    assert again is not None
    assert again > tools.now()
    assert (await state(office, desk))[1] == [("waiting", None)]
    assert await send(tools, sending) is None
    assert there.got[0] == there.got[1]
    assert (await state(office, desk))[0] == [desk.ticket]


async def test_a_refusal_a_long_silence_and_an_erasure_end_it(
    tools: Tools, there: GatewayServer, office: Person, login: LogIn, house: House
) -> None:
    siti = await login("siti@1374")
    refused, silent, erased = [await open_case(siti) for _ in range(3)]
    there.answering = lambda _: (302, b"")
    assert await send(tools, await ordered(office, refused)) is None
    assert await state(office, refused) == ([], [("failed", "refused")])
    await ordered(office, refused)
    sending = await ordered(office, silent)
    there.answering = lambda _: (500, b"")
    late = replace(tools, now=lambda: datetime.now(UTC) + timedelta(days=3, minutes=1))
    assert await send(late, sending) is None
    assert await state(office, silent) == ([], [("failed", "gave_up")])
    sending, posts = await ordered(office, erased), len(there.got)
    async with transaction(house.database.sessions) as tx:
        case = (await tx.scalars(select(Case).where(Case.ticket == erased.ticket))).one()
        await tx.execute(update(DataKey).where(DataKey.id == case.data_key_id).values(wrapped=None))
    assert await send(tools, sending) is None
    assert len(there.got) == posts


async def test_without_a_gateway_it_waits_and_with_nobody_there_too(
    tools: Tools, office: Person, desk: Desk
) -> None:
    sending = await ordered(office, desk)
    for url in (None, f"http://{nobody()}"):
        other = replace(tools, settings=tools.settings.model_copy(update={"lapor_url": url}))
        assert await send(other, sending) is not None
    assert (await state(office, desk))[1] == [("waiting", None)]
    for wrong in ("lapor.go.id", "ftp://x", "http://"):
        with pytest.raises(BadLaporUrl):
            check_lapor_url(wrong)


async def test_what_may_not_go_there(office: Person, desk: Desk, login: LogIn) -> None:
    at = f"/v1/cases/{desk.ticket}/lapor"
    await ordered(office, desk)
    twice = await office.post(at, {"kind": "report"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_handed_over")
    other = await open_case(await login("siti@1374"))
    at = f"/v1/cases/{other.ticket}/lapor"
    wrong = await office.post(at, {"kind": "report", "classification": "X"})
    assert wrong.json()["errors"][0]["pointer"] == "/classification"
    assert (await (await login("siti@1374")).post(at, {"kind": "report"})).status_code == 403
