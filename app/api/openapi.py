"""The OpenAPI document: what FastAPI knows of the routes, and what it does not say by itself."""

import json
from copy import deepcopy
from typing import Any, Final

from fastapi.openapi.utils import get_openapi

from app.api.application import Desk
from app.api.routing import Caller
from app.api.schema_names import rename_schemas
from app.api.schemas.problem import Problem

VERSION: Final = "1.0.0"
TITLE: Final = "Puskesos"
_DESCRIPTION: Final = """
Case service for Indonesia's village welfare desks (Puskesos) and referral secretariats (SLRT).

* **Language**: Indonesian by default, English with `Accept-Language: en`.
* **Errors** are problem documents (RFC 9457) with a stable `code` and a JSON pointer for each wrong field.
* **Writes** by POST take an `Idempotency-Key`: sent again, they give the first answer again.
* **Changes** of a thing need `If-Match` with the `ETag` that was read last.
* **Lists** give `next`, a sealed cursor that carries the filters; unknown parameters are refused.
* **Instants** are RFC 3339 with a zone, money is whole rupiah.
"""
TAGS: Final = {
    "access": "Log-in, accounts, grants and clients.",
    "agencies": "The bodies that run programmes.",
    "attachments": "Files of a case, written anew and encrypted; which papers are there, and which are not.",
    "audit": "Who saw or changed what; whether the logs are whole, and their seals.",
    "cadres": "The persons of the social-welfare potential (PSKS).",
    "campaigns": "Aid handed out on a day: who is chosen and why, and each entitlement given once.",
    "cases": "One matter of one resident or household, from the desk to its resolution.",
    "codes": "Every enumeration with its labels.",
    "dashboards": "Counts, each with the filter that lists the same cases.",
    "desks": "The Puskesos desks of the villages.",
    "events": "What happened, in order, within the caller's scope.",
    "exports": "A list of cases as a file, in the asker's sight, with the purpose on record.",
    "jobs": "Long work: how far it is, stopped and resumed.",
    "lists": "Files of people, uploaded as they come, and how their columns are read.",
    "messages": "What is sent to residents, reporters and officers, and in which words.",
    "needs": "What is needed, without names, for who may help; what donors promise, give and prove.",
    "notifications": "What an account should know, in the app.",
    "hands": "Who works on a case: assignment, leave, visits, tasks, contacts, the team.",
    "graduation": "From aid to her own earning, and the poverty target of a regency.",
    "people": "Persons and households: search before create.",
    "dci": "The registry for agencies' systems, in the signed messages of the DCI interface (SPDCI v1).",
    "duty": "Who can be called out in an emergency, and who is on duty now.",
    "hsds": "The catalogue for other systems, by HSDS 3.0 of Open Referral; public, and kept by caches.",
    "periodic-reports": "Reports of a month, a year or a campaign: counted once, signed, kept by version.",
    "policies": "Allowances of clocks and other numbers a regency may change; calendars.",
    "programs": "Programmes, their rules with sources, and which of them fit.",
    "reconciliations": "Lists of programmes against the registry, our records, the ledger and other lists.",
    "referrals": "A case handed to one programme of one agency.",
    "registry": "Who stands in the integrated registry: read from files, compared, and what is missing.",
    "regions": "The 91,599 regions of Kemendagri.",
    "rights": "What a person asks about her data (Law 27/2022), and the register of breaches.",
    "rules": "The rules of programmes: written, checked by another person, published, tried on past cases.",
    "service": "Is it alive, and what are its figures.",
    "deliberations": "Village meetings: agenda, quorum, decisions, minutes, objections, proposals.",
    "letters": "Letters of a case: drafted, initialled, signed, checked; and the link that one carries.",
    "statistics": "One month of one regency, for anybody: no small group can be told apart.",
    "sync": "Desks without a link: tickets taken along, what was done, and what changed meanwhile.",
    "track": "The resident's own view, with ticket and PIN.",
    "webhooks": "What happened, pushed and signed (Standard Webhooks 1.0.0), with the log of every attempt.",
}
_SCHEMES: Final = {
    "oauth": {
        "type": "oauth2",
        "description": "Opaque tokens; revocation holds everywhere within a second.",
        "flows": {
            "password": {"tokenUrl": "/v1/oauth/token", "refreshUrl": "/v1/oauth/token", "scopes": {}},
            "clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": {}},
        },
    },
    "slip": {
        "type": "http",
        "scheme": "bearer",
        "description": "The 15-minute token that `POST /v1/track` gives for ticket and PIN.",
    },
    "letterLink": {
        "type": "http",
        "scheme": "bearer",
        "description": "The 15-minute token that `POST /v1/letter-links/open` gives for a letter's link.",
    },
}


