"""Is this the same person? Two descriptions compared, scored and explained; and which to compare at all."""

from app.domain.matching.blocks import block_keys
from app.domain.matching.compare import compare
from app.domain.matching.model import PROBABLE, SURE, Identity, Match, Reason

__all__ = ["PROBABLE", "SURE", "Identity", "Match", "Reason", "block_keys", "compare"]
