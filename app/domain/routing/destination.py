"""Where a case goes next: solved here, to the secretariat, or straight to an agency."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.codes import CaseKind, Priority
from app.domain.documents import Words
from app.domain.routing.decision import Decision
from app.domain.routing.model import Mode, Verdict

PROTECTION: Final = "UPTD_PPA"
SOCIAL_OFFICE: Final = "DINSOS"
_DUTIES: Final = {"KEBENCANAAN": "TAGANA", "KESEHATAN": "RSUD"}
"""Who is called out where the category does not say: the disaster team, the hospital's receiver."""


class Where(StrEnum):
    HERE = "here"
    SECRETARIAT = "secretariat"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the regency lets its desks do by themselves."""

    direct: frozenset[str] = frozenset()
    """Programmes that a desk refers to without the secretariat."""
    here: frozenset[str] = frozenset()
    """Programmes that the desk itself gives, such as the village's own letter."""


@dataclass(frozen=True, slots=True)
class Destination:
    where: Where
    reason: Words
    agencies: tuple[str, ...] = ()
    """Bodies; one without suffix is the regency's body of that kind."""
    programs: tuple[str, ...] = ()
    """What is proposed there, best first; the ones that complement each other together."""
    rung: str | None = None
    """The rung of the complaint ladder it goes to."""
    duty: str | None = None
    """The roster or receiver to call out."""
    closed: bool = False
    """The protected channel: no list, no hint, no notice outside it."""
    at_once: bool = False


def destination(decision: Decision, policy: Policy) -> Destination:
    """Say where the case goes under the regency's *policy*."""
    if decision.mode is Mode.CLOSED_CHANNEL:
        return _protected(decision)
    if _emergency(decision):
        return _at_once(decision)
    if decision.mode is Mode.ANSWER:
        return _answer(decision)
    if decision.ladder:
        return _next_rung(decision, policy)
    if decision.mode is Mode.LADDER:
        said = Words(
            "Pengaduan diputuskan sekretariat: tidak ada jenjang pengaduan yang tersisa.",
            "The secretariat decides the complaint: no rung of a ladder is left.",
        )
        return Destination(Where.SECRETARIAT, said)
    return _by_match(decision, policy)


def _protected(decision: Decision) -> Destination:
    said = Words(
        "Kekerasan ditangani lewat jalur tertutup UPTD PPA.",
        "Violence goes through the closed channel of the protection unit.",
    )
    if _emergency(decision):
        return Destination(Where.AGENCY, said, (SOCIAL_OFFICE,), duty=PROTECTION, closed=True, at_once=True)
    return Destination(Where.AGENCY, said, (PROTECTION,), closed=True)


def _emergency(decision: Decision) -> bool:
    need = decision.question.need
    return need.kind is CaseKind.DARURAT or need.priority is Priority.DARURAT


def _at_once(decision: Decision) -> Destination:
    need = decision.question.need
    said = Words(
        "Darurat: segera ke Dinas Sosial dan petugas siaga.",
        "Emergency: at once to the social office and whoever is on duty.",
    )
    duty = need.duty or _DUTIES.get(need.sector or "")
    fitting = _fitting(decision)
    return Destination(Where.AGENCY, said, (SOCIAL_OFFICE,), fitting, duty=duty, at_once=True)


def _answer(decision: Decision) -> Destination:
    about = decision.about
    if about is None:
        return Destination(Where.HERE, Words("Dijawab di meja ini.", "Answered at this desk."))
    said = Words(
        f"Dijawab di sini, atau diteruskan ke pemilik {about.name.id}.",
        f"Answered here, or passed to the owner of {about.name.en}.",
    )
    return Destination(Where.HERE, said, (about.agency,), (about.code,))


def _next_rung(decision: Decision, policy: Policy) -> Destination:
    about, rung = decision.about, decision.ladder[0]
    code = () if about is None else (about.code,)
    said = Words(f"Pengaduan naik ke: {rung.label.id}.", f"The complaint goes to: {rung.label.en}.")
    if rung.agency is None:
        return Destination(Where.HERE, said, (), code, rung.rung)
    where = Where.AGENCY if policy.direct.issuperset(code) else Where.SECRETARIAT
    return Destination(where, said, (rung.agency,), code, rung.rung)


def _codes(decision: Decision, verdict: Verdict, *, in_sector: bool) -> tuple[str, ...]:
    match, programs = decision.match, decision.view.programs
    places = match.found(verdict, in_sector=in_sector) if match else []
    return tuple(programs[place].code for place in places)


def _fitting(decision: Decision, *, in_sector: bool = False) -> tuple[str, ...]:
    """The best eligible programme, with the eligible ones that it complements or is complemented by."""
    eligible = _codes(decision, Verdict.ELIGIBLE, in_sector=in_sector)
    if not eligible:
        return ()
    by_code = {one.code: one.version.complements for one in decision.view.programs}
    best, *rest = eligible
    return (best, *(one for one in rest if one in by_code[best] or best in by_code[one]))


def _by_match(decision: Decision, policy: Policy) -> Destination:
    """What serves the sector she asked for goes first, even if it is waiting or has to be asked about."""
    for in_sector in (True, False):
        fitting = _fitting(decision, in_sector=in_sector)
        if fitting:
            return _proposed(decision, policy, fitting)
        waiting = _codes(decision, Verdict.WAITLIST, in_sector=in_sector)
        if waiting:
            return Destination(Where.SECRETARIAT, _WAITING, programs=waiting[:1])
        asking = _codes(decision, Verdict.NEEDS_INFORMATION, in_sector=in_sector)
        if asking:
            return Destination(Where.HERE, _ASKING, programs=asking[:1])
    return Destination(Where.SECRETARIAT, _NOTHING)


_WAITING: Final = Words(
    "Memenuhi syarat, kuota penuh: daftar tunggu.", "Eligible but full: the waiting list."
)
_ASKING: Final = Words("Lengkapi keterangan di meja ini dahulu.", "First complete the facts at this desk.")
_NOTHING: Final = Words(
    "Tidak ada program yang cocok: sekretariat mencari jalan lain.",
    "No programme fits: the secretariat looks for another way.",
)


def _proposed(decision: Decision, policy: Policy, fitting: tuple[str, ...]) -> Destination:
    view = decision.view
    chosen = [view.programs[view.places[code]] for code in fitting]
    agencies = tuple(dict.fromkeys(one.agency for one in chosen))
    names = Words(", ".join(one.name.id for one in chosen), ", ".join(one.name.en for one in chosen))
    if policy.here.issuperset(fitting):
        said = Words(f"Diberikan di meja ini: {names.id}.", f"Given at this desk: {names.en}.")
        return Destination(Where.HERE, said, agencies, fitting)
    if policy.direct.issuperset(fitting):
        said = Words(f"Dirujuk langsung: {names.id}.", f"Referred directly: {names.en}.")
        return Destination(Where.AGENCY, said, agencies, fitting)
    said = Words(f"Sekretariat menetapkan: {names.id}.", f"The secretariat decides: {names.en}.")
    return Destination(Where.SECRETARIAT, said, agencies, fitting)
