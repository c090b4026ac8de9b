"""The account of a campaign: who did not come, what was given, to whom by groups, and who paid."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import hand_out
from app.db.queries.acting import Acting
from app.db.queries.assistance import tell as tell_line
from app.db.tables.campaigns import Campaign
from app.domain.campaigns import (
    BANDS,
    CampaignAction,
    Places,
    RecipientState,
    Row,
    Share,
    band_of,
    cells_of,
    publish,
)
from app.domain.codes import LedgerState
from app.domain.events.campaigns import CampaignReported
from app.domain.knowledge import Knowledge
from app.services.campaigns.finding import CheckVersion, find_campaign, manages_by_area
from app.services.campaigns.steps import Asked, begin_step

NOT_COLLECTED: Final = "not_collected"
S = RecipientState
_NOT_GIVEN: Final = frozenset({S.SELECTED.value, S.NO_SHOW.value})
_ALL: Final = "all"


async def report(acting: Acting, place: tuple[str, UUID], check_version: CheckVersion) -> Campaign:
    """End the hand-out: whoever did not come is marked, and what was planned for her is stopped."""
    row = await begin_step(acting, Asked(place, CampaignAction.REPORT), check_version)
    absent = await stored.in_state(acting.tx, row, S.SELECTED)
    ids = {one.line_id for one in absent if one.line_id is not None}
    lines = await hand_out.lock_lines(acting.tx, row.regency_code, ids)
    for one in absent:
        one.state, one.updated_at = S.NO_SHOW.value, acting.now
    for line in lines.values():
        if line.state == LedgerState.PLANNED.value:
            line.state, line.reason, line.updated_at = LedgerState.STOPPED.value, NOT_COLLECTED, acting.now
            await tell_line(acting, line, NOT_COLLECTED)
    row.reported_at = acting.now
    counts = await stored.counts_by_state(acting.tx, row)
    given = sum(count for (state, _), count in counts.items() if state == S.GIVEN.value)
    await stored.tell(acting, row, CampaignReported(thing_id=row.id, given=given, no_show=len(absent)))
    return row


@dataclass(frozen=True, slots=True)
class Account:
    """The report as it is shown; *published* ones leave small cells out."""

    campaign: Campaign
    published: bool
    total: Row
    by_component: list[Row]
    by_district: list[Row]
    by_sex: list[Row]
    by_age: list[Row]
    value: list[tuple[str, int | None, int | None]]
    """Component, lines given, rupiah: by the ledger."""


async def account_of(acting: Acting, place: tuple[str, UUID], *, published: bool) -> Account:
    """Count. Only the regency's office reads exact numbers; everybody else the published form.

    Raises:
        NotFound: there is no such campaign in sight.
    """
    row = await find_campaign(acting, *place)
    published = published or not manages_by_area(acting.actor, row)
    people = await hand_out.report_rows(acting.tx, row)
    cells = await _cells(acting, row)
    on = row.starts_on
    by_component = _rows(people, lambda one: one.component, _sums(cells, 0))
    by_district = _rows(people, lambda one: one.district_code, _sums(cells, 1))
    by_sex = _rows(people, lambda one: one.sex or "unknown", dict.fromkeys(("L", "P"), None))
    ages = dict.fromkeys((band for band, _ in BANDS), None)
    by_age = _rows(people, lambda one: band_of(one.born_on, on), ages)
    (total,) = _rows(people, lambda _: _ALL, {_ALL: sum(cells.values())})
    groups = [by_component, by_district, by_sex, by_age]
    value: list[tuple[str, int | None, int | None]] = [
        (one.component, one.lines, int(one.amount_idr)) for one in await hand_out.given_value(acting.tx, row)
    ]
    if published:
        groups = [publish(group) for group in groups]
        total = publish([total])[0]
        shown = {one.key: one.given for one in groups[0]}
        value = [
            (code, shown.get(code), amount if shown.get(code) is not None else None)
            for code, _, amount in value
        ]
    component, district, sex, age = groups
    return Account(row, published, total, component, district, sex, age, value)


async def _cells(acting: Acting, row: Campaign) -> dict[tuple[str, str], int]:
    """The places of every cell: as the newest selection shared them out, else as they are given."""
    selection = await stored.selection_of(acting.tx, row)
    if selection is not None and "cells" in selection.input:
        return {(one[0], one[1]): one[2] for one in selection.input["cells"]}
    return given_cells(acting.known, row)


def given_cells(known: Knowledge, row: Campaign) -> dict[tuple[str, str], int]:
    places = tuple(Places(one["code"], one["quota"], one["districts"]) for one in row.components)
    return cells_of(places, known.regions.districts(row.regency_code), Share.EQUAL, {})


def _sums(cells: dict[tuple[str, str], int], part: int) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for cell, places in cells.items():
        found[cell[part]] = (found.get(cell[part]) or 0) + places
    return found


def _rows(people: Sequence[Any], key: Callable[[Any], str], planned: dict[str, int | None]) -> list[Row]:
    """Group by *key*; the keys of *planned* come first and always."""
    groups: dict[str, list[Any]] = {name: [] for name in planned}
    for one in people:
        groups.setdefault(key(one), []).append(one)
    return [_row(name, planned.get(name), found) for name, found in groups.items()]


def _row(name: str, planned: int | None, people: Iterable[Any]) -> Row:
    states = Counter(one.state for one in people)
    given, dropped = states[S.GIVEN.value], states[S.DROPPED.value]
    absent = states[S.NO_SHOW.value]
    return Row(
        key=name,
        planned=planned,
        selected=given + sum(states[state] for state in _NOT_GIVEN),
        given=given,
        no_show=absent,
        replaced=dropped,
    )
