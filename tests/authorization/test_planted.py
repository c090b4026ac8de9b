"""What is planted about a person is met at no door by a donor, and by an agency only as far as disclosed.

Generated: every GET route of the application is asked, with the ids of what hangs on her, as a donor and as
agencies; bodies and headers are searched for each planted value in each of its forms. A new route or a
new field is looked at without anybody thinking of it.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import Grant
from app.domain.access import Role
from app.domain.names import name_key
from tests.conftest import LogIn
from tests.support.desk import CASE, Desk
from tests.support.factories import PASSWORD, make_account
from tests.support.files import a_photo, attached
from tests.support.http import Person, log_in
from tests.support.needs import FORUM, Office, delivered, office_of, prove, reserved
from tests.support.operations import Ground, prepare
from tests.support.rights import ROUTES

pytestmark = pytest.mark.commits

NIK: Final = "1374016507910777"
PLANTED: Final = {
    "nik": NIK,
    "kk": "1374012003150777",
    "name": "Zulmaryam Kenanggo",
    "phone": "+6281277770042",
    "address": "Jl. Cempaka Ungu 777",
    "chronology": "Suaminya hilang di Laut Kenari.",
    "note": "Tetangga bilang ia menjual anting.",
    "contact": "Menelepon adiknya di Dumai Kenari.",
    "file": "ktp-zulmaryam.jpg",
    "born_on": "1991-07-25",
    "reporter": "Burhanuddin Tanjuang",
}
DISCLOSED: Final = {
    # What the referrals below disclose, and nothing else: the name to Dinsos, to Forum CSR its place alone.
    "dinsos": frozenset({"name"}),
    "sistem": frozenset({"name"}),
    "forum": frozenset({"address"}),
    "lkks": frozenset[str](),
    "donor": frozenset[str](),
}
WHOSE: Final = {"donor": ("ticket", "person")}
"""What besides is hers to a donor: the ticket of her case and the id of her record."""


def forms_of(name: str, value: str) -> set[str]:
    """Return how a value may be spelt: as it is, in capitals, in an address, without what separates it."""
    forms = {value, value.upper(), value.lower(), quote(value), value.replace(" ", "+")}
    digits = re.sub(r"\D", "", value)
    match name:
        case "nik" | "kk":
            groups = [value[:6], value[6:12], value[12:]]
            forms |= {" ".join(groups), ".".join(groups), "*" * 12 + value[-4:]}
        case "phone":
            forms |= {digits, "0" + digits[2:], f"0{digits[2:5]}-{digits[5:9]}-{digits[9:]}"}
        case "name" | "reporter":
            forms |= {name_key(value), *value.split(), *value.lower().split()}
        case "born_on":
            day = date.fromisoformat(value)
            forms = {value, f"{day:%d-%m-%Y}", f"{day:%d/%m/%Y}"}
        case "file":
            forms.add(value.partition(".")[0])
        case _:
            pass
    return {one for one in forms if one}


@dataclass
class Planted:
    ground: Ground
    readers: dict[str, Person]
    values: dict[str, str]

    def met(self, reader: str, said: str) -> set[str]:
        """Return which values stand in *said* that this reader may not have."""
        own = {*PLANTED, *WHOSE.get(reader, ())} - DISCLOSED[reader]
        return {
            name
            for name in own
            for form in forms_of(name, self.values[name])
            if form in said or form.encode().hex() in said
        }


async def plant(office: Office) -> tuple[Desk, str]:
    """Open a case of somebody of whom everything is known; return it and the id of her record."""
    subject = {
        "kind": "person", "nik": NIK, "kk": PLANTED["kk"], "name": PLANTED["name"], "sex": "P",
        "born_on": PLANTED["born_on"], "phone": PLANTED["phone"], "address": PLANTED["address"],
    }  # fmt: skip
    body = {
        **CASE,
        "subject": subject,
        "place": {"village": "13.74.01.1005", "address": PLANTED["address"]},
        "chronology": PLANTED["chronology"],
        "reporter": {"relation": "FAMILY", "name": PLANTED["reporter"], "phone": PLANTED["phone"]},
    }
    opened = await office.siti.post("/v1/cases", body)
    assert opened.status_code == 201, opened.text
    desk = Desk(office.siti, opened.json()["ticket"], opened.json()["pin"], opened.headers["ETag"])
    path = f"/v1/cases/{desk.ticket}"
    noted = await office.siti.post(f"{path}/notes", {"text": PLANTED["note"]})
    assert noted.status_code == 201, noted.text
    tried = {
        "means": "phone",
        "result": "no_answer",
        "note": PLANTED["contact"],
        "at": opened.json()["opened_at"],
    }
    called = await office.siti.post(f"{path}/contacts", tried)
    assert called.status_code == 201, called.text
    await attached(office.siti, desk.ticket, a_photo(), paper="KTP", name=PLANTED["file"])
    shown = await desk.read()
    return desk, shown["subject"]["person"]["id"]


@pytest.fixture(scope="module")
async def planted(client: AsyncClient, house: House, login: LogIn) -> Planted:
    ground = await prepare(client, house, login)
    office = await office_of(client)
    desk, person = await plant(office)
    sent = [
        {"program": "BLT_KOTA", "purpose": "AID", "discloses": ["name"]},
        {"program": FORUM, "purpose": "AID", "discloses": ["address"]},
    ]
    await desk.took("refer", {"referrals": sent}, office.secretariat)
    referrals = {one["program"]: one["id"] for one in (await desk.read(office.secretariat))["referrals"]}
    need = await office.published(desk, quantity=2)
    donor = ground.people["donor"]
    pledge = await reserved(donor, need, quantity=1)
    proof = (await prove(donor, pledge, "photo")).json()["proofs"][0]["id"]
    await delivered(donor, pledge)
    accepted = await office.approver.post(f"/v1/pledges/{pledge}/accept")
    assert accepted.status_code == 200, accepted.text
    real = {
        **ground.real,
        "ticket": desk.ticket,
        "person_id": person,
        "referral_id": referrals["BLT_KOTA"],
        "need_id": need,
        "pledge_id": pledge,
        "proof_id": proof,
        "name": "swagger-ui.css",
    }
    ground = replace(ground, real=real)
    readers = {
        "donor": donor,
        "dinsos": await login("dinsos@1374"),
        "lkks": await login("lkks@1374"),
        "forum": await an_agency(house, client, "csr.satu", Role.AGENCY_OFFICER, "FORUM_CSR-1374"),
        "sistem": await an_agency(house, client, "sistem.satu", Role.AGENCY_CLIENT, "DINSOS-1374"),
    }
    return Planted(ground, readers, {**PLANTED, "ticket": desk.ticket, "person": person})


async def an_agency(house: House, client: AsyncClient, name: str, role: Role, agency: str) -> Person:
    now = datetime.now(UTC)
    async with transaction(house.database.sessions) as tx:
        account = await make_account(tx, name, role=None)
        grant = Grant(
            regency_code="13.74", id=house.ids.new_id(now), account_id=account, role=role.value,
            region_code=None, agency_code=agency, desk_id=None, valid_from=now.date() - timedelta(days=9),
            valid_to=None,
        )  # fmt: skip
        tx.add(grant)
    return await log_in(client, f"{name}@1374", PASSWORD)


READS = sorted(name for name, route in ROUTES.items() if "GET" in (route.methods or ()))
CODES = {
    "getRegion": {"code": "13.74.01.1005"},
    "getAgency": {"code": "DINSOS-1374"},
    "listVillageResults": {"code": "13.74.01.1005"},
    "getLinkFile": {"name": "link.js"},
    "getStatistics": {"regency": "13.74", "month": "2026-10"},
}


@pytest.mark.parametrize("reader", sorted(DISCLOSED))
async def test_what_is_planted_is_met_at_no_door(planted: Planted, reader: str) -> None:
    by, found, read = planted.readers[reader], {}, 0
    for name in READS:
        path = ROUTES[name].path.format(**{**planted.ground.real, **CODES.get(name, {})})
        answer = await by.client.get(
            path, headers={"Authorization": f"Bearer {by.token}", "Idempotency-Key": uuid4().hex}
        )
        assert answer.status_code < 500, (name, answer.text)
        read += answer.status_code == 200
        said = " ".join(
            (answer.content.decode("utf-8", "replace"), str(answer.headers), str(answer.url.query))
        )
        if met := planted.met(reader, said):
            found[name] = met
    assert found == {}
    # The test would see nothing if it were let in nowhere.
    assert read > 30


async def test_the_same_doors_tell_those_who_may_know(planted: Planted) -> None:
    """What is searched for is there to be found: the desk reads all of it, Dinsos what it was given."""
    real = planted.ground.real
    siti, said = planted.ground.people["siti@1374"], ""
    for name in READS:
        path = ROUTES[name].path.format(**{**real, **CODES.get(name, {})})
        said += (await siti.get(path)).content.decode("utf-8", "replace")
    own = {name for name in PLANTED if any(form in said for form in forms_of(name, PLANTED[name]))}
    assert own >= {"nik", "name", "address", "chronology", "note", "file", "born_on"}
    dinsos = (await planted.readers["dinsos"].get(f"/v1/referrals/{real['referral_id']}")).text
    assert PLANTED["name"] in dinsos
    donor = (await planted.readers["donor"].get(f"/v1/needs/{real['need_id']}")).json()
    assert (donor["office"], donor["remaining"]) == (None, 1)
