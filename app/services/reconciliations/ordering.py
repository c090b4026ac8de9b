"""Asking for a reconciliation: what of, against what, and what for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries import events, jobs
from app.db.queries import lists as files
from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings, stored
from app.db.tables.jobs import Job
from app.db.tables.reconciliations import Reconciliation
from app.domain.access import Permission, covers
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.reconciliations import ReconciliationOrdered, ReconciliationSuperseded
from app.domain.ids import public_id, tenant_of
from app.domain.jobs import JobKind
from app.domain.reconciliation import Against, ListRole, MissingFrom, State

STREAM = "reconciliation"
MOST_LISTS = 5
"""Other lists beside the one in question."""


@dataclass(frozen=True, slots=True)
class Other:
    list_id: UUID
    profile_id: UUID | None
    program: str
    role: ListRole


@dataclass(frozen=True, slots=True)
class Question:
    region: str
    program: str
    list_id: UUID
    profile_id: UUID | None
    against: Sequence[Against]
    others: Sequence[Other]
    missing: Sequence[MissingFrom]
    desil_at_most: int | None
    purpose: str
    repeat: bool
    """Make an earlier reconciliation of the same list anew."""

    @property
    def regency(self) -> str:
        return tenant_of(self.region)


async def order(acting: Acting, asked: Question, wrapped_key: bytes) -> tuple[Reconciliation, Job]:
    """Store the question and the job that answers it. *wrapped_key* seals what the lists say.

    Raises:
        Forbidden: the actor reconciles no lists there.
        Invalid: a list, profile, programme or place that there is not, or a question that makes no sense.
        Conflict: it is being answered, or was answered and nobody asked to do so again.
    """
    acting.actor.require(Permission.LIST_RECONCILE, asked.region)
    await _check(acting, asked)
    await stored.lock_list(acting.tx, asked.regency, asked.list_id)
    before = await _earlier(acting, asked)
    new_id = acting.new_id()
    wanted = jobs.Order(
        JobKind.RECONCILE,
        asked.regency,
        asked.region,
        Permission.LIST_RECONCILE,
        {"reconciliation": new_id.hex},
    )
    job = await jobs.order(acting, wanted)
    row = _row(acting, asked, new_id, job, await files.add_key(acting, asked.regency, wrapped_key))
    acting.tx.add(row)
    await acting.tx.flush()
    for old in before:
        await _supersede(acting, old, new_id)
    happened = ReconciliationOrdered(
        thing_id=new_id,
        program=asked.program,
        region=asked.region,
        list_id=asked.list_id,
        job_id=job.id,
        against=tuple(one.value for one in asked.against),
        purpose=asked.purpose,
    )
    await tell(acting, row, happened)
    return row, job


async def tell(acting: Acting, row: Reconciliation, happened: Any) -> None:
    stream = events.OtherStream(row.regency_code, row.id, STREAM)
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def _earlier(acting: Acting, asked: Question) -> Sequence[Reconciliation]:
    found = await stored.of_list(acting.tx, asked.regency, asked.list_id, asked.program)
    for row in found:
        named: dict[str, object] = {"reconciliation": public_id(row.regency_code, row.id)}
        if await stored.is_underway(acting.tx, row):
            raise Conflict(
                "reconciliation_running",
                "Daftar ini sedang dicocokkan untuk program ini. Lihat pekerjaan yang berjalan.",
                "This list is being reconciled for this programme. Look at the one that runs.",
                named,
            )
        if row.state == State.READY.value and not asked.repeat:
            raise Conflict(
                "list_reconciled_already",
                "Daftar ini sudah dicocokkan. Kerjakan temuannya, atau kirim dengan repeat untuk mengulang.",
                "This list was reconciled already. Work its findings, or send repeat to do it anew.",
                named,
            )
    return found


async def _supersede(acting: Acting, old: Reconciliation, by_id: UUID) -> None:
    old.state, old.superseded_by = State.SUPERSEDED.value, by_id
    await findings.withdraw_open(acting.tx, old.regency_code, old.id)
    await tell(acting, old, ReconciliationSuperseded(thing_id=old.id, by_id=by_id))


def _row(acting: Acting, asked: Question, id_: UUID, job: Job, key_id: UUID) -> Reconciliation:
    return Reconciliation(
        regency_code=asked.regency,
        id=id_,
        region_code=asked.region,
        program_code=asked.program,
        list_id=asked.list_id,
        profile_id=asked.profile_id,
        against=[one.value for one in asked.against],
        others=[
            {
                "list_id": one.list_id.hex,
                "profile_id": one.profile_id.hex if one.profile_id else None,
                "program": one.program,
                "role": one.role.value,
            }
            for one in asked.others
        ],
        missing=[one.value for one in asked.missing],
        desil_at_most=asked.desil_at_most,
        purpose=asked.purpose,
        job_id=job.id,
        state=State.RUNNING.value,
        data_key_id=key_id,
        registry_source=None,
        registry_period=None,
        row_count=0,
        counts={},
        superseded_by=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        finished_at=None,
    )


# What makes sense ----------------------------------------------------------------------------------------


async def _check(acting: Acting, asked: Question) -> None:
    errors = [*_wrong_words(acting, asked), *_wrong_question(asked)]
    named = [("/list_id", asked.list_id, asked.profile_id)]
    named += [(f"/others/{n}/list_id", one.list_id, one.profile_id) for n, one in enumerate(asked.others)]
    for pointer, list_id, profile_id in named:
        errors += await _wrong_file(acting, asked.regency, pointer, (list_id, profile_id))
    if errors:
        raise Invalid(fields=tuple(errors))


async def _wrong_file(
    acting: Acting, regency: str, pointer: str, named: tuple[UUID, UUID | None]
) -> list[FieldError]:
    try:
        await files.live(acting.tx, regency, named[0])
    except NotFound:
        said = "Daftar ini tidak ada atau sudah dihapus.", "There is no such list, or it was deleted."
        return [FieldError(pointer, "unknown_list", *said)]
    try:
        await files.profile_of(acting.tx, regency, named[1])
    except NotFound:
        said = "Profil kolom ini tidak ada.", "There is no such column profile."
        return [FieldError(pointer.replace("/list_id", "/profile_id"), "unknown_profile", *said)]
    return []


def _wrong_words(acting: Acting, asked: Question) -> Iterator[FieldError]:
    known = acting.known
    if "." not in asked.region or asked.region not in known.regions:
        yield FieldError(
            "/region",
            "needs_regency",
            "Sebutkan satu kabupaten/kota, atau wilayah di dalamnya.",
            "Name one regency, or a place in it.",
        )
    programs = [("/program", asked.program)]
    programs += [(f"/others/{n}/program", one.program) for n, one in enumerate(asked.others)]
    for pointer, code in programs:
        found = known.programs.get(code)
        reaches = found is not None and any(
            covers(area, asked.region) or covers(asked.region, area) for area in found.version.coverage
        )
        if not reaches:
            yield FieldError(
                pointer,
                "unknown_program",
                "Program ini tidak ada, atau tidak berlaku di wilayah itu.",
                "There is no such programme, or it does not reach that place.",
            )
    if not known.knows("reveal_purpose", asked.purpose):
        yield FieldError(
            "/purpose", "unknown_code", "Pilih tujuan dari daftar.", "Choose a purpose from the list."
        )


def _wrong_question(asked: Question) -> Iterator[FieldError]:
    lists = [asked.list_id, *(one.list_id for one in asked.others)]
    if len(set(lists)) < len(lists):
        yield FieldError(
            "/others",
            "same_list",
            "Setiap daftar disebut satu kali saja; daftar pembanding harus berkas lain.",
            "Name each list once; the ones to compare with are other files.",
        )
    earlier = any(one.role is ListRole.EARLIER and one.program == asked.program for one in asked.others)
    if MissingFrom.EARLIER in asked.missing and not earlier and Against.LEDGER not in asked.against:
        yield FieldError(
            "/missing",
            "nothing_earlier",
            "Sebutkan daftar lama program yang sama, atau bandingkan dengan buku bantuan.",
            "Name an earlier list of the programme, or compare with the ledger.",
        )
    if (MissingFrom.REGISTRY in asked.missing) != (asked.desil_at_most is not None):
        yield FieldError(
            "/desil_at_most",
            "needs_desil",
            "Isi desil tertinggi bila warga registri yang belum terdaftar dicari, dan hanya itu.",
            "Give the highest decile when registry members who are not listed are looked for, and only then.",
        )
