"""Who goes on a visit, and who may speak of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.queries import team
from app.db.queries import visits as stored
from app.db.queries.acting import Acting
from app.db.queries.assigning import sight_of_case
from app.db.queries.cadres import find as find_cadre
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.hands import VisitPlanned


@dataclass(frozen=True, slots=True)
class Plan:
    purpose: str
    planned_for: datetime
    visitor_id: UUID | None = None
    cadre_id: UUID | None = None
    """A cadre without an account, who goes in place of an officer."""


def require_open(acting: Acting, case: Case) -> None:
    acting.actor.require(Permission.CASE_VISIT, case.village_code, case.desk_id)
    if case.status in {"closed", "void"}:
        raise Conflict(
            "case_at_rest",
            "Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            "The case is closed or void; reopen it first.",
        )


async def new_visit(acting: Acting, case: Case, new: Plan) -> Visit:
    actor = acting.actor
    visitor = new.visitor_id or (None if new.cadre_id else actor.account_id)
    if visitor != actor.account_id:
        _require_works(acting, case)
        await _check_visitor(acting, case, visitor)
    await _check_cadre(acting, case, new.cadre_id)
    return Visit(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        purpose=new.purpose,
        state=stored.PLANNED,
        planned_for=new.planned_for,
        visitor_id=visitor,
        cadre_id=new.cadre_id,
        done_at=None,
        verdict=None,
        findings_sealed=None,
        cancel_reason=None,
        created_at=acting.now,
        created_by=actor.account_id,
        version=1,
    )


def _require_works(acting: Acting, case: Case) -> None:
    """A cadre plans and records her own visits; whoever works on the case does so for others too."""
    if not acting.actor.has(Permission.CASE_WORK, case.village_code, case.desk_id):
        raise Forbidden(
            "not_your_visit",
            "Kunjungan ini milik petugas lain.",
            "This visit is somebody else's.",
        )


async def _check_visitor(acting: Acting, case: Case, visitor: UUID | None) -> None:
    if visitor is None:
        return
    today = acting.today(case.village_code)
    people = await team.members(acting.tx, case.regency_code, today, [visitor])
    seen = await sight_of_case(acting.tx, case)
    member = people.get(visitor)
    goes = member is not None and member.actor.has(Permission.CASE_VISIT, case.village_code, case.desk_id)
    if member is None or not goes or not team.sees(member, seen):
        raise wrong_field(
            "/visitor",
            "cannot_visit",
            "Orang itu tidak dapat pergi: di luar wilayahnya, sedang cuti, atau tidak boleh melihat kasus.",
            "That person cannot go: outside their area, on leave, or not allowed to see the case.",
        )


async def _check_cadre(acting: Acting, case: Case, cadre_id: UUID | None) -> None:
    if cadre_id is None:
        return
    cadre = await find_cadre(acting.tx, case.regency_code, cadre_id)
    seen = await sight_of_case(acting.tx, case)
    accused = cadre is not None and cadre.account_id in seen.about_accounts
    if cadre is None or not cadre.active or accused:
        raise wrong_field(
            "/cadre",
            "unknown",
            "Kader ini tidak ada atau tidak aktif di kabupaten/kota ini.",
            "There is no such active cadre in this regency.",
        )


async def find_visit(acting: Acting, case: Case, visit_id: UUID) -> Visit:
    visit = await stored.find(acting.tx, case, visit_id)
    if visit is None:
        raise NotFound(id="Kunjungan ini tidak ada pada kasus ini.", en="The case has no such visit.")
    return visit


async def planned_visit(acting: Acting, case: Case, visit_id: UUID) -> Visit:
    acting.actor.require(Permission.CASE_VISIT, case.village_code, case.desk_id)
    visit = await find_visit(acting, case, visit_id)
    if visit.visitor_id != acting.actor.account_id:
        _require_works(acting, case)
    if visit.state != stored.PLANNED:
        raise Conflict(
            "visit_over",
            "Kunjungan ini sudah dilakukan atau dibatalkan.",
            "This visit was done or cancelled before.",
        )
    return visit


def planned(visit: Visit) -> VisitPlanned:
    return VisitPlanned(
        case_id=visit.case_id,
        visit_id=visit.id,
        purpose=visit.purpose,
        planned_for=visit.planned_for,
        visitor_id=visit.visitor_id,
        cadre_id=visit.cadre_id,
    )


def check_code(acting: Acting, pointer: str, names: str, code: str) -> None:
    if not acting.known.knows(names, code):
        raise Invalid(fields=(unknown_code(pointer),))


def unknown_code(pointer: str) -> FieldError:
    return FieldError(
        pointer, "unknown_code", "Kode ini tidak dikenal; lihat /v1/codes.", "Unknown code; see /v1/codes."
    )


def wrong_field(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
