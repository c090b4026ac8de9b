"""How secret the new case is, who handles it, and who is kept out."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries.closing import lines_in_intake, meant_in_intake
from app.db.session import Raw
from app.domain.access import ClosedTo, closed_to_for, default_confidentiality
from app.domain.cases import NewCase
from app.domain.codes import Confidentiality
from app.domain.complaints import meant_by, readers_of
from app.domain.knowledge import Knowledge, Settings

_RANK = {level: n for n, level in enumerate(Confidentiality)}


@dataclass(frozen=True, slots=True)
class Secrecy:
    confidentiality: Confidentiality
    closed_to: ClosedTo | None = None
    readers: tuple[tuple[UUID, str], ...] = ()
    """Account and standing: ``named`` may see it, ``kept_out`` may not whatever his office."""


async def secrecy_of(raw: Raw, known: Knowledge, settings: Settings, new: NewCase, today: date) -> Secrecy:
    """Decide it from category, PPKS, what it is about, and what the officer asked for: the highest wins."""
    meant = meant_by(known, new.about, settings.regency, new.village)
    ppks = [known.attrs("ppks", new.ppks)] if new.ppks else []
    lowest = default_confidentiality(known.attrs("case_category", new.category), ppks, meant.about)
    level = max(lowest, new.confidentiality or lowest, key=_RANK.__getitem__)
    if level is not Confidentiality.RAHASIA:
        return Secrecy(level)
    meant = await meant_in_intake(raw, settings.regency, meant)
    lines = await lines_in_intake(raw, settings.regency, meant.accounts, today)
    closed_to = closed_to_for(meant.about, lines, secret=True)
    return Secrecy(level, closed_to, readers_of(meant, closed_to, settings.inspectorate_account_id))
