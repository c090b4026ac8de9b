"""Roles and what each may do. The only table of permissions in the product."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    DESK_OFFICER = "desk_officer"
    DESK_COORDINATOR = "desk_coordinator"
    VILLAGE_HEAD = "village_head"
    FACILITATOR = "facilitator"
    CADRE = "cadre"
    SUPERVISOR = "supervisor"
    SECRETARIAT_OFFICER = "secretariat_officer"
    APPROVER = "approver"
    MANAGER = "manager"
    HEAD = "head"
    AGENCY_OFFICER = "agency_officer"
    AGENCY_CLIENT = "agency_client"
    DONOR = "donor"
    AUDITOR = "auditor"
    REGENCY_ADMIN = "regency_admin"
    SYSTEM_ADMIN = "system_admin"
    RESIDENT = "resident"


class Permission(StrEnum):
    CASE_OPEN = "case:open"
    CASE_READ = "case:read"
    CASE_WORK = "case:work"
    CASE_RESOLVE = "case:resolve"
    CASE_REFER = "case:refer"
    CASE_REFER_ANY = "case:refer_any"
    """Refer to a programme that the regency's policy does not leave to its desks."""
    CASE_DECIDE = "case:decide"
    CASE_DECIDE_ANY = "case:decide_any"
    """Decide on what was put to the secretariat, and not only on what a desk decides itself."""
    CASE_VOID = "case:void"
    CASE_RESTORE = "case:restore"
    CASE_CONFIRM = "case:confirm"
    """Say what was received, or that it was not: the resident, or the desk that records her word."""
    CASE_REOPEN = "case:reopen"
    CASE_ASSIGN = "case:assign"
    CASE_NAME = "case:name"
    """Name the persons who may see a RAHASIA case."""
    CASE_OVERRIDE = "case:override"
    """Send once more to an agency that answered ``not_ours``."""
    REFERRAL_READ = "referral:read"
    REFERRAL_RECEIVE = "referral:receive"
    REFERRAL_SEND = "referral:send"
    REFERRAL_PROXY = "referral:proxy"
    """Answer on behalf of an agency that has no account."""
    PERSON_LOOKUP = "person:lookup"
    PERSON_WRITE = "person:write"
    PERSON_REVEAL = "person:reveal"
    PROGRAM_MATCH = "program:match"
    AVAILABILITY_SET = "availability:set"
    CATALOGUE_MANAGE = "catalogue:manage"
    DESK_MANAGE = "desk:manage"
    CASE_VISIT = "case:visit"
    """Record a home visit, and attach papers and photos."""
    CASE_TRANSFER = "case:transfer"
    DUPLICATE_DECIDE = "duplicate:decide"
    LETTER_DRAFT = "letter:draft"
    LETTER_INITIAL = "letter:initial"
    LETTER_SIGN = "letter:sign"
    TEAM_MANAGE = "team:manage"
    """The register of cadres, leave, and the duty roster."""
    PROGRAM_DRAFT = "program:draft"
    """Write and try the rules of a programme: its agency's officers, or a regency for its own bodies."""
    PROGRAM_PUBLISH = "program:publish"
    """Publish and retire rules that somebody else wrote."""
    QUOTA_MANAGE = "quota:manage"
    PERSON_MERGE = "person:merge"
    REGISTRY_IMPORT = "registry:import"
    REGISTRY_READ = "registry:read"
    LIST_RECONCILE = "list:reconcile"
    DELIBERATION_HOLD = "deliberation:hold"
    """Call a village meeting, keep its minutes, publish its result."""
    DELIBERATION_RATIFY = "deliberation:ratify"
    OBJECTION_VERIFY = "objection:verify"
    ASSISTANCE_WRITE = "assistance:write"
    """Record aid that came through no referral, and reverse a line."""
    OVERLAP_ASK = "assistance:overlap"
    CAMPAIGN_MANAGE = "campaign:manage"
    CAMPAIGN_APPROVE = "campaign:approve"
    CAMPAIGN_CHECKIN = "campaign:checkin"
    GRADUATION_DECIDE = "graduation:decide"
    POLICY_MANAGE = "policy:manage"
    ACCOUNT_MANAGE = "account:manage"
    DASHBOARD_READ = "dashboard:read"
    AUDIT_READ = "audit:read"
    AUDIT_PROVE = "audit:prove"
    """Take the seals out whole: they name every chain, also of cases that the reader must not know of."""
    DATA_TAKE = "data:take"
    """Take what a person asks about her own data, after a check that it is she who asks."""
    DATA_DECIDE = "data:decide"
    BREACH_MANAGE = "breach:manage"
    NEED_READ = "need:read"
    NEED_PUBLISH = "need:publish"
    """Open a need to donors, and take it away."""
    PLEDGE_MAKE = "pledge:make"
    WEBHOOK_MANAGE = "webhook:manage"
    """Have events sent to an endpoint: an agency's system its own, a regency's leaders the secretariat's."""
    REGISTRY_ASK = "registry:ask"
    """Ask the registry about one person or family, by the DCI interface: a system whose key is registered."""
    PLEDGE_CHECK = "pledge:check"
    """Check the proof of a donor's delivery."""
    REPORT_READ = "report:read"
    """Read signed reports of a period that are about one's own agency or gifts."""
    REPORT_MAKE = "report:make"
    """Make the reports of a period, and read all those of the regency."""
    REPORT_SIGN = "report:sign"
    """Sign a report that somebody else made."""


P = Permission

