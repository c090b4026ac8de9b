"""Bodies of the search before a case is opened."""

from datetime import date

from pydantic import model_validator

from app.api.schemas.base import CodeText, In, NameText, Out
from app.api.schemas.cases import Coded, DuplicateHint, NumberText, PersonBrief


class LookupIn(In):
    """A NIK, a family card number, or a name with the birth date."""

    nik: NumberText | None = None
    kk: NumberText | None = None
    name: NameText | None = None
    born_on: date | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "LookupIn":
        ways = (self.nik is not None, self.kk is not None, self.name is not None and self.born_on is not None)
        if sum(ways) != 1:
            raise ValueError("give nik, or kk, or name with born_on")
        return self


class PersonFound(PersonBrief):
    village: str
    village_name: str
    provisional: bool


class RegistryFound(Out):
    """What the registry says; ``listed`` is null where there is no NIK to ask with."""

    listed: bool | None
    source: str | None = None
    period: str | None = None
    status: str | None = None
    desil: int | None = None


class AidFound(Out):
    program: str
    name: str
    state: str


class LookupOut(Out):
    people: list[PersonFound]
    registry: RegistryFound
    aid: list[AidFound]
    cases: list[DuplicateHint]


class PersonOut(PersonFound):
    """A person on record, masked; ``cases`` are those in your sight that are open."""

    phone: str | None
    do_not_contact: bool
    deceased_on: date | None
    cases: list[DuplicateHint]
    version: int


class RevealIn(In):
    """``purpose``: a code of the list ``reveal_purpose``."""

    purpose: CodeText


class RevealedOut(Out):
    """Numbers, phone and address in full. Who asked, when and what for is on record."""

    id: str
    name: str
    nik: str | None
    kk: str | None
    phone: str | None
    address: str | None
    purpose: Coded
