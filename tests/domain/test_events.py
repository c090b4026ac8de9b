"""Events carry ids and codes only, and fall into their place in the chain."""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from app.domain.chain import GENESIS, NO_ROWS, ChainRow, canonical, verify_chain
from app.domain.codes import ActorKind, CaseKind
from app.domain.events import EVENTS
from app.domain.events.assistance import AssistanceEvent
from app.domain.events.base import Act, Event, event_body, form_of, record_event
from app.domain.events.cases import CaseEvent, CaseOpened, CasePatched, CaseRated, CaseRouted
from app.domain.events.graduation import GraduationEvent
from app.domain.events.letters import LetterEvent
from app.domain.events.others import GrantGiven, OverrideEvent, ThingEvent
from app.domain.events.programs import VersionEvent
from app.domain.events.referrals import (
    LedgerEvent,
    LedgerGiven,
    ReferralDelivered,
    ReferralEvent,
    ReferralStep,
)
from app.domain.events.rights import DataRequestEvent

CASE, REFERRAL, LINE, SOMEONE = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 11, 25, 3, 4, 5, tzinfo=UTC)
ACT = Act(ActorKind.OFFICER, SOMEONE, AT, UUID(int=9))
ABSTRACT = {
    AssistanceEvent,
    CaseEvent,
    DataRequestEvent,
    GraduationEvent,
    LedgerEvent,
    LetterEvent,
    OverrideEvent,
    ReferralEvent,
    ReferralStep,
    ThingEvent,
    VersionEvent,
}


def opened(**other: Any) -> CaseOpened:
    given: dict[str, Any] = {
        "case_id": CASE,
        "ticket": "1374-3F7K-9QX2-M",
        "kind": CaseKind.LAYANAN,
        "category": "KEBUTUHAN_LAYANAN",
        "sector": None,
        "channel": "DATANG",
        "priority": "BIASA",
        "confidentiality": "BIASA",
        "subject_kind": "person",
        "place": "13.74.01.1003",
        "holder": "desk",
        "legal_basis": "PUBLIC_DUTY",
    }
    return CaseOpened(**{**given, **other})


def descendants(kind: type[Event]) -> set[type[Event]]:
    found = set(kind.__subclasses__())
    return found.union(*(descendants(child) for child in found)) if found else found


def test_every_event_is_listed_once_under_its_own_type() -> None:
    # A dataclass with slots is made twice; only the second is what the name means.
    named = {f"{kind.__module__}.{kind.__name__}" for kind in descendants(Event) - ABSTRACT}
    named -= {f"{kind.__module__}.{kind.__name__}" for kind in ABSTRACT}
    assert named == {f"{kind.__module__}.{kind.__name__}" for kind in EVENTS.values()}
    assert all(kind.type == name and "." in name for name, kind in EVENTS.items())


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.type)
def test_no_field_can_hold_words(kind: type[Event]) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        text = "str" in repr(hints[field.name]).replace("Annotated[str", "Annotated[text")
        assert not text, f"{kind.type}.{field.name} is text without a form"
        assert "Annotated" not in repr(hints[field.name]) or form_of(hints[field.name]) is not None
        assert "dict" not in repr(hints[field.name])
    assert kind.label.id
    assert kind.label.en


@pytest.mark.parametrize(
    "words",
    [
        "Siti Aminah",
        "1374014507900001",
        "+6281234567890",
        "Jl. Sudirman 3",
        "",
        "a" * 81,
        "siti@x.id",
        "caf\u00e9",
    ],
)
def test_words_and_numbers_of_people_are_refused(words: str) -> None:
    for event in (
        opened(category=words),
        opened(place=words),
        opened(ticket=words),
        opened(chronology_hmac=words),
        CasePatched(case_id=CASE, changed=("place", words)),
    ):
        with pytest.raises(ValueError, match="not of its form") as caught:
            event.data()
        assert not words or words not in str(caught.value)


