"""The papers that a referral discloses, for its receiver to read."""

from fastapi import Response

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.file_answers import ATTACHMENT_EXAMPLE, MEDIA, file_answer
from app.api.presenters.attachments import attachment_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.attachments import AttachmentOut
from app.api.schemas.base import Listed
from app.db.queries.attachments import no_attachment
from app.db.session import read_only
from app.domain.access import Permission
from app.domain.ids import parse_public_id
from app.services import attachments

router = make_router("referrals")


@router.get(
    "/v1/referrals/{referral_id}/attachments",
    **operation(
        "listReferralAttachments",
        may=Permission.REFERRAL_READ,
        answers=Listed[AttachmentOut],
        reads_person=True,
        example={"items": [{**ATTACHMENT_EXAMPLE, "name": None}], "next": None, "count": None},
    ),
)
async def list_referral_attachments(
    referral_id: str, reading: ReadingDep, tx: ReadTx
) -> Listed[AttachmentOut]:
    """List the papers that the referral discloses to its receiver, while it lives."""
    found = parse_public_id(referral_id)
    if found is None:
        raise no_attachment()
    acting = acting_of(reading, tx)
    _, held = await attachments.files_of_referral(acting, reading.sight, found.tenant, found.id)
    return Listed(items=[attachment_out(reading, one) for one in held])


@router.get(
    "/v1/referrals/{referral_id}/attachments/{attachment_id}/content",
    **operation("getReferralAttachmentContent", may=Permission.REFERRAL_READ, reads_person=True, extra=MEDIA),
)
async def get_referral_content(referral_id: str, attachment_id: str, reading: ReadingDep) -> Response:
    """Give a paper that the referral discloses."""
    referral, wanted = parse_public_id(referral_id), parse_public_id(attachment_id)
    if referral is None or wanted is None or wanted.tenant != referral.tenant:
        raise no_attachment()
    place = (referral.tenant, referral.id)
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        case, row, key = await attachments.file_of_referral(acting, reading.sight, place, wanted.id)
    return await file_answer(reading, case, row, key)
