"""What a programme's document must agree with beside its form: codes, bodies, programmes, regions, itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.codes import Level
from app.domain.criteria import Criteria, How, Leaf, contradictions, empties
from app.domain.documents import Words, step
from app.domain.errors import FieldError
from app.domain.facts import LEDGER
from app.domain.programs.model import Program, covers

FACT_SETS: Final[Mapping[str, str]] = {
    "person.ppks": "ppks",
    "case.kind": "case_kind",
    "case.category": "case_category",
    "case.sector": "sector",
    "case.priority": "priority",
    "registry.status": "registry_result",
    "person.sex": "sex",
    "person.bpjs_status": "bpjs_status",
    "person.school_grade": "school_grade",
    "person.occupation": "occupation",
    "place.village_kind": "village_kind",
}
"""The code set that holds the values of a fact."""
REGION_FACTS: Final = frozenset({"place.village", "place.regency"})

_UNKNOWN_CODE: Final = Words(
    "Kode ini tidak dikenal; lihat /v1/codes.", "This code is not known; see /v1/codes."
)
_UNKNOWN_PROGRAM: Final = Words(
    "Program ini tidak ada; lihat /v1/programs.", "There is no such programme; see /v1/programs."
)
_UNKNOWN_AGENCY: Final = Words(
    "Instansi ini tidak ada; lihat /v1/agencies.", "There is no such agency; see /v1/agencies."
)
_UNKNOWN_REGION: Final = Words(
    "Kode wilayah ini tidak ada; lihat /v1/regions.", "There is no such region; see /v1/regions."
)
_OUTSIDE: Final = Words(
    "Di luar wilayah instansi pemilik program.", "Outside the region of the body that owns the programme."
)
_ITSELF: Final = Words("Program ini sendiri.", "This is the programme itself.")
_TWICE: Final = Words("Tertulis dua kali.", "It stands here twice.")
_BACKWARDS: Final = Words("Hari terakhir mendahului hari pertama.", "The last day is before the first.")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of the trade, as far as a document speaks of it."""

    knows: Callable[[str, str], bool]
    """A code of a set."""
    knows_program: Callable[[str], bool]
    knows_agency: Callable[[str], bool]
    """A body's code, or a kind of bodies."""
    knows_region: Callable[[str], bool]
    owner: str
    """The region of the body that runs the programme: it rules nowhere else."""
    level: Level | None
    """That body's level; None where the programme is a kind's, one body in each regency."""


def document_faults(
    document: Mapping[str, Any], program: Program, vocabulary: Vocabulary
) -> tuple[FieldError, ...]:
    """List everything that stands against publishing *document*, which reads as *program*."""
    return tuple(_faults(document["version"], program, vocabulary))


def _faults(raw: Mapping[str, Any], program: Program, known: Vocabulary) -> Iterator[FieldError]:
    version = program.version
    if known.level is not None and program.level is not known.level:
        said = Words("Bukan tingkat instansi pemiliknya.", "Is not the level of the body that owns it.")
        yield _fault("/level", "other_level", said)
    yield from _codes(raw, "sectors", "sector", known)
    yield from _codes(raw, "categories", "case_category", known)
    yield from _coverage(raw, known)
    yield from _named_programs(raw, program.code, known)
    yield from _papers(raw, known)
    yield from _ladder(raw, known)
    yield from criteria_faults(version.criteria, "/version/criteria", known)
    for place, part in enumerate(version.benefit.components):
        if part.when is not None:
            yield from criteria_faults(part.when, f"/version/benefit/components/{place}/when", known)
    yield from _repeated(
        [one.code for one in version.benefit.components], "/version/benefit/components", "/code"
    )
    if version.valid_to is not None and version.valid_to < version.valid_from:
        yield _fault("/version/valid_to", "range", _BACKWARDS)
    period = version.period
    if period and period.opens_on and period.closes_on and period.closes_on < period.opens_on:
        yield _fault("/version/period/closes_on", "range", _BACKWARDS)


