"""Whoever comes in, is refused, or reads personal data stands in the access log."""

from datetime import datetime

from httpx import ASGITransport, AsyncClient
from sqlalchemy import select

from app.api.deps import CurrentActor, House
from app.api.routing import make_router, operation
from app.db.session import transaction
from app.db.tables.access import AccessEntry
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.main import create_app
from tests.support.factories import IDS
from tests.support.http import Person, log_in

router = make_router("people")
HIDDEN = "7" * 3


@router.get("/v1/probe/{person_id}", **operation("readProbe", may=Permission.CASE_READ, reads_person=True))
async def probe(person_id: str, actor: CurrentActor) -> dict[str, str]:
    """Stand for any route that shows a person."""
    if person_id.endswith(HIDDEN):
        raise NotFound
    return {"tenant": actor.tenant}


async def entries(house: House) -> list[tuple[str, str, str]]:
    await house.access_log.flush()
    async with transaction(house.database.sessions) as tx:
        statement = select(AccessEntry.action, AccessEntry.subject_kind, AccessEntry.result)
        rows = await tx.execute(statement.order_by(AccessEntry.at, AccessEntry.n))
        return [(row.action, row.subject_kind, row.result) for row in rows]


def public(now: datetime, end: str = "") -> str:
    text = IDS.new_id(now).hex
    return f"1374-{text[: 32 - len(end)]}{end}"


async def test_log_ins_and_their_refusals_are_noted(fresh_client: AsyncClient, fresh_house: House) -> None:
    await log_in(fresh_client, "siti@1374")
    form = {"grant_type": "password", "client_id": "konsol@1374", "username": "siti@1374", "password": "no"}
    await fresh_client.post("/v1/oauth/token", data=form)
    assert await entries(fresh_house) == [("login", "account", "ok"), ("login", "account", "refused")]


async def test_refusals_are_noted(fresh_client: AsyncClient, fresh_house: House) -> None:
    await fresh_client.get("/v1/me")
    siti = await log_in(fresh_client, "siti@1374")
    await siti.get(f"/v1/accounts/{public(fresh_house.clock())}")
    assert await entries(fresh_house) == [
        ("getMe", "route", "unauthenticated"),
        ("login", "account", "ok"),
        ("getAccount", "account", "forbidden"),
    ]


async def test_reads_of_persons_are_noted_and_so_is_who_looked_in_vain(fresh_house: House) -> None:
    app = create_app(fresh_house.settings, fresh_house)
    app.router.routes.extend(router.routes)
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://puskesos.test") as client:
        siti: Person = await log_in(client, "siti@1374")
        seen, hidden = public(fresh_house.clock()), public(fresh_house.clock(), HIDDEN)
        assert (await siti.get(f"/v1/probe/{seen}")).status_code == 200
        assert (await siti.get(f"/v1/probe/{hidden}")).status_code == 404
    found = await entries(fresh_house)
    assert found[1:] == [("readProbe", "person", "ok"), ("readProbe", "person", "not_found")]
