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
DISASTER_TEAM: Final = "TAGANA"
HOSPITAL: Final = "RSUD"


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
    return Destination(Where.AGENCY, said, (PROTECTION,), closed=True, at_once=_emergency(decision))


def _emergency(decision: Decision) -> bool:
    need = decision.question.need
    return need.kind is CaseKind.DARURAT or need.priority is Priority.DARURAT


def _at_once(decision: Decision) -> Destination:
    need = decision.question.need
    said = Words("Darurat: Dinas Sosial dan petugas siaga segera.", "Emergency: at once to Dinsos.")
    helpers = []
    if need.sector == "KEBENCANAAN" or need.category == "KONFLIK_BENCANA":
        helpers.append(DISASTER_TEAM)
    if need.sector == "KESEHATAN":
        helpers.append(HOSPITAL)
    return Destination(Where.AGENCY, said, (SOCIAL_OFFICE, *helpers), _fitting(decision), at_once=True)


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


def _fitting(decision: Decision) -> tuple[str, ...]:
    """The best eligible programme, with the eligible ones that complement it."""
    match, view = decision.match, decision.view
    eligible = [
        view.programs[place]
        for place in (match.order if match else ())
        if match and match.verdict(place) is Verdict.ELIGIBLE
    ]
    if not eligible:
        return ()
    best, rest = eligible[0], eligible[1:]
    return (
        best.code,
        *(
            one.code
            for one in rest
            if one.code in best.version.complements or best.code in one.version.complements
        ),
    )


def _by_match(decision: Decision, policy: Policy) -> Destination:
    fitting = _fitting(decision)
    if fitting:
        return _proposed(decision, policy, fitting)
    open_to = [code for code, verdict in decision.verdicts if verdict is Verdict.NEEDS_INFORMATION]
    if open_to and not _waitlisted(decision):
        said = Words("Lengkapi keterangan di meja ini dahulu.", "First complete the facts at this desk.")
        return Destination(Where.HERE, said, programs=tuple(open_to[:1]))
    waiting = _waitlisted(decision)
    if waiting:
        said = Words("Memenuhi syarat, kuota penuh: daftar tunggu.", "Eligible but full: waiting list.")
        return Destination(Where.SECRETARIAT, said, programs=waiting)
    said = Words(
        "Tidak ada program yang cocok: sekretariat mencari jalan lain.",
        "No programme fits: the secretariat looks for another way.",
    )
    return Destination(Where.SECRETARIAT, said)


def _waitlisted(decision: Decision) -> tuple[str, ...]:
    return tuple(code for code, verdict in decision.verdicts if verdict is Verdict.WAITLIST)


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
