"""How letters read: the nation's templates and a regency's own."""

from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.letters import template_out, templates_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.letters import TemplateIn, TemplateOut
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import is_tenant
from app.domain.letters import Template
from app.services import letters

router = make_router("letters")
P = Permission

_TEMPLATE: Final = {
    "id": "0000-0193a1b2c3d47e5f8a9b0c1d2e3f4a60",
    "regency": "ID",
    "kind": {"code": "rujukan", "label": "Surat rujukan"},
    "n": 1,
    "title": "Surat Rujukan",
    "body": "Bersama surat ini kami merujuk kepada {agency}:\n\n{identity}\n\nAlasan: {reason}",
    "number_format": "400.9/{n}/SLRT-{regency}/{month}/{year}",
    "valid_days": 30,
    "fields": ["reason"],
    "in_force": True,
    "created_at": "2026-11-25T03:00:00Z",
}


@router.get(
    "/v1/templates",
    **operation(
        "listLetterTemplates",
        may=(P.POLICY_MANAGE, P.LETTER_DRAFT),
        answers=Listed[TemplateOut],
        example={"items": [_TEMPLATE], "next": None, "count": None},
    ),
)
async def list_templates(
    reading: ReadingDep,
    tx: ReadTx,
    regency: Annotated[CodeText | None, Query(description="Your own tenant when left out.")] = None,
) -> Listed[TemplateOut]:
    """List how letters read: the regency's own templates and the nation's, and which are in force."""
    tenant = _tenant(regency or reading.actor.tenant, "/query/regency")
    rows = await letters.templates_of(acting_of(reading, tx), tenant)
    return Listed(items=templates_out(reading, rows))


@router.post(
    "/v1/templates",
    **operation(
        "addLetterTemplate",
        may=P.POLICY_MANAGE,
        answers=TemplateOut,
        status=201,
        once=True,
        example=_TEMPLATE,
        body_example={
            "regency": "13.74",
            "kind": "rujukan",
            "title": "Surat Rujukan",
            "body": _TEMPLATE["body"],
            "number_format": _TEMPLATE["number_format"],
            "valid_days": 30,
        },
    ),
)
async def add_template(body: TemplateIn, call: CallDep) -> Response:
    """Put a template in force. None is ever changed: the newest of a kind is used, letters keep theirs."""
    tenant = _tenant(body.regency or call.reading.actor.tenant, "/regency")
    new = Template(body.kind, body.title, body.body, body.number_format, body.valid_days)

    async def work() -> Answer:
        row = await letters.add_template(call.acting(), tenant, new)
        return Answer(template_out(call.reading, row, in_force=True))

    async def may_see() -> None:
        call.reading.actor.require(P.POLICY_MANAGE, tenant)

    return await call.once(call.tx, tenant, work, may_see=may_see)


def _tenant(text: str, pointer: str) -> str:
    if is_tenant(text):
        return text
    raise Invalid(
        fields=(FieldError(pointer, "not_a_tenant", "Bukan kode tenant.", "It is no tenant's code."),)
    )
