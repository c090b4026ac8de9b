"""Sessions, refresh tokens and clients. Only digests of tokens are stored."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from app.db.session import Tx
from app.db.tables.access import Account, Client, Grant, RefreshToken, Session
from app.db.tables.papers import LetterLink


@dataclass(frozen=True, slots=True)
class FoundSession:
    regency_code: str
    account_id: UUID | None
    case_id: UUID | None
    client_row_id: UUID | None
    family_id: UUID
    expires_at: datetime
    account_kind: str | None
    link_id: UUID | None
    referral_id: UUID | None
    """What the link opens."""
    scopes: list[Any] | None
    client_scopes: list[Any] | None
    """Narrowed since, they hold for tokens that are out."""


async def find_session(tx: Tx, regency_code: str, token_digest: bytes, now: datetime) -> FoundSession | None:
    """Return the session if it lives at *now*, with its account active and its letter's link alive."""
    statement = (
        select(
            Session.regency_code,
            Session.account_id,
            Session.case_id,
            Session.client_row_id,
            Session.family_id,
            Session.expires_at,
            Account.kind,
            Session.link_id,
            LetterLink.referral_id,
            Session.scopes,
            Client.scopes,
        )
        .outerjoin(
            Account, (Account.regency_code == Session.regency_code) & (Account.id == Session.account_id)
        )
        .outerjoin(
            Client,
            (Client.regency_code == Session.regency_code) & (Client.id == Session.client_row_id),
        )
        .outerjoin(
            LetterLink,
            (LetterLink.regency_code == Session.regency_code)
            & (LetterLink.id == Session.link_id)
            & LetterLink.revoked_at.is_(None)
            & (LetterLink.expires_at > now),
        )
        .where(
            Session.regency_code == regency_code,
            Session.token_digest == token_digest,
            Session.revoked_at.is_(None),
            Session.expires_at > now,
            or_(Session.account_id.is_(None), Account.active),
            or_(Session.link_id.is_(None), LetterLink.id.is_not(None)),
        )
    )
    row = (await tx.execute(statement)).one_or_none()
    return FoundSession(*row) if row else None


async def grants_in_force(tx: Tx, regency_code: str, account_id: UUID, today: date) -> list[Grant]:
    """Return the grants whose days, both inclusive, hold *today*."""
    statement = (
        select(Grant)
        .where(
            Grant.regency_code == regency_code,
            Grant.account_id == account_id,
            Grant.valid_from <= today,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .order_by(Grant.id)
    )
    return list(await tx.scalars(statement))


async def add_session(tx: Tx, session: Session) -> None:
    tx.add(session)
    await tx.flush()


async def add_refresh_token(tx: Tx, token: RefreshToken) -> None:
    tx.add(token)
    await tx.flush()


async def get_refresh_token_for_update(tx: Tx, regency_code: str, token_digest: bytes) -> RefreshToken | None:
    statement = (
        select(RefreshToken)
        .where(RefreshToken.regency_code == regency_code, RefreshToken.token_digest == token_digest)
        .with_for_update()
    )
    found: RefreshToken | None = await tx.scalar(statement)
    return found


async def family_of(tx: Tx, regency_code: str, token_digest: bytes) -> UUID | None:
    """Return the family of an access or a refresh token, live or not."""
    for table in (Session, RefreshToken):
        statement = select(table.family_id).where(
            table.regency_code == regency_code, table.token_digest == token_digest
        )
        found: UUID | None = await tx.scalar(statement)
        if found is not None:
            return found
    return None


async def revoke_family(tx: Tx, regency_code: str, family_id: UUID, now: datetime) -> None:
    """End every session and every refresh token that came from one log-in."""
    for table in (Session, RefreshToken):
        await tx.execute(
            update(table)
            .where(
                table.regency_code == regency_code,
                table.family_id == family_id,
                table.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        )


async def revoke_account(tx: Tx, regency_code: str, account_id: UUID, now: datetime) -> None:
    """End every session and every refresh token of one account."""
    for table in (Session, RefreshToken):
        await tx.execute(
            update(table)
            .where(
                table.regency_code == regency_code,
                table.account_id == account_id,
                table.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        )


async def revoke_case_sessions(tx: Tx, regency_code: str, case_id: UUID, now: datetime) -> None:
    """End every resident's session of one case: its PIN was changed."""
    await tx.execute(
        update(Session)
        .where(Session.regency_code == regency_code, Session.case_id == case_id, Session.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def drop_expired(tx: Tx, regency_code: str, before: datetime) -> int:
    """Delete sessions and refresh tokens that ended before *before*; return how many."""
    count = 0
    for table in (Session, RefreshToken):
        done = await tx.execute(
            delete(table)
            .where(table.regency_code == regency_code, table.expires_at < before)
            .returning(table.family_id)
        )
        count += len(done.all())
    return count


async def find_client(tx: Tx, regency_code: str, client_id: str) -> Client | None:
    statement = select(Client).where(
        Client.regency_code == regency_code, Client.client_id == client_id, Client.active
    )
    found: Client | None = await tx.scalar(statement)
    return found


async def find_login(tx: Tx, regency_code: str, login: str) -> Account | None:
    statement = select(Account).where(Account.regency_code == regency_code, Account.login == login)
    found: Account | None = await tx.scalar(statement)
    return found


async def find_account(tx: Tx, regency_code: str, account_id: UUID) -> Account | None:
    statement = select(Account).where(Account.regency_code == regency_code, Account.id == account_id)
    found: Account | None = await tx.scalar(statement)
    return found


async def store_password_hash(tx: Tx, regency_code: str, account_id: UUID, password_hash: str) -> None:
    """Write a newer form of the same password; it is no change of the account."""
    await tx.execute(
        update(Account)
        .where(Account.regency_code == regency_code, Account.id == account_id)
        .values(password_hash=password_hash)
    )
