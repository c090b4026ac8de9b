"""People who sign in by the outside issuer: a browser before the console, and the issuer on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.application import Desk
from app.api.deps import House
from app.integrations.oidc import Issuer
from app.main import create_app
from tests.support.factories import account_body
from tests.support.http import Person
from tests.support.issuer import CLIENT, SECRET, Outside, outside

TIED = "f81d4fae-7dec-11d0"


@dataclass
class Scene:
    issuer: Outside
    house: House
    admin: Person
    path: str
    """Of the account that is tied."""
    app: Desk

    def again(self, **changes: Any) -> "Place":
        """Return the service as it is just after its start: nothing is known of the issuer."""
        made = Issuer.at(self.issuer.url, CLIENT, SECRET, "SSO Uji")
        made.seconds = 0.4
        return self.place(issuer=made, **changes)

    def place(self, **changes: Any) -> "Place":
        return Place(self.app, replace(self.house, **changes))

    def mend(self) -> None:
        """Make the issuer as it should be again."""
        fresh = Outside(url=self.issuer.url, keys=self.issuer.keys)
        for one in fields(Outside):
            vars(self.issuer)[one.name] = vars(fresh)[one.name]


@dataclass(frozen=True)
class Place:
    """The service with one house; the application, whose templates are costly, is the same for all."""

    app: Desk
    house: House

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.app.state.house = self.house
        await self.app(scope, receive, send)


async def staged(issuer: Outside, house: House, admin: Person, login: str = "luar") -> Scene:
    """Tie a new account to somebody at *issuer*."""
    made = await admin.post("/v1/accounts", account_body(login))
    path = f"/v1/accounts/{made.json()['id']}"
    answer = await tie(admin, path, issuer.url, TIED)
    assert answer.status_code == 200, answer.text
    assert answer.json()["sign_in"] is True
    return Scene(issuer, house, admin, path, create_app(house.settings, house))


async def tie(admin: Person, path: str, issuer: str, subject: str | None) -> Response:
    etag = (await admin.get(path)).headers["etag"]
    return await admin.put(f"{path}/sign-in", {"issuer": issuer, "subject": subject}, etag=etag)


@asynccontextmanager
async def a_browser(place: ASGIApp) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(
        transport=ASGITransport(place), base_url="http://127.0.0.1", headers={"Accept-Language": "id"}
    ) as one:
        yield one


async def go(browser: AsyncClient, to: str = "/konsol/kasus") -> str:
    """Go to the issuer and consent; return the address that it sends the browser back to."""
    away = await browser.get("/konsol/masuk/penyedia", params={"ke": to})
    assert away.status_code == 303, away.text
    async with AsyncClient(trust_env=False) as network:
        back = await network.get(away.headers["Location"])
    assert back.status_code == 302, back.text
    address = back.headers["Location"]
    assert address.startswith("http://127.0.0.1/konsol/masuk/kembali?")
    return str(address)


async def through(place: ASGIApp, to: str = "/konsol/kasus") -> Response:
    async with a_browser(place) as browser:
        return await browser.get(await go(browser, to))


def reason(answer: Response) -> str:
    assert 'role="alert"' in answer.text
    assert "konsol=" not in answer.headers.get("set-cookie", "").replace("pergi", "")
    return answer.text.partition('role="alert"')[2][:400]


async def outside_tour(admin: Person, house: House) -> None:
    """Go to the issuer and come back: as who is tied, and as who is not."""
    async with outside() as issuer:
        scene = await staged(issuer, house, admin, "tur.luar")
        for subject, status in ((TIED, 303), ("nobody-here", 403)):
            issuer.subject = subject
            assert (await through(scene.again())).status_code == status
