"""Long random lives of cases, over HTTP, beside the page-long model of ``tests/support/case_model``.

After each act status, buttons, events and ledger agree with the model; a refusal changes nothing, a twin
gets the first answer, a stale version is refused. At the end every chain is verified.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.db.session import connect, read_only
from app.integrations.seals import SealSigner
from app.services.audit import Evidence, verify
from app.services.seed import DEMO_PASSWORD
from tests.support.case_model import CASE as CASE_STEPS
from tests.support.case_model import LIVE, RECEIVER, SENDER, ModelCase, ModelReferral
from tests.support.desk import CASE, a_person
from tests.support.http import SEAL_KEY, test_settings
from tests.support.loopback import listening
from tests.support.proof import LONG, size
from tests.support.server import SEEDED, Address, Server

pytestmark = [pytest.mark.commits, pytest.mark.process, pytest.mark.timeout(7_200)]

EXAMPLES, STEPS = size(5, 1_000), size(20, 60)
OFFICE, DECIDER, AGENCY = "sekretariat@1374", "pemaraf@1374", "dinsos@1374"
PROGRAMS = {"BLT_KOTA": True, "SEMBAKO_LANSIA": True, "UMUM.DINSOS-1374": False}
"""Programmes of one agency, and whether they give aid."""
BY_DESK = {"method": "in_person", "witness": "Ketua RT 001"}
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
ACTIONS = sorted({action for steps in CASE_STEPS.values() for action in steps})
ANSWERS = sorted({**RECEIVER, **SENDER})
_RESOLVE = {"outcome": "information_given", "told": TOLD, "revoke_reason": "other"}
BODIES: dict[str, Any] = {
    "ask_completion": {"missing": ["KK"]},
    "complete": {"papers": ["KK"]},
    "record_verification": {"verdict": "confirmed", "method": "visit"},
    "propose": {"recommendation": "refer", "reason": "Sesuai."},
    "return": {"note": "Kurang."},
    "resolve": _RESOLVE,
    "decide_resolve": _RESOLVE,
    "void": {"reason": "withdrawn", "revoke_reason": "other"},
    "dispute": {"reason": "Belum diterima.", "by_desk": BY_DESK},
    "reopen": {"reason": "Keliru."},
    "restore": {"reason": "Keliru."},
}
ANSWER_BODIES: dict[str, Any] = {
    "return": {"missing": ["KK"]},
    "refuse": {"reason": "conditions_not_met"},
    "not_ours": {"right_body": "up"},
    "waitlist": {"position": 1},
    "fulfil": {"extent": "partial"},
    "fail": {"reason": "over_quota"},
    "revoke": {"reason": "other"},
}
RATES = {"BLT_KOTA": 300_000, "SEMBAKO_LANSIA": 200_000}


class Lives(RuleBasedStateMachine):
    """One case and whoever works on it. The class attributes are set once by the test."""

    client: ClassVar[httpx.Client]
    tokens: ClassVar[dict[str, str]]
    told: list[dict[str, Any]]
    """The events of the case, as they were read last."""

    # Asking ---------------------------------------------------------------------------------------------

    def headers(self, who: str, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}", **more}

    def read(self, path: str, who: str = OFFICE) -> httpx.Response:
        answer = self.client.get(path, headers=self.headers(who))
        assert answer.status_code == 200, answer.text
        return answer

    def post(self, path: str, body: Any, who: str, etag: str, key: str = "") -> httpx.Response:
        named = {"Idempotency-Key": key or uuid4().hex, "If-Match": etag}
        answer = self.client.post(path, json=body, headers=self.headers(who, **named))
        assert answer.status_code < 500, answer.text
        return answer

    def events(self) -> list[dict[str, Any]]:
        found = self.read(f"{self.path}/events?limit=200").json()["items"]
        return list(found)

    def act(self, path: str, body: Any, who: str, etag: str) -> httpx.Response:
        """Do it, and hold the events against the answer; a success is sent twice."""
        key = uuid4().hex
        answer = self.post(path, body, who, etag, key)
        if answer.status_code == 200:
            twin = self.post(path, body, who, etag, key)
            assert (twin.status_code, twin.content) == (200, answer.content)
            assert twin.headers["Idempotency-Replayed"] == "true"
        else:
            assert answer.status_code in {403, 409, 412}, answer.text
        before, self.told = self.told, self.events()
        added = self.told[len(before) :]
        assert self.told[: len(before)] == before
        assert bool(added) is (answer.status_code == 200)
        # All that one act changes has one cause, and each thing it changes one event of its kind.
        assert len({one["cause_id"] for one in added}) <= 1
        assert len({(one["type"], one["referral_id"], str(one["data"])) for one in added}) == len(added)
        return answer

    # The case -------------------------------------------------------------------------------------------

    @initialize()
    def open(self) -> None:
        body = {**CASE, "subject": a_person()}
        answer = self.client.post(
            "/v1/cases", json=body, headers=self.headers(OFFICE, **{"Idempotency-Key": uuid4().hex})
        )
        assert answer.status_code == 201, answer.text
        self.path = f"/v1/cases/{answer.json()['ticket']}"
        self.model = ModelCase()
        self.told = self.events()
        self.stale = ""
        self.bounced = False

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step that is possible; ending is rarer than going on, or most lives would be short."""
        possible = sorted(self.model.allowed(decides=True))
        lively = [one for one in possible if one not in {"void", "resolve", "decide_resolve"}]
        self.take(data.draw(st.sampled_from([*possible, *lively, *lively, *lively])), data)

    @rule(action=st.sampled_from(ACTIONS), data=st.data())
    def try_anything(self, action: str, data: st.DataObject) -> None:
        self.take(action, data)

    def take(self, action: str, data: st.DataObject) -> None:
        who = DECIDER if action in {"return", "decide_refer", "decide_resolve"} else OFFICE
        if action in {"refer", "decide_refer"} and not self.free():
            return
        body = self.body_of(action, data)
        shown = self.read(self.path, who)
        answer = self.act(f"{self.path}/{action}", body, who, shown.headers["ETag"])
        if action not in CASE_STEPS[self.model.status]:
            assert answer.status_code == 409, (self.model.status, action, answer.text)
            return
        assert answer.status_code == 200, (self.model.status, action, answer.text)
        self.stale = shown.headers["ETag"]
        self.follow(action, answer.json())

    def follow(self, action: str, told: dict[str, Any]) -> None:
        if action in {"refer", "decide_refer"}:
            known = {one.id for one in self.model.referrals}
            for one in told["referrals"]:
                if one["id"] not in known:
                    program = one["program"]
                    self.model.referrals.append(ModelReferral(one["id"], program, PROGRAMS[program]))
        if action == "confirm" and told["disputed"]:
            action = "dispute"
        self.model.step(action)

    def free(self) -> list[str]:
        """Programmes without a live or fulfilled referral."""
        taken = {one.program for one in self.model.referrals if one.status in {*LIVE, "fulfilled"}}
        return [program for program in PROGRAMS if program not in taken]

    def body_of(self, action: str, data: st.DataObject) -> Any:
        if action in {"refer", "decide_refer"}:
            return self.referrals_of(data)
        if action == "confirm":
            return {"received": self.received(data), "by_desk": BY_DESK}
        return BODIES.get(action, {})

    def referrals_of(self, data: st.DataObject) -> Any:
        chosen = data.draw(st.lists(st.sampled_from(self.free()), min_size=1, max_size=3, unique=True))
        more = {"override_reason": "Sudah dibicarakan."} if self.bounced else {}
        wanted = [
            {"program": one, "purpose": "AID" if PROGRAMS[one] else "INFORMATION", **more} for one in chosen
        ]
        return {"referrals": wanted}

    def received(self, data: st.DataObject) -> Any:
        """Her word: all of it, or less than the ledger says."""
        self.honest = data.draw(st.booleans())
        programs = sorted({one.program for one in self.model.referrals if one.given})
        return [{"program": one} for one in programs] if self.honest else []

    # The referrals --------------------------------------------------------------------------------------

    @precondition(lambda self: any(one.status in LIVE for one in self.model.referrals))
    @rule(data=st.data())
    def answer_well(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([one for one in self.model.referrals if one.status in LIVE]))
        self.answer(data.draw(st.sampled_from([action for action in ANSWERS if one.next(action)])), one)

    @precondition(lambda self: self.model.referrals)
    @rule(action=st.sampled_from(ANSWERS), data=st.data())
    def answer_anything(self, action: str, data: st.DataObject) -> None:
        self.answer(action, data.draw(st.sampled_from(self.model.referrals)))

    def answer(self, action: str, one: ModelReferral) -> None:
        who = OFFICE if action in SENDER else AGENCY
        shown = self.read(f"/v1/referrals/{one.id}", who)
        body = self.answer_of(action, one)
        answer = self.act(f"/v1/referrals/{one.id}/{action}", body, who, shown.headers["ETag"])
        target = one.next(action)
        assert (answer.status_code == 200) is (target is not None), (one, action, answer.text)
        if target is None:
            return
        one.status = target
        self.bounced = self.bounced or target == "not_ours"
        if action == "deliver":
            one.given.append(RATES[one.program])
        self.model.settle()

    def answer_of(self, action: str, one: ModelReferral) -> Any:
        return self.delivery(one) if action == "deliver" else ANSWER_BODIES.get(action, {})

    def delivery(self, one: ModelReferral) -> Any:
        # Each delivery in a month of its own, back from now.
        day = datetime.now(UTC).date().replace(day=1) - timedelta(days=31 * len(one.given))
        return {
            "component": "cash",
            "amount_idr": RATES.get(one.program, 100_000),
            "period": f"{day:%Y-%m}",
            "date": f"{day:%Y-%m}-01",
            "proof": "BAST 1",
        }

    # Twins, stale versions and what always holds --------------------------------------------------------

    @precondition(lambda self: self.stale)
    @rule(action=st.sampled_from(ACTIONS), data=st.data())
    def come_late(self, action: str, data: st.DataObject) -> None:
        """A step on a version that was read before another step."""
        who = DECIDER if action in {"return", "decide_refer", "decide_resolve"} else OFFICE
        if action in {"refer", "decide_refer"} and not self.free():
            return
        if self.read(self.path, who).headers["ETag"] == self.stale:
            return
        answer = self.act(f"{self.path}/{action}", self.body_of(action, data), who, self.stale)
        assert answer.status_code == 412, answer.text

    @invariant()
    def the_service_agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        shown: dict[str, Any] = {}
        for who, decides in ((OFFICE, False), (DECIDER, True)):
            shown = self.read(self.path, who).json()
            assert shown["status"]["code"] == self.model.status
            buttons = {one["code"] for one in shown["allowed_actions"]}
            assert buttons & set(ACTIONS) == self.model.allowed(decides), self.model.status
        held = {one["id"]: one["status"]["code"] for one in shown["referrals"]}
        assert held == {one.id: one.status for one in self.model.referrals}
        for one in self.model.referrals:
            self.referral_agrees(one)

    def referral_agrees(self, one: ModelReferral) -> None:
        shown = self.read(f"/v1/referrals/{one.id}").json()
        given = [line["amount_idr"] for line in shown["lines"] if line["state"]["code"] == "given"]
        assert sorted(given) == sorted(one.given)
        if one.status in LIVE:
            seen = self.read(f"/v1/referrals/{one.id}", AGENCY).json()
            buttons = {item["code"] for item in seen["allowed_actions"]} & set(RECEIVER)
            assert buttons == {action for action in RECEIVER if one.next(action)}, one

    @invariant()
    def the_events_tell_the_story(self) -> None:
        if not hasattr(self, "model"):
            return
        assert [one["n"] for one in self.told] == list(range(1, len(self.told) + 1))
        moves = [one["data"].get("to_status") for one in self.told if not one["referral_id"]]
        last = [status for status in moves if status]
        assert not last or last[-1] == self.model.status


