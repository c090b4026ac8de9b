"""Bodies of a report without an account, and of naming whom a complaint is about."""

from typing import Annotated

from pydantic import Field

from app.api.schemas.base import CodeText, In, NameText, Out
from app.api.schemas.cases import AboutIn, Coded, NumberText, VillageText

ReportText = Annotated[str, Field(min_length=10, max_length=5_000)]


class ReportIn(In):
    """What happened, and where. Name and phone may be left out; then nobody can know who told it."""

    village: VillageText
    text: ReportText
    about: Annotated[list[AboutIn], Field(max_length=5)] = Field(default_factory=list)
    category: CodeText | None = None
    name: NameText | None = None
    phone: NumberText | None = None
    notice_version: CodeText


class AboutsIn(In):
    """Whom or what the complaint is about, as found out; it replaces what was said in free words."""

    about: Annotated[list[AboutIn], Field(min_length=1, max_length=10)]


class AboutNamedOut(Out):
    """Who handles the case now."""

    ticket: str
    confidentiality: Coded
    closed_to: Coded | None
    still_yours: bool
