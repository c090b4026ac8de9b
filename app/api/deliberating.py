"""What the routes of village meetings share: the session of a path, a step under its key, its answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from fastapi import Response

from app.api.acts import Call, acting_of
from app.api.deps import etag
from app.api.once import Answer
from app.api.presenters.deliberations import session_out
from app.api.public_ids import read_id, read_own_id
from app.api.reading import Reading
from app.api.schemas.deliberations import DeliberationOut
from app.db.queries.acting import Acting
from app.db.queries.deliberations import tickets_of
from app.db.tables.deliberations import Deliberation
from app.domain.access import Permission
from app.services import deliberations
from app.services.deliberations import Place, Tools

DELIBERATION_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a71"
CANDIDATE_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a72"
ATTENDEE_ID: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a73"
QUORUM_EXAMPLE: Final = {"reached": True, "present": 9, "least": 7, "missing_roles": [], "excluded": 1}
ROW_EXAMPLE: Final = {
    "id": DELIBERATION_ID,
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "kind": {"code": "muskel", "label": "Musyawarah kelurahan"},
    "state": {"code": "published", "label": "Diumumkan"},
    "place": "Balai kelurahan",
    "starts_at": "2026-12-01T02:00:00Z",
    "follows": None,
    "sitting": 1,
    "objections_until": "2026-12-16T17:00:00Z",
    "ratified_at": None,
    "version": 14,
}
CANDIDATE_EXAMPLE: Final = {
    "id": CANDIDATE_ID,
    "n": 1,
    "source": {"code": "case", "label": "Kasus"},
    "state": {"code": "decided", "label": "Diputuskan"},
    "ticket": "1374-3F7K-9QX2-M",
    "name": "Yuliana Contoh",
    "nik": "************0042",
    "address": "Jl. Contoh No. 3",
    "rt": "001",
    "rw": "002",
    "note": None,
    "rank": 1,
    "decision": {"code": "LAYAK", "label": "Layak"},
    "reason": "Rumah kontrak, tiga anak sekolah, penghasilan tidak tetap.",
    "quorum": QUORUM_EXAMPLE,
    "conflicts": [
        {
            "attendee": ATTENDEE_ID,
            "reason": {"code": "family", "label": "Keluarga calon"},
            "declared": True,
        }
    ],
    "stage": {"code": "BERITA_ACARA", "label": "Berita acara"},
    "proposal": None,
    "result_reason": None,
    "objections_until": "2026-12-16T17:00:00Z",
}
MINUTES_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a74",
    "n": 1,
    "number": "140/12/GM/2026",
    "sha256": "0f" * 32,
    "made_at": "2026-12-01T05:00:00Z",
    "signed_at": "2026-12-01T06:00:00Z",
    "scan_sha256": "1e" * 32,
    "stored_sha256": "2d" * 32,
}
EXAMPLE: Final = {
    **ROW_EXAMPLE,
    "invitation_number": "005/31/GM/2026",
    "decree": None,
    "cancel_reason": None,
    "quorum": QUORUM_EXAMPLE,
    "cutoff": {
        "aims_at": "2026-12-17",
        "ready_on": "2026-12-16",
        "meets": "2026-12-17",
        "missed": False,
        "warning": None,
    },
    "candidates": [CANDIDATE_EXAMPLE],
    "minutes": [MINUTES_EXAMPLE],
    "allowed_actions": [],
}
Do = Callable[[Acting, Place], Awaitable[Deliberation]]


def place_of(text: str) -> Place:
    """Return the session of a path.

    Raises:
        NotFound: it is none.
    """
    found = read_id(text)
    return Place(found.tenant, found.id)


def part_of(text: str, place: Place) -> UUID:
    """Return the id of what lies below a session, or one that nothing has."""
    return read_own_id(text, place.tenant)


def tools_of(reading: Reading) -> Tools:
    return Tools(reading.house.vault, reading.house.blind)


async def whole_out(reading: Reading, acting: Acting, session: Deliberation) -> DeliberationOut:
    found = await deliberations.shown(acting, session)
    cases: Sequence[UUID] = [one.row.case_id for one in found.candidates if one.row.case_id]
    return session_out(reading, found, await tickets_of(acting.tx, session.regency_code, cases))


async def step(call: Call, place: Place, needed: Permission, do: Do, status: int = 200) -> Response:
    """Take a step of a session under its key, and answer with the session."""

    async def work() -> Answer:
        acting = call.acting()
        session = await do(acting, place)
        shown = await whole_out(call.reading, acting, session)
        return Answer(shown, status, {"ETag": etag(session.version)})

    return await once(call, place, needed, work)


async def once(
    call: Call, place: Place, needed: Permission, work: Callable[[], Awaitable[Answer]]
) -> Response:
    async def may_see() -> None:
        found = await deliberations.seen(acting_of(call.reading, call.tx), place)
        call.reading.actor.require(needed, found.village_code)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def unchecked(_version: int) -> None:
    """Let any version pass: what only adds needs none."""
