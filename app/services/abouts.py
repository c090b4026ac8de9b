"""Naming whom a complaint is about: what was told in free words gets its people, and they are kept out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.db.queries.abouts import is_on_record, kinds_of, replace_abouts, replace_standings
from app.db.queries.acting import Acting
from app.db.queries.assigning import assign
from app.db.queries.case_moves import Move, finish, lock_case, open_move
from app.db.queries.closing import lines_in_session, meant_in_session
from app.db.queries.scope import Sight
from app.db.queries.texts import private_of
from app.db.tables.cases import Case
from app.domain.access import Permission, closed_to_for, default_confidentiality
from app.domain.cases import AboutGiven
from app.domain.codes import AboutKind, Confidentiality
from app.domain.complaints import SECRETARIAT, Meant, meant_by, readers_of
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.sensitive import CaseAboutNamed
from app.domain.knowledge import Knowledge

_AT_REST: Final = frozenset({"closed", "void"})
_LOOKED_UP: Final = frozenset({AboutKind.ACCOUNT, AboutKind.CADRE, AboutKind.DESK})
_RANK: Final = {level: n for n, level in enumerate(Confidentiality)}


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str
    ticket: str


async def name_about(acting: Acting, sight: Sight, place: Place, given: Sequence[AboutGiven]) -> Case:
    """Write whom the complaint is about; the case goes past them and their line from now on.

    It may leave the hands of whoever names them: a manager who finds out that it is about his own line
    hands it to the head by this act. What was closed for its free words alone is opened as far as its
    category allows once the words have a name that is no handler's.

    Raises:
        Invalid: somebody or something is not on record in the regency, or is named in free words again.
        Conflict: the case is closed or void.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.ticket)
    acting.actor.require(Permission.CASE_NAME, case.village_code)
    if case.status in _AT_REST:
        raise Conflict(
            code="case_at_rest",
            id="Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            en="The case is closed or void; reopen it first.",
        )
    await _require_known(acting, case, given)
    move = await open_move(acting, case)
    by_words = set(await kinds_of(acting.tx, case)) <= {AboutKind.TEXT.value}
    meant = meant_by(acting.known, given, case.regency_code, case.village_code)
    meant = await meant_in_session(acting.tx, case.regency_code, meant)
    await replace_abouts(acting.tx, case, given)
    _keep_words(move, len(given))
    await _close(move, meant, by_words=by_words)
    move.case_changed = True
    move.add(
        CaseAboutNamed(
            case_id=case.id,
            kinds=tuple(item.kind.value for item in given),
            confidentiality=case.confidentiality,
            closed_to=case.closed_to,
        )
    )
    await finish(move)
    return case


async def _close(move: Move, meant: Meant, *, by_words: bool) -> None:
    """Decide anew how secret it is, who handles it and who is kept out."""
    case, acting = move.case, move.acting
    known, tenant = acting.known, case.regency_code
    ppks = [known.attrs("ppks", case.ppks)] if case.ppks else []
    lowest = default_confidentiality(known.attrs("case_category", case.category), ppks, meant.about)
    now = lowest if by_words else max(lowest, Confidentiality(case.confidentiality), key=_RANK.__getitem__)
    case.confidentiality, case.closed_to = now.value, None
    standings = readers_of(meant, None, None)
    if now is Confidentiality.RAHASIA:
        lines = await lines_in_session(acting.tx, tenant, meant.accounts, acting.today(case.village_code))
        closed_to = closed_to_for(meant.about, lines, secret=True)
        case.closed_to = closed_to.value if closed_to else None
        standings = readers_of(meant, closed_to, known.settings[tenant].inspectorate_account_id)
        case.holder, case.desk_id = SECRETARIAT, None
    await replace_standings(acting.tx, case, standings)
    await _take_away(move, meant)


async def _take_away(move: Move, meant: Meant) -> None:
    """Whoever it is about has it in hand no longer, nor ever again."""
    case = move.case
    if case.former_assignee_id in meant.accounts:
        case.former_assignee_id = None
    if case.assignee_id in meant.accounts:
        await assign(move, account_id=None, queue=SECRETARIAT)
        case.former_assignee_id = None


def _keep_words(move: Move, count: int) -> None:
    """The words in which it was told first stay sealed in the case, beside the names."""
    case, vault = move.case, move.acting.vault
    private = private_of(vault, case, move.key)
    said = [*private.get("about_said", ()), *(text for text in private.get("about") or () if text)]
    private |= {"about": [None] * count, "about_said": said}
    case.private_sealed = vault.seal(
        move.key, "cases", "private", case.id, json.dumps(private, ensure_ascii=False)
    )


async def _require_known(acting: Acting, case: Case, given: Sequence[AboutGiven]) -> None:
    wrong = [
        FieldError(
            f"/about/{n}/ref",
            "unknown_code",
            "Sebutkan akun, kader, Puskesos, desa, lembaga atau program yang tercatat di kabupaten/kota ini.",
            "Name an account, cadre, desk, village, agency or programme on record in this regency.",
        )
        for n, item in enumerate(given)
        if not await _is_known(acting, case, item)
    ]
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _is_known(acting: Acting, case: Case, item: AboutGiven) -> bool:
    if item.kind is AboutKind.DESK and item.ref == SECRETARIAT:
        return True
    if item.kind in _LOOKED_UP:
        return await is_on_record(acting.tx, case.regency_code, item)
    return item.ref is not None and _in_books(acting.known, item.kind, item.ref)


def _in_books(known: Knowledge, kind: AboutKind, ref: str) -> bool:
    match kind:
        case AboutKind.VILLAGE_OFFICE:
            return ref in known.regions
        case AboutKind.AGENCY:
            return ref in known.agencies
        case AboutKind.PROGRAM:
            return ref in known.programs
        case AboutKind.RECIPIENT:
            return True
        case _:
            return False
