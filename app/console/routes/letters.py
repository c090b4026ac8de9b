"""Letters: drafted on the case's page; read, signed, printed, handed on and revoked by themselves."""

from typing import Any, Final

from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.case_page import LETTER, address_of, after_case
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of, kept
from app.console.sitting import part
from app.console.visit import Handler, Visit

_FIELDS: Final[Form] = tuple(one for one in LETTER if one.name.startswith("fields."))
FORMS: Final[dict[str, Form]] = {
    "redraft": _FIELDS,
    "initial": (),
    "return": (Field("note", Kind.TEXT, ("Yang harus diperbaiki", "What is to be mended"), needed=True),),
    "sign": (),
    "revoke": (Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "letter_revoke_reason", needed=True),),
}
"""By the action that the letter offers."""
_GRAVE: Final = frozenset({"sign", "revoke"})
_SAFE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def draft(visit: Visit) -> Response:
    typed = await visit.form()
    body = body_of(LETTER, typed, visit.zone)
    told = await visit.sitting.post(_letters(visit), body, key=str(typed.get("sekali") or ""))
    if not told.fine:
        return await after_case(visit, told, "surat", typed)
    return visit.lead(f"{address_of(visit)}/surat/{part(told.body['id'])}", ok="surat")


async def show_letter(visit: Visit) -> Response:
    return await _letter(visit)


async def act(visit: Visit) -> Response:
    """Do one of the steps that the letter offered."""
    action = visit.path("action")
    form = FORMS.get(action)
    if form is None:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    body, etag = body_of(form, typed, visit.zone), str(typed.get("etag") or "")
    key = str(typed.get("sekali") or "")
    if action == "redraft":
        told = await visit.sitting.ask("PATCH", _one(visit), Sending(json=body, etag=etag))
    else:
        told = await visit.sitting.post(f"{_one(visit)}/{action}", body, key=key, etag=etag)
    if told.fine:
        return visit.lead(_page(visit), ok=action)
    return await _letter(visit, told.body, action, kept(typed), told.status)


async def print_letter(visit: Visit) -> Response:
    """Give the letter as it is filed."""
    told = await visit.sitting.get(f"{_one(visit)}/pdf")
    if not told.fine:
        return visit.trouble(told)
    named = {"Content-Disposition": told.headers.get("content-disposition", "inline")}
    return Response(told.content, media_type="application/pdf", headers={**_SAFE, **named})


async def make_link(visit: Visit) -> Response:
    """Open the referral to a receiver without an account; what opens it is shown this once."""
    typed = await visit.form()
    days = str(typed.get("days") or "")
    body = {"days": int(days)} if days.isascii() and days.isdecimal() and len(days) < len("1000") else {}
    told = await visit.sitting.post(f"{_one(visit)}/links", body, key=str(typed.get("sekali") or ""))
    if not told.fine:
        return await _letter(visit, told.body, "tautan", kept(typed), told.status)
    # Drawn at once: the token stands in no address of ours.
    return await _letter(visit, status=201, made=told.body)


async def end_link(visit: Visit) -> Response:
    typed = await visit.form()
    path = f"{_one(visit)}/links/{part(visit.path('link'))}/revoke"
    told = await visit.sitting.post(path, {}, key=str(typed.get("sekali") or ""))
    if told.fine:
        return visit.lead(_page(visit), ok="tautan")
    return await _letter(visit, told.body, "tautan", status=told.status)


async def _letter(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
    made: dict[str, Any] | None = None,
) -> Response:
    told = await visit.sitting.get(_one(visit))
    if not told.fine:
        return visit.trouble(told)
    letter = told.body
    steps = [one for one in letter["allowed_actions"] if one["code"] in FORMS]
    forms = {one["code"]: _form_of(letter, one["code"]) for one in steps}
    return visit.draw(
        "letter.html",
        status,
        ticket=visit.path("ticket"),
        letter=letter,
        etag=told.etag,
        steps=steps,
        forms=forms,
        ground=_GRAVE,
        sets=await choices_of(visit, ("letter_revoke_reason",)),
        links=await _links(visit, letter),
        made=made,
        problem=problem,
        at=at,
        kept=typed or {f"fields.{name}": [text] for name, text in letter["fields"].items()},
    )


def _form_of(letter: dict[str, Any], action: str) -> Form:
    """Return the form of a step; what may be written anew is what this letter says."""
    if action != "redraft":
        return FORMS[action]
    wanted = letter["fields"] or {}
    return tuple(one for one in _FIELDS if one.name.removeprefix("fields.") in wanted) or _FIELDS


async def _links(visit: Visit, letter: dict[str, Any]) -> Any:
    if letter["state"]["code"] != "signed" or letter["referral"] is None:
        return None
    told: Told = await visit.sitting.get(f"{_one(visit)}/links")
    return told.body if told.fine else None


def _letters(visit: Visit) -> str:
    return f"/v1/cases/{part(visit.path('ticket'))}/letters"


def _one(visit: Visit) -> str:
    return f"{_letters(visit)}/{part(visit.path('letter'))}"


def _page(visit: Visit) -> str:
    return f"{address_of(visit)}/surat/{part(visit.path('letter'))}"


_CASE: Final = "/konsol/kasus/{ticket}/surat"
PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    (_CASE, "POST", draft),
    (_CASE + "/{letter}", "GET", show_letter),
    (_CASE + "/{letter}/langkah/{action}", "POST", act),
    (_CASE + "/{letter}/cetak", "GET", print_letter),
    (_CASE + "/{letter}/tautan", "POST", make_link),
    (_CASE + "/{letter}/tautan/{link}/akhiri", "POST", end_link),
)
