"""Links between the cases of one regency, seen from both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, CaseLink
from app.domain.codes import Confidentiality
from app.domain.events.moves import CaseLinked, CaseLinkUndone
from app.domain.links import OTHER_SIDE, Relation, tells


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as one of its cases reads it: what the other case is to it."""

    id: UUID
    relation: str
    other: Case
    at: datetime
    by: UUID | None


async def add_link(acting: Acting, moves: tuple[Move, Move], relation: Relation) -> CaseLink:
    """Link two locked cases; one that is there already is left as it is. The caller finishes both moves."""
    first, second = moves
    found = await standing_link(acting.tx, first.case, second.case, relation)
    if found is not None:
        return found
    link = CaseLink(
        regency_code=first.case.regency_code,
        id=acting.new_id(),
        case_id=first.case.id,
        other_regency=second.case.regency_code,
        other_case_id=second.case.id,
        relation=relation.value,
        at=acting.now,
        by=acting.actor.account_id,
        undone_at=None,
        undone_by=None,
    )
    acting.tx.add(link)
    tell_link(moves, link, undone=False)
    return link


def tell_link(moves: tuple[Move, Move], link: CaseLink, *, undone: bool) -> None:
    """Let each case whose readers may know of the other tell what happened."""
    relation = Relation(link.relation)
    kind = CaseLinkUndone if undone else CaseLinked
    for move, other, seen_as in (
        (moves[0], moves[1], relation.value),
        (moves[1], moves[0], OTHER_SIDE[relation]),
    ):
        if tells(Confidentiality(move.case.confidentiality), Confidentiality(other.case.confidentiality)):
            move.add(kind(case_id=move.case.id, link_id=link.id, relation=seen_as))


async def links_of(tx: Tx, sight: Sight, case: Case) -> Sequence[Linked]:
    """Return the standing links of a case to cases that the actor sees as well, oldest first."""
    mine = CaseLink.case_id == case.id
    theirs = CaseLink.other_case_id == case.id
    rows = await tx.execute(
        select(CaseLink, Case)
        .join(
            Case,
            and_(
                Case.regency_code == CaseLink.regency_code,
                or_(
                    and_(mine, Case.id == CaseLink.other_case_id),
                    and_(theirs, Case.id == CaseLink.case_id),
                ),
            ),
        )
        .where(
            CaseLink.regency_code == case.regency_code,
            CaseLink.undone_at.is_(None),
            or_(mine, theirs),
            sees_case(sight),
        )
        .order_by(CaseLink.at, CaseLink.id)
    )
    return [
        Linked(
            link.id,
            link.relation if link.case_id == case.id else OTHER_SIDE[Relation(link.relation)],
            other,
            link.at,
            link.by,
        )
        for link, other in rows
    ]


async def find_link(tx: Tx, case: Case, link_id: UUID) -> CaseLink | None:
    """Return a link of the case, from whichever side it was made, undone or not."""
    found: CaseLink | None = await tx.scalar(
        select(CaseLink).where(
            CaseLink.regency_code == case.regency_code,
            CaseLink.id == link_id,
            or_(CaseLink.case_id == case.id, CaseLink.other_case_id == case.id),
        )
    )
    return found


async def standing_link(tx: Tx, case: Case, other: Case, relation: Relation) -> CaseLink | None:
    forth = and_(CaseLink.case_id == case.id, CaseLink.other_case_id == other.id)
    back = and_(CaseLink.case_id == other.id, CaseLink.other_case_id == case.id)
    same_both_ways = OTHER_SIDE[relation] == relation.value
    found: CaseLink | None = await tx.scalar(
        select(CaseLink).where(
            CaseLink.regency_code == case.regency_code,
            CaseLink.relation == relation.value,
            CaseLink.undone_at.is_(None),
            or_(forth, back) if same_both_ways else forth,
        )
    )
    return found
