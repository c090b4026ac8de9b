"""From a request's body to the domain's values."""

from collections.abc import Sequence

from app.api.errors import BadRequest
from app.api.schemas.cases import AboutIn, CaseIn, ReporterIn, ResolveNowIn, SubjectIn
from app.domain.cases import AboutGiven, NewCase, Reporter, ResolveNow, Subject, Told
from app.domain.errors import FieldError
from app.domain.ids import parse_public_id, tenant_of


def new_case(body: CaseIn) -> NewCase:
    """Return the case as the desk brings it.

    Raises:
        BadRequest: the subject's id is none of the regency's.
    """
    return NewCase(
        kind=body.kind,
        category=body.category,
        channel=body.channel,
        subject=_subject(body.subject, tenant_of(body.place.village)),
        reporter=_reporter(body.reporter),
        village=body.place.village,
        chronology=body.chronology,
        legal_basis=body.legal_basis,
        notice_version=body.notice_version,
        sector=body.sector,
        ppks=body.ppks,
        service_pillar=body.service_pillar,
        priority=body.priority,
        priority_reason=body.priority_reason,
        confidentiality=body.confidentiality,
        about=abouts_given(body.about),
        place_address=body.place.address,
        place_detail=body.place.detail,
        current_aid=tuple(body.current_aid),
        program=body.program,
        facts=body.facts,
        papers=tuple(body.papers),
        tried=tuple(body.tried),
        resolve_now=_resolve(body.resolve_now),
        separate_reason=body.separate_reason,
        ticket=body.ticket,
    )


def _subject(body: SubjectIn, tenant: str) -> Subject:
    person_id = None
    if body.id is not None:
        found = parse_public_id(body.id)
        if found is None or found.tenant != tenant:
            raise BadRequest(
                fields=(
                    FieldError(
                        "/subject/id",
                        "unknown_person",
                        "Id ini bukan orang di kabupaten/kota ini.",
                        "This id is no person of this regency.",
                    ),
                )
            )
        person_id = found.id
    return Subject(
        kind=body.kind,
        person_id=person_id,
        nik=body.nik,
        kk=body.kk,
        name=body.name,
        born_on=body.born_on,
        sex=body.sex,
        phone=body.phone,
        address=body.address,
    )


def _reporter(body: ReporterIn) -> Reporter:
    return Reporter(body.relation, body.name, body.phone, body.anonymous, body.tell)


def abouts_given(body: Sequence[AboutIn]) -> tuple[AboutGiven, ...]:
    return tuple(AboutGiven(item.kind, item.ref, item.text) for item in body)


def _resolve(body: ResolveNowIn | None) -> ResolveNow | None:
    if body is None:
        return None
    return ResolveNow(body.outcome, body.reason, Told(body.told.at, body.told.method, body.told.by))
