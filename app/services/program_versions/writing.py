"""Writing the rules of programmes: drafted, checked, published by another person, retired."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from app.db.queries import program_versions as stored
from app.db.queries.acting import Acting
from app.db.tables.knowledge import Program as ProgramRow
from app.db.tables.knowledge import ProgramVersion
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.programs import (
    VersionDrafted,
    VersionEdited,
    VersionHandedIn,
    VersionPublished,
    VersionRetired,
    VersionReturned,
    VersionWithdrawn,
)
from app.domain.knowledge import IMPLICIT
from app.domain.program_owners import owner_of
from app.domain.programs import Program, VersionStatus, digest_of, parse_program
from app.domain.programs.versions import require_other_hands, superseded
from app.services.program_versions.reading import (
    Document,
    Held,
    faults_of,
    me,
    no_version,
    program_of,
    require,
    with_names,
)

_LATEST: Final = date(9999, 12, 31)


async def new_program(acting: Acting, document: Document) -> ProgramVersion:
    """Begin a programme with the draft of its first rules; nobody else sees it until they are published.

    Raises:
        Forbidden: it is not the actor's body.
        Invalid: the document cannot be read, or the body is unknown.
        Conflict: the code is taken.
    """
    owner = owner_of(acting.known, document["agency"])
    require(acting, owner, Permission.PROGRAM_DRAFT)
    code = document["code"]
    if code.startswith(IMPLICIT):
        raise Invalid(
            fields=(
                FieldError("/code", "reserved", "Awalan UMUM. dipakai layanan.", "UMUM. is the service's."),
            )
        )
    await stored.lock(acting, owner.tenant, code)
    numbered, program = _read(document, 1)
    row = _drafted(acting, numbered, program)
    happened = VersionDrafted(
        thing_id=stored.stream_of(owner.tenant, code),
        program=code,
        version=1,
        digest=row["digest"],
        new_program=True,
    )
    await stored.tell(acting, owner.tenant, code, happened)
    new = {"code": code, "implicit": False, "active": True, **_columns(program)}
    if not await stored.add_program(acting.tx, new):
        raise Conflict(
            "code_taken", "Kode program ini sudah dipakai.", "This programme code is used already."
        )
    await stored.add(acting.tx, row)
    return await _again(acting, code, 1)


async def draft_version(acting: Acting, code: str, document: Document) -> ProgramVersion:
    """Begin the next version of a programme; whatever is in force stays so.

    Raises:
        NotFound: there is no such programme.
        Forbidden: it is not the actor's body.
        Invalid: the document cannot be read, or is of another programme.
    """
    program_row, owner = await program_of(acting, code)
    require(acting, owner, Permission.PROGRAM_DRAFT)
    await stored.lock(acting, owner.tenant, code)
    n = await stored.next_n(acting.tx, code)
    numbered, program = _read(_whole(program_row, document), n)
    row = _drafted(acting, numbered, program)
    happened = VersionDrafted(
        thing_id=stored.stream_of(owner.tenant, code), program=code, version=n, digest=row["digest"]
    )
    await stored.tell(acting, owner.tenant, code, happened)
    await stored.add(acting.tx, row)
    return await _again(acting, code, n)


async def edit(acting: Acting, held: Held, document: Document) -> ProgramVersion:
    """Replace the whole document of a draft; what was handed in becomes a draft again.

    Raises:
        Invalid: the document cannot be read, or is of another programme.
    """
    row = held.row
    program_row, _ = await program_of(acting, held.program)
    numbered, program = _read(_whole(program_row, document), row.n)
    by = me(acting)
    values = {
        **_rules(numbered, program),
        "status": held.to.value,
        "makers": row.makers if by in row.makers else [*row.makers, by],
        "submitted_by": None,
        "submitted_at": None,
    }
    happened = VersionEdited(**_named(held), digest=values["digest"])
    await stored.tell(acting, held.owner.tenant, held.program, happened)
    await stored.change(acting.tx, held.program, row.n, values)
    return await _again(acting, held.program, row.n)


async def hand_in(acting: Acting, held: Held) -> ProgramVersion:
    """Hand a draft in for checking by somebody else.

    Raises:
        Invalid: it names what nobody knows, contradicts itself, or cannot come into force on its day.
    """
    row = held.row
    await _require_sound(acting, held)
    await stored.tell(
        acting, held.owner.tenant, held.program, VersionHandedIn(**_named(held), digest=row.digest)
    )
    values = {
        "status": held.to.value,
        "submitted_by": me(acting),
        "submitted_at": acting.now,
        "remark": None,
    }
    await stored.change(acting.tx, held.program, row.n, values)
    return await _again(acting, held.program, row.n)


async def give_back(acting: Acting, held: Held, remark: str) -> ProgramVersion:
    """Give a draft back to who wrote it, saying why."""
    await stored.tell(acting, held.owner.tenant, held.program, VersionReturned(**_named(held)))
    values = {"status": held.to.value, "remark": remark, "submitted_by": None, "submitted_at": None}
    await stored.change(acting.tx, held.program, held.row.n, values)
    return await _again(acting, held.program, held.row.n)


async def publish(acting: Acting, held: Held) -> ProgramVersion:
    """Publish what somebody else wrote; from its first day it takes the place of the version before it.

    Raises:
        Forbidden: the actor wrote in it.
        Invalid: it is no longer sound: codes, bodies or other versions changed since it was handed in.
    """
    row, code = held.row, held.program
    require_other_hands(row.makers, me(acting))
    program = await _require_sound(acting, held)
    others = await stored.standing(acting.tx, code)
    ended = list(superseded(row.valid_from, others))
    happened = VersionPublished(
        **_named(held), digest=row.digest, valid_from=row.valid_from, supersedes=tuple(n for n, _ in ended)
    )
    await stored.tell(acting, held.owner.tenant, code, happened)
    values = {"status": held.to.value, "published_by": me(acting), "published_at": acting.now}
    await stored.change(acting.tx, code, row.n, values)
    for n, last_on in ended:
        await stored.change(acting.tx, code, n, {"last_on": last_on})
    await stored.change_program(acting.tx, code, _columns(program))
    await stored.reread(acting)
    return await _again(acting, code, row.n)


async def retire(acting: Acting, held: Held, last_on: date) -> ProgramVersion:
    """Say on which day a published version is in force for the last time.

    One that has not begun never comes into force. What was decided under it is still told by it.

    Raises:
        Invalid: the day is over, or the version ends earlier by itself.
    """
    row = held.row
    today = acting.today(held.owner.region)
    ends = stored.earlier(row.valid_to, row.last_on)
    if last_on < today or last_on > (ends or _LATEST):
        raise Invalid(
            fields=(
                FieldError(
                    "/last_on",
                    "range",
                    "Isi hari ini atau sesudahnya, paling lambat hari terakhir versi itu.",
                    "Give today or later, at most the version's own last day.",
                ),
            )
        )
    await stored.tell(
        acting, held.owner.tenant, held.program, VersionRetired(**_named(held), last_on=last_on)
    )
    values = {
        "status": held.to.value,
        "last_on": last_on,
        "retired_by": me(acting),
        "retired_at": acting.now,
    }
    await stored.change(acting.tx, held.program, row.n, values)
    await stored.reread(acting)
    return await _again(acting, held.program, row.n)


async def withdraw(acting: Acting, held: Held) -> ProgramVersion:
    """Give a draft up. It stays to be read by those who wrote it."""
    await stored.tell(acting, held.owner.tenant, held.program, VersionWithdrawn(**_named(held)))
    await stored.change(acting.tx, held.program, held.row.n, {"status": held.to.value})
    return await _again(acting, held.program, held.row.n)


async def _require_sound(acting: Acting, held: Held) -> Program:
    faults = await faults_of(acting, held.row, held.owner)
    if faults:
        raise Invalid(
            code="unsound_rules",
            id="Aturan ini belum dapat diterbitkan; perbaiki dahulu yang disebut.",
            en="These rules cannot be published yet; mend what is named first.",
            fields=faults,
        )
    return parse_program(held.row.document)


def _read(document: Document, n: int) -> tuple[dict[str, Any], Program]:
    """Number a document and read it; its faults name the criterion in words."""
    numbered = {**document, "version": {**document["version"], "n": n}}
    try:
        return numbered, parse_program(numbered)
    except Invalid as refused:
        raise replace(refused, fields=with_names(numbered, refused.fields)) from None


def _whole(program: ProgramRow, document: Document) -> dict[str, Any]:
    """Complete a document by what a version cannot change: code, body, level."""
    fixed = {"code": program.code, "agency": program.agency_code, "level": program.level}
    wrong = [
        FieldError(f"/{name}", "fixed", "Tidak dapat diubah oleh versi.", "A version cannot change this.")
        for name, value in fixed.items()
        if document.get(name) not in {None, value}
    ]
    if wrong:
        raise Invalid(fields=tuple(wrong))
    named = {"name": {"id": program.name_id, "en": program.name_en}, "purposes": list(program.purposes)}
    given = {name: value for name, value in document.items() if value is not None}
    return {**named, **given, **fixed}


def _drafted(acting: Acting, document: dict[str, Any], program: Program) -> dict[str, Any]:
    return {
        "program_code": program.code,
        "n": program.version.n,
        "status": VersionStatus.DRAFT.value,
        **_rules(document, program),
        "revision": 1,
        "last_on": None,
        "makers": [me(acting)],
        "drafted_at": acting.now,
    }


def _rules(document: dict[str, Any], program: Program) -> dict[str, Any]:
    return {
        "valid_from": program.version.valid_from,
        "valid_to": program.version.valid_to,
        "document": document,
        "digest": digest_of(document),
    }


def _columns(program: Program) -> dict[str, Any]:
    return {
        "agency_code": program.agency,
        "level": program.level.value,
        "name_id": program.name.id,
        "name_en": program.name.en,
        "purposes": sorted(one.value for one in program.purposes),
    }


def _named(held: Held) -> dict[str, Any]:
    return {
        "thing_id": stored.stream_of(held.owner.tenant, held.program),
        "program": held.program,
        "version": held.row.n,
    }


async def _again(acting: Acting, code: str, n: int) -> ProgramVersion:
    row = await stored.find(acting.tx, code, n)
    if row is None:  # pragma: no cover - it was written in this transaction
        raise no_version()
    return row
