"""Every operation of the document, and one of each thing that its paths name."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select

from app.api.deps import House
from app.api.routes.docs import OPENAPI
from app.db.session import read_only
from app.db.tables import Base
from app.domain.hsds import id_of
from tests.conftest import LogIn
from tests.support.aid import a_line, a_way_out, an_import
from tests.support.campaigns import a_hand_out
from tests.support.data_rights import rights_ids
from tests.support.dci import a_partner, an_access
from tests.support.desk import open_case
from tests.support.duty import a_turn
from tests.support.factories import account_body
from tests.support.figures import a_published_month
from tests.support.files import a_photo, attach
from tests.support.hands import hands_of
from tests.support.http import Person
from tests.support.identities import identity_ids
from tests.support.jobs import EXPORT, a_job
from tests.support.letters import REASON, Office, link_holder
from tests.support.maps import a_map
from tests.support.meetings import meeting_ids
from tests.support.moves import names_of
from tests.support.needs import a_donor, need_ids
from tests.support.overdue import lay_offer
from tests.support.overrides import an_override
from tests.support.periodic_reports import report_ids
from tests.support.proof import LONG
from tests.support.reconciling import a_reconciliation
from tests.support.registry import snapshot_ids
from tests.support.rules import draft
from tests.support.service_keys import a_service_key
from tests.support.webhooks import webhook_ids

DOCUMENT = json.loads(OPENAPI.read_text("utf-8"))
# What may grow by a request that is refused: counters of tries, who looked, and what the worker does.
BESIDE = frozenset(
    ("access_log", "attempts", "sessions", "refresh_tokens", "feed", "feed_heads", "feed_pending", "work")
)
WHO = {
    "account:manage": "admin@1374",
    "desk:manage": "admin@1374",
    "case:decide": "pemaraf@1374",
    "case:restore": "supervisor@1374",
    "case:transfer": "sekretariat@1374",
    "case:refer_any": "sekretariat@1374",
    "duplicate:decide": "sekretariat@1374",
    "person:merge": "sekretariat@1374",
    "list:reconcile": "sekretariat@1374",
    "referral:receive": "dinsos@1374",
    "availability:set": "dinsos@1374",
    "team:manage": "supervisor@1374",
    "graduation:decide": "pemaraf@1374",
    "assistance:write": "supervisor@1374",
    "policy:manage": "manajer@1374",
    "quota:manage": "manajer@1374",
    "program:draft": "manajer@1374",
    "program:publish": "kadis@1374",
    "letter:draft": "sekretariat@1374",
    "letter:initial": "pemaraf@1374",
    "letter:sign": "kadis@1374",
    "case:name": "manajer@1374",
    "data:decide": "manajer@1374",
    "breach:manage": "manajer@1374",
    "report:read": "sekretariat@1374",
    "report:make": "sekretariat@1374",
    "report:sign": "manajer@1374",
    "audit:read": "auditor@1374",
    "need:read": "sekretariat@1374",
    "need:publish": "sekretariat@1374",
    "pledge:check": "sekretariat@1374",
    "webhook:manage": "manajer@1374",
    "pledge:make": "donor",
    "registry:ask": "mitra",
    "campaign:manage": "sekretariat@1374",
    "campaign:approve": "manajer@1374",
    "deliberation:ratify": "manajer@1374",
    "objection:verify": "sekretariat@1374",
    "registry:import": "sekretariat@1374",
    "link": "link",
    "resident": "resident",
}
POLICY = {"region": "13.74", "name": "reopen_window_days", "value": 40, "source": "Perwako 12/2026"}
OTHERWISE = frozenset({"resident", "link", "donor", "mitra"})
"""Who comes in without a log-in of the demo."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    says: dict[str, Any]

    @property
    def example(self) -> Any:
        content = self.says.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example")

    @property
    def login(self) -> str:
        return WHO.get(self.says["x-permission"][0], "siti@1374")


def operations() -> list[Operation]:
    return [
        Operation(method.upper(), path, says)
        for path, methods in DOCUMENT["paths"].items()
        for method, says in methods.items()
    ]


WRITING = [one for one in operations() if one.method != "GET" and one.example is not None]
# Of a letter's code it is told whether it is good, and of a wrong one that it is unknown.
OPEN_NAMES = {"/docs/{name}", "/v1/letters/{code}/verify"}
WITH_IDS = [one for one in operations() if "{" in one.path and one.path not in OPEN_NAMES]
LISTING = [
    one
    for one in operations()
    if any(parameter["name"] == "cursor" for parameter in one.says.get("parameters", ()))
]


