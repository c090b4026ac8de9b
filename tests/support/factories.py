"""Rows and bodies with defaults, one call each. Cases have factories of their own beside their tests."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from app.db.session import Tx
from app.db.tables.access import Account, Client, Grant
from app.domain.access import Role
from app.integrations.randomness import Ids
from tests.support.server import CHEAP

IDS = Ids()
PASSWORD = "a-long-test-password"


async def make_account(  # noqa: PLR0913  # one keyword for each thing a test may want otherwise
    tx: Tx,
    login: str = "dewi",
    *,
    tenant: str = "13.74",
    role: Role | None = Role.DESK_OFFICER,
    region: str | None = "13.74.01.1005",
    valid_from: date | None = None,
    valid_to: date | None = None,
    active: bool = True,
    now: datetime | None = None,
) -> UUID:
    """Add an officer with `PASSWORD` and one grant (none with ``role=None``); return the account's id."""
    at = now or datetime.now(UTC)
    account = Account(
        regency_code=tenant,
        id=IDS.new_id(at),
        login=login,
        name=login.title(),
        kind="officer",
        password_hash=await CHEAP.hash(PASSWORD),
        demo=False,
        active=active,
        created_at=at,
        version=1,
    )
    tx.add(account)
    await tx.flush()
    if role is not None:
        tx.add(
            Grant(
                regency_code=tenant,
                id=IDS.new_id(at),
                account_id=account.id,
                role=role.value,
                region_code=region,
                agency_code=None,
                desk_id=None,
                valid_from=valid_from or at.date() - timedelta(days=1),
                valid_to=valid_to,
            )
        )
        await tx.flush()
    return account.id


async def make_frontend(tx: Tx, client_id: str = "layar", *, tenant: str = "13.74") -> UUID:
    """Add a first-party frontend; return its row's id."""
    at = datetime.now(UTC)
    row = Client(
        regency_code=tenant,
        id=IDS.new_id(at),
        client_id=client_id,
        name=client_id,
        secret_digest=None,
        first_party=True,
        account_id=None,
        active=True,
        created_at=at,
    )
    tx.add(row)
    await tx.flush()
    return row.id


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def account_body(login: str = "baru", **changes: object) -> dict[str, object]:
    return {
        "login": login,
        "name": "Petugas Baru",
        "password": PASSWORD,
        "grants": [{"role": "desk_officer", "region": "13.74.01.1005"}],
        **changes,
    }
