"""Reports of SP4N-LAPOR! become cases, each in a transaction of its own; one number is one case."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from app.api.batch.verdicts import faulty, refused
from app.api.once import Answer, Once, still_running
from app.api.reading import Reading
from app.api.schemas.lapor import ReportVerdictOut
from app.db.queries.idempotency import Key as WholeKey
from app.db.queries.idempotency import TwinRunning
from app.db.queries.intake import Answer as KeptAnswer
from app.db.queries.intake import Key
from app.db.queries.outside import bind_in_intake, claim_in_intake, ticket_in_intake
from app.db.session import intake
from app.domain.errors import DeskError, FieldError, Invalid
from app.domain.ids import tenant_of
from app.domain.lapor import SYSTEM, Report, new_case, read_report
from app.services.intake import House, Opened, Tools, open_case

_ROUTE: Final = "POST /v1/lapor/reports"


class _Receipt(BaseModel):
    ticket: str


@dataclass(frozen=True, slots=True)
class Importer:
    request: Request
    reading: Reading
    account_id: UUID
    regency: str
    village: str
    """Where a report is filed that names none."""

    async def bring(self, rows: Sequence[Mapping[str, Any]]) -> list[ReportVerdictOut]:
        """Open what is new, row by row; a file that was cut off is sent again and goes on."""
        classes = {
            code: tuple(self.reading.known.label("lapor_class", code, lang) for lang in ("id", "en"))
            for code in self.reading.known.codes.get("lapor_class", {})
        }
        return [await self._row(n, row, classes) for n, row in enumerate(rows, start=1)]

    async def _row(
        self, n: int, row: Mapping[str, Any], classes: Mapping[str, Sequence[str]]
    ) -> ReportVerdictOut:
        reference: str | None = None
        try:
            report = read_report(row, classes)
            reference = report.tracking_id
            verdict, ticket = await self._open(report)
        except TwinRunning:
            return self._told(n, reference, still_running())
        except DeskError as error:
            return self._told(n, reference, error)
        except Exception as error:  # noqa: BLE001  # one row that we fail on may not hold up a whole file
            told = faulty(self.request, str(n), error)
            return ReportVerdictOut(
                n=n, reference=reference, verdict="waiting", problem=json.loads(told.problem or b"null")
            )
        return ReportVerdictOut(n=n, reference=reference, verdict=verdict, ticket=ticket)

    def _told(self, n: int, reference: str | None, error: DeskError) -> ReportVerdictOut:
        told = refused(self.request, str(n), error)
        verdict = "waiting" if told.verdict == "waiting" else "rejected"
        problem = json.loads(told.problem or b"null")
        return ReportVerdictOut(n=n, reference=reference, verdict=verdict, problem=problem)

    async def _open(self, report: Report) -> tuple[Any, str | None]:
        attrs = self.reading.known.attrs("lapor_class", report.classification)
        if "kind" not in attrs:
            raise _wrong(
                "/klasifikasi",
                "not_ours",
                "Laporan jenis ini tidak ditangani layanan sosial; kembalikan sebagai bukan wewenang.",
                "Such a report is not for a social service; give it back as not its matter.",
            )
        new = new_case(report, self._place(report), attrs)
        number = (self.regency, SYSTEM, report.tracking_id)
        reading, house = self.reading, self.reading.house
        desk = House(reading.known, Tools(house.vault, house.blind, house.ids), reading.actor, reading.now)
        digest = sha256(report.tracking_id.encode()).digest()
        once = Once(house, self.account_id, _ROUTE, report.tracking_id, digest, reading.now)
        whole = WholeKey(self.regency, once.account_id, once.route, once.key)
        key = Key(whole.regency_code, whole.account_id, whole.route, whole.key, digest)

        def seal(opened: Opened) -> KeptAnswer:
            receipt = _Receipt(ticket=opened.draft.ticket)
            content = receipt.model_dump_json().encode()
            kept = once.sealed(whole, content, Answer(receipt, 201))
            return KeptAnswer(kept.answer_sealed, kept.headers)

        async with intake(house.database.intake_pool) as raw:
            if not await claim_in_intake(raw, number, reading.now, self.account_id):
                return "known", await ticket_in_intake(raw, number)
            opened = await open_case(raw, desk, key, new, seal)
            if not isinstance(opened, Opened):
                raise still_running()
            await bind_in_intake(raw, number, opened.draft.row.id)
        return "opened", opened.draft.ticket

    def _place(self, report: Report) -> str:
        """Return the village: the report's own, where it says one; it must lie in the file's regency."""
        region = report.region
        if region is None:
            return self.village
        if not f"{self.regency}.".startswith(f"{region}.") and not region.startswith(f"{self.regency}."):
            raise _wrong(
                "/kode_wilayah",
                "other_regency",
                "Laporan ini dari kabupaten/kota lain.",
                "This report is of another regency.",
            )
        whole = region.count(".") == _VILLAGE
        if whole and region not in self.reading.known.regions:
            raise _wrong("/kode_wilayah", "unknown_code", "Kode desa tidak dikenal.", "No such village.")
        return region if whole else self.village


_VILLAGE: Final = 3
"""Dots in the code of a village."""


def check_place(regency: str, village: str) -> None:
    """Refuse a village of another regency.

    Raises:
        Invalid: it is.
    """
    if tenant_of(village) != regency:
        raise _wrong(
            "/village", "other_regency", "Desa ini di kabupaten/kota lain.", "It lies in another regency."
        )


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
