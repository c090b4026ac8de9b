"""Whom an emergency is put before at once, and what they are told: as little as lets them come.

An emergency goes to Dinsos and to whoever must act: the disaster volunteers, the protection unit, the
hospital (design, sections 4 and 12). A patient whose insurance is off goes to Dinsos and the hospital from
MENDESAK on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.codes import CaseKind, Priority, Purpose
from app.domain.facts import Facts
from app.domain.lifecycle import URGENT
from app.domain.routing import VIOLENCE, Need

DINSOS: Final = "DINSOS"
TAGANA: Final = "TAGANA"
PROTECTION: Final = "UPTD_PPA"
HOSPITAL: Final = "RSUD"
DUTIES: Final = (TAGANA, PROTECTION, HOSPITAL)
"""The rosters; codes of the set ``duty``."""
_BY_SECTOR: Final[Mapping[str, str]] = MappingProxyType({"KEBENCANAAN": TAGANA, "KESEHATAN": HOSPITAL})
_PATIENTS: Final = frozenset({"KEPESERTAAN_PBI_PASIEN", "PASIEN_DARURAT"})
"""Categories of somebody who is in care now without insurance."""
_TO_COME: Final = ("name", "phone", "address", "chronology")
_TO_RECEIVE: Final = ("name", "phone", "chronology")


@dataclass(frozen=True, slots=True)
class Called:
    """One body that gets a referral to its general programme."""

    agency: str
    """A kind: the body of that kind in the regency."""
    purpose: Purpose
    discloses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallOut:
    bodies: tuple[Called, ...]
    duty: str | None = None
    """The roster that is called out."""


def call_out(need: Need, facts: Facts) -> CallOut | None:
    """Say whom the case is put before at once; None where it is no emergency."""
    if need.kind is CaseKind.DARURAT or need.priority is Priority.DARURAT:
        return _emergency(need)
    if need.priority in URGENT and _is_uninsured_patient(need, facts):
        return CallOut((_dinsos(), _hospital()))
    return None


def may_be_emergency(priority: Priority, kind: CaseKind) -> bool:
    """Whether to look closer: what the hot path asks of every case."""
    return priority in URGENT or kind is CaseKind.DARURAT


def duty_of(need: Need) -> str | None:
    """Return the roster that an emergency of this need calls out."""
    if VIOLENCE in (need.category, need.root):
        return PROTECTION
    return need.duty or _BY_SECTOR.get(need.sector or "")


def is_disaster(need: Need) -> bool:
    """Whether it is an event of a place, under which cases of households can be opened."""
    return duty_of(need) == TAGANA or need.sector == "KEBENCANAAN"


def _emergency(need: Need) -> CallOut:
    duty = duty_of(need)
    match duty:
        case "UPTD_PPA":
            # The social office learns that there is an emergency and who has it, nothing of the person.
            told = Called(DINSOS, Purpose.INFORMATION, ())
            return CallOut((told, Called(PROTECTION, Purpose.AID, _TO_COME)), duty)
        case "RSUD":
            return CallOut((_dinsos(), _hospital()), duty)
        case _:
            return CallOut((_dinsos(),), duty)


def _dinsos() -> Called:
    return Called(DINSOS, Purpose.AID, _TO_COME)


def _hospital() -> Called:
    return Called(HOSPITAL, Purpose.INFORMATION, _TO_RECEIVE)


def _is_uninsured_patient(need: Need, facts: Facts) -> bool:
    in_care = facts.get("person.in_care_now") is True or facts.get("person.medical_emergency") is True
    off = facts.get("person.bpjs_status") == "INACTIVE"
    return need.category in _PATIENTS or (in_care and off)
