"""Sign-in by the outside issuer: what is kept while somebody is there, and who there is which account.

An administrator ties an account to a subject; nothing is ever tied by an e-mail address, which the issuer
may let people choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.queries import events, sessions
from app.db.queries import sign_ins as stored
from app.db.session import Tx
from app.db.tables.access import Account, SignInState
from app.domain.access import Actor
from app.domain.errors import Conflict
from app.domain.events.base import Event
from app.domain.events.others import SignInLinked, SignInUnlinked
from app.domain.ids import NATION
from app.domain.sign_in import GOOD_FOR, Secrets


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, when, and the id that ties the events of one act."""

    actor: Actor
    now: datetime
    cause_id: UUID


async def set_out(tx: Tx, secrets: Secrets, back: str, now: datetime) -> None:
    """Remember that this browser went to the issuer; good once, for ten minutes."""
    state = SignInState(
        regency_code=NATION,
        state_digest=secrets.digest,
        back=back,
        begun_at=now,
        expires_at=now + GOOD_FOR,
    )
    await stored.add_state(tx, state)


async def take(tx: Tx, secrets: Secrets, now: datetime) -> str | None:
    """Use a state up; return where it was to come back to, or None for one that is not of this browser."""
    return await stored.take_state(tx, secrets.digest, now)


async def tie(tx: Tx, by: By, account: Account, digests: Sequence[bytes]) -> None:
    """Tie a locked account to somebody at the issuer; *digests*: by each live key, the primary's first.

    Raises:
        Conflict: it is no officer's or switched off, or that person is another account already.
    """
    if account.kind != "officer" or not account.active:
        raise Conflict(
            code="no_sign_in",
            id="Hanya akun petugas yang aktif dapat ditautkan ke penyedia masuk.",
            en="Only the account of an officer that is switched on can be tied to the sign-in issuer.",
        )
    if any(one.id != account.id for one in await stored.accounts_of(tx, digests)):
        raise stored.taken()
    if account.sign_in_digest in digests:
        return
    if account.sign_in_digest is not None:
        await sessions.revoke_account(tx, account.regency_code, account.id, by.now)
    account.sign_in_digest = digests[0]
    account.version += 1
    await stored.flush_digest(tx)
    await _record(tx, by, account, SignInLinked(thing_id=account.id))


async def untie(tx: Tx, by: By, account: Account) -> None:
    """End the tie of a locked account, and what was opened by it."""
    if account.sign_in_digest is None:
        return
    account.sign_in_digest = None
    account.version += 1
    await sessions.revoke_account(tx, account.regency_code, account.id, by.now)
    await _record(tx, by, account, SignInUnlinked(thing_id=account.id))


async def _record(tx: Tx, by: By, account: Account, happened: Event) -> None:
    stream = events.OtherStream(account.regency_code, account.id, "account")
    await events.append(tx, stream, [happened], actor=by.actor, now=by.now, cause_id=by.cause_id)
