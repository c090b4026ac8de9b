"""What tests of telling share: a gateway that listens, and a worker whose past is done with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.messages import Message
from tests.support.posts import GatewayServer, gateway
from tests.support.telling import TENANT, Hands


@pytest.fixture
async def there() -> AsyncIterator[GatewayServer]:
    async with gateway() as made:
        yield made


@pytest.fixture
async def hands(house: House, there: GatewayServer, tmp_path: Path) -> Hands:
    made = Hands(house, tmp_path, gateway_url=there.url, gateway_token=SecretStr("t"))
    # What the tests before left on its way is none of this one's.
    await made.tell()
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Message).where(Message.regency_code == TENANT).values(settled_at=made.at, state="sent")
        )
    return made