def criteria_faults(criteria: Criteria, pointer: str, known: Vocabulary) -> Iterator[FieldError]:
    """List what stands against a tree: values that nobody knows, conditions that never hold, none at all."""
    yield from empties(criteria, pointer)
    wrong = list(_values(criteria, pointer, known))
    yield from wrong
    if not wrong:
        yield from contradictions(criteria, pointer)


def _values(node: Criteria, at: str, known: Vocabulary) -> Iterator[FieldError]:
    if not isinstance(node, Leaf):
        below = step(at, How(node.how).value)
        for place, one in enumerate(node.nodes):
            yield from _values(one, step(below, place), known)
        return
    asked, said = _asked(node.fact, known)
    if asked is None:
        return
    where = step(at, "value")
    many = isinstance(node.value, tuple)
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    for place, value in enumerate(values):
        if not asked(str(value)):
            yield _fault(step(where, place) if many else where, "unknown_code", said)


def _asked(fact: str, known: Vocabulary) -> tuple[Callable[[str], bool] | None, Words]:
    if fact == LEDGER:
        return known.knows_program, _UNKNOWN_PROGRAM
    if fact in REGION_FACTS:
        return known.knows_region, _UNKNOWN_REGION
    set_name = FACT_SETS.get(fact)
    if set_name is None:
        return None, _UNKNOWN_CODE
    return lambda value: known.knows(set_name, value), _UNKNOWN_CODE


def _codes(raw: Mapping[str, Any], name: str, set_name: str, known: Vocabulary) -> Iterator[FieldError]:
    for place, code in enumerate(raw.get(name, ())):
        if not known.knows(set_name, code):
            yield _fault(f"/version/{name}/{place}", "unknown_code", _UNKNOWN_CODE)
    yield from _repeated(list(raw.get(name, ())), f"/version/{name}")


def _coverage(raw: Mapping[str, Any], known: Vocabulary) -> Iterator[FieldError]:
    for place, area in enumerate(raw["coverage"]):
        at = f"/version/coverage/{place}"
        if not known.knows_region(area):
            yield _fault(at, "unknown_region", _UNKNOWN_REGION)
        elif not covers(known.owner, area):
            yield _fault(at, "outside", _OUTSIDE)


def _named_programs(raw: Mapping[str, Any], own: str, known: Vocabulary) -> Iterator[FieldError]:
    named = [
        (f"/version/exclusions/{place}/program", one["program"])
        for place, one in enumerate(raw.get("exclusions", ()))
    ]
    named += [
        (f"/version/complements/{place}", code) for place, code in enumerate(raw.get("complements", ()))
    ]
    for at, code in named:
        if code == own:
            yield _fault(at, "itself", _ITSELF)
        elif not known.knows_program(code):
            yield _fault(at, "unknown_program", _UNKNOWN_PROGRAM)
    yield from _repeated(
        [one["program"] for one in raw.get("exclusions", ())], "/version/exclusions", "/program"
    )


def _papers(raw: Mapping[str, Any], known: Vocabulary) -> Iterator[FieldError]:
    codes = [one["code"] for one in raw.get("papers", ())]
    for place, code in enumerate(codes):
        if not known.knows("paper", code):
            yield _fault(f"/version/papers/{place}/code", "unknown_code", _UNKNOWN_CODE)
    yield from _repeated(codes, "/version/papers", "/code")


def _ladder(raw: Mapping[str, Any], known: Vocabulary) -> Iterator[FieldError]:
    rungs = raw.get("ladder", ())
    for place, one in enumerate(rungs):
        if not known.knows("complaint_ladder_rung", one["rung"]):
            yield _fault(f"/version/ladder/{place}/rung", "unknown_code", _UNKNOWN_CODE)
        if one["agency"] is not None and not known.knows_agency(one["agency"]):
            yield _fault(f"/version/ladder/{place}/agency", "unknown_agency", _UNKNOWN_AGENCY)
    yield from _repeated([one["rung"] for one in rungs], "/version/ladder", "/rung")


def _repeated(codes: Iterable[str], at: str, below: str = "") -> Iterator[FieldError]:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            yield _fault(f"{at}/{place}{below}", "twice", _TWICE)
        seen.add(code)


def _fault(pointer: str, code: str, said: Words) -> FieldError:
    return FieldError(pointer, code, said.id, said.en)
