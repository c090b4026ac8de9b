"""Who is nominated for a campaign, who is chosen and why, and who moves up when somebody drops out."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.campaign_calls import ANY, RECIPIENT, SLOT, once_for, once_for_viewer, place_of
from app.api.deps import ReadTx
from app.api.notes import name_subject
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.campaigns import recipient_out, recipient_row
from app.api.presenters.words import coded
from app.api.public_ids import read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.campaigns import (
    NominationOut,
    NominationsIn,
    NominationsOut,
    ReasonIn,
    RecipientOut,
    RecipientRow,
)
from app.db.queries import campaigns as stored
from app.domain.access import Permission
from app.domain.campaigns import RecipientState
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id
from app.services import campaigns

router = make_router("campaigns")
P = Permission
_MOST: Final = 200
_ALL: Final = "/v1/campaigns/{campaign_id}/recipients"
_ONE: Final = _ALL + "/{recipient_id}"
_ROW: Final = {
    "id": RECIPIENT,
    "person": {
        "id": "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a62",
        "name": "Suprapti Contoh",
        "nik": "************8001",
        "born_on": "1951-01-30",
        "sex": "P",
    },
    "village": "18.72.01.1003",
    "district": "18.72.01",
    "state": {"code": "selected", "label": "Terpilih"},
    "reason": None,
    "component": "LUT",
    "need": 75,
    "routes": [{"code": "registry", "label": "Dari data penduduk dan registri"}],
    "code": "7Q2M-9XKD",
    "slot": SLOT,
    "replaces": None,
    "given_at": None,
}
_EXPLAINED: Final = {
    **_ROW,
    "grounds": [
        {"code": "desil", "label": "Desil", "points": 60},
        {"code": "household.elderly_alone", "label": "Lansia hidup sendiri", "points": 15},
    ],
    "conditions": [
        {
            "component": "LUT",
            "verdict": {"code": "met", "label": "Terpenuhi"},
            "reasons": ["Umur 75: terpenuhi", "Dinilai terlantar: terpenuhi"],
        }
    ],
    "aid_held": ["SEMBAKO"],
    "against": [],
    "registry": {"source": "DTSEN", "period": "2026-Q4"},
    "place_in_order": 12,
    "tie": None,
    "words": ["Kebutuhan: 75 poin (Desil +60, Lansia hidup sendiri +15)."],
}
_NOMINATED: Final = {
    "nominated": 1,
    "results": [
        {
            "given": "tickets",
            "n": 0,
            "verdict": {"code": "nominated", "label": "Diusulkan"},
            "recipient": RECIPIENT,
        }
    ],
}


@router.get(
    _ALL,
    **operation(
        "listRecipients",
        may=ANY,
        answers=Listed[RecipientRow],
        paged=True,
        reads_person=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_recipients(  # each is one filter
    campaign_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    request: Request,
    state: Annotated[RecipientState | None, Query()] = None,
    component: Annotated[CodeText | None, Query()] = None,
    district: Annotated[CodeText | None, Query()] = None,
) -> Listed[RecipientRow]:
    """List the recipients, for the regency's office.

    The organiser reads only who has a place, only while the hand-out needs it, without reasons.
    """
    place = place_of(campaign_id)
    sought = stored.Sought(state.value if state else None, component, district)
    after = UUID(page.after[0]) if page.after else None
    names = await campaigns.list_recipients(acting_of(reading, tx), place, sought, after, page.limit + 1)
    name_subject(request, "campaign", *place)
    shown = names.rows[: page.limit]
    more = [shown[-1][0].id.hex] if len(names.rows) > page.limit else None
    count = await stored.recipients_counted(tx, names.campaign, names.sought) if page.wants_count else None
    items = [recipient_row(reading, row, person, whole=names.whole) for row, person in shown]
    return page.page(items, after=more, count=count)


@router.post(
    _ALL,
    **operation(
        "nominateRecipients",
        may=ANY,
        answers=NominationsOut,
        status=201,
        once=True,
        example=_NOMINATED,
        body_example={"tickets": ["1872-3F7K-9QX2-M"]},
    ),
)
async def nominate_recipients(campaign_id: str, body: NominationsIn, call: CallDep) -> Response:
    """Nominate from cases that you see, or persons who live where you look people up; line by line.

    Candidates from the regency's records need no nomination: the rule `from_registry` finds them.
    """
    place = place_of(campaign_id)
    lines, origin = _lines(body, place[0])

    async def work() -> Answer:
        house = call.reading.house
        row, results = await campaigns.nominate(call.acting(), call.reading.sight, house.blind, place, lines)
        found = [
            NominationOut(
                given=origin[one.n][0],
                n=origin[one.n][1],
                verdict=coded(
                    call.reading.known, "campaign_nomination", one.verdict.value, call.reading.lang
                ),
                recipient=public_id(row.regency_code, one.recipient_id) if one.recipient_id else None,
            )
            for one in results
        ]
        nominated = sum(one.recipient is not None for one in found)
        return Answer(NominationsOut(nominated=nominated, results=found))

    return await once_for_viewer(call, place, work)


def _lines(body: NominationsIn, tenant: str) -> tuple[list[campaigns.Line], list[tuple[Any, int]]]:
    route = campaigns.Route
    made = [
        *(("tickets", n, campaigns.Line(route.CASE, ticket=one)) for n, one in enumerate(body.tickets)),
        *(
            ("people", n, campaigns.Line(route.VILLAGE, person_id=read_own(one, tenant, f"/people/{n}")))
            for n, one in enumerate(body.people)
        ),
        *(("niks", n, campaigns.Line(route.VILLAGE, nik=one)) for n, one in enumerate(body.niks)),
    ]
    if not 1 <= len(made) <= _MOST:
        raise Invalid(
            fields=(
                FieldError(
                    "/tickets", "out_of_range", "Usulkan 1 sampai 200 orang.", "Nominate 1 to 200 persons."
                ),
            )
        )
    return [line for _, _, line in made], [(given, n) for given, n, _ in made]


@router.get(
    _ONE,
    **operation("getRecipient", may=ANY, answers=RecipientOut, reads_person=True, example=_EXPLAINED),
)
async def get_recipient(
    campaign_id: str, recipient_id: str, reading: ReadingDep, tx: ReadTx, request: Request
) -> RecipientOut:
    """Explain one recipient: need with its grounds, conditions, aid held, her place in the order."""
    place = place_of(campaign_id)
    found = await campaigns.explain(acting_of(reading, tx), place, read_own_id(recipient_id, place[0]))
    name_subject(request, "person", place[0], found.person.id)
    return recipient_out(reading, found)


@router.post(
    f"{_ONE}/replace",
    **operation(
        "replaceRecipient",
        may=P.CAMPAIGN_MANAGE,
        answers=RecipientOut,
        once=True,
        reads_person=True,
        example=_EXPLAINED,
        body_example={"reason": "moved"},
    ),
)
async def replace_recipient(
    campaign_id: str, recipient_id: str, body: ReasonIn, call: CallDep, request: Request
) -> Response:
    """Let a recipient drop out; the next of the approved reserve takes her place. Shows who dropped out."""
    place = place_of(campaign_id)
    id_ = read_own_id(recipient_id, place[0])

    async def work() -> Answer:
        acting = call.acting()
        bits = call.reading.house.ids.ticket_bits
        await campaigns.replace(acting, place, id_, body.reason, bits)
        found = await campaigns.explain(acting, place, id_)
        name_subject(request, "person", place[0], found.person.id)
        return Answer(recipient_out(call.reading, found), 200)

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)
