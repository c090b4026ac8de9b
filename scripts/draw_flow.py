"""Draw the lives of a case, a referral and a village meeting from their step tables: docs/gambar/*.svg.

    python scripts/draw_flow.py

A picture drawn by hand would be wrong after the next change of a table; a test draws these again and
compares. What leads to one status from nearly everywhere is told once below, or its arrows would hide all
others.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from app.domain.deliberation.states import MEETING
from app.domain.lifecycle import STEPS as CASE_STEPS
from app.domain.referrals import STEPS as REFERRAL_STEPS

HERE: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = HERE / "docs" / "gambar"
CODES: Final = HERE / "app" / "data" / "codes.json"

COLUMN, ROW, WIDE, HIGH, EDGE = 250, 170, 158, 46, 40
NEAR: Final = 0.33
FROM_EVERYWHERE: Final = 3
"""So many sources of one action are told in a line of text; one arrow, from the usual source, is drawn."""
USUAL: Final = {
    "refer": "handling", "resolve": "handling", "fulfil": "in_service", "fail": "in_service",
    "return": "sent", "ask_completion": "registered", "cancel": "convened",
}  # fmt: skip

Place = tuple[float, float]
CASE_PLACES: Final[Mapping[str, Place]] = {
    "registered": (0, 1),
    "verifying": (0.8, 0),
    "handling": (1.7, 1),
    "awaiting_decision": (2.6, 0),
    "referred": (2.75, 2),
    "resolved": (3.65, 1.1),
    "closed": (4.7, 0.3),
    "incomplete": (0.8, 2),
    "void": (4.7, 2),
}
REFERRAL_PLACES: Final[Mapping[str, Place]] = {
    "sent": (0, 1),
    "returned": (1.3, 0),
    "accepted": (1.3, 1),
    "waitlisted": (2.5, 0.1),
    "in_service": (2.8, 1.2),
    "fulfilled": (4.2, 0.7),
    "unfulfilled": (4.2, 1.9),
    "refused": (0.2, 2),
    "not_ours": (1.5, 2),
    "expired": (0, 0),
    "revoked": (4.2, 0),
}
MEETING_PLACES: Final[Mapping[str, Place]] = {
    "draft": (0, 0.2),
    "convened": (1.3, 0.2),
    "sitting": (2.6, 0.2),
    "minuted": (3.9, 0.2),
    "signed": (5.2, 0.2),
    "published": (5.2, 1.2),
    "reopened": (3.4, 1.2),
    "ratified": (5.2, 2.1),
    "cancelled": (1.3, 1.2),
}
COLOURS: Final = {
    "closed": "#d8f0dc", "fulfilled": "#d8f0dc", "resolved": "#e4f2fb", "referred": "#fdf1d5",
    "in_service": "#fdf1d5", "void": "#ececec", "revoked": "#ececec", "expired": "#f7dede",
    "refused": "#f7dede", "not_ours": "#f7dede", "unfulfilled": "#f7dede", "incomplete": "#fbe6d4",
    "returned": "#fbe6d4", "ratified": "#d8f0dc", "cancelled": "#ececec", "reopened": "#fbe6d4",
}  # fmt: skip


@dataclass(frozen=True)
class Arrow:
    source: str
    action: str
    target: str | None
    """None: back to where it came from."""


@dataclass(frozen=True)
class Drawing:
    title: str
    places: Mapping[str, Place]
    statuses: Mapping[str, str]
    actions: Mapping[str, str]
    arrows: Sequence[Arrow]


def labels(name: str) -> dict[str, str]:
    """The Indonesian words of a code list."""
    for one in json.loads(CODES.read_text("utf-8"))["sets"]:
        if one["set"] == name:
            return {code["code"]: code["id"] for code in one["codes"]}
    raise KeyError(name)


def draw(drawing: Drawing) -> str:
    """Return the picture as SVG."""
    common = _from_everywhere(drawing.arrows)
    single = [arrow for arrow in drawing.arrows if _is_drawn(arrow, common)]
    lines = list(_told_below(drawing, common))
    width = int(max(x for x, _ in drawing.places.values()) * COLUMN + WIDE + 2 * EDGE)
    base = int(max(y for _, y in drawing.places.values()) * ROW + HIGH + 2 * EDGE + 40)
    height = base + 22 * len(lines) + 24
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'font-family="system-ui, sans-serif" font-size="12">'
        ),
        f"<title>{escape(drawing.title)}</title>",
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>'
        ),
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{EDGE}" y="26" font-size="16" font-weight="600">{escape(drawing.title)}</text>',
        *_arrows(drawing, single),
        *(_box(code, place, drawing.statuses[code]) for code, place in drawing.places.items()),
        *(
            f'<text x="{EDGE}" y="{base + 22 * n}" fill="#333">{escape(line)}</text>'
            for n, line in enumerate(lines)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _from_everywhere(arrows: Iterable[Arrow]) -> dict[tuple[str, str | None], list[str]]:
    sources: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for arrow in arrows:
        if arrow.target != arrow.source:
            sources[arrow.action, arrow.target].append(arrow.source)
    return {key: found for key, found in sources.items() if len(found) >= FROM_EVERYWHERE or key[1] is None}


def _is_drawn(arrow: Arrow, common: Mapping[tuple[str, str | None], list[str]]) -> bool:
    return (arrow.action, arrow.target) not in common or USUAL.get(arrow.action) == arrow.source


def _told_below(drawing: Drawing, common: Mapping[tuple[str, str | None], list[str]]) -> Iterable[str]:
    for (action, target), sources in common.items():
        froms = ", ".join(drawing.statuses[source] for source in sources)
        to = drawing.statuses[target] if target else "kembali ke status asalnya"
        yield f"{drawing.actions[action]} → {to}: dari {froms}."
    staying = {arrow.action for arrow in drawing.arrows if arrow.target == arrow.source}
    if staying:
        words = ", ".join(drawing.actions[arrow] for arrow in drawing.actions if arrow in staying)
        yield f"Tanpa mengubah status: {words}."


def _arrows(drawing: Drawing, single: Iterable[Arrow]) -> Iterable[str]:
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for arrow in single:
        if arrow.target is not None and arrow.target != arrow.source:
            said[arrow.source, arrow.target].append(drawing.actions[arrow.action])
    for (source, target), words in said.items():
        yield _curve(_centre(drawing.places[source]), _centre(drawing.places[target]), words)


def _centre(place: Place) -> Place:
    return EDGE + place[0] * COLUMN + WIDE / 2, EDGE + 24 + place[1] * ROW + HIGH / 2


def _curve(start: Place, end: Place, words: Sequence[str]) -> str:
    """Bend to the right of its direction, so that there and back are two lines."""
    length = math.dist(start, end)
    across = (-(end[1] - start[1]) / length, (end[0] - start[0]) / length)
    bend = 30
    middle = ((start[0] + end[0]) / 2 + across[0] * bend, (start[1] + end[1]) / 2 + across[1] * bend)
    first, last = _rim(start, middle), _rim(end, middle)
    # Near its source: there the arrows are apart, in the middle they cross.
    at = tuple(
        (1 - NEAR) ** 2 * a + 2 * NEAR * (1 - NEAR) * b + NEAR**2 * c
        for a, b, c in zip(first, middle, last, strict=True)
    )
    top = at[1] - 7 * (len(words) - 1) + 4
    told = "".join(
        f'<text x="{at[0]:.0f}" y="{top + 14 * n:.0f}" text-anchor="middle" font-size="11" fill="#333" '
        f'stroke="#fff" stroke-width="4" paint-order="stroke">{escape(word)}</text>'
        for n, word in enumerate(words)
    )
    path = f"M{first[0]:.0f} {first[1]:.0f}Q{middle[0]:.0f} {middle[1]:.0f} {last[0]:.0f} {last[1]:.0f}"
    return f'<path d="{path}" fill="none" stroke="#777" marker-end="url(#tip)"/>{told}'


def _rim(centre: Place, towards: Place) -> Place:
    """Where a line from the centre of a box leaves it."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = min(
        (WIDE / 2 + 3) / abs(dx) if dx else math.inf,
        (HIGH / 2 + 3) / abs(dy) if dy else math.inf,
    )
    return centre[0] + dx * scale, centre[1] + dy * scale


