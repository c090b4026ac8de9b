"""What is worth telling, and whom: one table of topics, one of readers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from app.domain.access import Actor, CaseSight, Grant, Role, may_see, scope_of
from app.domain.codes import ActorKind, Confidentiality


class Topic(StrEnum):
    """What a notice or message tells; labels are the code set ``notice_kind``."""

    CASE_OPENED = "case_opened"
    PAPERS_ASKED = "papers_asked"
    CASE_RESOLVED = "case_resolved"
    DECISION_AWAITED = "decision_awaited"
    PROPOSAL_RETURNED = "proposal_returned"
    REFERRALS_ENDED = "referrals_ended"
    CASE_DISPUTED = "case_disputed"
    CASE_REOPENED = "case_reopened"
    CASE_ASSIGNED = "case_assigned"
    READER_NAMED = "reader_named"
    DUE_SOON = "due_soon"
    ESCALATED = "escalated"
    REFERRAL_SENT = "referral_sent"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_RETURNED = "referral_returned"
    REFERRAL_RESENT = "referral_resent"
    REFERRAL_REFUSED = "referral_refused"
    REFERRAL_EXPIRED = "referral_expired"
    REFERRAL_REVOKED = "referral_revoked"
    REFERRAL_NUDGED = "referral_nudged"
    PLACE_FREE = "place_free"
    NEXT_PROGRAM = "next_program"
    QUESTION = "question"
    ANSWER = "answer"
    AID_DELIVERED = "aid_delivered"
    REFERRAL_ENDED = "referral_ended"
    DUTY_CALLED = "duty_called"
    TASK_GIVEN = "task_given"
    VISIT_PLANNED = "visit_planned"
    CASE_HANDED_OVER = "case_handed_over"
    DEATH_REPORTED = "death_reported"
    LETTER_TO_INITIAL = "letter_to_initial"
    LETTER_TO_SIGN = "letter_to_sign"
    LETTER_RETURNED = "letter_returned"
    LETTER_SIGNED = "letter_signed"
    OBJECTION_WAITS = "objection_waits"
    """Put before an office by the watch of objections; it has no case."""
    PROPOSAL_ANSWERED = "proposal_answered"
    PLEDGE_CHANGED = "pledge_changed"
    """Laid before a donor, or before whoever published the need; it has no case."""
    WEBHOOK_STOPPED = "webhook_stopped"
    """Laid before whoever made the endpoint; it has no case."""
    REPORT_TO_SIGN = "report_to_sign"
    """A report of a period that the worker made, laid before the regency's offices; it has no case."""
    REPORT_SIGNED = "report_signed"
    """Sent to the regency's offices and to whom it is about; it has no case."""


class Whom(StrEnum):
    """How the reader is found."""

    ASSIGNEE = "assignee"
    COORDINATOR = "coordinator"
    NAMED = "named"
    """The account that the event names; where a rung or a call names none, the secretariat."""
    DECIDERS = "deciders"
    SIGNERS = "signers"
    SENDER = "sender"
    RECEIVERS = "receivers"
    SUBJECT = "subject"
    REPORTER = "reporter"


class Audience(StrEnum):
    """Whose words a template has."""

    OFFICER = "officer"
    RECEIVER = "receiver"
    RESIDENT = "resident"
    REPORTER = "reporter"


class Channel(StrEnum):
    EMAIL = "email"
    """To accounts."""
    PHONE = "phone"
    """To people: the gateway chooses WhatsApp or SMS."""


AUDIENCE_OF: Final[Mapping[Whom, Audience]] = MappingProxyType(
    {
        Whom.ASSIGNEE: Audience.OFFICER,
        Whom.COORDINATOR: Audience.OFFICER,
        Whom.NAMED: Audience.OFFICER,
        Whom.DECIDERS: Audience.OFFICER,
        Whom.SIGNERS: Audience.OFFICER,
        Whom.SENDER: Audience.OFFICER,
        Whom.RECEIVERS: Audience.RECEIVER,
        Whom.SUBJECT: Audience.RESIDENT,
        Whom.REPORTER: Audience.REPORTER,
    }
)

