"""Links that open one referral to a receiver without an account. Only digests of tokens are stored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.db.session import Tx
from app.db.tables.access import Session
from app.db.tables.papers import Letter, LetterLink


async def links_of(tx: Tx, letter: Letter) -> Sequence[LetterLink]:
    """Return the links of a letter, oldest first."""
    statement = select(LetterLink).where(
        LetterLink.regency_code == letter.regency_code, LetterLink.letter_id == letter.id
    )
    return (await tx.scalars(statement.order_by(LetterLink.created_at, LetterLink.id))).all()


async def live_link(tx: Tx, regency_code: str, link_id: UUID, now: datetime) -> LetterLink | None:
    """Return the link if it neither expired nor was revoked."""
    return await tx.scalar(
        select(LetterLink).where(
            LetterLink.regency_code == regency_code,
            LetterLink.id == link_id,
            LetterLink.revoked_at.is_(None),
            LetterLink.expires_at > now,
        )
    )


async def use_link(tx: Tx, regency_code: str, token_digest: bytes, now: datetime) -> LetterLink | None:
    """Count one use of the live link of a token and return it; None for a token that opens nothing."""
    statement = (
        update(LetterLink)
        .where(
            LetterLink.regency_code == regency_code,
            LetterLink.token_digest == token_digest,
            LetterLink.revoked_at.is_(None),
            LetterLink.expires_at > now,
        )
        .values(uses=LetterLink.uses + 1, used_at=now)
        .returning(LetterLink)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await tx.scalars(statement)).one_or_none()


async def revoke_links(tx: Tx, links: Sequence[LetterLink], now: datetime) -> list[UUID]:
    """Let these links die, with every session that they opened; return those that were alive."""
    ended = [one for one in links if one.revoked_at is None]
    for one in ended:
        one.revoked_at = now
        await tx.execute(
            update(Session)
            .where(
                Session.regency_code == one.regency_code,
                Session.family_id == one.id,
                Session.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        )
    return [one.id for one in ended]
