"""The catalogue: every rule parses, every name in it resolves, and the given numbers stand as given."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.codes import Trust
from app.domain.programs import parse_program

Rows = dict[str, dict[str, Any]]
Codes = dict[str, Rows]
FIVE = ("13.74", "13.71", "13.08", "63.03", "18.72")
CODE_FACTS = {
    "person.ppks": "ppks",
    "case.category": "case_category",
    "case.sector": "sector",
    "case.kind": "case_kind",
}


def leaves(node: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if node is None:
        return
    if "fact" in node:
        yield node
        return
    for children in node.values():
        for child in children:
            yield from leaves(child)


def all_leaves(program: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from leaves(program["version"]["criteria"])
    for component in program["version"]["benefit"]["components"]:
        yield from leaves(component["when"])


def components(program: dict[str, Any]) -> dict[str, tuple[int | None, int]]:
    found = program["version"]["benefit"]["components"]
    return {one["code"]: (one["amount_idr"], one["instalments"]) for one in found}


def test_every_programme_is_read_without_fault(programs: Rows) -> None:
    assert len(programs) >= 36
    assert [parse_program(document).code for document in programs.values()] == list(programs)
    assert {one["level"] for one in programs.values()} == {
        "PUSAT",
        "PROVINSI",
        "KAB_KOTA",
        "DESA",
        "SWASTA_CSR",
    }


def test_every_code_in_the_catalogue_has_words(programs: Rows, codes: Codes) -> None:
    for code, program in programs.items():
        version = program["version"]
        assert set(version["sectors"]) <= codes["sector"].keys(), code
        assert set(version["categories"]) <= codes["case_category"].keys(), code
        assert {paper["code"] for paper in version["papers"]} <= codes["paper"].keys(), code
        assert {rung["rung"] for rung in version["ladder"]} <= codes["complaint_ladder_rung"].keys(), code
        assert version["ladder"], code
        for leaf in all_leaves(program):
            known = codes.get(CODE_FACTS.get(leaf["fact"], ""))
            value = leaf["value"] if isinstance(leaf["value"], list) else [leaf["value"]]
            assert known is None or set(value) <= known.keys(), (code, leaf)


def test_every_category_comes_with_its_root(programs: Rows, codes: Codes) -> None:
    for code, program in programs.items():
        served = set(program["version"]["categories"])
        roots = {codes["case_category"][one]["attrs"]["root"] for one in served}
        assert roots <= served, code


def test_every_programme_named_exists(programs: Rows) -> None:
    for code, program in programs.items():
        version = program["version"]
        named = {one["program"] for one in version["exclusions"]} | set(version["complements"])
        for leaf in all_leaves(program):
            if leaf["fact"] == "ledger.active_programs":
                named.update(leaf["value"] if isinstance(leaf["value"], list) else [leaf["value"]])
        assert named <= programs.keys(), code
        assert code not in named


def test_every_agency_named_resolves(programs: Rows, agencies: Rows) -> None:
    for code, program in programs.items():
        rungs = [rung["agency"] for rung in program["version"]["ladder"] if rung["agency"]]
        for name in [program["agency"], *rungs]:
            by_kind = all(f"{name}-{place.replace('.', '')}" in agencies for place in FIVE)
            assert name in agencies or by_kind, (code, name)


def test_every_rule_names_a_known_source(programs: Rows, sources: dict[str, str]) -> None:
    for code, program in programs.items():
        version = program["version"]
        cited = [version, *all_leaves(program), *version["exclusions"], *version["benefit"]["components"]]
        for one in cited:
            assert one["trust"] in set(Trust), code
            assert {part.strip() for part in one["source"].split(";")} <= sources.keys(), (
                code,
                one["source"],
            )


def test_the_given_numbers_stand(programs: Rows) -> None:
    assert components(programs["BLT_KOTA"]) == {"cash": (300_000, 3)}
    assert components(programs["PKH"]) == {
        "pregnant": (750_000, 4),
        "child_0_6": (750_000, 4),
        "school_sd": (225_000, 4),
        "school_smp": (375_000, 4),
        "school_sma": (500_000, 4),
        "severe_disability": (600_000, 4),
        "elderly": (600_000, 4),
    }
    assert list(components(programs["BHAKTI_SOSIAL-1872"])) == ["PD", "LUT", "FM"]


@pytest.mark.parametrize(
    ("code", "level", "coverage"),
    [
        ("BLT_KOTA", "KAB_KOTA", ["13.74"]),
        ("SEMBAKO_LANSIA", "KAB_KOTA", ["13.74"]),
        ("SEMBAKO_DISABILITAS", "KAB_KOTA", ["13.74"]),
        ("BAZNAS_KOTA", "SWASTA_CSR", ["13.74"]),
        ("JKSS", "PROVINSI", ["13"]),
        ("PENA", "PUSAT", ["ID"]),
        ("PKH", "PUSAT", ["ID"]),
        ("BHAKTI_SOSIAL-1872", "SWASTA_CSR", ["18.72"]),
    ],
)
def test_the_programmes_of_the_five_places_are_there(
    programs: Rows, code: str, level: str, coverage: list[str]
) -> None:
    assert programs[code]["level"] == level
    assert programs[code]["version"]["coverage"] == coverage


def test_the_decided_exclusions_stand(programs: Rows) -> None:
    effects = {
        code: {one["program"]: one["effect"] for one in program["version"]["exclusions"]}
        for code, program in programs.items()
    }
    assert effects["BLT_DD"] == {"PKH": "warn", "SEMBAKO": "warn"}
    assert effects["PERMAKANAN"]["PKH"] == effects["PERMAKANAN"]["SEMBAKO"] == "exclude"
    assert effects["BLT_KOTA"]["PKH"] == "exclude"
    assert programs["BLT_DD"]["version"]["village_kinds"] == ["desa", "desa_adat"]


def test_what_only_weak_sources_say_is_to_be_confirmed(programs: Rows) -> None:
    desil = next(leaf for leaf in all_leaves(programs["PKH"]) if leaf["fact"] == "registry.desil")
    assert (desil["value"], desil["trust"]) == ([1, 4], "Fw")