def log_in(client: httpx.Client, login: str) -> str:
    form = {"grant_type": "password", "client_id": "konsol@1374", "username": login}
    answer = client.post("/v1/oauth/token", data={**form, "password": DEMO_PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def without_end(address: Address) -> None:
    """The year's allotments are not what is tried here."""
    owner = await asyncpg.connect(address.owner_url)
    await owner.execute("UPDATE allotments SET quota = 1000000")
    await owner.close()


async def sound(address: Address) -> None:
    database = await connect(address.url, pool_size=1, intake_pool_size=1)
    async with read_only(database.sessions) as tx:
        report = await verify(tx, Evidence(SealSigner.parse(SEAL_KEY), None), lambda _: None)
    await database.close()
    assert report.sound, report.findings
    assert report.rows > EXAMPLES


@pytest.fixture
def address(seeded_server: Server) -> Iterator[Address]:
    made = asyncio.run(seeded_server.copy(SEEDED))
    asyncio.run(without_end(made))
    yield made
    asyncio.run(seeded_server.drop(made.name))


def test_lives_of_cases(address: Address) -> None:
    running: Callable[..., None] = run_state_machine_as_test
    with (
        listening(test_settings(address, access_minutes=24 * 60)) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        Lives.client = client
        Lives.tokens = {login: log_in(client, login) for login in (OFFICE, DECIDER, AGENCY)}
        running(
            Lives,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                derandomize=not LONG,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    asyncio.run(sound(address))
