"""Who saw and who changed what: by case, person and actor, in the reader's sight and no further."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries import feed, work
from app.db.session import transaction
from app.integrations.seals import SealSigner
from app.services.seals import seal_next
from app.worker.loop import JOBS, work_once
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person, log_in
from tests.support.secrecy import TENANT, about, opened
from tests.support.working import SEAL_KEY, make_tools

pytestmark = pytest.mark.commits
SIGNER = SealSigner.parse(SEAL_KEY)


@pytest.fixture
async def auditor(login: LogIn) -> Person:
    return await login("auditor@1374")


async def trail(by: Person, house: House, **asked: Any) -> list[dict[str, Any]]:
    """Return every row of every page of three; each comes once, the latest first."""
    await house.access_log.flush()
    answer = await by.get("/v1/audit", limit=3, **asked)
    assert answer.status_code == 200, answer.text
    rows = list(answer.json()["items"])
    # Its own reading is noted after it answered, and no page shows what came after the first.
    while cursor := answer.json()["next"]:
        answer = await by.get("/v1/audit", limit=3, cursor=cursor)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
    keys = [(one["at"], one["event"], one["request"], one["action"]) for one in rows]
    assert len(set(keys)) == len(keys)
    return rows


def acts(rows: list[dict[str, Any]]) -> list[str]:
    return [one["action"] for one in rows]


async def test_a_case_tells_who_changed_it_who_read_it_and_who_was_refused(
    house: House, login: LogIn, auditor: Person
) -> None:
    siti, other = await login("siti@1374"), await login("sekretariat@1371")
    desk = await open_case(siti)
    assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 200
    assert (await siti.get(f"/v1/cases/{desk.ticket}/papers")).status_code == 200
    assert (await other.get(f"/v1/cases/{desk.ticket}")).status_code == 404
    rows = await trail(auditor, house, case=desk.ticket)
    kinds = [(one["kind"], one["action"], one["result"]) for one in rows]
    assert ("read", "getCase", "ok") in kinds
    assert ("read", "getPapers", "ok") in kinds
    assert ("refusal", "getCase", "not_found") in kinds
    assert ("change", "case.opened", None) in kinds
    assert kinds[-1][0] == "change"
    assert {one["ticket"] for one in rows} == {desk.ticket}
    read = next(one for one in rows if one["action"] == "getCase" and one["kind"] == "read")
    assert read["actor"]["name"]
    assert read["subject"]["kind"]["code"] == "case"
    assert read["words"] == {"id": "Membaca: kasus (getCase)", "en": "Read: case (getCase)"}
    refused = next(one for one in rows if one["kind"] == "refusal")
    assert refused["actor"]["id"].startswith("1371-")


async def test_a_person_and_an_actor_have_a_trail_of_their_own(
    house: House, login: LogIn, auditor: Person
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    person = (await desk.read())["subject"]["person"]["id"]
    why = {"purpose": "service"}
    revealed = await siti.post(f"/v1/people/{person}/reveal", why)
    assert revealed.status_code == 200, revealed.text
    hers = await trail(auditor, house, person=person)
    assert {"revealPerson", "getCase", "case.opened"} <= set(acts(hers))
    reveal = next(one for one in hers if one["action"] == "revealPerson")
    assert reveal["purpose"]["code"] == "service"
    assert reveal["subject"]["id"] == person
    me = (await siti.get("/v1/me")).json()["id"]
    mine = await trail(auditor, house, actor=me)
    assert {one["actor"]["id"] for one in mine} == {me}
    assert {"revealPerson", "case.opened"} <= set(acts(mine))


async def test_what_a_closed_case_leaves_is_not_told_to_whom_it_is_about(house: House, login: LogIn) -> None:
    handler, head = await login("kadis@1374"), await login("manajer@1374")
    secret = await opened(
        await login("siti@1374"),
        category="LAYANAN_PETUGAS_POTONGAN",
        kind="PENGADUAN",
        about=[await about(house, "manajer")],
    )
    ticket = secret["ticket"]
    assert (await handler.get(f"/v1/cases/{ticket}")).status_code == 200
    assert (await handler.get(f"/v1/cases/{ticket}/papers")).status_code == 200
    seen = await trail(handler, house, case=ticket)
    assert "getPapers" in acts(seen)
    assert (await head.get("/v1/audit", case=ticket)).status_code == 404
    everything = await trail(head, house)
    assert everything
    tried = [one for one in everything if one["ticket"] == ticket]
    own = (await head.get("/v1/me")).json()["id"]
    assert {one["actor"]["id"] for one in tried} <= {own}
    by_handler = await trail(head, house, actor=(await handler.get("/v1/me")).json()["id"])
    assert ticket not in {one["ticket"] for one in by_handler}


async def test_it_is_read_by_whoever_answers_for_the_regency_and_by_nobody_else(
    house: House, login: LogIn, auditor: Person
) -> None:
    assert (await (await login("siti@1374")).get("/v1/audit")).status_code == 403
    assert (await auditor.get("/v1/audit", region="13.71")).status_code == 403
    assert (await auditor.get("/v1/audit", region="99.99")).status_code == 400
    assert (await auditor.get("/v1/audit", case="1374-0000-0000-0")).status_code == 404
    unknown = f"1374-{house.ids.new_id(datetime.now(UTC)).hex}"
    assert (await auditor.get("/v1/audit", person=unknown)).status_code == 404


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-03-02T00:00:00Z",) * 2,
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T00:00:00-12:00", "9999-12-31T23:59:59-23:59"),
        ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"),
    ],
)
async def test_a_window_that_is_none_or_too_long_is_refused(auditor: Person, since: str, until: str) -> None:
    answer = await auditor.get("/v1/audit", **{"from": since, "to": until})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/from"


async def test_an_end_beyond_all_times_is_now(login: LogIn, auditor: Person) -> None:
    desk = await open_case(await login("siti@1374"))
    answer = await auditor.get("/v1/audit", case=desk.ticket, to="9999-12-31T23:59:59-12:00")
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"]


async def test_who_came_in_and_who_tried_to_is_found_by_the_account(
    house: House, client: AsyncClient, login: LogIn, auditor: Person
) -> None:
    me = (await (await login("supervisor@1374")).get("/v1/me")).json()["id"]
    form = {
        "grant_type": "password",
        "client_id": "konsol@1374",
        "username": "supervisor@1374",
        "password": "salah",
    }
    assert (await client.post("/v1/oauth/token", data=form)).status_code == 400
    rows = [one for one in await trail(auditor, house, actor=me) if one["action"] == "login"]
    assert {one["kind"] for one in rows} == {"login", "refusal"}
    assert {one["actor"]["id"] for one in rows} == {me}
    assert all(one["actor"]["name"] for one in rows)


async def test_the_chains_of_a_regency_are_checked_as_a_job(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    auditor = await log_in(fresh_client, "auditor@1374")
    desk = await open_case(await log_in(fresh_client, "siti@1374"))
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)

    async def verified() -> dict[str, Any]:
        ordered = await auditor.post("/v1/audit/verifications", {"region": TENANT})
        assert ordered.status_code == 202, ordered.text
        await work_once(tools, {work.RUN_JOB: JOBS[work.RUN_JOB]})
        job = (await auditor.get(f"/v1/jobs/{ordered.json()['id']}")).json()
        assert job["state"]["code"] == "done", job
        return dict(job["result"])

    good = await verified()
    assert good["sound"] is True
    owner = await asyncpg.connect(fresh_house.settings.migrate_url.get_secret_value())  # type: ignore[union-attr]
    try:
        await owner.execute("UPDATE events SET data = '{}' WHERE type = 'case.opened'")
    finally:
        await owner.close()
    bad = await verified()
    assert bad["sound"] is False
    (finding,) = bad["findings"]
    assert (finding["log"], finding["fault"], finding["n"]) == ("events", "edited", 1)
    assert desk.ticket


async def test_the_seals_can_be_kept_outside_and_their_signatures_hold(
    house: House, login: LogIn, auditor: Person
) -> None:
    siti = await login("siti@1374")
    for _ in range(2):
        await open_case(siti)
        async with transaction(house.database.sessions) as tx:
            await feed.number_pending(tx, TENANT, house.clock(), 1_000)
        async with transaction(house.database.sessions) as tx:
            assert await seal_next(tx, TENANT, house.clock(), SIGNER)
    assert (await auditor.get("/v1/audit/seals", region=TENANT, whole=True)).status_code == 403
    keeper = await login("admin@0000")
    answer = await keeper.get("/v1/audit/seals", region=TENANT, whole=True)
    assert answer.status_code == 200, answer.text
    seals = answer.json()["items"]
    assert [one["n"] for one in seals] == list(range(1, len(seals) + 1))
    for before, one in zip([None, *seals], seals, strict=False):
        assert SIGNER.verify(one["body"].encode(), base64.b64decode(one["signature"]))
        assert before is None or one["previous"] == before["digest"]
    first = await auditor.get("/v1/audit/seals", region=TENANT, limit=1)
    assert [one["body"] for one in first.json()["items"]] == [None]
    assert first.json()["next"]
    assert (await siti.get("/v1/audit/seals")).status_code == 403
