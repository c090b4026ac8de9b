"""What a regency changes in a programme, laid over whichever version is in force there.

It holds differences only: bounds of criteria, papers more and less, contacts. The programme's next version
keeps them where they still fit, so nobody has to copy rules that change elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.domain.codes import Level, Trust
from app.domain.criteria import Criteria, Group, Leaf, Op, Operand, literals, read_criteria
from app.domain.documents import Reader, Words, step
from app.domain.errors import FieldError
from app.domain.facts import FACTS, FactType
from app.domain.programs.model import Contact, Paper, Program, ProgramVersion
from app.domain.programs.parse import read_contact, read_paper, read_quota

ORDERED: Final = frozenset({Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN})
"""What sets a bound: a regency may move one, and ask nothing new."""
_OWN_RULES: Final = frozenset({Level.KAB_KOTA})
"""Levels whose bounds a regency may also loosen; the others' may only be made stricter."""
_KEYS: Final = frozenset({"bounds", "papers", "contacts", "quota", "ladder"})


@dataclass(frozen=True, slots=True)
class Bound:
    """The value that takes the place of the programme's, wherever it asks *op* of *fact*."""

    fact: str
    op: Op
    value: Operand


@dataclass(frozen=True, slots=True)
class Override:
    regency: str
    program: str
    n: int
    """Counted from 1 for each regency and programme."""
    valid_from: date
    valid_to: date | None
    """The last day of validity."""
    source: str
    bounds: tuple[Bound, ...] = ()
    more_papers: tuple[Paper, ...] = ()
    less_papers: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """Named before the programme's."""
    quota_note: Words | None = None
    ladder: tuple[tuple[str, str], ...] = ()
    """Rungs of the complaint ladder, each with whom to reach there."""

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


Head = tuple[str, str, int, date, date | None, str]
"""Regency, programme, number, first and last day, source: what stands beside the document."""


def parse_override(document: object, head: Head, pointer: str = "") -> Override:
    """Read the differences.

    Raises:
        Invalid: with every fault of the document, by JSON pointer.
    """
    reader = Reader()
    found = reader.mapping(document, pointer, required=frozenset(), optional=_KEYS)
    papers = reader.mapping(
        found.get("papers") or {},
        f"{pointer}/papers",
        required=frozenset(),
        optional=frozenset({"more", "less"}),
    )
    made = Override(
        *head,
        bounds=tuple(
            _bound(reader, one, at, head[-1])
            for one, at in reader.items(found.get("bounds", ()), f"{pointer}/bounds")
        ),
        more_papers=tuple(
            read_paper(reader, one, at)
            for one, at in reader.items(papers.get("more", ()), f"{pointer}/papers/more")
        ),
        less_papers=reader.texts(papers.get("less", ()), f"{pointer}/papers/less"),
        contacts=tuple(
            read_contact(reader, one, at)
            for one, at in reader.items(found.get("contacts", ()), f"{pointer}/contacts")
        ),
        quota_note=read_quota(reader, found.get("quota"), f"{pointer}/quota"),
        ladder=tuple(
            _rung(reader, one, at) for one, at in reader.items(found.get("ladder", ()), f"{pointer}/ladder")
        ),
    )
    reader.finish()
    return made


