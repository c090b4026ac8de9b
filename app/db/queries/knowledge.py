"""Reading what a process knows: each kind whole, each kind with its version."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.knowledge import Agency, CodeRow, KnowledgeVersion, ProgramVersion, Region
from app.db.tables.places import Availability, Desk, Holiday, Policy, RegencySettings
from app.db.tables.regency_programs import ProgramOverride
from app.db.tables.registry import RegistrySnapshot

Rows = Sequence[Any]
"""Rows with the columns that the statement names."""

OFFICE_HOURS: Final = "office_hours"
_PROVINCE = 2


async def versions(tx: Tx) -> dict[str, int]:
    found = await tx.execute(select(KnowledgeVersion.kind, KnowledgeVersion.version))
    return {row.kind: row.version for row in found}


async def bump(tx: Tx, kinds: Iterable[str]) -> dict[str, int]:
    """Make every process read *kinds* again; return their new versions.

    Call it last: the rows are few and everybody wants them.
    """
    versions = {}
    for kind in sorted(set(kinds)):
        raised = insert(KnowledgeVersion).values(kind=kind, version=1)
        version = await tx.scalar(
            raised.on_conflict_do_update(
                index_elements=[KnowledgeVersion.kind], set_={"version": KnowledgeVersion.version + 1}
            ).returning(KnowledgeVersion.version)
        )
        versions[kind] = int(version or 1)
    return versions


async def regions(tx: Tx) -> list[str]:
    """Lines of code, a tab and name, one text for each province: rows of 91,599 would cost far more."""
    line = Region.code + "\t" + Region.name
    province = func.left(Region.code, _PROVINCE)
    statement = (
        select(func.aggregate_strings(line, "\n").aggregate_order_by(Region.code))
        .where(Region.valid_to.is_(None))
        .group_by(province)
        .order_by(province)
    )
    return list((await tx.scalars(statement)).all())


async def former_regions(tx: Tx) -> Rows:
    """Codes that are no more, with what took their place; by the index of such codes alone."""
    statement = select(Region.code, Region.name, Region.valid_to, Region.successor_code)
    return (await tx.execute(statement.where(Region.valid_to.is_not(None)).order_by(Region.code))).all()


async def codes(tx: Tx) -> Rows:
    statement = select(
        CodeRow.set_name, CodeRow.code, CodeRow.label_id, CodeRow.label_en, CodeRow.attrs
    ).order_by(CodeRow.set_name, CodeRow.position, CodeRow.code)
    return (await tx.execute(statement)).all()


async def snapshots(tx: Tx) -> Rows:
    """Regency, source and period of every registry snapshot that counts or counted."""
    statement = (
        select(RegistrySnapshot.regency_code, RegistrySnapshot.source, RegistrySnapshot.period)
        .where(RegistrySnapshot.state == "committed")
        .order_by(RegistrySnapshot.regency_code, RegistrySnapshot.period)
    )
    return (await tx.execute(statement)).all()


async def agencies(tx: Tx) -> Rows:
    statement = select(
        Agency.code,
        Agency.kind,
        Agency.level,
        Agency.region_code,
        Agency.name_id,
        Agency.name_en,
        Agency.answers,
        Agency.proxy_role,
        Agency.sectors,
        Agency.source,
        Agency.trust,
        Agency.active,
    ).order_by(Agency.code)
    return (await tx.execute(statement)).all()


async def program_documents(tx: Tx) -> Rows:
    """Every version that was published and ever comes into force, with the last day that was set for it.

    Which one is in force is a question of the day on which it is asked.
    """
    statement = (
        select(ProgramVersion.document, ProgramVersion.last_on)
        .where(
            ProgramVersion.status.in_(("published", "retired")),
            or_(ProgramVersion.last_on.is_(None), ProgramVersion.last_on >= ProgramVersion.valid_from),
        )
        .order_by(ProgramVersion.program_code, ProgramVersion.n)
    )
    return (await tx.execute(statement)).all()


async def overrides(tx: Tx) -> Rows:
    """Every published override of every regency."""
    statement = (
        select(ProgramOverride)
        .where(ProgramOverride.status == "published")
        .order_by(ProgramOverride.regency_code, ProgramOverride.program_code, ProgramOverride.n)
    )
    return (await tx.scalars(statement)).all()


async def policies(tx: Tx) -> Rows:
    statement = select(
        Policy.regency_code,
        Policy.id,
        Policy.name,
        Policy.kind,
        Policy.category,
        Policy.priority,
        Policy.value,
        Policy.source,
        Policy.trust,
    ).order_by(Policy.regency_code, Policy.name, Policy.id)
    return (await tx.execute(statement)).all()


async def office_hours(tx: Tx) -> dict[str, dict[str, Any]]:
    """The hours by regency; the nation's under ``ID``. Calendars are made of them."""
    return {row.regency_code: row.value["value"] for row in await policies(tx) if row.name == OFFICE_HOURS}


async def settings(tx: Tx) -> Rows:
    statement = select(
        RegencySettings.regency_code,
        RegencySettings.name,
        RegencySettings.secretariat_name,
        RegencySettings.six_day_week,
        RegencySettings.inspectorate_account_id,
        RegencySettings.profile,
    ).order_by(RegencySettings.regency_code)
    return (await tx.execute(statement)).all()


async def holidays(tx: Tx) -> Rows:
    statement = select(
        Holiday.regency_code, Holiday.on_date, Holiday.name, Holiday.kind, Holiday.estimated
    ).order_by(Holiday.regency_code, Holiday.on_date)
    return (await tx.execute(statement)).all()


async def desks(tx: Tx) -> Rows:
    statement = select(Desk.regency_code, Desk.id, Desk.village_code, Desk.name, Desk.active).order_by(
        Desk.village_code, Desk.id
    )
    return (await tx.execute(statement)).all()


async def availabilities(tx: Tx) -> Rows:
    statement = select(
        Availability.regency_code, Availability.program_code, Availability.state, Availability.until
    ).order_by(Availability.program_code)
    return (await tx.execute(statement)).all()