_T, _W = Topic, Whom
TELLS: Final[Mapping[Topic, tuple[Whom, ...]]] = MappingProxyType(
    {
        _T.CASE_OPENED: (_W.COORDINATOR, _W.SUBJECT, _W.REPORTER),
        _T.PAPERS_ASKED: (_W.ASSIGNEE, _W.SUBJECT),
        _T.CASE_RESOLVED: (_W.ASSIGNEE, _W.SUBJECT, _W.REPORTER),
        _T.DECISION_AWAITED: (_W.DECIDERS,),
        _T.PROPOSAL_RETURNED: (_W.ASSIGNEE, _W.COORDINATOR),
        _T.REFERRALS_ENDED: (_W.ASSIGNEE, _W.COORDINATOR),
        _T.CASE_DISPUTED: (_W.ASSIGNEE, _W.COORDINATOR),
        _T.CASE_REOPENED: (_W.ASSIGNEE, _W.COORDINATOR, _W.SUBJECT),
        _T.CASE_ASSIGNED: (_W.NAMED,),
        _T.READER_NAMED: (_W.NAMED,),
        _T.DUE_SOON: (_W.NAMED,),
        _T.ESCALATED: (_W.NAMED,),
        _T.REFERRAL_SENT: (_W.RECEIVERS, _W.SUBJECT),
        _T.REFERRAL_ACCEPTED: (_W.SENDER, _W.SUBJECT),
        _T.REFERRAL_RETURNED: (_W.SENDER,),
        _T.REFERRAL_RESENT: (_W.RECEIVERS,),
        _T.REFERRAL_REFUSED: (_W.SENDER,),
        _T.REFERRAL_EXPIRED: (_W.SENDER,),
        _T.REFERRAL_REVOKED: (_W.RECEIVERS,),
        _T.REFERRAL_NUDGED: (_W.RECEIVERS,),
        _T.PLACE_FREE: (_W.RECEIVERS, _W.SENDER),
        _T.NEXT_PROGRAM: (_W.NAMED,),
        _T.QUESTION: (_W.SENDER,),
        _T.ANSWER: (_W.RECEIVERS,),
        _T.AID_DELIVERED: (_W.SENDER, _W.SUBJECT),
        _T.REFERRAL_ENDED: (_W.SENDER,),
        _T.DUTY_CALLED: (_W.NAMED,),
        _T.TASK_GIVEN: (_W.NAMED,),
        _T.VISIT_PLANNED: (_W.NAMED,),
        _T.CASE_HANDED_OVER: (_W.COORDINATOR,),
        _T.DEATH_REPORTED: (_W.ASSIGNEE, _W.COORDINATOR),
        _T.LETTER_TO_INITIAL: (_W.DECIDERS,),
        _T.LETTER_TO_SIGN: (_W.SIGNERS,),
        _T.LETTER_RETURNED: (_W.NAMED,),
        _T.LETTER_SIGNED: (_W.ASSIGNEE,),
        _T.OBJECTION_WAITS: (_W.NAMED,),
        _T.PLEDGE_CHANGED: (_W.NAMED,),
        _T.WEBHOOK_STOPPED: (_W.NAMED,),
        _T.REPORT_TO_SIGN: (_W.NAMED,),
        _T.REPORT_SIGNED: (_W.NAMED,),
        _T.PROPOSAL_ANSWERED: (_W.ASSIGNEE, _W.COORDINATOR, _W.SUBJECT),
    }
)

