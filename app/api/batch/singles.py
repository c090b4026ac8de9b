"""The single route of each kind of operation: its very handler, called inside the batch's transaction."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from app.api.acts import Call
from app.api.batch.asked import Asked
from app.api.deps import Expected
from app.api.errors import refusal_of
from app.api.once import Answer, Once
from app.api.reading import Reading
from app.db.session import Tx
from app.domain.errors import FieldError, Invalid

_OPERATIONS: Final[Mapping[str, str]] = {
    "patch_case": "patchCase",
    "facts": "addFacts",
    "note": "addNote",
    "contact": "recordContact",
    "told": "caseTold",
    "assign": "assignCase",
    "visit_plan": "addVisit",
    "visit_complete": "completeVisit",
    "visit_cancel": "cancelVisit",
    "attach": "beginUpload",
    "task": "addTask",
    "hand_over": "caseHandOver",
}
_ANY: Final = Expected(("*",))
"""The version is not compared: the fields are, with what the device knew of them."""


@dataclass(frozen=True, slots=True)
class Single:
    operation_id: str
    method: str
    path: str
    personal: bool
    handler: Callable[..., Awaitable[Any]]
    body: type[BaseModel]
    takes: frozenset[str]

    @property
    def keeps_answer(self) -> bool:
        """Whether the handler itself keeps its first answer under a key; a PATCH does not."""
        return bool(self.takes & {"call", "once"})

    def route(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, ticket: str, visit_id: str | None) -> str:
        return self.path.format(ticket=ticket, visit_id=visit_id)


class Singles:
    """Found once in the routes of the application, by the ids of their operations."""

    def __init__(self, routes: list[APIRoute]) -> None:
        self._by_id = {route.operation_id or "": route for route in routes}

    def of(self, asked: Asked) -> Single:
        """Return the single route of the operation.

        Raises:
            Invalid: there is no such step.
        """
        given = asked.given
        if given.kind != "step":
            return _single(self._by_id[_OPERATIONS[given.kind]])
        words = "".join(part.title() for part in (given.action or "").split("_"))
        route = self._by_id.get(f"case{words}")
        if route is None or route.path != f"/v1/cases/{{ticket}}/{given.action}":
            raise Invalid(
                fields=(
                    FieldError("/action", "unknown_code", "Langkah ini tidak ada.", "There is no such step."),
                )
            )
        return _single(route)


def _single(route: APIRoute) -> Single:
    parameters = inspect.signature(route.endpoint).parameters
    (method,) = (route.methods or set()) - {"HEAD"}
    return Single(
        operation_id=route.operation_id or route.name,
        method=method,
        path=route.path,
        personal=bool((route.openapi_extra or {}).get("x-reads-person")),
        handler=route.endpoint,
        body=parameters["body"].annotation,
        takes=frozenset(parameters),
    )


@dataclass(frozen=True, slots=True)
class Doing:
    """One operation that is about to be done, and everything that its handler may ask for."""

    single: Single
    reading: Reading
    tx: Tx
    once: Once
    tenant: str
    ticket: str
    visit_id: str | None
    case_id: UUID
    body: Mapping[str, Any]

    async def call(self) -> Response:
        """Do it as the single route does; a replay gives the first answer again."""
        if self.single.keeps_answer:
            found = await self._handle(Response())
            if isinstance(found, Response):
                return found
            raise TypeError("A route that keeps its answer gives a response.")

        async def work() -> Answer:
            response = Response()
            shown = await self._handle(response)
            tagged = {"ETag": response.headers["ETag"]} if "ETag" in response.headers else {}
            return Answer(shown, 200, tagged, self.case_id)

        async def may_see() -> None:
            """The case was found in the caller's sight before the key is looked at."""

        return await self.once(self.tx, self.tenant, work, may_see=may_see)

    async def _handle(self, response: Response) -> Any:
        given: dict[str, Any] = {
            "ticket": self.ticket,
            "visit_id": self.visit_id,
            "body": self._body(),
            "call": Call(self.reading, self.tx, _ANY, self.once),
            "reading": self.reading,
            "tx": self.tx,
            "once": self.once,
            "expected": _ANY,
            "response": response,
        }
        return await self.single.handler(**{name: given[name] for name in self.single.takes})

    def _body(self) -> BaseModel:
        try:
            return self.single.body.model_validate(self.body)
        except ValidationError as error:
            raise refusal_of(
                [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            ) from error
