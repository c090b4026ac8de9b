"""The things that the matrix is about, and everybody who asks for them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx import AsyncClient, Response
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import Session
from app.domain.hsds import id_of
from tests.conftest import LogIn
from tests.support.aid import a_line, a_way_out, an_import
from tests.support.campaigns import BODY as CAMPAIGN
from tests.support.campaigns import a_hand_out
from tests.support.data_rights import rights_ids
from tests.support.dci import an_access
from tests.support.desk import CASE, a_person, open_case
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
from tests.support.needs import need_ids
from tests.support.overdue import lay_offer
from tests.support.overrides import an_override
from tests.support.periodic_reports import report_ids
from tests.support.personas import HOME, LINK_HOLDER, RESIDENT, Kind, settle
from tests.support.reconciling import a_reconciliation
from tests.support.registry import snapshot_ids
from tests.support.rights import ROUTES
from tests.support.rules import draft
from tests.support.service_keys import a_service_key
from tests.support.webhooks import webhook_ids

NO_AID = {"program": "NONE", "state": "planned", "period": "2026"}
CODES = {
    "getRegion": {"code": HOME},
    "getAgency": {"code": "DINSOS-1374"},
    "listVillageResults": {"code": HOME},
    "getHsdsService": {"service_id": str(id_of("service", "BLT_KOTA", "DINSOS-1374"))},
    "getHsdsOrganization": {"organization_id": str(id_of("organization", "DINSOS-1374"))},
    "getLinkFile": {"name": "link.js"},
    "answerOnTrackPage": {"act": "nilai"},
}
"""What a code or a name in the path is, where it is not a programme's or a file of the docs."""


