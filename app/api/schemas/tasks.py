"""Bodies of tasks."""

from datetime import datetime

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import In, Instant, NoteText, Out
from app.api.schemas.cases import Coded


class TaskIn(In):
    text: NoteText = Field(description="What is to be done; kept sealed.")
    assignee: PublicIdText | None = Field(
        default=None, description="Whoever has the case in hand if left out."
    )
    due_at: Instant | None = None


class TaskItemOut(Out):
    id: str
    ticket: str
    village: str
    kind: Coded
    text: str | None
    assignee: str | None
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    created_by: str | None
    done_at: datetime | None
    done_by: str | None
