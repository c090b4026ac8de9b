"""A regency's own rules over HTTP: drafted by one, published by another, used by routing, told in reasons."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.events import Event
from app.domain.sla import local_date
from tests.support.desk import Desk, open_case
from tests.support.http import Person, log_in, serving
from tests.support.overrides import a_body

pytestmark = pytest.mark.commits
CUT: dict[str, Any] = {"bounds": [{"fact": "registry.desil", "op": "between", "value": [1, 2]}]}
FAMILY: dict[str, Any] = {
    "facts": {
        "registry.listed": True,
        "registry.excluded": False,
        "registry.desil": 3,
        "household.children_0_6": 1,
        "ledger.active_programs": [],
    },
    "need": {"kind": "LAYANAN", "sector": "SOSIAL_EKONOMI"},
    "papers": ["KTP"],
}


@dataclass
class Ground:
    house: House
    client: AsyncClient
    manager: Person
    head: Person
    siti: Person

    @property
    def today(self) -> str:
        return local_date(self.house.clock(), "13.74").isoformat()

    async def draft(self, program: str = "PKH", by: Person | None = None, **said: Any) -> Response:
        body = {**a_body(valid_from=self.today), **said}
        return await (by or self.manager).post(f"/v1/programs/{program}/overrides", body)

    async def published(self, program: str = "PKH", **changes: Any) -> str:
        made = await self.draft(program, changes=changes)
        assert made.status_code == 201, made.text
        id_ = str(made.json()["id"])
        answer = await self.head.post(f"/v1/overrides/{id_}/publish")
        assert (answer.status_code, answer.json()["status"]["code"]) == (200, "published"), answer.text
        self.house.knowledge._looked_at = None  # noqa: SLF001  # a second has passed
        return id_

    async def found(self, region: str, program: str = "PKH") -> dict[str, Any]:
        answer = await self.siti.post("/v1/programs/match", {**FAMILY, "region": region})
        assert answer.status_code == 200, answer.text
        return next(one for one in answer.json()["items"] if one["program"] == program)


@pytest.fixture
async def ground(fresh_house: House) -> AsyncIterator[Ground]:
    async with serving(fresh_house) as client:
        people = [await log_in(client, f"{name}@1374") for name in ("manajer", "kadis", "siti")]
        yield Ground(fresh_house, client, *people)


async def test_a_published_cut_off_holds_in_its_regency_alone_and_says_so(ground: Ground) -> None:
    assert (await ground.found("13.74.01.1005"))["verdict"] == "eligible"
    await ground.published(**CUT)
    here, there = await ground.found("13.74.01.1005"), await ground.found("13.71.02.1003")
    assert (here["verdict"], there["verdict"]) == ("not_eligible", "eligible")
    desil = next(one for one in here["reasons"] if one["fact"] == "registry.desil")
    assert "this regency's own bound" in desil["text"]
    assert (desil["source"], desil["to_be_confirmed"]) == ("Perwako 12 Tahun 2026", False)
    assert (here["own"]["n"], there["own"]) == (1, None)
    assert "own bound" in here["own"]["bounds"][0]["en"]
    shown = (await ground.client.get("/v1/programs/PKH", params={"region": "13.74"})).json()
    assert "batas kabupaten/kota ini" in shown["criteria_text"]
    everywhere = (await ground.client.get("/v1/programs/PKH")).json()
    assert "batas" not in everywhere["criteria_text"]


async def test_who_drafts_does_not_publish_and_a_draft_changes_nothing(ground: Ground) -> None:
    made = (await ground.draft(changes=CUT)).json()
    assert (await ground.found("13.74"))["verdict"] == "eligible"
    own = await ground.manager.post(f"/v1/overrides/{made['id']}/publish")
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    padang = await log_in(ground.client, "manajer@1371")
    assert (await padang.post(f"/v1/overrides/{made['id']}/publish")).status_code == 403
    assert (await ground.head.post(f"/v1/overrides/{made['id']}/publish")).status_code == 200
    again = await ground.head.post(f"/v1/overrides/{made['id']}/publish")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_status")
    async with transaction(ground.house.database.sessions) as tx:
        told = list(await tx.scalars(select(Event).where(Event.type.like("program.override%"))))
    assert [(one.type, one.data["program"], one.data["n"]) for one in told] == [
        ("program.override_drafted", "PKH", 1),
        ("program.override_published", "PKH", 1),
    ]


async def test_drafts_are_read_by_those_who_rule_and_published_ones_by_all(ground: Ground) -> None:
    await ground.published(**CUT)
    assert (await ground.draft(changes=CUT)).json()["n"] == 2
    seen = {}
    for who in (ground.manager, ground.siti):
        page = (await who.get("/v1/programs/PKH/overrides", region="13.74", count="true")).json()
        seen[who.login] = [(one["n"], one["status"]["code"]) for one in page["items"]]
        assert page["count"] == len(page["items"])
    assert seen == {
        "manajer@1374": [(1, "published"), (2, "draft")],
        "siti@1374": [(1, "published")],
    }
    assert (await ground.siti.get("/v1/programs/NOPE/overrides")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"changes": {"bounds": [{"fact": "registry.desil", "op": "between", "value": [1, 5]}]}},
         "/changes/bounds/0/value"),
        ({"changes": {"bounds": [{"fact": "registry.desil", "op": "le", "value": 3}]}},
         "/changes/bounds/0/fact"),
        ({"changes": {"bounds": [{"fact": "registry.desill", "op": "le", "value": 3}]}},
         "/changes/bounds/0/fact"),
        ({"changes": {"bounds": [{"fact": "registry.listed", "op": "le", "value": 1}]}},
         "/changes/bounds/0/op"),
        ({"changes": {"bounds": [{"fact": "registry.desil", "op": "eq", "value": 3}]}},
         "/changes/bounds/0/op"),
        ({"changes": {"papers": {"more": [{"code": "NOPE", "required": True}]}}},
         "/changes/papers/more/0/code"),
        ({"changes": {"papers": {"less": ["SKTM"]}}}, "/changes/papers/less/0"),
        ({"changes": {"criteria": []}}, "/changes/criteria"),
        ({"changes": {}}, "/changes"),
        ({"region": "13"}, "/region"),
        ({"region": "13.01"}, "/region"),
        ({"valid_from": "2020-01-01"}, "/valid_from"),
        ({"valid_from": "2030-01-02", "valid_to": "2030-01-01"}, "/valid_to"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named(ground: Ground, changed: dict[str, Any], pointer: str) -> None:
    answer = await ground.draft(**{"changes": CUT, **changed})
    assert answer.status_code in {403, 422}, answer.text
    if answer.status_code == 403:
        # She manages her own regency; what is none of hers she may not even ask about.
        assert pointer == "/region"
        return
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


async def test_a_past_case_keeps_its_reasons_when_the_override_has_gone(ground: Ground) -> None:
    own = await ground.published(
        "SEMBAKO_LANSIA",
        bounds=[{"fact": "person.age", "op": "ge", "value": 70}],
        papers={"more": [{"code": "SKTM", "required": True}], "less": ["ASESMEN"]},
    )
    desk = await open_case(ground.siti)
    before = await _told(desk, "SEMBAKO_LANSIA")
    assert any("own bound" in reason for reason in before["reasons"]), before
    await ground.head.post(f"/v1/overrides/{own}/retire")
    ground.house.knowledge._looked_at = None  # noqa: SLF001  # a second has passed
    assert await _told(desk, "SEMBAKO_LANSIA") == before
    await desk.read()
    again = await desk.officer.post(f"/v1/cases/{desk.ticket}/routing", {}, headers={"If-Match": desk.etag})
    assert again.status_code in {200, 201}, again.text
    assert not any("own bound" in reason for reason in (await _told(desk, "SEMBAKO_LANSIA"))["reasons"])


async def _told(desk: Desk, program: str) -> dict[str, Any]:
    shown = (await desk.officer.get(f"/v1/cases/{desk.ticket}/routing")).json()
    items = shown.get("items", [shown])
    latest = max(items, key=lambda one: one["n"])
    return next(dict(one) for one in latest["programs"] if one["program"] == program)


async def test_the_regencys_papers_are_asked_for_when_it_is_referred(ground: Ground) -> None:
    await ground.published("BLT_KOTA", papers={"more": [{"code": "SKTM", "required": True}], "less": []})
    desk = await open_case(ground.siti)
    refused = await desk.step("refer", {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]})
    assert refused.status_code in {409, 422}, refused.text
    assert "SKTM" in refused.text
    shown = await desk.took(
        "refer",
        {
            "referrals": [{"program": "BLT_KOTA", "purpose": "AID"}],
            "incomplete_reason": "SKTM menyusul.",
        },
    )
    assert shown["referrals"]
    papers = (await ground.siti.get(f"/v1/cases/{desk.ticket}/papers")).json()
    assert "SKTM" in str(papers["missing"])


async def test_one_that_begins_later_waits_for_its_day(ground: Ground) -> None:
    later = local_date(ground.house.clock(), "13.74") + timedelta(days=40)
    made = (await ground.draft(valid_from=later.isoformat(), changes=CUT)).json()
    assert (await ground.head.post(f"/v1/overrides/{made['id']}/publish")).status_code == 200
    ground.house.knowledge._looked_at = None  # noqa: SLF001  # a second has passed
    assert (await ground.found("13.74"))["verdict"] == "eligible"
    answer = await ground.siti.post(
        "/v1/programs/match", {**FAMILY, "region": "13.74", "on": later.isoformat()}
    )
    pkh = next(one for one in answer.json()["items"] if one["program"] == "PKH")
    assert pkh["verdict"] == "not_eligible"
