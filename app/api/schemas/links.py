"""Bodies of links between cases."""

from datetime import datetime

from app.api.schemas.base import In, Out
from app.api.schemas.cases import Coded
from app.api.schemas.steps import TicketText
from app.domain.links import Relation


class LinkIn(In):
    """What the case of the path is to the case of *ticket*."""

    ticket: TicketText
    relation: Relation


class LinkOut(Out):
    """What the case of the path is to the other one."""

    id: str
    relation: Coded
    ticket: str
    status: Coded
    category: Coded
    opened_at: datetime
    at: datetime
    by: str | None
