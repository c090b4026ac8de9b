"""Whom a complaint is about, written anew once it was found out, and who is kept out for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select

from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.cases import Case, CaseAbout, CaseReader
from app.db.tables.places import Cadre, Desk
from app.domain.cases import AboutGiven
from app.domain.codes import AboutKind
from app.domain.ids import parse_public_id

_TABLES: Mapping[AboutKind, type[Account | Cadre | Desk]] = {
    AboutKind.ACCOUNT: Account,
    AboutKind.CADRE: Cadre,
    AboutKind.DESK: Desk,
}


async def is_on_record(tx: Tx, regency_code: str, item: AboutGiven) -> bool:
    """Tell whether the account, cadre or desk that *item* names is one of the regency."""
    named = parse_public_id(item.ref or "")
    if named is None or named.tenant != regency_code:
        return False
    table = _TABLES[item.kind]
    statement = select(table.id).where(table.regency_code == regency_code, table.id == named.id)
    return await tx.scalar(statement) is not None


async def kinds_of(tx: Tx, case: Case) -> list[str]:
    statement = select(CaseAbout.kind).where(
        CaseAbout.regency_code == case.regency_code, CaseAbout.case_id == case.id
    )
    return list(await tx.scalars(statement.order_by(CaseAbout.n)))


async def replace_abouts(tx: Tx, case: Case, given: Sequence[AboutGiven]) -> None:
    await tx.execute(
        delete(CaseAbout).where(CaseAbout.regency_code == case.regency_code, CaseAbout.case_id == case.id)
    )
    tx.add_all(
        CaseAbout(regency_code=case.regency_code, case_id=case.id, n=n, kind=item.kind.value, ref=item.ref)
        for n, item in enumerate(given, 1)
    )


async def replace_standings(tx: Tx, case: Case, standings: Sequence[tuple[UUID, str]]) -> None:
    """Keep out those of *standings* and nobody else; readers named before stay unless they are of them."""
    here = (CaseReader.regency_code == case.regency_code, CaseReader.case_id == case.id)
    accounts = [account for account, _ in standings]
    await tx.execute(delete(CaseReader).where(*here, CaseReader.standing == "kept_out"))
    await tx.execute(delete(CaseReader).where(*here, CaseReader.account_id.in_(accounts)))
    tx.add_all(
        CaseReader(
            regency_code=case.regency_code,
            case_id=case.id,
            account_id=account,
            standing=standing,
            opened_at=case.opened_at,
        )
        for account, standing in standings
    )
