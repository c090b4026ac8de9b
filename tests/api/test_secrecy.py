"""Cases that only some may know of: violence, complaints about one of us, things told in free words."""

import json

import pytest
from sqlalchemy import select, text

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import CaseReader
from app.domain.ids import public_id
from tests.conftest import LogIn
from tests.support.desk import CASE, a_person
from tests.support.http import Person
from tests.support.secrecy import TENANT, about, account_of, opened, row_of, sees


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def test_violence_leaves_its_typist_a_receipt_only(siti: Person, login: LogIn) -> None:
    told = await opened(siti, category="KEKERASAN_PEREMPUAN")
    assert set(told) == {"ticket", "pin", "opened_at", "receipt"}
    assert not await sees(siti, told["ticket"])
    for name in ("hendra", "sekretariat", "pemaraf", "kadis", "supervisor"):
        assert not await sees(await login(f"{name}@1374"), told["ticket"]), name
    assert await sees(await login("manajer@1374"), told["ticket"])
    assert not await sees(await login("manajer@1371"), told["ticket"])


async def test_free_words_about_somebody_close_the_case(siti: Person, house: House) -> None:
    told = await opened(
        siti,
        kind="PENGADUAN",
        category="LAYANAN_PETUGAS",
        about=[{"kind": "text", "text": "petugas yang memakai topi"}],
    )
    assert "receipt" in told
    assert (await row_of(house, told["ticket"])).closed_to == "manager"


@pytest.mark.parametrize(
    ("accused", "handler"), [("hendra", "manager"), ("manajer", "head"), ("kadis", "inspectorate")]
)
async def test_a_complaint_goes_past_the_accused_and_his_line(
    siti: Person, house: House, login: LogIn, accused: str, handler: str
) -> None:
    complaint = {"kind": "PENGADUAN", "category": "LAYANAN_PETUGAS", "about": [await about(house, accused)]}
    told = await opened(siti, **complaint)
    assert (await row_of(house, told["ticket"])).closed_to == handler
    assert not await sees(await login(f"{accused}@1374"), told["ticket"])
    for role, name in (("manager", "manajer"), ("head", "kadis")):
        assert await sees(await login(f"{name}@1374"), told["ticket"]) == (role == handler), name


async def test_a_case_about_the_head_is_never_without_hands(siti: Person, house: House) -> None:
    complaint = {"kind": "PENGADUAN", "category": "LAYANAN_PETUGAS", "about": [await about(house, "kadis")]}
    told = await opened(siti, **complaint)
    case = await row_of(house, told["ticket"])
    async with read_only(house.database.sessions) as tx:
        named = await tx.scalars(
            select(CaseReader.account_id).where(
                CaseReader.regency_code == TENANT,
                CaseReader.case_id == case.id,
                CaseReader.standing == "named",
            )
        )
        assert len(named.all()) == 1


async def test_whoever_is_complained_of_is_kept_out_whatever_his_office(
    siti: Person, house: House, login: LogIn
) -> None:
    """Two managers: the case is closed to the office, and hidden from the one whom it is about."""
    told = await opened(siti, category="KEKERASAN_PEREMPUAN")
    case = await row_of(house, told["ticket"])
    manager = await login("manajer@1374")
    assert await sees(manager, told["ticket"])
    async with house.database.sessions() as session, session.begin():
        session.add(
            CaseReader(
                regency_code=TENANT,
                case_id=case.id,
                account_id=await account_of(house, "manajer"),
                standing="kept_out",
                opened_at=case.opened_at,
            )
        )
    assert not await sees(manager, told["ticket"])


async def test_a_limited_case_is_the_secretariats_not_the_desks(siti: Person, login: LogIn) -> None:
    told = await opened(siti, confidentiality="TERBATAS")
    assert not await sees(siti, told["ticket"])
    assert await sees(await login("sekretariat@1374"), told["ticket"])


