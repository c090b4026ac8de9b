"""Where a case went, in words."""

from app.api.presenters.cases import desk_brief
from app.api.presenters.words import coded
from app.api.reading import Reading
from app.api.schemas.moves import HandOverOut, TransferOut
from app.domain.codes import Holder
from app.domain.ids import public_id
from app.services.handing_over import HandedOver
from app.services.transfers import Transferred


def handed_over_out(reading: Reading, done: HandedOver) -> HandOverOut:
    return HandOverOut(
        ticket=done.case.ticket,
        holder=Holder(done.case.holder),
        desk=desk_brief(reading.known, done.case),
        still_seen=done.seen,
    )


def transferred_out(reading: Reading, done: Transferred, village: str) -> TransferOut:
    case, known, lang = done.case, reading.known, reading.lang
    return TransferOut(
        ticket=case.ticket,
        status=coded(known, "case_status", case.status, lang),
        outcome=coded(known, "outcome", case.outcome or "", lang),
        to_region=village,
        to_name=known.regions.get(village, village),
        moved_referrals=[public_id(case.regency_code, id_) for id_ in done.moving],
        ended_referrals=[public_id(case.regency_code, id_) for id_ in done.ended],
    )
