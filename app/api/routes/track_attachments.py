"""The resident sends the papers that were asked of her, with the token of her slip."""

from typing import Final

from fastapi import Request

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.forms import read_form
from app.api.presenters.attachments import track_papers_out
from app.api.reading import ReadingDep
from app.api.routing import RESIDENT, make_router, operation
from app.api.schemas.attachments import TrackPapersOut
from app.api.tracking import admit_paper, keep_paper
from app.db.session import read_only
from app.services import attachments

router = make_router("track")

_EXAMPLE: Final = {"papers": [{"paper": {"code": "KK", "label": "Kartu Keluarga"}, "received": False}]}
_FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "paper"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "paper": {"type": "string", "description": "One of the papers that were asked for."},
                    },
                },
                "example": {"file": "(the bytes of ktp-ibu.jpg)", "paper": "KTP"},
            }
        },
    }
}


@router.get(
    "/v1/track/attachments",
    **operation("listPapersAsked", may=RESIDENT, answers=TrackPapersOut, refuses=(409,), example=_EXAMPLE),
)
async def list_papers_asked(reading: ReadingDep, tx: ReadTx) -> TrackPapersOut:
    """Tell which papers are asked of you, and which of them came."""
    acting = acting_of(reading, tx)
    case = await attachments.case_of_resident(acting)
    return track_papers_out(reading, await attachments.lines_of(acting, case))


@router.post(
    "/v1/track/attachments",
    **operation(
        "attachByResident",
        may=RESIDENT,
        answers=TrackPapersOut,
        status=201,
        refuses=(408, 409, 413, 415),
        example=_EXAMPLE,
        extra=_FORM,
    ),
)
async def attach_by_resident(request: Request, reading: ReadingDep) -> TrackPapersOut:
    """Send a paper that was asked of you. Sent again, the same photo is kept once."""
    bounds = reading.house.settings
    await admit_paper(reading)
    await keep_paper(reading, await read_form(request, bounds.max_upload_bytes, bounds.upload_idle_seconds))
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        case = await attachments.case_of_resident(acting)
        return track_papers_out(reading, await attachments.lines_of(acting, case))