async def test_nothing_of_a_person_stands_in_events_keys_or_logs(siti: Person, house: House) -> None:
    person = {**a_person(), "name": "Zulhendra Unikum", "phone": "081211112222", "address": "Jalan Unikum 7"}
    await opened(siti, subject=person, chronology="Kalimat unikum tentang dirinya.")
    await house.access_log.flush()
    async with read_only(house.database.sessions) as tx:
        tables = [
            "events", "access_log", "idempotency_keys", "cases", "case_facts", "routing_records", "clocks",
        ]  # fmt: skip
        for table in tables:
            rows = (await tx.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars().all()  # noqa: S608
            held = json.dumps(list(rows))
            for secret in (person["nik"], "Unikum", "unikum", "6281211112222", "081211112222"):
                assert secret not in held, (table, secret)


async def test_a_receiver_sees_a_secret_referral_only_once_he_is_named(
    siti: Person, house: House, login: LogIn
) -> None:
    told = await opened(siti, category="KEKERASAN_PEREMPUAN")
    manager, protector = await login("manajer@1374"), await login("uptd-ppa@1374")
    path = f"/v1/cases/{told['ticket']}"
    etag = (await manager.get(path)).headers["etag"]
    sent = await manager.post(
        f"{path}/refer",
        {"referrals": [{"program": "LAYANAN_PPA", "purpose": "AID"}]},
        headers={"If-Match": etag},
    )
    assert sent.status_code == 200, sent.text
    referral = f"/v1/referrals/{sent.json()['referrals'][0]['id']}"
    assert (await protector.get(referral)).status_code == 404
    account = public_id(TENANT, await account_of(house, "uptd-ppa"))
    for _ in range(2):
        named = await manager.post(f"{path}/readers", {"account": account})
        assert named.status_code == 201, named.text
        assert [one["login"] for one in named.json()["items"]] == ["uptd-ppa@1374"]
    assert (await protector.get(referral)).status_code == 200
    assert (
        await (await login("sekretariat@1374")).post(f"{path}/readers", {"account": account})
    ).status_code == 404


async def test_whoever_the_case_is_about_cannot_be_named(siti: Person, house: House, login: LogIn) -> None:
    accused = await about(house, "hendra")
    told = await opened(siti, kind="PENGADUAN", category="LAYANAN_PETUGAS", about=[accused])
    manager = await login("manajer@1374")
    answer = await manager.post(f"/v1/cases/{told['ticket']}/readers", {"account": accused["ref"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "kept_out")
    assert (await manager.post(f"/v1/cases/{told['ticket']}/readers", {"account": "x"})).status_code == 422


async def test_nobody_who_works_for_the_accused_can_be_named(
    siti: Person, house: House, login: LogIn
) -> None:
    # Hendra coordinates the desk where Siti works; the secretariat's officer works for neither.
    accused = await about(house, "hendra")
    told = await opened(siti, kind="PENGADUAN", category="LAYANAN_PETUGAS", about=[accused])
    manager, path = await login("manajer@1374"), f"/v1/cases/{told['ticket']}/readers"
    below = await manager.post(path, {"account": public_id(TENANT, await account_of(house, "siti"))})
    assert (below.status_code, below.json()["code"]) == (409, "reports_to_accused")
    beside = await manager.post(path, {"account": public_id(TENANT, await account_of(house, "sekretariat"))})
    assert beside.status_code == 201, beside.text


async def test_a_complaint_about_a_handler_may_be_brought_to_any_desk_of_the_regency(login: LogIn) -> None:
    yulia, elsewhere = await login("yulia@1374"), await login("rini@1371")
    village = "13.74.01.1005"
    complaint = {
        **CASE,
        "subject": a_person(),
        "kind": "PENGADUAN",
        "category": "LAYANAN_PETUGAS",
        "place": {"village": village},
        "about": [{"kind": "village_office", "ref": village}],
    }
    assert (await yulia.post("/v1/cases", complaint)).status_code == 201
    assert (await elsewhere.post("/v1/cases", complaint)).status_code == 403
    for about_none in ([], [{"kind": "program", "ref": "PKH"}]):
        ordinary = await yulia.post("/v1/cases", {**complaint, "subject": a_person(), "about": about_none})
        assert ordinary.status_code == 403
