"""The steps of a campaign that bring nothing but its next state, and the order of a selection."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import campaigns as stored
from app.db.queries import jobs
from app.db.queries.acting import Acting
from app.db.tables.campaigns import Campaign, CampaignSelection
from app.db.tables.jobs import Job
from app.domain.access import Permission
from app.domain.campaigns import CampaignAction, CampaignState, decide
from app.domain.errors import FieldError, Invalid
from app.domain.events.campaigns import CampaignMoved
from app.domain.jobs import JobKind
from app.services.campaigns.finding import CheckVersion, find_campaign, require

A = CampaignAction
RETURN_REASONS: Final = "campaign_return_reason"
NEED: Final = "campaign_need"


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as it is asked for."""

    place: tuple[str, UUID]
    action: CampaignAction
    reason: str | None = None


async def begin_step(acting: Acting, asked: Asked, check_version: CheckVersion) -> Campaign:
    """Lock the campaign, check every right and rule, and move it.

    Raises:
        NotFound: there is none in sight.
        Forbidden: the actor may not take this step.
        Conflict: the step is not possible now, or its second person is missing.
    """
    row = await find_campaign(acting, *asked.place, for_update=True)
    require(acting.actor, row, PERMISSION[asked.action])
    check_version(row.version)
    selection = await stored.selection_of(acting.tx, row)
    makers = frozenset({row.created_by, selection.ordered_by if selection else None})
    step = decide(CampaignState(row.state), asked.action, makers=makers, by=acting.actor.account_id)
    row.state = step.target.value
    row.version += 1
    row.updated_at = acting.now
    return row


PERMISSION: Final = {
    A.OPEN: Permission.CAMPAIGN_MANAGE,
    A.SELECT: Permission.CAMPAIGN_MANAGE,
    A.WITHDRAW: Permission.CAMPAIGN_MANAGE,
    A.RETURN: Permission.CAMPAIGN_APPROVE,
    A.APPROVE: Permission.CAMPAIGN_APPROVE,
    A.START: Permission.CAMPAIGN_MANAGE,
    A.REPORT: Permission.CAMPAIGN_MANAGE,
    A.CLOSE: Permission.CAMPAIGN_APPROVE,
    A.CANCEL: Permission.CAMPAIGN_MANAGE,
}


async def take_step(acting: Acting, asked: Asked, check_version: CheckVersion) -> Campaign:
    """Take a step that brings nothing more: open, withdraw, return, close, cancel.

    Raises:
        Invalid: it is given back without a reason of the list.
    """
    row = await begin_step(acting, asked, check_version)
    if asked.action is A.RETURN and not acting.known.knows(RETURN_REASONS, asked.reason or ""):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Pilih alasan dari daftar; lihat /v1/codes.",
                    "Choose a reason from the list; see /v1/codes.",
                ),
            )
        )
    row.return_reason = asked.reason
    happened = CampaignMoved(thing_id=row.id, action=asked.action.value, state=row.state, reason=asked.reason)
    await stored.tell(acting, row, happened)
    return row


async def order_selection(
    acting: Acting, place: tuple[str, UUID], check_version: CheckVersion
) -> tuple[Campaign, Job]:
    """Close the nominations and let the job weigh and place everybody."""
    row = await begin_step(acting, Asked(place, A.SELECT), check_version)
    row.selection_n += 1
    row.return_reason = None
    wanted = jobs.Order(
        JobKind.CAMPAIGN_SELECT,
        row.regency_code,
        row.regency_code,
        Permission.CAMPAIGN_MANAGE,
        {"campaign": row.id.hex, "n": row.selection_n},
    )
    job = await jobs.order(acting, wanted)
    acting.tx.add(
        CampaignSelection(
            regency_code=row.regency_code,
            id=acting.new_id(),
            campaign_id=row.id,
            n=row.selection_n,
            job_id=job.id,
            ordered_at=acting.now,
            ordered_by=acting.actor.account_id,
            input=_input(acting, row),
            candidates_sha256=None,
            result=None,
            ended_at=None,
        )
    )
    await stored.tell(acting, row, CampaignMoved(thing_id=row.id, action=A.SELECT.value, state=row.state))
    return row, job


def _input(acting: Acting, row: Campaign) -> dict[str, Any]:
    """Everything that the selection is made from, but for the people."""
    today = acting.today(row.regency_code)
    program = acting.known.program(row.program_code, today)
    return {
        "today": today.isoformat(),
        "program": row.program_code,
        "program_version": program.version.n if program else None,
        "versions": dict(acting.known.versions),
        "weights": acting.known.policy_value(row.regency_code, NEED),
        "components": row.components,
        "rules": row.rules,
        "districts": list(acting.known.regions.districts(row.regency_code)),
    }
