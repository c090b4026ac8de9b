"""Rules of time and calendars as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from app.api.schemas.reference import CalendarOut, PoliciesOut
from app.db.tables.places import Holiday
from app.db.tables.places import Policy as Row
from app.domain.codes import TO_BE_CONFIRMED, Trust
from app.domain.ids import public_id
from app.domain.knowledge import Rule, zone_name
from app.domain.sla import Calendar, ClockStep, Policy

_MINUTE: Final = 60_000_000
"""Windows are kept in microseconds."""
_CLOCKS: Final = frozenset(ClockStep)


Named = Mapping[str, Rule]
"""The nation's rules: they say what a rule is called, for a regency's own too."""


def policies_out(
    regency: str, clocks: Iterable[Policy], rules: Iterable[tuple[str, Rule]], named: Named
) -> PoliciesOut:
    """Show what a process knows; each named rule with the place that set it."""
    return PoliciesOut.model_validate(
        {
            "region": regency,
            "clocks": [_clock(policy) for policy in clocks],
            "values": [_rule(place, rule, named) for place, rule in rules],
        }
    )


def rows_out(regency: str, rows: Sequence[Row], named: Named) -> PoliciesOut:
    """Show stored rows of one step or name, the regency's before the nation's; of a name the first holds."""
    clocks = [row for row in rows if row.name in _CLOCKS]
    values = [row for row in rows if row.name not in _CLOCKS][:1]
    return PoliciesOut.model_validate(
        {
            "region": regency,
            "clocks": [
                {
                    **_common(row),
                    "step": row.name,
                    "kind": row.kind,
                    "category": row.category,
                    "priority": row.priority,
                    "amount": row.value["amount"],
                    "unit": row.value["unit"],
                }
                for row in clocks
            ],
            "values": [
                {**_common(row), **_called(row.name, named), "name": row.name, "value": row.value["value"]}
                for row in values
            ],
        }
    )


def calendar_out(regency: str, year: int, calendar: Calendar, days: Iterable[Holiday]) -> CalendarOut:
    return CalendarOut.model_validate(
        {
            "region": regency,
            "year": year,
            "zone": zone_name(regency),
            "hours": [
                {"weekday": day, "opens": _clock_text(window[0]), "closes": _clock_text(window[1])}
                for day, window in enumerate(calendar.week, 1)
                if window is not None
            ],
            "holidays": [
                {"date": row.on_date, "name": row.name, "kind": row.kind, "estimated": row.estimated}
                for row in days
            ],
        }
    )


def _clock_text(window: int) -> str:
    hours, minutes = divmod(window // _MINUTE, 60)
    return f"{hours:02}:{minutes:02}"


def _common(row: Row) -> dict[str, Any]:
    trust = Trust(row.trust)
    return {
        "id": public_id(row.regency_code, row.id),
        "region": row.regency_code,
        "source": row.source,
        "trust": trust,
        "to_be_confirmed": trust in TO_BE_CONFIRMED,
    }


def _clock(policy: Policy) -> dict[str, Any]:
    return {
        "id": _id(policy.region, policy),
        "step": policy.step.value,
        "kind": policy.kind,
        "category": policy.category,
        "priority": policy.priority,
        "amount": policy.amount,
        "unit": policy.unit.value,
        "region": policy.region,
        "source": policy.source,
        "trust": policy.trust,
        "to_be_confirmed": policy.trust in TO_BE_CONFIRMED,
    }


def _called(name: str, named: Named) -> dict[str, Any]:
    national = named.get(name)
    words = national.label if national else None
    plain = name.replace("_", " ")
    return {
        "label": {"id": words.id if words else plain, "en": words.en if words else plain},
        "unit": national.unit if national else None,
    }


def _rule(place: str, rule: Rule, named: Named) -> dict[str, Any]:
    return {
        **_called(rule.name, named),
        "id": _id(place, rule),
        "name": rule.name,
        "value": rule.value,
        "region": place,
        "source": rule.source,
        "trust": rule.trust,
        "to_be_confirmed": rule.trust in TO_BE_CONFIRMED,
    }


def _id(place: str, known: Policy | Rule) -> str:
    return public_id(place, known.id) if known.id else ""
