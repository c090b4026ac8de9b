"""From what the desk brings to the case that will be written; the same for one case and for a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.db.queries.intake_parts import Pair
from app.db.session import Raw
from app.domain.access import Actor, scope_of
from app.domain.allotments import Left, remaining
from app.domain.answering import Answered, Asked, Sources, answer
from app.domain.cases import NewCase, priority_of
from app.domain.codes import AboutKind, Confidentiality, Priority
from app.domain.errors import FieldError, Invalid
from app.domain.facts import Facts
from app.domain.identity import Sex
from app.domain.knowledge import Knowledge, Settings
from app.domain.links import tells
from app.domain.names import name_key
from app.domain.sla import local_date
from app.services.intake.checks import Numbers, check_codes, read_numbers, require_served
from app.services.intake.doubts import Told, doubts_of, is_doubtful
from app.services.intake.draft import Draft, Settled, make_draft
from app.services.intake.duplicates import Opening, Others, look_for_same, named, window_of
from app.services.intake.meeting import Met, Tools
from app.services.intake.secrecy import secrecy_of
from app.services.intake.slips import Slip


@dataclass(frozen=True, slots=True)
class House:
    """What the story needs besides the request."""

    known: Knowledge
    tools: Tools
    actor: Actor
    now: datetime
    under: UUID | None = None
    """The disaster case that it is opened under, and linked to in the same transaction."""
    began_at: datetime | None = None
    """From when the first clock runs, where that is before it came here (`sync_clock_start`)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened, with everything that its answer tells."""

    draft: Draft
    answered: Answered
    others: Others
    warnings: tuple[str, ...]
    """Codes of the set ``id_warning``: what an officer should look at in the numbers."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the desk brings, found sound."""

    new: NewCase
    settings: Settings
    today: date
    stated: Facts
    numbers: Numbers

    def since(self, known: Knowledge, now: datetime) -> datetime:
        """From when a case at rest may still be the same matter."""
        return now - window_of(known, self.settings.regency)


def bring(house: House, new: NewCase) -> Brought:
    """Check what needs no look at the database.

    Raises:
        Invalid: a field is wrong; the fields are named.
        Forbidden: the actor may not open cases in that village.
    """
    settings = require_served(house.known, new, house.actor)
    today = local_date(house.now, new.village)
    stated = check_codes(house.known, new, today)
    return Brought(new, settings, today, stated, read_numbers(house.known, new.subject, today))


async def settle(
    raw: Raw, house: House, brought: Brought, met: Met, found: Mapping[str, Any], slip: Slip
) -> Opened:
    """Decide everything about the new case: whether it is new at all, what fits, who may see it.

    Raises:
        Invalid: the priority is raised without a reason.
        Conflict: the same matter of the same person is on record, and the slip is not out yet.
    """
    known, new, settings, now = house.known, brought.new, brought.settings, house.now
    opening = Opening(
        new, named(met, new), scope_of(house.actor), known, settings.regency, now, never_refused=slip.reserved
    )
    others = look_for_same(found["cases"] or (), opening)
    priority = _priority(known, new, {**_kept(met), **brought.stated})
    entry = known.registry_entry(found["registry"] or (), settings.regency, brought.today)
    asked = _asked(new, priority, settings, brought.stated)
    answered = answer(known, asked, _sources(met, found, entry), brought.today)
    secrecy = await secrecy_of(raw, known, settings, new, brought.today)
    others = _told_of(others, secrecy.confidentiality)

    told = Told(new, brought.numbers, met)
    doubts = await doubts_of(raw, house.tools, settings.regency, told, now)
    doubles = None if others.same is None else others.same.case_id
    matter = Settled(
        settings, new, priority, secrecy, met, slip, tuple(doubts), doubles, house.began_at or now
    )
    draft = make_draft(house.tools, known, house.actor, matter, answered, now)
    return Opened(draft, answered, others, _warnings(brought.numbers, new, met))


def _told_of(others: Others, mine: Confidentiality) -> Others:
    """A case is void for another only if its readers may know of that; else the secretariat decides."""
    same = others.same
    if same is None or tells(mine, same.confidentiality):
        return others
    pair = Pair(same.case_id, same.other.score, tuple(reason.value for reason in same.other.reasons))
    return replace(others, same=None, pairs=(pair, *others.pairs))


def _kept(met: Met) -> dict[str, object]:
    """What is known of her and her household from before."""
    return {name: value for kept in met.facts for name, value in kept.items()}


def _priority(known: Knowledge, new: NewCase, facts: Mapping[str, object]) -> Priority:
    attrs = known.attrs("case_category", new.category)
    priority = priority_of(new, attrs, facts)
    raised = new.priority not in {None, Priority.BIASA} and priority is new.priority
    if (
        raised
        and priority_of(replace(new, priority=None), attrs, facts) is not priority
        and not new.priority_reason
    ):
        raise Invalid(
            fields=(
                FieldError(
                    "/priority_reason",
                    "missing",
                    "Tulis alasan menaikkan prioritas.",
                    "Say why the priority is raised.",
                ),
            )
        )
    return priority


def _asked(new: NewCase, priority: Priority, settings: Settings, stated: Facts) -> Asked:
    about = next((item.ref for item in new.about if item.kind is AboutKind.PROGRAM), None)
    return Asked(
        kind=new.kind,
        category=new.category,
        sector=new.sector,
        priority=priority,
        village=new.village,
        regency=settings.regency,
        ppks=new.ppks,
        program=new.program or about,
        papers=frozenset(new.papers),
        tried=frozenset(new.tried),
        current_aid=frozenset(new.current_aid),
        stated=stated,
    )


def _sources(met: Met, found: Mapping[str, Any], entry: Mapping[str, Any]) -> Sources:
    return Sources(
        registry=entry if met.nik_digests else None,
        aid=found["aid"] or (),
        live=frozenset(found["live"] or ()),
        capacity=remaining(Left(*row) for row in found["allotments"] or ()),
        stored=met.facts,
        born_on=met.born_on,
        sex=met.sex,
        has_nik=bool(met.nik_digests),
    )


def _warnings(numbers: Numbers, new: NewCase, met: Met) -> tuple[str, ...]:
    found = [*(numbers.nik.warnings if numbers.nik else ()), *(numbers.kk.warnings if numbers.kk else ())]
    if numbers.nik is not None:
        sex = Sex(new.subject.sex) if new.subject.sex else None
        found += numbers.nik.disagreements(sex, new.subject.born_on)
    codes = [warning.value for warning in found]
    said, kept = new.subject.name, met.name
    if said and kept and said != kept and name_key(said) != name_key(kept):
        codes.append("name_differs")
    if is_doubtful(Told(new, numbers, met)):
        codes.append("identity_conflict")
    return tuple(codes)
