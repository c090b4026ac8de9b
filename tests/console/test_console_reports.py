"""Reports in the console: made, read as tables, signed by a second person, and taken away."""

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import a_person, open_case
from tests.support.office import REFUSED, a_clerk, links
from tests.support.periodic_reports import LAST, counted, made

pytestmark = pytest.mark.commits
HERE = "/konsol/laporan"


async def test_a_report_is_made_by_one_and_signed_by_another(house: House, login: LogIn) -> None:
    await open_case(await login("siti@1374"))
    await counted(house)
    async with a_clerk(house, "sekretariat@1374") as office, a_clerk(house, "manajer@1374") as manager:
        assert "Belum ada laporan di sini" in await office.reads(HERE)
        wrong = await office.sends(HERE, kind="monthly", **{"from": "2026-99"})
        assert wrong.status_code == REFUSED
        assert 'id="langkah-buat" open' in wrong.text
        assert 'value="2026-99"' in wrong.text
        await office.does(HERE, kind="monthly", **{"from": LAST.text})
        (to,) = links(await office.reads(HERE), HERE)
        page = await office.reads(to)
        assert "Menurut sektor" in page
        assert "Menunggu tanda tangan orang lain" in page
        assert "/langkah/sign" not in page
        assert "Setelah ditandatangani isinya tidak berubah lagi" in await manager.reads(to)
        signed = await manager.does(f"{to}/langkah/sign")
        assert 'data-code="signed"' in signed
        assert "/langkah/sign" not in signed
        assert (await manager.sends(f"{to}/langkah/sign")).status_code == 409
        assert f'href="{to}"' in await office.reads("/konsol/berita")
        for form, kind in (("pdf", "application/pdf"), ("xlsx", "spreadsheetml")):
            file = await office.client.get(f"{to}/berkas/{form}")
            assert kind in file.headers["content-type"]
            assert "attachment" in file.headers["content-disposition"]
        await office.reads(f"{to}/berkas/docx", 404)
        await office.does(HERE, kind="monthly", **{"from": LAST.text})
        later = links(await office.reads(HERE), HERE)[0]
        await manager.does(f"{later}/langkah/sign")
        assert f'href="{later}"' in await office.reads(to)
        assert to not in links(await office.reads(f"{HERE}?state=signed"), HERE)


async def test_the_households_of_a_tally_need_a_purpose(house: House, login: LogIn) -> None:
    secretariat = await login("sekretariat@1374")
    report = await made(secretariat, kind="tally")
    await open_case(secretariat, subject={**a_person(), "kk": "1374010101200077"})
    async with a_clerk(house, "sekretariat@1374") as office:
        to = f"{HERE}/{report['id']}"
        assert f"{to}/kk" in await office.reads(to)
        assert "KK number" not in await office.reads(f"{to}/kk")
        page = await office.reads(f"{to}/kk?purpose=service")
        assert "Tidak ada keluarga dengan nomor KK" in page
        await office.reads(f"{to}/kk?purpose=curiosity", REFUSED)


async def test_it_is_in_the_menu_of_those_it_is_for(house: House) -> None:
    for who, shown in (("sekretariat@1374", True), ("dinsos@1374", True), ("siti@1374", False)):
        async with a_clerk(house, who) as clerk:
            assert (f'href="{HERE}"' in await clerk.reads("/konsol/berita")) is shown
    async with a_clerk(house, "dinsos@1374", "en") as agency:
        page = await agency.reads(HERE)
        assert "No reports here yet" in page
        assert "Make a report" not in page
