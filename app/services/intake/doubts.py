"""Does the desk name somebody whose number is on record otherwise? Asked without a query, written down if so.

The case goes on, under whoever has the number; a person decides later whether it is she. Nothing on record is
overwritten by what one desk heard.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.db.queries.intake_parts import Doubt, is_new_doubt
from app.db.session import Raw
from app.domain.cases import NewCase
from app.domain.matching import Identity, Match, Reason, compare
from app.domain.names import name_key
from app.services.intake.checks import Numbers
from app.services.intake.meeting import Met, Tools

_AGAINST: Final = frozenset({Reason.NAME_DIFFERS, Reason.BORN_DIFFERS})
"""One letter, a title, the order of words or one digit of a date is a slip and no other person."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk says, and whom it met by it."""

    new: NewCase
    numbers: Numbers
    met: Met


def is_doubtful(told: Told) -> bool:
    """Whether somebody must look: the officer is warned of it also where it was decided before."""
    return next(_claims(told, kk=None), None) is not None


async def doubts_of(raw: Raw, tools: Tools, regency: str, told: Told, now: datetime) -> list[Doubt]:
    """Return the claims that nobody has made before, sealed."""
    found = []
    kk = told.numbers.kk
    digests = tuple(tools.blind.digests("kk", kk.number)) if kk and told.met.household_kk else ()
    for kind, match, said in _claims(told, kk=digests):
        doubt = _doubt(tools, told.met, (kind, match, said), now)
        if await is_new_doubt(raw, regency, doubt):
            found.append(doubt)
    return found


_Claim = tuple[str, Match, Mapping[str, Any]]


def _claims(told: Told, *, kk: tuple[bytes, ...] | None) -> Iterator[_Claim]:
    """Give each claim that clashes; *kk* are digests of the card that was said, None to leave cards out."""
    new, numbers, met = told.new, told.numbers, told.met
    if met.person_id is None:
        return
    subject = new.subject
    name = {"name": subject.name, "born_on": subject.born_on.isoformat() if subject.born_on else None}
    if numbers.nik is not None and subject.name and _is_otherwise(told):
        nik = numbers.nik.number
        match = compare(
            Identity(nik, None, name_key(met.name), met.born_on, None, met.sex),
            Identity(nik, None, name_key(subject.name), subject.born_on, None, subject.sex),
        )
        if not _AGAINST.isdisjoint(match.reasons):
            yield "nik_other_person", match, {"nik": nik, **name}
    if kk is None or numbers.kk is None:
        return
    if met.household_kk is not None and met.household_kk not in kk:
        yield "kk_differs", Match(0, (Reason.KK_DIFFERS,)), {"kk": numbers.kk.number, **name}
    if met.joined_village is not None and met.joined_village != new.village:
        reasons = (Reason.KK_SAME, Reason.VILLAGE_DIFFERS)
        yield "kk_other_village", Match(0, reasons), {"kk": numbers.kk.number, "village": new.village, **name}


def _is_otherwise(told: Told) -> bool:
    """Whether anything is said otherwise at all: of most residents nothing is, and that costs nothing."""
    subject, met = told.new.subject, told.met
    return subject.name != met.name or subject.born_on not in {None, met.born_on}


def _doubt(tools: Tools, met: Met, claim: _Claim, now: datetime) -> Doubt:
    kind, match, said = claim
    if met.person_id is None or met.village is None:
        raise ValueError("A claim is against somebody on record.")
    id_ = tools.ids.new_id(now)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return Doubt(
        id=id_,
        kind=kind,
        person_id=met.person_id,
        household_id=met.household_id,
        village_code=met.village,
        data_key_id=met.key_id,
        claim_sealed=tools.vault.seal(met.data_key, "identity_conflicts", "claim", id_, text),
        claim_digest=tools.blind.digest("claim", f"{kind}|{text}"),
        score=match.score,
        reasons=tuple(reason.value for reason in match.reasons),
    )
