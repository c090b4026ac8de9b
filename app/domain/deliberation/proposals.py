"""A batch of proposals on its way to the ministry: the stages of domain.md 5.3, by those who take them.

The village uploads; the regency verifies, finalises, has the regent sign and sends. From there each person
has her own result, which ends her REGISTRY referral as well.
"""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.access import Permission
from app.domain.errors import Conflict
from app.domain.referrals import NEXT_STAGES, RegistryStage

R = RegistryStage
RESULTS: Final = frozenset({R.DITETAPKAN, R.DITOLAK, R.TIDAK_PADAN})
NEEDS_REASON: Final = frozenset({R.DIKEMBALIKAN, R.DITOLAK, R.TIDAK_PADAN})
OF_BATCH: Final = frozenset(R) - RESULTS - {R.DRAF, R.MUSYAWARAH}
PERMISSION: Final[Mapping[RegistryStage, Permission]] = MappingProxyType(
    {
        **dict.fromkeys(R, Permission.DELIBERATION_RATIFY),
        R.DIUNGGAH: Permission.DELIBERATION_HOLD,
    }
)


def check_stage(now: RegistryStage, wanted: RegistryStage) -> None:
    """Let a batch move on.

    Raises:
        Conflict: it cannot go there from where it is; names what it can.
    """
    possible = sorted(stage.value for stage in NEXT_STAGES[now] if stage in OF_BATCH)
    if wanted.value not in possible:
        raise Conflict(
            "stage_not_possible",
            "Usulan tidak dapat berpindah ke tahap ini.",
            "The proposals cannot move to this stage.",
            {"stage": now.value, "stages": possible},
        )


def check_result(now: RegistryStage) -> None:
    """Let a result be recorded.

    Raises:
        Conflict: this person has a result, or the ministry does not have her yet.
    """
    if now in RESULTS:
        raise Conflict(
            "result_known",
            "Hasil untuk calon ini sudah dicatat.",
            "The result of this candidate was recorded already.",
        )
    if now is not R.DIPROSES:
        raise Conflict(
            "not_in_process",
            "Usulan ini belum diproses pusat: catat dulu tahap DIPROSES.",
            "The ministry does not have this batch yet: record the stage DIPROSES first.",
            {"stage": now.value},
        )


def path_to(now: RegistryStage, wanted: RegistryStage) -> tuple[RegistryStage, ...]:
    """Return the stages from *now* (left out) to *wanted*; empty where no way leads there, or it is there."""
    ways: deque[tuple[RegistryStage, ...]] = deque([()])
    seen = {now}
    while ways:
        way = ways.popleft()
        at = way[-1] if way else now
        if at is wanted:
            return way
        for stage in sorted(NEXT_STAGES[at] - seen):
            seen.add(stage)
            ways.append((*way, stage))
    return ()
