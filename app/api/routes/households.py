"""One disaster, many households: their cases are opened in bulk under the disaster's own case."""

import json
from hashlib import sha256
from typing import Final

from fastapi import Response

from app.api.acts import Call, CallDep
from app.api.errors import StillRunning
from app.api.language import Language
from app.api.once import Answer, Once
from app.api.opening import open_once
from app.api.routing import make_router, operation
from app.api.schemas.households import (
    HouseholdIn,
    HouseholdOut,
    HouseholdsIn,
    HouseholdsOut,
    OpenedSlip,
    RefusalOut,
)
from app.api.schemas.problem import ProblemField
from app.api.tickets import read_ticket
from app.db.queries.emergencies import keep_awake
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.cases import NewCase, Reporter, Subject
from app.domain.codes import CaseKind, Confidentiality, SubjectKind
from app.domain.errors import Conflict, DeskError, FieldError, Invalid, Unavailable
from app.domain.ids import tenant_of
from app.domain.tickets import Ticket
from app.services import emergencies
from app.services.intake import House as Desk
from app.services.intake import Tools

router = make_router("cases")

_ROW: Final = {
    "n": 0,
    "verdict": "opened",
    "ticket": "1374-3F7K-9QX2-M",
    "pin": "482913",
    "refusal": None,
}
_EXAMPLE: Final = {
    "ticket": "1374-7B2D-4MNA-3",
    "opened": 1,
    "exists": 0,
    "refused": 0,
    "households": [_ROW],
}
_BODY: Final = {
    "households": [
        {"kk": "1374010101200001", "name": "Rahma Contoh", "born_on": "1984-02-11", "sex": "P"},
    ]
}


@router.post(
    "/v1/cases/{ticket}/households",
    **operation(
        "openHouseholds",
        may=Permission.CASE_OPEN,
        answers=HouseholdsOut,
        status=201,
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def open_households(ticket: str, body: HouseholdsIn, call: CallDep) -> Response:
    """Open a case for each household of a disaster, each with a verdict of its own.

    Each household is a transaction of its own, on purpose: two hundred families must not wait for one wrong
    number, and locks on two hundred persons at once would hold up every desk. Its key is made of this
    request's key and its row, so that a request that was cut off goes on where it was when it is sent again.
    """
    place = read_ticket(ticket)

    async def mother() -> Case:
        return await emergencies.mother_of(call.acting(), call.reading.sight, place.tenant, place.text)

    async def work() -> Answer:
        case = await mother()
        rows = []
        for n, one in enumerate(body.households):
            rows.append(await _open_one(call, case, one, n))
            # The request's own transaction waits meanwhile: it must not look idle.
            await keep_awake(call.tx)
        opened = sum(row.verdict == "opened" for row in rows)
        await emergencies.tell_households(call.acting(), case.id, place.tenant, opened)
        return Answer(_told(place, rows), case_id=case.id)

    async def may_see() -> None:
        await mother()

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


async def _open_one(call: Call, mother: Case, one: HouseholdIn, n: int) -> HouseholdOut:
    reading, once = call.reading, call.once
    content = one.model_dump_json().encode()
    row = Once(
        once.house,
        once.account_id,
        f"{once.route}#{n}",
        once.key,
        sha256(mother.id.bytes + content).digest(),
        once.now,
    )
    tools = Tools(once.house.vault, once.house.blind, once.house.ids)
    desk = Desk(reading.known, tools, reading.actor, reading.now, under=mother.id)
    try:
        answer, _ = await open_once(
            row,
            desk,
            _new_case(mother, one),
            lambda opened: OpenedSlip(ticket=opened.draft.ticket, pin=opened.draft.pin),
        )
    except (Unavailable, StillRunning):
        raise
    except DeskError as error:
        return _refused(n, error, reading.lang)
    slip = OpenedSlip.model_validate(json.loads(bytes(answer.body)))
    return HouseholdOut(n=n, verdict="opened", ticket=slip.ticket, pin=slip.pin, refusal=None)


def _new_case(mother: Case, one: HouseholdIn) -> NewCase:
    """Return the case of a household: of the mother's event, told in its own words if there are any."""
    village = one.village or mother.village_code
    if tenant_of(village) != mother.regency_code:
        raise Invalid(
            fields=(
                FieldError(
                    "/village",
                    "other_regency",
                    "Desa harus di kabupaten/kota yang sama dengan bencananya.",
                    "The village must lie in the regency of the disaster.",
                ),
            )
        )
    kind = SubjectKind.PERSON if one.nik or one.name else SubjectKind.HOUSEHOLD
    return NewCase(
        kind=CaseKind(mother.kind),
        category=mother.category,
        sector=mother.sector,
        channel=mother.channel,
        subject=Subject(
            kind,
            nik=one.nik,
            kk=one.kk,
            name=one.name,
            born_on=one.born_on,
            sex=one.sex,
            phone=one.phone,
            address=one.address,
        ),
        reporter=Reporter(mother.reporter_relation),
        village=village,
        place_address=one.address,
        chronology=one.chronology or f"Keluarga terdampak kejadian pada kasus {mother.ticket}.",
        confidentiality=Confidentiality(mother.confidentiality),
        legal_basis=mother.legal_basis,
        notice_version=mother.notice_version,
        facts=one.facts,
        separate_reason=one.separate_reason,
    )


def _refused(n: int, error: DeskError, lang: Language) -> HouseholdOut:
    """Say why a row was not opened; the same matter on record is no fault."""
    on_record = error.data.get("ticket") if isinstance(error, Conflict) else None
    fields = error.fields if isinstance(error, Invalid) else ()
    refusal = RefusalOut(
        code=error.code,
        detail=error.en if lang == "en" else error.id,
        errors=[_field(n, item, lang) for item in fields],
    )
    return HouseholdOut(
        n=n,
        verdict="exists" if on_record else "refused",
        ticket=str(on_record) if on_record else None,
        pin=None,
        refusal=refusal,
    )


def _field(n: int, item: FieldError, lang: Language) -> ProblemField:
    """Point into the row: what a case calls its subject stands in the row itself."""
    part = item.pointer.removeprefix("/subject").removeprefix("/place")
    detail = item.en if lang == "en" else item.id
    return ProblemField(pointer=f"/households/{n}{part}", code=item.code, detail=detail)


def _told(place: Ticket, rows: list[HouseholdOut]) -> HouseholdsOut:
    counts = {
        verdict: sum(row.verdict == verdict for row in rows) for verdict in ("opened", "exists", "refused")
    }
    return HouseholdsOut(
        ticket=place.text,
        opened=counts["opened"],
        exists=counts["exists"],
        refused=counts["refused"],
        households=rows,
    )
