"""The words of events: in a page each says what it says alone."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from app.api.deps import House
from app.api.presenters.events import SPOKEN, event_out, events_out
from app.db.queries.feed import FeedEvent

ONE = FeedEvent(
    "13.74", 1, UUID(int=1), uuid4(), None, None, "case.opened", datetime(2026, 11, 27, tzinfo=UTC),
    "officer", None, uuid4(), {},
)  # fmt: skip
SAID: dict[str, tuple[Any, ...]] = {
    "kind": ("LAYANAN", "PENGADUAN"),
    "program": ("PKH", "BLT_KOTA"),
    "agency": ("KEMENSOS", "BPJS"),
    "reason": ("QUOTA_FULL", "OTHER"),
    "missing": (["KTP"], ["KK"], ["KTP", "KK"]),
    "amount_idr": (1_000, 2_000),
    "rating": (1, 5),
    "outcome": ("FULFILLED", "WITHDRAWN"),
    "paper": ("KTP", "KK"),
}


class Asked(dict[str, Any]):
    """Data of an event that remembers which of its fields were asked for by name."""

    names: frozenset[str] = frozenset()

    def get(self, key: str, default: Any = None) -> Any:
        self.names |= {key}
        return super().get(key, default)


async def test_events_of_one_type_that_say_other_things_have_other_words(house: House) -> None:
    known = await house.knowledge.current(house.clock())
    for name, values in SAID.items():
        for referral in (None, uuid4()):
            events = [ONE._replace(data={name: value}, referral_id=referral) for value in values]
            alone = [event_out(known, one, {}) for one in events]
            assert events_out(known, events, {}) == alone
            assert len({one.words.id for one in alone}) == len(values), name
    steps = [
        ONE._replace(data={"from_status": "registered", "to_status": to}, referral_id=of)
        for to in ("verifying", "handling")
        for of in (None, uuid4())
    ]
    assert events_out(known, steps, {}) == [event_out(known, one, {}) for one in steps]


async def test_no_field_makes_words_but_those_that_are_named(house: House) -> None:
    asked = Asked()
    event_out(await house.knowledge.current(house.clock()), ONE._replace(data=asked), {})
    assert asked.names <= SPOKEN
    assert {"program", "reason"} <= asked.names
