"""What of a referral an actor reads: the sender's side all of it, the receiver as far as its sight goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.db.queries.acting import Acting
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import person_of
from app.db.queries.holding import line_of
from app.db.queries.ledger import rows_of_referral
from app.db.queries.people_view import household_of_person
from app.db.queries.referral_moves import state_of_referral, version_of
from app.db.queries.referrals import Parent, cases_of, not_found
from app.db.queries.scope import Sight
from app.db.queries.texts import Text, facts_of, private_of, texts_of
from app.db.queries.waiting import Standing, standings
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.criteria import literals
from app.domain.facts import facts_to_json
from app.domain.identity import mask
from app.domain.referrals import (
    Party,
    ReferralAction,
    ReferralStatus,
    allowed_actions,
    parties_of,
    sight,
)
from app.domain.referrals import Sight as Extent
from app.services.referrals.act import receiver_of

_MESSAGES: Final = tuple(f"referral.{action.value}" for action in ReferralAction)
SENT_TEXT: Final = "sent"
_RECEIVING: Final = frozenset({Party.RECEIVER, Party.PROXY})
_NUMBERS: Final = ("nik", "kk", "phone")


@dataclass(frozen=True, slots=True)
class Read:
    referral: Referral
    ticket: str
    extent: Extent
    """How much of it may be told."""
    actions: tuple[ReferralAction, ...] = ()
    bundle: Mapping[str, Any] = field(default_factory=dict)
    """The disclosed fields, opened; empty in a list."""
    lines: Sequence[AssistanceLine] = ()
    texts: Sequence[Text] = ()
    standing: Standing | None = None
    """Where it stands, while it waits."""


async def read_page(acting: Acting, seeing: Sight, rows: Sequence[Referral]) -> list[Read]:
    """Return the rows of a list, each as far as it may be told; nothing sealed is opened."""
    parents = await cases_of(acting.tx, seeing, rows)
    standing = await standings(acting.tx, rows)
    return [
        Read(row, parent.case.ticket, _extent(row, parent), standing=standing.get(row.id))
        for row in rows
        if (parent := parents.get((row.regency_code, row.case_id))) is not None
    ]


async def read_one(acting: Acting, seeing: Sight, referral: Referral) -> Read:
    """Return one referral with its bundle, ledger lines, messages and what may be done next."""
    parents = await cases_of(acting.tx, seeing, [referral])
    parent = parents.get((referral.regency_code, referral.case_id))
    if parent is None:
        raise not_found()
    extent = _extent(referral, parent)
    if extent is Extent.ID_ONLY:
        return Read(referral, parent.case.ticket, extent)
    lines = await rows_of_referral(acting.tx, referral)
    full = extent is Extent.FULL
    standing = await standings(acting.tx, [referral])
    return Read(
        referral,
        parent.case.ticket,
        extent,
        _actions(acting, referral, parent, lines),
        await _bundle(acting, referral, parent.case) if full else {},
        lines,
        await _texts(acting, referral, parent.case) if full else (),
        standing.get(referral.id),
    )


def _extent(referral: Referral, parent: Parent) -> Extent:
    return Extent.FULL if parent.seen else sight(ReferralStatus(referral.status))


def _actions(
    acting: Acting, referral: Referral, parent: Parent, lines: Sequence[AssistanceLine]
) -> tuple[ReferralAction, ...]:
    state = state_of_referral(acting.known, referral, tuple(map(line_of, lines)))
    seen = parent.case if parent.seen else None
    parties = parties_of(acting.actor, receiver_of(acting.known, referral, seen))
    return allowed_actions(state, parties, now=acting.now, due=referral.due_at)


async def _texts(acting: Acting, referral: Referral, case: Case) -> Sequence[Text]:
    if await wrapped_key(acting.tx, case.regency_code, case.data_key_id) is None:
        return ()
    return await texts_of(acting.tx, acting.vault, case, [*_MESSAGES, SENT_TEXT], referral.id)


async def _bundle(acting: Acting, referral: Referral, case: Case) -> dict[str, Any]:
    """Open what the referral discloses, and no more; what was erased is left out.

    Numbers are whole for whoever answers as or for the receiver; the sender's side has to reveal them, with
    a purpose, like everywhere.
    """
    named = frozenset(referral.disclosed)
    found: dict[str, Any] = {}
    person = await person_of(acting.tx, case)
    if person is not None:
        found |= await _of_person(acting, person, named)
    wrapped = await wrapped_key(acting.tx, case.regency_code, case.data_key_id)
    if wrapped is not None:
        key = acting.vault.unwrap(wrapped)
        private = private_of(acting.vault, case, key)
        found.setdefault("address", (private.get("place") or {}).get("address"))
        found["chronology"] = private.get("chronology")
        found["papers"] = list(private.get("papers") or ())
        if "facts" in named:
            found["facts"] = await _facts(acting, referral, case, key)
    if not _RECEIVING & parties_of(acting.actor, receiver_of(acting.known, referral, case)):
        found |= {name: mask(found[name]) for name in _NUMBERS if found.get(name)}
    return {name: value for name, value in found.items() if name in named and value is not None}


async def _of_person(acting: Acting, person: Person, named: frozenset[str]) -> dict[str, Any]:
    vault = acting.vault
    found: dict[str, Any] = {"name": person.name, "born_on": person.born_on, "sex": person.sex}
    wrapped = await wrapped_key(acting.tx, person.regency_code, person.data_key_id)
    if wrapped is None:
        return {}
    key = vault.unwrap(wrapped)
    sealed = {"nik": person.nik_sealed, "phone": person.phone_sealed, "address": person.address_sealed}
    for name, value in sealed.items():
        if name in named and value is not None:
            found[name] = vault.open(key, "persons", name, person.id, value)
    if "kk" in named:
        found["kk"] = await _kk(acting, person)
    return {name: value for name, value in found.items() if value is not None}


async def _kk(acting: Acting, person: Person) -> str | None:
    home = await household_of_person(acting.tx, person)
    if home is None or home.kk_sealed is None:
        return None
    wrapped = await wrapped_key(acting.tx, home.regency_code, home.data_key_id)
    if wrapped is None:
        return None
    return acting.vault.open(acting.vault.unwrap(wrapped), "households", "kk", home.id, home.kk_sealed)


async def _facts(acting: Acting, referral: Referral, case: Case, key: Any) -> dict[str, object]:
    """Tell only the facts that the programme's own rules ask for."""
    version = version_of(acting.known, referral)
    if version is None:
        return {}
    rules = [version.criteria, *(one.when for one in version.benefit.components if one.when is not None)]
    asked = {literal.leaf.fact for rule in rules for literal in literals(rule)}
    facts = await facts_of(acting.tx, acting.vault, case, key)
    return facts_to_json({name: value for name, value in facts.items() if name in asked})
