"""Saying that two cases belong together, and taking it back; only who sees both may do either."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, lock_case, open_move
from app.db.queries.cases import case_by_id, find_case
from app.db.queries.links import Linked, add_link, find_link, links_of, tell_link
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.links import Relation


@dataclass(frozen=True, slots=True)
class Wanted:
    """Link the case of *ticket* to that of *other*, both of *tenant*."""

    tenant: str
    ticket: str
    other: str
    relation: Relation


async def list_links(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Sequence[Linked]:
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await links_of(acting.tx, sight, case)


async def link(acting: Acting, sight: Sight, wanted: Wanted) -> Sequence[Linked]:
    """Link two cases; a link that stands already is left as it is.

    Raises:
        NotFound: the case is not there, or outside the actor's sight.
        Invalid: the other one is not, or is the same case.
    """
    case = await find_case(acting.tx, sight, wanted.tenant, wanted.ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    try:
        other = await find_case(acting.tx, sight, wanted.tenant, wanted.other)
    except NotFound as error:
        raise no_other() from error
    if other.id == case.id:
        raise no_other()
    moves = await _both(acting, sight, case, other)
    await add_link(acting, moves, wanted.relation)
    await _finish(moves)
    return await links_of(acting.tx, sight, case)


async def undo(acting: Acting, sight: Sight, tenant: str, ticket: str, link_id: UUID) -> Sequence[Linked]:
    """Take a link back, from either of its cases; it stays on record as undone. Twice changes nothing.

    Raises:
        NotFound: there is no such link, or the actor may not see both of its cases.
    """
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    found = await find_link(acting.tx, case, link_id)
    if found is None:
        raise no_link()
    first = await case_by_id(acting.tx, tenant, found.case_id)
    second = await case_by_id(acting.tx, tenant, found.other_case_id)
    if first is None or second is None:
        raise no_link()
    moves = await _both(acting, sight, first, second)
    if found.undone_at is None:
        found.undone_at, found.undone_by = acting.now, acting.actor.account_id
        tell_link(moves, found, undone=True)
        await _finish(moves)
    return await links_of(acting.tx, sight, case)


async def _both(acting: Acting, sight: Sight, first: Case, second: Case) -> tuple[Move, Move]:
    """Lock both cases, in the order of their ids, each as the actor sees it."""
    for one in sorted((first, second), key=lambda case: case.id):
        await lock_case(acting.tx, sight, one.regency_code, one.ticket)
        await acting.tx.refresh(one)
    return await open_move(acting, first), await open_move(acting, second)


async def _finish(moves: tuple[Move, Move]) -> None:
    for move in moves:
        if move.happened:
            await finish(move)


def no_other() -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                "/ticket",
                "unknown",
                "Sebutkan tiket kasus lain di kabupaten/kota ini yang dapat Anda lihat.",
                "Name the ticket of another case of this regency that you may see.",
            ),
        )
    )


def no_link() -> NotFound:
    return NotFound(id="Tautan ini tidak ditemukan pada kasus ini.", en="There is no such link on this case.")
