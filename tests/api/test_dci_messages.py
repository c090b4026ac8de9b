"""Messages of the DCI interface: signed and taken once, or turned away; and what registering a client is."""

import asyncio
import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.api.deps import House
from app.domain.dci import read_signature, write_signature
from tests.conftest import LogIn
from tests.support.dci import (
    ENROLLED,
    SEARCH,
    Partner,
    a_partner,
    an_access,
    an_entry,
    by,
    enrolled,
    public_x,
    request,
    searching,
    setting,
)
from tests.support.dci_shape import ERRORS, SEARCHED, check_shape
from tests.support.http import Person
from tests.support.people import a_nik

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def admin(login: LogIn) -> Person:
    return await login("admin@1374")


@pytest.fixture(scope="module")
async def mitra(admin: Person) -> Partner:
    return await a_partner(admin, "mitra.dci")


def a_message(mitra: Partner, **changes: Any) -> dict[str, Any]:
    return mitra.signed(searching(request(**by("NIK", a_nik()))), **changes)


def altered(body: dict[str, Any], *place: str | int, to: Any) -> dict[str, Any]:
    new = deepcopy(body)
    at: Any = new
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = to
    return new


async def refusal(mitra: Partner, body: dict[str, Any]) -> str:
    answer = await mitra.send(SEARCH, body)
    assert answer.status_code == 403, answer.text
    check_shape(answer.json(), ERRORS)
    return str(answer.json()["code"])


async def test_an_altered_message_is_refused(mitra: Partner) -> None:
    body = a_message(mitra)
    item: tuple[str | int, ...] = ("message", "search_request", 0)
    for place, to in (
        ((*item, "search_criteria", "query", "value"), a_nik()),
        ((*item, "search_criteria", "consent", "purpose", "code"), "delivery"),
        ((*item, "reference_id"), "r-2"),
        (("message", "transaction_id"), "another"),
        (("header", "message_id"), "another"),
        (("header", "message_ts"), datetime.now(UTC).isoformat()),
        (("header", "meta"), {"a": 1}),
        (("header", "sender_uri"), "https://elsewhere.example.org"),
    ):
        assert await refusal(mitra, altered(body, *place, to=to)) == "err.signature.invalid", place
    # It was taken no time before, so it is good now.
    assert (await mitra.send(SEARCH, body)).json()["header"]["status"] == "succ"


async def test_a_signature_of_another_key_time_or_form_is_refused(mitra: Partner) -> None:
    body = a_message(mitra)
    signed = read_signature(body["signature"])
    assert signed is not None
    other = replace_key(mitra, Ed25519PrivateKey.generate())
    now = datetime.now(UTC)
    lines = [
        other.sign(body["header"], body["message"]),
        mitra.sign(body["header"], body["message"], now - timedelta(minutes=11)),
        mitra.sign(body["header"], body["message"], now + timedelta(minutes=6)),
        write_signature(replace(signed, key_id="another")),
        write_signature(replace(signed, sender="lain@1374")),
        write_signature(replace(signed, expires=signed.expires + 1)),
        write_signature(replace(signed, signature=bytes(64))),
        "unsigned-stub",
    ]
    found = [await refusal(mitra, {**body, "signature": line}) for line in lines]
    assert found == ["err.signature.invalid"] * len(lines)
    for nothing in ("", None):
        assert await refusal(mitra, {**body, "signature": nothing}) == "err.signature.missing"
    del body["signature"]
    assert await refusal(mitra, body) == "err.signature.missing"


def replace_key(mitra: Partner, key: Ed25519PrivateKey) -> Partner:
    return replace(mitra, key=key)


async def test_a_number_that_is_not_whole_cannot_be_signed(mitra: Partner) -> None:
    body = a_message(mitra)
    asked = body["message"]["search_request"][0]["search_criteria"]
    asked["query"] = {"type": "x", "value": {"expression": {"query": {"poverty_score": {"$lt": 1.5}}}}}
    asked["query_type"] = "expression"
    assert await refusal(mitra, body) == "err.signature.invalid"


async def test_who_sends_is_who_the_message_says(mitra: Partner, admin: Person) -> None:
    other = await a_partner(admin, "mitra.lain")
    stolen = a_message(other)
    assert await refusal(mitra, stolen) == "err.sender_id.invalid"
    body = a_message(mitra, receiver_id="puskesos@1371")
    assert await refusal(mitra, body) == "err.receiver_id.invalid"
    assert await refusal(mitra, a_message(mitra, is_msg_encrypted=True)) == "err.encryption.invalid"
    none = a_message(mitra)
    none["header"].pop("receiver_id")
    none["signature"] = mitra.sign(none["header"], none["message"])
    assert (await mitra.send(SEARCH, none)).status_code == 200


