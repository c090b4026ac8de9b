"""The map of a regency: one row, replaced as a whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.places import RegencyMap
from app.domain.maps import Picture


async def one(tx: Tx, regency_code: str) -> RegencyMap | None:
    found: RegencyMap | None = await tx.scalar(
        select(RegencyMap).where(RegencyMap.regency_code == regency_code)
    )
    return found


async def put(  # one row has as many parts
    tx: Tx, regency_code: str, picture: Picture, source: str, at: datetime, by: UUID | None
) -> None:
    """Store the map in the place of the former."""
    values: dict[str, Any] = {
        "width": picture.width,
        "height": picture.height,
        "shapes": dict(picture.shapes),
        "source": source,
        "set_at": at,
        "set_by": by,
    }
    new = insert(RegencyMap).values({"regency_code": regency_code, **values})
    await tx.execute(new.on_conflict_do_update(index_elements=["regency_code"], set_=values))
