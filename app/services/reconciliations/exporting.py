"""A reconciliation as tables: the corrected list, the findings, the proposals for a fallback.

Each call gives the next stretch of a table, in a transaction of its own; nothing is held in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import evidence, findings
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations.findings import Wanted
from app.db.queries.reconciliations.rows import MAIN, Place, Staged
from app.db.queries.texts import data_key
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.reconciliation import Decision, FindingState, Kind, Source, stays_on_list
from app.services.reconciliations.comparing import Comparing, opened
from app.services.reconciliations.reading import open_note
from app.services.reconciliations.standing import check_workable

STRETCH: Final = 1_000
Row = list[str]
Position = Any


class Part(StrEnum):
    LIST = "list"
    FINDINGS = "findings"
    FALLBACK = "fallback"


NAMES: Final[Mapping[Part, str]] = {
    Part.LIST: "Daftar",
    Part.FINDINGS: "Temuan",
    Part.FALLBACK: "Usulan pengganti",
}
_PERSON: Final = ("NIK", "Nama", "Tanggal lahir", "Jenis kelamin", "Kode desa", "Desa/kelurahan")
HEADS: Final[Mapping[Part, Sequence[str]]] = {
    Part.LIST: ("Baris asal", "No. KK", *_PERSON, "Keterangan"),
    Part.FINDINGS: (
        "Baris asal",
        *_PERSON,
        "Temuan",
        "Alasan",
        "Menurut",
        "Per tanggal",
        "Rincian",
        "Keadaan",
        "Putusan",
        "Alasan putusan",
        "Program lain",
        "Catatan",
    ),
    Part.FALLBACK: (*_PERSON, "Dicoret dari", "Diusulkan ke", "Keadaan", "Alasan putusan"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    rows: Sequence[Row]
    after: Position | None
    """Where to go on; None at the end."""


def check_export(acting: Acting, at: Comparing, purpose: str) -> None:
    """Let a finished reconciliation out, for a purpose of the list.

    Raises:
        Conflict: it still runs, or was made anew.
        Invalid: the purpose is none of the list.
    """
    check_workable(at)
    if not acting.known.knows("reveal_purpose", purpose):
        raise Invalid(
            fields=(
                FieldError(
                    "/purpose", "unknown_code", "Pilih tujuan dari daftar.", "Choose a purpose from the list."
                ),
            )
        )


async def stretch(acting: Acting, at: Comparing, part: Part, after: Position | None) -> Stretch:
    """Return the next rows of a table, behind *after*."""
    if part is Part.LIST:
        return await _of_list(acting, at, int(after or 0))
    kept = Decision.REFER_FALLBACK.value if part is Part.FALLBACK else None
    wanted = Wanted(at.row.regency_code, at.row.id, decision=kept)
    found = await findings.listed(acting.tx, wanted, after, STRETCH)
    people = await _people(acting, at, found)
    make = _fallback_row if part is Part.FALLBACK else _finding_row
    rows = [make(acting, at, one, people[one.id]) for one in found]
    last = found[-1] if len(found) == STRETCH else None
    return Stretch(rows, (last.kind, last.village_code, last.id) if last is not None else None)


async def _of_list(acting: Acting, at: Comparing, after: int) -> Stretch:
    """The rows that stay, with numbers that were put right, and what is still open about each."""
    rows = await staged.after(acting.tx, at.place, after, STRETCH)
    if not rows:
        return Stretch(await _added(acting, at), None)
    wanted = Wanted(at.row.regency_code, at.row.id)
    by_row: dict[int, list[ReconciliationFinding]] = {}
    for one in await findings.of_rows(acting.tx, wanted, MAIN, [row.n for row in rows]):
        by_row.setdefault(one.row_n or 0, []).append(one)
    kept = [
        _list_row(acting, at, row, by_row.get(row.n, ()))
        for row in rows
        if stays_on_list(_decided(by_row.get(row.n, ())))
    ]
    return Stretch(kept, rows[-1].n)


def _decided(found: Iterable[ReconciliationFinding]) -> list[tuple[FindingState, Decision]]:
    return [(FindingState(one.state), Decision(one.decision)) for one in found if one.decision]


def _list_row(acting: Acting, at: Comparing, row: Staged, found: Iterable[ReconciliationFinding]) -> Row:
    said = opened(acting, at, MAIN, row)
    nik, notes = said["nik"] or "", []
    for one in found:
        if one.decision == Decision.CORRECT_NIK.value and one.state == FindingState.DECIDED.value:
            nik = open_note(acting, at, one)["nik"]
        elif one.state in (FindingState.OPEN.value, FindingState.AWAITING.value):
            kind, state = _label(acting, "finding_kind", one.kind), _label(acting, "finding_state", one.state)
            notes.append(f"{kind}: {state}")
    return [str(row.n), said["kk"] or "", *_person(acting, said["name"], nik, row), "; ".join(notes)]


async def _added(acting: Acting, at: Comparing) -> list[Row]:
    """People whom somebody decided to propose for the list, at its end."""
    wanted = Wanted(
        at.row.regency_code, at.row.id, Kind.MISSING, FindingState.DECIDED, decision=Decision.ADD.value
    )
    found = await findings.listed(acting.tx, wanted, None, STRETCH)
    people = await _people(acting, at, found)
    label = _label(acting, "finding_decision", Decision.ADD.value)
    return [["", "", *people[one.id], label] for one in found]


def _person(acting: Acting, name: str, nik: str, row: Any) -> Row:
    village = row.village_code or ""
    return [
        nik,
        name,
        row.born_on.isoformat() if row.born_on else "",
        row.sex or "",
        village,
        acting.known.regions.get(village, ""),
    ]


def _finding_row(acting: Acting, at: Comparing, one: ReconciliationFinding, person: Row) -> Row:
    told = one.evidence
    details = {n: v for n, v in told.items() if n not in {"source", "told_by", "as_of", "through", "row"}}
    note = open_note(acting, at, one).get("note", "") if one.note_sealed is not None else ""
    by = " ".join(
        filter(None, (_label(acting, "evidence_source", told.get("source")), told.get("told_by", "")))
    )
    return [
        str(one.row_n or "") if one.list_no == MAIN else "",
        *person,
        _label(acting, "finding_kind", one.kind),
        _label(acting, "finding_reason", one.reason),
        by,
        str(told.get("as_of", "")),
        "; ".join(f"{name} {value}" for name, value in sorted(details.items())),
        _label(acting, "finding_state", one.state),
        _label(acting, "finding_decision", one.decision),
        _label(acting, "finding_decision_reason", one.decision_reason),
        one.other_program or "",
        note,
    ]


def _fallback_row(acting: Acting, at: Comparing, one: ReconciliationFinding, person: Row) -> Row:
    return [
        *person,
        at.row.program_code,
        one.other_program or "",
        _label(acting, "finding_state", one.state),
        _label(acting, "finding_decision_reason", one.decision_reason),
    ]


def _label(acting: Acting, set_name: str, code: str | None) -> str:
    return acting.known.label(set_name, code, "id")


# Whom a finding is about, in full ------------------------------------------------------------------------


async def _people(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> dict[UUID, Row]:
    rows: dict[tuple[int, int], Staged] = {}
    for list_no in {one.list_no for one in found if one.list_no is not None}:
        numbers = [one.row_n for one in found if one.list_no == list_no and one.row_n is not None]
        place = Place(at.row.regency_code, at.row.id, list_no)
        rows |= {(list_no, n): row for n, row in (await staged.some(acting.tx, place, numbers)).items()}
    people: dict[UUID, Row] = {}
    for one in found:
        row = rows.get((one.list_no, one.row_n)) if one.list_no is not None and one.row_n else None
        if row is not None:
            said = opened(acting, at, one.list_no or MAIN, row)
            people[one.id] = _person(acting, said["name"], said["nik"] or "", row)
        else:
            people[one.id] = await _unlisted(acting, at, one)
    return people


async def _unlisted(acting: Acting, at: Comparing, one: ReconciliationFinding) -> Row:
    """Somebody who has no row: by our own record with her number, by the registry without."""
    regency, village = at.row.regency_code, one.village_code
    place = [village, acting.known.regions.get(village, "")]
    person = await evidence.person_in_full(acting.tx, regency, one.subject_id)
    if person is not None:
        nik = ""
        try:
            key = await data_key(acting.tx, acting.vault, regency, person.data_key_id)
        except NotFound:
            key = None
        if key is not None and person.nik_sealed is not None:
            nik = acting.vault.open(key, "persons", "nik", person.id, person.nik_sealed)
        born = person.born_on.isoformat() if person.born_on else ""
        return [nik, person.name, born, person.sex or "", *place]
    wanted = {(Source.REGISTRY.value, one.subject_id)} if one.subject_id else set()
    entry = next(iter((await evidence.subjects(acting.tx, regency, wanted)).values()), None)
    if entry is None:
        return ["", "", "", "", *place]
    return ["", entry.name, entry.born_on.isoformat() if entry.born_on else "", "", *place]


def part_of(text: str | None) -> Part:
    """Return which table a CSV is to hold.

    Raises:
        Invalid: none of the three.
    """
    try:
        return Part(text or "")
    except ValueError:
        said = Words(
            "Sebutkan isi berkas CSV: list, findings, atau fallback.",
            "Say what the CSV holds: list, findings or fallback.",
        )
        raise Invalid(fields=(FieldError("/part", "unknown_part", said.id, said.en),)) from None
