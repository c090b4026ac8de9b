"""What a case still lacks for one programme, told before it is sent; nothing is written."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, open_move
from app.db.queries.cases import find_case, person_of
from app.db.queries.people_view import household_of_person
from app.db.queries.scope import Sight
from app.db.queries.sending import Wanted, papers_missing, require_sendable
from app.db.queries.texts import facts_of, private_of
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.criteria import literals
from app.domain.errors import Conflict, DeskError, FieldError, Forbidden, Invalid
from app.services.steps.referring import read_wanted, require_direct, require_new

_NAMELESS: Final = FieldError(
    "/query/program", "missing", "Sebutkan programnya.", "Say which programme it is about."
)


@dataclass(frozen=True, slots=True)
class Readiness:
    case: Case
    program: str | None
    """None where neither the question nor the case names one."""
    purpose: str
    agency: str | None = None
    """None where nobody there would get it."""
    papers: Sequence[str] = ()
    """Required papers that the case has not."""
    fields: Sequence[str] = ()
    """What the referral would disclose and the case does not know."""
    facts: Sequence[str] = ()
    """Facts that the programme's rules ask for and nobody answered."""
    obstacles: Sequence[DeskError | FieldError] = field(default_factory=list)
    """Why it would be refused."""

    @property
    def complete(self) -> bool:
        return not (self.papers or self.fields or self.facts or self.obstacles)


async def readiness(
    acting: Acting, sight: Sight, place: tuple[str, str], program: str | None, purpose: str
) -> Readiness:
    """Ask everything that sending would ask.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Conflict: the case's person was erased.
    """
    case = await find_case(acting.tx, sight, *place)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    move = await open_move(acting, case)
    program = program or case.program_code
    if program is None:
        return Readiness(case, None, purpose, obstacles=[_NAMELESS])
    try:
        wanted = read_wanted(move, {"program": program, "purpose": purpose}, 0)
    except Invalid as refused:
        return Readiness(case, program, purpose, obstacles=refused.fields)
    return Readiness(
        case,
        program,
        purpose,
        wanted.agency.code,
        papers_missing(move, [wanted]),
        await _fields(move, wanted),
        await _facts(move, wanted),
        await _obstacles(move, wanted),
    )


async def _fields(move: Move, wanted: Wanted) -> list[str]:
    """Name what would be handed over empty; of papers and facts more is told."""
    private = private_of(move.acting.vault, move.case, move.key)
    person = await person_of(move.tx, move.case)
    home = await household_of_person(move.tx, person) if person else None
    known = {"chronology": private.get("chronology"), "papers": True, "facts": True}
    if person is not None:
        known |= {
            "name": person.name,
            "born_on": person.born_on,
            "sex": person.sex,
            "nik": person.nik_sealed,
            "phone": person.phone_sealed,
            "kk": home.kk_sealed if home else None,
        }
    here = (private.get("place") or {}).get("address")
    known["address"] = here or (person.address_sealed if person else None)
    return [name for name in wanted.discloses if not known.get(name)]


async def _facts(move: Move, wanted: Wanted) -> list[str]:
    if "facts" not in wanted.discloses:
        return []
    version = wanted.program.version
    asked = dict.fromkeys(literal.leaf.fact for literal in literals(version.criteria))
    facts = await facts_of(move.tx, move.acting.vault, move.case, move.key)
    return [name for name in asked if name not in facts]


async def _obstacles(move: Move, wanted: Wanted) -> list[DeskError | FieldError]:
    async def direct() -> None:
        require_direct(move, [wanted])

    async def new() -> None:
        require_new(move, [wanted])

    found: list[DeskError | FieldError] = []
    for check in (direct(), new(), require_sendable(move, wanted)):
        found += await _refusal(check)
    return found


async def _refusal(check: Awaitable[object]) -> list[DeskError]:
    try:
        await check
    except (Conflict, Forbidden) as refused:
        return [refused]
    return []
