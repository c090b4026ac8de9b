"""The case that a file comes to, and whether whoever brings it may."""

from app.db.queries.acting import Acting
from app.db.queries.attachments import asked_papers
from app.db.queries.case_moves import lock_case
from app.db.queries.cases import case_by_id, find_case, not_found
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid
from app.domain.lifecycle import CaseStatus

_AT_REST = frozenset({CaseStatus.CLOSED, CaseStatus.VOID})


async def case_of_officer(
    acting: Acting, sight: Sight, place: tuple[str, str], *, lock: bool = False
) -> Case:
    """Return the case of *place*, tenant and ticket, to which the actor may bring files.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Forbidden: the actor may not attach files there.
        Conflict: the case is closed or void.
    """
    find = lock_case if lock else find_case
    case = await find(acting.tx, sight, *place)
    acting.actor.require(Permission.CASE_VISIT, case.village_code, case.desk_id)
    if case.status in _AT_REST:
        raise Conflict(
            code="case_at_rest",
            id="Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            en="The case is closed or void; reopen it first.",
        )
    return case


async def case_of_resident(acting: Acting, *, lock: bool = False) -> Case:
    """Return the one case of the slip, while it waits for the resident.

    Raises:
        NotFound: the session has no case.
        Forbidden: the case is RAHASIA, where it is not sure who holds the slip.
        Conflict: nothing is asked of her now.
    """
    actor = acting.actor
    case = None
    if actor.case_id is not None:
        case = await case_by_id(acting.tx, actor.tenant, actor.case_id, for_update=lock)
    if case is None:
        raise not_found()
    if case.confidentiality == Confidentiality.RAHASIA:
        raise Forbidden(
            id="Kasus ini sedang ditangani. Hubungi petugas yang Anda kenal.",
            en="This case is being handled. Turn to the officer whom you know.",
        )
    if case.status != CaseStatus.INCOMPLETE:
        raise Conflict(
            code="no_paper_asked",
            id="Saat ini tidak ada berkas yang diminta dari Anda.",
            en="No paper is asked of you at present.",
        )
    return case


async def papers_asked_of(acting: Acting, case: Case, paper: str | None) -> tuple[str, ...]:
    """Return the papers asked of a resident, among which must be *paper*.

    Raises:
        Invalid: it is not, or none was named.
    """
    asked = await asked_papers(acting.tx, case)
    if paper not in asked:
        raise Invalid(
            fields=(
                FieldError(
                    "/paper",
                    "paper_not_asked",
                    "Pilih salah satu berkas yang diminta.",
                    "Choose one of the papers that were asked for.",
                ),
            ),
            data={"papers": list(asked)},
        )
    return asked
