"""Aid recorded by hand: what came through no referral; what was recorded wrongly taken back or stopped.

What was given is a fact and is recorded; what is planned may still be prevented, and is refused where
something stands against it. A line of a referral that lives is delivered there, never beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.db.queries import assistance as stored
from app.db.queries.acting import Acting
from app.db.queries.assistance import NewLine
from app.db.queries.case_moves import finish, lock_people, open_move
from app.db.queries.cases import case_by_id
from app.db.queries.holding import Holding, Home, holding_of, home_of, line_of
from app.db.queries.ledger import line_seen
from app.db.queries.people import case_in_sight, person_by_id
from app.db.queries.scope import Sight
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine
from app.domain.access import Permission
from app.domain.codes import LedgerSource, LedgerState
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.referrals import LedgerReversed
from app.domain.ledger import Asked, Ruling, in_words, is_period, reverse
from app.domain.programs import Effect, GoodsKind

REASONS: Final = "ledger_reason"
_WILDCARD: Final = "*"
_P: Final = Permission.ASSISTANCE_WRITE


@dataclass(frozen=True, slots=True)
class Aid:
    """One piece of aid as a person tells it."""

    program: str
    component: str
    state: LedgerState
    """Planned or given."""
    period: str
    amount_idr: int | None = None
    goods: str | None = None
    given_on: date | None = None
    proof: str | None = None
    funder: str | None = None


async def record(
    acting: Acting, sight: Sight, regency: str, person_id: UUID, aid: Sequence[Aid]
) -> list[AssistanceLine]:
    """Write lines for one person, all or none.

    Raises:
        NotFound: no such person, or the actor may not know of her.
        Forbidden: the actor records no aid there.
        Invalid: a programme, component, period, day or amount that makes no sense.
        Conflict: it runs through a referral, is on record, or something stands against what is planned.
    """
    person = await find_person(acting, sight, regency, person_id)
    await lock_people(acting.tx, regency, person.id, person.household_id)
    await acting.tx.refresh(person)
    today = acting.today(person.village_code)
    errors = [error for n, one in enumerate(aid) for error in _wrong(acting, regency, one, n, today)]
    errors += _twice(aid)
    if errors:
        raise Invalid(fields=tuple(errors))
    home = home_of(person)
    holding = await holding_of(acting.tx, home)
    lines: list[NewLine] = []
    settled: list[AssistanceLine] = []
    for one in aid:
        _require_no_referral(holding, person.id, one.program)
        planned = _planned_for(holding, person.id, one)
        if one.state is LedgerState.GIVEN and planned is not None:
            settled.append(await stored.settle(acting, planned, given_of(home, one)))
            continue
        _require_room(acting, person, holding, one, today)
        lines.append(given_of(home, one))
    ids = await stored.write_lines(acting, lines)
    return settled + await stored.lines_by_id(acting.tx, regency, [id_ for id_ in ids if id_ is not None])


def given_of(home: Home, aid: Aid) -> NewLine:
    given = aid.state is LedgerState.GIVEN
    kind = GoodsKind.CASH if aid.goods is None else GoodsKind.GOODS
    return NewLine(
        to=home,
        program=aid.program,
        component=aid.component,
        kind=kind,
        state=aid.state,
        period=aid.period,
        source=LedgerSource.MANUAL,
        planned_idr=None if given else aid.amount_idr,
        amount_idr=aid.amount_idr if given else None,
        goods=aid.goods,
        given_on=aid.given_on,
        proof=aid.proof,
        funder=aid.funder,
    )


def _require_no_referral(holding: Holding, person_id: UUID, program: str) -> None:
    if any(origin.program == program and origin.person_id == person_id for origin, _ in holding.live):
        raise Conflict(
            "through_referral",
            "Program ini berjalan lewat rujukan; catat penyalurannya pada rujukan itu.",
            "This programme runs through a referral; record what was delivered there.",
            {"program": program},
        )


def _planned_for(holding: Holding, person_id: UUID, aid: Aid) -> AssistanceLine | None:
    """Return the line outside referrals in which this very instalment was planned."""
    wanted = (aid.program, aid.component, aid.period, person_id, None, LedgerState.PLANNED.value)
    found = (
        row
        for row in holding.rows
        if (row.program_code, row.component, row.period, row.person_id, row.referral_id, row.state) == wanted
    )
    return next(found, None)


def _require_room(acting: Acting, person: Person, holding: Holding, aid: Aid, today: date) -> None:
    if aid.state is LedgerState.GIVEN:
        _require_not_on_record(holding, person.id, aid)
        return
    if person.deceased_on is not None:
        raise Conflict(
            "person_deceased",
            "Warga ini tercatat meninggal; bantuan baru tidak dapat direncanakan.",
            "This person is recorded as deceased; no new aid can be planned.",
        )
    asked = Asked(aid.program, person.id, aid.component, aid.period)
    found = stored.judged(acting.known, person.regency_code, asked, holding, today)
    if found.ruling is Ruling.FORBIDDEN:
        against = [one for one in found.findings if one.effect is Effect.EXCLUDE]
        words = [in_words(one, acting.known.programs) for one in against]
        raise Conflict(
            "aid_excluded",
            " ".join(one.id for one in words),
            " ".join(one.en for one in words),
            {"programs": sorted({one.program for one in against})},
        )


def _require_not_on_record(holding: Holding, person_id: UUID, aid: Aid) -> None:
    wanted = (aid.program, aid.component, aid.period, person_id, LedgerState.GIVEN.value)
    for row in holding.rows:
        if (row.program_code, row.component, row.period, row.person_id, row.state) == wanted:
            raise Conflict(
                "aid_on_record",
                "Bantuan ini untuk masa itu sudah tercatat.",
                "This aid is on record for that period already.",
                {"program": aid.program, "period": aid.period},
            )


# What was recorded ----------------------------------------------------------------------------------------


async def take_back(
    acting: Acting, sight: Sight, regency: str, line_id: UUID, reason: str
) -> tuple[AssistanceLine, AssistanceLine]:
    """Take a given line back by a counter line; return both, the counter second.

    Raises:
        NotFound: no such line in the actor's sight.
        Forbidden: the actor reverses nothing there.
        Invalid: the reason is none of the list.
        Conflict: it was never given, or is taken back already.
    """
    seen = await find_line(acting, sight, regency, line_id)
    _check_reason(acting, reason)
    case = None
    if seen.case_id is not None:
        case = await case_by_id(acting.tx, regency, seen.case_id, for_update=True)
    else:
        await lock_people(acting.tx, regency, seen.person_id, seen.household_id)
    row = await stored.lock_line(acting.tx, regency, line_id)
    if row is None:
        raise _no_line()
    _, counter = reverse(line_of(row), acting.new_id(), acting.today(regency))
    against = stored.counter_of(acting, row, counter, reason)
    row.state, row.updated_at, row.reason = LedgerState.REVERSED.value, acting.now, reason
    acting.tx.add(against)
    await acting.tx.flush()
    if case is None or row.referral_id is None:
        await stored.tell(acting, row, reason, against)
        return row, against
    await acting.tx.refresh(case)
    move = await open_move(acting, case)
    move.add(
        LedgerReversed(
            case_id=case.id,
            referral_id=row.referral_id,
            line_id=row.id,
            program=row.program_code,
            component=row.component,
            amount_idr=against.amount_idr,
            reason=reason,
        )
    )
    await finish(move)
    return row, against


async def stop(acting: Acting, sight: Sight, regency: str, line_id: UUID, reason: str) -> AssistanceLine:
    """Stop a planned line that came through no referral.

    Raises:
        NotFound: no such line in the actor's sight.
        Forbidden: the actor stops nothing there.
        Invalid: the reason is none of the list.
        Conflict: it is not planned, or belongs to a referral, which is revoked instead.
    """
    seen = await find_line(acting, sight, regency, line_id)
    _check_reason(acting, reason)
    await lock_people(acting.tx, regency, seen.person_id, seen.household_id)
    row = await stored.lock_line(acting.tx, regency, line_id)
    if row is None:
        raise _no_line()
    if row.referral_id is not None:
        raise Conflict(
            "through_referral",
            "Baris ini milik rujukan; cabut rujukannya.",
            "This line belongs to a referral; revoke that.",
        )
    if row.state != LedgerState.PLANNED.value:
        raise Conflict(
            "line_not_planned",
            "Hanya bantuan yang masih direncanakan dapat dihentikan.",
            "Only aid that is still planned can be stopped.",
            {"state": row.state},
        )
    row.state, row.reason, row.updated_at = LedgerState.STOPPED.value, reason, acting.now
    await stored.tell(acting, row, reason)
    await acting.tx.flush()
    return row


async def find_line(acting: Acting, sight: Sight, regency: str, line_id: UUID) -> AssistanceLine:
    """Return a line that the actor may take back or stop.

    Raises:
        NotFound: none, or outside the actor's sight.
        Forbidden: the actor changes no aid there.
    """
    row, case = await line_seen(acting.tx, sight, regency, line_id)
    if row is None:
        raise _no_line()
    if case is not None:
        acting.actor.require(_P, case.village_code, case.desk_id)
        return row
    if row.person_id is None:
        acting.actor.require(_P, regency)
        return row
    try:
        await find_person(acting, sight, regency, row.person_id)
    except NotFound:
        # In the words of a line that is not there: another sentence would tell that this one is.
        raise _no_line() from None
    return row


async def find_person(acting: Acting, sight: Sight, regency: str, person_id: UUID) -> Person:
    """Return a person whose aid the actor may record."""
    person = await person_by_id(acting.tx, regency, person_id)
    case = await case_in_sight(acting.tx, sight, person) if person else None
    lives_here = person is not None and acting.actor.has(Permission.CASE_READ, person.village_code)
    if person is None or not (case or lives_here):
        raise NotFound(
            id="Orang ini tidak ditemukan, atau berada di luar wilayah tugas Anda.",
            en="No such person, or she lives outside your area.",
        )
    if case is None or not acting.actor.has(_P, case.village_code, case.desk_id):
        acting.actor.require(_P, person.village_code)
    return person


def _no_line() -> NotFound:
    return NotFound(id="Catatan bantuan ini tidak ada.", en="There is no such line of aid.")


def _check_reason(acting: Acting, reason: str) -> None:
    if not acting.known.knows(REASONS, reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason", "unknown_code", "Pilih alasan dari daftar.", "Choose a reason from the list."
                ),
            )
        )


def _wrong(acting: Acting, regency: str, aid: Aid, n: int, today: date) -> list[FieldError]:
    errors = []
    program = acting.known.programs.get(aid.program)
    if program is None:
        errors.append(
            _fault(n, "program", "unknown_code", "Program ini tidak dikenal.", "No such programme.")
        )
    else:
        codes = [one.code for one in program.version.benefit.components]
        if codes and aid.component not in {*codes, _WILDCARD}:
            said = (
                f"Komponen program ini: {', '.join(codes)}.",
                f"Components of this programme: {', '.join(codes)}.",
            )
            errors.append(_fault(n, "component", "unknown_component", *said))
    if not is_period(aid.period):
        errors.append(
            _fault(
                n, "period", "malformed", "Tulis 2026, 2026-Q4, 2026-11 atau once.",
                "Write 2026, 2026-Q4, 2026-11 or once.",
            )
        )  # fmt: skip
    if aid.funder is not None and acting.known.agency(aid.funder, regency) is None:
        errors.append(_fault(n, "funder", "unknown_code", "Lembaga ini tidak dikenal.", "No such body."))
    if (aid.state is LedgerState.GIVEN) != (aid.given_on is not None):
        errors.append(
            _fault(
                n, "given_on", "wrong_value", "Isi tanggal hanya bila bantuan sudah diberikan.",
                "Give the day if, and only if, the aid was given.",
            )
        )  # fmt: skip
    if aid.given_on is not None and aid.given_on > today:
        errors.append(_fault(n, "given_on", "in_future", "Tanggal belum tiba.", "That day is still to come."))
    if aid.state is LedgerState.GIVEN and (aid.amount_idr is None) == (aid.goods is None):
        errors.append(
            _fault(
                n, "amount_idr", "wrong_value", "Isi jumlah rupiah, atau nama barang.",
                "Give an amount of rupiah, or what goods.",
            )
        )  # fmt: skip
    return errors


def _twice(aid: Sequence[Aid]) -> list[FieldError]:
    """What is told together is judged once: it must not stand against itself."""
    seen: set[tuple[str, str, str]] = set()
    errors = []
    for n, one in enumerate(aid):
        key = (one.program, one.component, one.period)
        if key in seen:
            errors.append(
                _fault(
                    n, "period", "twice", "Baris ini sudah ada di atas.", "This line stands above already."
                )
            )
        seen.add(key)
    planned = [n for n, one in enumerate(aid) if one.state is LedgerState.PLANNED]
    errors += [
        _fault(
            n, "program", "one_program", "Rencanakan satu program dalam satu permintaan.",
            "Plan one programme in one request.",
        )
        for n in planned
        if aid[n].program != aid[planned[0]].program
    ]  # fmt: skip
    return errors


def _fault(n: int, name: str, code: str, indonesian: str, english: str) -> FieldError:
    return FieldError(f"/lines/{n}/{name}", code, indonesian, english)