_INTAKE: Final = frozenset(
    {
        P.CASE_OPEN,
        P.CASE_READ,
        P.CASE_VISIT,
        P.PERSON_LOOKUP,
        P.PERSON_WRITE,
        P.PROGRAM_MATCH,
        P.OVERLAP_ASK,
        P.CAMPAIGN_CHECKIN,
    }
)
_HANDLING: Final = _INTAKE | {P.CASE_WORK, P.REFERRAL_READ, P.CASE_CONFIRM}
_DESK: Final = _HANDLING | {
    P.CASE_RESOLVE,
    P.CASE_REFER,
    P.CASE_VOID,
    P.CASE_REOPEN,
    P.REFERRAL_SEND,
    P.PERSON_REVEAL,
    P.DASHBOARD_READ,
    P.REGISTRY_READ,
    P.DELIBERATION_HOLD,
    P.DATA_TAKE,
}
_COORDINATION: Final = _DESK | {P.CASE_RESTORE, P.CASE_ASSIGN, P.TEAM_MANAGE, P.ASSISTANCE_WRITE}
_SECRETARIAT: Final = _COORDINATION | {
    P.REFERRAL_PROXY,
    P.CASE_OVERRIDE,
    P.CASE_REFER_ANY,
    P.CASE_TRANSFER,
    P.DUPLICATE_DECIDE,
    P.LETTER_DRAFT,
    P.PERSON_MERGE,
    P.REGISTRY_IMPORT,
    P.LIST_RECONCILE,
    P.OBJECTION_VERIFY,
    P.CAMPAIGN_MANAGE,
    P.NEED_READ,
    P.NEED_PUBLISH,
    P.PLEDGE_CHECK,
    P.REPORT_READ,
    P.REPORT_MAKE,
}
_DECISION: Final = _SECRETARIAT | {
    P.CASE_DECIDE,
    P.CASE_DECIDE_ANY,
    P.LETTER_INITIAL,
    P.GRADUATION_DECIDE,
}
_RULING: Final = frozenset(
    {
        P.PROGRAM_DRAFT,
        P.PROGRAM_PUBLISH,
        P.QUOTA_MANAGE,
        P.DELIBERATION_RATIFY,
        P.CAMPAIGN_APPROVE,
        P.CASE_NAME,
        P.POLICY_MANAGE,
        P.AUDIT_READ,
        P.DATA_DECIDE,
        P.BREACH_MANAGE,
        P.WEBHOOK_MANAGE,
        P.REPORT_SIGN,
    }
)
_RECEIVER: Final = frozenset(
    {
        P.REFERRAL_READ,
        P.REFERRAL_RECEIVE,
        P.AVAILABILITY_SET,
        P.DASHBOARD_READ,
        P.OVERLAP_ASK,
        P.NEED_READ,
        P.REPORT_READ,
    }
)
_PROVIDER: Final = _RECEIVER | {P.PROGRAM_DRAFT, P.PROGRAM_PUBLISH, P.QUOTA_MANAGE, P.CAMPAIGN_MANAGE}

ROLE_PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.DESK_OFFICER: _DESK,
        Role.DESK_COORDINATOR: _COORDINATION | {P.CASE_DECIDE},
        Role.VILLAGE_HEAD: frozenset(
            {
                P.CASE_READ,
                P.REFERRAL_READ,
                P.PROGRAM_MATCH,
                P.DASHBOARD_READ,
                P.REGISTRY_READ,
                P.DELIBERATION_HOLD,
            }
        ),
        Role.FACILITATOR: _HANDLING,
        Role.CADRE: _INTAKE,
        Role.SUPERVISOR: _COORDINATION,
        Role.SECRETARIAT_OFFICER: _SECRETARIAT,
        Role.APPROVER: _DECISION,
        Role.MANAGER: _DECISION | _RULING | {P.DESK_MANAGE},
        Role.HEAD: _DECISION | _RULING | {P.LETTER_SIGN},
        Role.AGENCY_OFFICER: _PROVIDER,
        Role.AGENCY_CLIENT: _RECEIVER | {P.WEBHOOK_MANAGE, P.REGISTRY_ASK},
        Role.DONOR: frozenset({P.NEED_READ, P.PLEDGE_MAKE, P.OVERLAP_ASK, P.REPORT_READ}),
        Role.AUDITOR: frozenset(
            {P.CASE_READ, P.REFERRAL_READ, P.AUDIT_READ, P.DASHBOARD_READ, P.REGISTRY_READ}
        ),
        # Whoever hands out accounts must not read cases with the same hand.
        Role.REGENCY_ADMIN: frozenset({P.ACCOUNT_MANAGE, P.DESK_MANAGE, P.POLICY_MANAGE, P.BREACH_MANAGE}),
        Role.SYSTEM_ADMIN: frozenset(
            {
                P.ACCOUNT_MANAGE,
                P.DESK_MANAGE,
                P.POLICY_MANAGE,
                P.CATALOGUE_MANAGE,
                P.PROGRAM_DRAFT,
                P.PROGRAM_PUBLISH,
                P.AUDIT_READ,
                P.AUDIT_PROVE,
            }
        ),
        Role.RESIDENT: frozenset({P.CASE_CONFIRM, P.CASE_REOPEN, P.CASE_VOID}),
    }
)
"""A resident's ``case:void`` is a withdrawal only (`lifecycle.check_records`)."""

REPORTING: Final = frozenset({P.CASE_OPEN})
"""What somebody without account and slip may do: report, and see nothing of what becomes of it."""
