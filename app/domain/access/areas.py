"""Where in a region an actor holds a permission: the areas that a list of people may come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.domain.access.actors import Actor, Grant, covers
from app.domain.access.roles import ROLE_PERMISSIONS, Permission
from app.domain.codes import ActorKind


def widened(grants: Iterable[Grant], family: Callable[[str], Sequence[str]]) -> tuple[Grant, ...]:
    """Return the grants with one more for each code under which what lies in their region may be written.

    So whoever serves a village goes on serving it, and its cases, when a decree gives it another code.
    """
    return tuple(
        replace(grant, region=code)
        for grant in grants
        for code in (family(grant.region) if grant.region is not None else (None,))
    )


def areas_of(actor: Actor, permission: Permission, within: str) -> tuple[str, ...]:
    """Return the widest regions inside *within* where the actor holds *permission*; none for receivers."""
    if actor.kind is ActorKind.SYSTEM:
        return (within,)
    if actor.scopes is not None and permission not in actor.scopes:
        return ()
    found: set[str] = set()
    for grant in actor.grants:
        if grant.region is None or grant.agency is not None:
            continue
        if permission not in ROLE_PERMISSIONS[grant.role]:
            continue
        if covers(grant.region, within):
            return (within,)
        if covers(within, grant.region):
            found.add(grant.region)
    return tuple(sorted(one for one in found if not any(o != one and covers(o, one) for o in found)))
