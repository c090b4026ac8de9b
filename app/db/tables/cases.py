"""Cases and what hangs on them: whom they are about, facts, routing records, texts, named readers, tasks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.codes import AboutKind, CaseKind, Confidentiality, Holder, Priority, SubjectKind

STATUSES = (
    "registered",
    "incomplete",
    "verifying",
    "handling",
    "awaiting_decision",
    "referred",
    "resolved",
    "closed",
    "void",
)
OPEN = "status NOT IN ('resolved', 'closed', 'void')"


def of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["regency_code", "case_id"], ["cases.regency_code", "cases.id"])


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("regency_code", "ticket"),
        Index("ix_cases_regency", "regency_code", "opened_at", "id"),
        Index("ix_cases_district", "regency_code", "district_code", "opened_at", "id"),
        Index("ix_cases_village", "regency_code", "village_code", "opened_at", "id"),
        Index("ix_cases_status", "regency_code", "status", "opened_at", "id"),
        # Whoever has cases sees them wherever they are: the two ways by name lead with the account.
        Index("ix_cases_assignee", "assignee_id", "opened_at", "id"),
        Index("ix_cases_person", "regency_code", "person_id", "opened_at"),
        Index(
            "ix_cases_household",
            "regency_code",
            "household_id",
            "opened_at",
            postgresql_where="household_id IS NOT NULL",
        ),
        Index(
            "ix_cases_closed_to",
            "regency_code",
            "closed_to",
            "opened_at",
            "id",
            postgresql_where="closed_to IS NOT NULL",
        ),
        Index(
            "ix_cases_escalated",
            "regency_code",
            "escalated_at",
            "id",
            postgresql_where="escalated_at IS NOT NULL",
        ),
        Index("ix_cases_due", "regency_code", "due_at", "id", postgresql_where="due_at IS NOT NULL"),
        Index(
            "ix_cases_away",
            "regency_code",
            "away_desk_id",
            "opened_at",
            "id",
            postgresql_where="away_desk_id IS NOT NULL",
        ),
        # A case that was moved here is opened once, however often the worker begins again.
        Index(
            "uq_cases_transferred_from",
            "regency_code",
            "transferred_from",
            unique=True,
            postgresql_where="transferred_from IS NOT NULL",
        ),
        one_of("kind", CaseKind),
        one_of("status", STATUSES),
        one_of("priority", Priority),
        one_of("confidentiality", Confidentiality),
        one_of("holder", Holder),
        one_of("subject_kind", SubjectKind),
        one_of("closed_to", ("manager", "head", "inspectorate")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    ticket: Mapped[Code]
    pin_digest: Mapped[bytes]
    kind: Mapped[Code]
    category: Mapped[Code]
    sector: Mapped[Code | None]
    ppks: Mapped[Code | None]
    service_pillar: Mapped[Code | None]
    channel: Mapped[Code]
    priority: Mapped[Code]
    confidentiality: Mapped[Code]
    closed_to: Mapped[Code | None]
    """Who handles a closed case by office: manager, head, or the inspectorate."""
    status: Mapped[Code]
    previous_status: Mapped[Code | None]
    """Where ``restore`` brings a void case back to."""
    completion_from: Mapped[Code | None]
    """Where ``complete`` brings an incomplete case back to; kept while the case is void."""
    version: Mapped[int]
    holder: Mapped[Code]
    desk_id: Mapped[UUID | None]
    away_desk_id: Mapped[UUID | None]
    """The desk that holds it, where that is not a desk of the case's own village: handed over."""
    assignee_id: Mapped[UUID | None]
    subject_kind: Mapped[Code]
    person_id: Mapped[UUID | None]
    household_id: Mapped[UUID | None]
    reporter_relation: Mapped[Code]
    village_code: Mapped[Code]
    district_code: Mapped[Code]
    data_key_id: Mapped[UUID]
    private_sealed: Mapped[bytes]
    """One sealed JSON: chronology, reporter, place text, free-text about, reason for a separate case."""
    current_aid: Mapped[list[Any]]
    legal_basis: Mapped[Code]
    notice_version: Mapped[Code]
    program_code: Mapped[Code | None]
    """The programme that the resident named, if any: a matter is a person with a programme or a category."""
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """The earliest due instant of a running clock: a cache of the clocks."""
    due_step: Mapped[Code | None]
    routing_n: Mapped[int]
    outcome: Mapped[Code | None]
    outcome_reason: Mapped[Code | None]
    resolved_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_method: Mapped[Code | None]
    closed_at: Mapped[datetime | None]
    confirmed_by: Mapped[Code | None]
    """``resident``, ``desk`` (her word recorded), or ``silence`` (closed unconfirmed)."""
    rating: Mapped[int | None]
    reopened_count: Mapped[int]
    disputed_count: Mapped[int]
    bounce_count: Mapped[int]
    """How many answers ``not_ours`` it had when it was last put to the secretariat for them."""
    void_reason: Mapped[Code | None]
    duplicate_of: Mapped[Code | None]
    transferred_to: Mapped[Code | None]
    """The ticket in the other regency, once the case was opened there."""
    transferred_from: Mapped[Code | None]
    """The ticket in the regency that it came from."""
    former_assignee_id: Mapped[UUID | None]
    """Who had it in hand when it ended: she gets it back when it is reopened."""
    escalated_at: Mapped[datetime | None]
    """Since when it stands before somebody higher; none once its clock moved on."""
    escalated_to: Mapped[Code | None]
    """The highest rung that it stands before."""
    event_count: Mapped[int]
    head: Mapped[bytes]


