"""Bodies of lists and of the profiles by which they are read."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import In, Out
from app.api.schemas.cases import Coded

TitleText = Annotated[str, Field(min_length=1, max_length=80)]
Titles = dict[
    Annotated[str, Field(min_length=1, max_length=40)],
    Annotated[list[TitleText], Field(min_length=1, max_length=20)],
]


class ListOut(Out):
    id: str
    name: str | None = Field(description="What its sender called it.")
    kind: Coded
    encoding: str | None = Field(description="Of a text; found by the whole of it.")
    bytes: int
    sha256: str
    created_at: datetime
    deleted_at: datetime | None = Field(description="Its bytes are gone from then on.")


class ColumnsIn(In):
    """Titles of columns by what they hold. What is left out is looked for by the titles that we know."""

    fields: Annotated[Titles, Field(max_length=40)] = Field(default_factory=dict)
    programs: Annotated[Titles, Field(max_length=60, description="Yes or no, by programme.")] = Field(
        default_factory=dict
    )
    extra: Annotated[Titles, Field(max_length=60, description="Further columns, by a name of yours.")] = (
        Field(default_factory=dict)
    )


class ListProfileIn(In):
    region: RegionText
    name: Annotated[str, Field(min_length=1, max_length=80)]
    columns: ColumnsIn


class ListProfileOut(Out):
    id: str
    name: str
    n: int = Field(description="Its version; a saved one is never changed.")
    columns: dict[str, dict[str, list[str]]]
    created_at: datetime
