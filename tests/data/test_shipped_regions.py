"""The regions agree with the decree, with their own notice, and with the five places."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

VILLAGE_PARTS = {"1": 8496, "2": 75252, "3": 14}


def test_the_counts_are_those_of_the_decree(regions: dict[str, str]) -> None:
    levels = Counter(code.count(".") for code in regions)
    assert len(regions) == 91_599
    assert levels == {0: 38, 1: 514, 2: 7_285, 3: 83_762}
    kota = sum(code.count(".") == 1 and int(code[3:]) > 70 for code in regions)
    assert (levels[1] - kota, kota) == (416, 98)
    assert Counter(code[9] for code in regions if code.count(".") == 3) == VILLAGE_PARTS


def test_every_region_has_its_parent_and_a_clean_name(regions: dict[str, str]) -> None:
    assert list(regions) == sorted(regions)
    orphans = [code for code in regions if "." in code and code.rpartition(".")[0] not in regions]
    assert orphans == []
    assert [code for code, name in regions.items() if name != name.strip() or not name] == []
    assert max(map(len, regions.values())) <= 60


@pytest.mark.parametrize(
    ("place", "districts", "villages"),
    [("13.71", 11, 104), ("13.74", 2, 16), ("18.72", 5, 22), ("13.08", 12, 62), ("63.03", 20, 290)],
)
def test_the_five_places_have_their_parts(
    regions: dict[str, str], place: str, districts: int, villages: int
) -> None:
    below = [code for code in regions if code.startswith(f"{place}.")]
    assert Counter(code.count(".") for code in below) == {2: districts, 3: villages}


def test_only_jayapura_has_customary_villages(regions: dict[str, str]) -> None:
    found = {code[:5] for code in regions if code.count(".") == 3 and code[9] == "3"}
    assert {regions[code] for code in found} == {"Kabupaten Jayapura"}


def test_the_notice_describes_the_file(data_folder: Path, regions: dict[str, str]) -> None:
    folder = data_folder / "regions"
    source = json.loads((folder / "SOURCE.json").read_text("utf-8"))
    packed = (folder / "regions.tsv.xz").read_bytes()
    assert source["sha256"] == hashlib.sha256(packed).hexdigest()
    assert source["counts"]["rows"] == len(regions)
    assert (source["package"], source["version"]) == ("idn-area-data", "4.0.1")
    assert source["integrity"].startswith("sha512-")
    assert "300.2.2-2138/2025" in source["decree"]
    licence = (folder / "LICENSE").read_text("utf-8")
    assert "Open Database License" in licence
    assert "fityannugroho" in licence
