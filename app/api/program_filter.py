"""The filters of the catalogue, read from the query; an unknown code is refused, never ignored."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from app.api.deps import Known
from app.api.errors import BadRequest
from app.api.places import must_know
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText
from app.domain.codes import Level, Purpose
from app.domain.errors import FieldError
from app.domain.ids import NATION
from app.domain.program_search import Wish

OLDEST = 130


def _wish(
    known: Known,
    level: Annotated[Level | None, Query()] = None,
    sector: Annotated[CodeText | None, Query()] = None,
    category: Annotated[CodeText | None, Query(description="A need of the set `case_category`.")] = None,
    agency: Annotated[CodeText | None, Query(description="Its code, or a kind such as `DINSOS`.")] = None,
    purpose: Annotated[Purpose | None, Query()] = None,
    region: Annotated[
        RegionText | None,
        Query(description="What is to be had there, by the rules of its regency."),
    ] = None,
    age: Annotated[int | None, Query(ge=0, le=OLDEST, description="For somebody of this age.")] = None,
    sex: Annotated[Literal["L", "P"] | None, Query(description="For a man (`L`) or a woman (`P`).")] = None,
    ppks: Annotated[CodeText | None, Query(description="For somebody of this category of need.")] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=2, max_length=80, description="Words in code, name, target and benefit: all of them."
        ),
    ] = None,
) -> Wish:
    must_know(known, region, "region")
    errors = [
        FieldError(f"/query/{name}", "unknown_code", "Kode ini tidak dikenal.", "This code is not known.")
        for name, value, set_name in (
            ("sector", sector, "sector"),
            ("category", category, "case_category"),
            ("ppks", ppks, "ppks"),
        )
        if value is not None and not known.knows(set_name, value)
    ]
    kinds = {one.kind for one in known.agencies.values()}
    if agency is not None and agency not in known.agencies and agency not in kinds:
        said = "Instansi ini tidak dikenal; lihat /v1/agencies."
        errors.append(FieldError("/query/agency", "unknown_code", said, "No such body; see /v1/agencies."))
    if errors:
        raise BadRequest(fields=tuple(errors))
    place = None if region == NATION else region
    return Wish(level, sector, category, agency, purpose, place, q, age, sex, ppks)


WishDep = Annotated[Wish, Depends(_wish)]
