"""Regions in queries: an unknown one is refused, since an empty list would look like an answer."""

from app.api.errors import BadRequest
from app.domain.errors import FieldError
from app.domain.ids import NATION
from app.domain.knowledge import Knowledge


def must_know(known: Knowledge, region: str | None, parameter: str) -> str | None:
    """Return *region* if it exists, or is ``ID``, or was left out.

    Raises:
        BadRequest: it does not exist; names the query *parameter*.
    """
    if region is None or region == NATION or known.knows_region(region):
        return region
    raise BadRequest(
        fields=(
            FieldError(
                f"/query/{parameter}",
                "unknown_region",
                "Kode wilayah ini tidak ada. Cari di /v1/regions.",
                "There is no region with this code. Look in /v1/regions.",
            ),
        )
    )
