"""Whoever is complained of sees nothing of it, by any door: every route is tried, as that person.

The routes come from the application, with the case's ids filled in. What they answer must be what they
answer about a case that does not exist, nothing that they say may hold a word of it, and no list or count
may be otherwise than before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select, text, update

from app.api.deps import House
from app.db.queries import work
from app.db.session import read_only, transaction
from app.db.tables.access import Grant
from app.db.tables.cases import Case
from app.db.tables.places import Cadre, Desk
from app.domain.ids import public_id
from app.worker.loop import work_once
from tests.conftest import LogIn
from tests.support.desk import CASE, a_person, open_case
from tests.support.doors import (
    SYSTEM_FIGURES,
    about_a_case,
    ask,
    body_of,
    lists,
    method_of,
    names_in,
    path_of,
    said,
    share,
)
from tests.support.factories import IDS
from tests.support.http import Person
from tests.support.personas import HOME
from tests.support.rights import ROUTES
from tests.support.secrecy import account_of, row_of
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"


@dataclass
class Complaint:
    """A case about somebody, with everything that may not be met anywhere."""

    ticket: str
    id: Any
    ids: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def traces(self) -> list[str]:
        found = [self.ticket, self.id.hex, str(self.id), *self.words]
        return [*found, *(one.partition("-")[2] for one in self.ids.values())]


@dataclass
class Scene:
    house: House
    client: AsyncClient
    login: LogIn
    folder: Path
    absent: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    turns: Iterator[int] = field(default_factory=count)
    """In the short form each one who may see nothing tries another third of the doors."""

    async def nowhere(self, by: Person, name: str) -> tuple[int, Any]:
        """What somebody is told at a route about a case that is not there."""
        if (by.login, name) not in self.absent:
            route, ticket = ROUTES[name], self.house.ids.ticket(TENANT).text
            ids = dict.fromkeys((*names_in(route), "case"), "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b")
            answer = await ask(by, route, path_of(route, ticket, ids), body_of(route, ticket))
            self.absent[by.login, name] = answer.status_code, said(answer)
        return self.absent[by.login, name]

    async def complain(self, about: dict[str, Any]) -> Complaint:
        """Report without an account: somebody named, with words that stand nowhere else."""
        word = f"kenari{uuid4().hex[:12]}"
        body = {
            "village": HOME,
            "text": f"Pungutan liar, kata sandi {word}.",
            "about": [about],
            "name": f"Pelapor {word}",
            "phone": "081299887766",
            "category": "LAYANAN_PETUGAS_POTONGAN",
            "notice_version": "2026-1",
        }
        await self.forget_address()
        sent = await self.client.post("/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
        assert sent.status_code == 201, sent.text
        ticket = sent.json()["ticket"]
        case = await row_of(self.house, ticket)
        return Complaint(ticket, case.id, {"case": public_id(TENANT, case.id)}, [word, "99887766"])

    async def forget_address(self) -> None:
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(text("DELETE FROM attempts WHERE regency_code = '13.74'"))

    async def work_on(self, case: Complaint, handler: str) -> None:
        """Let whoever handles it leave traces of every kind."""
        by = await self.login(f"{handler}@1374")
        path = f"/v1/cases/{case.ticket}"
        word = f"catatan{uuid4().hex[:12]}"
        case.words.append(word)
        noted = await by.post(f"{path}/notes", {"text": word})
        assert noted.status_code == 201, noted.text
        etag = (await by.get(path)).headers["ETag"]
        asked = {"program": "UMUM.INSPEKTORAT-1374", "purpose": "COMPLAINT"}
        sent = await by.post(f"{path}/refer", {"referrals": [asked]}, headers={"If-Match": etag})
        assert sent.status_code == 200, sent.text
        case.ids["referral_id"] = sent.json()["referrals"][0]["id"]
        other = (await open_case(await self.login("siti@1374"))).ticket
        called = {"at": "2026-01-05T03:00:00Z", "means": "phone", "result": "reached", "note": word}
        for part, body, name in (
            ("tasks", {"text": word}, "task_id"),
            ("contacts", called, "contact_id"),
            ("links", {"ticket": other, "relation": "same_event"}, "link_id"),
        ):
            answer = await by.post(f"{path}/{part}", body)
            assert answer.status_code < 500, answer.text
            if answer.status_code == 201 and "id" in answer.json():
                case.ids[name] = answer.json()["id"]

    async def work(self, days: int = 0) -> None:
        """Let the worker number, notify, remind and escalate, as it would in *days*."""
        now = datetime.now(UTC) + timedelta(days=days)
        tools = make_tools(self.house.database, lambda: now, self.folder)
        async with transaction(self.house.database.sessions) as tx:
            await work.ensure_periodic(tx, now)
        for _ in range(3):
            await work_once(tools)


@pytest.fixture(scope="module")
def scene(house: House, client: AsyncClient, login: LogIn, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(house, client, login, tmp_path_factory.mktemp("work"))


# What somebody can ask ------------------------------------------------------------------------------------


def hold_nothing(answer: Response, case: Complaint, where: str) -> None:
    text = answer.text + str(dict(answer.headers))
    if where == "listAudit" and answer.status_code == 200:
        # Her own tries at the door she knows of; that no one else's are there is said in test_audit_trail.
        text = str([one for one in answer.json()["items"] if one["kind"] != "refusal"])
    for trace in case.traces():
        assert trace not in text, f"{where} tells of the case: {trace}"


async def world_of(by: Person) -> dict[str, Any]:
    """Everything that somebody can list, with its counts."""
    found = {}
    for name, route in lists():
        if name in SYSTEM_FIGURES:
            continue
        counted = "?count=true&limit=200" if (route.openapi_extra or {}).get("x-paged") else ""
        answer = await ask(by, route, route.path + counted)
        assert answer.status_code < 500, (name, answer.text)
        found[name] = (answer.status_code, said(answer))
    return found


async def see_nothing(scene: Scene, by: Person, case: Complaint) -> None:
    """Try every door; a door to the case answers as a door to a case that is not there."""
    turn = next(scene.turns)
    for name, route in share(about_a_case(), turn):
        real = await ask(by, route, path_of(route, case.ticket, case.ids), body_of(route, case.ticket))
        assert (real.status_code, said(real)) == await scene.nowhere(by, name), name
        assert real.status_code >= 400, name
        hold_nothing(real, case, name)
    for name, route in share(lists(), turn):
        for query in ("", "?count=true&limit=200"):
            hold_nothing(await ask(by, route, route.path + query), case, name)
    hold_nothing(await by.get("/v1/cases", q=case.ticket, count="true"), case, "listCases")
    for word in (case.ticket, *case.words, "Pelapor", "081299887766"):
        found = await by.post("/v1/cases/search", {"q": word, "count": True})
        hold_nothing(found, case, "searchCases")
    hold_nothing(
        await by.post("/v1/people/lookup", {"name": "Pelapor", "born_on": "1990-01-01"}), case, "look"
    )


async def see_nothing_through_another(scene: Scene, by: Person, case: Complaint) -> None:
    """Naming the ticket in a request about a case of his own tells no more than naming none."""
    own = (await by.get("/v1/cases?limit=1")).json().get("items") or []
    nowhere = scene.house.ids.ticket(TENANT).text
    for name, route in share(about_a_case(), next(scene.turns)):
        if not own or names_in(route) != {"ticket"} or method_of(route) == "GET":
            continue
        if body_of(route, case.ticket) == body_of(route, nowhere):
            continue
        path = path_of(route, own[0]["ticket"], case.ids)
        real = await ask(by, route, path, body_of(route, case.ticket))
        none = await ask(by, route, path, body_of(route, nowhere))
        assert (real.status_code, said(real)) == (none.status_code, said(none)), name
        hold_nothing(real, case, name)


# Whom it is about -----------------------------------------------------------------------------------------


async def about(scene: Scene, kind: str, name: str) -> dict[str, Any]:
    """Name somebody as a reporter can: by account, cadre, desk, or village office."""
    if kind == "village_office":
        return {"kind": kind, "ref": HOME}
    async with transaction(scene.house.database.sessions) as tx:
        if kind == "cadre":
            id_ = await tx.scalar(select(Cadre.id).where(Cadre.regency_code == TENANT).limit(1))
            await tx.execute(
                update(Cadre)
                .where(Cadre.regency_code == TENANT, Cadre.id == id_)
                .values(account_id=await account_of(scene.house, name))
            )
        elif kind == "desk":
            id_ = await tx.scalar(
                select(Desk.id).where(Desk.regency_code == TENANT, Desk.village_code == HOME)
            )
        else:
            id_ = await account_of(scene.house, name)
    assert id_ is not None
    return {"kind": kind, "ref": public_id(TENANT, id_)}


ACCUSED = [
    ("account", "hendra", "manajer", "hendra"),
    ("account", "hendra", "manajer", "supervisor"),
    ("account", "hendra", "manajer", "sekretariat"),
    ("desk", "siti", "manajer", "siti"),
    ("village_office", "lurah.guguk", "manajer", "lurah.guguk"),
    ("cadre", "psm.guguk", "manajer", "psm.guguk"),
    ("account", "manajer", "kadis", "manajer"),
    ("account", "sekretariat", "kadis", "manajer"),
    ("account", "kadis", None, "kadis"),
    ("account", "kadis", None, "manajer"),
]


@pytest.mark.parametrize(("kind", "name", "handler", "watcher"), ACCUSED)
async def test_nothing_shows(scene: Scene, kind: str, name: str, handler: str | None, watcher: str) -> None:
    by = await scene.login(f"{watcher}@1374")
    await open_case(await scene.login("siti@1374"))
    named = await about(scene, kind, name)
    await scene.work()
    before = await world_of(by)
    case = await scene.complain(named)
    await scene.work()
    assert await world_of(by) == before
    if handler:
        await scene.work_on(case, handler)
        await scene.work()
    await see_nothing(scene, by, case)
    await see_nothing_through_another(scene, by, case)


async def test_whoever_rises_to_the_office_later_is_kept_out_all_the_same(scene: Scene) -> None:
    """The office sees such cases; only the standing on the case holds him back."""
    case = await scene.complain(await about(scene, "account", "rizal"))
    await scene.work_on(case, "manajer")
    async with transaction(scene.house.database.sessions) as tx:
        tx.add(
            Grant(
                regency_code=TENANT,
                id=IDS.new_id(datetime.now(UTC)),
                account_id=await account_of(scene.house, "rizal"),
                role="manager",
                region_code=TENANT,
                agency_code=None,
                desk_id=None,
                valid_from=datetime.now(UTC).date() - timedelta(days=1),
                valid_to=None,
            )
        )
    rizal = await scene.login("rizal@1374")
    other = await scene.complain(await about(scene, "village_office", ""))
    assert (await rizal.get(f"/v1/cases/{other.ticket}")).status_code == 200
    await scene.work()
    await see_nothing(scene, rizal, case)


async def test_what_he_had_in_hand_is_gone_once_it_turns_out_to_be_about_him(scene: Scene) -> None:
    """He saw it, had it assigned, was told of it: none of that is left to him."""
    siti, manager = await scene.login("siti@1374"), await scene.login("manajer@1374")
    hendra = public_id(TENANT, await account_of(scene.house, "hendra"))
    about_program = [{"kind": "program", "ref": "PKH"}]
    desk = await open_case(siti, kind="PENGADUAN", category="PROGRAM_KURANG", about=about_program)
    row = await row_of(scene.house, desk.ticket)
    case = Complaint(desk.ticket, row.id, {"case": public_id(TENANT, row.id)})
    given = await manager.post(f"/v1/cases/{desk.ticket}/assignments", {"account_id": hendra})
    assert given.status_code < 500, given.text
    await scene.work_on(case, "manajer")
    await scene.work()
    by = await scene.login("hendra@1374")
    assert (await by.get(f"/v1/cases/{desk.ticket}")).status_code == 200
    named = {"about": [{"kind": "account", "ref": hendra}]}
    answer = await manager.post(f"/v1/cases/{desk.ticket}/about", named)
    assert answer.status_code == 201, answer.text
    moved = await row_of(scene.house, desk.ticket)
    assert (moved.assignee_id, moved.former_assignee_id, moved.holder) == (None, None, "secretariat")
    await scene.work()
    await see_nothing(scene, by, case)


async def test_the_officer_who_typed_it_keeps_only_the_receipt(scene: Scene) -> None:
    yulia = await scene.login("yulia@1374")
    await scene.work()
    before = await world_of(yulia)
    word = f"kenari{uuid4().hex[:12]}"
    typed = await yulia.post(
        "/v1/cases",
        {
            **CASE,
            "kind": "PENGADUAN",
            "category": "LAYANAN_PETUGAS",
            "subject": a_person(),
            "place": {"village": "13.74.02.1004"},
            "chronology": word,
            "about": [await about(scene, "account", "hendra")],
        },
    )
    assert typed.status_code == 201, typed.text
    assert set(typed.json()) == {"ticket", "pin", "opened_at", "receipt"}
    case_row = await row_of(scene.house, typed.json()["ticket"])
    case = Complaint(case_row.ticket, case_row.id, {"case": public_id(TENANT, case_row.id)}, [word])
    await scene.work()
    after = await world_of(yulia)
    # Whom she wrote down is a person of her village; of the complaint she learns nothing by it.
    assert after.pop("listPeople") != before.pop("listPeople")
    assert after == before
    await scene.work_on(case, "manajer")
    await scene.work()
    for login in ("yulia", "hendra"):
        await see_nothing(scene, await scene.login(f"{login}@1374"), case)


async def test_nothing_shows_either_once_it_is_overdue_and_climbs(scene: Scene) -> None:
    complaints = []
    for kind, name, watcher in (("account", "hendra", "hendra"), ("account", "manajer", "manajer")):
        complaints.append((await scene.complain(await about(scene, kind, name)), watcher))
    await scene.work()
    for days in (30, 90, 200):
        await scene.work(days)
    async with read_only(scene.house.database.sessions) as tx:
        climbed = await tx.scalars(
            select(Case.escalated_at).where(
                Case.regency_code == TENANT, Case.id.in_([case.id for case, _ in complaints])
            )
        )
        assert all(climbed.all())
    for case, watcher in complaints:
        by = await scene.login(f"{watcher}@1374")
        for name, route in lists():
            for query in ("", "?count=true&limit=200"):
                hold_nothing(await ask(by, route, route.path + query), case, name)
