"""How secret a new case is, and who handles a complaint about one of us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.access.roles import Role
from app.domain.codes import AboutKind, Confidentiality, Holder, Level

_RANK: Final = {level: rank for rank, level in enumerate(Confidentiality)}


class ClosedTo(StrEnum):
    """The only level that handles a closed case; stored on the case as ``closed_to``."""

    MANAGER = "manager"
    HEAD = "head"
    INSPECTORATE = "inspectorate"
    """A contact that the regency must have set: its queue is never empty of hands."""


_LADDER: Final = tuple(ClosedTo)
_STAFF: Final = {ClosedTo.MANAGER: Role.MANAGER, ClosedTo.HEAD: Role.HEAD}
# The manager's own line: the manager, whoever shares the manager's office, and whoever gives the accounts.
_MANAGERS_LINE: Final = frozenset({Role.MANAGER, Role.APPROVER, Role.SECRETARIAT_OFFICER, Role.REGENCY_ADMIN})


@dataclass(frozen=True, slots=True)
class About:
    """Whom or what a complaint is about.

    ``account_id`` for an account, and for a cadre who has one. ``code`` of a desk is its `Holder` kind.
    ``level`` of a programme: a village's programme counts as its village office.
    """

    kind: AboutKind
    account_id: UUID | None = None
    code: str | None = None
    level: Level | None = None


def closed_to_for(
    about: Iterable[About], lines: Mapping[UUID, frozenset[Role]], *, secret: bool = False
) -> ClosedTo | None:
    """Say at which level a closed case is handled; None when it is not closed.

    About a handler: the manager; about the manager's own line, the head; about the head, the inspectorate.
    *secret* (RAHASIA for another reason, as violence): the manager. A level without an active person who is
    not complained of passes upward, so the answer is never an empty queue.

    *lines* holds the roles of each active account of the regency that is complained of, is a manager or is
    a head. An agency, a programme above the village and a recipient are no handlers: they have ladders.
    """
    about = tuple(about)
    levels = [level for item in about if (level := _level(item, lines)) is not None]
    if secret:
        levels.append(ClosedTo.MANAGER)
    if not levels:
        return None
    accused = {item.account_id for item in about}
    free = [roles for account, roles in lines.items() if account not in accused]
    lowest = _LADDER.index(max(levels, key=_LADDER.index))
    return next(
        level
        for level in _LADDER[lowest:]
        if level is ClosedTo.INSPECTORATE or any(_STAFF[level] in roles for roles in free)
    )


def _level(item: About, lines: Mapping[UUID, frozenset[Role]]) -> ClosedTo | None:
    match item.kind:
        case AboutKind.ACCOUNT | AboutKind.CADRE:
            roles = lines.get(item.account_id, frozenset()) if item.account_id else frozenset()
            if Role.HEAD in roles:
                return ClosedTo.INSPECTORATE
            return ClosedTo.HEAD if roles & _MANAGERS_LINE else ClosedTo.MANAGER
        case AboutKind.DESK:
            return ClosedTo.HEAD if item.code == Holder.SECRETARIAT else ClosedTo.MANAGER
        case AboutKind.VILLAGE_OFFICE | AboutKind.TEXT:
            return ClosedTo.MANAGER
        case AboutKind.PROGRAM:
            return ClosedTo.MANAGER if item.level is Level.DESA else None
        case AboutKind.AGENCY | AboutKind.RECIPIENT:
            return None


def default_confidentiality(
    category_attrs: Mapping[str, object],
    ppks_attrs: Iterable[Mapping[str, object]],
    about: Iterable[About],
) -> Confidentiality:
    """Return the lowest confidentiality a new case may have; an officer may only raise it.

    The highest of the category's and each PPKS category's ``default_confidentiality`` (data). About a
    handler, or about somebody told in free words, it is RAHASIA: closed until the secretariat has looked.
    """
    if any(_level(item, {}) is not None for item in about):
        return Confidentiality.RAHASIA
    named = [category_attrs, *ppks_attrs]
    levels = [
        Confidentiality(str(attrs["default_confidentiality"]))
        for attrs in named
        if attrs.get("default_confidentiality")
    ]
    return max(levels, key=_RANK.__getitem__, default=Confidentiality.BIASA)


def at_most(level: Confidentiality, limit: Confidentiality) -> bool:
    return _RANK[level] <= _RANK[limit]
