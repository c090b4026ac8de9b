"""What became of a campaign: places planned and given, by component and district, and their worth."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from app.db.queries import campaigns, hand_out, report_sums
from app.db.queries.acting import Acting
from app.db.queries.report_sums import PlaceSum
from app.db.tables.campaigns import Campaign
from app.domain.campaigns import Places, RecipientState, Share, cells_of
from app.domain.documents import Words
from app.domain.errors import NotFound
from app.domain.figure_words import ALL
from app.domain.periodic_reports import TEXT, Cell, Column, Section
from app.services.periodic_reports.figures import NAME

_COUNTS: Final = (
    Column("planned", Words("Rencana", "Planned")),
    Column("given", Words("Diberi", "Given")),
    Column("no_show", Words("Tidak datang", "Did not come")),
    Column("replaced", Words("Diganti", "Replaced")),
)
_STATES: Final = (RecipientState.GIVEN, RecipientState.NO_SHOW, RecipientState.DROPPED)


async def sections(acting: Acting, regency: str, campaign_id: UUID) -> list[Section]:
    """Return the tables of a campaign that was reported.

    Raises:
        NotFound: there is no such campaign.
    """
    row = await campaigns.find(acting.tx, regency, campaign_id)
    if row is None:
        raise NotFound(id="Kegiatan ini tidak ada.", en="There is no such campaign.")
    sums = await report_sums.places_of(acting.tx, row)
    planned = await _planned(acting, row)
    components = {one["code"]: _same(one["label"]) for one in row.components}
    districts = {code: _same(acting.known.region_name(code)) for _, code in planned}
    value = await hand_out.given_value(acting.tx, row)
    return [
        _about(row),
        _table("component", Words("Menurut komponen", "By component"), components, (planned, sums), 0),
        _table("district", Words("Menurut kecamatan", "By district"), districts, (planned, sums), 1),
        Section(
            "value",
            Words("Nilai menurut buku bantuan", "Worth, by the ledger"),
            (
                Column("component", Words("Komponen", "Component"), TEXT),
                Column("lines", Words("Diberi", "Given")),
                Column("amount_idr", Words("Rupiah", "Rupiah")),
            ),
            [
                (components.get(one.component, _same(one.component)), one.lines, int(one.amount_idr))
                for one in value
            ],
        ),
    ]


async def _planned(acting: Acting, row: Campaign) -> Mapping[tuple[str, str], int]:
    """Return the places of every component and district: as they were shared out, else as they were given."""
    selection = await campaigns.selection_of(acting.tx, row)
    if selection is not None and "cells" in selection.input:
        return {(one[0], one[1]): int(one[2]) for one in selection.input["cells"]}
    places = tuple(Places(one["code"], one["quota"], one["districts"]) for one in row.components)
    return cells_of(places, acting.known.regions.districts(row.regency_code), Share.EQUAL, {})


def _key(cell: tuple[str, str] | PlaceSum, part: int) -> str:
    return cell[0] if part == 0 else cell[1]


def _table(
    code: str,
    title: Words,
    said: Mapping[str, Words],
    counted: tuple[Mapping[tuple[str, str], int], Sequence[PlaceSum]],
    part: int,
) -> Section:
    planned, sums = counted
    names = dict.fromkeys([*said, *(_key(one, part) for one in sums)])
    rows: list[Sequence[Cell]] = []
    totals = [0] * len(_COUNTS)
    for name in names:
        counts = [sum(n for cell, n in planned.items() if _key(cell, part) == name)]
        counts += [sum(one.n for one in sums if _key(one, part) == name and one.state == s) for s in _STATES]
        totals = [whole + n for whole, n in zip(totals, counts, strict=True)]
        rows.append((said.get(name, _same(name)), *counts))
    rows.append((ALL, *totals))
    return Section(code, title, (NAME, *_COUNTS), rows)


def _about(row: Campaign) -> Section:
    said = (
        (Words("Kegiatan", "Campaign"), row.name),
        (Words("Penyelenggara", "Organiser"), row.agency_code),
        (Words("Pendana", "Funder"), f"{row.funder} ({row.budget_source})"),
    )
    columns = (NAME, Column("value", Words("Isi", "Value"), TEXT))
    rows = [(name, _same(text)) for name, text in said]
    return Section("about", Words("Tentang kegiatan", "About the campaign"), columns, rows)


def _same(text: str) -> Words:
    return Words(text, text)
