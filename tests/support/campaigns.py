"""Campaigns in tests: candidates by the dozen, the walk to a hand-out, and devices that sign."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx import Response

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.db.tables.campaigns import Campaign, CampaignCheckin, CampaignDevice, CampaignRecipient
from app.demo.people import Household, Person, Registry, Village
from app.domain.campaigns import checkin_text, list_text, sign
from app.domain.identity import Sex
from app.domain.ids import parse_public_id, public_id
from app.services.seed import Sealing, Tools
from app.services.seed.people import Wanted, seed_people
from app.worker.jobs.long import run_job
from tests.support.http import Person as Caller
from tests.support.http import log_in
from tests.support.working import make_tools

DISTRICTS = {"13.74.01": "13.74.01.1005", "13.74.02": "13.74.02.1004"}
"""Both districts of Padang Panjang, each with one of its villages."""
_SERIALS = count(1)
LEASE = timedelta(minutes=2)
DISABLED = {"fact": "person.disability", "op": "is", "value": True, "source": "SEED 4", "trust": "SEED"}
POOR = {"fact": "registry.desil", "op": "between", "value": [1, 4], "source": "OURS", "trust": "OURS"}
BODY: dict[str, Any] = {
    "region": "13.74",
    "name": "Bhakti Sosial 2026",
    "program": "UEP-1374",
    "funder": "DPA Kota Padang Panjang 2026",
    "budget_source": "DPA",
    "starts_on": "2026-12-05",
    "ends_on": "2026-12-06",
    "components": [
        {
            "code": "PD", "label": "Disabilitas", "kind": "goods", "goods": "Alat bantu", "quota": 4,
            "criteria": DISABLED,
        },
        {
            "code": "FM", "label": "Miskin", "kind": "cash", "amount_idr": 300_000, "quota": 6,
            "criteria": POOR,
        },
    ],
}  # fmt: skip


# Candidates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """One household to be on record; each of *facts* is a member."""

    facts: tuple[dict[str, Any], ...] = ({},)
    desil: int | None = 2
    district: str = "13.74.01"
    programs: tuple[str, ...] = ()
    household: dict[str, Any] | None = None
    born_on: date = date(1970, 3, 5)


async def put_on_record(house: House, homes: Iterable[Home], tenant: str = "13.74") -> int:
    """Add the people of *homes*; return how many there are."""
    made = [_household(one) for one in homes]
    persons = sum(len(one.members) for one in made)

    def invented(*_: object) -> Iterator[Household]:
        return iter(made)

    tools = Tools(house.database, house.ids, datetime.now(UTC))
    wanted = Wanted(tenant, (), persons, f"test_{uuid4().hex[:12]}")
    return await seed_people(tools, Sealing(house.vault, house.blind), wanted, invented)


def _household(one: Home) -> Household:
    village = DISTRICTS.get(one.district, f"{one.district}.1003")
    n = next(_SERIALS)
    digits = one.district.replace(".", "")
    members = tuple(
        Person(
            f"Calon {n} {m}",
            f"{digits}{one.born_on:%d%m%y}{4000 + n * 4 + m:04}",
            Sex.L,
            one.born_on,
            None,
            "KEPALA_KELUARGA" if m == 0 else "ANAK",
            dict(facts),
            one.programs if m == 0 else (),
        )
        for m, facts in enumerate(one.facts)
    )
    registry = Registry("DTSEN", "2026-Q4", one.desil, "ADA") if one.desil is not None else None
    return Household(
        f"{digits}1203{15:02}{n:04}", Village(village, village), "001", "002", "Jl. Contoh",
        {"household.size": len(members), **(one.household or {})}, registry, members,
    )  # fmt: skip


# The walk -------------------------------------------------------------------------------------------------


@dataclass
class Walk:
    """One campaign as a test drives it; *office* makes it and *chief* approves."""

    house: House
    folder: Path
    office: Caller
    chief: Caller
    id: str = ""

    @property
    def path(self) -> str:
        return f"/v1/campaigns/{self.id}"

    async def make(self, **changes: Any) -> dict[str, Any]:
        answer = await self.office.post("/v1/campaigns", {**BODY, **changes})
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]
        return dict(answer.json())

    async def read(self, by: Caller | None = None) -> dict[str, Any]:
        answer = await (by or self.office).get(self.path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def step(self, action: str, by: Caller | None = None, body: Any = None) -> Response:
        version = (await self.read())["version"]
        headers = {"If-Match": f'"{version}"'}
        return await (by or self.office).post(f"{self.path}/{action}", body or {}, headers=headers)

    async def took(self, action: str, by: Caller | None = None, body: Any = None) -> dict[str, Any]:
        answer = await self.step(action, by, body)
        assert answer.status_code in {200, 202}, (action, answer.text)
        return dict(answer.json())

    async def run(self, job: str) -> None:
        """Run a job as the worker does."""
        tools = make_tools(self.house.database, self.house.clock, self.folder)
        held = await claim(self.house, tools.now(), job)
        assert held
        await run_job(tools, held)

    async def select(self) -> dict[str, Any]:
        """Order a selection, let it run, and return the campaign."""
        await self.run((await self.took("select"))["id"])
        found = await self.read()
        assert found["state"]["code"] == "selected", found
        return found

    async def recipients(self, by: Caller | None = None, **wanted: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **wanted}.items())
        path: str | None = f"{self.path}/recipients?{query}"
        while path is not None:
            answer = await (by or self.office).get(path)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            after = answer.json()["next"]
            path = f"{self.path}/recipients?cursor={after}&limit=200" if after else None
        return found

    async def slot(self, **changes: Any) -> dict[str, Any]:
        body = {
            "region": "13.74", "place": "Balai kota", "starts_at": "2026-12-05T08:00:00+07:00",
            "ends_at": "2026-12-05T12:00:00+07:00", "capacity": 500, "crew": [],
        }  # fmt: skip
        answer = await self.office.post(f"{self.path}/slots", {**body, **changes})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def to_hand_out(self, **changes: Any) -> dict[str, Any]:
        """Make, select, approve and start; return the one slot."""
        await self.make(**changes)
        await self.took("open")
        await self.select()
        await self.took("approve", self.chief)
        slot = await self.slot()
        await self.took("start")
        return slot


async def walk_of(house: House, client: Any, folder: Path) -> Walk:
    return Walk(house, folder, await log_in(client, "sekretariat@1374"), await log_in(client, "manajer@1374"))


async def claim(house: House, now: datetime, job: str) -> Any:
    place = parse_public_id(job)
    assert place
    async with transaction(house.database.sessions) as tx:
        found = await work.claim(tx, place.tenant, now, work.Wanted((work.RUN_JOB,), LEASE, 50))
    return next((one for one in found if one.payload["job"] == place.id.hex), None)


# Devices --------------------------------------------------------------------------------------------------


@dataclass
class Device:
    """A device with its key and its list, as it works without a network."""

    walk: Walk
    by: Caller
    id: str
    key: bytes
    taken: dict[str, Any]
    signature: str

    @property
    def codes(self) -> list[str]:
        return [str(one["code"]) for one in self.taken["entries"]]

    def whole(self) -> bool:
        """What a device checks before it trusts its list."""
        return sign(self.key, list_text(self.taken)) == self.signature

    def tells(self, code: str, client_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Note that somebody was handed her aid, signed."""
        one = {"client_id": client_id or uuid4().hex, "code": code, "outcome": "given", **more}
        one.setdefault("device_at", datetime.now(UTC).isoformat())
        line = checkin_text(self.taken["list"], one["client_id"], code, one["device_at"], one["outcome"])
        return {"signature": sign(self.key, line), **one}

    async def send(self, *told: dict[str, Any], **changes: Any) -> Response:
        body = {
            "device_id": self.id, "list_id": self.taken["list"], "list_signature": self.signature,
            "checkins": list(told), **changes,
        }  # fmt: skip
        return await self.by.post(f"{self.walk.path}/checkins", body)

    async def sent(self, *told: dict[str, Any]) -> list[dict[str, Any]]:
        answer = await self.send(*told)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])