def named(found: list[Operation]) -> pytest.MarkDecorator:
    """Ask each of *found*; in the short form every third, of every list another third."""
    if not LONG:
        found = found[len(found) % 3 :: 3]
    return pytest.mark.parametrize("operation", found, ids=lambda one: one.says["operationId"])


@dataclass(frozen=True)
class Ground:
    client: AsyncClient
    house: House
    people: dict[str, Person]
    real: dict[str, str]

    def path(self, operation: Operation, **changed: str) -> str:
        return operation.path.format(**{**self.real, **changed})

    async def send(self, operation: Operation, path: str, content: bytes, **headers: str) -> Response:
        token = self.people[operation.login].token
        return await self.client.request(
            operation.method,
            path,
            content=content,
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": uuid4().hex,
                "If-Match": '"1"',
                "Content-Type": "application/json",
                "Accept-Language": "en",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    async def rows(self) -> dict[str, int]:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in BESIDE]
        # One statement: these are asked for before and after each of a thousand requests.
        counts = [
            select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in tables
        ]
        async with read_only(self.house.database.sessions) as tx:
            return {str(name): n for name, n in (await tx.execute(select(*counts))).mappings().one().items()}


async def prepare(client: AsyncClient, house: House, login: LogIn) -> Ground:
    people = {
        name: await login(name) for name in {"siti@1374", "sekretariat@1374", *WHO.values()} - OTHERWISE
    }
    desk = await open_case(people["siti@1374"])
    sent = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]}
    referred = await desk.took("refer", sent, people["sekretariat@1374"])
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    people["resident"] = Person(client, entered.json()["access_token"], "resident")
    account = await people["admin@1374"].post("/v1/accounts", account_body("sasaran"))
    made = await people["admin@1374"].post(
        "/v1/clients", {"client_id": "sasaran", "name": "Sasaran", "agency": "BAZNAS-1374"}
    )
    desks = await people["siti@1374"].get("/v1/desks?region=13.74")
    office, handed = Office(client), await open_case(people["siti@1374"])
    (letter_goes,) = await handed.refer({"program": "BLT_KOTA", "purpose": "AID"})
    people["link"] = await link_holder(office, handed, letter_goes)
    referral = referred["referrals"][0]["id"]
    letter = await office.signed(desk, kind="rujukan", referral_id=referral, fields=REASON)
    attached = await attach(people["siti@1374"], desk.ticket, a_photo(), paper="KTP")
    policy = await people["manajer@1374"].post("/v1/policies", POLICY)
    real = {
        "attachment_id": attached.json()["id"],
        "offer_id": await lay_offer(house.database, referral),
        "letter_id": letter["id"],
        "letter_link_id": (await office.link(desk, letter))["id"],
        "job_id": await a_job(house),
        **await snapshot_ids(people["sekretariat@1374"]),
        **await a_reconciliation(house),
        "export_id": (await people["sekretariat@1374"].post("/v1/exports", EXPORT)).json()["id"],
        "duty_id": await a_turn(people["sekretariat@1374"]),
        **await webhook_ids(people["manajer@1374"]),
        "service_id": str(id_of("service", "BLT_KOTA", "DINSOS-1374")),
        "organization_id": str(id_of("organization", "DINSOS-1374")),
        "override_id": await an_override(people["manajer@1374"]),
        "assistance_id": await a_line(people["supervisor@1374"], desk),
        "import_id": await an_import(people["supervisor@1374"]),
        "graduation_id": await a_way_out(people["supervisor@1374"], await open_case(people["siti@1374"])),
        "policy_id": policy.json()["values"][0]["id"],
        "ticket": desk.ticket,
        "referral_id": referral,
        **await rights_ids(people["siti@1374"], people["manajer@1374"], desk),
        "account_id": account.json()["id"],
        "client_row_id": made.json()["id"],
        "key_id": (await a_service_key(people["admin@1374"], made.json()["id"]))["id"],
        "desk_id": desks.json()["items"][0]["id"],
        "code": "BLT_KOTA",
        "version": str((await draft(people["manajer@1374"]))["n"]),
        **await names_of(desk),
        **await meeting_ids(house),
        **await hands_of(desk.officer, desk.ticket, people["supervisor@1374"], account.json()["id"]),
    }
    real |= await a_hand_out(house, real["person_id"])
    real |= await need_ids(house, real["campaign_id"])
    real |= await a_published_month(house)
    await a_map(people["manajer@1374"])
    real |= await report_ids(house)
    people["donor"] = await a_donor(house, client, "donatur")
    people["mitra"] = (await a_partner(people["admin@1374"], "mitra")).person
    await an_access(people["admin@1374"], real["client_row_id"])
    real |= await identity_ids(people["siti@1374"], real["person_id"])
    return Ground(client, house, people, real)