_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {
        "type": "string",
        "description": "New for each request, the same each time it is sent.",
        "title": "Idempotency-Key",
    },
    "description": "New for each request, the same each time it is sent.",
}


def openapi_document(app: Desk) -> dict[str, Any]:
    """Return the whole document, in a fixed order, so that two runs give the same text."""
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        summary="A case from the village desk to its resolution",
        description=_DESCRIPTION.strip(),
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/", "description": "This service"}],
        contact={"name": "Puskesos", "url": "https://puskesos.example"},
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    schemas = components.setdefault("schemas", {})
    _add_problem(schemas)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["schemas"] = dict(sorted(schemas.items()))
    _restore_examples(app, document["paths"])
    for path in document["paths"].values():
        for operation in path.values():
            _finish(operation)
    return rename_schemas(document)


def openapi_text(app: Desk) -> str:
    """Return the document as the committed file holds it."""
    return json.dumps(openapi_document(app), ensure_ascii=False, indent=1) + "\n"


def _add_problem(schemas: dict[str, Any]) -> None:
    made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs", {}))
    schemas["Problem"] = made


def _restore_examples(app: Desk, paths: dict[str, Any]) -> None:
    """FastAPI leaves out what is null, and so takes keys out of examples that answers do have."""
    for route in app.api_routes():
        for method in route.methods or ():
            operation = paths.get(route.path, {}).get(method.lower())
            if operation is None:
                continue
            shown: list[tuple[Any, Any]] = [
                (operation["responses"][str(status)], told) for status, told in route.responses.items()
            ]
            shown.append((operation.get("requestBody"), (route.openapi_extra or {}).get("requestBody", {})))
            for target, told in shown:
                for kind, content in told.get("content", {}).items():
                    if "example" in content:
                        target["content"][kind]["example"] = content["example"]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is never sent as null."""
    if "anyOf" not in schema:
        return schema
    kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}


def _take_key(operation: dict[str, Any]) -> None:
    """Opening a case reads its key itself, for speed: FastAPI knows nothing of the header."""
    parameters = operation.setdefault("parameters", []) if operation.get("x-idempotent") else []
    if operation.get("x-idempotent") and all(one["name"] != _KEY["name"] for one in parameters):
        parameters.append(deepcopy(_KEY))


def _finish(operation: dict[str, Any]) -> None:
    """Say what depends on several facts at once, and leave out what only our code reads."""
    if operation.get("x-permission") == [Caller.RESIDENT.value]:
        operation["security"] = [{"slip": []}]
    if operation.get("x-permission") == [Caller.LINK.value]:
        operation["security"] = [{"letterLink": []}]
    _take_key(operation)
    for parameter in operation.get("parameters", ()):
        name = parameter["name"].lower()
        parameter["schema"] = _without_null(parameter["schema"])
        wanted = name == "idempotency-key" and operation.get("x-idempotent")
        if wanted or (name == "if-match" and "428" in operation["responses"]):
            parameter["required"] = True
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status.startswith("2") and "application/json" in content and "x-media" in operation:
            response["content"] = {
                media: {"schema": {"type": "string"}} for media in operation["x-media"].split()
            }
    for fact in ("x-paged", "x-reads-person", "x-never-limited", "x-media"):
        operation.pop(fact, None)
    operation["responses"] = dict(sorted(operation["responses"].items()))
