"""Asking before sending: what a case still lacks for one programme."""

from typing import Annotated, Final

from fastapi import Query

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.presenters.words import all_coded, coded, said
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText
from app.api.schemas.cases import Coded
from app.api.schemas.readiness import ObstacleOut, ReadinessOut
from app.api.tickets import read_ticket
from app.domain.access import Permission
from app.domain.codes import Purpose
from app.domain.errors import DeskError, FieldError
from app.domain.fact_dictionary import FACTS
from app.services import steps

router = make_router("cases")

_EXAMPLE: Final = {
    "ticket": "13-7401-7KQ2M-9",
    "program": "BLT_KOTA",
    "purpose": {"code": "AID", "label": "Bantuan"},
    "agency": "DINSOS-1374",
    "complete": False,
    "papers_missing": [{"code": "KK", "label": "Kartu Keluarga"}],
    "fields_missing": ["phone"],
    "facts_missing": [],
    "obstacles": [],
}


@router.get(
    "/v1/cases/{ticket}/readiness",
    **operation(
        "getReadinessToSend",
        may=Permission.CASE_READ,
        answers=ReadinessOut,
        reads_person=True,
        example=_EXAMPLE,
    ),
)
async def get_readiness(
    ticket: str,
    reading: ReadingDep,
    tx: ReadTx,
    program: Annotated[
        CodeText | None, Query(description="That which the case names, when left out.")
    ] = None,
    purpose: Annotated[Purpose, Query()] = Purpose.AID,
) -> ReadinessOut:
    """Tell what the case lacks for a programme, and why it would be refused, before anybody sends it."""
    place = read_ticket(ticket)
    found = await steps.readiness(
        acting_of(reading, tx), reading.sight, (place.tenant, place.text), program, purpose.value
    )
    known, lang = reading.known, reading.lang
    return ReadinessOut(
        ticket=found.case.ticket,
        program=found.program,
        purpose=coded(known, "purpose", found.purpose, lang),
        agency=found.agency,
        complete=found.complete,
        papers_missing=all_coded(known, "paper", found.papers, lang),
        fields_missing=list(found.fields),
        facts_missing=[Coded(code=fact, label=said(FACTS[fact].label, lang)) for fact in found.facts],
        obstacles=[_obstacle(reading, one) for one in found.obstacles],
    )


def _obstacle(reading: Reading, one: DeskError | FieldError) -> ObstacleOut:
    return ObstacleOut(code=one.code, detail=one.en if reading.lang == "en" else one.id)
