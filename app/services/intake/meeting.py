"""Who is this: meet the person under her lock, whether she was here before or not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.db.queries import intake as query
from app.db.queries.intake import Key, Newcomer
from app.db.session import Raw
from app.domain.cases import NewCase, Subject
from app.domain.codes import SubjectKind
from app.domain.errors import NotFound
from app.domain.identity import Sex
from app.domain.names import name_key
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, DataKey, Vault
from app.services.intake.checks import Numbers


@dataclass(frozen=True, slots=True)
class Tools:
    """What seals, looks up and draws."""

    vault: Vault
    blind: Blind
    ids: Ids


@dataclass(frozen=True, slots=True)
class Met:
    """The person, household or nobody that the case is for, and the key that seals what is said of them."""

    key_id: UUID
    data_key: DataKey
    person_id: UUID | None = None
    household_id: UUID | None = None
    name: str = ""
    nik_last4: str | None = None
    nik_digests: tuple[bytes, ...] = ()
    born_on: date | None = None
    sex: str | None = None
    facts: tuple[Mapping[str, Any], ...] = ()
    village: str | None = None
    """Where she lives, as it is on record."""
    household_kk: bytes | None = None
    """Digest of the family card of the household that she was of before."""
    joined_village: str | None = None
    """Where the household lives that she was put into just now."""


@dataclass(frozen=True, slots=True)
class Home:
    """A family card and where its family lives."""

    village: str
    kk: str


async def meet(raw: Raw, tools: Tools, key: Key, new: NewCase, numbers: Numbers, now: datetime) -> Met | None:
    """Take the idempotency key and the lock; None when the key was taken before.

    Raises:
        NotFound: there is no person of the chosen id in this regency.
    """
    subject = new.subject
    if subject.kind is SubjectKind.PERSON:
        if subject.person_id is not None:
            return await _chosen(raw, tools, key, subject.person_id, now)
        return await _named(raw, tools, key, new, numbers, now)
    if not await query.take_key(raw, key, now):
        return None
    made = tools.vault.new_data_key()
    key_id = tools.ids.new_id(now)
    await raw.execute(query.ADD_KEY, key.regency_code, key_id, made.wrapped, now)
    met = Met(key_id, made.key)
    if subject.kind is SubjectKind.HOUSEHOLD and numbers.kk is not None:
        return await join_household(raw, tools, key, met, Home(new.village, numbers.kk.number), now)
    return met


async def _named(
    raw: Raw, tools: Tools, key: Key, new: NewCase, numbers: Numbers, now: datetime
) -> Met | None:
    newcomer = newcomer_of(tools, new, numbers, now)
    digests: tuple[bytes, ...] = ()
    if numbers.nik is not None:
        digests = tuple(tools.blind.digests("nik", numbers.nik.number))
        if len(digests) > 1:
            await raw.execute(query.REKEY_NIK, key.regency_code, list(digests[1:]), digests[0])
    row = await query.meet(raw, key, newcomer, now)
    if row is None:
        return None
    if row["merged_into"] is not None:
        return await _stood_for(raw, tools, key, row, digests, now)
    wrapped = row["wrapped"] if row["id"] != newcomer.id else newcomer.wrapped
    if wrapped is None:
        # Another desk made her a moment ago; what is still absent now was erased.
        wrapped = await query.key_of(raw, key.regency_code, row["data_key_id"])
    return met_of(tools, row, wrapped, digests)


async def _chosen(raw: Raw, tools: Tools, key: Key, person_id: UUID, now: datetime) -> Met | None:
    row = await query.meet_chosen(raw, key, person_id, now)
    if not row["taken"]:
        return None
    if row["id"] is None:
        raise NotFound(id="Orang ini tidak ditemukan.", en="No such person.")
    if row["merged_into"] is not None:
        return await _stood_for(raw, tools, key, row, (), now)
    digests = (row["nik_digest"],) if row["nik_digest"] is not None else ()
    return met_of(tools, row, row["wrapped"], digests)


async def _stood_for(
    raw: Raw, tools: Tools, key: Key, row: Any, digests: tuple[bytes, ...], now: datetime
) -> Met:
    """Meet the person whom a merged record stands for; aid under the number that was said counts as hers."""
    while row["merged_into"] is not None:
        kept = await query.meet_kept(raw, key.regency_code, row["merged_into"], now)
        if kept is None:
            break
        row = kept
    own = (row["nik_digest"],) if row["nik_digest"] is not None else ()
    return met_of(tools, row, row["wrapped"], tuple(dict.fromkeys((*digests, *own))))


def met_of(tools: Tools, row: Any, wrapped: bytes | None, digests: tuple[bytes, ...]) -> Met:
    if wrapped is None:
        raise NotFound(id="Data orang ini sudah dihapus.", en="This person's data was erased.")
    kept = [json.loads(row[column]) for column in ("household_facts", "facts") if row[column]]
    return Met(
        key_id=row["data_key_id"],
        data_key=tools.vault.unwrap(wrapped),
        person_id=row["id"],
        household_id=row["household_id"],
        name=row["name"],
        nik_last4=row["nik_last4"],
        nik_digests=digests,
        born_on=row["born_on"],
        sex=row["sex"],
        facts=tuple(kept),
        village=row["village_code"],
        household_kk=row["household_kk"],
    )


def newcomer_of(tools: Tools, new: NewCase, numbers: Numbers, now: datetime) -> Newcomer:
    subject, vault, blind = new.subject, tools.vault, tools.blind
    id_, key_id = tools.ids.new_id(now), tools.ids.new_id(now)
    made = vault.new_data_key()
    nik = numbers.nik.number if numbers.nik else None
    phone = numbers.phone.e164 if numbers.phone else None
    born_on, sex = _told_by_nik(subject, numbers)

    def sealed(column: str, text: str | None) -> bytes | None:
        return None if text is None else vault.seal(made.key, "persons", column, id_, text)

    key_of_name = name_key(subject.name or "")
    return Newcomer(
        id=id_,
        data_key_id=key_id,
        wrapped=made.wrapped,
        name=subject.name or "",
        name_key=key_of_name,
        nik_sealed=sealed("nik", nik),
        nik_digest=None if nik is None else blind.digest("nik", nik),
        nik_last4=None if nik is None else nik[-4:],
        kk_digest=None if numbers.kk is None else blind.digest("kk", numbers.kk.number),
        phone_sealed=sealed("phone", phone),
        phone_digest=None if phone is None else blind.digest("phone", phone),
        address_sealed=sealed("address", subject.address),
        born_on=born_on,
        sex=sex,
        village_code=new.village,
        provisional_digest=None if nik else _provisional(blind, key_of_name, new, id_),
    )


def _told_by_nik(subject: Subject, numbers: Numbers) -> tuple[date | None, str | None]:
    """Fill birth date and sex from the NIK where the desk gave none; the century must be certain."""
    nik = numbers.nik
    if nik is None:
        return subject.born_on, subject.sex
    certain = nik.born_on[0] if len(nik.born_on) == 1 else None
    return subject.born_on or certain, subject.sex or Sex(nik.sex).value


def _provisional(blind: Blind, key_of_name: str, new: NewCase, id_: UUID) -> bytes:
    """Two desks meet on name, birth date and village; without a birth date, or if told apart, never."""
    born_on = new.subject.born_on
    alone = born_on is None or new.separate_reason is not None
    said = f"{key_of_name}|{born_on}|{new.village}|{id_ if alone else ''}"
    return blind.digest("provisional", said)


async def join_household(raw: Raw, tools: Tools, key: Key, met: Met, home: Home, now: datetime) -> Met:
    """Put a person without a household into that of her family card; it is made if nobody of it is known."""
    id_ = tools.ids.new_id(now)
    row = await raw.fetchrow(
        query.MEET_HOUSEHOLD,
        key.regency_code,
        id_,
        met.key_id,
        tools.vault.seal(met.data_key, "households", "kk", id_, home.kk),
        tools.blind.digest("kk", home.kk),
        home.village,
        now,
        met.person_id,
    )
    facts = (json.loads(row["facts"]), *met.facts)
    home_id = met.household_id or row["id"]
    return replace(met, household_id=home_id, facts=facts, joined_village=row["village_code"])
