"""What is drawn has the form that the domain reads."""

from datetime import UTC, datetime

from app.domain.ids import instant_of, tenant_of_token
from app.domain.tickets import is_weak_pin, parse_pin, parse_ticket
from app.integrations.randomness import Ids

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_draws_are_well_formed_and_differ() -> None:
    ids = Ids()
    assert instant_of(ids.new_id(NOW)) == NOW
    assert tenant_of_token(ids.token("13")) == "13"
    ticket = ids.ticket("13.74")
    assert parse_ticket(ticket.text) == ticket
    assert len({ids.new_id(NOW) for _ in range(200)} | {ids.token("ID") for _ in range(200)}) == 400
    pins = [ids.pin() for _ in range(2000)]
    assert all(parse_pin(pin) == pin and not is_weak_pin(pin) for pin in pins)
    assert len(set(pins)) > 1900
