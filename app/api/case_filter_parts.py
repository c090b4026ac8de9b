"""The parts of the case filter that belong together: open code lists, the person, how it ended."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Depends, Query

from app.api.deps import Known
from app.api.errors import BadRequest
from app.api.schemas.base import CodeText, Moment
from app.db.queries.case_filter import NONE, OfEnd
from app.db.queries.person_filter import UNKNOWN, OfPerson, person_of
from app.domain.errors import FieldError
from app.domain.knowledge import Knowledge
from app.domain.needs.coarse import BANDS

_OR_NONE: Final = "A code, or `none` for those that have none."


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of the lists that live as data."""

    category: str | None = None
    sector: str | None = None
    ppks: str | None = None
    channel: str | None = None
    region: str | None = None
    program: str | None = None
    named_program: str | None = None
    agency: str | None = None
    escalated_to: str | None = None


def _codes(
    category: CodeText | None = None,
    sector: Annotated[CodeText | None, Query(description=_OR_NONE)] = None,
    ppks: Annotated[CodeText | None, Query(description=_OR_NONE)] = None,
    channel: CodeText | None = None,
    region: CodeText | None = None,
    program: Annotated[CodeText | None, Query(description="Named by her, or referred to.")] = None,
    named_program: Annotated[CodeText | None, Query(description="Named by her. " + _OR_NONE)] = None,
    agency: CodeText | None = None,
    escalated_to: Annotated[
        CodeText | None,
        Query(description="The highest rung that it stands before, of `escalation_rung`, or `none`."),
    ] = None,
) -> Codes:
    return Codes(category, sector, ppks, channel, region, program, named_program, agency, escalated_to)


CodesDep = Annotated[Codes, Depends(_codes)]


def check(known: Knowledge, given: Codes, place: str = "/query") -> list[FieldError]:
    """Name the codes that nobody knows: with one of them a list would only be empty."""
    books: dict[str, Container[str]] = {
        "category": known.codes.get("case_category", {}),
        "sector": {NONE, *known.codes.get("sector", {})},
        "ppks": {NONE, *known.codes.get("ppks", {})},
        "channel": known.codes.get("channel", {}),
        "region": known.regions if given.region in known.regions else known.regions.successions,
        "program": known.programs,
        "agency": known.agencies,
        "named_program": {NONE, *known.programs},
        "escalated_to": {NONE, *known.codes.get("escalation_rung", {})},
    }
    values = {name: getattr(given, name) for name in books}
    return [unknown(f"{place}/{name}") for name, book in books.items() if _stranger(values[name], book)]


def _stranger(value: str | None, book: Container[str]) -> bool:
    return value is not None and value not in book


def unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown_code",
        "Kode ini tidak dikenal. Kode yang ada: /v1/codes.",
        "This code is not known. The codes that there are: /v1/codes.",
    )


def _of_person(
    sex: Annotated[
        Literal["L", "P", "none"] | None, Query(description="`none`: nobody is named, or it is unknown.")
    ] = None,
    age_band: Annotated[
        CodeText | None,
        Query(description="Of `age_band`, on the day that the case was opened; `none` if unknown."),
    ] = None,
) -> OfPerson:
    if wrong := check_person(age_band):
        raise BadRequest(fields=wrong)
    return person_of(sex, age_band)


def check_person(age_band: str | None, place: str = "/query") -> tuple[FieldError, ...]:
    found = _stranger(age_band, {UNKNOWN, *BANDS})
    return (unknown(f"{place}/age_band"),) if found else ()


PersonDep = Annotated[OfPerson, Depends(_of_person)]


def _of_end(
    known: Known,
    outcome: Annotated[CodeText | None, Query(description="Of `outcome`, or `none`.")] = None,
    outcome_reason: Annotated[CodeText | None, Query(description="Of `refusal_reason`, or `none`.")] = None,
    confirmed_by: Annotated[
        list[Literal["resident", "desk", "silence"]] | None,
        Query(description="By her, by the desk in her words, or by nobody in time."),
    ] = None,
    resolved_from: Moment | None = None,
    resolved_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    closed_from: Moment | None = None,
    closed_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    rated: bool | None = None,  # noqa: FBT001  # a query parameter
    reopened: bool | None = None,  # noqa: FBT001  # a query parameter
    disputed: bool | None = None,  # noqa: FBT001  # a query parameter
    bounced: bool | None = None,  # noqa: FBT001  # a query parameter
) -> OfEnd:
    if wrong := check_end(known, outcome, outcome_reason):
        raise BadRequest(fields=wrong)
    return OfEnd(
        outcome=outcome,
        outcome_reason=outcome_reason,
        confirmed_by=confirmed_by,
        resolved_from=resolved_from,
        resolved_to=resolved_to,
        closed_from=closed_from,
        closed_to=closed_to,
        rated=rated,
        reopened=reopened,
        disputed=disputed,
        bounced=bounced,
    )


def check_end(
    known: Knowledge, outcome: str | None, reason: str | None, place: str = "/query"
) -> tuple[FieldError, ...]:
    given = {
        "outcome": (outcome, known.codes.get("outcome", {})),
        "outcome_reason": (reason, known.codes.get("refusal_reason", {})),
    }
    wrong = [name for name, (code, book) in given.items() if _stranger(code, {NONE, *book})]
    return tuple(unknown(f"{place}/{name}") for name in wrong)


EndDep = Annotated[OfEnd, Depends(_of_end)]
