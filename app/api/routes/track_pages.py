"""The page behind the QR of a slip: the resident follows and answers her case in a browser without scripts.

It asks the same services as ``/v1/track`` and knows no rule of its own. Ticket and PIN give a cookie that
only this page is sent, for the same fifteen minutes; the PIN stands in no address.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Final, NamedTuple

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.api.acts import acting_of
from app.api.deps import House, HouseDep, Known, Lang, Now, actor_of_token, readable_token
from app.api.errors import status_of
from app.api.forms import read_form
from app.api.language import Language, chosen_language
from app.api.notes import ASKED_AT, note_outcome
from app.api.page_forms import KEY, check_key, check_origin, form_key, read_fields
from app.api.reading import Reading
from app.api.routing import PUBLIC, make_router, operation
from app.api.sentences import STATUS_WORDS
from app.api.track_answers import ANSWERS, Fields
from app.api.track_page import PAGE_HEADERS, Problem, case_page, form_page, trouble_page
from app.api.tracking import Typed, admit_paper, enter, keep_paper, shown
from app.db.session import read_only, transaction
from app.domain.codes import ActorKind
from app.domain.errors import DeskError, Invalid
from app.domain.knowledge import Knowledge
from app.services import sessions

router = make_router("track")
COOKIE: Final = "lacak"
PATH: Final = "/lacak"
_CASE: Final = "/lacak/kasus"
_LEAVE: Final = "keluar"
_OVER: Final = "habis"
_TOLD_BEFORE: Final = frozenset({_LEAVE, _OVER})
_TOLD: Final = frozenset({*ANSWERS, "beda", "berkas"})

LangQuery = Annotated[str | None, Query(max_length=10, description="`id` or `en`.")]
Said = Annotated[str | None, Query(max_length=20)]
TicketQuery = Annotated[str | None, Query(max_length=40, description="The ticket of the QR.")]


class Visit(NamedTuple):
    """Whoever came with a good cookie."""

    reading: Reading
    token: str


@router.get(PATH, include_in_schema=False, **operation("getTrackForm", may=PUBLIC))
async def get_form(spoken: Lang, t: TicketQuery = None, s: Said = None, lang: LangQuery = None) -> Response:
    """Ask for ticket and PIN; the ticket of the QR stands there already."""
    told = s if s in _TOLD_BEFORE else ""
    return _page(form_page(chosen_language(spoken, lang), (t or "")[:40], told=told or ""))


@router.post(PATH, include_in_schema=False, **operation("openTrackPage", may=PUBLIC))
async def open_page(
    request: Request, house: HouseDep, now: Now, spoken: Lang, lang: LangQuery = None
) -> Response:
    """Let her in, and lead her to her case."""
    chosen, ticket = chosen_language(spoken, lang), ""
    try:
        check_origin(request)
        fields = await read_fields(request, house.settings.upload_idle_seconds)
        ticket = fields.get("ticket", "")[:40]
        issued = await enter(request, house, Typed(ticket, fields.get("pin", "")), now)
    except DeskError as error:
        return _page(form_page(chosen, ticket, _problem(error, chosen)), status_of(error), error)
    answer = _led(f"{_CASE}?lang={chosen}")
    answer.set_cookie(
        COOKIE,
        issued.access_token,
        max_age=int(issued.expires_in.total_seconds()),
        path=PATH,
        secure=_is_secure(request, house),
        httponly=True,
        samesite="strict",
    )
    return answer


@router.get(_CASE, include_in_schema=False, **operation("getTrackPage", may=PUBLIC))
async def get_case(  # what a request without a session brings
    request: Request,
    house: HouseDep,
    known: Known,
    now: Now,
    spoken: Lang,
    s: Said = None,
    lang: LangQuery = None,
) -> Response:
    """Show her case, and what she can answer."""
    chosen = chosen_language(spoken, lang)
    visit = await _visit(request, house, known, now, chosen)
    if visit is None:
        return _led(f"{PATH}?s={_OVER}&lang={chosen}")
    return await _case(visit, told=s if s in _TOLD else "")


@router.post("/lacak/berkas", include_in_schema=False, **operation("attachOnTrackPage", may=PUBLIC))
async def send_paper(  # what a request without a session brings
    request: Request, house: HouseDep, known: Known, now: Now, spoken: Lang, lang: LangQuery = None
) -> Response:
    """Take a paper that was asked of her."""
    chosen = chosen_language(spoken, lang)
    visit = await _visit(request, house, known, now, chosen)
    if visit is None:
        return _led(f"{PATH}?s={_OVER}&lang={chosen}")

    async def work() -> str:
        check_origin(request)
        await admit_paper(visit.reading)
        bounds = house.settings
        form = await read_form(request, bounds.max_upload_bytes, bounds.upload_idle_seconds, frozenset({KEY}))
        check_key(visit.token, form.fields.get(KEY))
        await keep_paper(visit.reading, form)
        return "berkas"

    return await _answered(request, visit, "attachOnTrackPage", work)


@router.post("/lacak/{act}", include_in_schema=False, **operation("answerOnTrackPage", may=PUBLIC))
async def answer(  # what a request without a session brings
    act: str,
    request: Request,
    house: HouseDep,
    known: Known,
    now: Now,
    spoken: Lang,
    lang: LangQuery = None,
) -> Response:
    """Take one of her answers, or let her out."""
    chosen = chosen_language(spoken, lang)
    if act not in ANSWERS and act != _LEAVE:
        words = STATUS_WORDS[404]
        return _page(trouble_page(chosen, Problem(words.title(chosen))), 404)
    visit = await _visit(request, house, known, now, chosen)
    if visit is None:
        return _led(f"{PATH}?s={_OVER}&lang={chosen}")

    async def work() -> str:
        check_origin(request)
        fields = await read_fields(request, house.settings.upload_idle_seconds)
        check_key(visit.token, fields.get(KEY))
        return await _done(visit, act, fields)

    return await _answered(request, visit, "answerOnTrackPage", work)


async def _done(visit: Visit, act: str, fields: Fields) -> str:
    """Do it in one transaction; return the word for what was done."""
    house = visit.reading.house
    async with transaction(house.database.sessions) as tx:
        if act == _LEAVE:
            await sessions.revoke(tx, visit.token, visit.reading.now)
        else:
            act = await ANSWERS[act](acting_of(visit.reading, tx), fields)
    if act == _LEAVE:
        house.sessions.clear()
    return act


async def _answered(
    request: Request, visit: Visit, action: str, work: Callable[[], Awaitable[str]]
) -> Response:
    """Lead back to the case after an answer; or show it with what was wrong."""
    reading = visit.reading
    try:
        said = await work()
    except DeskError as error:
        note_outcome(request, action, error, personal=False)
        return await _case(visit, _problem(error, reading.lang), status=status_of(error))
    if said == _LEAVE:
        out = _led(f"{PATH}?s={_LEAVE}&lang={reading.lang}")
        out.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
        return out
    return _led(f"{_CASE}?s={said}&lang={reading.lang}")


async def _case(
    visit: Visit, problem: Problem | None = None, told: str | None = "", status: int = 200
) -> Response:
    reading = visit.reading
    try:
        async with read_only(reading.house.database.sessions) as tx:
            case = await shown(reading, acting_of(reading, tx))
    except DeskError as error:
        return _page(trouble_page(reading.lang, _problem(error, reading.lang)), status_of(error))
    html = case_page(reading.known, reading.lang, case, form_key(visit.token), problem, told or "")
    return _page(html, status)


async def _visit(
    request: Request, house: House, known: Knowledge, now: datetime, lang: Language
) -> Visit | None:
    """Return who comes with the cookie; None for nobody, and for anybody who is no resident."""
    request.scope[ASKED_AT] = now
    token = request.cookies.get(COOKIE, "")
    actor = await actor_of_token(house, token, now) if readable_token(token) else None
    if actor is None or actor.kind is not ActorKind.RESIDENT:
        return None
    request.scope["actor"] = actor
    return Visit(Reading(house, known, actor, lang, now), token)


def _problem(error: DeskError, lang: Language) -> Problem:
    words = STATUS_WORDS.get(status_of(error), STATUS_WORDS[500])
    text = (error.en if lang == "en" else error.id) or words.detail(lang)
    fields = error.fields if isinstance(error, Invalid) else ()
    return Problem(text, tuple(one.en if lang == "en" else one.id for one in fields))


def _page(html: str, status: int = 200, error: DeskError | None = None) -> Response:
    wait = getattr(error, "retry_after", None)
    more = {"Retry-After": str(max(1, round(wait.total_seconds())))} if wait else {}
    return HTMLResponse(html, status_code=status, headers={**PAGE_HEADERS, **more})


def _led(to: str) -> Response:
    return RedirectResponse(to, status_code=303, headers=PAGE_HEADERS)


def _is_secure(request: Request, house: House) -> bool:
    """Whether the cookie may travel over TLS alone: always, but on loopback or where the address is plain."""
    public = house.settings.public_url
    if public is not None:
        return public.startswith("https:")
    return request.url.scheme == "https" or not _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


__all__ = ["COOKIE", "PATH", "router"]
