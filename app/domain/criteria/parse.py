"""Reading criteria from JSON: an unknown fact, an operator that does not fit, or a wrong value is refused."""

from collections.abc import Callable, Mapping
from typing import Final

from app.domain.codes import Trust
from app.domain.criteria.operators import MANY, OPERATORS
from app.domain.criteria.tree import Criteria, Group, How, Leaf, Op, Operand
from app.domain.documents import Reader, Words, step
from app.domain.facts import FACTS, Fact, FactType

MAX_DEPTH: Final = 8
_PAIR: Final = 2
_REQUIRED: Final = frozenset({"fact", "op", "value", "source", "trust"})
_NOTHING: Final = Group(How.ALL, ())


def parse_criteria(raw: object, pointer: str = "/criteria") -> Criteria:
    """Read a tree.

    Raises:
        Invalid: with the path of every wrong node and what to do about it.
    """
    reader = Reader()
    tree = read_criteria(reader, raw, pointer)
    reader.finish()
    return tree


def read_criteria(reader: Reader, raw: object, pointer: str, depth: int = 0) -> Criteria:
    """Read a tree into *reader*'s faults; a faulty node reads as one that asks nothing."""
    if depth > MAX_DEPTH:
        said = Words(f"Paling dalam {MAX_DEPTH} tingkat.", f"At most {MAX_DEPTH} levels deep.")
        reader.wrong(pointer, "too_deep", said)
        return _NOTHING
    if isinstance(raw, dict) and "fact" not in raw and raw.keys() & set(How):
        return _group(reader, raw, pointer, depth)
    return _leaf(reader, raw, pointer)


def _group(reader: Reader, raw: dict[str, object], pointer: str, depth: int) -> Criteria:
    how = next(how for how in How if how in raw)
    reader.mapping(raw, pointer, required=frozenset({how}), optional=frozenset())
    at = step(pointer, how)
    nodes = reader.items(raw[how], at)
    if not nodes and how is not How.ALL:
        reader.wrong(at, "empty", Words("Daftar syarat kosong.", "The list of conditions is empty."))
    return Group(how, tuple(read_criteria(reader, node, here, depth + 1) for node, here in nodes))


def _leaf(reader: Reader, raw: object, pointer: str) -> Criteria:
    found = reader.mapping(raw, pointer, required=_REQUIRED, optional=frozenset({"reason"}))
    if not found.keys() >= _REQUIRED:
        return _NOTHING
    name = found["fact"]
    fact = FACTS.get(name) if isinstance(name, str) else None
    if fact is None:
        said = Words("Fakta ini tidak ada dalam kamus.", "No such fact in the dictionary.")
        reader.wrong(step(pointer, "fact"), "unknown_fact", said)
        return _NOTHING
    op = Op(reader.code(found["op"], step(pointer, "op"), frozenset(OPERATORS[fact.type])))
    value = _operand(reader, fact, op, found["value"], step(pointer, "value"))
    return Leaf(
        fact.name,
        op,
        value,
        reader.text(found["source"], step(pointer, "source")),
        Trust(reader.code(found["trust"], step(pointer, "trust"), frozenset(Trust))),
        reader.words(found["reason"], step(pointer, "reason")) if found.get("reason") else None,
    )


def _operand(reader: Reader, fact: Fact, op: Op, raw: object, pointer: str) -> Operand:
    if op is Op.BETWEEN:
        return _between(reader, fact, raw, pointer)
    if op not in MANY:
        return _scalar(reader, fact, raw, pointer)
    items = reader.items(raw, pointer)
    if not items:
        reader.wrong(pointer, "empty", Words("Daftar nilai kosong.", "The list of values is empty."))
    if fact.type is FactType.INT:
        return tuple(reader.whole(item, at, fact.low, fact.high) for item, at in items)
    return tuple(_code(reader, fact, item, at) for item, at in items)


def _between(reader: Reader, fact: Fact, raw: object, pointer: str) -> tuple[int, ...]:
    items = reader.items(raw, pointer)
    ends = tuple(reader.whole(item, at, fact.low, fact.high) for item, at in items)
    if len(ends) != _PAIR or ends[0] > ends[1]:
        said = Words("Harus dua bilangan, kecil lalu besar.", "Must be two numbers, low then high.")
        reader.wrong(pointer, "range", said)
        return (fact.low, fact.high)
    return ends


def _code(reader: Reader, fact: Fact, raw: object, pointer: str) -> str:
    return reader.text(raw, pointer) if fact.codes is None else reader.code(raw, pointer, fact.codes)


_SCALARS: Final[Mapping[FactType, Callable[[Reader, Fact, object, str], bool | int | str]]] = {
    FactType.BOOL: lambda reader, _fact, raw, at: reader.flag(raw, at),
    FactType.INT: lambda reader, fact, raw, at: reader.whole(raw, at, fact.low, fact.high),
    FactType.CODE: _code,
    FactType.SET: _code,
}


def _scalar(reader: Reader, fact: Fact, raw: object, pointer: str) -> bool | int | str:
    return _SCALARS[fact.type](reader, fact, raw, pointer)
