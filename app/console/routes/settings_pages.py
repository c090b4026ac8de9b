"""What a regency sets for itself: how long steps may take, days off, and the words of messages."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_CLOCK: Final[Form] = (
    Field("step", Kind.CHOICE, ("Langkah", "Step"), "clock_step", needed=True),
    Field("kind", Kind.CHOICE, ("Hanya jenis", "Only kind"), "case_kind"),
    Field("priority", Kind.CHOICE, ("Hanya prioritas", "Only priority"), "priority"),
    Field("amount", Kind.NUMBER, ("Berapa lama", "How long"), needed=True),
    Field("unit", Kind.CHOICE, ("Satuan", "Unit"), "time_unit", needed=True),
    Field("source", Kind.LINE, ("Dasar (keputusan atau berita acara)", "Decree or minutes"), needed=True),
)
_VALUE: Final[Form] = (
    Field("name", Kind.CHOICE, ("Nilai apa", "Which value"), "value", needed=True),
    Field("value", Kind.NUMBER, ("Menjadi", "Becomes"), needed=True),
    Field("source", Kind.LINE, ("Dasar (keputusan atau berita acara)", "Decree or minutes"), needed=True),
)
_DAY: Final[Form] = (
    Field("date", Kind.DAY, ("Hari", "Day"), needed=True),
    Field("name", Kind.LINE, ("Nama hari libur", "Name of the day off"), needed=True),
)
_WORDS: Final[Form] = (
    Field("event", Kind.CHOICE, ("Kejadian", "Event"), "event", needed=True),
    Field("audience", Kind.CHOICE, ("Kepada", "To"), "message_audience", needed=True),
    Field("channel", Kind.CHOICE, ("Lewat", "By"), "message_channel", needed=True),
    Field("subject", Kind.LINE, ("Judul (surel)", "Subject (mail)")),
    Field(
        "body",
        Kind.TEXT,
        ("Bunyi pesan", "Words"),
        needed=True,
        hint=(
            "Boleh memakai {ticket}, {status}, {topic}, {office}; tidak ada data pribadi.",
            "{ticket}, {status}, {topic}, {office} may be named; nothing personal.",
        ),
    ),
)


async def show_policies(visit: Visit) -> Response:
    return await _policies(visit, NO_REFUSAL)


async def change_policy(visit: Visit) -> Response:
    """Set a rule of the regency, or end one so that the national default holds again."""
    action, region = visit.path("action"), {"region": visit.me["regency"]}
    forms = {"clock": _CLOCK, "value": _VALUE}
    if action in forms:
        return await act(
            visit, _policies, Act(action, "/v1/policies", forms[action], "/konsol/kebijakan", more=region)
        )
    if action == "end":
        policy = part(str((await visit.form()).get("policy") or "x"))
        return await act(visit, _policies, Act(action, f"/v1/policies/{policy}/end", to="/konsol/kebijakan"))
    return visit.draw("trouble.html", 404, problem={})


async def show_calendar(visit: Visit) -> Response:
    return await _calendar(visit, NO_REFUSAL)


async def change_calendar(visit: Visit) -> Response:
    """Add a day off, take one away, or say that an estimated one is certain."""
    action, typed = visit.path("action"), await visit.form()
    one_day = str(typed.get("date") or "").strip()
    changes: dict[str, Any] = {
        "add": {"add": [{"date": one_day, "name": str(typed.get("name") or "").strip()}]},
        "remove": {"remove": [one_day]},
        "confirm": {"confirm": [one_day]},
        "week": {"six_day_week": typed.get("six") == "true"},
    }
    if action not in changes:
        return visit.draw("trouble.html", 404, problem={})
    year = one_day[:4] if one_day[:4].isdecimal() and one_day[:4].isascii() else ""
    to = f"/konsol/kalender?year={year}" if year else "/konsol/kalender"
    more = {"region": visit.me["regency"], **changes[action]}
    told = Act(action, "/v1/calendars", (), to, more=more)
    return await act(visit, _calendar, told)


async def show_words(visit: Visit) -> Response:
    return await _words(visit, NO_REFUSAL)


async def change_words(visit: Visit) -> Response:
    typed = await visit.form()
    more: dict[str, Any] = {
        "region": visit.me["regency"],
        "language": "en" if typed.get("language") == "en" else "id",
        "active": typed.get("off") is None,
    }
    return await act(visit, _words, Act("bunyi", "/v1/message-templates", _WORDS, "/konsol/pesan", more=more))


async def _policies(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/policies", region=visit.me["regency"])
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("clock_step", "case_kind", "priority", "time_unit", "case_category"))
    plain = [one for one in told.body["values"] if isinstance(one["value"], int)]
    lang = visit.sitting.lang
    sets["value"] = sorted(((one["name"], one["label"][lang]) for one in plain), key=lambda one: one[1])
    values = {"found": told.body, "forms": {"clock": _CLOCK, "value": _VALUE}, "sets": sets}
    return visit.draw("policies.html", refused.status, **values, **refused.shown)


async def _calendar(visit: Visit, refused: Refusal) -> Response:
    year = visit.query("year")
    told = await visit.sitting.get("/v1/calendars", region=visit.me["regency"], year=year)
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("calendar.html", refused.status, one=told.body, form=_DAY, **refused.shown)


async def _words(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/message-templates", region=visit.me["regency"])
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("message_audience", "message_channel", "notice_kind"))
    named = dict(sets["notice_kind"])
    events = sorted({one["event"] for one in told.body["items"]})
    sets["event"] = [(one, named.get(one, one)) for one in events]
    values = {"found": told.body, "form": _WORDS, "sets": sets}
    return visit.draw("messages.html", refused.status, **values, **refused.shown)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kebijakan", "GET", show_policies),
    ("/konsol/kebijakan/langkah/{action}", "POST", change_policy),
    ("/konsol/kalender", "GET", show_calendar),
    ("/konsol/kalender/langkah/{action}", "POST", change_calendar),
    ("/konsol/pesan", "GET", show_words),
    ("/konsol/pesan", "POST", change_words),
)
