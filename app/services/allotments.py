"""What a regency may take in of a programme: set by whoever gives it, never below what is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.allotments import Quota, lock_quotas, make_quota, offer_next
from app.db.tables.places import Allotment
from app.domain.access import Permission
from app.domain.allotments import WHOLE, components_of
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.others import AllotmentSet
from app.domain.ids import tenant_of
from app.domain.knowledge import is_implicit
from app.domain.ledger import is_period
from app.domain.program_rights import require_voice
from app.domain.programs import Program, covers


@dataclass(frozen=True, slots=True)
class Setting:
    """The quotas of one period, by component; components that are not named stay as they are."""

    program: str
    regency: str
    period: str
    quotas: Mapping[str, int]


async def set_allotments(acting: Acting, setting: Setting) -> Sequence[Allotment]:
    """Set quotas; return all of the period. Who waits is offered what becomes free.

    A new allotment begins with those who were taken in before it was there.

    Raises:
        NotFound: no such programme.
        Forbidden: neither its agency nor the regency's own.
        Invalid: a region, period or component that the programme has not.
        Conflict: fewer than are taken in already.
    """
    program = acting.known.programs.get(setting.program)
    if program is None or is_implicit(program.code):
        raise NotFound(id="Program ini tidak ada.", en="There is no such programme.")
    errors = _wrong_in(acting, program, setting)
    if any(one.pointer == "/region" for one in errors):
        raise Invalid(fields=tuple(errors))
    require_voice(acting.known, acting.actor, program, setting.regency, Permission.QUOTA_MANAGE)
    if errors:
        raise Invalid(fields=tuple(errors))
    rows = dict(await lock_quotas(acting.tx, setting.regency, program.code, setting.period))
    grew = False
    for component, quota in sorted(setting.quotas.items()):
        row, before = rows.get(component), None
        if row is None:
            row = await _made(acting, setting, component, quota)
        elif row.quota == quota:
            continue
        else:
            before = row.quota
        rows[component] = row
        _require_room(row, quota)
        row.quota = quota
        await _tell(acting, row, before)
        grew = grew or quota > (before or 0)
    await acting.tx.flush()
    if grew:
        await offer_next(acting, setting.regency, program.code)
    return [rows[component] for component in sorted(rows)]


def _wrong_in(acting: Acting, program: Program, setting: Setting) -> list[FieldError]:
    regency, known = setting.regency, acting.known
    errors = []
    if regency not in known.regions or tenant_of(regency) != regency or "." not in regency:
        errors.append(
            FieldError(
                "/region", "unknown_regency", "Isi kode kabupaten/kota.", "Give the code of a regency."
            )
        )
    elif not any(covers(area, regency) or covers(regency, area) for area in program.version.coverage):
        errors.append(
            FieldError(
                "/region",
                "not_covered",
                "Program ini tidak berlaku di kabupaten/kota ini.",
                "This programme does not cover this regency.",
            )
        )
    if not is_period(setting.period):
        errors.append(
            FieldError(
                "/period",
                "malformed",
                "Isi 2026, 2026-11, 2026-Q4 atau once.",
                "Write 2026, 2026-11, 2026-Q4 or once.",
            )
        )
    known_parts = components_of(program)
    errors += [
        FieldError(
            f"/quotas/{component}",
            "unknown_component",
            f"Komponen program ini: {', '.join(known_parts)}.",
            f"Components of this programme: {', '.join(known_parts)}.",
        )
        for component in setting.quotas
        if component not in known_parts
    ]
    return errors


async def _made(acting: Acting, setting: Setting, component: str, quota: int) -> Allotment:
    new = Quota(setting.program, component, setting.period, quota)
    made = await make_quota(acting, setting.regency, new, acting.known.zone(setting.regency))
    if made is None:
        raise Conflict(
            code="set_meanwhile",
            id="Kuota ini baru saja diisi orang lain. Muat ulang, lalu ulangi.",
            en="Somebody else has just set this quota. Read it again, then repeat.",
        )
    return made


def _require_room(row: Allotment, quota: int) -> None:
    if quota < row.taken:
        raise Conflict(
            code="below_taken",
            id=f"Sudah {row.taken} orang diterima; kuota tidak dapat lebih kecil dari itu.",
            en=f"{row.taken} are taken in already; the quota cannot be less.",
            data={"component": row.component, "taken": row.taken},
        )


async def _tell(acting: Acting, row: Allotment, before: int | None) -> None:
    happened = AllotmentSet(
        thing_id=row.id,
        program=row.program_code,
        component=None if row.component == WHOLE else row.component,
        period=row.period,
        quota=row.quota,
        before=before,
        taken=row.taken,
    )
    stream = events.OtherStream(row.regency_code, row.id, "allotment")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
