"""Need cards: written, published as the face of a referral, raced for, delivered, run out, taken away."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.queries import work
from app.db.session import read_only, transaction
from app.db.tables.needs import Pledge
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id
from app.worker.jobs.pledges import expire_pledge
from tests.support.desk import Desk, acted
from tests.support.http import Person
from tests.support.needs import (
    FORUM,
    Office,
    a_donor,
    delivered,
    office_of,
    prove,
    reserve,
    reserved,
)
from tests.support.working import make_tools

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def office(client: AsyncClient) -> Office:
    return await office_of(client)


@pytest.fixture(scope="module")
async def donor(house: House, client: AsyncClient) -> Person:
    return await a_donor(house, client, "pt.contoh")


@pytest.fixture(scope="module")
async def other(house: House, client: AsyncClient) -> Person:
    return await a_donor(house, client, "yayasan.contoh")


async def referral_of(desk: Desk, by: Person) -> tuple[str, str]:
    """Return id and status of the case's referral to Forum CSR."""
    shown = await desk.read(by)
    (found,) = [one for one in shown["referrals"] if one["program"] == FORUM]
    return str(found["id"]), str(found["status"]["code"])


async def test_the_whole_way_of_a_need(office: Office, donor: Person, house: House) -> None:
    desk = await office.referred()
    need = await office.drafted(desk)
    assert (await donor.get(f"/v1/needs/{need}")).status_code == 404
    assert (await reserve(donor, need)).status_code == 404
    published = await office.secretariat.post(f"/v1/needs/{need}/publish")
    assert published.status_code == 200, published.text
    assert (await referral_of(desk, office.secretariat))[1] == "waitlisted"
    assert await desk.status() == "handling"

    shown = (await donor.get(f"/v1/needs/{need}")).json()
    assert shown["office"] is None
    assert shown["story"].endswith("needs 1 unit of: wheelchair.")
    assert [one["code"] for one in shown["allowed_actions"]] == ["reserve"]
    pledge = await reserved(donor, need)
    assert (await referral_of(desk, office.secretariat))[1] == "accepted"

    day = datetime.now(UTC).date()
    word = await donor.post(f"/v1/pledges/{pledge}/pledge", {"deliver_on": (day + timedelta(3)).isoformat()})
    assert word.status_code == 200, word.text
    early = await donor.post(f"/v1/pledges/{pledge}/deliver", {"delivered_on": day.isoformat()})
    assert (early.status_code, early.json()["code"]) == (409, "proof_missing")
    await delivered(donor, pledge)
    assert (await prove(donor, pledge, "photo")).status_code == 409

    # Two hands: neither who wrote the card nor who published it accepts what was delivered on it.
    own = await office.secretariat.post(f"/v1/pledges/{pledge}/accept")
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    back = await office.approver.post(f"/v1/pledges/{pledge}/return", {"reason": "receipt_unreadable"})
    assert (back.status_code, back.json()["state"]["code"]) == (200, "pledged")
    await delivered(donor, pledge)
    taken = await office.approver.post(f"/v1/pledges/{pledge}/accept")
    assert taken.status_code == 200, taken.text
    referral, status = await referral_of(desk, office.secretariat)
    assert status == "fulfilled"
    (line,) = await lines_of(house, referral)
    place = parse_public_id(pledge)
    assert place
    assert (line.source, line.source_id, line.state) == ("pledge", place.id, "given")
    assert (line.goods, line.amount_idr) == ("1 unit Kursi roda", None)

    await is_told(donor, need, pledge)


async def is_told(donor: Person, need: str, pledge: str) -> None:
    """What the donor reads of what she gave."""
    report = (await donor.get(f"/v1/pledges/{pledge}/report")).json()
    assert report["worth_idr"] == 1_500_000
    html = await donor.get(report["certificate"])
    pdf = await donor.get(report["certificate"], form="pdf")
    assert "Sertifikat penyerahan bantuan" in html.text
    assert pdf.content.startswith(b"%PDF")
    rows = (await donor.get("/v1/pledges/summary")).json()["items"]
    assert [(one["kind"]["code"], one["given"], one["given_idr"]) for one in rows] == [
        ("KURSI_RODA", 1, 1_500_000)
    ]
    # The way is over for a later reader: no list, and the card only to whoever gave.
    assert (await donor.get(f"/v1/needs/{need}")).status_code == 200


async def lines_of(house: House, referral: str) -> list[AssistanceLine]:
    place = parse_public_id(referral)
    assert place
    async with read_only(house.database.sessions) as tx:
        statement = select(AssistanceLine).where(
            AssistanceLine.regency_code == place.tenant, AssistanceLine.referral_id == place.id
        )
        return list(await tx.scalars(statement))


