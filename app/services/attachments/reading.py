"""Reading files: by officers of the case, and by receivers of a referral that discloses its papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries import attachments as stored
from app.db.queries.acting import Acting
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import find_case
from app.db.queries.referrals import cases_of, find_referral
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.access import Permission
from app.domain.referrals import ReferralStatus, sight
from app.domain.referrals import Sight as Extent

_PAPERS = "papers"


@dataclass(frozen=True, slots=True)
class Held:
    """A file as it is told of."""

    row: Attachment
    name: str | None = None
    """What its sender calls it; not told to receivers, and gone after erasure."""


async def files_of(acting: Acting, seeing: Sight, place: tuple[str, str]) -> tuple[Case, list[Held]]:
    """Return the files of a case, oldest first, those deleted and refused included."""
    case = await find_case(acting.tx, seeing, *place)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return case, await open_files(acting, case, await stored.attachments_of(acting.tx, case))


async def open_files(acting: Acting, case: Case, rows: Sequence[Attachment]) -> list[Held]:
    """Open the names of *rows*."""
    wrapped = await wrapped_key(acting.tx, case.regency_code, case.data_key_id)
    key = None if wrapped is None else acting.vault.unwrap(wrapped)
    return [Held(row, _name(acting, key, row)) for row in rows]


async def file_of(
    acting: Acting, seeing: Sight, place: tuple[str, str], id_: UUID
) -> tuple[Case, Attachment, Any]:
    """Return a stored file of a case, and the case's data key.

    Raises:
        NotFound: no such case or file, or the actor may not know of it, or it was deleted.
        Conflict: the case's person was erased.
    """
    case = await find_case(acting.tx, seeing, *place)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    row = await stored.attachment_of(acting.tx, case, id_)
    return case, _stored(row), await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)


async def files_of_referral(
    acting: Acting, seeing: Sight, tenant: str, referral_id: UUID
) -> tuple[Case, list[Held]]:
    """Return the papers that a referral discloses; none if it does not, or has ended for its receiver."""
    case, shown = await _parent(acting, seeing, tenant, referral_id)
    if not shown:
        return case, []
    rows = await stored.attachments_of(acting.tx, case)
    return case, [Held(row) for row in rows if _is_paper(row)]


async def file_of_referral(
    acting: Acting, seeing: Sight, place: tuple[str, UUID], id_: UUID
) -> tuple[Case, Attachment, Any]:
    """Return one paper that a referral discloses, and the case's data key.

    Raises:
        NotFound: no such referral or paper, or it is not disclosed.
    """
    case, shown = await _parent(acting, seeing, *place)
    row = await stored.attachment_of(acting.tx, case, id_) if shown else None
    if row is None or not _is_paper(row):
        raise stored.no_attachment()
    return case, row, await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)


async def _parent(acting: Acting, seeing: Sight, tenant: str, referral_id: UUID) -> tuple[Case, bool]:
    """Return the case of a referral, and whether the reader may have its papers now."""
    referral = await find_referral(acting.tx, seeing, tenant, referral_id)
    parents = await cases_of(acting.tx, seeing, [referral])
    parent = parents[referral.regency_code, referral.case_id]
    extent = Extent.FULL if parent.seen else sight(ReferralStatus(referral.status))
    return parent.case, extent is Extent.FULL and _PAPERS in referral.disclosed


def _is_paper(row: Attachment) -> bool:
    return row.state == stored.STORED and row.paper is not None


def _stored(row: Attachment) -> Attachment:
    if row.state != stored.STORED:
        raise stored.no_attachment()
    return row


def _name(acting: Acting, key: Any, row: Attachment) -> str | None:
    if key is None or row.name_sealed is None:
        return None
    return acting.vault.open(key, "attachments", "name", row.id, row.name_sealed)
