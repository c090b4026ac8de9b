"""Need cards and pledges: written by a desk, published by the office, taken by donors, checked."""

from app.services.needs.drafting import Wanted, draft, draft_for_campaign
from app.services.needs.expiring import expire
from app.services.needs.pledging import Reservation, cancel, deliver, own_pledge, pledge, reserve
from app.services.needs.proving import NewProof, add_proof, key_of, proof_of, require_proofs
from app.services.needs.publishing import publish, withdraw
from app.services.needs.reading import (
    Shown,
    needs_of_case,
    pledge_seen,
    require_browser,
    seen_need,
    shown,
    sums_for,
    where_needs,
    where_pledges,
)
from app.services.needs.settling import accept, give_back, release

__all__ = [
    "NewProof",
    "Reservation",
    "Shown",
    "Wanted",
    "accept",
    "add_proof",
    "cancel",
    "deliver",
    "draft",
    "draft_for_campaign",
    "expire",
    "give_back",
    "key_of",
    "needs_of_case",
    "own_pledge",
    "pledge",
    "pledge_seen",
    "proof_of",
    "publish",
    "release",
    "require_browser",
    "require_proofs",
    "reserve",
    "seen_need",
    "shown",
    "sums_for",
    "where_needs",
    "where_pledges",
    "withdraw",
]
