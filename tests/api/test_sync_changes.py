"""What changed for one device: nothing missed, nothing kept that may not be seen, nothing told twice."""

import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.api.deps import House
from app.db.queries import feed
from app.db.session import transaction
from app.db.tables.access import Grant
from app.db.tables.cases import Case
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import VILLAGE, open_case
from tests.support.desk import Desk as OneCase
from tests.support.http import Person
from tests.support.offline import Device, Store

pytestmark = pytest.mark.commits
OTHER = "13.74.01.1003"


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
def store(siti: Person) -> Store:
    return Store(Device(siti))


async def number(house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        while await feed.number_pending(tx, "13.74", datetime.now(UTC), 2_000):
            pass


async def test_it_begins_with_all_that_the_list_holds_and_goes_on_with_what_changed(
    store: Store, siti: Person, house: House
) -> None:
    first = await open_case(siti)
    await number(house)
    await store.follow(limit=1)
    listed = {one["ticket"] for one in (await siti.get("/v1/cases?limit=200")).json()["items"]}
    assert set(store.cases) == listed
    held = store.cases[first.ticket]
    shown = await first.read()
    assert held["status"] == shown["status"]["code"]
    assert held["allowed_actions"] == [one["code"] for one in shown["allowed_actions"]]
    assert held["place"] == {name: shown["place"][name] for name in ("village", "address", "detail")}
    assert held["chronology"] == shown["chronology"]
    assert held["person"] in store.people
    assert store.people[held["person"]]["nik"].startswith("****")
    assert store.codes["case_status"]["registered"] == "Registered"
    assert "PKH" in {one["code"] for one in store.programs}

    quiet = await store.page()
    assert (quiet["cases"], quiet["removed"], quiet["codes"], quiet["programs"], quiet["more"]) == (
        [], [], None, None, False,
    )  # fmt: skip
    told = store.told
    second = await open_case(siti)
    await first.took("verify")
    await number(house)
    await store.follow()
    assert store.told == told + 2
    assert store.cases[first.ticket]["status"] == "verifying"
    assert second.ticket in store.cases
    assert not store.removed


async def test_an_answer_that_was_lost_is_told_again_and_what_is_known_is_not(
    store: Store, siti: Person, house: House, login: LogIn
) -> None:
    case = await open_case(siti)
    await number(house)
    lost = await store.page(limit=200)
    assert case.ticket in {one["ticket"] for one in lost["cases"]}
    again = await store.page(limit=200)
    # `after` is absent: it begins anew, and tells all of it again.
    assert [one["ticket"] for one in again["cases"]] == [one["ticket"] for one in lost["cases"]]
    await store.follow()
    await case.took("verify")
    await number(house)
    lost = await store.page()
    assert [one["ticket"] for one in lost["cases"]] == [case.ticket]
    again = await store.page()
    assert [one["ticket"] for one in again["cases"]] == [case.ticket]
    store.keep(again)

    await make_secret(case, await login("manajer@1374"))
    await number(house)
    lost = await store.page()
    assert lost["removed"] == [case.ticket]
    assert (await store.page())["removed"] == [case.ticket], "told again until it is acknowledged"
    await store.follow()
    await note_by(case, await login("manajer@1374"))
    await number(house)
    assert (await store.page())["removed"] == [], "and not once more when the secret case goes on"


async def make_secret(case: OneCase, by: Person) -> None:
    await case.read(by)
    answer = await by.patch(f"/v1/cases/{case.ticket}", {"confidentiality": "TERBATAS"}, etag=case.etag)
    assert answer.status_code == 200, answer.text


async def note_by(case: OneCase, by: Person) -> None:
    answer = await by.post(f"/v1/cases/{case.ticket}/notes", {"text": "Rahasia."})
    assert answer.status_code == 201, answer.text


async def hand_over(case: OneCase, by: Person) -> None:
    desks = (await by.get("/v1/desks?region=13.74")).json()["items"]
    to, village = next(
        (one["id"], one["village"]["code"]) for one in desks if one["village"]["code"] != VILLAGE
    )
    await case.read(by)
    await case.took("hand_over", {"to": to, "note": "Pindah."}, by)
    await case.read(by)
    answer = await by.patch(f"/v1/cases/{case.ticket}", {"place": {"village": village}}, etag=case.etag)
    assert answer.status_code == 200, answer.text


async def name_officer(case: OneCase, by: Person) -> None:
    """Say later that the complaint is about the very officer who holds it on her device."""
    accused = (await case.officer.get("/v1/me")).json()["id"]
    answer = await by.post(f"/v1/cases/{case.ticket}/about", {"about": [{"kind": "account", "ref": accused}]})
    assert answer.status_code in {200, 201}, answer.text


AWAY: dict[str, Callable[[OneCase, Person], Awaitable[None]]] = {
    "made TERBATAS": make_secret,
    "moved to another village": hand_over,
}


@pytest.mark.parametrize("how", AWAY)
async def test_a_case_that_went_away_is_removed_wherever_it_was_held_and_nowhere_else(
    how: str, store: Store, siti: Person, house: House, login: LogIn
) -> None:
    case, manager = await open_case(siti), await login("manajer@1374")
    elsewhere = Store(Device(await login("supervisor@1374")))
    await number(house)
    await store.follow()
    await elsewhere.follow()
    assert case.ticket in store.cases
    never = Store(Device(siti))
    await AWAY[how](case, manager)
    await number(house)
    await never.follow()
    await store.follow()
    assert store.removed == [case.ticket]
    assert (await siti.get(f"/v1/cases/{case.ticket}")).status_code == 404
    await elsewhere.follow()
    assert case.ticket in elsewhere.cases, "the supervisor sees it as before"
    assert case.ticket not in never.removed, "a device that never had it learns nothing of it"
    await note_by(case, manager)
    await number(house)
    assert (await never.page())["removed"] == []


async def test_a_case_whose_officer_is_named_in_it_later_leaves_her_device(
    store: Store, siti: Person, house: House, login: LogIn
) -> None:
    case = await open_case(siti)
    await number(house)
    await store.follow()
    assert case.ticket in store.cases
    await name_officer(case, await login("manajer@1374"))
    await number(house)
    await store.follow()
    assert store.removed == [case.ticket]
    assert case.ticket not in store.cases


async def test_a_grant_that_ends_takes_its_cases_away_and_a_new_one_brings_them(
    siti: Person, house: House, login: LogIn
) -> None:
    head = await login("supervisor@1374")
    mine, theirs = await open_case(siti), await open_case(await login("manajer@1374"), village=OTHER)
    await number(house)
    store = Store(Device(head))
    await store.follow(limit=3)
    assert {mine.ticket, theirs.ticket} <= set(store.cases)
    account = (await head.get("/v1/me")).json()["id"]

    async def move(region: str) -> None:
        async with transaction(house.database.sessions) as tx:
            found = parse_public_id(account)
            assert found is not None
            await tx.execute(
                update(Grant)
                .where(Grant.regency_code == "13.74", Grant.account_id == found.id)
                .values(region_code=region)
            )
        house.sessions.clear()

    await move(VILLAGE)
    await store.follow(limit=3)
    assert mine.ticket in store.cases
    assert theirs.ticket not in store.cases
    assert theirs.ticket in store.removed
    told = store.told
    await store.follow()
    assert store.told == told
    await move("13.74")
    await store.follow(limit=3)
    assert {mine.ticket, theirs.ticket} <= set(store.cases)
    assert store.told < told * 2, "what it holds is not told again"


async def test_old_ended_cases_are_not_taken_along(store: Store, siti: Person, house: House) -> None:
    old = await open_case(siti)
    await old.took("void", {"reason": "withdrawn"})
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case)
            .where(Case.regency_code == "13.74", Case.ticket == old.ticket)
            .values(updated_at=datetime.now(UTC) - timedelta(days=91))
        )
    await store.follow()
    assert old.ticket not in store.cases


