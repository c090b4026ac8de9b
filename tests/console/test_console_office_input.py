"""Any input at all into the forms of the office: a refusal, never a fault of ours."""

import re

import pytest

from app.api.deps import House
from app.console.routes.offices import OFFICE
from tests.support.office import a_clerk

pytestmark = pytest.mark.commits
NASTY = ("", "\u202ex<script>", "9" * 400, "2026-13-45", "a\r\nb")
NAMES = (
    "url",
    "types",
    "name",
    "code",
    "scopes",
    "expires_at",
    "key",
    "n",
    "etag",
    "override",
    "bound.fact",
    "bound.value",
    "fact",
    "op",
    "value",
    "place",
    "group",
    "pointer",
    "dokumen",
    "ticket",
    "other",
    "tickets",
    "decision",
    "account",
    "from",
    "to",
    "absence",
    "turn",
    "amount",
    "policy",
    "date",
    "event",
    "body",
    "persons",
    "happened_at",
    "row",
    "valid_from",
)


async def test_no_form_of_the_office_is_a_fault_of_ours(house: House) -> None:
    pages = [(re.sub(r"{\w+}", "x", path), method) for one in OFFICE for path, method, _ in one.PAGES]
    async with a_clerk(house, "manajer@1374") as manager:
        for nasty in NASTY:
            for path, method in pages:
                data = {**dict.fromkeys(NAMES, nasty), "kunci": manager.key, "sekali": nasty}
                if method == "GET":
                    answer = await manager.client.get(
                        path, params={"cursor": nasty, "state": nasty, "year": nasty}
                    )
                else:
                    answer = await manager.client.post(path, data=data)
                assert answer.status_code < 500, (path, nasty, answer.text[-600:])
