"""What a regency sets for itself: settings, holidays, policies, desks, cadres, allotments, availability."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Code, Id, Json, TenantKey, one_of
from app.domain.codes import Trust


class RegencySettings(Base):
    __tablename__ = "regency_settings"

    regency_code: Mapped[TenantKey]
    name: Mapped[str]
    secretariat_name: Mapped[str]
    six_day_week: Mapped[bool]
    inspectorate_account_id: Mapped[UUID | None]
    """Who handles a complaint about the head of the Dinas; required before the regency opens cases."""
    profile: Mapped[Json]
    """Poverty target, campaign, registry rhythm: read by people and dashboards, never by a rule."""


class Holiday(Base):
    __tablename__ = "holidays"
    __table_args__ = (one_of("kind", ("public", "cuti_bersama", "regency")),)

    regency_code: Mapped[TenantKey]
    on_date: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[Code]
    estimated: Mapped[bool]


class RegencyMap(Base):
    """The shapes of a regency's villages or districts, as they are drawn: public, coarse, one picture."""

    __tablename__ = "regency_maps"

    regency_code: Mapped[TenantKey]
    width: Mapped[int]
    height: Mapped[int]
    shapes: Mapped[Json]
    """By region code: rings of corners in units of the picture, north up."""
    source: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None]


class Policy(Base):
    """A clock's allowance, or another number that a regency may change; ``ID`` rows are the defaults."""

    __tablename__ = "policies"
    __table_args__ = (one_of("trust", Trust),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    name: Mapped[Code]
    """The clock step, or the name of another policy such as ``duplicate_window_days``."""
    kind: Mapped[Code | None]
    category: Mapped[Code | None]
    priority: Mapped[Code | None]
    value: Mapped[Json]
    source: Mapped[str]
    trust: Mapped[Code]


class Desk(Base):
    __tablename__ = "desks"
    __table_args__ = (Index("ix_desks_village", "regency_code", "village_code"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    village_code: Mapped[Code]
    name: Mapped[str]
    founding_rule: Mapped[str]
    budget_source: Mapped[str]
    budget_idr_per_year: Mapped[int]
    budget_year: Mapped[int]
    hours: Mapped[Json]
    active: Mapped[bool]
    version: Mapped[int]


class Cadre(Base):
    __tablename__ = "cadres"
    __table_args__ = (Index("ix_cadres_pillar", "regency_code", "pillar", "area_code"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    pillar: Mapped[Code]
    name: Mapped[str]
    area_code: Mapped[Code]
    account_id: Mapped[UUID | None]
    """The account of a cadre who works on the service herself."""
    capacity: Mapped[int | None]
    """How many open cases she can carry; none where nobody has said."""
    appointed_on: Mapped[date]
    ends_on: Mapped[date | None]
    active: Mapped[bool]
    version: Mapped[int]


class Allotment(Base):
    __tablename__ = "allotments"
    __table_args__ = (UniqueConstraint("regency_code", "program_code", "component", "period"),)

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    program_code: Mapped[Code]
    component: Mapped[Code]
    """A component of the benefit, or ``*`` for the whole programme."""
    period: Mapped[Code]
    quota: Mapped[int]
    taken: Mapped[int]


class Availability(Base):
    __tablename__ = "availabilities"
    __table_args__ = (one_of("state", ("open", "full", "paused")),)

    regency_code: Mapped[TenantKey]
    """The tenant of the agency's region: a regency, a province, or ``ID``."""
    program_code: Mapped[Code] = mapped_column(Text(collation="C"), primary_key=True)
    state: Mapped[Code]
    until: Mapped[date | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID]


class Work(Base):
    """Something to be done at a time. Claimed, done, settled; a crash gives it back by doing nothing."""

    __tablename__ = "work"
    __table_args__ = (
        UniqueConstraint("regency_code", "kind", "key"),
        Index("ix_work_due", "due_at", postgresql_where="done_at IS NULL"),
    )

    regency_code: Mapped[TenantKey]
    id: Mapped[Id]
    kind: Mapped[Code]
    key: Mapped[Code]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    done_at: Mapped[datetime | None]
    payload: Mapped[Json]


class DeskOfficer(Base):
    __tablename__ = "desk_officers"
    __table_args__ = (ForeignKeyConstraint(["regency_code", "desk_id"], ["desks.regency_code", "desks.id"]),)

    regency_code: Mapped[TenantKey]
    desk_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    duties: Mapped[list[Any]]
