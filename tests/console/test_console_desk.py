"""The desk's pages over HTTP, without a browser: visits, tasks, contacts, letters to the signature."""

from datetime import UTC, datetime, timedelta

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.console_http import at_the_screen
from tests.support.desk import open_case
from tests.support.files import a_photo
from tests.support.http import Person
from tests.support.letters import REASON, Office

pytestmark = pytest.mark.commits


def in_days(n: int) -> str:
    """A time as she types it, in western Indonesia."""
    return (datetime.now(UTC) + timedelta(days=n, hours=7)).replace(tzinfo=None).isoformat()


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def test_a_visit_is_planned_made_and_told_with_its_photo(house: House, siti: Person) -> None:
    case = f"/konsol/kasus/{(await open_case(siti)).ticket}"
    async with at_the_screen(house, "siti@1374") as desk:
        await desk.go(case)
        planned = {"purpose": "verification", "planned_for": in_days(1)}
        await desk.send(f"{case}/tambah/kunjungan", planned)
        one = desk.link(f'{case}/kunjungan/[^/"]+')
        await desk.go("/konsol/kunjungan")
        assert desk.offers(one)
        await desk.go(one)
        assert desk.offers('name="answers.meals"')
        found = {"verdict": "poor", "done_at": in_days(0), "answers.meals": "99", "answers.floor": "earth"}
        photo = {"files": {"file": ("rumah.jpg", a_photo(), "image/jpeg")}}
        refused = await desk.send(f"{one}/selesai", {**found, "narrative": "Rumah bambu."}, 422, **photo)
        assert "Foto sudah tersimpan" in refused
        assert "Rumah bambu." in refused
        right = {**found, "answers.meals": "2", "done_at": in_days(0), "narrative": "Rumah bambu."}
        await desk.send(f"{one}/selesai", right)
        told = await desk.go(one)
        assert "Tanda kemiskinan: 2 dari 2" in told
        assert "Foto 1" in told
        assert "Rumah bambu." in told


async def test_a_visit_is_cancelled_with_a_reason_and_then_offers_nothing(house: House, siti: Person) -> None:
    case = f"/konsol/kasus/{(await open_case(siti)).ticket}"
    async with at_the_screen(house, "siti@1374") as desk:
        await desk.go(case)
        planned = {"purpose": "verification", "planned_for": in_days(1)}
        await desk.send(f"{case}/tambah/kunjungan", planned)
        one = desk.link(f'{case}/kunjungan/[^/"]+')
        await desk.go(one)
        assert "Alasan" in await desk.send(f"{one}/batal", {"reason": ""}, 422)
        await desk.send(f"{one}/batal", {"reason": "other"})
        assert "Dibatalkan" in await desk.go(one)
        assert not desk.offers('<form method="post" action="' + one)
        await desk.go(f"{case}/kunjungan/1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", 404)


async def test_tasks_and_contacts_stand_on_the_case(house: House, siti: Person) -> None:
    case = f"/konsol/kasus/{(await open_case(siti)).ticket}"
    async with at_the_screen(house, "siti@1374") as desk:
        await desk.go(case)
        given = await desk.send(f"{case}/tambah/tugas", {"text": "Minta surat RT."})
        assert "Minta surat RT." in given
        await desk.send(desk.link(f'{case}/tugas/[^/"]+/selesai'))
        assert "✓ Minta surat RT." in desk.words()
        called = {"means": "phone", "result": "no_answer", "at": in_days(9), "note": "Tidak diangkat."}
        refused = await desk.send(f"{case}/tambah/kontak", called, 422)
        assert "Tidak diangkat." in refused, "what was typed is still there"
        told = await desk.send(f"{case}/tambah/kontak", {**called, "at": in_days(0)})
        assert "Telepon · Tidak menjawab" in told


async def test_a_letter_goes_from_the_draft_to_the_signature_and_back(house: House, siti: Person) -> None:
    case = f"/konsol/kasus/{(await open_case(siti)).ticket}"
    draft = {"kind": "rekomendasi", "fields.purpose": "Keringanan biaya.", "fields.recommendation": "Layak."}
    async with at_the_screen(house, "sekretariat@1374") as office:
        await office.go(case)
        assert "Keringanan biaya." in await office.send(f"{case}/surat", {**draft, "kind": ""}, 422)
        assert "Layak." in await office.send(f"{case}/surat", draft)
        letter = office.link(f'{case}/surat/[^/"]+/cetak').removesuffix("/cetak")
        again = {"fields.purpose": "Keringanan biaya inap.", "fields.recommendation": "Layak."}
        assert "Keringanan biaya inap." in await office.send(f"{letter}/langkah/redraft", again)
        assert not office.offers(f"{letter}/langkah/initial"), "nobody initials what she drafted"
        pdf = await office.client.get(f"{letter}/cetak")
        assert pdf.content.startswith(b"%PDF")
        assert pdf.headers["cache-control"] == "no-store"
    async with at_the_screen(house, "pemaraf@1374") as second:
        await second.go("/konsol/surat")
        assert second.offers(letter), "it waits for her"
        await second.go(letter)
        assert "Diparaf" in await second.send(f"{letter}/langkah/initial")
    async with at_the_screen(house, "kadis@1374") as head:
        await head.go("/konsol/surat")
        assert head.offers(letter)
        await head.go(letter)
        assert "Nomor" in await head.send(f"{letter}/langkah/sign")
        stale = {"etag": '"1"', "reason": "replaced"}
        await head.send(f"{letter}/langkah/revoke", stale, 412)
        assert "Dicabut" in await head.send(f"{letter}/langkah/revoke", {"reason": "replaced"})


async def test_a_referral_letter_opens_to_a_receiver_by_a_link_shown_once(house: House, siti: Person) -> None:
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    office = Office(siti.client)
    letter = await office.signed(desk, kind="rujukan", referral_id=referral, fields=REASON)
    page = f"/konsol/kasus/{desk.ticket}/surat/{letter['id']}"
    async with at_the_screen(house, "sekretariat@1374") as screen:
        await screen.go(page)
        assert "hanya ditampilkan sekali" in await screen.send(f"{page}/tautan", {"days": "7"}, 201)
        assert screen.offers("<svg")
        assert "hanya ditampilkan sekali" not in await screen.go(page)
        assert "dicabut" in await screen.send(screen.link(f'{page}/tautan/[^/"]+/akhiri'))
