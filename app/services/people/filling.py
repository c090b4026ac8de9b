"""What the kept record lacks is filled from the one that is gone, and taken back when a merge is undone.

What is sealed is opened with the one's key and sealed with the other's: a number must stand under the key of
whoever has it now.
"""

from collections.abc import Mapping
from typing import Any

from app.db.queries.merging import is_met_by
from app.db.queries.person_rows import give_nik, open_own, take_nik
from app.db.queries.texts import data_key
from app.db.tables.people import Person
from app.services.people.tools import Tools

Filled = dict[str, Any]
"""Names of what was filled in; of the NIK its digest, and the digest by which the kept one was met before."""


async def fill(tools: Tools, kept: Person, gone: Person) -> Filled:
    """Give the kept record what only the gone one has; return what that was."""
    filled = _plain(kept, gone)
    if kept.nik_digest is None and gone.nik_digest is not None:
        before = kept.provisional_digest
        filled["nik"] = {"digest": gone.nik_digest.hex(), "before": before.hex() if before else ""}
        await _hand_nik(tools, gone, kept)
    for column in ("phone", "address"):
        if await _copy_sealed(tools, gone, kept, column):
            filled[column] = True
    kept.do_not_contact = kept.do_not_contact or gone.do_not_contact
    await tools.tx.flush()
    return filled


async def empty(tools: Tools, kept: Person, gone: Person, filled: Mapping[str, Any]) -> None:
    """Take back what was filled in and has not been changed since."""
    nik = filled.get("nik")
    if nik is not None and kept.nik_digest == bytes.fromhex(nik["digest"]):
        await _hand_nik(tools, kept, gone)
        before = bytes.fromhex(nik["before"])
        if before and not await is_met_by(tools.tx, kept.regency_code, before):
            kept.provisional_digest = before
    if "phone" in filled and kept.phone_digest == gone.phone_digest:
        kept.phone_sealed = kept.phone_digest = None
    if "address" in filled:
        kept.address_sealed = None
    _empty_plain(kept, gone, filled)
    await tools.tx.flush()


def _plain(kept: Person, gone: Person) -> Filled:
    filled: Filled = {}
    if kept.born_on is None and gone.born_on is not None:
        kept.born_on, filled["born_on"] = gone.born_on, True
    if kept.sex is None and gone.sex is not None:
        kept.sex, filled["sex"] = gone.sex, True
    if kept.household_id is None and gone.household_id is not None:
        kept.household_id, filled["household"] = gone.household_id, str(gone.household_id)
    added = sorted(set(gone.facts) - set(kept.facts))
    if added:
        kept.facts = {**kept.facts, **{name: gone.facts[name] for name in added}}
        filled["facts"] = added
    return filled


def _empty_plain(kept: Person, gone: Person, filled: Mapping[str, Any]) -> None:
    if "born_on" in filled and kept.born_on == gone.born_on:
        kept.born_on = None
    if "sex" in filled and kept.sex == gone.sex:
        kept.sex = None
    if "household" in filled and str(kept.household_id) == filled["household"]:
        kept.household_id = None
    added = filled.get("facts", ())
    kept.facts = {
        name: value
        for name, value in kept.facts.items()
        if name not in added or gone.facts.get(name) != value
    }


async def _hand_nik(tools: Tools, source: Person, target: Person) -> None:
    nik = await open_own(tools.acting, source, "nik", source.nik_sealed)
    await take_nik(tools.acting, tools.blind, source)
    await give_nik(tools.acting, tools.blind, target, nik or "")


async def _copy_sealed(tools: Tools, source: Person, target: Person, column: str) -> bool:
    """Seal a value of *source* for *target* too, where that one has none."""
    is_phone = column == "phone"
    sealed = source.phone_sealed if is_phone else source.address_sealed
    there = target.phone_sealed if is_phone else target.address_sealed
    text = await open_own(tools.acting, source, column, sealed) if there is None else None
    if text is None:
        return False
    key = await data_key(tools.tx, tools.acting.vault, target.regency_code, target.data_key_id)
    mine = tools.acting.vault.seal(key, "persons", column, target.id, text)
    if is_phone:
        target.phone_sealed, target.phone_digest = mine, source.phone_digest
    else:
        target.address_sealed = mine
    return True