async def a_device(walk: Walk, slot: dict[str, Any], by: Caller | None = None, hours: int = 24) -> Device:
    """Register a device and take its list along."""
    who = by or walk.office
    made = await who.post(f"{walk.path}/devices", {"name": "Tablet", "slots": [slot["id"]]})
    assert made.status_code == 201, made.text
    taken = await who.post(f"{walk.path}/devices/{made.json()['id']}/list", {"hours": hours})
    assert taken.status_code == 200, taken.text
    key = base64.b64decode(made.json()["key"])
    listed = json.loads(json.dumps(taken.json()["list"]))
    return Device(walk, who, made.json()["id"], key, listed, taken.json()["signature"])


# One stored whole -----------------------------------------------------------------------------------------


async def a_hand_out(house: House, person: str) -> dict[str, str]:
    """Store a campaign of 13.74 that is being handed out, with one of each thing; return their ids."""
    now, named = datetime.now(UTC), parse_public_id(person)
    assert named
    names = ("campaign_id", "recipient_id", "device_id", "checkin_id")
    ids = {name: house.ids.new_id(now) for name in names}
    tenant, campaign = "13.74", ids["campaign_id"]
    common = {"regency_code": tenant, "campaign_id": campaign}
    components = [
        {"code": "PD", "label": "Disabilitas", "kind": "goods", "amount_idr": None, "goods": "Alat bantu",
         "quota": 1, "districts": {}, "criteria": None},
    ]  # fmt: skip
    row = Campaign(
        regency_code=tenant, id=campaign, name="Matriks", program_code="UEP-1374", agency_code="DINSOS-1374",
        funder="DPA", funder_code=None, budget_source="DPA", starts_on=now.date(), ends_on=now.date(),
        components=components,
        rules={"per_household": True, "from_registry": True, "share": "equal", "excludes": []},
        state="distributing", version=1, selection_n=0, return_reason=None, created_at=now, created_by=None,
        updated_at=now, approved_at=now, approved_by=None, started_at=now, reported_at=None,
    )  # fmt: skip
    recipient = CampaignRecipient(
        **common, id=ids["recipient_id"], person_id=named.id, household_id=None,
        village_code="13.74.01.1005", district_code="13.74.01", born_on=None, routes=[], state="given",
        reason=None, weighed_n=0, need=0, aid_count=0, lot="0", fits=[], basis_sealed=None, component="PD",
        order_n=1, tie=None, code="7Q2M-9XKD", line_id=None, slot_id=None, replaces=None, given_at=now,
        created_at=now, created_by=None, updated_at=now,
    )  # fmt: skip
    device = CampaignDevice(
        **common, id=ids["device_id"], name="Tablet", account_id=None, slots=[],
        key_boxed=house.vault.box("campaign device", b"k" * 32, ids["device_id"].bytes), created_at=now,
        revoked_at=None,
    )  # fmt: skip
    checkin = CampaignCheckin(
        **common, id=ids["checkin_id"], recipient_id=recipient.id, device_id=device.id, list_id=device.id,
        client_id="t1", content_sha256="0", device_at=now, arrived_at=now, by=None, outcome="given",
        reason=None, verdict="given", refusal=None, first_id=None, proxy_sealed=None, proof=None,
        finding=None, decision=None, decided_at=None, decided_by=None,
    )  # fmt: skip
    async with transaction(house.database.sessions) as tx:
        tx.add(row)
        await tx.flush()
        tx.add_all([recipient, device])
        await tx.flush()
        tx.add(checkin)
    return {name: public_id(tenant, id_) for name, id_ in ids.items()}
