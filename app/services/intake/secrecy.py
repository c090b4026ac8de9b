"""How secret the new case is, who handles it, and who is kept out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries.closing import lines_in_intake
from app.db.session import Raw
from app.domain.access import About, ClosedTo, closed_to_for, default_confidentiality
from app.domain.cases import AboutGiven, NewCase
from app.domain.codes import AboutKind, Confidentiality, Holder, Level
from app.domain.ids import parse_public_id
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
    about = tuple(_about(known, item, settings.regency) for item in new.about)
    lowest = default_confidentiality(
        known.attrs("case_category", new.category), [known.attrs("ppks", new.ppks)] if new.ppks else [], about
    )
    level = max(lowest, new.confidentiality or lowest, key=_RANK.__getitem__)
    if level is not Confidentiality.RAHASIA:
        return Secrecy(level)
    lines = await lines_in_intake(raw, settings.regency, [a.account_id for a in about if a.account_id], today)
    closed_to = closed_to_for(about, lines, secret=True)
    return Secrecy(level, closed_to, _readers(about, closed_to, settings))


def _readers(
    about: Sequence[About], closed_to: ClosedTo | None, settings: Settings
) -> tuple[tuple[UUID, str], ...]:
    accused = {item.account_id for item in about if item.account_id is not None}
    found = [(account, "kept_out") for account in sorted(accused)]
    contact = settings.inspectorate_account_id
    if closed_to is ClosedTo.INSPECTORATE and contact is not None and contact not in accused:
        found.append((contact, "named"))
    return tuple(found)


def _about(known: Knowledge, item: AboutGiven, regency: str) -> About:
    level = known.programs[item.ref].level if item.kind is AboutKind.PROGRAM and item.ref else None
    account = None
    if item.kind in {AboutKind.ACCOUNT, AboutKind.CADRE} and item.ref:
        named = parse_public_id(item.ref)
        account = named.id if named and named.tenant == regency else None
    code = Holder.DESK.value if item.kind is AboutKind.DESK else item.ref
    return About(item.kind, account, code, Level(level) if level else None)
