"""Codes with their words, places with their names, and masked persons."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.api.language import Language
from app.api.schemas.cases import Coded, PersonBrief, PlaceOut
from app.domain.documents import Words
from app.domain.identity import mask
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge

MASK = "************"


def coded(known: Knowledge, set_name: str, code: str, lang: Language) -> Coded:
    return Coded.model_construct(code=code, label=known.label(set_name, code, lang))


def coded_or_none(known: Knowledge, set_name: str, code: str | None, lang: Language) -> Coded | None:
    return None if code is None else coded(known, set_name, code, lang)


def all_coded(known: Knowledge, set_name: str, codes: Iterable[str], lang: Language) -> list[Coded]:
    return [coded(known, set_name, code, lang) for code in codes]


def said(words: Words, lang: Language) -> str:
    return words.en if lang == "en" else words.id


def place_out(known: Knowledge, village: str, address: str | None, detail: str | None) -> PlaceOut:
    parts = village.split(".")
    names = known.regions
    return PlaceOut.model_construct(
        village=village,
        village_name=names.get(village, village),
        district=names.get(".".join(parts[:3]), ""),
        regency=names.get(".".join(parts[:2]), ""),
        address=address,
        detail=detail,
    )


def person_brief(  # the six columns that a list shows of a person
    tenant: str, id_: UUID, name: str, last4: str | None, born_on: date | None, sex: str | None
) -> PersonBrief:
    return PersonBrief.model_construct(
        id=public_id(tenant, id_),
        name=name,
        nik=None if last4 is None else MASK + last4,
        born_on=born_on,
        sex=sex,
    )


def masked(number: str | None) -> str | None:
    return None if number is None else mask(number)
