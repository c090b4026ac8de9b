"""Sign-ins that are on their way to the outside issuer, and which account somebody there is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from app.db.failures import UNIQUE_VIOLATION, sqlstate
from app.db.session import Tx
from app.db.tables.access import Account, SignInState
from app.domain.errors import Conflict
from app.domain.ids import NATION


async def add_state(tx: Tx, state: SignInState) -> None:
    tx.add(state)
    await tx.flush()


async def take_state(tx: Tx, digest: bytes, now: datetime) -> str | None:
    """Take a state away and return where it was to come back to; None if it is unknown, used or too old."""
    statement = (
        delete(SignInState)
        .where(
            SignInState.regency_code == NATION,
            SignInState.state_digest == digest,
            SignInState.expires_at > now,
        )
        .returning(SignInState.back)
    )
    found: str | None = await tx.scalar(statement)
    return found


async def drop_expired(tx: Tx, now: datetime) -> None:
    await tx.execute(
        delete(SignInState).where(SignInState.regency_code == NATION, SignInState.expires_at <= now)
    )


async def hold_account(tx: Tx, account: Account, digests: Sequence[bytes]) -> bool:
    """Lock an account that was found; tell whether it is still tied: somebody may just have untied it."""
    statement = select(Account).where(Account.regency_code == account.regency_code, Account.id == account.id)
    held = await tx.scalar(statement.with_for_update().execution_options(populate_existing=True))
    return held is not None and held.sign_in_digest in digests


async def accounts_of(tx: Tx, digests: Sequence[bytes]) -> list[Account]:
    """Return whose digest is one of *digests*, two at most: in any tenant, since an ID token names none."""
    statement = select(Account).where(Account.sign_in_digest.in_(list(digests))).limit(2)
    return list(await tx.scalars(statement))


def taken() -> Conflict:
    return Conflict(
        code="sign_in_taken",
        id="Orang ini di penyedia masuk sudah ditautkan ke akun lain. Lepaskan tautan itu dahulu.",
        en="This person at the sign-in issuer is tied to another account. Untie that one first.",
    )


async def flush_digest(tx: Tx) -> None:
    """Write a digest that only one account may have.

    Raises:
        Conflict: another one was given it a moment ago.
    """
    try:
        await tx.flush()
    except DBAPIError as error:
        if sqlstate(error) != UNIQUE_VIOLATION:
            raise
        raise taken() from error
