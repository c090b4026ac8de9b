"""Reads the SQL that was sent, and says where it would not hold on a database spread by tenant.

No grammar of all SQL: it knows blocks (a SELECT, UPDATE or DELETE with its own tables), their AND/OR
conditions, and which of them fix ``regency_code``. What it cannot read counts as not fixed, so that it errs
on the side of a complaint.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.db.tables import Base

KEY = "regency_code"
TENANT = frozenset(table.name for table in Base.metadata.sorted_tables if not table.info.get("reference"))
VOLATILE = re.compile(
    r"\b(now|clock_timestamp|random|gen_random_uuid|nextval|uuid_generate_v4|current_timestamp)\b\s*\(?",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+(?:ONLY\s+)?([a-z_]+)(?:\s+(?:AS\s+)?(?!SET\b|WHERE\b|ON\b|JOIN\b|LEFT\b|"
    r"INNER\b|CROSS\b|GROUP\b|ORDER\b|LIMIT\b|FOR\b|VALUES\b|SELECT\b|RETURNING\b|UNION\b|USING\b|FROM\b|DEFAULT\b)([a-z_0-9]+))?",
    re.IGNORECASE,
)
_MORE_TABLES = re.compile(
    r",\s*([a-z_]+)(?:\s+AS\s+([a-z_0-9]+))?(?=\s*(?:,|\bWHERE\b|\bJOIN\b|\bLEFT\b|$))", re.IGNORECASE
)
_SPLIT_SETS = re.compile(r"\b(?:UNION ALL|UNION|EXCEPT|INTERSECT)\b", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:GROUP BY|ORDER BY|LIMIT|RETURNING|FOR UPDATE|FOR SHARE|HAVING|WINDOW|ON CONFLICT)\b", re.IGNORECASE
)
_STRING = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass
class Block:
    """One query with its tables (alias to table) and conditions; nested queries are blocks of their own."""

    text: str
    tables: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)


def complaints(statement: str) -> list[str]:
    """Return what a spread database would refuse, or would have to ask every shard for."""
    sql = " ".join(_STRING.sub("'x'", _COMMENT.sub(" ", statement)).split())
    found = [*_whole(sql)]
    for block in blocks(sql):
        found += [f"{told}: {block.text.strip()}" for told in _loose(block)]
    return sorted(set(found))


def _whole(sql: str) -> Iterator[str]:
    # Behind EXISTS nothing is read, whatever the list says.
    if re.search(r"(?<!EXISTS \()SELECT\s+(?:DISTINCT\s+)?(?:[a-z_]+\.)?\*", sql, re.IGNORECASE):
        yield "SELECT *"
    writes = re.search(r"\bUPDATE\s+[a-z_]+|ON CONFLICT .* DO UPDATE", sql, re.IGNORECASE)
    if writes and VOLATILE.search(sql):
        yield "volatile function in a write"
    for insert in re.finditer(r"INSERT INTO ([a-z_]+) (\(?)\s*([a-z_]*)", sql, re.IGNORECASE):
        table, opened, first = insert.groups()
        if table in TENANT and (not opened or KEY not in sql[insert.end(2) : sql.find(")", insert.end(2))]):
            yield f"insert into {table} without the tenant ({first})"


def blocks(sql: str) -> list[Block]:
    """Split into query blocks; a CTE's name is no table of ours and so is never looked at."""
    found: list[Block] = []
    _walk(sql, found)
    return found


def _walk(text: str, found: list[Block]) -> None:
    for part in _pieces(_SPLIT_SETS, text):
        own, inner = _outer_and_inner(part)
        block = Block(own)
        _read_tables(block)
        # Where to look first is not known; three rounds are more than any join of ours needs.
        for _ in range(3):
            _read_fixed(block)
        if block.tables:
            found.append(block)
        for nested in inner:
            _walk(nested, found)


def _outer_and_inner(text: str) -> tuple[str, list[str]]:
    """Return the text with each nested query replaced by ``(?)``, and the nested queries."""
    own, inner, position = "", [], 0
    for start, end in _queries(text):
        own += text[position:start] + "(?)"
        inner.append(text[start + 1 : end])
        position = end + 1
    return own + text[position:], inner


