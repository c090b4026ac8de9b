"""People and their households: searched before anything is entered, each with the reason of the likeness."""

from typing import Any, Final

from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.choices import choices_of
from app.console.fields import kept
from app.console.sitting import part
from app.console.visit import Handler, Visit

_WAYS: Final = (("nik",), ("kk",), ("name", "born_on"))
"""By what somebody is looked up exactly: the first of these that is given."""
_GIVEN: Final = ("nik", "kk", "name", "born_on", "village")


async def ask_whom(visit: Visit) -> Response:
    return visit.draw("people.html", found=None, alike=None, villages=_villages(visit))


async def search(visit: Visit) -> Response:
    """Look for exactly whom was asked for, and for those who are alike; none of it stands in an address."""
    typed = await visit.form()
    given = {name: text for name in _GIVEN if (text := str(typed.get(name) or "").strip())}
    alike = await visit.sitting.ask("POST", "/v1/people/candidates", Sending(json=given))
    if not alike.fine:
        return await _people(visit, None, [], alike)
    exactly = next(({one: given[one] for one in way} for way in _WAYS if set(way) <= set(given)), None)
    known = None
    if exactly is not None:
        told = await visit.sitting.ask("POST", "/v1/people/lookup", Sending(json=exactly))
        if not told.fine:
            return await _people(visit, None, [], told)
        known = told.body
    return await _people(visit, known, alike.body["candidates"], alike)


async def _people(visit: Visit, known: Any, alike: list[Any], told: Told) -> Response:
    return visit.draw(
        "people.html",
        told.status,
        found=known,
        alike=alike if told.fine else None,
        villages=_villages(visit),
        problem=None if told.fine else told.body,
        kept=kept(await visit.form()),
    )


async def show_person(visit: Visit) -> Response:
    return await _person(visit)


async def reveal(visit: Visit) -> Response:
    """Show her numbers whole, this once, for a purpose that goes on record."""
    typed = await visit.form()
    path = f"/v1/people/{part(visit.path('person'))}/reveal"
    body = {"purpose": str(typed.get("purpose") or "")}
    return await _person(visit, await visit.sitting.post(path, body, key=str(typed.get("sekali") or "")))


async def _person(visit: Visit, told: Told | None = None) -> Response:
    path, ask = f"/v1/people/{part(visit.path('person'))}", visit.sitting.read
    person = await visit.sitting.get(path)
    if not person.fine:
        return visit.trouble(person)
    house = person.body["household"]
    return visit.draw(
        "person.html",
        told.status if told else 200,
        person=person.body,
        household=await ask(f"/v1/households/{part(house)}") if house else None,
        aid=await ask(f"{path}/assistance"),
        revealed=told.body if told and told.fine else None,
        problem=told.body if told and not told.fine else None,
        sets=await choices_of(visit, ("reveal_purpose",)),
    )


def _villages(visit: Visit) -> list[tuple[str, str]]:
    names = {one["region"]: one["region_name"] for one in visit.me["grants"]}
    villages = [one for one in visit.me["regions"] if one.count(".") == 3]  # noqa: PLR2004  # regency.district.village
    return [(code, names.get(code, code)) for code in villages]


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/warga", "GET", ask_whom),
    ("/konsol/warga", "POST", search),
    ("/konsol/warga/{person}", "GET", show_person),
    ("/konsol/warga/{person}", "POST", reveal),
)
