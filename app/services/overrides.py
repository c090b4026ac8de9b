"""A regency's changes to a programme: one drafts, another publishes; once retired, the old rules hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.db.queries import events, knowledge
from app.db.queries import overrides as stored
from app.db.queries.acting import Acting
from app.db.tables.regency_programs import ProgramOverride
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.others import OverrideDrafted, OverridePublished, OverrideRetired, ThingEvent
from app.domain.ids import tenant_of
from app.domain.knowledge import is_implicit
from app.domain.programs import Override, Program, covers
from app.domain.programs.override import faults, is_empty, unknown_papers

_CHANGES: Final = "/changes"
"""Where the document stands in a request."""


@dataclass(frozen=True, slots=True)
class New:
    regency: str
    program: str
    valid_from: date
    valid_to: date | None
    source: str
    """The decree that it stands on."""
    document: Mapping[str, Any]


async def draft(acting: Acting, new: New) -> ProgramOverride:
    """Write a draft; it changes nothing until somebody else publishes it.

    Raises:
        NotFound: no such programme.
        Forbidden: the actor drafts no rules there.
        Invalid: what it says does not fit the programme, with every fault named.
    """
    program = _program(acting, new.program)
    acting.actor.require(Permission.PROGRAM_DRAFT, _served(acting, new, program))
    n = await stored.next_number(acting.tx, new.regency, new.program)
    row = ProgramOverride(
        regency_code=new.regency,
        id=acting.new_id(),
        program_code=new.program,
        n=n,
        status=stored.DRAFT,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        document=dict(new.document),
        source=new.source,
        drafted_at=acting.now,
        drafted_by=acting.actor.account_id,
        published_at=None,
        published_by=None,
        retired_at=None,
        retired_by=None,
    )
    errors = [*_days(acting, new), *check(acting, program, stored.override_of(row, _CHANGES))]
    if errors:
        raise Invalid(fields=tuple(errors))
    acting.tx.add(row)
    await acting.tx.flush()
    await _tell(acting, row, OverrideDrafted(**_named(row)))
    return row


async def publish(acting: Acting, regency: str, override_id: UUID) -> ProgramOverride:
    """Let a draft hold: every process routes by it within a second, from its first day on.

    Raises:
        NotFound: there is none.
        Forbidden: the actor publishes no rules there, or has drafted it herself.
        Conflict: it is no draft, its last day is over, or the programme has changed so that it fits no more.
    """
    row = await _locked(acting, regency, override_id)
    acting.actor.require(Permission.PROGRAM_PUBLISH, regency)
    _require_status(row, stored.DRAFT)
    if row.drafted_by == acting.actor.account_id:
        raise Forbidden(
            "four_eyes",
            "Yang menyusun tidak boleh menerbitkan: minta orang lain memeriksa.",
            "Whoever wrote it may not publish it: ask somebody else to check it.",
        )
    wrong = check(acting, _program(acting, row.program_code), stored.override_of(row))
    if wrong or (row.valid_to is not None and row.valid_to < acting.today(regency)):
        raise Conflict(
            code="does_not_fit",
            id="Perubahan ini tidak cocok lagi dengan programnya, atau sudah lewat. Susun yang baru.",
            en="This does not fit the programme any more, or is over. Draft a new one.",
            data={"pointers": [one.pointer for one in wrong]},
        )
    row.status, row.published_at, row.published_by = stored.PUBLISHED, acting.now, acting.actor.account_id
    await _follow(acting, row, OverridePublished(**_named(row)))
    return row


async def retire(acting: Acting, regency: str, override_id: UUID) -> ProgramOverride:
    """Take it out of force, or a draft away: what was decided under it stays as it is.

    Raises:
        NotFound: there is none.
        Forbidden: the actor publishes no rules there.
        Conflict: it is retired already.
    """
    row = await _locked(acting, regency, override_id)
    acting.actor.require(Permission.PROGRAM_PUBLISH, regency)
    _require_status(row, stored.DRAFT, stored.PUBLISHED)
    row.status, row.retired_at, row.retired_by = stored.RETIRED, acting.now, acting.actor.account_id
    await _follow(acting, row, OverrideRetired(**_named(row)))
    return row


def check(acting: Acting, program: Program, override: Override) -> tuple[FieldError, ...]:
    if is_empty(override):
        return (FieldError(_CHANGES, "empty", "Tidak ada yang diubah.", "It changes nothing."),)
    papers = acting.known.codes.get("paper", {})
    return (*faults(override, program, _CHANGES), *unknown_papers(override, papers, _CHANGES))


def _program(acting: Acting, code: str) -> Program:
    """The version that the regency would have today, or the newest where none is in force."""
    found = acting.known.programs.get(code)
    if found is None or is_implicit(code):
        raise NotFound(id="Program ini tidak ada.", en="There is no such programme.")
    return acting.known.program(code, acting.today("ID")) or found


def _served(acting: Acting, new: New, program: Program) -> str:
    regency = new.regency
    if regency not in acting.known.settings or tenant_of(regency) != regency:
        said = "Isi kode kabupaten/kota yang memakai layanan ini."
        raise Invalid(
            fields=(
                FieldError(
                    "/region", "not_served", said, "Give the code of a regency that uses this service."
                ),
            )
        )
    if not any(covers(area, regency) or covers(regency, area) for area in program.version.coverage):
        said = "Program ini tidak berlaku di kabupaten/kota ini."
        raise Invalid(
            fields=(
                FieldError("/region", "not_covered", said, "This programme does not cover this regency."),
            )
        )
    return regency


def _days(acting: Acting, new: New) -> list[FieldError]:
    errors = []
    if new.valid_from < acting.today(new.regency):
        errors.append(
            FieldError(
                "/valid_from",
                "in_the_past",
                "Berlaku paling cepat hari ini: keputusan yang sudah dibuat tidak berubah.",
                "Valid from today at the earliest: decisions that were made do not change.",
            )
        )
    if new.valid_to is not None and new.valid_to < new.valid_from:
        errors.append(
            FieldError(
                "/valid_to",
                "range",
                "Hari terakhir mendahului hari pertama.",
                "The last day is before the first.",
            )
        )
    return errors


async def _locked(acting: Acting, regency: str, override_id: UUID) -> ProgramOverride:
    row = await stored.find(acting.tx, regency, override_id, for_update=True)
    if row is None:
        raise NotFound(id="Perubahan daerah ini tidak ada.", en="There is no such override.")
    return row


def _require_status(row: ProgramOverride, *wanted: str) -> None:
    if row.status not in wanted:
        raise Conflict(
            code="wrong_status",
            id="Langkah ini tidak mungkin pada statusnya sekarang.",
            en="This step is not possible in its present status.",
            data={"status": row.status},
        )


def _named(row: ProgramOverride) -> dict[str, Any]:
    return {"thing_id": row.id, "program": row.program_code, "n": row.n}


async def _follow(acting: Acting, row: ProgramOverride, happened: ThingEvent) -> None:
    await acting.tx.flush()
    await _tell(acting, row, happened)
    await knowledge.bump(acting.tx, ["overrides"])


async def _tell(acting: Acting, row: ProgramOverride, happened: ThingEvent) -> None:
    stream = events.OtherStream(row.regency_code, row.id, "program_override")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
