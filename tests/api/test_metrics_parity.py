"""Every cell of the figures opens a list that holds exactly as many, for every role that may read figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.domain.indicators import INDICATORS, Indicator, Subject
from app.domain.indicators import Kind as Counted
from app.domain.months import Month
from tests.support.figured import edges, lived
from tests.support.http import Person
from tests.support.personas import AGENCIES, EXPIRED, HOME, RECEIVERS, REVOKED, Kind, kinds, settle
from tests.support.proof import LONG
from tests.support.rights import COUNTERS, R

pytestmark = pytest.mark.commits

SHORT: Final = {"own", "receiver", "other_agency"}
ELSEWHERE: Final = {(R.DESK_OFFICER, "other_village"), (R.MANAGER, "other_regency")}
READERS: Final = [
    kind
    for kind in kinds()
    if kind.role in COUNTERS
    and kind not in {EXPIRED, REVOKED}
    and (LONG or kind.relation in SHORT or (kind.role, kind.relation) in ELSEWHERE)
]
ORDERED: Final = sorted(READERS, key=lambda kind: kind.relation != "own")
COUNTS: Final = [
    one for one in INDICATORS.values() if one.kind is not Counted.DURATION and one.code != "rating_sum"
]
"""What leads to a list."""
TENANT: Final = "13.74"


@dataclass
class Ground:
    house: House
    people: dict[Kind, Person]
    counted: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def counts(self, kind: Kind) -> list[Indicator]:
        """What leads to a list that the reader may read."""
        receives = kind.relation in AGENCIES and kind.role in RECEIVERS
        return [one for one in COUNTS if not receives or one.subject is Subject.REFERRAL]

    async def ask(self, kind: Kind, **question: Any) -> dict[str, Any]:
        answer = await self.people[kind].post("/v1/metrics/query", question)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def holds(self, kind: Kind, name: str, query: str) -> int:
        """How many the list of that query holds; each is counted once."""
        key = (str(kind), name, query)
        if key not in self.counted:
            answer = await self.people[kind].get(f"/v1/{name}?limit=1&count=true&{query}")
            assert answer.status_code == 200, (query, answer.text)
            self.counted[key] = answer.json()["count"]
        return self.counted[key]


@pytest.fixture(scope="module")
async def ground(house: House, client: AsyncClient, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    people = await settle(house, client)
    await lived(house, people, tmp_path_factory.mktemp("work"))
    return Ground(house, people)


def questions(measures: list[Indicator], number: int) -> Iterator[dict[str, Any]]:
    """Give questions that have each measure with its dimensions, its places and its months.

    In the short form a reader gets a share of them, and all readers together get all of them.
    """
    this = Month.of(edges(0).date() + timedelta(days=1))
    period = {"from": this.plus(-3).text, "to": this.text}
    asked = []
    for measure in measures:
        timed = {} if measure.kind is Counted.STOCK else period
        one = {"measures": [measure.code], **timed}
        asked += [{**one, "by": by} for by in measure.dimensions]
        asked += [{**one, "place": place} for place in ("regency", "district", "village")]
        asked += [{**one, "region": region, "by": measure.dimensions[0]} for region in (HOME, HOME[:8], "13")]
        asked += [{**one, "grain": "month"}] if timed else []
    yield from (one for n, one in enumerate(asked) if LONG or n % SHARE == number % SHARE)


SHARE: Final = len([kind for kind in READERS if kind.relation == "own"])
"""A reader gets one question in so many: those at home together get all, and the others their part."""


@pytest.mark.parametrize(("number", "kind"), list(enumerate(ORDERED)), ids=[str(one) for one in ORDERED])
async def test_each_cell_opens_a_list_of_as_many(ground: Ground, number: int, kind: Kind) -> None:
    told = 0
    for question in questions(ground.counts(kind), number):
        answer = await ground.ask(kind, **question)
        (figure,) = answer["figures"]
        assert answer["as_of"] is not None
        for cell in figure["cells"]:
            held = await ground.holds(kind, cell["list"], cell["filter"])
            assert held == cell["n"], (question, cell["filter"])
            told += cell["n"]
    assert told > 0