async def test_only_the_fields_that_are_asked_for(store: Store, siti: Person) -> None:
    case = await open_case(siti)
    page = await store.page(limit=200, fields="status,due_at")
    shown = next(one for one in page["cases"] if one["ticket"] == case.ticket)
    assert set(shown) == {"ticket", "version", "status", "due_at"}
    wrong = await siti.get("/v1/sync/changes", device=store.device.id, fields="nik")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/query/fields")


async def test_a_cursor_is_of_one_device_of_one_account(store: Store, siti: Person, login: LogIn) -> None:
    page = await store.page()
    other = Device(siti)
    for reader, device, after in (
        (siti, other.id, page["next"]),
        (await login("supervisor@1374"), store.device.id, page["next"]),
        (siti, store.device.id, "nonsense"),
        (siti, store.device.id, page["next"][:-2] + "xx"),
    ):
        answer = await reader.get("/v1/sync/changes", device=device, after=after)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_a_village_desk_begins_within_300_kilobytes(siti: Person, house: House) -> None:
    """Two hundred open cases of one village; compressed as the service does, or a little worse."""
    for _ in range(20):
        await open_case(siti, chronology="Keluarga dengan tiga anak sekolah; ayah berhenti bekerja. " * 3)
    await number(house)
    store, size, cases = Store(Device(siti)), 0, 0
    while True:
        page: dict[str, Any] = await store.page(200)
        size += len(gzip.compress(json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode(), 6))
        cases += len(page["cases"])
        store.keep(page)
        if not page["more"]:
            break
    assert cases >= 20
    per_case = size / cases
    fixed = len(gzip.compress(json.dumps([store.codes, store.programs], ensure_ascii=False).encode(), 6))
    assert size <= 300_000
    assert fixed + 250 * (size - fixed) / cases <= 300_000, (fixed, per_case)
