"""Approving a selection: everybody is judged once more, then holds an entitlement and a planned line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries.acting import Acting
from app.db.queries.assistance import NewLine, write_lines
from app.db.queries.campaign_people import Known, known_people, lock_people
from app.db.tables.campaigns import Campaign, CampaignRecipient
from app.domain.campaigns import CampaignAction, RecipientState
from app.domain.codes import LedgerSource, LedgerState
from app.domain.errors import Conflict
from app.domain.events.campaigns import CampaignApproved
from app.domain.programs import GoodsKind
from app.domain.tickets import ALPHABET, RANDOM_BITS
from app.services.campaigns.finding import CheckVersion
from app.services.campaigns.judging import judge_of, period_in
from app.services.campaigns.steps import Asked, begin_step

Bits = Callable[[], int]
"""Draws 40 random bits."""


async def approve(
    acting: Acting, place: tuple[str, UUID], bits: Bits, check_version: CheckVersion
) -> Campaign:
    """Approve who was selected.

    Raises:
        Conflict: the approver made the campaign or ordered the selection; or some of the selected have died,
            or hold aid by now that excludes this one: take the selection back and select again.
    """
    row = await begin_step(acting, Asked(place, CampaignAction.APPROVE), check_version)
    chosen = await stored.in_state(acting.tx, row, RecipientState.SELECTED)
    people = [one.person_id for one in chosen]
    await lock_people(acting.tx, row.regency_code, people)
    known = await known_people(acting.tx, row.regency_code, people)
    await _require_unchanged(acting, row, known)
    await entitle(acting, row, chosen, known, bits)
    row.approved_at, row.approved_by = acting.now, acting.actor.account_id
    await stored.tell(acting, row, CampaignApproved(thing_id=row.id, recipients=len(chosen)))
    return row


async def _require_unchanged(acting: Acting, row: Campaign, known: Mapping[UUID, Known]) -> None:
    selection = await stored.selection_of(acting.tx, row)
    if selection is None:
        raise ValueError("A campaign is approved after its selection only.")
    judge = judge_of(
        acting.known, row, {**selection.input, "today": acting.today(row.regency_code).isoformat()}
    )
    weighed = (judge.weigh(one) for one in known.values())
    changed = sum(one.reason is not None for one in weighed)
    if changed:
        raise Conflict(
            "recipients_changed",
            f"Keadaan {changed} penerima sudah berubah sejak dipilih. Tarik pilihan ini lalu pilih lagi.",
            f"{changed} recipients have changed since. Take the selection back and select again.",
            {"changed": changed},
        )


async def entitle(
    acting: Acting,
    row: Campaign,
    chosen: Sequence[CampaignRecipient],
    known: Mapping[UUID, Known],
    bits: Bits,
) -> None:
    """Give each of *chosen* a code of her own and a planned line of the ledger."""
    components = {one["code"]: one for one in row.components}
    lines = [_line(acting, row, one, components[one.component or ""], known[one.person_id]) for one in chosen]
    ids = await write_lines(acting, lines)
    codes = _codes(len(chosen), bits)
    for one, line_id, code in zip(chosen, ids, codes, strict=True):
        if line_id is None:
            raise ValueError("An entitlement has one line of the ledger.")
        one.line_id, one.code, one.updated_at = line_id, code, acting.now


def _line(
    acting: Acting, row: Campaign, one: CampaignRecipient, component: Mapping[str, Any], found: Known
) -> NewLine:
    return NewLine(
        to=found.holding.home,
        program=row.program_code,
        component=str(component["code"]),
        kind=GoodsKind(component["kind"]),
        state=LedgerState.PLANNED,
        period=period_in(row, str(component["code"]), acting.known),
        source=LedgerSource.CAMPAIGN,
        source_id=row.id,
        instalment=1,
        planned_idr=component["amount_idr"],
        goods=component["goods"],
        funder=row.funder_code,
        once_key=f"campaign:{row.id.hex}:{one.id.hex}",
    )


def _codes(count: int, bits: Bits) -> list[str]:
    """Draw codes that nobody guesses, such as ``7Q2M-9XKD``."""
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = bits()
        text = "".join(ALPHABET[drawn >> shift & 31] for shift in range(0, RANDOM_BITS, 5))
        found[f"{text[:4]}-{text[4:]}"] = None
    return list(found)
