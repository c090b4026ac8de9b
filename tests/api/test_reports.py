"""A report without an account: what it keeps, whom it reaches, and how many may come."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select, text

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Case, CaseReader
from app.domain.ids import public_id
from tests.conftest import LogIn
from tests.support.http import serving
from tests.support.secrecy import account_of, row_of, sees

pytestmark = pytest.mark.commits
VILLAGE = "13.74.01.1005"
REPORT: dict[str, Any] = {
    "village": VILLAGE,
    "text": "Bantuan beras dipotong dua kilogram untuk setiap penerima.",
    "notice_version": "2026-1",
}
HEAD = [{"kind": "village_office", "ref": VILLAGE}]
FREE = [{"kind": "text", "text": "orang yang memakai topi"}]


async def send(client: AsyncClient, key: str | None = None, **changes: Any) -> Response:
    named = {"Idempotency-Key": key or uuid4().hex}
    return await client.post("/v1/reports", json={**REPORT, **changes}, headers=named)


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[AsyncClient]:
    """Somebody from an address of her own."""
    async with serving(house, address=f"198.51.100.{uuid4().int % 250}.{uuid4().hex}") as client:
        yield client


async def test_a_report_gives_ticket_and_pin_and_nothing_else(stranger: AsyncClient, house: House) -> None:
    answer = await send(stranger, about=FREE)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert set(told) == {"ticket", "pin", "opened_at", "receipt"}
    case = await row_of(house, told["ticket"])
    assert (case.confidentiality, case.closed_to, case.holder) == ("RAHASIA", "manager", "secretariat")
    assert (case.person_id, case.opened_by, case.channel, case.reporter_relation) == (
        None, None, "WEB", "ANONYMOUS",
    )  # fmt: skip
    tracked = await stranger.post("/v1/track", json={"ticket": told["ticket"], "pin": told["pin"]})
    assert tracked.status_code == 200


async def test_a_report_that_names_nothing_is_closed_as_well(stranger: AsyncClient, house: House) -> None:
    told = (await send(stranger)).json()
    assert (await row_of(house, told["ticket"])).confidentiality == "RAHASIA"


async def test_a_report_about_a_programme_above_the_village_is_an_ordinary_complaint(
    stranger: AsyncClient, house: House, login: LogIn
) -> None:
    told = await send(stranger, category="PROGRAM_TERLAMBAT", about=[{"kind": "program", "ref": "PKH"}])
    assert told.status_code == 201, told.text
    assert (await row_of(house, told.json()["ticket"])).confidentiality == "BIASA"
    assert await sees(await login("siti@1374"), told.json()["ticket"])


async def test_a_complaint_about_a_village_office_goes_past_its_head(
    stranger: AsyncClient, house: House, login: LogIn
) -> None:
    told = (await send(stranger, about=HEAD)).json()
    assert await sees(await login("manajer@1374"), told["ticket"])
    for name in ("lurah.guguk", "siti", "hendra", "supervisor", "sekretariat", "kadis"):
        assert not await sees(await login(f"{name}@1374"), told["ticket"]), name
    assert await kept_out(house, told["ticket"]) == {await account_of(house, "lurah.guguk")}


async def kept_out(house: House, ticket: str) -> set[Any]:
    case = await row_of(house, ticket)
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalars(
            select(CaseReader.account_id).where(
                CaseReader.regency_code == case.regency_code,
                CaseReader.case_id == case.id,
                CaseReader.standing == "kept_out",
            )
        )
        return set(found)


async def test_the_same_report_twice_is_one_case(stranger: AsyncClient, house: House) -> None:
    key = uuid4().hex
    first, again = await send(stranger, key), await send(stranger, key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await send(stranger, key, text="Sesuatu yang lain sama sekali.")).status_code == 422
    async with serving(house, address="192.0.2.99") as other:
        elsewhere = await send(other, key)
    assert elsewhere.json()["ticket"] != first.json()["ticket"]


async def test_a_flood_from_one_address_is_told_when_to_come_again(
    stranger: AsyncClient, house: House
) -> None:
    answers = [await send(stranger) for _ in range(11)]
    assert [one.status_code for one in answers] == [201] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= timedelta(hours=1).total_seconds()
    async with serving(house, address="192.0.2.98") as other:
        assert (await send(other)).status_code == 201


async def test_a_report_that_is_sent_again_does_not_use_up_the_hour(stranger: AsyncClient) -> None:
    key = uuid4().hex
    assert {(await send(stranger, key)).status_code for _ in range(15)} == {201}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"village": "99.99.99.9999"}, 422),
        ({"village": "12.01.01.2001"}, 422),
        ({"text": "pendek"}, 422),
        ({"text": "x" * 5001}, 422),
        ({"about": [{"kind": "text"}]}, 422),
        ({"about": [{"kind": "program", "ref": "TIDAK_ADA"}]}, 422),
        ({"about": FREE * 6}, 422),
        ({"category": "TIDAK_ADA"}, 422),
        ({"nik": "1374010101010001"}, 422),
    ],
)
async def test_what_is_no_report_is_refused(
    stranger: AsyncClient, changes: dict[str, Any], status: int
) -> None:
    assert (await send(stranger, **changes)).status_code == status


async def test_a_report_needs_a_key(stranger: AsyncClient) -> None:
    assert (await stranger.post("/v1/reports", json=REPORT)).status_code == 400


async def test_nothing_of_the_sender_is_kept(house: House) -> None:
    address = "198.51.100.77"
    async with serving(house, address=address) as client:
        assert (await send(client, about=FREE)).status_code == 201
    await house.access_log.flush()
    async with read_only(house.database.sessions) as tx:
        for table in ("cases", "events", "access_log", "idempotency_keys", "attempts", "case_abouts"):
            rows = (await tx.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars()  # noqa: S608
            held = " ".join(rows)
            assert address not in held, table
            assert "topi" not in held, table


# Naming whom it is about ---------------------------------------------------------------------------------


async def name(login: LogIn, ticket: str, about: Any, by: str = "manajer") -> Response:
    return await (await login(f"{by}@1374")).post(f"/v1/cases/{ticket}/about", {"about": about})


async def test_the_manager_names_whom_the_free_words_meant(
    stranger: AsyncClient, house: House, login: LogIn
) -> None:
    told = (await send(stranger, about=FREE)).json()
    hendra = public_id("13.74", await account_of(house, "hendra"))
    named = await name(login, told["ticket"], [{"kind": "account", "ref": hendra}])
    assert named.status_code == 201, named.text
    assert named.json()["closed_to"]["code"] == "manager"
    assert named.json()["still_yours"] is True
    assert await kept_out(house, told["ticket"]) == {await account_of(house, "hendra")}
    shown = (await (await login("manajer@1374")).get(f"/v1/cases/{told['ticket']}")).json()
    assert shown["about"] == [{"kind": "account", "ref": hendra, "text": None}]


async def test_a_manager_who_finds_his_own_line_loses_the_case_to_the_head(
    stranger: AsyncClient, house: House, login: LogIn
) -> None:
    told = (await send(stranger, about=FREE)).json()
    mine = public_id("13.74", await account_of(house, "sekretariat"))
    named = await name(login, told["ticket"], [{"kind": "account", "ref": mine}])
    assert (named.json()["closed_to"]["code"], named.json()["still_yours"]) == ("head", False)
    assert not await sees(await login("manajer@1374"), told["ticket"])
    assert await sees(await login("kadis@1374"), told["ticket"])


async def test_words_that_meant_no_handler_are_opened_again(stranger: AsyncClient, login: LogIn) -> None:
    told = (await send(stranger, about=FREE, category="PROGRAM_TERLAMBAT")).json()
    named = await name(login, told["ticket"], [{"kind": "program", "ref": "PKH"}])
    assert named.json()["confidentiality"]["code"] == "BIASA"
    assert await sees(await login("siti@1374"), told["ticket"])


async def test_a_violent_matter_stays_closed_whatever_it_is_about(
    stranger: AsyncClient, login: LogIn
) -> None:
    told = (await send(stranger, about=FREE, category="KEKERASAN_ANAK")).json()
    named = await name(login, told["ticket"], [{"kind": "program", "ref": "PKH"}])
    assert named.json()["confidentiality"]["code"] == "RAHASIA"


@pytest.mark.parametrize(
    "about",
    [
        [{"kind": "text", "text": "orang itu"}],
        [{"kind": "account", "ref": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}],
        [{"kind": "cadre", "ref": "x"}],
        [{"kind": "desk"}],
        [],
    ],
)
async def test_naming_takes_who_is_on_record(stranger: AsyncClient, login: LogIn, about: Any) -> None:
    told = (await send(stranger, about=FREE)).json()
    assert (await name(login, told["ticket"], about)).status_code == 422


async def test_only_who_handles_it_names(stranger: AsyncClient, login: LogIn) -> None:
    told = (await send(stranger, about=FREE)).json()
    for by in ("sekretariat", "kadis", "siti"):
        assert (await name(login, told["ticket"], HEAD, by)).status_code == 404


async def test_the_desk_of_the_secretariat_is_the_heads_matter(stranger: AsyncClient, house: House) -> None:
    told = (await send(stranger, about=[{"kind": "desk", "ref": "secretariat"}])).json()
    assert (await row_of(house, told["ticket"])).closed_to == "head"


async def test_a_closed_case_can_no_longer_be_named(
    stranger: AsyncClient, house: House, login: LogIn
) -> None:
    told = (await send(stranger, about=FREE)).json()
    async with house.database.sessions() as session, session.begin():
        case = await session.get(Case, ("13.74", (await row_of(house, told["ticket"])).id))
        assert case is not None
        case.status = "closed"
    assert (await name(login, told["ticket"], HEAD)).status_code == 409
