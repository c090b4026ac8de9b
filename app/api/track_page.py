"""The resident's page, drawn on the server: the answer of the API in plain words, and no rule of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.language import Language
from app.api.schemas.track import TrackInstalmentOut, TrackOut, TrackProgramOut
from app.api.track_words import words_in
from app.domain.knowledge import Knowledge
from app.domain.sla import instant_in_words
from app.domain.tickets import Ticket, parse_ticket

Kind = Literal["form", "case", "trouble"]
_PATHS: Final = {"form": "/lacak", "case": "/lacak/kasus", "trouble": "/lacak"}
_STYLE: Final = style_of("track")
PAGE_HEADERS: Final = {
    # No script at all may run, and a form goes nowhere but here.
    **policy_of(_STYLE, forms="'self'"),
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as a whole and by field."""

    text: str
    fields: tuple[str, ...] = ()


def form_page(lang: Language, ticket: str, problem: Problem | None = None, told: str = "") -> str:
    """Ask for ticket and PIN; *told*: the name of a word that stands above."""
    more = {"ticket": ticket}
    return _drawn("form", lang, problem, told, more)


def trouble_page(lang: Language, problem: Problem) -> str:
    more = {"back": f"/lacak?lang={lang}"}
    return _drawn("trouble", lang, problem, "", more)


def case_page(
    known: Knowledge, lang: Language, case: TrackOut, key: str, problem: Problem | None = None, told: str = ""
) -> str:
    """Show the case; *key* stands in each form, so that only this page can send them."""
    ticket = parse_ticket(case.ticket)
    zone = known.zone(ticket.tenant if isinstance(ticket, Ticket) else "13.74")

    def day(at: datetime) -> str:
        return instant_in_words(at, zone, lang)

    programs = [_program(one) for one in case.programs]
    more = {
        "case": case,
        "key": key,
        "day": day,
        "programs": programs,
        "given": [given for one in case.programs if (given := _given(one))],
    }
    return _drawn("case", lang, problem, told, more)


def _drawn(kind: Kind, lang: Language, problem: Problem | None, told: str, more: Mapping[str, Any]) -> str:
    words, other = words_in(lang), "id" if lang == "en" else "en"
    return PAGES.get_template(f"track_{kind}.html").render(
        w=words,
        lang=lang,
        other=other,
        other_href=f"{_PATHS[kind]}?lang={other}",
        title=words[f"{kind}_title"],
        problem=problem,
        told=words.get(told, ""),
        style=_STYLE,
        **more,
    )


def rupiah(amount: int) -> str:
    return f"Rp{amount:,}".replace(",", ".")


def _program(one: TrackProgramOut) -> dict[str, Any]:
    return {**dict(one), "lines": [_line(line) for line in one.instalments]}


def _line(line: TrackInstalmentOut) -> str:
    worth = [rupiah(line.amount_idr)] if line.amount_idr else []
    worth += [line.goods] if line.goods else []
    when = f" ({line.period})" if line.period else ""
    return f"{', '.join(worth) or line.instalment}{when}: {line.state.label}"


def _given(one: TrackProgramOut) -> dict[str, Any] | None:
    """Say what the ledger has as given, to be confirmed."""
    lines = [line for line in one.instalments if line.state.code == "given"]
    if not lines:
        return None
    total = sum(line.amount_idr or 0 for line in lines)
    goods = [line.goods for line in lines if line.goods]
    told = ", ".join(([rupiah(total)] if total else []) + goods)
    return {"program": one.program, "name": one.name, "told": told, "goods": bool(goods)}
