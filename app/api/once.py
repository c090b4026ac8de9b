"""A write that is sent twice happens once, and both senders get the same answer.

The key is taken in the same transaction as the write: it is there if and only if the write is. Only
successes are kept; a refused request may be sent again. The replay writes too, so it is as durable as the
first answer was. Stored answers are sealed, for they hold what the caller was shown.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from app.api.deps import CurrentActor, House, Now, house_of
from app.api.errors import BadRequest, StillRunning
from app.db.queries import idempotency
from app.db.queries.idempotency import Kept, Key, TwinRunning
from app.db.session import Tx
from app.domain.errors import FieldError, Invalid, Unauthenticated

_FORM: Final = re.compile(r"[\x21-\x7e]{1,255}")
_PURPOSE: Final = "idempotency"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: a model and headers of its own (``ETag``, ``Location``)."""

    body: BaseModel
    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    case_id: UUID | None = None
    """The case that the answer tells of; erasing its person destroys the stored answer."""


Work = Callable[[], Awaitable[Answer]]
AccessCheck = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Once:
    """The key of this request, and what it must agree with."""

    house: House
    account_id: UUID
    route: str
    key: str
    body_digest: bytes
    now: datetime

    async def __call__(self, tx: Tx, tenant: str, work: Work, *, may_see: AccessCheck) -> Response:
        """Do *work* in *tx* unless it was done before; then give the first answer again.

        *tenant* is that of the thing written to. *may_see* raises when the caller may not see that answer
        any more; it is asked before a replay only, since *work* checks for itself.

        Raises:
            Invalid: the key was used for another request.
            StillRunning: a twin of this request has not ended within two seconds.
        """
        whole = Key(tenant, self.account_id, self.route, self.key)
        try:
            mine = await idempotency.claim(tx, whole, self.body_digest, self.now)
        except TwinRunning as error:
            raise still_running() from error
        if not mine:
            return await self._again(tx, whole, may_see)
        answer = await work()
        body = answer.body.model_dump_json().encode()
        if answer.status >= 300:  # noqa: PLR2004  # only successes are kept
            await idempotency.release(tx, whole)
        else:
            await idempotency.keep(tx, whole, self.sealed(whole, body, answer), answer.case_id)
        return respond(answer.status, body, answer.headers)

    def sealed(self, whole: Key, body: bytes, answer: Answer) -> Kept:
        boxed = self.house.vault.box(_PURPOSE, body, context_of(whole))
        return Kept(self.body_digest, answer.status, boxed, [list(pair) for pair in answer.headers.items()])

    async def _again(self, tx: Tx, whole: Key, may_see: AccessCheck) -> Response:
        kept = await idempotency.see_again(tx, whole, self.now)
        if kept is None:
            raise still_running()
        check_same(self.body_digest, kept.body_digest)
        await may_see()
        return replay(self.house, whole, kept)


def context_of(whole: Key) -> bytes:
    """A stored answer opens under its own key only."""
    parts = (whole.regency_code, whole.account_id.hex, whole.route, whole.key)
    return json.dumps(parts, separators=(",", ":")).encode()


def check_same(now: bytes, before: bytes) -> None:
    if now != before:
        raise Invalid(
            code="idempotency_key_reused",
            id="Idempotency-Key ini sudah dipakai untuk permintaan lain. Buat kunci baru.",
            en="This Idempotency-Key was used for another request. Make a new key.",
        )


def replay(house: House, whole: Key, kept: Kept) -> Response:
    body = house.vault.unbox(_PURPOSE, kept.answer_sealed, context_of(whole))
    headers = {str(name): str(value) for name, value in kept.headers}
    return respond(kept.status, body, {**headers, "Idempotency-Replayed": "true"})


def respond(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    return Response(body, status_code=status, media_type="application/json", headers=dict(headers))


def still_running() -> StillRunning:
    return StillRunning(
        id="Permintaan yang sama masih dikerjakan. Kirim lagi sesuai tajuk Retry-After.",
        en="The same request is still running. Send it again as the Retry-After header says.",
    )


def read_key(header: str | None) -> str:
    """Return the key.

    Raises:
        BadRequest: there is none, or it is not 1 to 255 visible ASCII characters.
    """
    if header is not None and _FORM.fullmatch(header):
        return header
    raise BadRequest(
        code="idempotency_key_required",
        fields=(
            FieldError(
                "/header/Idempotency-Key",
                "missing" if header is None else "malformed",
                "Kirim tajuk Idempotency-Key: 1 sampai 255 karakter ASCII, baru untuk tiap permintaan.",
                "Send the Idempotency-Key header: 1 to 255 ASCII characters, new for each request.",
            ),
        ),
    )


def digest_of(request: Request, body: bytes) -> bytes:
    """Return what two requests must share to be the same one: the address and the body, byte by byte."""
    address = f"{request.method} {request.scope['path']}?{request.scope['query_string'].decode('latin-1')}\n"
    return sha256(address.encode("utf-8", "replace") + body).digest()


def route_of(request: Request) -> str:
    route: Any = request.scope["route"]
    return f"{request.method} {route.path}"


async def _once(
    request: Request,
    actor: CurrentActor,
    now: Now,
    idempotency_key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="New for each request, the same each time it is sent."),
    ] = None,
) -> Once:
    owner = actor.account_id or actor.case_id or actor.link_id
    if owner is None:
        raise Unauthenticated
    key = read_key(idempotency_key)
    digest = digest_of(request, await request.body())
    return Once(house_of(request), owner, route_of(request), key, digest, now)


OnceDep = Annotated[Once, Depends(_once)]
