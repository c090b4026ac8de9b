"""The one shape of every error (RFC 9457)."""

from pydantic import Field

from app.api.schemas.base import Out


class ProblemField(Out):
    pointer: str = Field(description="JSON pointer into the body; `/query/…` or `/header/…` outside it.")
    code: str
    detail: str = Field(description="What to do, in the caller's language.")


class Problem(Out):
    """What went wrong and what to do, in the language of `Accept-Language` (Indonesian by default)."""

    type: str = Field(description="Stable; `/problems/` and the code.")
    title: str
    status: int
    code: str = Field(description="Public and stable; programs decide by it.")
    detail: str
    instance: str = Field(description="Names the request; tell it to the operator.")
    errors: list[ProblemField] | None = None
    data: dict[str, object] | None = Field(default=None, description="Codes and public ids that help.")
