"""Bodies of batches of proposals."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, Out
from app.api.schemas.cases import Coded
from app.api.schemas.deliberations import VillageText
from app.domain.referrals import RegistryStage


class ProposalIn(In):
    village: VillageText


class StageIn(In):
    stage: RegistryStage
    reason: CodeText | None = Field(default=None, description="Of the set `proposal_reason`; of a return.")


class ResultIn(In):
    candidate: PublicIdText
    stage: RegistryStage = Field(description="`DITETAPKAN`, `DITOLAK` or `TIDAK_PADAN`.")
    reason: CodeText | None = Field(
        default=None, description="Of the set `proposal_reason`; of the last two."
    )


class ResultsIn(In):
    results: Annotated[list[ResultIn], Field(min_length=1, max_length=300)]


class ProposalRow(Out):
    id: str
    village: str
    village_name: str
    stage: Coded
    count: int
    cutoff_on: date
    reason: Coded | None
    created_at: datetime
    version: int


class ProposalLineOut(Out):
    candidate: str
    name: str | None
    nik: str | None
    rank: int | None
    stage: Coded
    reason: Coded | None


class ProposalOut(ProposalRow):
    items: list[ProposalLineOut]
    allowed_stages: list[Coded]
