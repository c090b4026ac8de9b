"""One walk through what the service can do, by people of every role: for proofs about all that it says."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.support.desk import Desk, act, open_case
from tests.support.factories import account_body
from tests.support.hands import hands_tour
from tests.support.http import Person, log_in
from tests.support.letters import letters_tour
from tests.support.meetings import meeting_tour
from tests.support.moves import move_about
from tests.support.people import a_nik
from tests.support.tour_aid import aid_tour
from tests.support.tour_figures import figures_tour
from tests.support.tour_files import files_tour
from tests.support.tour_offline import donors_tour, offline_tour
from tests.support.tour_registry import registry_tour
from tests.support.tour_reports import reports_tour
from tests.support.tour_rights import rights_tour
from tests.support.tour_sensitive import sensitive
from tests.support.tour_settings import set_rules

READERS = (
    "siti@1374",
    "hendra@1374",
    "fasilitator@1374",
    "sekretariat@1374",
    "manajer@1374",
    "kadis@1374",
    "admin@1374",
    "auditor@1374",
    "dinsos@1374",
    "dinsos-prov@1300",
    "donatur@1371",
    "admin@0000",
)
UNAVAILABLE = 503
CASE_LISTS = (
    "/v1/cases?count=true",
    "/v1/cases?status=registered&kind=LAYANAN&category=PERMOHONAN_BANSOS&sector=SOSIAL_EKONOMI&count=true",
    "/v1/cases?program=PKH&overdue=true&updated_after=2020-01-01T00:00:00Z&limit=1",
    "/v1/cases?agency=DINSOS-1374&priority=BIASA&holder=desk&due_before=2099-01-01T00:00:00Z",
    "/v1/cases?region=13.74.01.1005&opened_from=2020-01-01T00:00:00Z&opened_to=2099-01-01T00:00:00Z",
    "/v1/cases?region=13.74.01&overdue=false",
    "/v1/cases?sort=due&escalated=false&limit=1",
    "/v1/cases?sex=P&age_band=dewasa&ppks=none&channel=DATANG&opened_from=2026-01-01&due_to=2099-01-01&count=true",
    "/v1/cases?sex=none&age_band=none&named_program=none&outcome=none&outcome_reason=none&escalated_to=none",
    "/v1/cases?confirmed_by=desk&resolved_from=2026-01-01&closed_to=2099-01-01&rated=true&reopened=false",
    "/v1/cases?disputed=false&bounced=false&escalated_to=manager&limit=1",
    "/v1/cases?sort=escalated&escalated=true",
    "/v1/cases?region=13.74",
    "/v1/cases?region=13",
)
LISTS = (
    "/v1/me",
    "/v1/notifications?count=true",
    "/v1/notifications?unread=true&limit=1",
    "/v1/message-templates",
    "/v1/messages",
    "/v1/messages?state=sent&to=resident&limit=1",
    "/v1/referrals?count=true",
    "/v1/referrals?status=sent&limit=1",
    "/v1/referrals?agency=DINSOS-1374&level=KAB_KOTA&reason=none&sent_from=2026-01-01&region=13.74.01&count=true",
    "/v1/referrals?accepted_from=2026-01-01&accepted_to=2099-01-01&ended_to=2099-01-01&reason=other",
    "/v1/metrics",
    "/v1/periodic-reports?count=true",
    "/v1/assistance?count=true",
    "/v1/deliberations?count=true",
    "/v1/objections?count=true",
    "/v1/proposals?count=true",
    "/v1/dashboards/queue",
    "/v1/events?limit=5",
    "/v1/accounts?count=true",
    "/v1/clients",
    "/v1/desks?count=true",
    "/v1/desks?region=13.74",
    "/v1/cadres",
    "/v1/team",
    "/v1/absences?count=true",
    "/v1/visits?mine=false&state=planned&count=true",
    "/v1/tasks?mine=false&count=true&limit=1",
    "/v1/policies",
    "/v1/policies?region=13.74.01.1005",
)
PUBLIC = (
    "/v1/regions?parent=13.74",
    "/v1/regions?q=guguk",
    "/v1/regions/13.74.01.1005",
    "/v1/codes",
    "/v1/agencies?count=true",
    "/v1/agencies/DINSOS-1374",
    "/v1/programs",
    "/v1/programs/PKH",
    "/v1/programs/PKH/versions",
    "/v1/calendars?region=13.74&year=2026",
    "/v1/statistics?region=13",
    "/statistik",
    "/statistik?wilayah=13.74",
    "/livez",
    "/readyz",
    "/metrics",
)
HANDS = ("/assignments", "/visits", "/tasks", "/contacts")
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
Asking = Callable[[str], Awaitable[Person]]


async def tour(client: AsyncClient) -> list[Desk]:
    """Do it all once; nothing may fail by a fault of ours."""
    people: dict[str, Person] = {}

    async def who(login: str) -> Person:
        if login not in people:
            people[login] = await log_in(client, login)
        return people[login]

    ordered = await (await who("siti@1374")).post("/v1/exports", {"format": "csv", "purpose": "service"})
    assert ordered.status_code == 202, ordered.text
    for path in PUBLIC:
        answer = await client.get(path)
        if answer.status_code == UNAVAILABLE:
            # Each part has a moment to answer /readyz; on a busy machine it may be a little late.
            answer = await client.get(path)
        assert answer.status_code < 400, (path, answer.text)
    desks = await _cases(client, who)
    await files_tour(client, await who("siti@1374"), await who("dinsos@1374"))
    house = client._transport.app.state.house  # type: ignore[attr-defined]  # noqa: SLF001 - its own
    await registry_tour(house, await who("sekretariat@1374"))
    await offline_tour(await who("siti@1374"), await who("manajer@1374"), house)
    await donors_tour(client, house)
    await hands_tour(await open_case(await who("siti@1374")), await who("supervisor@1374"))
    await letters_tour(client, await open_case(await who("siti@1374")))
    await sensitive(client, await who("siti@1374"), await who("manajer@1374"), await who("sekretariat@1374"))
    await meeting_tour(client._transport.app.state.house)  # type: ignore[attr-defined]  # noqa: SLF001 - its own
    await reports_tour(who, client._transport.app.state.house)  # type: ignore[attr-defined]  # noqa: SLF001 - its own
    await _administration(who)
    for login in READERS:
        await look_around(await who(login), desks)
        await figures_tour(await who(login))
    await _paging(await who("siti@1374"))
    await _sessions(client)
    return desks


async def look_around(reader: Person, desks: list[Desk]) -> None:
    """Read every list, and every part of these cases."""
    for path in (*CASE_LISTS, *LISTS):
        answer = await reader.get(path)
        assert answer.status_code in {200, 403}, (reader.login, path, answer.text)
    for desk in desks:
        for part in (
            "",
            "/events",
            "/notes",
            "/referrals",
            "/routing",
            "/clock",
            "/offers",
            "/messages",
            "/letters",
            "/links",
            *HANDS,
        ):
            answer = await reader.get(f"/v1/cases/{desk.ticket}{part}")
            assert answer.status_code in {200, 403, 404}, answer.text


async def _cases(client: AsyncClient, who: Asking) -> list[Desk]:
    siti, dinsos, office = await who("siti@1374"), await who("dinsos@1374"), await who("sekretariat@1374")
    nik = a_nik()
    hidden = {"kind": "person", "nik": a_nik(), "name": "Wati Contoh", "sex": "P"}
    subject = {"kind": "person", "nik": nik, "kk": "1374010101200001", "name": "Rahma Contoh", "sex": "P"}
    first = await open_case(siti, subject={**subject, "phone": "081234567890"}, separate_reason=None)
    again = await open_case(siti, subject=subject, separate_reason="Hal lain.")
    unknown = await open_case(siti, subject={"kind": "person", "name": "Tanpa NIK", "born_on": "1950-01-01"})
    # The second desk may not know of the first one's case: the pair is put to the secretariat.
    await open_case(siti, subject=hidden, confidentiality="RAHASIA")
    await open_case(await who("yulia@1374"), subject=hidden, village="13.74.02.1004")
    person = (await first.read())["subject"]["person"]["id"]
    chosen = await open_case(siti, subject={"kind": "person", "id": person}, category="SARAN", kind="SARAN")
    about = [{"kind": "desk", "ref": None, "text": None}]
    place = await siti.post("/v1/cases", {"kind": "PENGADUAN", "about": about})
    assert place.status_code == 422
    await _work(first, dinsos)
    await _return(again, dinsos, office, await who("pemaraf@1374"))
    await unknown.took("void", {"reason": "withdrawn"})
    await unknown.read()
    await unknown.took("restore", {"reason": "Keliru."}, await who("supervisor@1374"))
    for query in (nik, "081234567890", "Rahma", first.ticket):
        answer = await siti.post("/v1/cases/search", {"q": query, "count": True})
        assert answer.status_code == 200, answer.text
    match = {"region": "13.74.01.1005", "facts": {"household.children_0_6": 1}}
    assert (await siti.post("/v1/programs/match", match)).status_code == 200
    silent = await _silences(siti)
    await _resident(client, first)
    return [first, again, unknown, chosen, await move_about(who), silent]


async def _silences(siti: Person) -> Desk:
    """Nobody answers, brings papers or says anything any more; return the case with the silent receiver."""
    silent, bare, told = await open_case(siti), await open_case(siti), await open_case(siti)
    await silent.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await bare.took("ask_completion", {"missing": ["KK"]})
    await told.took("resolve", {"outcome": "information_given", "told": TOLD})
    return silent


async def take_what_is_offered(client: AsyncClient, desk: Desk) -> None:
    """Drop the first programme that was offered after a silent receiver, and look what taking it says."""
    office = await log_in(client, "sekretariat@1374")
    path = f"/v1/cases/{desk.ticket}/offers"
    (offer,) = (await office.get(path)).json()["items"]
    dropped = await office.post(f"{path}/{offer['id']}/drop", {"reason": "Tidak berminat."})
    assert dropped.status_code == 200, dropped.text
    etag = (await office.get(f"/v1/cases/{desk.ticket}")).headers["ETag"]
    taken = await office.post(f"{path}/{offer['id']}/take", {}, headers={"If-Match": etag})
    assert taken.status_code == 409, taken.text


async def _work(desk: Desk, dinsos: Person) -> None:
    path = f"/v1/cases/{desk.ticket}"
    await desk.took("ask_completion", {"missing": ["KK"]})
    await desk.took("complete", {"papers": ["KK"]})
    for part, body in (
        ("facts", {"facts": {"household.pregnant": True}, "source": "desk"}),
        ("routing", {}),
        ("notes", {"text": "Catatan."}),
    ):
        answer = await desk.officer.post(f"{path}/{part}", body)
        assert answer.status_code == 201, (part, answer.text)
    await desk.read()
    changed = await desk.officer.patch(
        path, {"priority": "MENDESAK", "priority_reason": "Sakit."}, etag=desk.etag
    )
    assert changed.status_code == 200, changed.text
    await desk.read()
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    for action, body in (
        ("question", {"text": "Berapa anak?"}),
        ("note", {"text": "Dicatat."}),
        ("external_reference", {"reference": "S-1"}),
        ("accept", {}),
        ("start", {}),
        ("deliver", _cash("2026-01")),
        ("fulfil", {"extent": "partial"}),
    ):
        answer = await act(dinsos, referral, action, body)
        assert answer.status_code == 200, (action, answer.text)
    await desk.read()
    await desk.took("resolve", {"outcome": "aid_partial", "told": TOLD})


def _cash(period: str) -> dict[str, Any]:
    return {"component": "cash", "amount_idr": 300000, "period": period, "date": "2026-01-05", "proof": "B1"}


async def _return(desk: Desk, dinsos: Person, office: Person, approver: Person) -> None:
    await desk.took("verify")
    await desk.took("record_verification", {"verdict": "confirmed", "method": "visit"})
    await desk.took("propose", {"recommendation": "refer", "reason": "Sesuai.", "programs": ["BLT_KOTA"]})
    await desk.read(office)
    await desk.took("return", {"note": "Kurang."}, approver)
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    await act(dinsos, referral, "return", {"missing": ["KK"]})
    await act(desk.officer, referral, "resend", {})
    await act(dinsos, referral, "waitlist", {"position": 3})
    await act(desk.officer, referral, "revoke", {"reason": "duplicate"})
    await desk.read()


async def _resident(client: AsyncClient, desk: Desk) -> None:
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    assert entered.status_code == 200, entered.text
    resident = Person(client, entered.json()["access_token"], "resident")
    assert (await resident.get("/v1/track")).status_code == 200
    for action, body in (("rating", {"rating": 4}), ("confirm", {"received": [], "rating": 5})):
        answer = await resident.post(f"/v1/track/{action}", body)
        assert answer.status_code < 500, answer.text
    wrong = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": "000000"})
    assert wrong.status_code in {200, 401}
    replaced = await desk.officer.post(f"/v1/cases/{desk.ticket}/pin", {"reason": "lost"})
    assert replaced.status_code == 201, replaced.text


async def _administration(who: Asking) -> None:
    admin = await who("admin@1374")
    made = await admin.post("/v1/accounts", account_body("tur"))
    assert made.status_code == 201, made.text
    path = f"/v1/accounts/{made.json()['id']}"
    shown = await admin.get(path)
    version = shown.headers["ETag"]
    for subject in ("tur-1", "tur-2", None):
        body = {"issuer": "https://masuk.example.go.id", "subject": subject}
        tied = await admin.put(f"{path}/sign-in", body, etag=version)
        assert tied.status_code == 200, tied.text
        version = tied.headers["ETag"]
    changed = await admin.patch(path, {"active": False}, etag=version)
    assert changed.status_code == 200, changed.text
    client = await admin.post(
        "/v1/clients", {"client_id": "tur", "name": "Tur", "agency": "DINSOS-1374", "first_party": False}
    )
    if client.status_code == 201:
        for part in ("rotate", "disable"):
            answer = await admin.post(f"/v1/clients/{client.json()['id']}/{part}", {})
            assert answer.status_code < 500, answer.text
    await set_rules(who)
    await aid_tour(who)
    await rights_tour(who)
    dinsos = await who("dinsos@1374")
    full = await dinsos.put("/v1/programs/BLT_KOTA/availability", {"state": "open"})
    assert full.status_code == 200, full.text


async def _paging(reader: Person) -> None:
    path = "/v1/cases?limit=1"
    for _ in range(3):
        answer = await reader.get(path)
        assert answer.status_code == 200, answer.text
        if answer.json()["next"] is None:
            break
        path = f"/v1/cases?cursor={answer.json()['next']}"


async def _sessions(client: AsyncClient) -> None:
    form = {"grant_type": "password", "client_id": "konsol@1374", "username": "desi@1374"}
    wrong = await client.post("/v1/oauth/token", data={**form, "password": "wrong-password"})
    assert wrong.status_code == 400, wrong.text
    given = await client.post("/v1/oauth/token", data={**form, "password": "demo-puskesos"})
    refresh = {"grant_type": "refresh_token", "client_id": "konsol@1374"}
    token = given.json()["refresh_token"]
    for _ in range(2):
        again = await client.post("/v1/oauth/token", data={**refresh, "refresh_token": token})
        assert again.status_code in {200, 400}, again.text
    await client.post("/v1/oauth/revoke", data={"token": given.json()["access_token"]})
    machine = {
        "grant_type": "client_credentials",
        "client_id": "sistem-dinsos@1374",
        "client_secret": "demo-secret-sistem-dinsos-1374",
    }
    assert (await client.post("/v1/oauth/token", data=machine)).status_code == 200
