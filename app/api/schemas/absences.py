"""Bodies of leave, and of handing over somebody's work."""

from datetime import date, datetime

from pydantic import ConfigDict, Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, Day, In, Out
from app.api.schemas.cases import Coded


class AbsenceIn(In):
    account: PublicIdText
    from_: Day = Field(alias="from", description="The first day.")
    to: Day | None = Field(default=None, description="The last day, included; open if left out.")
    reason: CodeText = Field(description="Of the set `absence_reason`; read by whoever leads the team only.")
    deputy: PublicIdText | None = None


class AbsenceOut(Out):
    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    id: str
    account: str
    name: str
    from_: date = Field(alias="from")
    to: date | None
    reason: Coded
    deputy: str | None
    deputy_name: str | None
    created_at: datetime
    ended_at: datetime | None


class HandOverIn(In):
    """To one person, to a queue, or spread evenly over who works there; the deputy if nothing is named."""

    to: PublicIdText | None = None
    queue: CodeText | None = Field(default=None, description="Of the set `work_queue`.")
    balanced: bool = False


class HandOverOut(Out):
    to_persons: int = Field(description="Cases that somebody has in hand now.")
    to_queues: int = Field(description="Cases that wait in a queue: as asked, or since the person may not.")
    tasks: int
    visits: int
    left: int = Field(description="Cases that the worker still moves, in the next seconds.")