STEPS_TOLD: Final[Mapping[str, Topic]] = MappingProxyType(
    {
        "ask_completion": _T.PAPERS_ASKED,
        "propose": _T.DECISION_AWAITED,
        "return": _T.PROPOSAL_RETURNED,
        "all_ended": _T.REFERRALS_ENDED,
        "resolve": _T.CASE_RESOLVED,
        "decide_resolve": _T.CASE_RESOLVED,
        "dispute": _T.CASE_DISPUTED,
        "reopen": _T.CASE_REOPENED,
    }
)
STEP: Final = "case.step_taken"
_OF_EVENT: Final[Mapping[str, Topic]] = MappingProxyType(
    {
        "case.opened": _T.CASE_OPENED,
        "case.assigned": _T.CASE_ASSIGNED,
        "case.reader_named": _T.READER_NAMED,
        "case.reminded": _T.DUE_SOON,
        "case.escalated": _T.ESCALATED,
        "referral.sent": _T.REFERRAL_SENT,
        "referral.accepted": _T.REFERRAL_ACCEPTED,
        "referral.returned": _T.REFERRAL_RETURNED,
        "referral.resent": _T.REFERRAL_RESENT,
        "referral.refused": _T.REFERRAL_REFUSED,
        "referral.not_ours": _T.REFERRAL_REFUSED,
        "referral.expired": _T.REFERRAL_EXPIRED,
        "referral.revoked": _T.REFERRAL_REVOKED,
        "referral.nudged": _T.REFERRAL_NUDGED,
        "referral.place_offered": _T.PLACE_FREE,
        "referral.offered": _T.NEXT_PROGRAM,
        "referral.questioned": _T.QUESTION,
        "referral.answered": _T.ANSWER,
        "referral.delivered": _T.AID_DELIVERED,
        "referral.fulfilled": _T.REFERRAL_ENDED,
        "referral.failed": _T.REFERRAL_ENDED,
        "case.duty_called": _T.DUTY_CALLED,
        "task.added": _T.TASK_GIVEN,
        "task.handed_over": _T.TASK_GIVEN,
        "visit.planned": _T.VISIT_PLANNED,
        "visit.handed_over": _T.VISIT_PLANNED,
        "case.handed_over": _T.CASE_HANDED_OVER,
        "case.received": _T.CASE_HANDED_OVER,
        "case.death_reported": _T.DEATH_REPORTED,
        "letter.drafted": _T.LETTER_TO_INITIAL,
        "letter.redrafted": _T.LETTER_TO_INITIAL,
        "letter.initialled": _T.LETTER_TO_SIGN,
        "letter.returned": _T.LETTER_RETURNED,
        "letter.signed": _T.LETTER_SIGNED,
        "objection.escalated": _T.OBJECTION_WAITS,
        "case.proposal_answered": _T.PROPOSAL_ANSWERED,
    }
)
TOLD_TYPES: Final = frozenset({STEP, *_OF_EVENT})
NAMES: Final = ("account_id", "assignee_id", "visitor_id")
"""The fields of an event that name an account."""
_DECIDERS: Final = frozenset({Role.APPROVER, Role.MANAGER})
_SIGNERS: Final = frozenset({Role.HEAD})
_SECRETARIAT: Final = frozenset({Role.SECRETARIAT_OFFICER, Role.MANAGER, Role.HEAD})
_WITHOUT_NAME: Final = frozenset({Topic.ESCALATED, Topic.DUTY_CALLED})
"""What goes to the secretariat when nobody is named."""
_TO_WHO_HAS_IT: Final = frozenset({Topic.DUE_SOON, Topic.NEXT_PROGRAM})
"""What goes to whoever has the case in hand when nobody is named."""
_DESKS: Final = frozenset({Role.DESK_COORDINATOR})
OFFICE_ROLES: Final = _DECIDERS | _SECRETARIAT | _DESKS
"""The roles that are told by office and not by name."""


def topic_of(event_type: str, data: Mapping[str, Any]) -> Topic | None:
    """Return what an event is worth telling as; None for the many that are not."""
    if event_type == STEP:
        return STEPS_TOLD.get(str(data.get("action")))
    return _OF_EVENT.get(event_type)


