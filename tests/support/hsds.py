"""What HSDS 3.0 asks of the things that the service shows, and where its published schemas lie.

`OBJECTS` says it in our own words (source: https://docs.openreferral.org, HSDS 3.0) and stricter: nothing
that the specification does not name, and never null. The published schemas are CC BY-SA and are not part of
this repository; where ``PUSKESOS_HSDS_SCHEMAS`` names a folder that holds the compiled ones
(``service.json``, ``service_list.json``, ``organization.json``, ``organization_list.json``), they are used
too.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

SCHEMAS: Final = os.environ.get("PUSKESOS_HSDS_SCHEMAS")
_TEXT: Final = {"type": "string", "minLength": 1}
_UUID: Final = {"type": "string", "format": "uuid"}
_NUMBER: Final = {"type": "number"}
_STATUS: Final = {"enum": ["active", "inactive", "defunct", "temporarily closed"]}


def one(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": one(name)}


OBJECTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    # Of each: the fields that must be there, and every field with what it is.
    "service": (
        "id name status",
        {
            "id": _UUID,
            "organization_id": _UUID,
            "program_id": _UUID,
            "name": _TEXT,
            "alternate_name": _TEXT,
            "description": _TEXT,
            "status": _STATUS,
            "application_process": _TEXT,
            "eligibility_description": _TEXT,
            "minimum_age": _NUMBER,
            "maximum_age": _NUMBER,
            "alert": _TEXT,
            "organization": one("organization"),
            "program": one("program"),
            "service_areas": many("service_area"),
            "required_documents": many("required_document"),
            "contacts": many("contact"),
            "attributes": many("attribute"),
        },
    ),
    "organization": (
        "id name description",
        {
            "id": _UUID,
            "name": _TEXT,
            "alternate_name": _TEXT,
            "description": _TEXT,
            "programs": many("program"),
            "organization_identifiers": many("organization_identifier"),
        },
    ),
    "organization_identifier": (
        "id identifier_type identifier",
        {"id": _UUID, "organization_id": _UUID, "identifier_type": _TEXT, "identifier": _TEXT},
    ),
    "program": (
        "id name description",
        {"id": _UUID, "organization_id": _UUID, "name": _TEXT, "alternate_name": _TEXT, "description": _TEXT},
    ),
    "service_area": (
        "id",
        {"id": _UUID, "service_id": _UUID, "name": _TEXT, "extent": _TEXT, "extent_type": _TEXT},
    ),
    "required_document": ("id", {"id": _UUID, "service_id": _UUID, "document": _TEXT}),
    "contact": (
        "id",
        {
            "id": _UUID,
            "service_id": _UUID,
            "name": _TEXT,
            "title": _TEXT,
            "email": {"type": "string", "format": "email"},
            "phones": many("phone"),
        },
    ),
    "phone": ("id number", {"id": _UUID, "service_id": _UUID, "number": _TEXT}),
    "attribute": (
        "id",
        {
            "id": _UUID,
            "link_id": _UUID,
            "taxonomy_term_id": _UUID,
            "link_type": _TEXT,
            "link_entity": _TEXT,
            "taxonomy_term": one("taxonomy_term"),
        },
    ),
    "taxonomy_term": (
        "id name description",
        {
            "id": _UUID,
            "code": _TEXT,
            "name": _TEXT,
            "description": _TEXT,
            "taxonomy": _TEXT,
            "taxonomy_id": _UUID,
            "language": _TEXT,
        },
    ),
}
PAGE: Final = {
    "total_items": {"type": "integer"},
    "total_pages": {"type": "integer"},
    "page_number": {"type": "integer"},
    "size": {"type": "integer"},
    "first_page": {"type": "boolean"},
    "last_page": {"type": "boolean"},
    "empty": {"type": "boolean"},
}


@cache
def ours(name: str) -> Draft202012Validator:
    """What we say that the specification asks of an object."""
    objects = {
        key: {
            "type": "object",
            "required": required.split(),
            "properties": fields,
            "additionalProperties": False,
        }
        for key, (required, fields) in OBJECTS.items()
    }
    return Draft202012Validator({**one(name), "$defs": objects}, format_checker=FormatChecker())


def schema_folder() -> Path | None:
    """Return the folder with the published schemas, if one is named."""
    return Path(SCHEMAS) if SCHEMAS else None


@cache
def published(name: str) -> Draft202012Validator:
    folder = schema_folder()
    assert folder is not None
    schema = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())
