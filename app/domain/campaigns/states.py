"""The life of a campaign, as one table: made, open to nominations, selected, approved, handed out, told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.access import Permission
from app.domain.errors import Conflict


class CampaignState(StrEnum):
    """The set ``campaign_state``."""

    DRAFT = "draft"
    OPEN = "open"
    """Recipients are nominated."""
    SELECTING = "selecting"
    """The job weighs and places; nobody is nominated meanwhile."""
    SELECTED = "selected"
    APPROVED = "approved"
    DISTRIBUTING = "distributing"
    REPORTED = "reported"
    """The account is given; nothing more is handed out."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CampaignAction(StrEnum):
    """The set ``campaign_action``."""

    EDIT = "edit"
    OPEN = "open"
    SELECT = "select"
    SETTLE = "settle"
    """The service itself, when the job has placed everybody."""
    WITHDRAW = "withdraw"
    """Whoever manages takes the selection back."""
    RETURN = "return"
    """Whoever approves gives it back, with a reason."""
    APPROVE = "approve"
    START = "start"
    REPORT = "report"
    CLOSE = "close"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class CampaignStep:
    source: CampaignState
    action: CampaignAction
    target: CampaignState
    permission: Permission | None
    """None: the service itself."""


S, A, P = CampaignState, CampaignAction, Permission
STEPS: Final = (
    CampaignStep(S.DRAFT, A.EDIT, S.DRAFT, P.CAMPAIGN_MANAGE),
    CampaignStep(S.OPEN, A.EDIT, S.OPEN, P.CAMPAIGN_MANAGE),
    CampaignStep(S.DRAFT, A.OPEN, S.OPEN, P.CAMPAIGN_MANAGE),
    CampaignStep(S.OPEN, A.SELECT, S.SELECTING, P.CAMPAIGN_MANAGE),
    CampaignStep(S.SELECTING, A.SETTLE, S.SELECTED, None),
    CampaignStep(S.SELECTING, A.WITHDRAW, S.OPEN, P.CAMPAIGN_MANAGE),
    CampaignStep(S.SELECTED, A.WITHDRAW, S.OPEN, P.CAMPAIGN_MANAGE),
    CampaignStep(S.SELECTED, A.RETURN, S.OPEN, P.CAMPAIGN_APPROVE),
    CampaignStep(S.SELECTED, A.APPROVE, S.APPROVED, P.CAMPAIGN_APPROVE),
    CampaignStep(S.APPROVED, A.START, S.DISTRIBUTING, P.CAMPAIGN_MANAGE),
    CampaignStep(S.DISTRIBUTING, A.REPORT, S.REPORTED, P.CAMPAIGN_MANAGE),
    CampaignStep(S.REPORTED, A.CLOSE, S.CLOSED, P.CAMPAIGN_APPROVE),
    CampaignStep(S.DRAFT, A.CANCEL, S.CANCELLED, P.CAMPAIGN_MANAGE),
    CampaignStep(S.OPEN, A.CANCEL, S.CANCELLED, P.CAMPAIGN_MANAGE),
    CampaignStep(S.SELECTED, A.CANCEL, S.CANCELLED, P.CAMPAIGN_MANAGE),
)
_BY_KEY: Final[Mapping[tuple[CampaignState, CampaignAction], CampaignStep]] = MappingProxyType(
    {(step.source, step.action): step for step in STEPS}
)
_SECOND_PERSON: Final = frozenset({A.APPROVE, A.CLOSE})
NAMED: Final = frozenset({S.APPROVED, S.DISTRIBUTING})
"""While it stands here the organiser reads who its recipients are: what the hand-out needs, and no longer."""
ENTITLED: Final = frozenset({S.APPROVED, S.DISTRIBUTING})
"""While it stands here somebody who drops out is replaced from the reserve."""


def decide(
    state: CampaignState, action: CampaignAction, *, makers: frozenset[UUID | None], by: UUID | None
) -> CampaignStep:
    """Return the step that *action* takes; *makers* made the campaign or ordered its selection, *by* asks.

    Raises:
        Conflict: the state has no such step, or a maker would approve her own work.
    """
    step = _BY_KEY.get((state, action))
    if step is None:
        raise Conflict(
            "campaign_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada keadaan kegiatan saat ini.",
            "This action is not possible in the campaign's present state.",
            {"state": state.value, "action": action.value},
        )
    if action in _SECOND_PERSON and (by is None or by in makers):
        raise Conflict(
            "second_person_needed",
            "Yang menyusun kegiatan atau memilih penerimanya tidak boleh menetapkan atau menutupnya sendiri.",
            "Whoever made a campaign or ordered its selection may neither approve nor close it.",
        )
    return step


def allowed_actions(
    state: CampaignState,
    permissions: frozenset[Permission],
    *,
    makers: frozenset[UUID | None],
    by: UUID | None,
) -> tuple[CampaignAction, ...]:
    """List what *by* could do now, in the order of the table."""
    found = []
    for action in A:
        try:
            step = decide(state, action, makers=makers, by=by)
        except Conflict:
            continue
        if step.permission in permissions:
            found.append(action)
    return tuple(found)


class RecipientState(StrEnum):
    """The set ``campaign_recipient_state``."""

    NOMINATED = "nominated"
    SELECTED = "selected"
    RESERVE = "reserve"
    PASSED_OVER = "passed_over"
    """Not selected and not in reserve; the reason says why."""
    DROPPED = "dropped"
    """Was selected and makes way for the reserve."""
    GIVEN = "given"
    NO_SHOW = "no_show"


class PassedOver(StrEnum):
    """Why somebody is no candidate; the set ``campaign_passed_over``."""

    DECEASED = "deceased"
    NOT_ELIGIBLE = "not_eligible"
    NEEDS_INFORMATION = "needs_information"
    AID_EXCLUDED = "aid_excluded"
    """The household holds aid that may not stand beside this one."""
    HOUSEHOLD_HAS_ONE = "household_has_one"
