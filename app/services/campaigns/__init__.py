"""Campaigns of aid: made, nominated for, selected, approved, handed out without a network, reported."""

from app.services.campaigns.approving import approve
from app.services.campaigns.checking_in import Answered, Batch, Proxy, Told, take_checkins
from app.services.campaigns.finding import find_campaign, manages_by_area, may_read_names, require, rights
from app.services.campaigns.findings import decide_finding
from app.services.campaigns.handing_out import (
    NewSlot,
    add_device,
    add_slot,
    issue_list,
    own_device,
    revoke_device,
    start,
)
from app.services.campaigns.judging import Judge, judge_of
from app.services.campaigns.making import NewCampaign, create_campaign, edit_campaign
from app.services.campaigns.nominating import Line, Result, Route, new_recipient, nominate, origin_of
from app.services.campaigns.reading import (
    Explained,
    Shown,
    explain,
    list_campaigns,
    list_recipients,
    shown,
    wanted_by,
)
from app.services.campaigns.replacing import replace
from app.services.campaigns.reporting import Account, account_of, report
from app.services.campaigns.steps import Asked, order_selection, take_step

__all__ = [
    "Account",
    "Answered",
    "Asked",
    "Batch",
    "Explained",
    "Judge",
    "Line",
    "NewCampaign",
    "NewSlot",
    "Proxy",
    "Result",
    "Route",
    "Shown",
    "Told",
    "account_of",
    "add_device",
    "add_slot",
    "approve",
    "create_campaign",
    "decide_finding",
    "edit_campaign",
    "explain",
    "find_campaign",
    "issue_list",
    "judge_of",
    "list_campaigns",
    "list_recipients",
    "manages_by_area",
    "may_read_names",
    "new_recipient",
    "nominate",
    "order_selection",
    "origin_of",
    "own_device",
    "replace",
    "report",
    "require",
    "revoke_device",
    "rights",
    "shown",
    "start",
    "take_checkins",
    "take_step",
    "wanted_by",
]
