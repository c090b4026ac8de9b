"""Papers of village meetings, laid out once as data, for print and PDF; and the public page."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.schemas.deliberations import VillageResultsOut
from app.db.tables.deliberations import Deliberation
from app.domain.deliberation.papers import INVITATION, invitation, minutes
from app.domain.knowledge import Knowledge
from app.domain.letters import day_in_words

_STYLE: Final = style_of("meeting")
_PUBLISHED: Final = "Bentuk yang diumumkan: NIK disamarkan."


class PageForm(StrEnum):
    HTML = "html"
    PDF = "pdf"


MEETING_HEADERS: Final = policy_of(_STYLE)


def minutes_page(content: Mapping[str, Any], digest: str, *, official: bool) -> dict[str, Any]:
    """Return everything that stands on the page of minutes, as texts."""
    return {
        "government": f"Pemerintah {content['regency']}",
        "letterhead": f"{content['village']}, {content['district']}",
        "title": content["title"],
        "number": content["number"],
        "note": "" if official else _PUBLISHED,
        "blocks": minutes(content, official=official),
        "city": content["village"],
        "date": day_in_words(date.fromisoformat(content["made_on"])),
        "signatory": content["signatory"],
        # The published form shows the hash of the official content: it names the paper that it is taken from.
        "hash": digest,
    }


def invitation_page(known: Knowledge, session: Deliberation, content: Mapping[str, Any]) -> dict[str, Any]:
    parts = session.village_code.split(".")
    names = known.regions
    village = names.get(session.village_code, session.village_code)
    head = "Lurah" if parts[-1].startswith("1") else "Kepala Desa"
    return {
        "government": f"Pemerintah {names.get(session.regency_code, '')}",
        "letterhead": f"{village}, {names.get('.'.join(parts[:3]), '')}",
        "title": INVITATION,
        "number": session.invitation_number or "",
        "note": "",
        "blocks": invitation(content),
        "city": village,
        "date": day_in_words(date.fromisoformat(content["sent_on"])),
        "signatory": {"title": f"{head} {village}", "name": ""},
        "hash": "",
    }


def meeting_html(page: Mapping[str, Any]) -> str:
    return PAGES.get_template("meeting.html").render(**page, style=_STYLE)


def results_html(found: VillageResultsOut) -> str:
    items = [
        {
            "kind": one.kind.label,
            "met_on": day_in_words(one.met_on),
            "published_on": day_in_words(one.published_on),
            "until": day_in_words(one.objections_until),
            "eligible": one.eligible,
            "not_eligible": one.not_eligible,
            "to_survey": one.to_survey,
            "how": one.how_to_object,
        }
        for one in found.items
    ]
    page = PAGES.get_template("village_results.html")
    return page.render(village=found.village_name, items=items, style=_STYLE)