@dataclass(frozen=True)
class Ground:
    people: dict[Kind, Person]
    real: dict[str, str]
    absent: dict[str, str]
    numbers: list[int] = field(default_factory=lambda: [0])

    async def ask(self, name: str, kind: Kind, names: dict[str, str]) -> Response:
        route = ROUTES[name]
        (method,) = (route.methods or set()) - {"HEAD"}
        person = self.people[kind]
        headers = {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        if person.token:
            headers["Authorization"] = f"Bearer {person.token}"
        if name == "getTrial" and names is self.real:
            names = {**names, "job_id": names["trial_id"]}
        if name == "endPolicy" and names is self.real:
            names = {**names, "policy_id": await self.own_policy()}
        body = self.body(name, route)
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        path = route.path.format(**{**names, **CODES.get(name, {})})
        return await person.client.request(method, path, content=content, headers=headers)

    async def own_policy(self) -> str:
        """Set a policy anew: it can be ended once only."""
        manager = self.people[Kind("manager", "own")]
        rule = {"region": HOME[:5], "name": "reopen_window_days", "value": 40, "source": "Perwako 12/2026"}
        made = await manager.post("/v1/policies", rule)
        return str(made.json()["values"][0]["id"])

    def body(self, name: str, route: APIRoute) -> Any:
        """The documented example; in the village of the matrix where it names a place. Without If-Match."""
        self.numbers[0] += 1
        made: dict[str, Any] = {
            "createCampaign": CAMPAIGN,
            "reserveNeed": {"need": self.real["need_id"], "quantity": 1},
            # Judged after the rights: the need stays open.
            "withdrawNeed": {"reason": "none"},
            # Of the campaign's device, with a list that is not: judged after the rights.
            "sendCheckins": {**(example_of(route) or {}), "device_id": self.real["device_id"]},
            "createAccount": account_body(f"baru{self.numbers[0]}"),
            "createClient": {"client_id": f"baru{self.numbers[0]}", "name": "B", "agency": "BAZNAS-1374"},
            "changeDesk": {"active": True},
            "setAvailability": {"state": "open"},
            # Judged after the rights: nothing is planned, so that the next one is judged alike.
            "recordAssistance": {"person": self.real["person_id"], "lines": [NO_AID]},
            **{name: {"reason": "none"} for name in ("reverseAssistance", "stopAssistance")},
            # Of a programme that ends in nothing: judged after the rights.
            "startGraduation": {
                "ticket": self.real["ticket"],
                "program": "PKH",
                "started_on": "2026-11-01",
                "income_idr": 0,
            },
            "recordAbsence": {"account": self.real["account_id"], "from": "2027-01-04", "reason": "leave"},
            # Of the wrong form, since a token that opens nothing is told as nobody's.
            "openLetterLink": {"token": ""},
            # Judged after the rights, and the case stays open to the others.
            "nameAbout": {"about": [{"kind": "text", "text": "orang itu"}]},
            "putOnAgenda": {"person": {"name": "Orang Baru"}},
            "fileObjection": {
                "candidate": self.real["candidate_id"],
                "objector": {"name": "Warga", "village": HOME},
                "reason": "Rumahnya permanen.",
            },
            # Nobody's decision is opened again by it.
            "decideObjection": {"upheld": False, "finding": "Sudah dikunjungi."},
            # Judged after the rights, and the file stays for the others.
            "deleteAttachment": {"reason": "none"},
            "takeDataRequest": {
                "person": self.real["person_id"],
                "kind": "copy",
                "identity": {"method": "none"},
            },
            "refuseDataRequest": {"reason": "none"},
            # What everybody who reads figures may ask for; receivers are told of no cases.
            "queryMetrics": {"measures": ["referred"]},
            # And the member stays.
            "leaveHousehold": {"reason": "none"},
        }
        example = made.get(name, example_of(route))
        if name == "openCase":
            return {**CASE, "subject": a_person()}
        if name in {"createPerson", "createHousehold"}:
            return {**example, "village": HOME}
        if name == "openDesk":
            return {**example, "village": HOME}
        if name == "registerCadre":
            return {**example, "area": HOME}
        return example


def example_of(route: APIRoute) -> Any:
    content = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("example")


@pytest.fixture(scope="module")
async def ground(client: AsyncClient, house: House, login: LogIn) -> Ground:
    people = await settle(house, client)
    siti, office, admin = await login("siti@1374"), await login("sekretariat@1374"), await login("admin@1374")
    desk = await open_case(siti)
    sent = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]}
    referred = await desk.took("refer", sent, office)
    hers = await open_case(siti)
    entered = await client.post("/v1/track", json={"ticket": hers.ticket, "pin": hers.pin})
    people[RESIDENT] = Person(client, entered.json()["access_token"], "resident")
    linked = await siti.post(
        f"/v1/cases/{desk.ticket}/links", {"ticket": hers.ticket, "relation": "same_event"}
    )
    letters = Office(client)
    handed = await open_case(siti)
    (holders,) = await handed.refer({"program": "BLT_KOTA", "purpose": "AID"})
    people[LINK_HOLDER] = await link_holder(letters, handed, holders)
    letter = await letters.signed(
        desk, kind="rujukan", referral_id=referred["referrals"][0]["id"], fields=REASON
    )
    link = await letters.link(desk, letter)
    account = await admin.post("/v1/accounts", account_body("sasaran"))
    made = await admin.post("/v1/clients", {"client_id": "sasaran", "name": "S", "agency": "BAZNAS-1374"})
    await an_access(admin, made.json()["id"])
    desks = (await siti.get("/v1/desks?region=13.74")).json()["items"]
    own = next(one["id"] for one in desks if one["village"]["code"] == HOME)
    attached = await attach(siti, desk.ticket, a_photo(), paper="KTP")
    hands = await hands_of(siti, desk.ticket, await login("supervisor@1374"), account.json()["id"])
    real = {
        "ticket": desk.ticket,
        **hands,
        **await meeting_ids(house),
        "attachment_id": attached.json()["id"],
        "person_id": (await desk.read())["subject"]["person"]["id"],
        "referral_id": referred["referrals"][0]["id"],
        "offer_id": await lay_offer(house.database, referred["referrals"][0]["id"]),
        "account_id": account.json()["id"],
        "client_row_id": made.json()["id"],
        "key_id": (await a_service_key(admin, made.json()["id"]))["id"],
        "desk_id": own,
        "link_id": linked.json()["items"][0]["id"],
        "letter_id": letter["id"],
        "letter_link_id": link["id"],
        "job_id": await a_job(house),
        **await snapshot_ids(office),
        **await a_reconciliation(house),
        "export_id": (await office.post("/v1/exports", EXPORT)).json()["id"],
        "duty_id": await a_turn(office),
        **await webhook_ids(await login("manajer@1374")),
        "override_id": await an_override(await login("manajer@1374")),
        "assistance_id": await a_line(office, hers),
        "import_id": await an_import(office),
        **await rights_ids(siti, await login("manajer@1374"), await open_case(siti)),
        "graduation_id": await a_way_out(office, hers),
        "policy_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        "code": "BLT_KOTA",
        "version": str((await draft(await login("manajer@1374")))["n"]),
        "name": "swagger-ui.css",
    }
    tried = {"program": "BLT_KOTA", "version": int(real["version"]), "digest": "0" * 64}
    real |= await a_hand_out(house, real["person_id"])
    real |= await need_ids(house, real["campaign_id"])
    real |= await identity_ids(siti, real["person_id"])
    period = {"since": "2026-01-01", "until": "2026-02-01"}
    real["trial_id"] = await a_job(house, input={**tried, **period})
    nothing = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
    real |= await a_published_month(house)
    await a_map(await login("manajer@1374"))
    real |= await report_ids(house)
    absent = {name: nothing for name in real if name.endswith("_id")}
    absent["version"] = absent["seq"] = "99999"
    absent["ticket"] = house.ids.ticket("13.74").text
    await last_long(house)
    return Ground(people, real, {**real, **absent})


async def last_long(house: House) -> None:
    """Let the slip and the letter's link stay open: their minutes may not end on a slow machine."""
    statement = update(Session).where(Session.regency_code == "13.74", Session.account_id.is_(None))
    async with transaction(house.database.sessions) as tx:
        await tx.execute(statement.values(expires_at=datetime.now(UTC) + timedelta(days=1)))
