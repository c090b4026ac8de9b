"""What the routes of persons and households share: their tools, whose people may be listed, replays."""

from app.api.acts import Call, acting_of
from app.api.errors import BadRequest
from app.api.once import AccessCheck
from app.api.places import must_know
from app.api.reading import Reading
from app.db.session import Tx
from app.domain.access import Permission, areas_of
from app.domain.access.actors import forbidden
from app.domain.errors import FieldError
from app.domain.ids import PublicId
from app.services import people_reveal
from app.services.people import Tools


def tools_of(reading: Reading, tx: Tx) -> Tools:
    house = reading.house
    return Tools(acting_of(reading, tx), reading.sight, house.vault, house.blind)


def read_areas(reading: Reading, region: str | None, permission: Permission) -> tuple[str, ...]:
    """Return where in *region* the actor holds *permission*, under the codes that it has and had.

    Raises:
        BadRequest: no such region, or one wider than a regency.
        Forbidden: the actor holds it nowhere there.
    """
    place = must_know(reading.known, region, "region") or reading.actor.tenant
    if "." not in place:
        raise BadRequest(
            fields=(
                FieldError(
                    "/query/region",
                    "too_wide",
                    "Sebutkan kabupaten/kota, kecamatan, atau desa.",
                    "Name a regency, a district or a village.",
                ),
            )
        )
    areas = (
        area
        for code in reading.known.family(place)
        if "." in code
        for area in areas_of(reading.actor, permission, code)
    )
    found = tuple(dict.fromkeys(areas))
    if not found:
        raise forbidden(permission)
    return found


def may_see_person(call: Call, id_: PublicId) -> AccessCheck:
    """Ask before an answer is given again whether the person may still be known of."""

    async def may_see() -> None:
        await people_reveal.find_person(call.acting(), call.reading.sight, id_.tenant, id_.id)

    return may_see
