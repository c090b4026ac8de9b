"""Bringing a list of aid into the ledger: rows matched by NIK, each with its verdict.

A NIK that nobody on record has makes a line too: it is found by the NIK, and stands against double aid.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import assistance, events, jobs, lists
from app.db.queries import assistance_imports as stored
from app.db.queries.acting import Acting
from app.db.queries.assistance import NewLine
from app.db.queries.holding import Home, holding_of
from app.db.tables.assistance import AssistanceImport
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.codes import LedgerSource, LedgerState
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.events.imports import AssistanceImportOrdered
from app.domain.jobs import JobKind
from app.domain.ledger import Asked, Ruling, is_period
from app.domain.ledger.listed import VERDICT_OF_AID, Act, AidReason, Row, Stands, read_amount, weigh
from app.domain.lists import Tidied, Verdict
from app.domain.programs import GoodsKind

AMOUNT: Final = "amount"
"""The further column of a profile that holds each recipient's rupiah."""
_P: Final = Permission.ASSISTANCE_WRITE
_READ: Final = frozenset({Verdict.ACCEPTED, Verdict.CORRECTED})


class Blind(Protocol):
    def digests(self, field_name: str, value: str) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What the list says, where its rows do not."""

    regency: str
    list_id: UUID
    profile_id: UUID | None
    program: str
    component: str
    state: LedgerState
    period: str
    amount_idr: int | None = None
    goods: str | None = None
    given_on: date | None = None
    funder: str | None = None
    proof: str | None = None
    dry_run: bool = False


def require(acting: Acting, regency: str) -> None:
    if not acting.actor.has(_P, regency):
        raise forbidden(_P)


def require_any(acting: Acting, regency: str) -> None:
    """Let whoever records aid anywhere in the regency see which lists came: figures, no persons."""
    if not acting.actor.has_within(_P, regency):
        raise forbidden(_P)


async def order(acting: Acting, wanted: Order) -> AssistanceImport:
    """Order an import, or a dry run of it.

    Raises:
        Forbidden: the actor records no aid in the regency.
        Invalid: an unknown list, profile, programme or period, or no word of what was given.
    """
    require(acting, wanted.regency)
    errors = await _wrong(acting, wanted)
    if errors:
        raise Invalid(fields=tuple(errors))
    import_id = acting.new_id()
    job = await jobs.order(
        acting,
        jobs.Order(JobKind.ASSISTANCE_IMPORT, wanted.regency, wanted.regency, _P, {"import": import_id.hex}),
    )
    row = AssistanceImport(
        regency_code=wanted.regency,
        id=import_id,
        list_id=wanted.list_id,
        profile_id=wanted.profile_id,
        job_id=job.id,
        program_code=wanted.program,
        component=wanted.component,
        state=wanted.state.value,
        period=wanted.period,
        amount_idr=wanted.amount_idr,
        goods=wanted.goods,
        given_on=wanted.given_on,
        funder=wanted.funder,
        proof=wanted.proof,
        dry_run=wanted.dry_run,
        counts=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        ended_at=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    happened = AssistanceImportOrdered(
        thing_id=row.id, list_id=row.list_id, job_id=job.id, program=row.program_code, dry_run=row.dry_run
    )
    stream = events.OtherStream(row.regency_code, row.id, assistance.STREAM)
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    return row


async def get(acting: Acting, regency: str, import_id: UUID) -> AssistanceImport:
    """Return an import.

    Raises:
        NotFound: there is none, or the actor records no aid there.
    """
    row = await stored.find(acting.tx, regency, import_id)
    if row is None or not acting.actor.has(_P, regency):
        raise NotFound(id="Impor bantuan ini tidak ada.", en="There is no such import of aid.")
    return row


async def _wrong(acting: Acting, wanted: Order) -> list[FieldError]:
    errors = []
    file = await lists.find(acting.tx, wanted.regency, wanted.list_id)
    if file is None or file.deleted_at is not None:
        errors.append(_fault("list", "unknown_list", "Daftar ini tidak ada.", "There is no such list."))
    try:
        await lists.profile_of(acting.tx, wanted.regency, wanted.profile_id)
    except NotFound as error:
        errors.append(_fault("profile", "unknown_profile", error.id, error.en))
    program = acting.known.programs.get(wanted.program)
    if program is None:
        errors.append(_fault("program", "unknown_code", "Program ini tidak dikenal.", "No such programme."))
    else:
        codes = {one.code for one in program.version.benefit.components}
        if wanted.component not in {*codes, assistance.ALL_COMPONENTS}:
            errors.append(
                _fault("component", "unknown_component", "Komponen ini tidak dikenal.", "No such component.")
            )
    if not is_period(wanted.period):
        errors.append(
            _fault(
                "period",
                "malformed",
                "Tulis 2026, 2026-Q4, 2026-11 atau once.",
                "Write 2026, 2026-Q4, 2026-11 or once.",
            )
        )
    if wanted.funder is not None and acting.known.agency(wanted.funder, wanted.regency) is None:
        errors.append(_fault("funder", "unknown_code", "Lembaga ini tidak dikenal.", "No such body."))
    return errors + _wrong_day(acting, wanted)


def _wrong_day(acting: Acting, wanted: Order) -> list[FieldError]:
    if (wanted.state is LedgerState.GIVEN) != (wanted.given_on is not None):
        return [
            _fault(
                "given_on", "wrong_value", "Isi tanggal hanya bila bantuan sudah diberikan.",
                "Give the day if, and only if, the aid was given.",
            )
        ]  # fmt: skip
    if wanted.given_on is not None and wanted.given_on > acting.today(wanted.regency):
        return [_fault("given_on", "in_future", "Tanggal belum tiba.", "That day is still to come.")]
    return []


def _fault(name: str, code: str, indonesian: str, english: str) -> FieldError:
    return FieldError(f"/{name}", code, indonesian, english)


# Rows -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Batch:
    """What some rows of a list stand against, read once and under lock."""

    seen: set[bytes]
    people: dict[bytes, Person]
    lines: dict[bytes | UUID, AssistanceLine]
    live: set[UUID]


async def take_rows(
    acting: Acting, row: AssistanceImport, blind: Blind, numbered: Sequence[tuple[int, Tidied]]
) -> None:
    """Judge some rows of a list, and write what they bring; the caller ends the transaction.

    They are locked person by person and household by household, in the order of ids.
    """
    digests = {n: blind.digests("nik", one.nik) for n, one in numbered if one.nik and one.verdict in _READ}
    batch = await _read(acting, row, digests)
    new: list[NewLine] = []
    made: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for n, one in numbered:
        told = await _judge(acting, row, batch, (n, one), digests.get(n), new)
        made.append(told)
        if told["line_id"] is _WRITTEN:
            waiting.append(told)
    # In one order, since another list may have the same people the other way round.
    pairs = sorted(zip(waiting, new, strict=True), key=lambda pair: pair[1].once_key or "")
    ids = await assistance.write_lines(acting, [line for _, line in pairs])
    for (told, _), id_ in zip(pairs, ids, strict=True):
        told["line_id"] = id_
        if id_ is None:
            told["reasons"] = [*told["reasons"], AidReason.ON_RECORD.value]
    await stored.store(acting.tx, made)


_WRITTEN: Final = UUID(int=0)
"""Stands for the line that is about to be written."""


async def _read(acting: Acting, row: AssistanceImport, digests: dict[int, list[bytes]]) -> _Batch:
    every = sorted({digest for found in digests.values() for digest in found})
    if not every:
        return _Batch(set(), {}, {}, set())
    people = await stored.lock_people(acting.tx, row.regency_code, every)
    ids = [person.id for person in people]
    lines: dict[bytes | UUID, AssistanceLine] = {}
    # The latest counts; one that still stands before one that was stopped or taken back.
    for line in sorted(await stored.lines_there(acting.tx, row, every, ids), key=_stands):
        for key in (line.nik_digest, line.person_id):
            if key is not None:
                lines[key] = line
    return _Batch(
        await stored.seen_before(acting.tx, row, every),
        {person.nik_digest: person for person in people if person.nik_digest is not None},
        lines,
        await stored.live_there(acting.tx, row, ids),
    )


def _stands(line: AssistanceLine) -> bool:
    return line.state in {LedgerState.PLANNED.value, LedgerState.GIVEN.value}


async def _judge(
    acting: Acting,
    row: AssistanceImport,
    batch: _Batch,
    numbered: tuple[int, Tidied],
    digests: list[bytes] | None,
    new: list[NewLine],
) -> dict[str, Any]:
    n, one = numbered
    told: dict[str, Any] = {
        "regency_code": row.regency_code,
        "import_id": row.id,
        "n": n,
        "verdict": one.verdict.value,
        "reasons": [reason.value for reason in one.reasons],
        "nik_digest": None,
        "person_id": None,
        "line_id": None,
    }
    if digests is None:
        return told
    person = next((batch.people[digest] for digest in digests if digest in batch.people), None)
    line = next((batch.lines[digest] for digest in digests if digest in batch.lines), None)
    if line is None and person is not None:
        line = batch.lines.get(person.id)
    told |= {
        "nik_digest": digests[0],
        "person_id": person.id if person else None,
        "line_id": line.id if line else None,
    }
    amount = _amount(row, one)
    if amount is _BAD:
        return _with(told, one, AidReason.AMOUNT_UNREADABLE)
    home = _home(row, person, digests)
    known = Row(
        twice=bool(batch.seen.intersection(digests)),
        on_record=person is not None,
        deceased=person is not None and person.deceased_on is not None,
        live_referral=person is not None and person.id in batch.live,
        excluded=await _excluded(acting, row, home),
        stands=_standing(line),
    )
    batch.seen.update(digests)
    state = LedgerState(row.state)
    act, reason = weigh(state, known)
    made = _line(row, home, amount if isinstance(amount, int) else None, digests[0])
    if row.dry_run:
        return _with(told, one, reason)
    if act is Act.SETTLE and line is not None:
        await assistance.settle(acting, line, made)
    if act is Act.WRITE:
        new.append(made)
        told["line_id"] = _WRITTEN
    return _with(told, one, reason)


def _with(told: dict[str, Any], one: Tidied, reason: AidReason | None) -> dict[str, Any]:
    if reason is not None:
        told["reasons"] = [*told["reasons"], reason.value]
        order = list(Verdict)
        told["verdict"] = max(one.verdict, VERDICT_OF_AID[reason], key=order.index).value
    return told


class _Bad:
    """An amount that nobody can read."""


_BAD: Final = _Bad()


def _amount(row: AssistanceImport, one: Tidied) -> int | _Bad | None:
    value = one.extra.get(AMOUNT)
    if value is None or value == "":
        return row.amount_idr
    found = read_amount(value)
    return _BAD if found is None else found


def _home(row: AssistanceImport, person: Person | None, digests: Sequence[bytes]) -> Home:
    if person is None:
        return Home(row.regency_code, nik_digests=tuple(digests))
    return Home(row.regency_code, person.id, person.household_id, tuple(digests))


async def _excluded(acting: Acting, row: AssistanceImport, home: Home) -> bool:
    """Ask what stands against aid that is planned; what was given is a fact."""
    if row.state != LedgerState.PLANNED.value:
        return False
    holding = await holding_of(acting.tx, home)
    asked = Asked(row.program_code, home.person_id)
    today = acting.today(row.regency_code)
    found = assistance.judged(acting.known, row.regency_code, asked, holding, today)
    return found.ruling is Ruling.FORBIDDEN


def _standing(line: AssistanceLine | None) -> Stands | None:
    if line is None:
        return None
    listed = line.source == LedgerSource.IMPORT.value and line.once_key is not None
    return Stands(LedgerState(line.state), listed, line.referral_id is not None)


def _line(row: AssistanceImport, home: Home, amount: int | None, digest: bytes) -> NewLine:
    given = row.state == LedgerState.GIVEN.value
    return NewLine(
        to=home,
        program=row.program_code,
        component=row.component,
        kind=GoodsKind.CASH if row.goods is None else GoodsKind.GOODS,
        state=LedgerState(row.state),
        period=row.period,
        source=LedgerSource.IMPORT,
        source_id=row.id,
        planned_idr=None if given else amount,
        amount_idr=amount if given else None,
        goods=row.goods,
        given_on=row.given_on,
        proof=row.proof,
        funder=row.funder,
        once_key=f"{row.program_code}:{row.component}:{row.period}:{digest.hex()}",
    )


async def end(acting: Acting, row: AssistanceImport) -> dict[str, Any]:
    """Count what came of it; return the counts, which are the job's result."""
    counts = await stored.sums(acting.tx, row)
    row.counts, row.ended_at = counts, acting.now
    await acting.tx.flush()
    return {**counts, "rows": sum(Counter(counts["verdict"]).values())}
