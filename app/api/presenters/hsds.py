"""The catalogue in the shape of HSDS 3.0, in the caller's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from app.api.language import Language
from app.api.schemas.hsds import (
    HsdsArea,
    HsdsAttribute,
    HsdsContact,
    HsdsDocument,
    HsdsIdentifier,
    HsdsOrganization,
    HsdsPage,
    HsdsPhone,
    HsdsProgram,
    HsdsService,
    HsdsTerm,
)
from app.domain.codes import TO_BE_CONFIRMED
from app.domain.criteria import describe
from app.domain.documents import Words
from app.domain.hsds import Service, ages, id_of, is_email, is_number, status
from app.domain.ids import NATION
from app.domain.knowledge import Agency, Knowledge
from app.domain.programs import Contact, Program

T = TypeVar("T")
_CONFIRM: Final = Words(
    "Sebagian keterangan program ini masih perlu dikonfirmasi kepada instansinya.",
    "Part of what is said of this programme is still to be confirmed with its agency.",
)
_SETS: Final = {"sectors": "sector", "categories": "case_category"}
"""What classifies a programme, with the code set that is its taxonomy."""


def page_out(found: Sequence[T], number: int, size: int, total: int) -> HsdsPage[T]:
    """Tell page *number* of *total* things, *size* a page; *found* are those on it."""
    pages = max(-(-total // size), 1)
    return HsdsPage[T](
        total_items=total,
        total_pages=pages,
        page_number=number,
        size=len(found),
        first_page=number == 1,
        last_page=number == pages,
        empty=not found,
        contents=list(found),
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Tells what is known, in one language, as it is on one day."""

    known: Knowledge
    lang: Language
    today: date

    def organization(self, agency: Agency) -> HsdsOrganization:
        """Show a body as lists do."""
        level = self.known.label("level", agency.level.value, self.lang)
        return HsdsOrganization(
            id=id_of("organization", agency.code),
            name=agency.name.said(self.lang),
            alternate_name=self._other(agency.name),
            description=f"{level}, {self._place(agency.region)}",
        )

    def whole_organization(self, agency: Agency, services: Sequence[Service]) -> HsdsOrganization:
        """Show a body with the programmes that it gives."""
        own = id_of("organization", agency.code)
        code = HsdsIdentifier(
            id=id_of("identifier", agency.code),
            organization_id=own,
            identifier_type="puskesos",
            identifier=agency.code,
        )
        programs = [self.program(one.program) for one in services if one.agency.code == agency.code]
        more = {"programs": programs, "organization_identifiers": [code]}
        return self.organization(agency).model_copy(update=more)

    def program(self, program: Program) -> HsdsProgram:
        owner = self.known.agencies.get(program.agency)
        return HsdsProgram(
            id=id_of("program", program.code),
            organization_id=None if owner is None else id_of("organization", owner.code),
            name=program.name.said(self.lang),
            alternate_name=self._other(program.name),
            description=program.version.benefit.summary.said(self.lang) or program.name.said(self.lang),
        )

    def service(self, one: Service) -> HsdsService:
        """Show a service as lists do: with its body and programme, and nothing that it has several of."""
        program, version = one.program, one.program.version
        young, old = ages(version.criteria)
        parts = [version.target.said(self.lang), version.benefit.summary.said(self.lang)]
        return HsdsService(
            id=one.id,
            organization_id=id_of("organization", one.agency.code),
            program_id=id_of("program", program.code),
            name=program.name.said(self.lang),
            alternate_name=self._other(program.name),
            description=". ".join(part for part in parts if part),
            status=status(self.known, one, self.today),
            application_process=self._process(program),
            eligibility_description=describe(version.criteria).said(self.lang),
            minimum_age=young,
            maximum_age=old,
            alert=_CONFIRM.said(self.lang) if version.trust in TO_BE_CONFIRMED else None,
            organization=self.organization(one.agency),
            program=self.program(program),
        )

    def whole_service(self, one: Service) -> HsdsService:
        version = one.program.version
        more = {
            "service_areas": [self._area(one, area) for area in one.areas],
            "required_documents": [
                self._document(one, paper.code) for paper in version.papers if paper.required
            ],
            "contacts": [self._contact(one, place, it) for place, it in enumerate(version.contacts)],
            "attributes": [
                self._attribute(one, _SETS[name], code)
                for name in _SETS
                for code in sorted(getattr(version, name))
            ],
        }
        return self.service(one).model_copy(update=more)

    def _area(self, one: Service, area: str) -> HsdsArea:
        return HsdsArea(
            id=id_of("service_area", one.program.code, one.agency.code, area),
            service_id=one.id,
            name=self._place(area),
            extent=area,
            extent_type="kemendagri",
        )

    def _document(self, one: Service, paper: str) -> HsdsDocument:
        return HsdsDocument(
            id=id_of("required_document", one.program.code, one.agency.code, paper),
            service_id=one.id,
            document=self.known.label("paper", paper, self.lang),
        )

    def _contact(self, one: Service, place: int, contact: Contact) -> HsdsContact:
        codes = (one.program.code, one.agency.code, str(place))
        value = contact.value.strip()
        phone = HsdsPhone(id=id_of("phone", *codes), service_id=one.id, number=value)
        is_other = not is_number(value) and not is_email(value)
        return HsdsContact(
            id=id_of("contact", *codes),
            service_id=one.id,
            name=contact.label.said(self.lang),
            title=value if is_other else None,
            email=value if is_email(value) else None,
            phones=[phone] if is_number(value) else None,
        )

    def _attribute(self, one: Service, set_name: str, code: str) -> HsdsAttribute:
        term = id_of("taxonomy_term", set_name, code)
        label = self.known.label(set_name, code, self.lang)
        return HsdsAttribute(
            id=id_of("attribute", one.program.code, one.agency.code, set_name, code),
            link_id=one.id,
            taxonomy_term_id=term,
            link_type=set_name,
            link_entity="service",
            taxonomy_term=HsdsTerm(
                id=term,
                code=code,
                name=label,
                description=label,
                taxonomy=set_name,
                taxonomy_id=id_of("taxonomy", set_name),
                language=self.lang,
            ),
        )

    def _process(self, program: Program) -> str | None:
        proposes, decides = program.version.proposes.said(self.lang), program.version.decides.said(self.lang)
        said = Words(
            f"Diusulkan: {proposes}. Ditetapkan: {decides}.",
            f"Proposed by: {proposes}. Decided by: {decides}.",
        )
        return said.said(self.lang) if proposes and decides else proposes or decides or None

    def _place(self, region: str) -> str:
        return "Indonesia" if region == NATION else self.known.regions.get(region, region)

    def _other(self, words: Words) -> str:
        return words.id if self.lang == "en" else words.en
