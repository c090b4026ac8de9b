"""The lines that README and the integrators' guide offer for copying, run as they stand by a shell."""

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.support.listening import listening
from tests.support.needs import office_of
from tests.support.working import working

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="no bash or no curl"),
]


def lines_of(document: str) -> str:
    """The blocks that call the API, without what only shortens the screen."""
    text = (ROOT / document).read_text("utf-8")
    blocks = "\n".join(block for block in BLOCK.findall(text) if "$API" in block or "API=" in block)
    return re.sub(r" \| head -\d+", "", blocks)


async def shell(script: str, folder: Path, address: str) -> tuple[int, str]:
    strict = "set -euo pipefail\n" + script
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", strict,
        cwd=folder,
        env={**os.environ, "API": address},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_guide_for_integrators_works_line_by_line(fresh_house: House, tmp_path: Path) -> None:
    async with listening(fresh_house) as address, working(fresh_house, tmp_path):
        code, said = await shell(lines_of("docs/integrators.md"), tmp_path, address)
    assert code == 0, said
    assert said.splitlines()[-1] == "Ditutup"
    assert '"pointer":"/outcome"' in said


async def test_the_guide_for_desks_without_a_link_works_line_by_line(
    fresh_house: House, tmp_path: Path
) -> None:
    async with listening(fresh_house) as address:
        code, said = await shell(lines_of("docs/sync.md"), tmp_path, address)
    assert code == 0, said
    told = said.splitlines()
    assert told[0] == "Di meja layanan, belum terkirim", said
    assert told[2:7] == [
        "['applied', 'applied', 'applied']",
        "['replayed', 'replayed', 'replayed']",
        "applied",
        "[{'field': 'place.address', 'base': None, 'mine': 'RT009', 'theirs': 'RT002'}]",
        "base_required",
    ], said
    assert told[7].endswith(" True"), said


async def test_the_guide_for_donors_works_line_by_line(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    office = await office_of(fresh_client, "1371", "rini")
    await office.published(await office.referred(village="13.71.02.1003"), quantity=2)
    async with listening(fresh_house) as address:
        code, said = await shell(lines_of("docs/donors.md"), tmp_path, address)
    assert code == 0, said
    assert "not_so_much_left" in said
    assert said.splitlines()[-3:] == [
        "delivered",
        "Bukti penyerahan sedang diperiksa sekretariat.",
        "KURSI_RODA",
    ]


async def test_the_lines_of_the_readme_work_twice(fresh_house: House, tmp_path: Path) -> None:
    script = lines_of("README.md").replace("curl -s ", "curl -sf ")
    async with listening(fresh_house) as address:
        for _ in range(2):
            code, said = await shell(script, tmp_path, address)
            assert code == 0, said
            assert '"ticket"' in said
            assert '"verdict": "eligible"' in said
