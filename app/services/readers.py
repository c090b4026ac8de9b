"""Naming who may see a closed case: without it no receiver of a RAHASIA referral ever could."""

from collections.abc import Sequence
from uuid import UUID

from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.readers import KEPT_OUT, NAMED, Reader, add_reader, readers_of, standing_of
from app.db.queries.scope import Sight
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.cases import CaseReaderNamed


async def name_reader(
    acting: Acting, sight: Sight, tenant: str, ticket: str, account_id: UUID
) -> Sequence[Reader]:
    """Let an account of the regency see the case; naming it twice changes nothing.

    Raises:
        Invalid: there is no such active account in the regency.
        Conflict: the case is about that account, which stays kept out.
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
        move = await open_move(acting, case)
        add_reader(acting.tx, case, account_id)
        move.add(CaseReaderNamed(case_id=case.id, account_id=account_id))
        await finish(move)
    return await readers_of(acting.tx, case)


async def list_readers(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Sequence[Reader]:
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_NAME, case.village_code, case.desk_id)
    return await readers_of(acting.tx, case)