def test_data_is_json_without_the_columns_and_without_nothing() -> None:
    data = opened().data()
    assert data["kind"] == "LAYANAN"
    assert type(data["kind"]) is str
    assert "case_id" not in data
    assert "sector" not in data
    routed = CaseRouted(
        case_id=CASE,
        decision_id=LINE,
        engine_version="1",
        destination="secretariat",
        eligible=("PKH", "PBI_APBD-1371"),
    )
    assert routed.data() == {
        "decision_id": str(LINE),
        "engine_version": "1",
        "destination": "secretariat",
        "eligible": ["PKH", "PBI_APBD-1371"],
        "waitlist": [],
        "needs_information": [],
    }
    given = LedgerGiven(
        case_id=CASE,
        referral_id=REFERRAL,
        line_id=LINE,
        program="PKH",
        component="pregnant",
        amount_idr=750_000,
        given_on=date(2026, 11, 1),
    )
    assert given.data()["given_on"] == "2026-11-01"
    assert given.data()["difference_idr"] == 0


def test_records_follow_each_other_in_the_stream_of_the_case() -> None:
    first = record_event(opened(), ACT, regency_code="13.74", id_=UUID(int=11), after=NO_ROWS)
    delivered = ReferralDelivered(
        case_id=CASE,
        referral_id=REFERRAL,
        program="PKH",
        agency="KEMENSOS",
        round=1,
        from_status="accepted",
        to_status="in_service",
        line_id=LINE,
        component="pregnant",
    )
    second = record_event(delivered, ACT, regency_code="13.74", id_=UUID(int=12), after=first.head)
    third = record_event(
        CaseRated(case_id=CASE, rating=5),
        Act(ActorKind.RESIDENT, None, AT, UUID(int=10)),
        regency_code="13.74",
        id_=UUID(int=13),
        after=second.head,
    )
    rows = [first, second, third]
    assert [row.n for row in rows] == [1, 2, 3]
    assert {row.stream_id for row in rows} == {CASE}
    assert (first.prev_hash, second.prev_hash, third.prev_hash) == (GENESIS, first.hash, second.hash)
    assert (second.case_id, second.referral_id, third.referral_id) == (CASE, REFERRAL, None)
    chain = [ChainRow(row.n, row.prev_hash, row.hash, event_body(row)) for row in rows]
    assert verify_chain(chain, head=third.head) is None


def test_the_body_of_a_row_is_its_canonical_form() -> None:
    row = record_event(opened(), ACT, regency_code="13.74", id_=UUID(int=11), after=NO_ROWS)
    odd = row._replace(
        type='"\\\u00e9\n', referral_id=LINE, actor_id=None, data={"b": 'x"', "a": [1, None, "\u00e9"]}
    )
    for one in (row, odd):
        columns = {name: getattr(one, name) for name in one._fields if name not in {"prev_hash", "hash"}}
        assert event_body(one) == canonical({"v": 1, **columns})


def test_every_column_is_under_the_hash() -> None:
    row = record_event(opened(), ACT, regency_code="13.74", id_=UUID(int=11), after=NO_ROWS)
    changes: dict[str, Any] = {
        "regency_code": "13.71",
        "id": LINE,
        "stream_id": LINE,
        "n": 2,
        "case_id": None,
        "referral_id": LINE,
        "type": "case.patched",
        "at": AT.replace(microsecond=1),
        "actor_kind": "system",
        "actor_id": None,
        "cause_id": LINE,
        "data": {},
    }
    assert set(changes) == set(row._fields) - {"prev_hash", "hash"}
    for column, value in changes.items():
        assert event_body(row._replace(**{column: value})) != event_body(row), column


def test_things_without_a_case_are_their_own_stream() -> None:
    grant = GrantGiven(thing_id=SOMEONE, grant_id=LINE, role="desk_officer", region="13.74.01.1003")
    row = record_event(grant, ACT, regency_code="13.74", id_=UUID(int=11), after=NO_ROWS)
    assert (row.stream_id, row.case_id) == (SOMEONE, None)
    assert row.data == {"grant_id": str(LINE), "role": "desk_officer", "region": "13.74.01.1003"}
