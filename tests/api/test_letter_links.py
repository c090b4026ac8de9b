"""A receiver without an account: what a letter's link opens, for how long, and what it never does."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import AccessEntry
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.papers import Letter, LetterLink
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, acted, open_case
from tests.support.http import Person, serving
from tests.support.letters import REASON, Office

pytestmark = pytest.mark.commits
CASH = {"component": "cash", "amount_idr": 300000, "period": "2026-01", "date": "2026-01-05", "proof": "B1"}


@pytest.fixture(scope="module")
def office(client: AsyncClient) -> Office:
    return Office(client)


class Handed:
    """One referral that was handed over by a letter with a link."""

    def __init__(self, desk: Desk, referral: str, letter: dict[str, Any], link: dict[str, Any]) -> None:
        self.desk, self.referral, self.letter, self.link = desk, referral, letter, link


async def hand_over(office: Office, siti: Person, days: int = 14, **more: Any) -> Handed:
    desk = await open_case(siti, **more)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    letter = await office.signed(desk, kind="rujukan", referral_id=referral, fields=REASON)
    return Handed(desk, referral, letter, await office.link(desk, letter, days))


@pytest.fixture
async def handed(office: Office, login: LogIn) -> Handed:
    return await hand_over(office, await login("siti@1374"))


async def does(holder: Person, action: str, body: Any = None) -> Response:
    seen = await holder.get("/v1/letter-links/referral")
    assert seen.status_code == 200, seen.text
    return await holder.post(
        f"/v1/letter-links/referral/{action}", body or {}, headers={"If-Match": seen.headers["ETag"]}
    )


async def test_the_link_opens_the_one_referral_as_far_as_it_discloses(office: Office, login: LogIn) -> None:
    person = a_person()
    handed = await hand_over(office, await login("siti@1374"), subject=person)
    holder = await office.holder(handed.link["token"])
    shown = (await holder.get("/v1/letter-links/referral")).json()
    assert (shown["id"], shown["sight"], shown["status"]["code"]) == (handed.referral, "full", "sent")
    assert shown["bundle"]["nik"] == person["nik"]
    assert [one["code"] for one in shown["allowed_actions"]] == [
        "accept",
        "return",
        "refuse",
        "not_ours",
        "question",
    ]
    for path in (
        "/v1/me",
        "/v1/cases",
        f"/v1/cases/{handed.desk.ticket}",
        f"/v1/referrals/{handed.referral}",
        "/v1/referrals",
        "/v1/track",
        "/v1/events",
        f"/v1/cases/{handed.desk.ticket}/letters/1",
    ):
        assert (await holder.get(path)).status_code == 403, path


async def test_the_receiver_accepts_delivers_and_fulfils(
    office: Office, handed: Handed, house: House
) -> None:
    holder = await office.holder(handed.link["token"])
    for action, body, status in (
        ("accept", {"note": "Kami layani."}, "accepted"),
        ("deliver", CASH, "in_service"),
        ("fulfil", {"extent": "partial"}, "fulfilled"),
    ):
        answer = await does(holder, action, body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"]["code"] == status
    ended = (await holder.get("/v1/letter-links/referral")).json()
    assert (ended["sight"], ended["bundle"], ended["allowed_actions"]) == ("own_record", None, [])
    assert [line["state"]["code"] for line in ended["lines"]].count("given") == 1
    assert await handed.desk.status() == "handling"
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == handed.desk.ticket))
        assert case is not None
        rows = (await tx.scalars(select(Event).where(Event.stream_id == case.id).order_by(Event.n))).all()
    by = {row.type: (row.actor_kind, row.actor_id) for row in rows}
    assert by["referral.accepted"] == by["referral.delivered"] == ("receiver", None)
    assert by["referral.sent"][0] == "officer"
    assert next(row.data["on_behalf"] for row in rows if row.type == "referral.accepted") is False


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("return", {"missing": ["KK"]}, "returned"),
        ("refuse", {"reason": "decile_too_high"}, "refused"),
        ("not_ours", {"right_body": "up"}, "not_ours"),
        ("question", {"text": "Masih di sana?"}, "sent"),
    ],
)
async def test_the_receiver_answers_otherwise(
    office: Office, handed: Handed, action: str, body: dict[str, Any], status: str
) -> None:
    holder = await office.holder(handed.link["token"])
    answer = await does(holder, action, body)
    assert answer.status_code == 200, answer.text
    sender = await office.person("sekretariat")
    assert (await sender.get(f"/v1/referrals/{handed.referral}")).json()["status"]["code"] == status


async def test_an_answer_is_checked_like_any_receivers(office: Office, handed: Handed) -> None:
    holder = await office.holder(handed.link["token"])
    assert (await holder.post("/v1/letter-links/referral/accept", {})).status_code == 428
    stale = await holder.post("/v1/letter-links/referral/accept", {}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    assert (await does(holder, "refuse", {"reason": "nonsense"})).status_code == 422
    early = await does(holder, "deliver", CASH)
    assert (early.status_code, early.json()["code"]) == (409, "referral_step_not_possible")


async def test_an_answer_that_is_sent_twice_happens_once(office: Office, handed: Handed) -> None:
    holder = await office.holder(handed.link["token"])
    tag = (await holder.get("/v1/letter-links/referral")).headers["ETag"]
    answers = [
        await holder.post("/v1/letter-links/referral/accept", {}, key="same", headers={"If-Match": tag})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["Idempotency-Replayed"] == "true"


async def test_a_revoked_link_is_dead_at_once_in_every_process(
    office: Office, handed: Handed, house: House
) -> None:
    holder = await office.holder(handed.link["token"])
    async with serving(house) as elsewhere:
        other = Person(elsewhere, holder.token, "link")
        assert (await other.get("/v1/letter-links/referral")).status_code == 200
        who = await office.person("sekretariat")
        path = f"/v1/cases/{handed.desk.ticket}/letters/1/links"
        async with transaction(house.database.sessions) as tx:
            # Not through this process: its cache of sessions is not told.
            await tx.execute(
                update(LetterLink)
                .where(LetterLink.regency_code == "13.74", LetterLink.id == _bare(handed.link["id"]))
                .values(revoked_at=house.clock())
            )
        for one in (holder, other):
            dead = await one.get("/v1/letter-links/referral")
            assert (dead.status_code, dead.json()["code"]) == (401, "link_ended")
    refused = await office.enter(handed.link["token"])
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_link")
    again = await who.post(f"{path}/{handed.link['id']}/revoke")
    assert again.status_code == 200


def _bare(public: str) -> str:
    return public.partition("-")[2]


async def test_revoking_the_link_or_the_letter_ends_it(office: Office, handed: Handed) -> None:
    who = await office.person("sekretariat")
    path = f"/v1/cases/{handed.desk.ticket}/letters/1/links"
    holder = await office.holder(handed.link["token"])
    gone = await who.post(f"{path}/{handed.link['id']}/revoke")
    assert gone.status_code == 200
    assert gone.json()["revoked_at"] is not None
    assert (await holder.get("/v1/letter-links/referral")).status_code == 401
    second = await office.link(handed.desk, handed.letter)
    holder = await office.holder(second["token"])
    await office.acted(handed.desk, handed.letter, "revoke", "kadis", {"reason": "misused"})
    assert (await holder.get("/v1/letter-links/referral")).status_code == 401
    assert (await office.enter(second["token"])).status_code == 401
    refused = await who.post(path, {"days": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "letter_not_signed")
    assert (await who.post(f"{path}/1374-{'0' * 32}/revoke")).status_code == 404


async def test_a_link_ends_with_its_days_and_a_session_with_the_link(
    office: Office, login: LogIn, house: House
) -> None:
    handed = await hand_over(office, await login("siti@1374"), days=1)
    begun = house.clock()

    def at(hours: float) -> House:
        return replace(house, clock=lambda: begun + timedelta(hours=hours))

    async with serving(at(23.9)) as late:
        entered = await late.post("/v1/letter-links/open", json={"token": handed.link["token"]})
        assert entered.json()["expires_in"] <= 6 * 60 + 1
    async with serving(at(24.1)) as over:
        entered = await over.post("/v1/letter-links/open", json={"token": handed.link["token"]})
        assert entered.status_code == 401


async def test_a_link_does_not_outlive_its_letter(office: Office, login: LogIn, house: House) -> None:
    handed = await hand_over(office, await login("siti@1374"), days=90)
    last = date.fromisoformat(handed.letter["valid_until"])
    ends = datetime.fromisoformat(handed.link["expires_at"]).astimezone(timezone(timedelta(hours=7)))
    assert (ends.date(), ends.time()) == (last + timedelta(days=1), time.min)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Letter)
            .where(Letter.regency_code == "13.74", Letter.code == handed.letter["code"])
            .values(valid_until=last - timedelta(days=60))
        )
    who = await office.person("sekretariat")
    refused = await who.post(f"/v1/cases/{handed.desk.ticket}/letters/1/links", {"days": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "letter_expired")


async def test_uses_are_counted_and_stand_in_the_access_log(
    office: Office, handed: Handed, house: House
) -> None:
    for _ in range(3):
        holder = await office.holder(handed.link["token"])
    await holder.get("/v1/letter-links/referral")
    who = await office.person("sekretariat")
    (row,) = (await who.get(f"/v1/cases/{handed.desk.ticket}/letters/1/links")).json()["items"]
    assert (row["uses"], row["used_at"] is not None) == (3, True)
    assert "token" not in row
    await house.access_log.flush()
    async with transaction(house.database.sessions) as tx:
        entries = (
            await tx.scalars(
                select(AccessEntry)
                .where(AccessEntry.actor_id == _bare(handed.link["id"]))
                .order_by(AccessEntry.segment_id, AccessEntry.n)
            )
        ).all()
    assert [entry.action for entry in entries] == ["letter_link.open"] * 3 + ["getLinkedReferral"]
    assert {entry.actor_kind for entry in entries} == {"receiver"}


async def test_a_revoked_referral_shows_no_more_than_that(office: Office, handed: Handed) -> None:
    holder = await office.holder(handed.link["token"])
    sender = await office.person("sekretariat")
    await acted(sender, handed.referral, "revoke", {"reason": "duplicate"})
    shown = (await holder.get("/v1/letter-links/referral")).json()
    assert (shown["sight"], shown["ticket"], shown["bundle"]) == ("id_only", None, None)
    assert shown["status"]["code"] == "revoked"
    late = await sender.post(f"/v1/cases/{handed.desk.ticket}/letters/1/links", {"days": 3})
    assert (late.status_code, late.json()["code"]) == (409, "referral_ended")


async def test_a_case_that_became_secret_closes_its_links(
    office: Office, handed: Handed, house: House
) -> None:
    holder = await office.holder(handed.link["token"])
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Case)
            .where(Case.regency_code == "13.74", Case.ticket == handed.desk.ticket)
            .values(confidentiality="RAHASIA", closed_to="manager")
        )
    assert (await holder.get("/v1/letter-links/referral")).status_code == 404
    manager = await office.person("manajer")
    refused = await manager.post(f"/v1/cases/{handed.desk.ticket}/letters/1/links", {"days": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_channel")


@pytest.mark.parametrize(
    "token", ["x", "pl_x", "pl_1374-" + "A" * 43, "pk_1374-" + "A" * 43, "pl_0374-" + "A" * 43]
)
async def test_a_token_that_opens_nothing_is_refused_alike(office: Office, token: str) -> None:
    answer = await office.enter(token)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_link")


async def test_trying_tokens_is_limited_by_address(house: House) -> None:
    async with serving(house, address="198.51.100.91") as client:
        codes = [
            (await client.post("/v1/letter-links/open", json={"token": f"pl_1374-{n:043}"})).status_code
            for n in range(51)
        ]
    assert codes == [401] * 50 + [429]


async def test_the_token_stands_behind_the_hash_and_only_its_digest_is_kept(
    handed: Handed, house: House, client: AsyncClient
) -> None:
    assert handed.link["url"] == f"http://puskesos.test/l#{handed.link['token']}"
    assert handed.link["qr_svg"].startswith("<svg")
    async with transaction(house.database.sessions) as tx:
        row = await tx.scalar(select(LetterLink).where(LetterLink.id == _bare(handed.link["id"])))
    assert row is not None
    assert handed.link["token"].encode() not in row.token_digest
    page = await client.get("/l")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    for name, kind in (("link.js", "text/javascript"), ("link.css", "text/css")):
        got = await client.get(f"/l/{name}")
        assert got.headers["content-type"].startswith(kind)
    assert (await client.get("/l/docs.html")).status_code == 404
    assert (await client.get("/l/..%2fdocs.js")).status_code == 404


async def test_only_a_referral_letter_has_links(office: Office, login: LogIn) -> None:
    desk = await open_case(await login("siti@1374"))
    letter = await office.signed(desk)
    who = await office.person("sekretariat")
    path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}/links"
    refused = await who.post(path, {"days": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "letter_not_signed")
    for days in (0, 91, "x", None):
        assert (await who.post(path, {"days": days})).status_code == 422
