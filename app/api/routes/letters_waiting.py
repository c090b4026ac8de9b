"""Letters of all cases by how far they are: what waits for an initial, and what for the signature."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from app.api.deps import ReadTx
from app.api.paging import Page
from app.api.presenters.letters import letter_brief
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.letters import LetterBrief
from app.db.queries import letters_waiting as stored
from app.domain.access import Permission
from app.domain.letters import LetterState

router = make_router("letters")
_ROW: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a61",
    "ticket": "1374-3F7K-9QX2-M",
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "kind": {"code": "rujukan", "label": "Surat rujukan"},
    "state": {"code": "draft", "label": "Konsep"},
    "number": None,
    "drafted_at": "2026-11-25T02:00:00Z",
    "drafted_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "initialled_at": None,
    "signed_at": None,
}


@router.get(
    "/v1/letters",
    **operation(
        "listLettersByState",
        may=Permission.LETTER_DRAFT,
        answers=Listed[LetterBrief],
        paged=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_letters_by_state(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    state: Annotated[LetterState, Query(description="Of the set `letter_state`.")] = LetterState.DRAFT,
) -> Listed[LetterBrief]:
    """List the letters of the cases within your sight that are in *state*, those drafted first first."""
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    wanted = stored.Wanted(state.value, after, page.limit + 1)
    rows = await stored.listed(tx, reading.sight, wanted)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.drafted_at.isoformat(), last.id.hex] if last else None
    count = await stored.counted(tx, reading.sight, wanted) if page.wants_count else None
    return page.page([letter_brief(reading, *row) for row in shown], after=more, count=count)
