"""The other arm: pgbench sends the very statements of the service, with values of the same lengths.

The values are those of a real request that went through the service's own code. What must differ in each
transaction (ids, the key, the person's digest) is made of pgbench's counter in the statement itself.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from httpx import ASGITransport, AsyncClient

from app.api.deps import House
from app.db.queries import intake, knowing
from app.db.session import SERVER_SETTINGS
from app.main import create_app

STATEMENTS: Final = (intake.MEET_BY_NIK, knowing.KNOW, intake.WRITE)
Sent = tuple[str, tuple[Any, ...]]


class Recorder(asyncpg.Connection):  # type: ignore[misc]  # no type information
    """A connection that remembers what it was asked."""

    sent: list[Sent] = []  # noqa: RUF012  # shared on purpose: a pool makes the connections

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        self.sent.append((query, args))
        return await super().fetchrow(query, *args, **options)

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        self.sent.append((query, args))
        return str(await super().execute(query, *args, **options))


async def record(house: House, url: str, request: bytes) -> list[Sent]:
    """Let one request through the application, and return the statements of its transaction."""
    pool = await asyncpg.create_pool(
        url, min_size=1, max_size=1, connection_class=Recorder, server_settings=SERVER_SETTINGS
    )
    watched = replace(house, database=replace(house.database, intake_pool=pool))
    Recorder.sent.clear()
    head, _, body = request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    transport = ASGITransport(app=create_app(house.settings, watched))
    async with AsyncClient(transport=transport, base_url="http://bench") as client:
        answer = await client.post("/v1/cases", content=body, headers=headers)
    await pool.close()
    if answer.status_code != 201:  # noqa: PLR2004  # created
        raise RuntimeError(answer.text)
    found = {statement: args for statement, args in Recorder.sent if statement in STATEMENTS}
    return [(statement, found[statement]) for statement in STATEMENTS]


@dataclass(frozen=True, slots=True)
class Script:
    text: str
    variables: Mapping[str, str]

    def arguments(self) -> list[str]:
        return [part for name, value in self.variables.items() for part in ("-D", f"{name}={value}")]


def _uid(tag: str) -> str:
    """An id that sorts behind all others of its kind, as the next UUIDv7 does."""
    return f"(:prefix::text || lpad(:id::text, 22, '0') || '{tag}')::uuid"


_DIGEST: Final = r"('\x0001'::bytea || sha256(:person::text::bytea))"
_KEY: Final = "lpad(:id::text, 32, 'k')"
_MADE: Final[Mapping[int, Mapping[int, str]]] = {
    0: {4: _KEY, 7: _uid("01"), 8: _uid("02"), 13: _DIGEST},
    1: {2: f"ARRAY[{_DIGEST}]", 3: ":met_id::uuid"},
    2: {
        2: _uid("03"), 3: "'1374-' || lpad(:id::text, 11, 'T')", 18: ":met_id::uuid",
        23: ":met_data_key_id::uuid", 40: _uid("04"), 52: _uid("05"), 63: _KEY,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the transactions of one script take place."""

    regency: str
    places: range
    """The numbers of the regency's places, which stand one after the other."""
    all_places: int
    people: int


def script_of(sent: Sequence[Sent], ground: Ground, clients: int) -> Script:
    """One transaction in pgbench's language, for people of one regency, each once.

    Their numbers are odd: pgbench can make their digests without the service's key.
    """
    mark = ground.regency.replace(".", "")
    inverse = pow(7919, -1, ground.all_places)
    turns = ground.people // (2 * ground.all_places) - 1
    variables: dict[str, str] = {}
    lines = [
        "\\set turn :turn + 1",
        f"\\set id :turn * {clients} + :client_id",
        f"\\set place ({ground.places.start} + :id % {len(ground.places)}) * {inverse} % {ground.all_places}",
        f"\\set person :place + {ground.all_places} * (2 * (:id * 48271 % {turns}) + 1 - :place % 2)",
        "BEGIN;",
    ]
    for n, (statement, args) in enumerate(sent):
        made = dict(_MADE[n]) | _made_lists(n, args)
        for place, value in enumerate(args, 1):
            if place not in made and value is not None:
                variables[f"v{mark}_{n}_{place}"] = _text(value)
        spelt = _with_names(statement, f"v{mark}_{n}_", args, made).strip()
        lines.append(spelt + ("\n\\gset met_" if n == 0 else ";"))
    return Script("\n".join([*lines, "COMMIT;", ""]), variables)


def _made_lists(n: int, args: Sequence[Any]) -> dict[int, str]:
    """Lists of new ids, as long as those of the request; a clock's id stands inside JSON."""
    if n != 2:  # noqa: PLR2004  # WRITE
        return {}
    facts, events = len(args[46]), len(args[52])
    clock = re.sub(r'"id": *"[0-9a-f-]+"', '"id": "@"', args[45]).replace("'", "''")
    return {
        46: f"replace('{clock}', '@', {_uid('06')}::text)",
        47: f"ARRAY[{', '.join(_uid(f'1{k}') for k in range(facts))}]::uuid[]",
        53: f"ARRAY[{', '.join(_uid(f'2{k}') for k in range(events))}]::uuid[]",
    }


def _with_names(statement: str, prefix: str, args: Sequence[Any], made: Mapping[int, str]) -> str:
    def name(match: re.Match[str]) -> str:
        place = int(match[1])
        if place in made:
            return f"({made[place]})"
        return "NULL" if args[place - 1] is None else f":{prefix}{place}"

    return re.sub(r"\$([0-9]+)", name, statement)


def _text(value: Any) -> str:
    """Spell a value as PostgreSQL reads it."""
    match value:
        case bool():
            return "t" if value else "f"
        case bytes():
            return "\\x" + value.hex()
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return "{" + ",".join(_element(one) for one in value) + "}"
        case UUID() | int() | str():
            return str(value)
        case _:
            raise TypeError(type(value))


def _element(value: Any) -> str:
    return '"' + _text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
