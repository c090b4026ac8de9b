"""The order in which the operations of a batch are done: parents first, otherwise as they were sent.

A batch may come in any order, and without some of what it builds on: that came before, or comes later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as far as its order matters."""

    id: str
    parents: tuple[str, ...] = ()
    """Operations that must be done before: what it names as its case, its visit, or in ``after``."""


@dataclass(frozen=True, slots=True)
class Planned:
    order: tuple[str, ...] = ()
    """Ids without those of cycles, parents first, each as early as it was sent."""
    cyclic: frozenset[str] = field(default_factory=frozenset)
    """Operations that wait for themselves; nothing can ever make them work."""


def plan(operations: Sequence[Operation]) -> Planned:
    """Return the order of *operations*, whose ids are all different.

    Parents that are not in the batch do not matter here. What merely hangs on a cycle is in no cycle, and is
    ordered behind it.
    """
    by_id = {one.id: one for one in operations}
    cyclic = _in_cycles(by_id)
    done: dict[str, None] = {}
    for first in operations:
        _put(first.id, by_id, done)
    return Planned(tuple(id_ for id_ in done if id_ not in cyclic), cyclic)


def _put(id_: str, by_id: Mapping[str, Operation], done: dict[str, None]) -> None:
    """Put *id_* behind all its parents; without recursion, since a chain may be as long as a batch."""
    path: list[str] = [id_]
    open_: set[str] = set()
    while path:
        current = path[-1]
        missing = [
            one for one in by_id[current].parents if one in by_id and one not in done and one not in open_
        ]
        open_.add(current)
        if missing:
            path.append(missing[0])
            continue
        done.setdefault(current)
        path.pop()


def _in_cycles(by_id: Mapping[str, Operation]) -> frozenset[str]:
    """Return the operations that reach themselves.

    What has no parent left is taken away until nothing is, from both ends; what remains lies on a cycle or on
    a way between two of them, and is asked one by one.
    """
    parents = {id_: {one for one in op.parents if one in by_id} for id_, op in by_id.items()}
    children: dict[str, set[str]] = {id_: set() for id_ in by_id}
    for id_, above in parents.items():
        for one in above:
            children[one].add(id_)
    left = _peeled(_peeled(set(by_id), parents, children), children, parents)
    return frozenset(id_ for id_ in left if _reaches_itself(id_, parents, left))


def _peeled(left: set[str], above: Mapping[str, set[str]], below: Mapping[str, set[str]]) -> set[str]:
    left = set(left)
    waiting = {id_: len(above[id_] & left) for id_ in left}
    free = [id_ for id_, n in waiting.items() if not n]
    while free:
        current = free.pop()
        left.discard(current)
        for one in below[current] & left:
            waiting[one] -= 1
            if not waiting[one]:
                free.append(one)
    return left


def _reaches_itself(id_: str, parents: Mapping[str, set[str]], within: set[str]) -> bool:
    seen: set[str] = set()
    to_see = list(parents[id_] & within)
    while to_see:
        current = to_see.pop()
        if current == id_:
            return True
        if current not in seen:
            seen.add(current)
            to_see.extend(parents[current] & within)
    return False
