"""A receiver without an account: the link of a letter opens one referral, and lets it be answered.

The token of a link stands behind the ``#`` of an address, which no browser sends, and travels in a body:
it is in no log, neither ours nor a proxy's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from app.api.acts import Call, CallDep, acting_of
from app.api.addresses import caller_address
from app.api.deps import HouseDep, Now, ReadTx, etag
from app.api.edge import DOCS_CSP
from app.api.examples import REFERRAL_EXAMPLE
from app.api.notes import Noted, name_subject, note
from app.api.once import Answer
from app.api.presenters.referrals import referral_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import LINK, PUBLIC, make_router, operation
from app.api.schemas import referrals as bodies
from app.api.schemas.letters import LinkOpenIn, LinkTokenOut
from app.api.schemas.referrals import ReferralOut
from app.db.queries.acting import Acting
from app.db.queries.referrals import find_referral
from app.db.session import transaction
from app.db.tables.referrals import Referral
from app.domain.access import Actor
from app.domain.codes import ActorKind
from app.domain.errors import NotFound, TooMany, Unauthenticated
from app.domain.ids import NATION
from app.domain.referrals import ReferralAction
from app.services import letters, referrals, sessions

router = make_router("letters")
A = ReferralAction
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

ACTIONS: Final = frozenset(
    {A.ACCEPT, A.RETURN, A.REFUSE, A.NOT_OURS, A.START, A.DELIVER, A.FULFIL, A.FAIL, A.QUESTION}
)
"""What whoever holds a link may do; the rest of a receiver's work needs an account."""
_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_FILES: Final = {"link.js": "text/javascript", "link.css": "text/css"}
_PAGE_HEADERS: Final = {"Content-Security-Policy": DOCS_CSP.decode()}


@router.get("/l", include_in_schema=False, **operation("getLinkPage", may=PUBLIC))
async def get_page() -> Response:
    """Show the receiver's page; what stands behind the ``#`` never reaches us with it."""
    return FileResponse(_STATIC / "link.html", media_type="text/html", headers=_PAGE_HEADERS)


@router.get("/l/{name}", include_in_schema=False, **operation("getLinkFile", may=PUBLIC))
async def get_file(name: str) -> Response:
    """Give one of the page's files."""
    kind = _FILES.get(name)
    if kind is None:
        raise NotFound
    return FileResponse(_STATIC / name, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})


@router.post(
    "/v1/letter-links/open",
    **operation(
        "openLetterLink",
        may=PUBLIC,
        answers=LinkTokenOut,
        refuses=(401, 429),
        example={
            "access_token": "pk_1374-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4",
            "token_type": "Bearer",
            "expires_in": 900,
        },
        body_example={"token": "pl_1374-YW4gYWNjZXNzIHRva2VuIGZvciB0aGUgZXhhbXBsZS4uLi4"},
    ),
)
async def open_link(body: LinkOpenIn, request: Request, house: HouseDep, now: Now) -> LinkTokenOut:
    """Give fifteen minutes for the token of a link. One that ended and one that never was look alike.

    Each use is counted on the link; tries are counted by address.
    """
    address = caller_address(request, house.settings.trusted_proxies)
    async with transaction(house.database.sessions) as tx:
        found = await letters.open_link(tx, body.token, address, house.blind, now)
        issued = None
        if not isinstance(found, letters.Refused):
            issued = await sessions.open_link_session(tx, found, house.ids, now)
    if isinstance(found, letters.Refused) or issued is None:
        note(request, Noted("letter_link.open", "letter_link", "refused", tenant=NATION), now)
        raise _refusal(found)
    # The entry names the link: a receiver without an account has no other name.
    request.scope["actor"] = Actor(ActorKind.RECEIVER, found.regency_code, link_id=found.id)
    opened = Noted("letter_link.open", "referral", "ok", found.referral_id, found.regency_code)
    note(request, opened, now)
    return LinkTokenOut(access_token=issued.access_token, expires_in=int(issued.expires_in.total_seconds()))


def _refusal(found: object) -> Exception:
    wait = found.retry_after if isinstance(found, letters.Refused) else None
    if wait is not None:
        return TooMany(retry_after=wait)
    return Unauthenticated(
        code="wrong_link",
        id="Tautan ini tidak berlaku. Minta tautan baru kepada pengirim surat.",
        en="This link is not valid. Ask the sender of the letter for a new one.",
    )


