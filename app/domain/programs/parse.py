"""Reading a programme document; every fault is named by its path."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from app.domain.codes import Level, Purpose, Trust
from app.domain.criteria import read_criteria
from app.domain.documents import Reader, Words, step
from app.domain.programs.model import (
    Benefit,
    Component,
    Contact,
    Effect,
    Exclusion,
    FulfilledOn,
    GoodsKind,
    Paper,
    Per,
    Period,
    Program,
    ProgramVersion,
    Rung,
    Standard,
    StandardUnit,
)

_MAX_AMOUNT: Final = 10_000_000_000
_MAX_INSTALMENTS: Final = 60
_MAX_VERSION: Final = 100_000
_MAX_STANDARD: Final = 3_650
_VILLAGE_KINDS: Final = frozenset({"kelurahan", "desa", "desa_adat"})
_Code = TypeVar("_Code", bound=StrEnum)
_Fields = Mapping[str, object]

_PROGRAM: Final = frozenset({"code", "agency", "level", "purposes", "name", "version"})
_VERSION: Final = frozenset(
    {"n", "valid_from", "coverage", "sectors", "categories", "criteria", "benefit", "source", "trust"}
)
_VERSION_MORE: Final = frozenset(
    {
        "valid_to", "village_kinds", "target", "exclusions", "complements", "papers", "quota", "period",
        "waiting_list", "proposes", "decides", "standard", "ladder", "contacts", "legal_basis",
    }
)  # fmt: skip


def parse_program(document: object, pointer: str = "") -> Program:
    """Read one programme with one version of its rules.

    Raises:
        Invalid: with every fault of the document, by JSON pointer.
    """
    reader = Reader()
    found = reader.mapping(document, pointer, required=_PROGRAM, optional=frozenset())
    program = _program(reader, found, pointer) if found.keys() >= _PROGRAM else None
    reader.finish()
    if program is None:  # pragma: no cover - finish() has raised by then
        raise AssertionError
    return program


def _program(reader: Reader, found: _Fields, pointer: str) -> Program:
    at = step(pointer, "purposes")
    purposes = [_enum(reader, one, here, Purpose) for one, here in reader.items(found["purposes"], at)]
    if not purposes:
        reader.wrong(at, "empty", Words("Wajib ada satu tujuan.", "At least one purpose is needed."))
    return Program(
        code=reader.text(found["code"], step(pointer, "code")),
        agency=reader.text(found["agency"], step(pointer, "agency")),
        level=_enum(reader, found["level"], step(pointer, "level"), Level),
        purposes=frozenset(purposes),
        name=reader.words(found["name"], step(pointer, "name")),
        version=_version(reader, found["version"], step(pointer, "version")),
    )


def _version(reader: Reader, raw: object, pointer: str) -> ProgramVersion:
    found = reader.mapping(raw, pointer, required=_VERSION, optional=_VERSION_MORE)

    def at(key: str) -> str:
        return step(pointer, key)

    coverage = reader.texts(found.get("coverage", ()), at("coverage"))
    if not coverage:
        said = Words("Wajib ada wilayah; ID berarti di mana-mana.", "Name a region; ID is everywhere.")
        reader.wrong(at("coverage"), "empty", said)
    kinds = found.get("village_kinds")
    return ProgramVersion(
        n=reader.whole(found.get("n"), at("n"), 1, _MAX_VERSION),
        valid_from=reader.day(found.get("valid_from"), at("valid_from")) or date.min,
        valid_to=reader.day(found.get("valid_to"), at("valid_to")),
        coverage=coverage,
        village_kinds=None if kinds is None else _kinds(reader, kinds, at("village_kinds")),
        sectors=frozenset(reader.texts(found.get("sectors", ()), at("sectors"))),
        categories=frozenset(reader.texts(found.get("categories", ()), at("categories"))),
        target=reader.words(found.get("target"), at("target")),
        criteria=read_criteria(reader, found.get("criteria"), at("criteria")),
        exclusions=tuple(
            _exclusion(reader, one, here)
            for one, here in reader.items(found.get("exclusions", ()), at("exclusions"))
        ),
        complements=frozenset(reader.texts(found.get("complements", ()), at("complements"))),
        benefit=_benefit(reader, found.get("benefit"), at("benefit")),
        papers=tuple(
            read_paper(reader, one, here) for one, here in reader.items(found.get("papers", ()), at("papers"))
        ),
        quota_note=read_quota(reader, found.get("quota"), at("quota")),
        period=_period(reader, found.get("period"), at("period")),
        waiting_list=reader.flag(found.get("waiting_list", False), at("waiting_list")),
        proposes=reader.words(found.get("proposes"), at("proposes")),
        decides=reader.words(found.get("decides"), at("decides")),
        standard=_standard(reader, found.get("standard"), at("standard")),
        ladder=tuple(
            _rung(reader, one, here) for one, here in reader.items(found.get("ladder", ()), at("ladder"))
        ),
        contacts=tuple(
            read_contact(reader, one, here)
            for one, here in reader.items(found.get("contacts", ()), at("contacts"))
        ),
        legal_basis=reader.texts(found.get("legal_basis", ()), at("legal_basis")),
        source=reader.text(found.get("source"), at("source")),
        trust=_enum(reader, found.get("trust"), at("trust"), Trust),
    )


def _enum(reader: Reader, raw: object, pointer: str, codes: type[_Code]) -> _Code:
    return codes(reader.code(raw, pointer, frozenset(codes)))


def _kinds(reader: Reader, raw: object, pointer: str) -> frozenset[str]:
    items = reader.items(raw, pointer)
    if not items:
        reader.wrong(pointer, "empty", Words("Daftar kosong; pakai null.", "Empty; write null."))
    return frozenset(reader.code(one, at, _VILLAGE_KINDS) for one, at in items)


def _exclusion(reader: Reader, raw: object, pointer: str) -> Exclusion:
    keys = frozenset({"program", "effect", "source", "trust"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    return Exclusion(
        reader.text(found.get("program"), step(pointer, "program")),
        _enum(reader, found.get("effect"), step(pointer, "effect"), Effect),
        reader.text(found.get("source"), step(pointer, "source")),
        _enum(reader, found.get("trust"), step(pointer, "trust"), Trust),
    )


def _benefit(reader: Reader, raw: object, pointer: str) -> Benefit:
    keys = frozenset({"summary", "components", "fulfilled_on"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    at = step(pointer, "components")
    return Benefit(
        reader.words(found.get("summary"), step(pointer, "summary")),
        tuple(_component(reader, one, here) for one, here in reader.items(found.get("components", ()), at)),
        _enum(reader, found.get("fulfilled_on"), step(pointer, "fulfilled_on"), FulfilledOn),
    )


def _component(reader: Reader, raw: object, pointer: str) -> Component:
    keys = frozenset({"code", "label", "kind", "per", "source", "trust"})
    more = frozenset({"amount_idr", "instalments", "when"})
    found = reader.mapping(raw, pointer, required=keys, optional=more)

    def at(key: str) -> str:
        return step(pointer, key)

    amount, count, when = (found.get(key) for key in ("amount_idr", "instalments", "when"))
    return Component(
        code=reader.text(found.get("code"), at("code")),
        label=reader.words(found.get("label"), at("label")),
        kind=_enum(reader, found.get("kind"), at("kind"), GoodsKind),
        amount_idr=None if amount is None else reader.whole(amount, at("amount_idr"), 0, _MAX_AMOUNT),
        per=_enum(reader, found.get("per"), at("per"), Per),
        instalments=1 if count is None else reader.whole(count, at("instalments"), 1, _MAX_INSTALMENTS),
        when=None if when is None else read_criteria(reader, when, at("when")),
        source=reader.text(found.get("source"), at("source")),
        trust=_enum(reader, found.get("trust"), at("trust"), Trust),
    )


def read_paper(reader: Reader, raw: object, pointer: str) -> Paper:
    keys = frozenset({"code", "required"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    return Paper(
        reader.text(found.get("code"), step(pointer, "code")),
        reader.flag(found.get("required"), step(pointer, "required")),
    )


def read_quota(reader: Reader, raw: object, pointer: str) -> Words | None:
    if raw is None:
        return None
    found = reader.mapping(raw, pointer, required=frozenset({"note"}), optional=frozenset())
    note, at = found.get("note"), step(pointer, "note")
    if isinstance(note, str):
        return Words(reader.text(note, at), note)
    return reader.words(note, at)


def _period(reader: Reader, raw: object, pointer: str) -> Period | None:
    if raw is None:
        return None
    keys = frozenset({"opens_on", "closes_on"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    return Period(
        reader.day(found.get("opens_on"), step(pointer, "opens_on")),
        reader.day(found.get("closes_on"), step(pointer, "closes_on")),
    )


def _standard(reader: Reader, raw: object, pointer: str) -> Standard | None:
    if raw is None:
        return None
    keys = frozenset({"amount", "unit", "source", "trust"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    return Standard(
        reader.whole(found.get("amount"), step(pointer, "amount"), 0, _MAX_STANDARD),
        _enum(reader, found.get("unit"), step(pointer, "unit"), StandardUnit),
        reader.text(found.get("source"), step(pointer, "source")),
        _enum(reader, found.get("trust"), step(pointer, "trust"), Trust),
    )


def _rung(reader: Reader, raw: object, pointer: str) -> Rung:
    keys = frozenset({"rung", "label", "agency"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    agency = found.get("agency")
    return Rung(
        reader.text(found.get("rung"), step(pointer, "rung")),
        reader.words(found.get("label"), step(pointer, "label")),
        None if agency is None else reader.text(agency, step(pointer, "agency")),
    )


def read_contact(reader: Reader, raw: object, pointer: str) -> Contact:
    keys = frozenset({"label", "value"})
    found = reader.mapping(raw, pointer, required=keys, optional=frozenset())
    return Contact(
        reader.words(found.get("label"), step(pointer, "label")),
        reader.text(found.get("value"), step(pointer, "value")),
    )
