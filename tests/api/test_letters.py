"""Letters: who drafts, initials, signs; what they say; what a template may hold."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pypdfium2
import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.queries.letters import Sealing, digest
from app.db.queries.texts import data_key
from app.db.session import transaction
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.papers import Letter
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, open_case
from tests.support.http import Person, serving
from tests.support.letters import FIELDS, REASON, Office

pytestmark = pytest.mark.commits


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture(scope="module")
def office(client: AsyncClient) -> Office:
    return Office(client)


async def referred(siti: Person, **more: Any) -> tuple[Desk, str]:
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID", **more})
    return desk, referral


async def test_a_letter_goes_from_the_draft_to_the_signature(siti: Person, office: Office) -> None:
    desk, referral = await referred(siti)
    letter = await office.drafted(desk, kind="rujukan", referral_id=referral, fields=REASON)
    assert (letter["state"]["code"], letter["number"], letter["code"]) == ("draft", None, None)
    assert [one["code"] for one in letter["allowed_actions"]] == ["redraft"]
    initialled = await office.acted(desk, letter, "initial", "pemaraf")
    assert initialled["state"]["code"] == "initialled"
    signed = await office.acted(desk, letter, "sign", "kadis")
    n, year = signed["number"].split("/")[1], signed["number"].split("/")[-1]
    assert signed["number"].startswith(f"400.9/{n}/SLRT-1374/")
    assert signed["signed_at"].startswith(year) or signed["signed_at"]
    assert signed["verify_url"].endswith(f"/v1/letters/{signed['code']}/verify")
    assert [one["code"] for one in signed["allowed_actions"]] == ["revoke"]
    again = await office.act(desk, letter, "sign", "kadis")
    assert (again.status_code, again.json()["code"]) == (409, "letter_step_not_possible")
    rows = (await siti.get(f"/v1/cases/{desk.ticket}/letters")).json()["items"]
    assert [(one["position"], one["state"]["code"]) for one in rows] == [(1, "signed")]


async def test_a_letter_has_its_position_for_a_name(siti: Person, office: Office) -> None:
    desk = await open_case(siti)
    first, second = await office.drafted(desk), await office.drafted(desk)
    for position, letter in ((1, first), (2, second)):
        shown = await siti.get(f"/v1/cases/{desk.ticket}/letters/{position}")
        assert shown.json()["id"] == letter["id"]
    for name in ("0", "3", "99999", "1374-zz", "٣"):
        assert (await siti.get(f"/v1/cases/{desk.ticket}/letters/{name}")).status_code == 404
    other = await open_case(siti)
    assert (await siti.get(f"/v1/cases/{other.ticket}/letters/{first['id']}")).status_code == 404


@pytest.mark.parametrize("maker", ["pemaraf", "kadis"])
async def test_nobody_checks_his_own_draft(siti: Person, office: Office, maker: str) -> None:
    desk = await open_case(siti)
    letter = await office.drafted(desk, by=maker)
    alone = await office.act(desk, letter, "initial", maker)
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    await office.acted(desk, letter, "initial", "manajer")
    answer = await office.act(desk, letter, "sign", "kadis")
    wanted = (409, "second_person_needed") if maker == "kadis" else (200, None)
    assert (answer.status_code, answer.json().get("code") if answer.status_code == 409 else None) == wanted


async def test_an_uninitialled_draft_is_not_signed(siti: Person, office: Office) -> None:
    desk = await open_case(siti)
    letter = await office.drafted(desk)
    refused = await office.act(desk, letter, "sign", "kadis")
    assert (refused.status_code, refused.json()["code"]) == (409, "letter_step_not_possible")
    manager = await office.act(desk, letter, "sign", "manajer")
    assert manager.status_code == 403


async def test_a_returned_draft_goes_back_to_whoever_drafted_it(
    siti: Person, office: Office, house: House
) -> None:
    desk = await open_case(siti)
    letter = await office.drafted(desk)
    await office.acted(desk, letter, "initial", "pemaraf")
    back = await office.acted(desk, letter, "return", "kadis", {"note": "Keperluan belum jelas."})
    assert (back["state"]["code"], back["return_note"]) == ("draft", "Keperluan belum jelas.")
    assert back["initialled_at"] is None
    tasks = [one for one in (await desk.read())["tasks"] if one["kind"]["code"] == "correct_letter"]
    assert len(tasks) == 1
    maker = await office.person("sekretariat")
    path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}"
    seen = await maker.get(path)
    changed = await maker.patch(
        path, {"fields": {**FIELDS, "purpose": "Rawat inap di RSUD."}}, etag=seen.headers["ETag"]
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["return_note"] is None
    assert "Keperluan: Rawat inap di RSUD." in changed.json()["paragraphs"]
    stale = await maker.patch(path, {"fields": FIELDS}, etag=seen.headers["ETag"])
    assert stale.status_code == 412
    assert (await maker.patch(path, {"fields": FIELDS})).status_code == 428
    open_tasks = [one for one in (await desk.read())["tasks"] if one["kind"]["code"] == "correct_letter"]
    assert all(one["done_at"] for one in open_tasks)
    await office.acted(desk, letter, "initial", "pemaraf")
    await office.acted(desk, letter, "sign", "kadis")
    late = await maker.patch(path, {"fields": FIELDS}, etag=(await maker.get(path)).headers["ETag"])
    assert (late.status_code, late.json()["code"]) == (409, "letter_step_not_possible")
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        rows = (await tx.scalars(select(Event).where(Event.stream_id == case.id).order_by(Event.n))).all()
    told = [row.type for row in rows if row.type.startswith("letter.")]
    assert told == [
        f"letter.{word}"
        for word in ("drafted", "initialled", "returned", "redrafted", "initialled", "signed")
    ]
    assert not any(word in str([row.data for row in rows]) for word in ("Rawat", "Keperluan", "Yuliana"))


async def test_the_fields_are_those_of_the_template(siti: Person, office: Office) -> None:
    desk, referral = await referred(siti)
    maker = await office.person("sekretariat")
    path = f"/v1/cases/{desk.ticket}/letters"
    for body, pointer in (
        ({"kind": "rekomendasi", "fields": {"purpose": "x"}}, "/fields/recommendation"),
        ({"kind": "rekomendasi", "fields": {**FIELDS, "reason": "x"}}, "/fields/reason"),
        ({"kind": "rekomendasi", "fields": FIELDS, "referral_id": referral}, "/referral_id"),
        ({"kind": "rujukan", "fields": REASON}, "/referral_id"),
        ({"kind": "rujukan", "fields": REASON, "referral_id": "1371-x"}, "/referral_id"),
        ({"kind": "undangan", "fields": {}}, "/kind"),
        ({"kind": "rekomendasi", "fields": {"nik": "1"}}, "/fields/nik/[key]"),
    ):
        answer = await maker.post(path, body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
    await desk.read(maker)
    await desk.took("void", {"reason": "invalid", "revoke_reason": "other"}, maker)
    void = await maker.post(path, {"kind": "rekomendasi", "fields": FIELDS})
    assert (void.status_code, void.json()["code"]) == (409, "case_void")


async def test_a_referral_letter_tells_no_more_than_the_referral(siti: Person, office: Office) -> None:
    desk, referral = await referred(siti, discloses=["name", "address"])
    letter = await office.drafted(desk, kind="rujukan", referral_id=referral, fields=REASON)
    assert [label for label, _ in letter["identity"]] == ["Nama", "Alamat"]
    other, full = await referred(siti)
    told = await office.drafted(other, kind="rujukan", referral_id=full, fields=REASON)
    shown = dict(told["identity"])
    assert set(shown) == {"Nama", "NIK", "Tanggal lahir", "Jenis kelamin", "Alamat"}
    assert shown["NIK"].startswith("************")
    assert shown["Tanggal lahir"] == "5 Juli 1991"


async def test_a_referral_that_ended_is_not_handed_over(siti: Person, office: Office) -> None:
    desk, referral = await referred(siti)
    letter = await office.drafted(desk, kind="rujukan", referral_id=referral, fields=REASON)
    await office.acted(desk, letter, "initial", "pemaraf")
    sender = await office.person("sekretariat")
    seen = await sender.get(f"/v1/referrals/{referral}")
    ended = await sender.post(
        f"/v1/referrals/{referral}/revoke",
        {"reason": "duplicate"},
        headers={"If-Match": seen.headers["ETag"]},
    )
    assert ended.status_code == 200, ended.text
    late = await office.act(desk, letter, "sign", "kadis")
    assert (late.status_code, late.json()["code"]) == (409, "referral_ended")
    answer = await sender.post(
        f"/v1/cases/{desk.ticket}/letters", {"kind": "rujukan", "referral_id": referral, "fields": REASON}
    )
    assert answer.status_code == 422


async def test_a_second_letter_of_the_kind_is_warned_of(siti: Person, office: Office) -> None:
    desk = await open_case(siti)
    assert (await office.signed(desk))["warnings"] == []
    assert (await office.drafted(desk))["warnings"] == ["letter_still_valid"]


async def test_a_letter_is_revoked_with_a_reason(siti: Person, office: Office) -> None:
    desk = await open_case(siti)
    letter = await office.signed(desk)
    wrong = await office.act(desk, letter, "revoke", "kadis", {"reason": "xx"})
    assert wrong.status_code == 422
    assert (await office.act(desk, letter, "revoke", "manajer", {"reason": "misused"})).status_code == 403
    gone = await office.acted(desk, letter, "revoke", "kadis", {"reason": "wrong_data"})
    assert (gone["state"]["code"], gone["revoke_reason"]["code"]) == ("revoked", "wrong_data")


# Print --------------------------------------------------------------------------------------------------


async def test_print_shows_whole_numbers_to_whoever_works_on_the_case(
    siti: Person, office: Office, login: LogIn
) -> None:
    person = a_person()
    desk = await open_case(siti, subject=person)
    letter = await office.signed(desk)
    path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}"
    page = await siti.get(f"{path}/html")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    assert "unsafe" not in policy
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert person["nik"] in page.text
    assert letter["number"] in page.text
    assert "<script" not in page.text
    assert "PEMERINTAH" in page.text.upper()
    masked = await siti.get(path)
    assert person["nik"] not in masked.text
    head = await login("lurah.guguk@1374")
    assert (await head.get(path)).status_code == 200
    assert (await head.get(f"{path}/html")).status_code == 403
    assert (await head.get(f"{path}/pdf")).status_code == 403


async def test_the_pdf_is_the_same_each_time_and_says_what_was_signed(siti: Person, office: Office) -> None:
    person = a_person()
    desk = await open_case(siti, subject=person)
    letter = await office.signed(desk)
    path = f"/v1/cases/{desk.ticket}/letters/1/pdf"
    first, second = await siti.get(path), await siti.get(path)
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == second.content
    document = pypdfium2.PdfDocument(first.content)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for words in (letter["number"], person["nik"], "Yuliana Contoh", "Kepala Dinas Sosial", "Berlaku sampai"):
        assert words in text


async def test_what_is_typed_is_never_markup(siti: Person, office: Office) -> None:
    desk = await open_case(siti)
    evil = "<script>alert(1)</script> #panic() *x* $ {nik} \\ {{7*7}}"
    letter = await office.drafted(desk, fields={**FIELDS, "purpose": evil})
    path = f"/v1/cases/{desk.ticket}/letters/{letter['id']}"
    page = (await siti.get(f"{path}/html")).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page
    document = pypdfium2.PdfDocument((await siti.get(f"{path}/pdf")).content)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "#panic()" in text
    assert "{nik}" in text
    assert "KONSEP" in text


async def test_the_public_address_is_a_setting(siti: Person, office: Office, house: House) -> None:
    desk = await open_case(siti)
    letter = await office.signed(desk)
    assert letter["verify_url"].startswith("http://puskesos.test/v1/letters/")
    set_to = house.settings.model_copy(update={"public_url": "https://puskesos.example/"})
    async with serving(replace(house, settings=set_to)) as client:
        shown = await Person(client, siti.token, siti.login).get(f"/v1/cases/{desk.ticket}/letters/1")
    assert shown.json()["verify_url"].startswith("https://puskesos.example/v1/letters/")


# Templates ----------------------------------------------------------------------------------------------


TEMPLATE = {
    "regency": "13.74",
    "kind": "rekomendasi",
    "title": "Surat Keterangan",
    "body": "Menerangkan:\n\n{identity}\n\nUntuk {purpose} dari {office}.",
    "number_format": "{n}/KET/{year}",
    "valid_days": 10,
}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"body": "{identity}\n\n{umur}"}, "/body", "unknown_placeholder"),
        ({"body": "{identity}\n\n{program}"}, "/body", "unknown_placeholder"),
        ({"body": "{identity}\n\n{nama"}, "/body", "unknown_placeholder"),
        ({"body": "Warga {name}."}, "/body", "identity_needed"),
        ({"body": "Warga {identity} itu."}, "/body", "identity_needed"),
        ({"title": "Surat {identity}"}, "/title", "unknown_placeholder"),
        ({"number_format": "{n}/x"}, "/number_format", "number_needed"),
        ({"number_format": "{n}/{year}/{kode}"}, "/number_format", "unknown_placeholder"),
        ({"valid_days": 0}, "/valid_days", "greater_than_equal"),
        ({"regency": "xx"}, "/regency", "not_a_tenant"),
    ],
)
async def test_a_template_that_could_not_be_filled_is_refused(
    login: LogIn, change: dict[str, Any], pointer: str, code: str
) -> None:
    head = await login("kadis@1374")
    answer = await head.post("/v1/templates", {**TEMPLATE, **change})
    assert answer.status_code == 422, answer.text
    assert {"pointer": pointer, "code": code}.items() <= answer.json()["errors"][0].items()


async def test_the_regencys_own_template_goes_before_the_nations(fresh_client: AsyncClient) -> None:
    office = Office(fresh_client)
    head, siti = await office.person("kadis"), await office.person("siti")
    desk = await open_case(siti)
    before = await office.drafted(desk)
    made = await head.post("/v1/templates", TEMPLATE)
    assert (made.status_code, made.json()["n"]) == (201, 1)
    second = await head.post("/v1/templates", {**TEMPLATE, "title": "Keterangan"})
    assert second.json()["n"] == 2
    listed = (await head.get("/v1/templates")).json()["items"]
    force = {one["kind"]["code"]: (one["regency"], one["n"]) for one in listed if one["in_force"]}
    assert force == {"rekomendasi": ("13.74", 2), "rujukan": ("ID", 1)}
    letter = await office.drafted(desk, fields={"purpose": "berobat"})
    assert (letter["title"], before["title"]) == ("Keterangan", "Surat Rekomendasi")
    await office.acted(desk, letter, "initial", "pemaraf")
    signed = await office.acted(desk, letter, "sign", "kadis")
    assert signed["number"].startswith("001/KET/")
    elsewhere = await head.post("/v1/templates", {**TEMPLATE, "regency": "13.71"})
    nation = await head.post("/v1/templates", {**TEMPLATE, "regency": "ID"})
    assert (elsewhere.status_code, nation.status_code) == (403, 403)


async def test_what_was_signed_is_what_its_hash_says(siti: Person, office: Office, house: House) -> None:
    desk = await open_case(siti)
    letter = await office.signed(desk)
    async with transaction(house.database.sessions) as tx:
        row = await tx.scalar(select(Letter).where(Letter.code == letter["code"]))
        assert row is not None
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        key = await data_key(tx, house.vault, case.regency_code, case.data_key_id)
        assert digest(Sealing(house.vault, key).open(row)) == row.signed_sha256
        assert b"Yuliana" not in row.content_sealed
