"""The working calendar of a regency: its own days off, estimates that it confirms, its week and hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from app.db.queries import calendars as stored
from app.db.queries import policies
from app.db.queries.acting import Acting
from app.db.queries.knowledge import OFFICE_HOURS
from app.db.tables.places import Holiday, RegencySettings
from app.domain.errors import FieldError, Invalid
from app.domain.events.settings import CalendarChanged
from app.domain.ids import NATION
from app.domain.policy_shapes import Vocabulary
from app.domain.policy_values import check_value
from app.domain.sla import Calendar, week_of, zone_of

_YEARS_AHEAD = 3
_OWN = "regency"
_SET_BY = "calendar"
"""The source of hours that came with a change of the calendar."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a calendar; what is None or empty stays."""

    add: Mapping[date, str] = field(default_factory=dict)
    """Days off of the regency's own, with their names."""
    remove: Sequence[date] = ()
    confirm: Sequence[date] = ()
    """Estimated national days that are certain by now."""
    six_day_week: bool | None = None
    office_hours: Any = None


async def edit_calendar(acting: Acting, regency: str, edit: Edit) -> Calendar:
    """Change the calendar and return it; open clocks follow within seconds, time already consumed included.

    Raises:
        Forbidden: the actor sets no policies there.
        Invalid: a regency that is not served, a day that does not fit, a month without a working day.
    """
    settings = await policies.lock_regency(acting, regency)
    national = await stored.all_days(acting.tx, NATION)
    own = await stored.all_days(acting.tx, regency)
    errors = [*_wrong_adds(acting, regency, edit, national), *_wrong_others(edit, national, own)]
    if errors:
        raise Invalid(fields=tuple(errors))
    if edit.office_hours is not None:
        vocabulary = Vocabulary(acting.known.programs.__contains__, acting.known.knows)
        check_value(OFFICE_HOURS, edit.office_hours, vocabulary, "/office_hours")
    if edit.six_day_week is not None:
        settings.six_day_week = edit.six_day_week
    days = national.keys() | (own.keys() - {*edit.remove}) | edit.add.keys()
    calendar = _calendar(acting, settings, edit, frozenset(days))
    await _store(acting, regency, edit, national)
    happened = CalendarChanged(
        thing_id=calendar_of(regency),
        added=tuple(sorted(edit.add)),
        removed=tuple(sorted(edit.remove)),
        confirmed=tuple(sorted(edit.confirm)),
        six_day_week=edit.six_day_week,
        hours_changed=edit.office_hours is not None,
    )
    kinds = ("settings",) if edit.office_hours is None else ("policies", "settings")
    changed = policies.Changed(happened, "calendar", kinds, moves_clocks=True)
    await policies.follow_change(acting, regency, changed)
    return calendar


def calendar_of(regency: str) -> UUID:
    """The stream of a regency's calendar: the same for everybody, without a row that says so."""
    return uuid5(NAMESPACE_URL, f"urn:puskesos:calendar:{regency}")


async def _store(acting: Acting, regency: str, edit: Edit, national: Mapping[date, Holiday]) -> None:
    tx = acting.tx
    await stored.drop_days(tx, regency, edit.remove)
    await stored.put_days(tx, regency, [(day, name, _OWN) for day, name in sorted(edit.add.items())])
    sure = [(day, national[day].name, national[day].kind) for day in sorted(edit.confirm)]
    await stored.put_days(tx, regency, sure)
    if edit.office_hours is not None:
        rule = policies.Rule(OFFICE_HOURS, None, None, None, {"value": edit.office_hours}, _SET_BY)
        await policies.put_rule(tx, regency, rule, acting.new_id())


def _calendar(acting: Acting, settings: RegencySettings, edit: Edit, days: frozenset[date]) -> Calendar:
    """Return the calendar after the edit, if every month keeps a working day."""
    regency = settings.regency_code
    said = edit.office_hours or acting.known.policy_value(regency, OFFICE_HOURS)
    calendar = Calendar(zone_of(regency), days, week_of(said, six_days=settings.six_day_week))
    calendar.require_work_each_month("/add" if edit.add else "")
    return calendar


def _wrong_adds(
    acting: Acting, regency: str, edit: Edit, national: Mapping[date, Holiday]
) -> list[FieldError]:
    today = acting.today(regency)
    first, last = today.year - 1, today.year + _YEARS_AHEAD
    errors = []
    for n, day in enumerate(edit.add):
        if not first <= day.year <= last:
            errors.append(
                FieldError(
                    f"/add/{n}/date",
                    "out_of_range",
                    f"Isi tanggal tahun {first} sampai {last}.",
                    f"Give a day of the years {first} to {last}.",
                )
            )
        elif day in national:
            errors.append(
                FieldError(
                    f"/add/{n}/date",
                    "national_holiday",
                    "Hari ini sudah libur nasional atau cuti bersama.",
                    "This day is a national holiday already.",
                )
            )
    return errors


def _wrong_others(
    edit: Edit, national: Mapping[date, Holiday], own: Mapping[date, Holiday]
) -> list[FieldError]:
    errors = [
        FieldError(
            f"/remove/{n}",
            "not_its_own",
            "Hanya hari libur daerah sendiri yang dapat dihapus.",
            "Only a day off of the regency's own can be removed.",
        )
        for n, day in enumerate(edit.remove)
        if day not in own or day in edit.add
    ]
    errors += [
        FieldError(
            f"/confirm/{n}",
            "not_estimated",
            "Tanggal ini bukan hari libur nasional yang masih perkiraan.",
            "This day is no national holiday that is still an estimate.",
        )
        for n, day in enumerate(edit.confirm)
        if day not in national or not national[day].estimated
    ]
    return errors
