"""Bodies of quotas: what a regency may take in of a programme, and how much of it is taken."""

from typing import Annotated

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import In, Out
from app.domain.allotments import MOST

Component = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^(\*|[A-Za-z0-9_.:-]+)$")]
Quota = Annotated[int, Field(ge=0, le=MOST)]


class AllotmentsIn(In):
    region: RegionText = Field(description="A regency.")
    period: Annotated[str, Field(min_length=4, max_length=7)] = Field(
        description="`2026`, `2026-11`, `2026-Q4` or `once`."
    )
    quotas: Annotated[dict[Component, Quota], Field(min_length=1, max_length=60)] = Field(
        description="By component; `*` is the whole programme. What is not named stays as it is."
    )


class QuotaOut(Out):
    region: str
    period: str
    component: str = Field(description="A component of the benefit, or `*` for the whole programme.")
    quota: int
    taken: int
    left: int


class AllotmentsOut(Out):
    program: str
    items: list[QuotaOut]
