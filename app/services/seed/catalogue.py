"""Codes, agencies, programmes with their versions, and the nation's policies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.db.queries import knowledge, seed
from app.db.session import Tx, transaction
from app.domain.codes import Purpose
from app.domain.ids import NATION
from app.domain.knowledge import implicit_code
from app.domain.programs import VersionStatus, digest_of, parse_program
from app.services.seed.tools import Tools, shipped

Row = dict[str, Any]
SETS = "set"
"""The set that holds the names of the sets."""


async def seed_codes(tools: Tools) -> int:
    rows: list[Row] = []
    for place, one in enumerate(shipped("codes")["sets"]):
        rows.append(_code(SETS, place, {"code": one["set"], **one["label"]}))
        rows += [_code(one["set"], position, code) for position, code in enumerate(one["codes"])]
    async with transaction(tools.database.sessions) as tx:
        changed = await seed.put_current(tx, "codes", rows, ["set_name", "code"])
        if changed:
            await knowledge.bump(tx, ["codes"])
    return changed


def _code(set_name: str, position: int, code: Mapping[str, Any]) -> Row:
    trusted = {name: code[name] for name in ("source", "trust") if name in code}
    return {
        "set_name": set_name,
        "code": code["code"],
        "position": position,
        "label_id": code["id"],
        "label_en": code["en"],
        "attrs": {**code.get("attrs", {}), **trusted},
    }


async def seed_agencies(tools: Tools) -> int:
    """Agencies, each with its implicit programme."""
    agencies = shipped("agencies")
    async with transaction(tools.database.sessions) as tx:
        changed = await seed.put_current(tx, "agencies", [_agency(one) for one in agencies], ["code"])
        implicit = [_implicit(one) for one in agencies]
        changed += await seed.put_current(tx, "programs", implicit, ["code"])
        if changed:
            await knowledge.bump(tx, ["agencies"])
    return changed


def _agency(one: Mapping[str, Any]) -> Row:
    return {
        "code": one["code"],
        "kind": one["kind"],
        "level": one["level"],
        "region_code": one["region"],
        "name_id": one["name"]["id"],
        "name_en": one["name"]["en"],
        "answers": one["answers"],
        "proxy_role": one["proxy_role"] or "",
        "sectors": one["sectors"],
        "source": one["source"],
        "trust": one["trust"],
        "active": True,
    }


def _implicit(one: Mapping[str, Any]) -> Row:
    return {
        "code": implicit_code(one["code"]),
        "agency_code": one["code"],
        "level": one["level"],
        "name_id": f"Layanan umum {one['name']['id']}",
        "name_en": f"General services of {one['name']['en']}",
        "purposes": [purpose.value for purpose in Purpose],
        "implicit": True,
        "active": True,
    }


async def seed_programs(tools: Tools) -> int:
    """Programmes; a document that no stored version equals becomes the next version, published."""
    documents = shipped("programs")
    async with transaction(tools.database.sessions) as tx:
        written = await seed.programs_written(tx)
        rows = [_program(one) for one in documents if one["code"] not in written]
        changed = await seed.put_current(tx, "programs", rows, ["code"])
        changed += await publish(tx, documents, tools.now)
        if changed:
            await knowledge.bump(tx, ["programs"])
    return changed


async def publish(tx: Tx, documents: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Publish each document whose text no version of its programme has; return how many those were.

    A programme whose rules people write here is theirs: what the service ships changes it no more.
    """
    stored, written = await seed.program_digests(tx), await seed.programs_written(tx)
    rows = []
    for document in documents:
        known = stored.get(document["code"], {})
        if document["code"] not in written and digest_of(document) not in known.values():
            rows.append(_version(document, max(known, default=0) + 1, now))
    await seed.put_missing(tx, "program_versions", rows, ["program_code", "n"])
    return len(rows)


def _version(document: Mapping[str, Any], n: int, now: datetime) -> Row:
    numbered = {**document, "version": {**document["version"], "n": n}}
    version = parse_program(numbered).version
    return {
        "program_code": document["code"],
        "n": n,
        "status": VersionStatus.PUBLISHED.value,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "document": numbered,
        "digest": digest_of(document),
        "revision": 1,
        "last_on": None,
        "makers": [],
        "drafted_at": now,
        "published_at": now,
    }


def _program(document: Mapping[str, Any]) -> Row:
    return {
        "code": document["code"],
        "agency_code": document["agency"],
        "level": document["level"],
        "name_id": document["name"]["id"],
        "name_en": document["name"]["en"],
        "purposes": document["purposes"],
        "implicit": False,
        "active": True,
    }


async def seed_policies(tools: Tools) -> int:
    """The nation's defaults; one that is there stays, since it is an operator's to change."""
    shipped_policies = shipped("policies")
    rows = [_clock(tools, one) for one in shipped_policies["clocks"]]
    rows += [_rule(tools, one) for one in shipped_policies["values"]]
    match = ["regency_code", "name", "kind", "category", "priority"]
    async with transaction(tools.database.sessions) as tx:
        new = await seed.put_missing(tx, "policies", rows, match)
        if new:
            await knowledge.bump(tx, ["policies"])
    return len(new)


async def seed_letter_templates(tools: Tools) -> int:
    """The nation's letters. A template is never edited: one that reads otherwise comes with a new number."""
    rows = [_template(tools, one) for one in shipped("letter_templates")]
    async with transaction(tools.database.sessions) as tx:
        return len(await seed.put_missing(tx, "letter_templates", rows, ["regency_code", "kind", "n"]))


def _template(tools: Tools, one: Mapping[str, Any]) -> Row:
    said = {name: one[name] for name in ("kind", "n", "title", "body", "number_format", "valid_days")}
    return {
        **said,
        "regency_code": NATION,
        "id": tools.ids.new_id(tools.now),
        "active": True,
        "created_at": tools.now,
        "created_by": None,
    }


def _clock(tools: Tools, one: Mapping[str, Any]) -> Row:
    value = {"amount": one["amount"], "unit": one["unit"]}
    return {**_policy(tools, one["step"], value, one), **{name: one[name] for name in _WHERE}}


def _rule(tools: Tools, one: Mapping[str, Any]) -> Row:
    value = {name: one[name] for name in ("value", "unit", "label") if name in one}
    return {**_policy(tools, one["name"], value, one), **dict.fromkeys(_WHERE)}


def _policy(tools: Tools, name: str, value: Row, one: Mapping[str, Any]) -> Row:
    return {
        "regency_code": NATION,
        "id": tools.ids.new_id(tools.now),
        "name": name,
        "value": value,
        "source": one["source"],
        "trust": one["trust"],
    }


_WHERE = ("kind", "category", "priority")
"""What narrows a clock's policy."""