def _queries(text: str) -> Iterator[tuple[int, int]]:
    opener = re.compile(r"\(\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|\(+\s*SELECT)\b", re.IGNORECASE)
    position = 0
    while match := opener.search(text, position):
        end = _closing(text, match.start())
        yield match.start(), end
        position = end + 1


def _closing(text: str, start: int) -> int:
    depth = 0
    for n in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[n], 0)
        if depth == 0:
            return n
    return len(text)


def _read_tables(block: Block) -> None:
    lists = re.finditer(r"\bFROM\b(.*?)(?:\bWHERE\b|$)", block.text, re.IGNORECASE)
    more = [found for one in lists for found in _MORE_TABLES.finditer(block.text, one.start(), one.end())]
    for match in (*_TABLE.finditer(block.text), *more):
        name, alias = match.group(1), match.group(2)
        inserting = block.text[: match.end(1)].upper().rsplit(maxsplit=1)[0].endswith("INTO")
        if name in TENANT and not inserting:
            block.tables[alias or name] = name


def _read_fixed(block: Block) -> None:
    for condition in _conditions(block.text):
        for alias in block.tables:
            if _fixes(condition, alias, block):
                block.fixed.add(alias)


def _conditions(text: str) -> Iterator[str]:
    """Give what follows each WHERE and ON, up to where it ends."""
    for match in re.finditer(r"\b(?:WHERE|ON)\b(?! CONFLICT)", text, re.IGNORECASE):
        rest = text[match.end() :]
        ends = [
            stop.start()
            for stop in re.finditer(r"\b(?:WHERE|LEFT|JOIN|CROSS|INNER|RIGHT|FULL)\b", rest, re.IGNORECASE)
            if _depth(rest[: stop.start()]) <= 0
        ]
        ends += [stop.start() for stop in _STOP.finditer(rest) if _depth(rest[: stop.start()]) <= 0]
        yield rest[: min(ends, default=len(rest))]


def _depth(text: str) -> int:
    return text.count("(") - text.count(")")


def _fixes(condition: str, alias: str, block: Block) -> bool:
    """Tell whether *condition* can only hold for rows of *alias* with a given tenant."""
    text = condition.strip()
    while text.startswith("(") and _closing(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    arms = list(_top_level(" OR ", text))
    if len(arms) > 1:
        return all(_fixes(arm, alias, block) for arm in arms)
    parts = list(_top_level(" AND ", text))
    if len(parts) > 1:
        return any(_fixes(part, alias, block) for part in parts)
    return _leaf_fixes(text, alias, block)


def _leaf_fixes(text: str, alias: str, block: Block) -> bool:
    # A condition that never holds is no question to any shard.
    if text.lower() in {"false", "1 = 0"}:
        return True
    own = re.escape(alias) + r"\." + KEY
    if len(block.tables) == 1 or alias not in block.text.replace(f" {alias} ", " "):
        own = rf"(?:{own}|(?<![.\w]){KEY})"
    given = r"(?:=\s*(?:ANY\b|\$\d|%\(|:|'x'|\(\?\)|excluded\.)|IN\s*\()"
    if re.match(rf"\(*{own}\s*{given}", text, re.IGNORECASE):
        return True
    joined = re.fullmatch(rf"\(*([a-z_0-9]+)\.{KEY}\s*=\s*([a-z_0-9]+)\.{KEY}\)*", text, re.IGNORECASE)
    if joined is None or alias not in joined.groups():
        return False
    other = next((name for name in joined.groups() if name != alias), alias)
    # A CTE, a derived table and an outer query answer for themselves, where they are read.
    return other in block.fixed or other not in block.tables


def _top_level(word: str, text: str) -> Iterator[str]:
    start = 0
    for match in re.finditer(re.escape(word), text, re.IGNORECASE):
        if _depth(text[: match.start()]) == 0:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _pieces(splitter: re.Pattern[str], text: str) -> Iterable[str]:
    start, found = 0, []
    for match in splitter.finditer(text):
        if _depth(text[: match.start()]) == 0:
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def _loose(block: Block) -> Iterator[str]:
    for alias, table in block.tables.items():
        if alias not in block.fixed:
            yield f"{table} is not held to a tenant"
    if len(set(block.tables) - block.fixed) and re.search(r"\bFOR UPDATE\b", block.text, re.IGNORECASE):
        yield "locks over tenants"