@dataclass(frozen=True, slots=True)
class Member:
    """An active account with its grants of today."""

    id: UUID
    tenant: str
    grants: tuple[Grant, ...]
    has_email: bool = False

    def has_role(self, roles: Collection[Role], region: str) -> bool:
        return any(
            grant.role in roles and grant.agency is None and grant.reaches(region) for grant in self.grants
        )

    def coordinates(self, desk_id: UUID | None, region: str) -> bool:
        """Tell whether this account leads the desk; a grant without a desk leads those of its region."""
        return any(
            grant.role in _DESKS and grant.desk_id in (None, desk_id) and grant.reaches(region)
            for grant in self.grants
        )

    def receives(self, agency: str, region: str) -> bool:
        return any(
            grant.role is Role.AGENCY_OFFICER and grant.serves(agency, region) for grant in self.grants
        )

    def may_see(self, case: CaseSight) -> bool:
        actor = Actor(ActorKind.OFFICER, self.tenant, self.id, self.grants)
        return may_see(scope_of(actor), case)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what decides whom it concerns."""

    topic: Topic
    data: Mapping[str, Any]
    case: CaseSight
    actor_id: UUID | None = None
    agency: str | None = None
    """Of its referral."""
    sender_id: UUID | None = None


def accounts_told(whom: Whom, happening: Happening, members: Iterable[Member]) -> list[Member]:
    """Return who is told, without whoever did it and whoever may not see the case."""
    others = [one for one in members if one.id != happening.actor_id]
    if whom in {Whom.NAMED, Whom.SENDER}:
        told = [one for one in others if one.may_see(happening.case)]
        return _named(happening, told) if whom is Whom.NAMED else _senders(happening, told)
    # Whom it concerns are few; whether each may see the case costs more than to find them.
    return [one for one in _concerned(whom, happening, others) if one.may_see(happening.case)]


def _concerned(whom: Whom, happening: Happening, members: Iterable[Member]) -> list[Member]:
    return [one for one in members if _is(one, whom, happening.agency, happening.case)]


def _is(one: Member, whom: Whom, agency: str | None, case: CaseSight) -> bool:
    match whom:
        case Whom.ASSIGNEE:
            return one.id == case.assignee_id
        case Whom.COORDINATOR:
            return _leads(one, case)
        case Whom.DECIDERS:
            return one.has_role(_DECIDERS, case.region)
        case Whom.SIGNERS:
            return one.has_role(_SIGNERS, case.region)
        case Whom.RECEIVERS:
            return agency is not None and one.receives(agency, case.region)
        case _:
            return False


def _leads(one: Member, case: CaseSight) -> bool:
    """Tell whether she leads whoever holds the case: the coordinator of its desk, or the secretariat.

    A closed case has no coordinator: whoever of the office or by name may see it stands in her place.
    """
    if case.confidentiality is Confidentiality.RAHASIA:
        return one.id in case.named or one.has_role({Role.MANAGER, Role.HEAD}, case.region)
    if case.desk_id is None and one.has_role({Role.SECRETARIAT_OFFICER}, case.region):
        return True
    return one.coordinates(case.desk_id, case.region)


def _named(happening: Happening, told: list[Member]) -> list[Member]:
    named = next((text for name in NAMES if (text := happening.data.get(name))), None)
    if named is not None:
        return [one for one in told if one.id == UUID(str(named))]
    if happening.topic in _WITHOUT_NAME:
        return [one for one in told if one.has_role(_SECRETARIAT, happening.case.region)]
    if happening.topic in _TO_WHO_HAS_IT:
        return _concerned(Whom.ASSIGNEE, happening, told) or _concerned(Whom.COORDINATOR, happening, told)
    return []


def _senders(happening: Happening, told: list[Member]) -> list[Member]:
    """Return who sent it and who has the case now; where neither is there any more, the coordinator."""
    wanted = {happening.sender_id, happening.case.assignee_id}
    return [one for one in told if one.id in wanted] or _concerned(Whom.COORDINATOR, happening, told)
