"""Visits, tasks, contacts, leave and hand-overs, as tests bring them about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.desk import Desk
from tests.support.http import Person
from tests.support.personas import HOME

POOR = {"verdict": "poor", "answers": {"meals": 2, "floor": "earth"}, "narrative": "Rumah bambu."}


async def made(by: Person, path: str, body: Any) -> dict[str, Any]:
    answer = await by.post(path, body)
    assert answer.status_code in {200, 201}, (path, answer.text)
    return dict(answer.json())


async def account_of(person: Person) -> str:
    return str((await person.get("/v1/me")).json()["id"])


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def just_now() -> str:
    return datetime.now(UTC).isoformat()


async def plan_visit(by: Person, ticket: str, **more: Any) -> dict[str, Any]:
    body = {"purpose": "verification", "planned_for": tomorrow(), **more}
    return await made(by, f"/v1/cases/{ticket}/visits", body)


async def hands_of(officer: Person, ticket: str, above: Person, account: str) -> dict[str, str]:
    """Make one of each thing that a path of this feature names; ids by the names in the paths."""
    visit = await plan_visit(officer, ticket)
    task = await made(officer, f"/v1/cases/{ticket}/tasks", {"text": "Tanya RT."})
    away = {"account": account, "from": "2026-12-01", "to": "2026-12-02", "reason": "leave"}
    absence = await made(above, "/v1/absences", away)
    cadres = (await officer.get("/v1/cadres", region=HOME, pillar="PSM")).json()["items"]
    return {
        "visit_id": visit["id"],
        "task_id": task["id"],
        "absence_id": absence["id"],
        "cadre_id": cadres[0]["id"],
    }


async def hands_tour(desk: Desk, above: Person) -> None:
    """Do everything of this feature once on a case of the officer; nothing may fail."""
    officer, path = desk.officer, f"/v1/cases/{desk.ticket}"
    await made(officer, f"{path}/assignments", {"self": True})
    me = await account_of(officer)
    deputy = (await above.get("/v1/team/caseload", ticket=desk.ticket)).json()
    assert deputy["items"], deputy
    first = await plan_visit(officer, desk.ticket)
    await made(officer, f"{path}/visits/{first['id']}/done", {**POOR, "done_at": just_now()})
    second = await plan_visit(officer, desk.ticket, visitor=me)
    await made(officer, f"{path}/visits/{second['id']}/cancel", {"reason": "weather"})
    await plan_visit(officer, desk.ticket)
    task = await made(officer, f"{path}/tasks", {"text": "Tanya RT.", "assignee": me})
    await made(officer, f"{path}/tasks/{task['id']}/done", None)
    await made(officer, f"{path}/tasks", {"text": "Salin KK.", "assignee": me})
    tried = {"at": just_now(), "means": "phone", "result": "no_answer", "note": "Nomor mati."}
    await made(officer, f"{path}/contacts", tried)
    for part in ("assignments", "visits", "tasks", "contacts"):
        assert (await officer.get(f"{path}/{part}")).status_code == 200, part
    away = {"account": me, "from": "2026-12-01", "to": "2026-12-02", "reason": "leave"}
    absence = await made(above, "/v1/absences", away)
    await made(above, f"/v1/absences/{absence['id']}/end", None)
    await made(above, f"/v1/team/{me}/hand-over", {"balanced": True})
    body = {"pillar": "PSM", "name": "PSM Tur", "area": HOME, "appointed_on": "2026-11-01"}
    cadre = await above.post("/v1/cadres", body)
    assert cadre.status_code == 201, cadre.text
    changed = await above.patch(
        f"/v1/cadres/{cadre.json()['id']}", {"capacity": 9}, etag=cadre.headers["ETag"]
    )
    assert changed.status_code == 200, changed.text
    for one in ("/v1/team", "/v1/absences?count=true", "/v1/visits/checklist"):
        assert (await above.get(one)).status_code == 200, one
    for one in ("/v1/visits?count=true", "/v1/tasks?count=true&mine=false", "/v1/visits?mine=false"):
        assert (await officer.get(one)).status_code == 200, one
