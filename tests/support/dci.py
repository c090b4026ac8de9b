"""A partner of the DCI interface as tests make one: its key, its token, and how it signs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from httpx import AsyncClient, Response

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.people import RegistryEntry
from app.domain.dci import Signed, read_signature, signed_bytes, signing_text, thumbprint, write_signature
from tests.support.factories import IDS
from tests.support.http import Person

SEARCH: Final = "/registry/sync/search"
ENROLLED: Final = "/registry/sync/enrolled"
ORDERED: Final = "/registry/search"
STATUS: Final = "/registry/sync/txn/status"
SUBSCRIBE: Final = "/registry/subscribe"
UNSUBSCRIBE: Final = "/registry/unsubscribe"
FIELDS: Final = ["status", "poverty_score", "period", "programs", "birth_date", "village", "group_size"]
PURPOSES: Final = ["eligibility", "double_aid", "delivery", "identity"]
SCOPE: Final = ["registry:ask"]


def public_x(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return urlsafe_b64encode(raw).decode().rstrip("=")


def setting(key: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    keys = [{"kty": "OKP", "crv": "Ed25519", "x": public_x(key)}]
    return {"keys": keys, "purposes": PURPOSES, "fields": FIELDS, **changes}


async def an_access(admin: Person, client_row_id: str, **changes: Any) -> Response:
    """Register a client with a key that nobody keeps."""
    body = setting(Ed25519PrivateKey.generate(), **changes)
    return await admin.post(f"/v1/clients/{client_row_id}/registry-access", body)


@dataclass
class Partner:
    client: AsyncClient
    key: Ed25519PrivateKey
    token: str
    sender: str
    row_id: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def person(self) -> Person:
        return Person(self.client, self.token, self.sender)

    def sign(self, header: dict[str, Any], message: dict[str, Any], at: datetime | None = None) -> str:
        content = signed_bytes(header, message)
        assert content is not None
        created = int((at or datetime.now(UTC)).timestamp())
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signature = self.key.sign(signing_text(content, created, created + 600))
        return write_signature(Signed(self.sender, thumbprint(raw), created, created + 600, signature))

    def signed(self, message: dict[str, Any], **changes: Any) -> dict[str, Any]:
        requests = message.get("search_request") or message.get("subscribe_request")
        header = {
            "version": "1.0.0",
            "message_id": uuid4().hex,
            "message_ts": datetime.now(UTC).isoformat(),
            "action": "search",
            "sender_id": self.sender,
            "receiver_id": "puskesos@1374",
            "total_count": len(requests) if requests else 1,
            "is_msg_encrypted": False,
            **changes,
        }
        return {"signature": self.sign(header, message), "header": header, "message": message}

    async def send(self, path: str, body: dict[str, Any]) -> Response:
        self.sent.append(body)
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return await self.client.post(path, json=body, headers=headers)

    async def search(self, *requests: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
        """Ask, and return the answers; they must be good and signed."""
        answer = await self.send(SEARCH, self.signed(searching(*requests), **changes))
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["header"]["status"] == "succ", told
        await check_answer(self.client, told)
        return list(told["message"]["search_response"])

    async def records(self, **criteria: Any) -> list[dict[str, Any]]:
        (told,) = await self.search(request(**criteria))
        assert told["status"] == "succ", told
        return list(told["data"]["reg_records"])


def searching(*requests: dict[str, Any]) -> dict[str, Any]:
    return {"transaction_id": f"tx-{uuid4().hex}", "search_request": list(requests)}


def basis(purpose: str) -> dict[str, Any]:
    return {"ts": datetime.now(UTC).isoformat(), "purpose": {"code": purpose}}


def request(purpose: str = "eligibility", reference: str = "r-1", **criteria: Any) -> dict[str, Any]:
    return {
        "reference_id": reference,
        "timestamp": datetime.now(UTC).isoformat(),
        "search_criteria": {"query_type": "idtype-value", "consent": basis(purpose), **criteria},
    }


def by(kind: str, number: str) -> dict[str, Any]:
    return {"query": {"type": kind, "value": number}}


def enrolled(nik: str, program: str | None, purpose: str = "double_aid") -> dict[str, Any]:
    query: dict[str, Any] = {"person_identifier": {"eq": nik}}
    if program is not None:
        query["programme_identifier.program.programme_identifier"] = {"eq": program}
    return {
        "transaction_id": f"tx-{uuid4().hex}",
        "enrolled_criteria": {"query": query, "authorize": basis(purpose)},
    }


def subscribing(*niks: str, purpose: str = "eligibility", **criteria: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    wanted = {
        "reg_event_type": "REGISTER",
        "notify_record_type": "Member",
        "authorize": basis(purpose),
        **criteria,
    }
    requests = [
        {
            "reference_id": f"r-{n}",
            "timestamp": now,
            "subscribe_criteria": {**wanted, "filter": {"type": "NIK", "value": nik}},
        }
        for n, nik in enumerate(niks)
    ]
    return {"transaction_id": f"tx-{uuid4().hex}", "subscribe_request": requests}


def unsubscribing(*codes: str) -> dict[str, Any]:
    return {
        "transaction_id": f"tx-{uuid4().hex}",
        "timestamp": datetime.now(UTC).isoformat(),
        "subscription_codes": list(codes),
    }


def status_of(kind: str, value: object) -> dict[str, Any]:
    return {
        "transaction_id": f"tx-{uuid4().hex}",
        "txnstatus_request": {
            "reference_id": "s-1",
            "txn_type": "search",
            "attribute_type": kind,
            "attribute_value": value,
        },
    }


async def a_partner(
    admin: Person,
    name: str,
    *,
    scopes: Iterable[str] | None = SCOPE,
    client_changes: dict[str, Any] | None = None,
    **changes: Any,
) -> Partner:
    """Make a client of Baznas that may ask, with a token."""
    body = {"client_id": name, "name": name, "agency": "BAZNAS-1374", **(client_changes or {})}
    made = await admin.post("/v1/clients", body if scopes is None else {**body, "scopes": list(scopes)})
    assert made.status_code == 201, made.text
    shown = made.json()
    key = Ed25519PrivateKey.generate()
    access = await admin.post(f"/v1/clients/{shown['id']}/registry-access", {**setting(key), **changes})
    assert access.status_code == 200, access.text
    form = {
        "grant_type": "client_credentials",
        "client_id": shown["client_id"],
        "client_secret": shown["client_secret"],
    }
    token = await admin.client.post("/v1/oauth/token", data=form)
    assert token.status_code == 200, token.text
    return Partner(admin.client, key, token.json()["access_token"], shown["client_id"], shown["id"])


async def check_answer(client: AsyncClient, told: dict[str, Any]) -> None:
    """Check the signature of an answer by the published keys, as a receiver does."""
    keys = (await client.get("/.well-known/jwks.json")).json()["keys"]
    check_signed(told, {key["kid"]: key["x"] for key in keys})


def check_signed(told: dict[str, Any], keys: dict[str, str]) -> None:
    signed = read_signature(told["signature"])
    assert signed is not None
    content = signed_bytes(told["header"], told.get("message"))
    assert content is not None
    # As it is on the wire: nothing is lost between what was signed and what was read.
    assert json.loads(content)["header"] == told["header"]
    x = keys[signed.key_id]
    public = Ed25519PublicKey.from_public_bytes(_raw(x))
    public.verify(signed.signature, signing_text(content, signed.created, signed.expires))


def _raw(x: str) -> bytes:
    return urlsafe_b64decode(x + "=")


async def an_entry(house: House, nik: str, kk: str | None = None, **changes: Any) -> None:
    """Write what a list of the registry says of somebody."""
    values = {
        "regency_code": "13.74",
        "id": IDS.new_id(datetime.now(UTC)),
        "snapshot_id": None,
        "nik_digest": house.blind.digest("nik", nik),
        "kk_digest": house.blind.digest("kk", kk) if kk else None,
        "name_key": "zulmaryam",
        "born_on": date(1991, 7, 25),
        "village_code": "13.74.01.1005",
        "source": "DTSEN",
        "period": "2026-Q3",
        "status": "listed",
        "desil": 2,
        "programs": ["PKH"],
        "facts": {},
        **changes,
    }
    async with transaction(house.database.sessions) as tx:
        tx.add(RegistryEntry(**values))
