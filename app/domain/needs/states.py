"""The life of a need card and of a pledge on it, each as one table; and what both count.

A card holds what was promised of it: several donors may each take a part, and no part is taken twice.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.errors import Conflict


class NeedSource(StrEnum):
    """Where a need comes from; the set ``need_source``."""

    CASE = "case"
    CAMPAIGN = "campaign"
    PRODUCT = "product"
    """What somebody with a social problem makes, and wants to sell: a buyer takes it, nobody gives aid."""


class NeedState(StrEnum):
    """The set ``need_state``."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RESERVED = "reserved"
    """All of it is promised."""
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"


class NeedAction(StrEnum):
    """The set ``need_action``."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    RESERVE = "reserve"
    """A donor's: it makes a pledge."""


class PledgeState(StrEnum):
    """The set ``pledge_state``."""

    RESERVED = "reserved"
    PLEDGED = "pledged"
    DELIVERED = "delivered"
    """Says the donor; her proof waits to be checked."""
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RELEASED = "released"


class PledgeAction(StrEnum):
    """The set ``pledge_action``."""

    PLEDGE = "pledge"
    DELIVER = "deliver"
    CANCEL = "cancel"
    ACCEPT = "accept"
    RETURN = "return"
    RELEASE = "release"
    EXPIRE = "expire"


class ProofKind(StrEnum):
    """The set ``pledge_proof``."""

    PHOTO = "photo"
    RECEIPT = "receipt"


ACTIVE: Final = frozenset({PledgeState.RESERVED, PledgeState.PLEDGED, PledgeState.DELIVERED})
"""While it stands here a pledge holds its part of the need, and is not yet given."""

N, S, A = NeedState, PledgeState, PledgeAction
_NEED: Final[Mapping[tuple[NeedState, NeedAction], NeedState]] = MappingProxyType(
    {
        (N.DRAFT, NeedAction.PUBLISH): N.PUBLISHED,
        (N.DRAFT, NeedAction.WITHDRAW): N.WITHDRAWN,
        (N.PUBLISHED, NeedAction.WITHDRAW): N.WITHDRAWN,
        (N.RESERVED, NeedAction.WITHDRAW): N.WITHDRAWN,
        (N.PUBLISHED, NeedAction.RESERVE): N.PUBLISHED,
    }
)
_PLEDGE: Final[Mapping[tuple[PledgeState, PledgeAction], PledgeState]] = MappingProxyType(
    {
        (S.RESERVED, A.PLEDGE): S.PLEDGED,
        (S.RESERVED, A.DELIVER): S.DELIVERED,
        (S.PLEDGED, A.DELIVER): S.DELIVERED,
        (S.RESERVED, A.CANCEL): S.CANCELLED,
        (S.PLEDGED, A.CANCEL): S.CANCELLED,
        (S.DELIVERED, A.ACCEPT): S.ACCEPTED,
        (S.DELIVERED, A.RETURN): S.PLEDGED,
        (S.RESERVED, A.RELEASE): S.RELEASED,
        (S.PLEDGED, A.RELEASE): S.RELEASED,
        (S.RESERVED, A.EXPIRE): S.EXPIRED,
        (S.PLEDGED, A.EXPIRE): S.EXPIRED,
    }
)
_DONORS: Final = frozenset({A.PLEDGE, A.DELIVER, A.CANCEL})
_CHECKERS: Final = frozenset({A.ACCEPT, A.RETURN, A.RELEASE})


def decide_need(state: NeedState, action: NeedAction) -> NeedState:
    """Return where *action* takes a card.

    Raises:
        Conflict: not from this state.
    """
    target = _NEED.get((state, action))
    if target is None:
        raise Conflict(
            "need_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada keadaan kartu kebutuhan saat ini.",
            "This action is not possible in the need's present state.",
            {"state": state.value, "action": action.value},
        )
    return target


def decide_pledge(state: PledgeState, action: PledgeAction) -> PledgeState:
    """Return where *action* takes a pledge.

    Raises:
        Conflict: not from this state.
    """
    target = _PLEDGE.get((state, action))
    if target is None:
        raise Conflict(
            "pledge_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada keadaan janji bantuan saat ini.",
            "This action is not possible in the pledge's present state.",
            {"state": state.value, "action": action.value},
        )
    return target


def actions_of(state: PledgeState, *, donor: bool, office: bool) -> tuple[PledgeAction, ...]:
    """List what its donor, or the secretariat, could do now."""
    whose = (_DONORS if donor else frozenset()) | (_CHECKERS if office else frozenset())
    return tuple(action for action in A if action in whose and (state, action) in _PLEDGE)


def counted(quantity: int, held: int, given: int) -> NeedState:
    """Return the state of a published card of which *held* is promised, *given* of that handed over.

    Raises:
        ValueError: more is promised than needed, or given than promised.
    """
    if not 0 <= given <= held <= quantity:
        raise ValueError("A need holds what is given, and no more than is needed.")
    if given == quantity:
        return N.FULFILLED
    return N.RESERVED if held == quantity else N.PUBLISHED


def check_left(state: NeedState, left: int, wanted: int) -> None:
    """Let a donor take *wanted* of a card with *left* to be promised.

    Raises:
        Conflict: somebody else was first, or so much is not left.
    """
    if state is not N.PUBLISHED or left == 0:
        raise Conflict(
            "need_taken",
            "Kebutuhan ini sudah dipesan donatur lain. Pilih kebutuhan lain; bila pesanannya batal, "
            "kartunya terbuka lagi.",
            "Another donor has reserved this need. Choose another one; if that reservation falls, the "
            "card opens again.",
            {"remaining": 0},
        )
    if wanted > left:
        raise Conflict(
            "not_so_much_left",
            f"Yang masih dapat dipesan tinggal {left}. Pesan paling banyak sejumlah itu.",
            f"Only {left} can still be reserved. Reserve that much at most.",
            {"remaining": left},
        )


def check_proofs(kinds: Iterable[str]) -> None:
    """Let a donor say that it was delivered.

    Raises:
        Conflict: the photo or the receipt is missing.
    """
    missing = sorted({one.value for one in ProofKind} - set(kinds))
    if missing:
        raise Conflict(
            "proof_missing",
            "Unggah dahulu foto barang dan tanda terimanya; jangan memotret orang.",
            "Upload the photo of the goods and the receipt first; take no picture of a person.",
            {"missing": missing},
        )


def check_hands(by: UUID | None, others: Iterable[UUID | None]) -> None:
    """Let *by* accept a delivery on a card that *others* wrote or published.

    Raises:
        Conflict: she is one of them: nobody states a need and that it was met.
    """
    if by is None or by in set(others):
        raise Conflict(
            "second_person_needed",
            "Penyusun atau penerbit kartu kebutuhan tidak boleh menerima sendiri bukti penyerahannya.",
            "Whoever wrote or published a need may not accept the proof of its delivery.",
        )
