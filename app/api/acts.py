"""What a route that changes a case or a referral is given, and how it becomes one act."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from app.api.deps import Expected, IfMatch, WriteTx
from app.api.once import Once, OnceDep
from app.api.reading import Reading, ReadingDep
from app.db.queries.acting import Acting
from app.db.session import Tx


@dataclass(frozen=True, slots=True)
class Call:
    """One request that writes: who asks, in which transaction, under which key and version."""

    reading: Reading
    tx: Tx
    expected: Expected
    once: Once

    def acting(self) -> Acting:
        return acting_of(self.reading, self.tx)


def acting_of(reading: Reading, tx: Tx, cause_id: UUID | None = None) -> Acting:
    house, now = reading.house, reading.now
    return Acting(
        tx,
        reading.known,
        house.vault,
        house.ids,
        reading.actor,
        now,
        cause_id or house.ids.new_id(now),
        reading.done_from,
    )


async def _call(reading: ReadingDep, tx: WriteTx, expected: IfMatch, once: OnceDep) -> Call:
    return Call(reading, tx, expected, once)


CallDep = Annotated[Call, Depends(_call, scope="function")]
