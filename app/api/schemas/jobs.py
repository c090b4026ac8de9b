"""Bodies of long work."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.api.schemas.base import Out
from app.api.schemas.cases import Coded


class JobProblem(Out):
    code: str
    id: str
    en: str


class JobOut(Out):
    id: str
    kind: Coded
    state: Coded
    done: int = Field(description="Rows or cases, as the kind counts.")
    total: int | None = Field(description="Null while nobody has counted.")
    result: dict[str, Any] | None = Field(description="What came of it, by kind; null until it is done.")
    problem: JobProblem | None = Field(description="Why it failed.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
