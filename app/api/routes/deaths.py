"""The death of a person: recorded by one act, read, and taken back when it was a mistake."""

from typing import Final

from fastapi import Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import AccessCheck, Answer
from app.api.presenters.deaths import death_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.deaths import DeathIn, DeathOut
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.domain.ids import PublicId, parse_public_id
from app.services import deaths

router = make_router("people")

_EXAMPLE: Final = {
    "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "died_on": "2026-11-20",
    "source": {"code": "village_letter", "label": "Surat keterangan desa atau kelurahan"},
    "recorded_at": "2026-11-25T03:00:00Z",
    "recorded_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "undone_at": None,
    "ended": [
        {
            "ticket": "1374-3F7K-9QX2-M",
            "kind": "case",
            "status_before": {"code": "handling", "label": "Ditangani"},
            "program": None,
        }
    ],
    "stopped_lines": 0,
    "death_grants": [{"program": "SANTUNAN_KEMATIAN-1374", "name": "Santunan kematian Kota Padang Panjang"}],
    "not_restored": [],
}


@router.get(
    "/v1/people/{person_id}/death",
    **operation(
        "listDeaths",
        may=Permission.PERSON_WRITE,
        answers=Listed[DeathOut],
        reads_person=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_deaths(person_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[DeathOut]:
    """List what was recorded of her death, the latest first; at most one record stands."""
    id_ = _read_id(person_id)
    told = await deaths.read(acting_of(reading, tx), reading.sight, id_.tenant, id_.id)
    return Listed(items=[death_out(reading, one) for one in told])


@router.post(
    "/v1/people/{person_id}/death",
    **operation(
        "recordDeath",
        may=Permission.PERSON_WRITE,
        answers=DeathOut,
        status=201,
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"died_on": "2026-11-20", "source": "village_letter"},
    ),
)
async def record_death(person_id: str, body: DeathIn, call: CallDep) -> Response:
    """Record a death: her live referrals are revoked, planned aid is stopped, her open cases are resolved.

    No message goes to her phone any more. The family is to be told, and offered the death grant where there
    is one. Secret cases go on; whoever handles them gets a task.
    """
    id_, reading = _read_id(person_id), call.reading

    async def work() -> Answer:
        report = deaths.Report(id_.tenant, id_.id, body.died_on, body.source)
        told = await deaths.record(call.acting(), reading.sight, report)
        return Answer(death_out(reading, told))

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


@router.post(
    "/v1/people/{person_id}/death/undo",
    **operation(
        "undoDeath",
        may=Permission.PERSON_WRITE,
        answers=DeathOut,
        once=True,
        reads_person=True,
        example={**_EXAMPLE, "undone_at": "2026-11-26T03:00:00Z"},
    ),
)
async def undo_death(person_id: str, call: CallDep) -> Response:
    """Take the record of a death back: her cases return to where they were, as far as that is possible.

    Referrals stay revoked, since their receivers have lost sight of them; the answer names what is left.
    """
    id_, reading = _read_id(person_id), call.reading

    async def work() -> Answer:
        told = await deaths.undo(call.acting(), reading.sight, id_.tenant, id_.id)
        return Answer(death_out(reading, told), 200)

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


def _may_see(call: Call, id_: PublicId) -> AccessCheck:
    async def may_see() -> None:
        await deaths.read(call.acting(), call.reading.sight, id_.tenant, id_.id)

    return may_see


def _read_id(text: str) -> PublicId:
    found = parse_public_id(text)
    if found is None:
        raise NotFound(id="Orang ini tidak ditemukan.", en="No such person.")
    return found
