"""Opening the cases of a batch: each as it would be opened alone, but read and written set by set.

What could know of one another (the same person, card or phone, the same birth date in the same village) is
never in one set: the second one is opened alone, after it, and so sees the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries.idempotency import TwinRunning
from app.db.queries.intake import Key, Newcomer
from app.db.queries.intake_many import Written, know_many, meet_many, take_keys, write_many
from app.db.session import Raw, intake_savepoint
from app.domain.cases import NewCase
from app.domain.codes import SubjectKind
from app.domain.errors import DeskError
from app.services.intake.duplicates import phones_of, who_is
from app.services.intake.meeting import Home, Met, join_household, met_of, newcomer_of
from app.services.intake.open import Before, Sealing, first_answer, open_brought, write_beside
from app.services.intake.settling import Brought, House, Opened, bring, settle
from app.services.intake.slips import draw_slip


@dataclass(frozen=True, slots=True)
class Opening:
    """One case to be opened, as `open_case` takes it."""

    house: House
    key: Key
    new: NewCase
    seal: Sealing


Outcome = Opened | Before | Exception
"""What became of one: refusals are values here, since they are no reason to undo the others."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """An opening that can go with others: whom it is for is told by the numbers or the name alone."""

    n: int
    opening: Opening
    brought: Brought
    newcomer: Newcomer
    digests: tuple[bytes, ...]
    phones: frozenset[bytes]


class _Parted(Exception):
    """Some of the set cannot go with the others."""

    def __init__(self, refused: dict[int, DeskError], alone: set[int]) -> None:
        self.refused = refused
        self.alone = alone


async def open_together(raw: Raw, openings: Sequence[Opening]) -> list[Outcome]:
    """Open the cases in one transaction; what is refused of one leaves the others as they are."""
    outcomes: dict[int, Outcome] = {}
    brought: dict[int, Brought] = {}
    for n, one in enumerate(openings):
        try:
            brought[n] = bring(one.house, one.new)
        except DeskError as error:
            outcomes[n] = error
    together = _those_that_go_together([(n, openings[n], found) for n, found in brought.items()])
    while len(together) > 1:
        try:
            async with intake_savepoint(raw):
                outcomes.update(await _set(raw, together))
            break
        except _Parted as parted:
            outcomes.update(parted.refused)
            together = [one for one in together if one.n not in parted.refused and one.n not in parted.alone]
        except (DeskError, TwinRunning):
            break
    for n, found in brought.items():
        if n not in outcomes:
            outcomes[n] = await _alone(raw, openings[n], found)
    return [outcomes[n] for n in range(len(openings))]


async def _alone(raw: Raw, one: Opening, brought: Brought) -> Outcome:
    try:
        async with intake_savepoint(raw):
            return await open_brought(raw, one.house, one.key, brought, one.seal)
    except Exception as error:  # noqa: BLE001  # one that we fail on may not hold up a device's whole queue
        return error


def _those_that_go_together(found: Sequence[tuple[int, Opening, Brought]]) -> list[_Ready]:
    """Return a set of one tenant whose members cannot know of one another."""
    together: list[_Ready] = []
    taken: set[object] = set()
    subjects: set[bytes] = set()
    phones: set[bytes] = set()
    for n, opening, brought in found:
        one = _ready(n, opening, brought)
        if one is None or (together and one.opening.key.regency_code != together[0].opening.key.regency_code):
            continue
        mine, phone = _marks(one), one.newcomer.phone_digest
        own = set() if phone is None else {phone}
        if taken & mine or subjects & one.phones or phones & own:
            continue
        taken |= mine
        subjects |= own
        phones |= one.phones
        together.append(one)
    return together


def _ready(n: int, opening: Opening, brought: Brought) -> _Ready | None:
    new, tools, now = brought.new, opening.house.tools, opening.house.now
    ordinary = new.subject.kind is SubjectKind.PERSON and new.subject.person_id is None
    if not ordinary or new.ticket is not None or opening.house.under is not None:
        return None
    nik = brought.numbers.nik
    digests = tuple(tools.blind.digests("nik", nik.number)) if nik is not None else ()
    if len(digests) > 1:
        return None  # Keys are being changed: the old digest is to be made new first.
    newcomer = newcomer_of(tools, new, brought.numbers, now)
    phones = phones_of(tools.blind, brought.numbers, new)
    return _Ready(n, opening, brought, newcomer, digests, frozenset(phones))


def _marks(one: _Ready) -> set[object]:
    """By what two of them would meet or be alike."""
    new, person = one.brought.new, one.newcomer
    found: set[object] = {person.nik_digest, person.kk_digest, person.provisional_digest}
    if person.born_on is not None:
        found.add((person.born_on, new.village))
    if new.subject.born_on is not None:
        found.add((new.subject.born_on, new.village))
    return found - {None}


async def _set(raw: Raw, together: Sequence[_Ready]) -> dict[int, Outcome]:
    """Open them all, or say which must leave the set."""
    first = together[0].opening
    tenant, now = first.key.regency_code, first.house.now
    mine = await take_keys(raw, [one.opening.key for one in together], now)
    before = [one for one in together if one.opening.key.key not in mine]
    outcomes: dict[int, Outcome] = {
        one.n: await first_answer(raw, one.opening.house, one.opening.key) for one in before
    }
    new = [one for one in together if one.opening.key.key in mine]
    if not new:
        return outcomes
    met = await _meet(raw, tenant, new)
    everybody = [
        who_is(
            one.opening.house.tools.blind,
            met[one.n],
            one.brought.numbers,
            one.brought.new,
            one.brought.since(first.house.known, now),
        )
        for one in new
    ]
    known = await know_many(raw, tenant, everybody, new[0].brought.today)
    opened: list[tuple[_Ready, Opened]] = []
    refused: dict[int, DeskError] = {}
    for one, found in zip(new, known, strict=True):
        house = one.opening.house
        try:
            slip = draw_slip(house.tools, tenant)
            opened.append((one, await settle(raw, house, one.brought, met[one.n], found, slip)))
        except DeskError as error:
            refused[one.n] = error
    if refused:
        raise _Parted(refused, set())
    written = [Written(one.opening.key, it.draft.row, one.opening.seal(it)) for one, it in opened]
    await write_many(raw, written)
    for one, it in opened:
        await write_beside(raw, one.opening.house, it)
        outcomes[one.n] = it
    return outcomes


async def _meet(raw: Raw, tenant: str, new: Sequence[_Ready]) -> dict[int, Met]:
    """Lock the person of each, then the household that she is put into; in the order of their digests."""
    now, tools = new[0].opening.house.now, new[0].opening.house.tools
    rows = await meet_many(raw, tenant, [one.newcomer for one in new], now)
    found: dict[int, Met] = {}
    alone: set[int] = set()
    for n, one in enumerate(new):
        row = rows[n]
        wrapped = row["wrapped"] if row["id"] != one.newcomer.id else one.newcomer.wrapped
        if row["merged_into"] is not None or wrapped is None:
            alone.add(one.n)
            continue
        found[one.n] = met_of(tools, row, wrapped, one.digests)
    if alone:
        raise _Parted({}, alone)
    homeless = [
        one for one in new if one.brought.numbers.kk is not None and found[one.n].household_id is None
    ]
    for one in sorted(homeless, key=lambda one: one.newcomer.kk_digest or b""):
        kk = one.brought.numbers.kk
        if kk is not None:
            home = Home(one.brought.new.village, kk.number)
            found[one.n] = await join_household(raw, tools, one.opening.key, found[one.n], home, now)
    return found
