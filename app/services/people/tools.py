"""What the stories of persons need besides the act: who may be seen, keys for new records, digests."""

from dataclasses import dataclass
from typing import Any, Protocol

from app.db.queries.acting import Acting, Vault
from app.db.queries.arrivals import Digests
from app.db.queries.scope import Sight
from app.db.session import Tx


class Keys(Vault, Protocol):
    """The vault with what makes keys."""

    def new_data_key(self) -> Any: ...
    def rewrap(self, wrapped: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Tools:
    acting: Acting
    sight: Sight
    keys: Keys
    blind: Digests

    @property
    def tx(self) -> Tx:
        return self.acting.tx
