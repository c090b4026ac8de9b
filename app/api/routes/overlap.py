"""May this aid stand beside what she has? The question of whoever is about to give.

Nothing is written but the count of questions and who asked, so the same question may be sent again at will.
"""

from typing import Final
from uuid import UUID

from fastapi import Request

from app.api.acts import acting_of
from app.api.notes import Noted, note, record
from app.api.presenters.assistance import narrow_out, told_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.assistance import OverlapIn, OverlapsOut
from app.db.session import read_only, transaction
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.identity import parse_nik
from app.domain.ids import parse_public_id
from app.services import overlap

router = make_router("people")

_ACTION: Final = "askOverlap"
_EXAMPLE: Final = {
    "items": [
        {
            "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "ruling": {"code": "forbidden", "label": "Dilarang"},
            "forbidden": True,
            "classes": [
                {
                    "level": {"code": "KAB_KOTA", "label": "Kabupaten/Kota"},
                    "kind": {"code": "cash", "label": "Uang"},
                }
            ],
            "findings": [
                {
                    "cause": {"code": "same_aid", "label": "Bantuan yang sama"},
                    "effect": "exclude",
                    "program": "BLT_KOTA",
                    "words": "Ia sudah memiliki BLT Kota Padang Panjang; "
                    "bantuan yang sama tidak diberikan dua kali.",
                }
            ],
            "complements": [],
            "still_fits": ["PBI_JK", "SEMBAKO_LANSIA"],
            "lines": [],
        }
    ]
}


@router.post(
    "/v1/assistance/overlap",
    **operation(
        _ACTION,
        may=Permission.OVERLAP_ASK,
        answers=OverlapsOut,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"nik": "1374014507919001", "program": "BLT_KOTA", "purpose": "give_aid"},
    ),
)
async def ask_overlap(body: OverlapIn, request: Request, reading: ReadingDep) -> OverlapsOut:
    """Ask which rule forbids an aid or warns of it, in words, and what would still complement.

    Whoever sees no records (an agency's officer or system, a donor) asks for one NIK, about a programme of
    its own, and hears yes or no with the class of what stands against it; so many times a day, each logged
    before the answer. Somebody unknown is answered like somebody who has nothing.
    """
    _require_one(body)
    aim = overlap.Aim(body.program, body.purpose, body.component, body.period)
    if not overlap.sees_records(reading.actor):
        return await _narrowly(body, request, reading, aim)
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        if body.nik is not None:
            told = [await overlap.ask_by_nik(acting, reading.sight, _digests(reading, body.nik), aim)]
        else:
            ids = [_read(n, text) for n, text in enumerate(body.people or ())]
            told = await overlap.ask_about(acting, reading.sight, ids, aim)
    for one in told:
        note(request, _noted(one.person, aim), reading.now)
    return OverlapsOut(items=[told_out(reading, one) for one in told])


async def _narrowly(body: OverlapIn, request: Request, reading: Reading, aim: overlap.Aim) -> OverlapsOut:
    if body.nik is None:
        raise Invalid(
            fields=(
                FieldError(
                    "/nik",
                    "missing",
                    "Tanyakan satu orang dengan NIK-nya.",
                    "Ask about one person, by her NIK.",
                ),
            )
        )
    digests = _digests(reading, body.nik)
    # Ended before the entry takes a transaction of its own: none waits for a connection with one in hand.
    async with transaction(reading.house.database.sessions) as tx:
        narrow = await overlap.ask_narrowly(acting_of(reading, tx), reading.sight, digests, aim)
    await record(request, _noted(narrow.person, aim), reading.now)
    return OverlapsOut(items=[narrow_out(reading, narrow)])


def _noted(person: Person | None, aim: overlap.Aim) -> Noted:
    if person is None:
        return Noted(_ACTION, "person", "ok", purpose=aim.purpose)
    return Noted(_ACTION, "person", "ok", person.id, person.regency_code, aim.purpose)


def _require_one(body: OverlapIn) -> None:
    if (body.people is None) == (body.nik is None):
        raise Invalid(
            fields=(
                FieldError(
                    "/people",
                    "one_way",
                    "Isi daftar orang, atau satu NIK.",
                    "Give a list of people, or one NIK.",
                ),
            )
        )


def _digests(reading: Reading, text: str) -> tuple[bytes, ...]:
    nik = parse_nik(text, today=reading.now.date(), pointer="/nik")
    if isinstance(nik, FieldError):
        raise Invalid(fields=(nik,))
    return tuple(reading.house.blind.digests("nik", nik.number))


def _read(n: int, text: str) -> tuple[str, UUID]:
    found = parse_public_id(text)
    if found is None:
        raise Invalid(
            fields=(
                FieldError(f"/people/{n}", "malformed", "Kode orang tidak benar.", "It is no person's id."),
            )
        )
    return found.tenant, found.id