def _box(code: str, place: Place, label: str) -> str:
    x, y = _centre(place)
    return (
        f'<rect x="{x - WIDE / 2:.0f}" y="{y - HIGH / 2:.0f}" width="{WIDE}" height="{HIGH}" rx="8" '
        f'fill="{COLOURS.get(code, "#f5f5f5")}" stroke="#444"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" font-weight="600">{escape(label)}</text>'
    )


def drawings() -> dict[str, str]:
    """Every picture by its file name."""
    case = Drawing(
        "Alur kasus",
        CASE_PLACES,
        labels("case_status"),
        labels("case_action"),
        [Arrow(step.source, step.action, step.target) for step in CASE_STEPS],
    )
    referral = Drawing(
        "Alur rujukan",
        REFERRAL_PLACES,
        labels("referral_status"),
        labels("referral_action"),
        [Arrow(step.source, step.action, step.target) for step in REFERRAL_STEPS],
    )
    meeting = Drawing(
        "Alur musyawarah",
        MEETING_PLACES,
        labels("deliberation_state"),
        labels("deliberation_action"),
        [Arrow(step.source, step.action, step.target) for step in MEETING],
    )
    return {
        "alur-kasus.svg": draw(case),
        "alur-rujukan.svg": draw(referral),
        "alur-musyawarah.svg": draw(meeting),
    }


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, picture in drawings().items():
        (PICTURES / name).write_text(picture, "utf-8")
