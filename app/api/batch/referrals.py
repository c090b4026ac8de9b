"""An agency's batch: each move goes the way of its single route, in a savepoint, and gets a verdict.

The key of a move is that of the batch's address: a move that is sent again with the same id is told again,
whichever batch it comes in.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import ValidationError

from app.api.acts import Call
from app.api.batch.verdicts import Result, faulty, refused
from app.api.deps import Expected
from app.api.errors import refusal_of
from app.api.notes import Noted, note
from app.api.once import Once
from app.api.reading import Reading
from app.api.schemas.referral_batches import MoveIn
from app.db.queries import idempotency
from app.db.queries import referrals as stored
from app.db.queries.idempotency import Key
from app.db.session import Tx, savepoint, transaction
from app.domain.errors import DeskError, FieldError, Forbidden, Invalid, NotFound, Unavailable
from app.domain.ids import parse_public_id, public_id

MOST: Final = 25
"""Moves in one transaction: whoever else waits for one of their cases waits no longer than for these."""
_ROUTE: Final = "POST /v1/referrals/batch"
Place = tuple[str, UUID]
"""Tenant and id of a referral."""


async def run_moves(
    request: Request, reading: Reading, routes: Sequence[APIRoute], account_id: UUID, asked: Sequence[MoveIn]
) -> list[Result]:
    """Do the moves in the order sent; return one verdict for each."""
    by_id = {route.operation_id or "": route for route in routes}
    mover = _Mover(request, reading, account_id, by_id)
    results: list[Result] = []
    for n in range(0, len(asked), MOST):
        chunk = asked[n : n + MOST]
        try:
            results += await mover.move(chunk)
        except Unavailable as error:
            results += [refused(request, one.id, error) for one in chunk]
    return results


def write(results: Iterable[Result]) -> bytes:
    return b'{"results":[%s]}' % b",".join(_written(one) for one in results)


def _written(one: Result) -> bytes:
    fields = [
        ("id", _json(one.id)),
        ("verdict", _json(one.verdict)),
        ("status", _json(one.status)),
        ("referral", _json(one.made)),
        ("etag", _json(one.etag)),
        ("answer", one.answer or b"null"),
        ("problem", one.problem or b"null"),
    ]
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), value) for name, value in fields) + b"}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class _Mover:
    request: Request
    reading: Reading
    account_id: UUID
    routes: Mapping[str, APIRoute]
    places: dict[str, Place | DeskError] = field(default_factory=dict)
    """Of each move of the chunk: which referral it is about, or why that cannot be told."""

    async def move(self, asked: Sequence[MoveIn]) -> list[Result]:
        """Do one chunk in one transaction; its verdicts hold only if this returns.

        Raises:
            Unavailable: the database went away; nothing of this was done.
        """
        async with transaction(self.reading.house.database.sessions) as tx:
            self.places = {one.id: await self._place(tx, one) for one in asked}
            named = {place for place in self.places.values() if isinstance(place, tuple)}
            await stored.lock_all(tx, self.reading.sight, named)
            return [await self._one(tx, one) for one in asked]

    async def _place(self, tx: Tx, asked: MoveIn) -> Place | DeskError:
        try:
            if asked.referral is not None:
                return _read_id(asked.referral)
            return await self._by_reference(tx, asked)
        except DeskError as error:
            return error

    async def _by_reference(self, tx: Tx, asked: MoveIn) -> Place:
        if asked.action == "external_reference":
            raise _wrong(
                "/referral",
                "needed",
                "Nomor sendiri diganti lewat id rujukan, bukan lewat nomor lama.",
                "Your own number is changed by the referral's id, not by the number it has.",
            )
        own = {grant.agency for grant in self.reading.actor.grants if grant.agency is not None}
        agencies = own if asked.agency is None else {asked.agency}
        if not agencies:
            raise _wrong(
                "/agency", "needed", "Sebutkan lembaga pemilik nomor ini.", "Say which agency's number it is."
            )
        return await stored.find_by_reference(tx, self.reading.sight, agencies, asked.reference or "")

    async def _one(self, tx: Tx, asked: MoveIn) -> Result:
        place = self.places[asked.id]
        if isinstance(place, NotFound) and asked.reference is not None:
            # A move before this one may have given it the number.
            place = await self._place(tx, asked)
        if isinstance(place, DeskError):
            return refused(self.request, asked.id, place)
        route = self._route(asked)
        try:
            async with savepoint(tx):
                result = await self._do(tx, asked, route, place)
        except DeskError as error:
            self._note(route, place, error)
            done = await self._was_done(tx, asked, route, place, error)
            return done or refused(self.request, asked.id, error)
        except Exception as error:  # noqa: BLE001  # one move that we fail on may not hold up a whole batch
            return faulty(self.request, asked.id, error)
        finally:
            tx.expunge_all()
        self._note(route, place, None)
        return result

    def _route(self, asked: MoveIn) -> APIRoute:
        words = "".join(part.title() for part in asked.action.split("_"))
        return self.routes[f"referral{words}"]

    async def _do(self, tx: Tx, asked: MoveIn, route: APIRoute, place: Place) -> Result:
        model = route.endpoint.__annotations__["body"]
        try:
            body = model.model_validate(asked.body)
        except ValidationError as error:
            wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            raise refusal_of(wrong) from error
        tag = "*" if asked.version is None else str(asked.version)
        call = Call(self.reading, tx, Expected((tag,)), self._once(asked, route, place))
        id_ = public_id(*place)
        response = await route.endpoint(referral_id=id_, body=body, call=call)
        return Result(
            asked.id,
            "replayed" if "Idempotency-Replayed" in response.headers else "applied",
            response.status_code,
            etag=response.headers.get("ETag"),
            answer=bytes(response.body),
            made=id_,
        )

    def _once(self, asked: MoveIn, route: APIRoute, place: Place) -> Once:
        content = json.dumps(asked.body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        address = route.path.format(referral_id=public_id(*place))
        digest = sha256(f"POST {address}?\n{content}".encode()).digest()
        return Once(self.reading.house, self.account_id, _ROUTE, asked.id, digest, self.reading.now)

    async def _was_done(
        self, tx: Tx, asked: MoveIn, route: APIRoute, place: Place, error: DeskError
    ) -> Result | None:
        """Return that it was done before, if so: whoever may not see it any more is told no more."""
        if not isinstance(error, NotFound | Forbidden):
            return None
        once = self._once(asked, route, place)
        kept = await idempotency.digest_kept(tx, Key(place[0], self.account_id, _ROUTE, asked.id))
        return Result(asked.id, "replayed") if kept == once.body_digest else None

    def _note(self, route: APIRoute, place: Place, error: DeskError | None) -> None:
        """Leave in the access log what the single route would."""
        if error is None or isinstance(error, NotFound | Forbidden):
            result = "ok" if error is None else error.code
            noted = Noted(route.operation_id or route.name, "referral", result, place[1], place[0])
            note(self.request, noted, self.reading.now)


def _read_id(text: str) -> Place:
    found = parse_public_id(text)
    if found is None:
        raise stored.not_found()
    return found.tenant, found.id


def check_moves(asked: Sequence[MoveIn]) -> None:
    """Look at the batch as a whole.

    Raises:
        Invalid: an id stands twice, or a move does not name exactly one referral.
    """
    wrong: list[FieldError] = []
    seen: set[str] = set()
    for n, one in enumerate(asked):
        if one.id in seen:
            wrong.append(
                FieldError(
                    f"/moves/{n}/id",
                    "twice",
                    "Id ini sudah dipakai langkah lain dalam kiriman ini.",
                    "Another move of this batch has this id.",
                )
            )
        seen.add(one.id)
        if (one.referral is None) == (one.reference is None):
            wrong.append(
                FieldError(
                    f"/moves/{n}/referral",
                    "one_named",
                    "Sebutkan tepat satu: id rujukan, atau nomor Anda sendiri.",
                    "Name exactly one: the referral's id, or your own number for it.",
                )
            )
    if wrong:
        raise Invalid(fields=tuple(wrong[:50]))


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
