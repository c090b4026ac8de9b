"""The secretariat's month: by sector, programme, village and reason, how long it took, and what was unmet."""

from collections.abc import Sequence
from typing import Final

from app.domain.codes import Outcome
from app.domain.documents import Words
from app.domain.figure_words import coded_words
from app.domain.indicators import INDICATORS
from app.domain.periodic_reports import COUNT, NUMBER, Cell, Column, Section
from app.services.periodic_reports.figures import NAME, Figures, definitions

FLOWS: Final = (
    "opened",
    "resolved",
    "closed_confirmed",
    "closed_unconfirmed",
    "disputed",
    "reopened",
    "bounced",
    "referred",
    "accepted",
    "refused",
    "fulfilled",
    "expired",
)
STOCKS: Final = ("open", "escalated")
TIMES: Final = (
    "hours_to_respond",
    "hours_to_verify",
    "hours_to_refer",
    "hours_to_accept",
    "hours_to_resolve",
)
_CASES: Final = ("opened", "resolved")
_REFERRALS: Final = ("referred", "accepted", "refused", "fulfilled", "expired")
UNMET: Final = (
    Outcome.NO_CAPACITY,
    Outcome.WAITLISTED,
    Outcome.AID_PARTIAL,
    Outcome.NOT_ELIGIBLE,
    Outcome.UNREACHABLE,
    Outcome.INCOMPLETE_EXPIRED,
)
"""The ends with which a need stays, wholly or in part. Ours."""


async def sections(figures: Figures) -> list[Section]:
    """Return the tables of the month."""
    return [
        await summary(figures),
        await figures.split("sector", Words("Menurut sektor", "By sector"), "sector", _CASES),
        await figures.split("category", Words("Menurut kategori", "By category"), "category", _CASES),
        await figures.split("channel", Words("Menurut saluran", "By channel"), "channel", ("opened",)),
        await figures.split("program", Words("Menurut program", "By programme"), "program", _CASES),
        await figures.split(
            "referrals", Words("Rujukan menurut program", "Referrals by programme"), "program", _REFERRALS
        ),
        await figures.split(
            "agencies", Words("Rujukan menurut instansi", "Referrals by agency"), "agency", _REFERRALS
        ),
        await figures.places("village", Words("Menurut desa/kelurahan", "By village"), _CASES),
        await figures.split("outcome", Words("Hasil akhir", "Outcomes"), "outcome", ("resolved",)),
        await reasons(figures),
        await figures.split(
            "refusals",
            Words("Alasan penolakan rujukan", "Why referrals were refused"),
            "reason",
            ("refused",),
        ),
        await figures.times("times", Words("Waktu", "Time"), TIMES),
        await unmet(figures),
        definitions((*FLOWS, *STOCKS, "rated", *TIMES)),
    ]


async def reasons(figures: Figures) -> Section:
    return await figures.split(
        "reasons", Words("Alasan hasil akhir", "Reasons of the outcomes"), "outcome_reason", ("resolved",)
    )


async def summary(figures: Figures) -> Section:
    """Return the whole beside the period before; of what stands now there is no before."""
    rows: list[Sequence[Cell]] = []
    before = figures.period.previous
    for measure in FLOWS:
        now, then = await figures.total(measure), await figures.total(measure, before)
        rows.append((INDICATORS[measure].name, now, then))
    rows += [(_as_made(INDICATORS[measure].name), await figures.total(measure), None) for measure in STOCKS]
    rows.append((_RATING, await rating(figures), None))
    columns = (
        NAME,
        Column("n", Words("Periode ini", "This period"), NUMBER),
        Column("before", Words("Periode sebelumnya", "Period before")),
    )
    return Section("summary", Words("Ringkasan", "Summary"), columns, rows, _STANDS)


def _as_made(name: Words) -> Words:
    """Say of what stands that it is of the day on which the report was made, whichever month it is about."""
    return Words(f"{name.id} (saat laporan disusun)", f"{name.en} (when the report was made)")


async def rating(figures: Figures) -> float | None:
    """Return the mean of the residents' ratings of cases opened in the period."""
    rated = await figures.total("rated")
    return round(await figures.total("rating_sum") / rated, 2) if rated else None


async def unmet(figures: Figures) -> Section:
    """Return the needs that stayed: the cases that ended without, and the referrals that came to nothing."""
    ends = await figures.count("resolved", "outcome")
    known = figures.known
    rows: list[Sequence[Cell]] = [
        (coded_words(known, "outcome", one.value), ends.get(one.value, 0)) for one in UNMET
    ]
    rows += [(INDICATORS[one].name, await figures.total(one)) for one in ("refused", "expired")]
    columns = (NAME, Column("n", Words("Banyaknya", "Number"), COUNT))
    return Section("unmet", Words("Kebutuhan yang belum terpenuhi", "Unmet need"), columns, rows, _NOTE)


_RATING: Final = Words("Rata-rata nilai warga (1 sampai 5)", "Mean rating by residents (1 to 5)")
_STANDS: Final = Words(
    "Yang masih berjalan dihitung saat laporan disusun, bukan pada akhir periode.",
    "What is still open is counted when the report is made, not at the end of the period.",
)
_NOTE: Final = Words(
    "Kasus yang selesai pada periode ini dengan hasil tersebut, dan rujukan yang ditolak atau kedaluwarsa.",
    "Cases resolved in the period with these outcomes, and referrals refused or expired.",
)
