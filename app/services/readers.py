"""Naming who may see a closed case: without it no receiver of a RAHASIA referral ever could."""

from collections.abc import Sequence
from uuid import UUID

from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.readers import KEPT_OUT, NAMED, Reader, add_reader, kept_out_of, readers_of, standing_of
from app.db.queries.scope import Sight
from app.db.queries.sessions import grants_in_force
from app.db.tables.cases import Case
from app.domain.access import Grant, Permission, Role
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.cases import CaseReaderNamed
from app.domain.hands import is_below


async def name_reader(
    acting: Acting, sight: Sight, tenant: str, ticket: str, account_id: UUID
) -> Sequence[Reader]:
    """Let an account of the regency see the case; naming it twice changes nothing.

    Raises:
        Invalid: there is no such active account in the regency.
        Conflict: the case is about that account, which stays kept out, or about somebody it works for.
    """
    case = await lock_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_NAME, case.village_code, case.desk_id)
    account = await find_account(acting.tx, tenant, account_id)
    if account is None or not account.active:
        raise Invalid(
            fields=(
                FieldError(
                    "/account",
                    "unknown_account",
                    "Akun ini tidak ada atau tidak aktif di kabupaten/kota ini.",
                    "No such active account in this regency.",
                ),
            )
        )
    standing = await standing_of(acting.tx, case, account_id)
    if standing == KEPT_OUT:
        raise Conflict(
            code="kept_out",
            id="Kasus ini menyangkut orang itu; ia tidak boleh melihatnya.",
            en="The case is about that person, who may not see it.",
        )
    if standing != NAMED:
        await _require_no_subordinate(acting, case, account_id)
        move = await open_move(acting, case)
        add_reader(acting.tx, case, account_id)
        move.add(CaseReaderNamed(case_id=case.id, account_id=account_id))
        await finish(move)
    return await readers_of(acting.tx, case)


async def _require_no_subordinate(acting: Acting, case: Case, account_id: UUID) -> None:
    """Refuse whoever works for somebody that the case is about: design, a complaint about a handler."""
    accused = await kept_out_of(acting.tx, case)
    if not accused:
        return
    mine = await _grants(acting, case, account_id)
    for one in accused:
        if is_below(mine, await _grants(acting, case, one)):
            raise Conflict(
                code="reports_to_accused",
                id="Orang ini bawahan dari orang yang diadukan; pilih orang lain.",
                en="This person works for whoever is complained of; choose somebody else.",
            )


async def _grants(acting: Acting, case: Case, account_id: UUID) -> list[Grant]:
    rows = await grants_in_force(acting.tx, case.regency_code, account_id, acting.today(case.village_code))
    return [Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id) for row in rows]


async def list_readers(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Sequence[Reader]:
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_NAME, case.village_code, case.desk_id)
    return await readers_of(acting.tx, case)
