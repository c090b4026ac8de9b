"""Selecting the recipients of a campaign: find candidates, weigh each, place all, write it down.

Every step is one transaction and says where it is. Placing is done anew from what was weighed when a worker
takes the job up again: the same input gives the same answer, and its hash is compared.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.queries.campaign_people import Known, after_person, known_people
from app.db.session import Tx, transaction
from app.db.tables.campaigns import Campaign, CampaignRecipient
from app.domain.campaigns import (
    CampaignAction,
    CampaignState,
    Candidate,
    Cell,
    PassedOver,
    Placed,
    Places,
    RecipientState,
    Share,
    Weighed,
    cells_of,
    decide,
    place,
)
from app.domain.errors import Conflict
from app.domain.events.campaigns import CampaignNominated, CampaignSelected
from app.services.campaigns import Judge, Route, judge_of, new_recipient, origin_of
from app.worker.running import Run

BATCH: Final = 400
"""Persons of one step."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What one step works on, under the lock of the campaign."""

    acting: Acting
    tx: Tx
    campaign: Campaign
    judge: Judge


async def run_campaign_select(run: Run, *, batch: int = BATCH) -> dict[str, Any] | None:
    """Run the phases one after the other, from where the job is; a step takes *batch* persons."""
    for phase, work in _PHASES.items():
        if run.position.get("phase", "seek") != phase:
            continue
        while run.position.get("phase", "seek") == phase:
            if not await work(run, batch):
                return None
    return dict(run.position["result"])


async def _stand(run: Run, tx: Tx) -> _Ground:
    """Lock the campaign.

    Raises:
        Conflict: somebody took this selection back.
    """
    known = await run.tools.knowledge.current(run.tools.now())
    acting = run.tools.acting(tx, known)
    campaign = await stored.find(tx, run.regency, UUID(run.input["campaign"]), stored.Lock.CHANGE)
    selection = await stored.selection_of(tx, campaign) if campaign else None
    open_to_it = campaign is not None and campaign.state == CampaignState.SELECTING.value
    if campaign is None or selection is None or not open_to_it or campaign.selection_n != run.input["n"]:
        raise Conflict(
            "selection_withdrawn",
            "Pemilihan ini sudah ditarik kembali.",
            "This selection was taken back.",
        )
    return _Ground(acting, tx, campaign, judge_of(known, campaign, selection.input))


# Candidates from the records of the regency ----------------------------------------------------------------


async def _seek(run: Run, batch: int) -> bool:
    async with transaction(run.tools.database.sessions) as tx:
        ground = await _stand(run, tx)
        after = run.position.get("after")
        found: Sequence[UUID] = ()
        if ground.campaign.rules["from_registry"]:
            found = await after_person(tx, run.regency, UUID(after) if after else None, batch)
        added = await _nominate(ground, found)
        seen = run.position.get("sought", 0) + added
        at = {"phase": "seek", "after": found[-1].hex, "sought": seen} if found else _next("weigh", seen)
        if not found and seen:
            happened = CampaignNominated(
                thing_id=ground.campaign.id, route=Route.REGISTRY.value, nominated=seen
            )
            await stored.tell(ground.acting, ground.campaign, happened)
        return await run.move(tx, at, done=run.done + len(found))


def _next(phase: str, sought: int, **more: Any) -> dict[str, Any]:
    return {"phase": phase, "after": None, "sought": sought, **more}


async def _nominate(ground: _Ground, people: Sequence[UUID]) -> int:
    """Nominate whoever meets the conditions of a component; the others are no candidates."""
    before = await stored.in_campaign(ground.tx, ground.campaign, people)
    known = await known_people(
        ground.tx, ground.campaign.regency_code, [p for p in people if p not in before]
    )
    origin = origin_of(ground.acting, Route.REGISTRY)
    rows = [
        new_recipient(ground.acting, ground.campaign, found.row, origin)
        for found in known.values()
        if found.wrapped is not None and ground.judge.weigh(found).fits
    ]
    await stored.add_recipients(ground.tx, rows)
    return len(rows)


