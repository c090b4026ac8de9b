"""Lists and profiles as they go out."""

from app.api.presenters.words import coded
from app.api.reading import Reading
from app.api.schemas.lists import ListOut, ListProfileOut
from app.db.tables.lists import ListFile, ListProfile
from app.domain.ids import public_id


def list_out(reading: Reading, row: ListFile, name: str | None) -> ListOut:
    return ListOut(
        id=public_id(row.regency_code, row.id),
        name=name,
        kind=coded(reading.known, "list_kind", row.kind, reading.lang),
        encoding=row.encoding,
        bytes=row.size,
        sha256=row.sha256.hex(),
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )


def profile_out(row: ListProfile) -> ListProfileOut:
    return ListProfileOut(
        id=public_id(row.regency_code, row.id),
        name=row.name,
        n=row.n,
        columns=row.columns,
        created_at=row.created_at,
    )