async def test_two_donors_race_and_one_wins(office: Office, donor: Person, other: Person) -> None:
    for _ in range(3):
        desk = await office.referred()
        need = await office.published(desk)
        answers = await asyncio.gather(*(reserve(who, need) for who in (donor, other, donor, other)))
        codes = sorted(one.status_code for one in answers)
        assert codes == [201, 409, 409, 409]
        lost = {one.json()["code"] for one in answers if one.status_code == 409}
        assert lost == {"need_taken"}
        shown = await office.need(need)
        assert (shown["remaining"], shown["office"]["held"], shown["state"]["code"]) == (0, 1, "reserved")
        (winner,) = [one.json()["id"] for one in answers if one.status_code == 201]
        released = await office.secretariat.post(f"/v1/pledges/{winner}/release", {"reason": "donor_asked"})
        assert released.status_code == 200, released.text
        assert (await referral_of(desk, office.secretariat))[1] == "waitlisted"


async def test_parts_are_taken_by_several_and_never_more_than_there_is(
    office: Office, donor: Person, other: Person
) -> None:
    desk = await office.referred()
    need = await office.published(desk, kind="KASUR", quantity=5)
    first = await reserved(donor, need, quantity=3)
    answers = await asyncio.gather(*(reserve(other, need, quantity=2) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert (await office.need(need))["remaining"] == 0
    await delivered(donor, first)
    assert (await office.approver.post(f"/v1/pledges/{first}/accept")).status_code == 200
    assert (await referral_of(desk, office.secretariat))[1] == "in_service"
    (second,) = [one.json()["id"] for one in answers if one.status_code == 201]
    assert (await other.post(f"/v1/pledges/{second}/cancel")).status_code == 200
    shown = await office.need(need)
    assert (shown["remaining"], shown["state"]["code"], shown["office"]["given"]) == (2, "published", 3)
    short = await reserve(other, need, quantity=3)
    assert (short.status_code, short.json()["data"]) == (409, {"remaining": 2})
    # What nobody gives any more ends in part, and the referral with it.
    gone = await office.secretariat.post(f"/v1/needs/{need}/withdraw", {"reason": "met_otherwise"})
    assert gone.status_code == 200, gone.text
    assert (await referral_of(desk, office.secretariat))[1] == "fulfilled"


async def expired(house: House, folder: Path, pledge: str, days: int) -> Any:
    """Let the worker look at a pledge after *days*; return when it looks again."""
    place = parse_public_id(pledge)
    assert place
    later = house.clock() + timedelta(days=days)
    tools = make_tools(house.database, lambda: later, folder)
    async with transaction(house.database.sessions) as tx:
        wanted = work.Wanted((work.EXPIRE_PLEDGE,), timedelta(seconds=30), limit=200)
        found = await work.claim(tx, place.tenant, later, wanted)
    (held,) = [one for one in found if one.key == place.id.hex]
    return await expire_pledge(tools, held)


async def test_a_reservation_runs_out_and_waits_again_with_its_number(
    office: Office, donor: Person, other: Person, house: House, tmp_path: Path
) -> None:
    desk = await office.referred()
    need = await office.published(desk)
    pledge = await reserved(donor, need)
    before = await office.secretariat.get(f"/v1/referrals/{(await referral_of(desk, office.secretariat))[0]}")
    assert before.status_code == 200
    assert await expired(house, tmp_path, pledge, 8) is None
    assert (await donor.get(f"/v1/pledges/{pledge}")).json()["state"]["code"] == "expired"
    assert (await referral_of(desk, office.secretariat))[1] == "waitlisted"
    assert (await office.need(need))["state"]["code"] == "published"
    told = (await donor.get("/v1/notifications")).json()["items"]
    assert any(one["kind"] == "pledge_changed" for one in told)
    await reserved(other, need)


async def test_a_promise_holds_longer_than_a_reservation(
    office: Office, donor: Person, house: House, tmp_path: Path
) -> None:
    pledge = await reserved(donor, await office.published())
    day = (datetime.now(UTC).date() + timedelta(20)).isoformat()
    assert (await donor.post(f"/v1/pledges/{pledge}/pledge", {"deliver_on": day})).status_code == 200
    assert await expired(house, tmp_path, pledge, 8) is not None
    assert (await donor.get(f"/v1/pledges/{pledge}")).json()["state"]["code"] == "pledged"


async def test_the_card_ends_with_its_referral(office: Office, donor: Person) -> None:
    desk = await office.referred()
    need = await office.published(desk)
    pledge = await reserved(donor, need)
    referral, _ = await referral_of(desk, office.secretariat)
    await acted(office.secretariat, referral, "revoke", {"reason": "withdrawn"})
    shown = await office.need(need)
    assert (shown["state"]["code"], shown["office"]["end_reason"]["code"]) == ("withdrawn", "referral_ended")
    assert (await donor.get(f"/v1/pledges/{pledge}")).json()["state"]["code"] == "released"


async def test_who_enumerates_learns_nothing(office: Office, donor: Person, other: Person) -> None:
    draft = await office.drafted(await office.referred())
    pledge = await reserved(donor, await office.published())
    nothing = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
    for path, hidden in (
        ("/v1/needs/{}", draft),
        ("/v1/pledges/{}", pledge),
        ("/v1/pledges/{}/report", pledge),
    ):
        there, absent = await other.get(path.format(hidden)), await other.get(path.format(nothing))
        assert (there.status_code, absent.status_code) == (404, 404)
        assert {**there.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert (await other.post(f"/v1/pledges/{pledge}/cancel")).status_code == 404
    mine = {one["id"] for one in (await other.get("/v1/pledges?limit=200")).json()["items"]}
    assert pledge not in mine
    listed = {one["id"] for one in (await other.get("/v1/needs?limit=200")).json()["items"]}
    assert draft not in listed


async def test_proof_is_its_donors_and_her_checkers(office: Office, donor: Person, other: Person) -> None:
    pledge = await reserved(donor, await office.published())
    proof = (await prove(donor, pledge, "photo")).json()["proofs"][0]["id"]
    path = f"/v1/pledges/{pledge}/proofs/{proof}/content"
    seen = await donor.get(path)
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert (await office.approver.get(path)).status_code == 200
    assert (await other.get(path)).status_code == 404
    assert (await prove(other, pledge, "photo")).status_code == 404
    assert (await prove(donor, pledge, "photo", b"no picture")).status_code == 415


async def test_of_a_rare_person_nothing_is_told(office: Office) -> None:
    shown = await office.need(await office.published(kind="TANGAN_KAKI_PALSU"))
    assert (shown["region"], shown["office"]["age"], shown["office"]["group_size"]) == ("13.74", None, None)


async def test_a_secret_case_has_no_card(office: Office, donor: Person) -> None:
    desk = await office.referred()
    need = await office.drafted(desk)
    closed = await desk.officer.patch(
        f"/v1/cases/{desk.ticket}",
        {"confidentiality": "RAHASIA"},
        etag=(await desk.officer.get(f"/v1/cases/{desk.ticket}")).headers["ETag"],
    )
    assert closed.status_code == 200, closed.text
    # The secretariat that may not see the case does not find its card either.
    assert (await office.secretariat.post(f"/v1/needs/{need}/publish")).status_code == 404
    assert (await donor.get(f"/v1/needs/{need}")).status_code == 404


async def test_a_case_without_an_open_receiver_is_told_what_to_do(office: Office) -> None:
    desk = await office.referred()
    await office.drafted(desk)
    again = await office.siti.post(
        f"/v1/cases/{desk.ticket}/needs", {"kind": "KURSI_RODA", "quantity": 1, "estimated_idr": 1}
    )
    assert (again.status_code, again.json()["code"]) == (409, "need_there")
    other = await office.siti.post(
        f"/v1/cases/{desk.ticket}/needs", {"kind": "NONE", "quantity": 1, "estimated_idr": 1}
    )
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/kind")


async def test_a_product_is_sold_without_a_referral(office: Office, donor: Person, house: House) -> None:
    desk = await office.referred()
    need = await office.published(desk, kind="PRODUK_KERAJINAN", quantity=20, estimated_idr=400_000)
    shown = (await donor.get(f"/v1/needs/{need}")).json()
    assert shown["source"]["code"] == "product"
    pledge = await reserved(donor, need, quantity=20)
    await delivered(donor, pledge)
    assert (await office.approver.post(f"/v1/pledges/{pledge}/accept")).status_code == 200
    referral, status = await referral_of(desk, office.secretariat)
    assert (status, await lines_of(house, referral)) == ("sent", [])


async def test_the_counts_of_a_card_are_the_sums_of_its_pledges(office: Office, house: House) -> None:
    async with read_only(house.database.sessions) as tx:
        rows = list(await tx.scalars(select(Pledge).where(Pledge.regency_code == "13.74")))
    found: dict[Any, list[Pledge]] = {}
    for row in rows:
        found.setdefault(row.need_id, []).append(row)
    needs = (await office.secretariat.get("/v1/needs?limit=200")).json()["items"]
    assert needs
    for need in needs:
        place = parse_public_id(need["id"])
        assert place
        mine = found.get(place.id, [])
        stands = [one for one in mine if one.state in {"reserved", "pledged", "delivered", "accepted"}]
        assert need["office"]["held"] == sum(one.quantity for one in stands)
        assert need["office"]["given"] == sum(one.quantity for one in mine if one.state == "accepted")