# Weighing --------------------------------------------------------------------------------------------------


async def _weigh(run: Run, batch: int) -> bool:
    async with transaction(run.tools.database.sessions) as tx:
        ground = await _stand(run, tx)
        after = run.position.get("after")
        found = await stored.candidates_after(tx, ground.campaign, UUID(after) if after else None, batch)
        known = await known_people(tx, run.regency, [one.person_id for one in found])
        rows = [_weighed(ground, one, known[one.person_id]) for one in found]
        await stored.write_recipients(tx, ground.campaign, rows)
        sought = run.position["sought"]
        at = (
            {"phase": "weigh", "after": found[-1].id.hex, "sought": sought}
            if found
            else _next("place", sought)
        )
        return await run.move(tx, at, done=run.done + len(found))


def _weighed(ground: _Ground, one: CampaignRecipient, found: Known) -> dict[str, Any]:
    weighed = ground.judge.weigh(found)
    person = found.row
    return {
        "b_id": one.id,
        "household_id": person.household_id,
        "village_code": person.village_code,
        "district_code": person.village_code.rpartition(".")[0],
        "born_on": person.born_on,
        "state": (RecipientState.PASSED_OVER if weighed.reason else RecipientState.NOMINATED).value,
        "reason": weighed.reason.value if weighed.reason else None,
        "weighed_n": ground.campaign.selection_n,
        "need": weighed.need,
        "aid_count": weighed.aid,
        "fits": list(weighed.fits),
        "basis_sealed": _sealed(ground, one.id, found, weighed),
        "component": None,
        "order_n": None,
        "tie": None,
        "updated_at": ground.acting.now,
    }


def _sealed(ground: _Ground, id_: UUID, found: Known, weighed: Weighed) -> bytes | None:
    if found.wrapped is None:
        return None
    vault = ground.acting.vault
    text = json.dumps(weighed.basis, ensure_ascii=False, sort_keys=True)
    return vault.seal(vault.unwrap(found.wrapped), "campaign_recipients", "basis", id_, text)


# Placing ---------------------------------------------------------------------------------------------------


async def _place(run: Run, _batch: int) -> bool:
    """Share the places out and keep what it was done from; nothing of the answer is written yet."""
    async with transaction(run.tools.database.sessions) as tx:
        ground = await _stand(run, tx)
        people = await _candidates(ground)
        selection = await stored.selection_of(tx, ground.campaign)
        if selection is None:
            raise ValueError("A selection has its row from its order on.")
        cells = _cells(ground, people, selection.input["districts"])
        selection.input = {**selection.input, "cells": [[*cell, places] for cell, places in cells.items()]}
        selection.candidates_sha256 = _hash(people)
        at = _next("write", run.position["sought"])
        return await run.move(tx, at, done=run.done, total=run.done + len(people))


async def _candidates(ground: _Ground) -> list[Candidate]:
    alone = not ground.campaign.rules["per_household"]
    return [
        Candidate(
            row.id,
            None if alone else row.household_id,
            row.district_code,
            tuple(row.fits),
            row.need,
            row.aid_count,
            row.born_on.toordinal() if row.born_on else None,
            row.lot,
        )
        for row in await stored.to_place(ground.tx, ground.campaign)
    ]


def _cells(ground: _Ground, people: Sequence[Candidate], districts: Sequence[str]) -> dict[Cell, int]:
    campaign = ground.campaign
    fitting = Counter((code, one.district) for one in people for code in one.fits)
    places = tuple(Places(one["code"], one["quota"], one["districts"]) for one in campaign.components)
    return cells_of(places, tuple(districts), Share(campaign.rules["share"]), fitting)


def _hash(people: Sequence[Candidate]) -> str:
    rows = [
        [one.id.hex, one.home.hex if one.home else None, one.district, *one.fits, one.need, one.aid, one.born]
        for one in people
    ]
    return sha256(json.dumps(rows).encode()).hexdigest()


