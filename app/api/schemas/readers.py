"""Bodies of naming who may see a closed case."""

from app.api.schemas.base import CodeText, In, Out


class ReaderIn(In):
    account: CodeText


class ReaderOut(Out):
    account: str
    login: str
    name: str
