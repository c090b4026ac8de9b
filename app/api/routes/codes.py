"""Every enumeration with its labels."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from fastapi import Query

from app.api.deps import Known
from app.api.errors import BadRequest
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.base import CodeText
from app.api.schemas.reference import CodeSetsOut
from app.domain.errors import FieldError
from app.domain.events import EVENTS
from app.domain.facts import FACTS
from app.domain.knowledge import Knowledge

router = make_router("codes")

Shown = dict[str, Any]
_SETS: Final = "set"
_EXAMPLE: Final = {
    "items": [
        {
            "set": "priority",
            "label": {"id": "Prioritas", "en": "Priority"},
            "codes": [{"code": "BIASA", "label": {"id": "Biasa", "en": "Ordinary"}, "attrs": {}}],
        }
    ]
}


@router.get("/v1/codes", **operation("listCodes", may=PUBLIC, answers=CodeSetsOut, example=_EXAMPLE))
async def list_codes(
    known: Known,
    set_name: Annotated[CodeText | None, Query(alias="set", description="One set only.")] = None,
) -> CodeSetsOut:
    """List all code sets, the facts and the types of events among them; or one of them."""
    items = list(_sets(known, set_name))
    if not items:
        raise BadRequest(
            fields=(FieldError("/query/set", "unknown", "Tidak ada daftar kode ini.", "No such set."),)
        )
    return CodeSetsOut.model_validate({"items": items})


def _sets(known: Knowledge, wanted: str | None) -> Iterator[Shown]:
    for name, codes in known.codes.items():
        if name != _SETS and wanted in {None, name}:
            yield {
                "set": name,
                "label": _label(known, name),
                "codes": [
                    _code(entry.code, entry.label_id, entry.label_en, dict(entry.attrs))
                    for entry in codes.values()
                ],
            }
    if wanted in {None, "fact"}:
        yield {"set": "fact", "label": {"id": "Fakta", "en": "Fact"}, "codes": list(_facts())}
    if wanted in {None, "event_type"}:
        yield {
            "set": "event_type",
            "label": {"id": "Jenis peristiwa", "en": "Type of event"},
            "codes": [_code(name, kind.label.id, kind.label.en, {}) for name, kind in EVENTS.items()],
        }


def _label(known: Knowledge, name: str) -> Shown:
    return {"id": known.label(_SETS, name, "id"), "en": known.label(_SETS, name, "en")}


def _facts() -> Iterator[Shown]:
    for fact in FACTS.values():
        attrs: Shown = {
            "type": fact.type.value,
            "source": fact.source.value,
            "question": fact.question._asdict(),
            "sensitive": fact.sensitive,
        }
        if fact.high:
            attrs |= {"minimum": fact.low, "maximum": fact.high}
        if fact.codes is not None:
            attrs["codes"] = sorted(fact.codes)
        yield _code(fact.name, fact.label.id, fact.label.en, attrs)


def _code(code: str, label_id: str, label_en: str, attrs: Shown) -> Shown:
    return {"code": code, "label": {"id": label_id, "en": label_en}, "attrs": attrs}
