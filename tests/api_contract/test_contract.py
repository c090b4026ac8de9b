"""Every operation of the document, asked as it says and as it forbids: the document is what the service does.

Schemathesis makes the requests: its coverage phase tries each limit of each field, then random ones follow.
``PUSKESOS_PROOF=long`` makes a thousand of those for each operation.
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    ensure_resource_availability,
    positive_data_acceptance,
    use_after_free,
)

from app.api.routes.docs import OPENAPI
from app.services.seed import DEMO_PASSWORD
from tests.support.desk import CASE, a_person
from tests.support.factories import account_body
from tests.support.http import test_settings
from tests.support.loopback import listening
from tests.support.proof import LONG, size
from tests.support.server import SEEDED, Server

pytestmark = [pytest.mark.commits, pytest.mark.process]

TOO_LARGE = 413
LONGEST_ADDRESS = 60_000
"""Beyond this the server answers by itself, before there is a request."""
EXAMPLES = size(20, 1_000)
DOCUMENT = json.loads(OPENAPI.read_text("utf-8"))
SWITCHED_OFF = {
    positive_data_acceptance: "the trade refuses much that has the right form: a NIK without a birth date, a "
    "step that the status does not allow, an id of nobody",
    use_after_free: "nothing is deleted here; what ends stays readable",
    ensure_resource_availability: "ids in paths are replaced by real ones, not by those just made",
    allow_header_conformance: "it does not know that /v1/cases/search is also the address of a ticket; "
    "test_hostile_input asks every path for every method, and for all of them in Allow",
}
"""Each check that is switched off, with its reason."""

SCHEMA = schemathesis.openapi.from_dict(
    DOCUMENT,
    config=SchemathesisConfig.from_dict(
        {
            "seed": 20261125,
            # RFC 6585: a request without If-Match is 428, which is not among its own.
            "checks": {"missing_required_header": {"expected-statuses": [400, 401, 403, 404, 428]}},
            "phases": {
                "examples": {"enabled": True},
                "coverage": {"enabled": True},
                "fuzzing": {"enabled": True},
                "stateful": {"enabled": False},
            },
        }
    ),
)
# What a role may is proved by the matrix; here everybody comes with the rights to get further.
WHO = {
    "account:manage": "admin@1374",
    "desk:manage": "admin@1374",
    "case:decide": "pemaraf@1374",
    "case:restore": "supervisor@1374",
    "referral:receive": "dinsos@1374",
    "availability:set": "dinsos@1374",
    "resident": "resident",
}


@dataclass(frozen=True)
class Ground:
    """A running service, tokens, and ids that are somebody's."""

    url: str
    tokens: dict[str, str]
    real: dict[str, str]

    def token_for(self, operation: dict[str, Any]) -> str:
        permission = operation.get("x-permission", [""])[0]
        return self.tokens[WHO.get(permission, "siti@1374")]


def log_in(client: httpx.Client, login: str) -> str:
    form = {"grant_type": "password", "client_id": f"konsol@{login[-4:]}", "username": login}
    answer = client.post("/v1/oauth/token", data={**form, "password": DEMO_PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def prepare(client: httpx.Client, url: str) -> Ground:
    """Log everybody in, and make one of each thing that has an id."""
    tokens = {
        login: log_in(client, login)
        for login in {"siti@1374", "sekretariat@1374", *WHO.values()} - {"resident"}
    }

    def ask(login: str, method: str, path: str, body: object = None, etag: str = "") -> Any:
        headers = {"Authorization": f"Bearer {tokens[login]}", "Idempotency-Key": uuid4().hex}
        answer = client.request(method, path, json=body, headers={**headers, "If-Match": etag})
        assert answer.status_code < 300, (path, answer.text)
        return answer

    case = {**CASE, "subject": a_person()}
    opened = ask("siti@1374", "POST", "/v1/cases", case)
    ticket = opened.json()["ticket"]
    sent = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}]}
    etag = opened.headers["ETag"]
    referred = ask("sekretariat@1374", "POST", f"/v1/cases/{ticket}/refer", sent, etag).json()
    slip = client.post("/v1/track", json={"ticket": ticket, "pin": opened.json()["pin"]})
    tokens["resident"] = slip.json()["access_token"]
    account = ask("admin@1374", "POST", "/v1/accounts", account_body()).json()
    made = ask(
        "admin@1374", "POST", "/v1/clients", {"client_id": "uji", "name": "Uji", "agency": "BAZNAS-1374"}
    )
    desks = ask("siti@1374", "GET", "/v1/desks?region=13.74").json()["items"]
    real = {
        "ticket": ticket,
        "referral_id": referred["referrals"][0]["id"],
        "account_id": account["id"],
        "client_row_id": made.json()["id"],
        "desk_id": desks[0]["id"],
    }
    return Ground(url, tokens, real)


@pytest.fixture(scope="module")
def ground(seeded_server: Server) -> Iterator[Ground]:
    made = asyncio.run(seeded_server.copy(SEEDED))
    # Longer than the long form takes.
    settings_ = test_settings(made, access_minutes=24 * 60)
    with listening(settings_) as url, httpx.Client(base_url=url) as client:
        yield prepare(client, url)
    asyncio.run(seeded_server.drop(made.name))


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_the_service_is_what_its_document_says(case: "schemathesis.Case[Any]", ground: Ground) -> None:
    operation = case.operation.definition.raw
    if operation["x-permission"] != ["public"] and "Authorization" not in (case.headers or {}):
        case.headers["Authorization"] = f"Bearer {ground.token_for(operation)}"
    for name, value in ground.real.items():
        if name in case.path_parameters and case.meta is not None and not _tries_paths(case):
            case.path_parameters[name] = value
    answer = case.call(base_url=ground.url, timeout=30)
    assert answer.status_code < 500, answer.text
    if answer.text == "Invalid HTTP request received." and len(answer.request.url or "") > LONGEST_ADDRESS:
        return
    if answer.status_code == TOO_LARGE:
        # Refused before it is read, whatever is wrong in it.
        return
    case.validate_response(answer, excluded_checks=list(SWITCHED_OFF))


def _tries_paths(case: "schemathesis.Case[Any]") -> bool:
    """Tell whether the wrong thing about this request stands in its path."""
    part = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return part is not None and part.mode.is_negative
