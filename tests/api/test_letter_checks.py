"""Checking a letter: what anyone is told of a good one, and how little of any other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import AccessEntry
from app.db.tables.cases import Case
from app.db.tables.papers import Letter
from app.db.tables.people import DataKey
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, open_case
from tests.support.http import serving
from tests.support.letters import Office

pytestmark = pytest.mark.commits


@pytest.fixture
async def desk(login: LogIn) -> Desk:
    return await open_case(await login("siti@1374"))


@pytest.fixture(scope="module")
def office(client: AsyncClient) -> Office:
    return Office(client)


async def test_a_good_letter_tells_what_stands_on_it_and_no_name(
    client: AsyncClient, login: LogIn, office: Office
) -> None:
    person = a_person()
    desk = await open_case(await login("siti@1374"), subject=person)
    letter = await office.signed(desk)
    shown = (await client.get(f"/v1/letters/{letter['code']}/verify")).json()
    assert shown == {
        "verdict": "valid",
        "label": {"id": "Berlaku", "en": "Valid"},
        "kind": {"id": "Surat rekomendasi", "en": "Recommendation letter"},
        "number": letter["number"],
        "signed_on": shown["signed_on"],
        "valid_until": letter["valid_until"],
        "office": "Dinas Sosial Kota Padang Panjang",
        "initials": "Y. C.",
        "nik": "************" + person["nik"][-4:],
    }
    typed = letter["code"].lower().replace("-", " ")
    assert (await client.get(f"/v1/letters/{typed}/verify")).json() == shown


async def test_an_unsigned_letter_a_wrong_code_and_no_code_look_alike(
    client: AsyncClient, desk: Desk, office: Office, house: House
) -> None:
    draft = await office.drafted(desk)
    await office.acted(desk, draft, "initial", "pemaraf")
    async with transaction(house.database.sessions) as tx:
        code = await tx.scalar(select(Letter.code).where(Letter.state == "initialled"))
    answers = [
        await client.get(f"/v1/letters/{one}/verify")
        for one in (code, house.ids.letter_code("13.74"), "x", "1374", house.ids.letter_code("ID"))
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["verdict"] == "unknown"
    assert not any(value for name, value in answers[0].json().items() if name not in {"verdict", "label"})


async def test_a_revoked_letter_says_so(client: AsyncClient, desk: Desk, office: Office) -> None:
    letter = await office.signed(desk)
    await office.acted(desk, letter, "revoke", "kadis", {"reason": "wrong_data"})
    shown = (await client.get(f"/v1/letters/{letter['code']}/verify")).json()
    assert (shown["verdict"], shown["number"]) == ("revoked", letter["number"])


async def test_after_its_last_day_it_has_expired(desk: Desk, office: Office, house: House) -> None:
    letter = await office.signed(desk)
    begun = house.clock()
    for days, verdict in ((90, "valid"), (91, "expired")):
        later = begun + timedelta(days=days)
        async with serving(replace(house, clock=lambda at=later: at)) as client:  # type: ignore[misc]  # a fixed clock
            shown = (await client.get(f"/v1/letters/{letter['code']}/verify")).json()
        assert shown["verdict"] == verdict


async def test_a_letter_whose_words_were_changed_is_unknown(
    client: AsyncClient, desk: Desk, office: Office, house: House
) -> None:
    letter = await office.signed(desk)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Letter)
            .where(Letter.regency_code == "13.74", Letter.code == letter["code"])
            .values(signed_sha256=b"\0" * 32)
        )
    assert (await client.get(f"/v1/letters/{letter['code']}/verify")).json()["verdict"] == "unknown"


async def test_once_the_person_was_erased_only_its_dates_are_told(
    client: AsyncClient, desk: Desk, office: Office, house: House
) -> None:
    letter = await office.signed(desk)
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        await tx.execute(
            update(DataKey)
            .where(DataKey.regency_code == case.regency_code, DataKey.id == case.data_key_id)
            .values(wrapped=None)
        )
    shown = (await client.get(f"/v1/letters/{letter['code']}/verify")).json()
    assert (shown["verdict"], shown["initials"], shown["nik"]) == ("valid", None, None)
    gone = await desk.officer.get(f"/v1/cases/{desk.ticket}/letters/1")
    assert (gone.status_code, gone.json()["code"]) == (409, "erased")


async def test_a_phones_camera_gets_a_page(client: AsyncClient, desk: Desk, office: Office) -> None:
    letter = await office.signed(desk)
    path = f"/v1/letters/{letter['code']}/verify"
    page = await client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Accept" in page.headers["vary"]
    assert "Berlaku" in page.text
    assert "Yuliana" not in page.text
    assert "<script" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    unknown = await client.get("/v1/letters/x/verify", headers={"Accept": "text/html"})
    assert "Tidak dikenal" in unknown.text


async def test_trying_codes_is_limited_by_address_and_right_ones_are_not_counted(
    desk: Desk, office: Office, house: House
) -> None:
    letter = await office.signed(desk)
    async with serving(house, address="198.51.100.77") as client:
        for _ in range(60):
            assert (await client.get(f"/v1/letters/{letter['code']}/verify")).status_code == 200
        answers = [
            await client.get(f"/v1/letters/{house.ids.letter_code('13.74')}/verify") for _ in range(51)
        ]
        assert [answer.status_code for answer in answers] == [200] * 50 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert (await client.get(f"/v1/letters/{letter['code']}/verify")).status_code == 429
    async with serving(house, address="198.51.100.78") as client:
        assert (await client.get(f"/v1/letters/{letter['code']}/verify")).status_code == 200


async def test_a_check_stands_in_the_access_log(
    client: AsyncClient, desk: Desk, office: Office, house: House
) -> None:
    letter = await office.signed(desk)
    await client.get(f"/v1/letters/{letter['code']}/verify")
    await house.access_log.flush()
    async with transaction(house.database.sessions) as tx:
        row = await tx.scalar(select(Letter).where(Letter.code == letter["code"]))
        assert row is not None
        entry = await tx.scalar(
            select(AccessEntry).where(AccessEntry.action == "letter.verify", AccessEntry.subject_id == row.id)
        )
    assert entry is not None
    assert entry.result == "valid"
