"""Cards, pledges and sums as they are told. A card is made from its kind, its counts and `shown_…` alone."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.api.presenters.words import all_coded, coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.cases import Coded
from app.api.schemas.needs import (
    NeedOfficeOut,
    NeedOut,
    PledgeOut,
    PledgeReportOut,
    PledgeSumOut,
    ProofOut,
)
from app.db.queries.pledges import Sum
from app.db.tables.needs import Need, Pledge
from app.domain.access import Permission
from app.domain.documents import Words
from app.domain.errors import Conflict
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.needs import (
    Card,
    NeedAction,
    NeedSource,
    NeedState,
    PledgeState,
    actions_of,
    decide_need,
    story,
)
from app.domain.sla import local_date
from app.services.needs import Shown

P = Permission


def need_out(
    reading: Reading, need: Need, tickets: Mapping[UUID, str] | None = None, *, office: bool | None = None
) -> NeedOut:
    """Show a card. *office*: to those who know the case behind it; by their rights when not said."""
    known, lang = reading.known, reading.lang
    inside = reading.actor.has(P.NEED_PUBLISH, need.regency_code) if office is None else office
    return NeedOut.model_construct(
        id=public_id(need.regency_code, need.id),
        source=coded(known, "need_source", need.source, lang),
        kind=coded(known, "need_kind", need.kind, lang),
        unit=coded(known, "need_unit", need.unit, lang),
        quantity=need.quantity,
        remaining=need.quantity - need.held,
        estimated_idr=need.estimated_idr,
        urgency=coded(known, "priority", need.urgency, lang),
        region=need.shown_region,
        region_name=known.region_name(need.shown_region),
        story=said(story(_card(known, need)), lang),
        state=coded(known, "need_state", need.state, lang),
        published_on=local_date(need.published_at, need.regency_code) if need.published_at else None,
        allowed_actions=all_coded(known, "need_action", _actions(reading, need), lang),
        office=_office(reading, need, tickets or {}) if inside else None,
    )


def _words(known: Knowledge, set_name: str, code: str) -> Words:
    return Words(known.label(set_name, code, "id"), known.label(set_name, code, "en"))


def _card(known: Knowledge, need: Need) -> Card:
    return Card(
        source=NeedSource(need.source),
        kind=_words(known, "need_kind", need.kind),
        unit=_words(known, "need_unit", need.unit),
        quantity=need.quantity,
        place=known.region_name(need.shown_region),
        age=_words(known, "age_band", need.shown_age) if need.shown_age else None,
        ppks=_words(known, "ppks", need.shown_ppks) if need.shown_ppks else None,
    )


def _actions(reading: Reading, need: Need) -> Sequence[str]:
    """List what the reader could do to the card now."""
    rights = {
        NeedAction.PUBLISH: P.NEED_PUBLISH,
        NeedAction.WITHDRAW: P.NEED_PUBLISH,
        NeedAction.RESERVE: P.PLEDGE_MAKE,
    }
    found = []
    for action, permission in rights.items():
        if not reading.actor.has(permission, need.regency_code):
            continue
        try:
            decide_need(NeedState(need.state), action)
        except Conflict:
            continue
        found.append(action.value)
    return found


def _office(reading: Reading, need: Need, tickets: Mapping[UUID, str]) -> NeedOfficeOut:
    known, lang, tenant = reading.known, reading.lang, need.regency_code
    return NeedOfficeOut.model_construct(
        ticket=tickets.get(need.case_id) if need.case_id else None,
        referral=public_id(tenant, need.referral_id) if need.referral_id else None,
        campaign=public_id(tenant, need.campaign_id) if need.campaign_id else None,
        component=need.component,
        age=coded_or_none(known, "age_band", need.shown_age, lang),
        ppks=coded_or_none(known, "ppks", need.shown_ppks, lang),
        group_size=need.group_size,
        held=need.held,
        given=need.given,
        created_at=need.created_at,
        published_at=need.published_at,
        end_reason=coded_or_none(known, "need_end_reason", need.end_reason, lang),
    )


def pledge_out(reading: Reading, shown: Shown) -> PledgeOut:
    known, lang, pledge = reading.known, reading.lang, shown.pledge
    tenant, state = pledge.regency_code, PledgeState(pledge.state)
    actor = reading.actor
    own = actor.account_id == pledge.donor_id and actor.has(P.PLEDGE_MAKE, tenant)
    actions = actions_of(state, donor=own, office=actor.has(P.PLEDGE_CHECK, tenant))
    return PledgeOut.model_construct(
        id=public_id(tenant, pledge.id),
        need=need_out(reading, shown.need),
        donor=pledge.donor_name,
        anonymous=pledge.anonymous,
        quantity=pledge.quantity,
        state=coded(known, "pledge_state", pledge.state, lang),
        expires_at=pledge.expires_at,
        promised_on=pledge.promised_on,
        delivered_on=pledge.delivered_on,
        reason=_reason(reading, pledge),
        decided_at=pledge.decided_at,
        proofs=[
            ProofOut.model_construct(
                id=public_id(tenant, one.id),
                kind=coded(known, "pledge_proof", one.kind, lang),
                media_type=one.media_type,
                stored_at=one.stored_at,
            )
            for one in shown.proofs
        ],
        created_at=pledge.created_at,
        allowed_actions=all_coded(known, "pledge_action", actions, lang),
    )


def _reason(reading: Reading, pledge: Pledge) -> Coded | None:
    released = pledge.state == PledgeState.RELEASED.value
    set_name = "need_end_reason" if released else "pledge_return_reason"
    return coded_or_none(reading.known, set_name, pledge.reason, reading.lang)


def worth_idr(need: Need, quantity: int) -> int:
    return need.estimated_idr * quantity // need.quantity


_SAID: Mapping[PledgeState, Words] = {
    PledgeState.RESERVED: Words(
        "Kebutuhan ini Anda pesan. Beri kepastian atau serahkan sebelum batas waktunya.",
        "You have reserved this need. Give your word or deliver before it runs out.",
    ),
    PledgeState.PLEDGED: Words(
        "Anda sudah memberi kepastian. Unggah foto barang dan tanda terima sesudah diserahkan.",
        "You have given your word. Upload a photo of the goods and the receipt once it is delivered.",
    ),
    PledgeState.DELIVERED: Words(
        "Bukti penyerahan sedang diperiksa sekretariat.",
        "The secretariat is checking the proof of delivery.",
    ),
    PledgeState.ACCEPTED: Words(
        "Penyerahan sudah diperiksa dan diterima. Terima kasih; sertifikat Anda tersedia.",
        "The delivery was checked and accepted. Thank you; your certificate is there.",
    ),
    PledgeState.EXPIRED: Words(
        "Batas waktu lewat; kebutuhan ini terbuka lagi bagi donatur lain.",
        "Time ran out; the need is open to others again.",
    ),
    PledgeState.CANCELLED: Words("Anda membatalkan pesanan ini.", "You let go of this reservation."),
    PledgeState.RELEASED: Words(
        "Sekretariat membebaskan Anda dari janji ini; alasannya tercantum.",
        "The secretariat has released you from this pledge; the reason is given.",
    ),
}


def report_out(reading: Reading, shown: Shown) -> PledgeReportOut:
    state = PledgeState(shown.pledge.state)
    id_ = public_id(shown.pledge.regency_code, shown.pledge.id)
    return PledgeReportOut.model_construct(
        pledge=pledge_out(reading, shown),
        worth_idr=worth_idr(shown.need, shown.pledge.quantity),
        words=said(_SAID[state], reading.lang),
        certificate=f"/v1/pledges/{id_}/certificate" if state is PledgeState.ACCEPTED else None,
    )


def sum_out(reading: Reading, one: Sum) -> PledgeSumOut:
    known, lang = reading.known, reading.lang
    return PledgeSumOut.model_construct(
        region=one.region,
        region_name=known.region_name(one.region),
        donor=one.donor_name,
        kind=coded(known, "need_kind", one.kind, lang),
        unit=coded(known, "need_unit", one.unit, lang),
        source=coded(known, "need_source", one.source, lang),
        pledges=one.pledges,
        promised=one.promised,
        given=one.given,
        given_idr=one.given_idr,
    )
