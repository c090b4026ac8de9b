"""Bodies of the register of cadres."""

from typing import Annotated

from pydantic import Field

from app.api.schemas.access import PublicIdText, RegionText
from app.api.schemas.base import CodeText, Day, In, NameText

Capacity = Annotated[int, Field(ge=0, le=1000, description="Open cases that she can carry.")]


class CadreIn(In):
    pillar: CodeText = Field(description="Of the set `psks_pillar`.")
    name: NameText
    area: RegionText = Field(description="A village, a district, or the whole regency.")
    appointed_on: Day
    ends_on: Day | None = Field(default=None, description="The last day of the appointment.")
    capacity: Capacity | None = None
    account: PublicIdText | None = Field(default=None, description="If she works on the service herself.")


class CadrePatch(In):
    """What is left out stays."""

    name: NameText | None = None
    area: RegionText | None = None
    ends_on: Day | None = None
    capacity: Capacity | None = None
    account: PublicIdText | None = None
    active: bool | None = None