async def test_a_message_is_taken_once(mitra: Partner, admin: Person, house: House) -> None:
    nik = a_nik()
    await an_entry(house, nik)
    body = mitra.signed(searching(request(**by("NIK", nik))))
    first = await mitra.send(SEARCH, body)
    again = await mitra.send(SEARCH, body)
    # The same id under another message is the same id; at another address too.
    other = mitra.signed(enrolled(nik, None), message_id=body["header"]["message_id"])
    elsewhere = await mitra.send(ENROLLED, other)
    # Another client has ids of its own.
    theirs = await a_partner(admin, "mitra.sama")
    own = await theirs.send(SEARCH, theirs.signed(body["message"], message_id=body["header"]["message_id"]))
    assert first.json()["message"]["search_response"][0]["data"]["reg_records"]
    for turned in (again, elsewhere):
        told = turned.json()
        check_shape(told, SEARCHED)
        assert (turned.status_code, told["header"]["status"]) == (200, "rjct")
        assert told["header"]["status_reason_code"] == "rjct.message_id.duplicate"
        assert "message" not in told
        assert nik not in turned.text
    assert own.json()["header"]["status"] == "succ"


async def test_of_twins_one_is_taken(mitra: Partner) -> None:
    body = a_message(mitra)
    answers = await asyncio.gather(*(mitra.send(SEARCH, body) for _ in range(6)))
    found = sorted(one.json()["header"]["status"] for one in answers)
    assert found == ["rjct"] * 5 + ["succ"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": "2.0.0"}, "rjct.version.invalid"),
        ({"action": "subscribe"}, "rjct.action.not_supported"),
        ({"message_ts": "2026-01-01T00:00:00Z"}, "rjct.message_ts.invalid"),
        ({"message_ts": "2100-01-01T00:00:00+07:00"}, "rjct.message_ts.invalid"),
        ({"total_count": 2}, "rjct.total_count.invalid"),
        ({"total_count": 0}, "rjct.total_count.invalid"),
    ],
)
async def test_a_header_that_does_not_fit_is_turned_away_in_its_own_form(
    mitra: Partner, changes: dict[str, Any], reason: str
) -> None:
    told = (await mitra.send(SEARCH, a_message(mitra, **changes))).json()
    check_shape(told, SEARCHED)
    assert (told["header"]["status"], told["header"]["status_reason_code"]) == ("rjct", reason)


async def test_a_message_holds_fifty_requests(mitra: Partner) -> None:
    many = [request(reference=str(n), **by("NIK", "7")) for n in range(51)]
    assert len(await mitra.search(*many[:50])) == 50
    told = (await mitra.send(SEARCH, mitra.signed(searching(*many)))).json()
    assert told["header"]["status_reason_code"] == "rjct.total_count.limit_exceeded"


# Registering ----------------------------------------------------------------------------------------------


async def test_keys_change_over_without_a_gap_and_access_ends_at_once(admin: Person) -> None:
    old = await a_partner(admin, "mitra.kunci")
    new = replace_key(old, Ed25519PrivateKey.generate())
    path = f"/v1/clients/{old.row_id}/registry-access"
    both = setting(old.key)
    both["keys"].append({"kty": "OKP", "crv": "Ed25519", "x": public_x(new.key)})
    assert await refusal(new, a_message(new)) == "err.signature.invalid"
    assert (await admin.post(path, both)).status_code == 200
    for one in (old, new):
        assert (await one.send(SEARCH, a_message(one))).status_code == 200
    assert (await admin.post(path, setting(new.key))).status_code == 200
    assert await refusal(old, a_message(old)) == "err.signature.invalid"
    shown = (await admin.get(path)).json()
    assert [key["x"] for key in shown["keys"]] == [public_x(new.key)]
    assert (shown["sender_id"], shown["receiver_id"]) == ("mitra.kunci@1374", "puskesos@1374")
    assert (await admin.post(path, setting(new.key, active=False))).json()["active"] is False
    assert await refusal(new, a_message(new)) == "not_a_partner"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"keys": []}, "/keys"),
        ({"keys": [{"x": "A" * 43}] * 3}, "/keys"),
        ({"keys": [{"x": "A" * 42 + "B"}]}, "/keys/0/x"),
        ({"keys": [{"kty": "RSA", "x": "A" * 43}]}, "/keys/0/kty"),
        ({"purposes": ["curiosity"]}, "/purposes/0"),
        ({"fields": ["name"]}, "/fields/0"),
        ({"callback_url": "http://10.0.0.1/x"}, "/callback_url"),
        ({"callback_url": "https://169.254.169.254/latest"}, "/callback_url"),
        ({"callback_url": "https://user:x@example.org/"}, "/callback_url"),
    ],
)
async def test_what_cannot_be_used_is_not_registered(
    mitra: Partner, admin: Person, changes: dict[str, Any], pointer: str
) -> None:
    answer = await an_access(admin, mitra.row_id, **changes)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_only_the_admin_of_the_regency_registers(mitra: Partner, login: LogIn) -> None:
    path = f"/v1/clients/{mitra.row_id}/registry-access"
    for name, status in (("siti@1374", 403), ("kadis@1374", 403), ("admin@1371", 404)):
        person = await login(name)
        assert (await person.get(path)).status_code == status
        assert (await person.post(path, setting(mitra.key))).status_code == status
    assert json.dumps(setting(mitra.key)["keys"])
