"""Whom a row might be that nobody knows by its NIK: by birth date and initial, or by name and village.

One pass over the regency's people for thousands of rows: whoever shares a block is handed out to be compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Date, Integer, Text, bindparam, text

from app.db.queries.reconciliations.evidence import Digests, entry_record, people_by_id, person_record
from app.db.session import Tx
from app.domain.reconciliation import Record

_REGISTRY_BY_BIRTH: Final = """
SELECT u.n, e.regency_code, e.id, e.nik_digest, e.name_key, e.born_on, e.village_code, e.source, e.period,
  e.status
FROM unnest(:n, :born_on, :initials) AS u(n, born_on, initials)
JOIN registry_entries e ON e.born_on = u.born_on AND strpos(u.initials, left(e.name_key, 1)) > 0
WHERE e.regency_code = :regency
"""
_REGISTRY_BY_NAME: Final = """
SELECT u.n, e.regency_code, e.id, e.nik_digest, e.name_key, e.born_on, e.village_code, e.source, e.period,
  e.status
FROM unnest(:n, :name_key, :village) AS u(n, name_key, village)
JOIN registry_entries e ON e.name_key = u.name_key AND e.village_code = u.village
WHERE e.regency_code = :regency
"""
_PERSONS_BY_BIRTH: Final = """
SELECT u.n, p.id FROM unnest(:n, :born_on, :initials) AS u(n, born_on, initials)
JOIN persons p ON p.born_on = u.born_on AND strpos(u.initials, left(p.name_key, 1)) > 0
WHERE p.regency_code = :regency AND p.merged_into IS NULL
"""
_PERSONS_BY_NAME: Final = """
SELECT u.n, p.id FROM unnest(:n, :name_key, :village) AS u(n, name_key, village)
JOIN persons p ON p.name_key = u.name_key AND p.village_code = u.village
WHERE p.regency_code = :regency AND p.merged_into IS NULL
"""


def _with_arrays(statement: str) -> Any:
    kinds: dict[str, Any] = {
        "n": Integer(),
        "born_on": Date(),
        "initials": Text(),
        "name_key": Text(),
        "village": Text(),
    }
    named = [name for name in kinds if f":{name}" in statement]
    return text(statement).bindparams(*(bindparam(name, type_=ARRAY(kinds[name])) for name in named))


_REGISTRY: Final = (_with_arrays(_REGISTRY_BY_BIRTH), _with_arrays(_REGISTRY_BY_NAME))
_PERSONS: Final = (_with_arrays(_PERSONS_BY_BIRTH), _with_arrays(_PERSONS_BY_NAME))


@dataclass(frozen=True, slots=True)
class Sought:
    """A row as its blocks are made of it."""

    n: int
    name_key: str
    born_on: date | None
    village: str | None


@dataclass(frozen=True, slots=True)
class Where:
    regency: str
    in_registry: bool
    in_persons: bool
    today: date


async def near(tx: Tx, where: Where, sought: Sequence[Sought], niks: Digests) -> dict[int, list[Record]]:
    """Return whoever shares a block with each row. *niks*: texts for digests, so that equal ones show."""
    births, names = list(_births(sought)), [one for one in sought if one.name_key and one.village]
    by_birth = {
        "regency": where.regency,
        "n": [one.n for one, _ in births],
        "born_on": [day for _, day in births],
        "initials": ["".join(sorted({word[0] for word in one.name_key.split()})) for one, _ in births],
    }
    by_name = {
        "regency": where.regency,
        "n": [one.n for one in names],
        "name_key": [one.name_key for one in names],
        "village": [one.village for one in names],
    }
    found: dict[int, dict[tuple[str, UUID], Record]] = defaultdict(dict)
    for statement, bound in zip(_REGISTRY, (by_birth, by_name), strict=True):
        if where.in_registry and bound["n"]:
            for row in await tx.execute(statement, bound):
                record = entry_record(row, _text(row.nik_digest, niks), where.today)
                _keep(found[row.n], record, row.nik_digest)
    if where.in_persons:
        await _add_persons(tx, where, (by_birth, by_name), found)
    return {n: list(records.values()) for n, records in found.items()}


def _keep(found: dict[tuple[str, UUID], Record], record: Record, digest: bytes | None) -> None:
    """Of one NIK only the newest entry counts."""
    same = next((key for key, one in found.items() if digest and one.who.nik == record.who.nik), None)
    if same is not None:
        if found[same].as_of >= record.as_of:
            return
        del found[same]
    found[(record.source, record.id)] = record


async def _add_persons(
    tx: Tx, where: Where, asked: tuple[dict[str, Any], ...], found: dict[int, dict[tuple[str, UUID], Record]]
) -> None:
    pairs: set[tuple[int, UUID]] = set()
    for statement, bound in zip(_PERSONS, asked, strict=True):
        if bound["n"]:
            pairs |= {(row.n, row.id) for row in await tx.execute(statement, bound)}
    rows = await people_by_id(tx, where.regency, {id_ for _, id_ in pairs})
    for n, id_ in sorted(pairs):
        record = person_record(rows[id_], None)
        found[n][(record.source, record.id)] = record


def _births(sought: Sequence[Sought]) -> Iterator[tuple[Sought, date]]:
    """Each row's birth date, and the one with day and month the other way round."""
    for one in sought:
        day = one.born_on
        if day is None or not one.name_key:
            continue
        yield one, day
        if day.day <= 12 and day.day != day.month:  # noqa: PLR2004  # months
            yield one, date(day.year, day.day, day.month)


def _text(digest: bytes | None, niks: Digests) -> str | None:
    return None if digest is None else niks.get(digest) or digest.hex()