# Writing ---------------------------------------------------------------------------------------------------


async def _write(run: Run, batch: int) -> bool:
    """Place, then write a batch of the answer a transaction; the last one settles the campaign."""
    async with transaction(run.tools.database.sessions) as tx:
        ground = await _stand(run, tx)
        people = await _candidates(ground)
        selection = await stored.selection_of(tx, ground.campaign)
        if selection is None or selection.candidates_sha256 != _hash(people):
            raise ValueError("What was placed is not what is being written.")
        cells = {(one[0], one[1]): one[2] for one in selection.input["cells"]}
    placed = await asyncio.to_thread(place, people, cells)
    order = {id_: n for n, id_ in enumerate(placed.order, 1)}
    ids = [one.id for one in people]
    at = run.position.get("written", 0)
    while at < len(ids):
        some = ids[at : at + batch]
        async with transaction(run.tools.database.sessions) as tx:
            ground = await _stand(run, tx)
            now = ground.acting.now
            rows = [{**_outcome(placed, id_), "order_n": order[id_], "updated_at": now} for id_ in some]
            await stored.write_recipients(tx, ground.campaign, rows)
            at += len(some)
            position = _next("write", run.position["sought"], written=at)
            going = await run.move(tx, position, done=run.done + len(some))
        if not going:
            return False
    return await _settle(run, cells)


def _outcome(placed: Placed, id_: UUID) -> dict[str, Any]:
    tie = placed.ties.get(id_)
    cell = placed.chosen.get(id_)
    state, reason = RecipientState.RESERVE, None
    if cell is not None:
        state = RecipientState.SELECTED
    elif id_ in placed.beside:
        state, reason = RecipientState.PASSED_OVER, PassedOver.HOUSEHOLD_HAS_ONE.value
    return {
        "b_id": id_,
        "state": state.value,
        "reason": reason,
        "component": cell[0] if cell else None,
        "tie": tie.value if tie else None,
    }


async def _settle(run: Run, cells: Mapping[Cell, int]) -> bool:
    async with transaction(run.tools.database.sessions) as tx:
        ground = await _stand(run, tx)
        acting, campaign = ground.acting, ground.campaign
        step = decide(CampaignState(campaign.state), CampaignAction.SETTLE, makers=frozenset(), by=None)
        result = await _result(ground, cells)
        selection = await stored.selection_of(tx, campaign)
        if selection is None:
            raise ValueError("A selection has its row from its order on.")
        selection.result, selection.ended_at = result, acting.now
        campaign.state, campaign.updated_at = step.target.value, acting.now
        campaign.version += 1
        happened = CampaignSelected(
            thing_id=campaign.id,
            selection_id=selection.id,
            candidates=result["candidates"],
            chosen=result["selected"],
            reserve=result["reserve"],
        )
        await stored.tell(acting, campaign, happened)
        at = {**_next("done", run.position["sought"]), "result": result}
        await run.move(tx, at, done=run.done)
        return True


async def _result(ground: _Ground, cells: Mapping[Cell, int]) -> dict[str, Any]:
    counts = await stored.counts_by_state(ground.tx, ground.campaign)
    taken = await stored.cell_sizes(ground.tx, ground.campaign)
    by_state: Counter[str] = Counter()
    for (state, _), count in counts.items():
        by_state[state] += count
    passed = {
        reason: count
        for (state, reason), count in sorted(counts.items(), key=str)
        if state == RecipientState.PASSED_OVER.value and reason is not None
    }
    return {
        "candidates": sum(by_state.values()),
        "selected": by_state[RecipientState.SELECTED.value],
        "reserve": by_state[RecipientState.RESERVE.value],
        "passed_over": passed,
        "places": sum(cells.values()),
        "open_places": sum(max(places - taken.get(cell, 0), 0) for cell, places in cells.items()),
    }


_PHASES: Final = {"seek": _seek, "weigh": _weigh, "place": _place, "write": _write}