@router.get(
    "/v1/letter-links/referral",
    **operation(
        "getLinkedReferral", may=LINK, answers=ReferralOut, reads_person=True, example=REFERRAL_EXAMPLE
    ),
)
async def get_referral(reading: ReadingDep, tx: ReadTx, request: Request, response: Response) -> ReferralOut:
    """Show the referral: what is disclosed while it lives, its own record after its end."""
    acting = acting_of(reading, tx)
    found = await _find(acting, reading, request)
    response.headers["ETag"] = etag(found.version)
    return await _shown(acting, reading, found)


def _action(action: ReferralAction, example: dict[str, Any]) -> Callable[[Handler], Handler]:
    """Declare the route of one action."""
    words = "".join(part.title() for part in action.value.split("_"))
    declared = operation(
        f"link{words}",
        may=LINK,
        answers=ReferralOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=REFERRAL_EXAMPLE,
        body_example=example,
    )
    return router.post(f"/v1/letter-links/referral/{action.value}", **declared)


@_action(A.ACCEPT, {"note": "Kami layani mulai besok."})
async def accept(body: bodies.AcceptIn, call: CallDep, request: Request) -> Response:
    """Accept the referral."""
    return await _act(call, request, A.ACCEPT, body)


@_action(A.RETURN, {"missing": ["KK"]})
async def give_back(body: bodies.ReturnIn, call: CallDep, request: Request) -> Response:
    """Return it to its sender with what is missing."""
    return await _act(call, request, A.RETURN, body)


@_action(A.REFUSE, {"reason": "decile_too_high"})
async def refuse(body: bodies.RefuseIn, call: CallDep, request: Request) -> Response:
    """Refuse it, with a reason of the set `refusal_reason`."""
    return await _act(call, request, A.REFUSE, body)


@_action(A.NOT_OURS, {"right_body": "up"})
async def not_ours(body: bodies.NotOursIn, call: CallDep, request: Request) -> Response:
    """Say that it is another body's matter."""
    return await _act(call, request, A.NOT_OURS, body)


@_action(A.START, {})
async def start(body: bodies.StartIn, call: CallDep, request: Request) -> Response:
    """Say that the service has begun."""
    return await _act(call, request, A.START, body)


@_action(
    A.DELIVER,
    {"component": "cash", "amount_idr": 300000, "period": "2026-11", "date": "2026-11-25", "proof": "BAST 7"},
)
async def deliver(body: bodies.DeliverIn, call: CallDep, request: Request) -> Response:
    """Record what was given: rupiah or goods."""
    return await _act(call, request, A.DELIVER, body)


@_action(A.FULFIL, {"extent": "full"})
async def fulfil(body: bodies.FulfilIn, call: CallDep, request: Request) -> Response:
    """End it as fulfilled, in full or in part."""
    return await _act(call, request, A.FULFIL, body)


@_action(A.FAIL, {"reason": "not_collected"})
async def fail(body: bodies.FailIn, call: CallDep, request: Request) -> Response:
    """End it as not fulfilled, with a reason of the set `unfulfilled_reason`."""
    return await _act(call, request, A.FAIL, body)


@_action(A.QUESTION, {"text": "Apakah masih tinggal di alamat ini?"})
async def question(body: bodies.TextIn, call: CallDep, request: Request) -> Response:
    """Ask the sender something."""
    return await _act(call, request, A.QUESTION, body)


async def _act(call: Call, request: Request, action: ReferralAction, body: BaseModel) -> Response:
    reading, acting = call.reading, call.acting()
    seen = await _find(acting, reading, request)
    asked = referrals.Request(seen.regency_code, seen.id, action, body.model_dump(exclude_none=True))

    async def work() -> Answer:
        found = await referrals.act(acting, reading.sight, asked, call.expected.check)
        shown = await _shown(acting, reading, found)
        return Answer(shown, 200, {"ETag": etag(found.version)}, found.case_id)

    async def may_see() -> None:
        await _find(acting, reading, request)

    return await call.once(call.tx, seen.regency_code, work, may_see=may_see)


async def _find(acting: Acting, reading: Reading, request: Request) -> Referral:
    """Return the one referral of the link, which is looked at again each time, and tell the log of it."""
    referral_id = await letters.require_live(acting)
    tenant = acting.actor.tenant
    name_subject(request, "referral", tenant, referral_id)
    return await find_referral(acting.tx, reading.sight, tenant, referral_id)


async def _shown(acting: Acting, reading: Reading, referral: Referral) -> ReferralOut:
    read = await referrals.read_one(acting, reading.sight, referral)
    offered = tuple(action for action in read.actions if action in ACTIONS)
    return referral_out(reading, replace(read, actions=offered))
