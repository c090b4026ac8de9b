"""Bodies in the shape of HSDS 3.0. What there is nothing to say of is left out: the schema knows no null."""

from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Out

T = TypeVar("T")


class HsdsRoot(Out):
    version: str
    profile: str
    openapi_url: str


class HsdsPhone(Out):
    id: UUID
    service_id: UUID
    number: str


class HsdsContact(Out):
    id: UUID
    service_id: UUID
    name: str
    title: str | None = None
    email: str | None = None
    phones: list[HsdsPhone] | None = None


class HsdsTerm(Out):
    id: UUID
    code: str
    name: str
    description: str
    taxonomy: str
    taxonomy_id: UUID
    language: str


class HsdsAttribute(Out):
    id: UUID
    link_id: UUID
    taxonomy_term_id: UUID
    link_type: str
    link_entity: str
    taxonomy_term: HsdsTerm


class HsdsArea(Out):
    id: UUID
    service_id: UUID
    name: str
    extent: str = Field(description="The code of the region, by Kemendagri; `ID` is the nation.")
    extent_type: str


class HsdsDocument(Out):
    id: UUID
    service_id: UUID
    document: str


class HsdsIdentifier(Out):
    id: UUID
    organization_id: UUID
    identifier_type: str
    identifier: str


class HsdsProgram(Out):
    id: UUID
    organization_id: UUID | None = None
    name: str
    alternate_name: str
    description: str


class HsdsOrganization(Out):
    id: UUID
    name: str
    alternate_name: str
    description: str
    programs: list[HsdsProgram] | None = None
    organization_identifiers: list[HsdsIdentifier] | None = None


class HsdsService(Out):
    id: UUID
    organization_id: UUID
    program_id: UUID
    name: str
    alternate_name: str
    description: str
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    application_process: str | None = None
    eligibility_description: str
    minimum_age: int | None = None
    maximum_age: int | None = None
    alert: str | None = Field(default=None, description="Only where something is to be confirmed.")
    organization: HsdsOrganization
    program: HsdsProgram
    service_areas: list[HsdsArea] | None = None
    required_documents: list[HsdsDocument] | None = None
    contacts: list[HsdsContact] | None = None
    attributes: list[HsdsAttribute] | None = None


class HsdsPage(Out, Generic[T]):
    """One page, as HSDS has it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int = Field(description="How many are on this page.")
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[T]
