"""The rights of a person over her data (Law 27/2022, articles 5 to 13) and the duty to tell of a breach (46).

Pure: which kinds of wishes there are, who must decide them, until when, and what is said of a breach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.documents import Words
from app.domain.errors import Conflict

HOURS: Final = 72
"""3 x 24 hours by the calendar, nights and holidays included; policies ``data_request_hours`` and
``breach_notice_hours`` say otherwise."""


class RequestKind(StrEnum):
    COPY = "copy"
    CORRECT = "correct"
    FREEZE = "freeze"
    ERASE = "erase"
    OBJECT = "object"
    """To routing by rule alone: a person at the secretariat decides where her cases go."""
    WITHDRAW_CONSENT = "withdraw_consent"


class RequestState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    """One authorised person agrees; another must, before anything is erased."""
    GRANTED = "granted"
    REFUSED = "refused"


class BreachState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


FOUR_EYES: Final = frozenset({RequestKind.ERASE})
RESTRAINING: Final = frozenset({RequestKind.FREEZE, RequestKind.OBJECT})
"""What stays in force until it is lifted."""
WAITING: Final = frozenset({RequestState.OPEN, RequestState.PROPOSED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What saying yes leads to: the next state, and whether it is done now."""

    state: RequestState
    done: bool


def grant(kind: RequestKind, state: RequestState, *, same_person: bool) -> Verdict:
    """Decide what a yes does.

    Raises:
        Conflict: it was decided already; or the second yes comes from whoever gave the first.
    """
    if state not in WAITING:
        raise decided()
    if kind not in FOUR_EYES:
        return Verdict(RequestState.GRANTED, done=True)
    if state is RequestState.OPEN:
        return Verdict(RequestState.PROPOSED, done=False)
    if same_person:
        raise Conflict(
            "four_eyes",
            "Penghapusan memerlukan persetujuan orang kedua, bukan yang mengusulkan.",
            "An erasure needs the yes of a second person, not of whoever proposed it.",
        )
    return Verdict(RequestState.GRANTED, done=True)


def decided() -> Conflict:
    return Conflict(
        "decided_already", "Permintaan ini sudah diputuskan.", "This request has been decided already."
    )


def due_at(taken_at: datetime, hours: int) -> datetime:
    return taken_at + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Incident:
    """What the two notices are written from; texts are in the language of the notice."""

    body: str
    """Who is answerable: the regency's secretariat."""
    nature: str
    data: Sequence[str]
    persons: int
    happened: str
    found: str
    what: str
    done: str
    contact: str


def to_authority(one: Incident) -> Words:
    """Write what the authority is told (article 46: which data, when and how, what was done about it)."""
    return Words(
        f"Pemberitahuan kegagalan pelindungan data pribadi\n\nPengendali: {one.body}\n"
        f"Jenis kejadian: {one.nature}\nWaktu kejadian: {one.happened}\nDiketahui: {one.found}\n"
        f"Data yang terungkap: {', '.join(one.data)}\nPerkiraan jumlah orang: {one.persons}\n"
        f"Bagaimana terjadi: {one.what}\nUpaya penanganan dan pemulihan: {one.done}\n"
        f"Narahubung: {one.contact}",
        f"Notice of a personal data breach\n\nController: {one.body}\nNature: {one.nature}\n"
        f"When: {one.happened}\nFound: {one.found}\nData: {', '.join(one.data)}\n"
        f"Persons, about: {one.persons}\nHow it happened: {one.what}\nWhat was done: {one.done}\n"
        f"Contact: {one.contact}",
    )


def to_persons(one: Incident) -> Words:
    """Write what the persons concerned are told, in plain words."""
    return Words(
        f"Yth. Bapak/Ibu,\n\n{one.body} memberitahukan bahwa data pribadi Anda mungkin diketahui, diubah, "
        f"atau hilang tanpa hak ({one.nature}).\n\nData: {', '.join(one.data)}.\nWaktu: {one.happened}.\n"
        f"Yang terjadi: {one.what}\nYang sudah kami lakukan: {one.done}\n\n"
        f"Jangan berikan PIN atau kode apa pun kepada orang yang menghubungi Anda. "
        f"Bertanya: {one.contact}.",
        f"Dear resident,\n\n{one.body} tells you that your personal data may have been seen, changed or lost "
        f"without right ({one.nature}).\n\nData: {', '.join(one.data)}.\nWhen: {one.happened}.\n"
        f"What happened: {one.what}\nWhat we did: {one.done}\n\nGive no PIN or code to whoever calls you. "
        f"Questions: {one.contact}.",
    )
