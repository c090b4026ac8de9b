"""The proof of a delivery: the donor's photo and receipt, sealed, for her and for those who check it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import needs as stored
from app.db.queries import pledges as kept
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight
from app.db.tables.needs import Pledge, PledgeProof
from app.domain.errors import Conflict, NotFound
from app.domain.events.needs import PledgeProofAdded
from app.domain.needs import PledgeState, ProofKind
from app.services.needs.pledging import own
from app.services.needs.reading import no_pledge, pledge_seen

MOST: Final = 10
_OPEN: Final = frozenset({PledgeState.RESERVED.value, PledgeState.PLEDGED.value})


@dataclass(frozen=True, slots=True)
class NewProof:
    """A file that lies in the store."""

    id: UUID
    kind: ProofKind
    object_key: str
    media_type: str
    sha256: bytes


async def require_proofs(acting: Acting, sight: Sight, place: tuple[str, UUID]) -> Pledge:
    """Return the actor's own pledge, if it takes one proof more.

    Raises:
        NotFound: no pledge of the actor's own.
        Forbidden: it is another's, who is checked.
        Conflict: it was delivered or has ended, or has as many as it may.
    """
    row, _ = await own(acting, sight, place)
    _check(row, len((await kept.proofs_of(acting.tx, [row]))[row.id]))
    return row


def _check(row: Pledge, there: int) -> None:
    if row.state not in _OPEN:
        raise Conflict(
            "pledge_not_open",
            "Bukti hanya dapat ditambah sebelum penyerahan diperiksa.",
            "Proof can be added only until the delivery is checked.",
            {"state": row.state},
        )
    if there >= MOST:
        raise Conflict(
            "proofs_full",
            f"Satu janji memuat paling banyak {MOST} bukti.",
            f"A pledge holds {MOST} proofs at most.",
        )


async def key_of(acting: Acting, row: Pledge) -> Any:
    """Return the key that seals the proofs of a pledge."""
    wrapped = await kept.wrapped_key_of(acting.tx, row)
    if wrapped is None:
        raise Conflict("erased", "Bukti janji ini sudah dihapus.", "The proofs of this pledge were erased.")
    return acting.vault.unwrap(wrapped)


async def add_proof(acting: Acting, sight: Sight, place: tuple[str, UUID], new: NewProof) -> Pledge:
    """Keep a proof of one's own pledge.

    Raises:
        NotFound, Forbidden, Conflict: as `require_proofs`.
    """
    seen = await require_proofs(acting, sight, place)
    need = await stored.find(acting.tx, seen.regency_code, seen.need_id, for_update=True)
    row = await kept.find(acting.tx, *place, for_update=True)
    if row is None or need is None:
        raise no_pledge()
    _check(row, len((await kept.proofs_of(acting.tx, [row]))[row.id]))
    acting.tx.add(
        PledgeProof(
            regency_code=row.regency_code,
            id=new.id,
            pledge_id=row.id,
            kind=new.kind.value,
            object_key=new.object_key,
            media_type=new.media_type,
            sha256=new.sha256,
            stored_at=acting.now,
            stored_by=acting.actor.account_id,
        )
    )
    await acting.tx.flush()
    event = PledgeProofAdded(thing_id=need.id, pledge_id=row.id, proof_id=new.id, kind=new.kind.value)
    await stored.tell(acting, need, event)
    return row


async def proof_of(
    acting: Acting, sight: Sight, place: tuple[str, UUID], proof_id: UUID
) -> tuple[PledgeProof, Any]:
    """Return one proof, and the key that opens it: to its donor, and to those who check it.

    Raises:
        NotFound: no such pledge of theirs, or no such proof.
    """
    row, _ = await pledge_seen(acting, sight, *place)
    for proof in (await kept.proofs_of(acting.tx, [row]))[row.id]:
        if proof.id == proof_id:
            return proof, await key_of(acting, row)
    raise NotFound(id="Bukti ini tidak ada pada janji itu.", en="The pledge has no such proof.")
