"""Being asked by the DCI interface: a signed message is taken once, each of its requests is answered."""

from app.services.dci.admitting import Admitted, Incoming, Turned, admit, digest_of
from app.services.dci.answering import (
    Frame,
    Made,
    answer_of,
    enrolled_message,
    keys_of,
    search_message,
)
from app.services.dci.enrolling import Enrolled, EnrolQuestion, tell_enrolled
from app.services.dci.partners import Setting, get_partner, set_partner
from app.services.dci.searching import (
    MOST_RECORDS,
    Answered,
    Basis,
    Page,
    Question,
    Search,
    record_items,
    search,
)
from app.services.dci.sending import (
    ASYNC_SEARCH,
    LEASE,
    Sending,
    keep_answer,
    send_one,
    status_message,
)

__all__ = [
    "ASYNC_SEARCH",
    "LEASE",
    "MOST_RECORDS",
    "Admitted",
    "Answered",
    "Basis",
    "EnrolQuestion",
    "Enrolled",
    "Frame",
    "Incoming",
    "Made",
    "Page",
    "Question",
    "Search",
    "Sending",
    "Setting",
    "Turned",
    "admit",
    "answer_of",
    "digest_of",
    "enrolled_message",
    "get_partner",
    "keep_answer",
    "keys_of",
    "record_items",
    "search",
    "search_message",
    "send_one",
    "set_partner",
    "status_message",
    "tell_enrolled",
]
