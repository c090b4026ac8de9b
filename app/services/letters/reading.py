"""Reading letters: a list without what they say, one of them opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries.acting import Acting
from app.db.queries.cases import find_case
from app.db.queries.letters import Content, Sealing, find_letter, letters_of
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key, texts_of
from app.db.tables.cases import Case
from app.db.tables.papers import Letter
from app.domain.access import Permission
from app.domain.letters import LetterAction, LetterState, allowed_actions
from app.services.letters.places import Place


@dataclass(frozen=True, slots=True)
class Read:
    letter: Letter
    position: int
    actions: tuple[LetterAction, ...]
    content: Content
    note: str | None = None
    """Why it was given back, while it waits to be corrected."""


async def list_letters(acting: Acting, sight: Sight, place: Place) -> Sequence[tuple[Letter, int]]:
    """Return the letters of a case with their positions, oldest first; nothing sealed is opened."""
    case = await find_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return [(letter, n) for n, letter in enumerate(await letters_of(acting.tx, case), 1)]


async def read_letter(
    acting: Acting, sight: Sight, place: Place, may: Permission = Permission.CASE_READ
) -> Read:
    """Return one letter, opened. A printable one holds whole numbers, so it asks for more (*may*).

    Raises:
        NotFound: no such case or letter, or outside the actor's sight.
        Conflict: the person was erased, and what the letter said with her.
    """
    case = await find_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(may, case.village_code, case.desk_id)
    letter = await find_letter(acting.tx, case, place.letter)
    return await opened(acting, case, letter)


async def opened(acting: Acting, case: Case, letter: Letter) -> Read:
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    ids = [one.id for one in await letters_of(acting.tx, case)]
    actor = acting.actor
    return Read(
        letter,
        ids.index(letter.id) + 1,
        allowed_actions(
            LetterState(letter.state),
            actor.permissions_at(case.village_code, case.desk_id),
            maker=letter.drafted_by,
            by=actor.account_id,
        ),
        Sealing(acting.vault, key).open(letter),
        await _note(acting, case, letter),
    )


async def _note(acting: Acting, case: Case, letter: Letter) -> str | None:
    if letter.return_note_id is None:
        return None
    texts = await texts_of(acting.tx, acting.vault, case, ["letter.return"])
    return next((one.text for one in texts if one.id == letter.return_note_id), None)
