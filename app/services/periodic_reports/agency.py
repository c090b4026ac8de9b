"""What an agency did with what was referred to it."""

from collections.abc import Sequence
from typing import Final

from app.domain.documents import Words
from app.domain.indicators import INDICATORS
from app.domain.periodic_reports import NUMBER, Cell, Column, Section
from app.services.periodic_reports.figures import NAME, Figures, definitions

FLOWS: Final = ("referred", "accepted", "refused", "fulfilled", "expired")


async def sections(figures: Figures) -> list[Section]:
    """Return the tables of one agency; the figures are in its receivers' sight."""
    return [
        await _summary(figures),
        await figures.split("program", Words("Menurut program", "By programme"), "program", FLOWS),
        await figures.split(
            "reason", Words("Alasan penolakan", "Why they were refused"), "reason", ("refused",)
        ),
        await figures.places(
            "village", Words("Menurut desa/kelurahan", "By village"), ("referred", "fulfilled")
        ),
        await figures.times("times", Words("Waktu", "Time"), ("hours_to_accept",)),
        definitions((*FLOWS, "hours_to_accept")),
    ]


async def _summary(figures: Figures) -> Section:
    before = figures.period.previous
    counts = {one: (await figures.total(one), await figures.total(one, before)) for one in FLOWS}
    rows: list[Sequence[Cell]] = [(INDICATORS[one].name, now, then) for one, (now, then) in counts.items()]
    ended = [sum(counts[one][n] for one in ("fulfilled", "refused", "expired")) for n in (0, 1)]
    shares = [round(100 * counts["fulfilled"][n] / ended[n], 1) if ended[n] else None for n in (0, 1)]
    rows.append((_SHARE, *shares))
    columns = (
        NAME,
        Column("n", Words("Periode ini", "This period"), NUMBER),
        Column("before", Words("Periode sebelumnya", "Period before"), NUMBER),
    )
    return Section("summary", Words("Ringkasan", "Summary"), columns, rows)


_SHARE: Final = Words("Terpenuhi dari yang berakhir (%)", "Fulfilled, of those that ended (%)")
