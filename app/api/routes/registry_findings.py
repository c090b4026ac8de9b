"""What a registry snapshot shows: what it changed, who in need is not in it, which rows cannot be used."""

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.registry import diff_out, gap_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.registry_examples import DIFF, GAP
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed, Whole
from app.api.schemas.registry import DiffOut, GapOut
from app.db.queries import registry as stored
from app.db.queries import registry_diff, registry_gaps
from app.db.session import read_only
from app.domain.access import Permission
from app.domain.errors import Conflict
from app.domain.ids import parse_public_id
from app.domain.registry import Change
from app.integrations.workbooks import Cell, Sheet, workbook
from app.services import registry
from app.services.registry.ordering import READERS

router = make_router("registry")

_IMPORT: Final = Permission.REGISTRY_IMPORT
MOST_ROWS: Final = 10_000
"""Of one workbook: it is made in a second or two, and opens on any machine."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: Final = {"x-media": _XLSX}


@router.get(
    "/v1/registry/snapshots/{snapshot_id}/diff",
    **operation(
        "getSnapshotDiff",
        may=READERS,
        answers=DiffOut,
        refuses=(409,),
        paged=True,
        reads_person=True,
        example=DIFF,
    ),
)
async def get_diff(
    snapshot_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    against: Annotated[CodeText | None, Query(description="The newest comparison when left out.")] = None,
    kind: Annotated[Change | None, Query()] = None,
) -> DiffOut:
    """Show who came, went, or was ranked otherwise since another snapshot, and why, as far as can be told."""
    place = read_id(snapshot_id)
    await registry.require_whole(acting_of(reading, tx), place.tenant, place.id)
    other = parse_public_id(against) if against else None
    if against is not None and (other is None or other.tenant != place.tenant):
        raise stored.no_snapshot()
    diff = await stored.diff_of(tx, place.tenant, place.id, other.id if other else None)
    if diff is None:
        raise Conflict(
            "not_compared",
            "Kedua daftar belum dibandingkan. Mintalah perbandingannya dahulu, lalu lihat lagi.",
            "The two were not compared yet. Ask for the comparison first, then look again.",
        )
    after = (str(page.after[0]), bytes.fromhex(page.after[1])) if page.after else None
    found = await registry_diff.changes(tx, diff, kind.value if kind else None, after, page.limit + 1)
    shown = found[: page.limit]
    more: list[Any] | None = None
    if len(found) > page.limit:
        more = [shown[-1].kind, shown[-1].nik_digest.hex()]
    return diff_out(reading, diff, shown, page.next_cursor(more))


@router.get(
    "/v1/registry/snapshots/{snapshot_id}/gaps",
    **operation(
        "listSnapshotGaps",
        may=READERS,
        answers=Listed[GapOut],
        paged=True,
        reads_person=True,
        example={"items": [GAP], "next": None, "count": None},
    ),
)
async def list_gaps(
    snapshot_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="A district or village.")] = None,
) -> Listed[GapOut]:
    """List people whom a case in your sight shows to be in need, and whom the snapshot does not name."""
    place = read_id(snapshot_id)
    snapshot = await registry.get_snapshot(acting_of(reading, tx), place.tenant, place.id)
    verdicts = reading.known.codes["visit_verdict"]
    poor = [code for code, entry in verdicts.items() if entry.attrs.get("assessed_poor")]
    wanted = registry_gaps.Wanted(snapshot, reading.sight, poor, must_know(reading.known, region, "region"))
    after = UUID(page.after[0]) if page.after else None
    found = await registry_gaps.gaps(tx, wanted, after, page.limit + 1)
    shown = found[: page.limit]
    more = [shown[-1].person.id.hex] if len(found) > page.limit else None
    return page.page([gap_out(reading, one) for one in shown], after=more)


@router.get(
    "/v1/registry/snapshots/{snapshot_id}/workbook",
    **operation("getSnapshotWorkbook", may=_IMPORT, reads_person=True, extra=_FILE),
)
async def get_workbook(
    snapshot_id: str,
    reading: ReadingDep,
    after: Annotated[Whole | None, Query(description="The last row of the workbook before.")] = None,
) -> Response:
    """Give the parked and refused rows as they came, with the reasons: at most 10,000 in one workbook.

    The header `Next-After` says where the next workbook begins. NIK stay text, and nothing is a formula.
    """
    place, lang = read_id(snapshot_id), reading.lang
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        await registry.require_import(acting, place.tenant, place.id)
        wanted = stored.Rows(place.tenant, place.id, unusable=True)
        _, rows = await registry.look(acting, wanted, after, MOST_ROWS + 1)
    shown, known = rows[:MOST_ROWS], reading.known
    width = max((len(one.cells) for one in shown), default=0)
    columns = ("Baris", "Putusan", "Alasan") if lang == "id" else ("Row", "Verdict", "Reasons")
    head = [*columns, *(f"{'Kolom' if lang == 'id' else 'Column'} {n}" for n in range(1, width + 1))]
    lines: list[list[Cell]] = [
        [
            one.row.n,
            known.label("list_verdict", one.row.verdict, lang),
            "; ".join(known.label("list_reason", code, lang) for code in one.row.reasons.split()),
            *one.cells,
        ]
        for one in shown
    ]
    made = await asyncio.to_thread(workbook, [Sheet("Baris" if lang == "id" else "Rows", head, lines)])
    headers = {"Content-Disposition": 'attachment; filename="baris.xlsx"'}
    if len(rows) > MOST_ROWS:
        headers["Next-After"] = str(shown[-1].row.n)
    return Response(made, media_type=_XLSX, headers=headers)