class CaseAbout(Base):
    __tablename__ = "case_abouts"
    __table_args__ = (of_case(), one_of("kind", AboutKind))

    regency_code: Mapped[TenantKey]
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Code]
    ref: Mapped[Code | None]
    """The public id or code of what it is about; free text lies sealed in the case."""


class CaseReader(Base):
    """A person named on a case: the only door to a RAHASIA case besides the office that it is closed to."""

    __tablename__ = "case_readers"
    __table_args__ = (
        of_case(),
        Index("ix_case_readers_account", "account_id", "standing", "opened_at", "case_id"),
        one_of("standing", ("named", "kept_out")),
    )

    regency_code: Mapped[TenantKey]
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    standing: Mapped[Code]
    """``kept_out`` hides the case from this account whatever its office: it is about that person."""
    opened_at: Mapped[datetime]


class CaseFact(Base):
    __tablename__ = "case_facts"
    __table_args__ = (of_case(),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    name: Mapped[Code]
    value_sealed: Mapped[bytes]
    source: Mapped[Code]
    as_of: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class CaseText(Base):
    """Free text of a note, a finding, an answer, a reason: sealed here, named in the event by id and HMAC."""

    __tablename__ = "case_texts"
    __table_args__ = (of_case(), Index("ix_case_texts_case", "regency_code", "case_id", "at"))

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    kind: Mapped[Code]
    sealed: Mapped[bytes]
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class RoutingRecord(Base):
    __tablename__ = "routing_records"
    __table_args__ = (of_case(), UniqueConstraint("regency_code", "case_id", "n"))

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    n: Mapped[int]
    at: Mapped[datetime]
    engine_version: Mapped[Code]
    on_date: Mapped[date]
    versions: Mapped[Json]
    facts_sealed: Mapped[bytes]
    answer: Mapped[Json]


class DuplicatePair(Base):
    """Two cases of one person where the opener may not know of the other: the secretariat decides."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        of_case(),
        Index("ix_duplicate_pairs_open", "regency_code", "at", "case_id", postgresql_where="state = 'open'"),
        one_of("state", ("open", "linked", "merged", "dismissed")),
    )

    regency_code: Mapped[TenantKey]
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    other_case_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    score: Mapped[int]
    """0 to 100: how much alike they are."""
    reasons: Mapped[list[Any]]
    """Codes of the set ``duplicate_reason``."""
    state: Mapped[Code]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class CaseLink(Base):
    """Two cases that belong together; seen from *case_id*. The other may lie in another regency."""

    __tablename__ = "case_links"
    __table_args__ = (
        of_case(),
        Index("ix_case_links_case", "regency_code", "case_id", "at"),
        Index("ix_case_links_other", "regency_code", "other_case_id"),
        one_of("relation", ("duplicate", "same_event", "follow_up", "spawned")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    other_regency: Mapped[Code]
    other_case_id: Mapped[UUID]
    relation: Mapped[Code]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class RiskAssessment(Base):
    """Answers to the risk questions of a sensitive case, and the level that they give."""

    __tablename__ = "risk_assessments"
    __table_args__ = (of_case(), Index("ix_risk_assessments_case", "regency_code", "case_id", "at"))

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    answers_sealed: Mapped[bytes]
    level: Mapped[Code]
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        of_case(),
        Index("ix_tasks_case", "regency_code", "case_id", "created_at"),
        Index("ix_tasks_open", "regency_code", "created_at", "id", postgresql_where="done_at IS NULL"),
        Index(
            "ix_tasks_assignee",
            "regency_code",
            "assignee_id",
            "created_at",
            postgresql_where="done_at IS NULL",
        ),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    kind: Mapped[Code]
    assignee_id: Mapped[UUID | None]
    """Whose it is; whoever has the case in hand where nobody is named."""
    text_id: Mapped[UUID | None]
    """What is to be done in free words, sealed."""
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]


class Clock(Base):
    """One running time of a case or referral; its entries are the ledger, ``due_at`` a cache of it."""

    __tablename__ = "clocks"
    __table_args__ = (
        of_case(),
        Index("ix_clocks_case", "regency_code", "case_id"),
        # The tenants with something to do are a read over all shards; inside one the tenant leads.
        Index("ix_clocks_act", "act_at", "regency_code", postgresql_where="act_at IS NOT NULL"),
        Index("ix_clocks_act_here", "regency_code", "act_at", "id", postgresql_where="act_at IS NOT NULL"),
        # Few clocks climb, and none runs unwatched: each scrape counts whether they stand before somebody.
        Index(
            "ix_clocks_climbing",
            "regency_code",
            "id",
            postgresql_where="state = 'running' AND (acts > 1 OR act_at IS NULL)",
        ),
        one_of("state", ("running", "paused", "stopped")),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    case_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    step: Mapped[Code]
    state: Mapped[Code]
    amount: Mapped[int]
    unit: Mapped[Code]
    pausable: Mapped[bool]
    policy_source: Mapped[str]
    entries: Mapped[list[Any]]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    act_at: Mapped[datetime | None]
    """When the worker looks at it next: the reminder, the due instant, each further rung. A cache as well."""
    acts: Mapped[int]
    """How many of these it has done since the clock last moved."""
    stopped_at: Mapped[datetime | None]
