"""Writing a card: for a case that was referred to an open receiver, for what it makes, or for a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.db.queries import campaigns as stored_campaigns
from app.db.queries import needs as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import lock_case, referrals_of
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.needs import Need
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.campaigns import CampaignState
from app.domain.codes import Confidentiality, Level, Priority, Purpose
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.needs import NeedDrafted
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.needs import NeedSource, NeedState
from app.domain.referrals import ReferralStatus

P, S = Permission, ReferralStatus
_WAITING: Final = frozenset({S.SENT, S.ACCEPTED, S.WAITLISTED})
_OVER: Final = frozenset({CampaignState.REPORTED, CampaignState.CLOSED, CampaignState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: str
    quantity: int
    estimated_idr: int
    urgency: str | None = None
    """None: that of the case, or the ordinary one."""
    referral_id: UUID | None = None
    component: str | None = None


async def draft(acting: Acting, sight: Sight, place: tuple[str, str], wanted: Wanted) -> Need:
    """Write a card for a case; a kind that is sold makes it one for a product.

    Raises:
        NotFound: no such case in the actor's sight.
        Forbidden: the actor refers no cases there.
        Conflict: the case is secret, or that referral has its card.
        Invalid: an unknown kind or urgency; no open receiver has the case.
    """
    case = await lock_case(acting.tx, sight, *place)
    acting.actor.require(P.CASE_REFER, case.village_code, case.desk_id)
    require_not_secret(case)
    _require_codes(acting.known, wanted)
    if acting.known.attrs("need_kind", wanted.kind).get("product"):
        if wanted.referral_id is not None:
            raise _wrong(
                "/referral",
                "product_needs_none",
                "Produk dijual, bukan dirujuk: kosongkan rujukannya.",
                "A product is sold and not referred: leave the referral out.",
            )
        return await _add(acting, case, NeedSource.PRODUCT, wanted)
    referral = _behind(acting.known, await referrals_of(acting.tx, case), wanted.referral_id)
    if await stored.of_referral(acting.tx, case.regency_code, referral.id) is not None:
        raise Conflict(
            "need_there",
            "Rujukan ini sudah memiliki kartu kebutuhan. Satu kartu untuk satu rujukan.",
            "This referral has its card. One card for one referral.",
        )
    return await _add(acting, case, NeedSource.CASE, wanted, referral)


def require_not_secret(case: Case) -> None:
    if case.confidentiality == Confidentiality.RAHASIA.value:
        raise Conflict(
            "case_secret",
            "Kasus rahasia tidak diperlihatkan kepada donatur, juga tanpa nama.",
            "A secret case is not shown to donors, not even without a name.",
        )


def _behind(known: Knowledge, referrals: Sequence[Referral], named: UUID | None) -> Referral:
    """Return the referral whose face the card is: to the general services of a private body."""
    fitting = [
        one
        for one in referrals
        if S(one.status) in _WAITING
        and one.purpose == Purpose.AID.value
        and is_implicit(one.program_code)
        and (agency := known.agencies.get(one.agency_code)) is not None
        and agency.level is Level.SWASTA_CSR
        and named in {None, one.id}
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _wrong(
            "/referral",
            "several",
            "Ada beberapa rujukan yang cocok; sebutkan salah satu.",
            "Several referrals fit; name one of them.",
        )
    raise _wrong(
        "/referral",
        "no_open_receiver",
        "Rujuk dahulu kasus ini (tujuan bantuan) ke layanan umum Forum CSR, LKKS atau Baznas.",
        "First refer the case, for aid, to the general services of Forum CSR, LKKS or Baznas.",
    )


async def draft_for_campaign(acting: Acting, regency: str, campaign_id: UUID, wanted: Wanted) -> Need:
    """Write a card for what a campaign hands out and has no money for.

    Raises:
        NotFound: no such campaign where the actor publishes needs.
        Conflict: the campaign is over.
        Invalid: an unknown kind, urgency or component.
    """
    campaign = None
    if acting.actor.has(P.NEED_PUBLISH, regency):
        campaign = await stored_campaigns.find(acting.tx, regency, campaign_id, stored_campaigns.Lock.SHARE)
    if campaign is None:
        raise NotFound(
            id="Kegiatan ini tidak ada, atau berada di luar wilayah tugas Anda.",
            en="No such campaign, or it lies outside your area.",
        )
    if CampaignState(campaign.state) in _OVER:
        raise Conflict(
            "campaign_over",
            "Kegiatan ini sudah selesai atau dibatalkan.",
            "This campaign is over or was cancelled.",
        )
    _require_codes(acting.known, wanted, campaign=True)
    if wanted.component not in {one["code"] for one in campaign.components}:
        raise _wrong(
            "/component",
            "unknown_component",
            "Komponen ini bukan dari kegiatan itu.",
            "The campaign has no such component.",
        )
    row = new_row(acting, regency, NeedSource.CAMPAIGN, wanted, wanted.urgency or Priority.BIASA.value)
    row.campaign_id, row.component = campaign.id, wanted.component
    return await _keep(acting, row)


def _require_codes(known: Knowledge, wanted: Wanted, *, campaign: bool = False) -> None:
    errors = []
    sold = bool(known.attrs("need_kind", wanted.kind).get("product"))
    if not known.knows("need_kind", wanted.kind) or (campaign and sold):
        errors.append(
            FieldError(
                "/kind",
                "unknown_code",
                "Jenis kebutuhan ini tidak dikenal; lihat /v1/codes.",
                "No such kind of need; see /v1/codes.",
            )
        )
    if wanted.urgency is not None and not known.knows("priority", wanted.urgency):
        errors.append(
            FieldError(
                "/urgency",
                "unknown_code",
                "Tingkat kemendesakan ini tidak dikenal.",
                "No such urgency.",
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))


async def _add(
    acting: Acting, case: Case, source: NeedSource, wanted: Wanted, referral: Referral | None = None
) -> Need:
    row = new_row(acting, case.regency_code, source, wanted, wanted.urgency or case.priority)
    row.case_id, row.referral_id = case.id, referral.id if referral else None
    return await _keep(acting, row)


def new_row(acting: Acting, regency: str, source: NeedSource, wanted: Wanted, urgency: str) -> Need:
    return Need(
        regency_code=regency,
        id=acting.new_id(),
        source=source.value,
        case_id=None,
        referral_id=None,
        campaign_id=None,
        component=None,
        kind=wanted.kind,
        unit=str(acting.known.attrs("need_kind", wanted.kind).get("unit", "")),
        quantity=wanted.quantity,
        held=0,
        given=0,
        estimated_idr=wanted.estimated_idr,
        urgency=urgency,
        state=NeedState.DRAFT.value,
        shown_region=regency,
        shown_age=None,
        shown_ppks=None,
        group_size=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        listed_at=acting.now,
        published_at=None,
        published_by=None,
        ended_at=None,
        end_reason=None,
        updated_at=acting.now,
    )


async def _keep(acting: Acting, row: Need) -> Need:
    acting.tx.add(row)
    await acting.tx.flush()
    event = NeedDrafted(
        thing_id=row.id,
        source=row.source,
        kind=row.kind,
        quantity=row.quantity,
        estimated_idr=row.estimated_idr,
    )
    await stored.tell(acting, row, event)
    return row


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