def _bound(reader: Reader, raw: object, pointer: str, source: str) -> Bound:
    keys = frozenset({"fact", "op", "value"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    if not found.keys() >= keys:
        return Bound("", Op.LE, 0)
    leaf = read_criteria(reader, {**found, "source": source, "trust": Trust.SEED.value}, pointer)
    if not isinstance(leaf, Leaf):
        return Bound("", Op.LE, 0)
    if leaf.op not in ORDERED or FACTS[leaf.fact].type is not FactType.INT:
        said = Words(
            "Daerah hanya dapat mengubah batas angka: lt, le, gt, ge atau between.",
            "A regency may only move the bound of a number: lt, le, gt, ge or between.",
        )
        reader.wrong(step(pointer, "op"), "not_a_bound", said)
    return Bound(leaf.fact, leaf.op, leaf.value)


def _rung(reader: Reader, raw: object, pointer: str) -> tuple[str, str]:
    keys = frozenset({"rung", "contact"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    rung = reader.text(found.get("rung"), step(pointer, "rung"))
    return rung, reader.text(found.get("contact"), step(pointer, "contact"))


# Does it fit ---------------------------------------------------------------------------------------------


def faults(override: Override, program: Program, pointer: str = "") -> tuple[FieldError, ...]:
    """Name what of *override* does not fit *program*: a criterion it has not, a bound that is too loose."""
    found = (*_bounds(override, program), *_papers(override, program.version), *_ladder(override, program))
    return tuple(replace(one, pointer=pointer + one.pointer) for one in found)


def _bounds(override: Override, program: Program) -> Iterator[FieldError]:
    seen: set[tuple[str, Op]] = set()
    for place, bound in enumerate(override.bounds):
        at = f"/bounds/{place}"
        asked = [leaf for leaf in _leaves(program.version.criteria) if _meant(bound, leaf)]
        if (bound.fact, bound.op) in seen:
            yield FieldError(at, "twice", "Batas ini disebut dua kali.", "This bound is named twice.")
        elif not asked:
            yield FieldError(
                f"{at}/fact",
                "unknown_criterion",
                "Program ini tidak mempunyai syarat itu dengan operator itu.",
                "This programme has no such criterion with that operator.",
            )
        elif any(not _allowed(program, bound.value, leaf) for leaf in asked):
            yield FieldError(
                f"{at}/value",
                "looser",
                "Batas program ini ditetapkan di atas kabupaten/kota: hanya boleh diperketat.",
                "The bounds of this programme are set above the regency: they may only be made stricter.",
            )
        seen.add((bound.fact, bound.op))


def _leaves(criteria: Criteria) -> list[Leaf]:
    """List the leaves that must hold; under ``none`` a bound would turn around."""
    return [literal.leaf for literal in literals(criteria) if not literal.negated]


def _meant(bound: Bound, leaf: Leaf) -> bool:
    return (bound.fact, bound.op) == (leaf.fact, leaf.op)


def _allowed(program: Program, value: Operand, leaf: Leaf) -> bool:
    return program.level in _OWN_RULES or _stricter(leaf.op, value, leaf.value)


def _stricter(op: Op, own: Operand, given: Operand) -> bool:
    """Tell whether every value that passes *own* passes *given*."""
    if op is Op.BETWEEN:
        return isinstance(own, tuple) and isinstance(given, tuple) and _inside(own, given)
    if not isinstance(own, int) or not isinstance(given, int):
        return False
    return own <= given if op in {Op.LT, Op.LE} else own >= given


def _inside(own: tuple[int, ...] | tuple[str, ...], given: tuple[int, ...] | tuple[str, ...]) -> bool:
    return given[0] <= own[0] and own[1] <= given[1]  # type: ignore[operator]  # both are pairs of numbers


def _papers(override: Override, version: ProgramVersion) -> Iterator[FieldError]:
    asked = {paper.code for paper in version.papers}
    for place, paper in enumerate(override.more_papers):
        if paper.code in asked and paper in version.papers:
            yield FieldError(
                f"/papers/more/{place}/code",
                "asked_already",
                "Berkas ini sudah diminta program.",
                "The programme asks for this paper already.",
            )
    for place, code in enumerate(override.less_papers):
        if code not in asked:
            yield FieldError(
                f"/papers/less/{place}",
                "not_asked",
                "Program tidak meminta berkas ini.",
                "The programme does not ask for this paper.",
            )


def _ladder(override: Override, program: Program) -> Iterator[FieldError]:
    rungs = {rung.rung for rung in program.version.ladder}
    for place, (rung, _) in enumerate(override.ladder):
        if rung not in rungs:
            yield FieldError(
                f"/ladder/{place}/rung",
                "unknown_rung",
                "Jenjang pengaduan program ini tidak mempunyai anak tangga itu.",
                "The complaint ladder of this programme has no such rung.",
            )


def unknown_papers(override: Override, known: Collection[str], pointer: str = "") -> tuple[FieldError, ...]:
    return tuple(
        FieldError(
            f"{pointer}/papers/more/{place}/code",
            "unknown_code",
            "Kode ini tidak dikenal; lihat /v1/codes.",
            "Unknown code; see /v1/codes.",
        )
        for place, paper in enumerate(override.more_papers)
        if paper.code not in known
    )


def is_empty(override: Override) -> bool:
    return not (
        override.bounds
        or override.more_papers
        or override.less_papers
        or override.contacts
        or override.quota_note
        or override.ladder
    )


# Laying it over ------------------------------------------------------------------------------------------


def overlaid(program: Program, override: Override) -> Program:
    """Give *program* as the regency has it, whichever version it is: what does not fit that version is left.

    Pure, so that a stored decision comes out the same from the version and the override that it names.
    """
    version = program.version
    criteria = version.criteria
    for bound in override.bounds:
        criteria = _moved(program, criteria, bound, override.source)
    contacts = dict(override.ladder)
    return replace(
        program,
        override=override.n,
        version=replace(
            version,
            criteria=criteria,
            papers=_own_papers(version, override),
            quota_note=override.quota_note or version.quota_note,
            contacts=(*override.contacts, *version.contacts),
            ladder=tuple(replace(rung, contact=contacts.get(rung.rung)) for rung in version.ladder),
        ),
    )


def _moved(program: Program, node: Criteria, bound: Bound, source: str, *, negated: bool = False) -> Criteria:
    if isinstance(node, Leaf):
        if negated or not _meant(bound, node) or not _allowed(program, bound.value, node):
            return node
        return replace(node, value=bound.value, source=source, trust=Trust.SEED, reason=None, own=True)
    inside = negated != (node.how.value == "none")
    return Group(node.how, tuple(_moved(program, one, bound, source, negated=inside) for one in node.nodes))


def _own_papers(version: ProgramVersion, override: Override) -> tuple[Paper, ...]:
    more: Mapping[str, Paper] = {paper.code: paper for paper in override.more_papers}
    kept = [
        paper for paper in version.papers if paper.code not in override.less_papers and paper.code not in more
    ]
    return (*kept, *more.values())
