"""The tour of figures: each kind of question, by whoever may ask; the others are refused."""

from typing import Any, Final

from tests.support.http import Person

PERIOD: Final = {"from": "2026-01", "to": "2026-02"}
QUESTIONS: Final[tuple[dict[str, Any], ...]] = (
    {"measures": ["open", "escalated"], "by": "status", "place": "district"},
    {"measures": ["opened"], "by": "sex", "values": ["P"], "region": "13.74.01", **PERIOD},
    {"measures": ["resolved"], "grain": "month", "compare": "previous_year", "region": "13", **PERIOD},
    {"measures": ["hours_to_resolve"], "place": "village", "region": "13.74.01.1005"},
    {"measures": ["referred"], "by": "level", "place": "regency", **PERIOD},
    {"measures": ["refused"], "by": "reason", "top": 1, "region": "13.74.01", "place": "village"},
)


async def figures_tour(who: Person) -> None:
    for question in QUESTIONS:
        answer = await who.post("/v1/metrics/query", question)
        assert answer.status_code in {200, 403}, (question, answer.text)
