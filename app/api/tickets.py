"""Tickets in paths: read tolerantly, and unknown when they cannot be read."""

from app.db.queries.cases import not_found
from app.domain.tickets import Ticket, parse_ticket


def read_ticket(text: str) -> Ticket:
    """Return the ticket of a path.

    Raises:
        NotFound: it is none; a mistyped ticket looks like one that is not there.
    """
    found = parse_ticket(text)
    if isinstance(found, Ticket):
        return found
    raise not_found()
