"""Proposals of a village together: exported for SIKS-NG, followed stage by stage, answered one by one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries import events
from app.db.queries import proposal_batches as kept
from app.db.queries.acting import Acting
from app.db.queries.proposal_batches import News, tell_cases
from app.db.tables.deliberations import DeliberationCandidate, ProposalBatch
from app.domain.access import Permission
from app.domain.deliberation.proposals import (
    NEEDS_REASON,
    PERMISSION,
    RESULTS,
    check_result,
    check_stage,
)
from app.domain.deliberation.sheet import Proposed, row_of
from app.domain.deliberation.windows import CUTOFF_DAY, next_cutoff
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.cases import CaseEvent
from app.domain.events.deliberations import (
    CaseProposalAnswered,
    CaseProposalMoved,
    ProposalAnswered,
    ProposalsBatched,
    ProposalsMoved,
)
from app.domain.events.others import ThingEvent
from app.domain.referrals import RegistryStage

CheckVersion = Callable[[int], None]
R = RegistryStage
REASONS: Final = "proposal_reason"
_READ: Final = (
    Permission.DELIBERATION_HOLD,
    Permission.DELIBERATION_RATIFY,
    Permission.OBJECTION_VERIFY,
)


async def gather(acting: Acting, regency: str, village: str) -> ProposalBatch:
    """Put the eligible of the village's ratified sessions together; two at once share none of them.

    Raises:
        Forbidden: the actor holds no meetings there.
        Conflict: nobody is ready.
    """
    acting.actor.require(Permission.DELIBERATION_HOLD, village)
    rows = await kept.lock_ready(acting.tx, regency, village)
    if not rows:
        raise Conflict(
            "nobody_ready",
            "Belum ada calon layak dari musyawarah yang sudah disahkan.",
            "No eligible candidate of a ratified session waits.",
        )
    minuted = any(one.stage == R.BERITA_ACARA.value for one in rows)
    day = int(acting.known.policy_value(regency, "proposal_cutoff_day", CUTOFF_DAY))
    batch = ProposalBatch(
        regency_code=regency,
        id=acting.new_id(),
        village_code=village,
        stage=(R.BERITA_ACARA if minuted else R.DRAF).value,
        count=len(rows),
        cutoff_on=next_cutoff(acting.today(village), day),
        reason=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        updated_at=acting.now,
        version=1,
    )
    acting.tx.add(batch)
    await acting.tx.flush()
    for one in rows:
        one.batch_id = batch.id
    await _tell(acting, batch, ProposalsBatched(thing_id=batch.id, village=village, count=len(rows)))
    await acting.tx.flush()
    return batch


async def _tell(acting: Acting, batch: ProposalBatch, *happened: ThingEvent) -> None:
    stream = events.OtherStream(batch.regency_code, batch.id, "proposal_batch")
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def seen(acting: Acting, regency: str, batch_id: UUID, *, for_update: bool = False) -> ProposalBatch:
    """Return a batch.

    Raises:
        NotFound: there is none, or the actor reads nothing in its village.
        Forbidden: the actor has nothing to do with proposals there.
    """
    batch = await kept.batch_of(acting.tx, regency, batch_id, for_update=for_update)
    if batch is None or not acting.actor.has(Permission.CASE_READ, batch.village_code):
        raise NotFound(
            id="Himpunan usulan ini tidak ada, atau bukan di wilayah Anda.",
            en="There is no such batch of proposals, or it is not in your area.",
        )
    if not any(acting.actor.has(one, batch.village_code) for one in _READ):
        acting.actor.require(Permission.DELIBERATION_HOLD, batch.village_code)
    return batch


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal of a batch; nothing is said of her once she was erased."""

    row: DeliberationCandidate
    said: dict[str, str | None]


async def lines(acting: Acting, batch: ProposalBatch) -> list[Line]:
    rows = await kept.of_batch(acting.tx, batch)
    keys = await stored.keys_of(acting.tx, batch.regency_code, {row.data_key_id for row in rows})
    found = []
    for row in rows:
        wrapped = keys.get(row.data_key_id)
        said = {}
        if wrapped is not None:
            key = acting.vault.unwrap(wrapped)
            text = acting.vault.open(key, "deliberation_candidates", "private", row.id, row.private_sealed)
            said = json.loads(text)
        found.append(Line(row, said))
    return found


async def sheet(acting: Acting, regency: str, batch_id: UUID) -> tuple[ProposalBatch, list[tuple[str, ...]]]:
    """Return the rows of the export, by rank; whoever was erased is left out.

    Raises:
        NotFound, Forbidden: as for the batch; the export holds whole numbers.
    """
    batch = await seen(acting, regency, batch_id)
    acting.actor.require(Permission.DELIBERATION_HOLD, batch.village_code)
    names = acting.known.regions
    parts = batch.village_code.split(".")
    codes = [".".join(parts[: n + 1]) for n in range(len(parts))]
    known = {code: names.get(code, code) for code in codes}
    rows = [
        row_of(
            Proposed(
                batch.village_code,
                one.said.get("name") or "",
                one.said.get("nik") or "",
                one.said.get("kk") or "",
                _address(one.said),
            ),
            known,
        )
        for one in await lines(acting, batch)
        if one.said.get("name")
    ]
    return batch, rows


def _address(said: dict[str, str | None]) -> str:
    parts = [said.get("address") or ""]
    parts += [f"{name} {said[key]}" for name, key in (("RT", "rt"), ("RW", "rw")) if said.get(key)]
    return ", ".join(part for part in parts if part)


async def move_on(
    acting: Acting, regency: str, batch_id: UUID, stage: R, reason: str | None, check: CheckVersion
) -> ProposalBatch:
    """Record the stage that a batch reached; its cases and their referrals go along.

    Raises:
        Forbidden: the stage is the regency's.
        Conflict: it cannot go there from where it is.
        Invalid: a return without its reason.
    """
    batch = await seen(acting, regency, batch_id, for_update=True)
    acting.actor.require(PERMISSION[stage], batch.village_code)
    check(batch.version)
    check_stage(R(batch.stage), stage)
    _check_reason(acting, stage, reason)
    before, batch.stage = batch.stage, stage.value
    batch.reason = reason
    _touch(acting, batch)
    moved = ProposalsMoved(thing_id=batch.id, from_stage=before, stage=stage.value, reason=reason)
    await _tell(acting, batch, moved)
    rows = await kept.of_batch(acting.tx, batch, for_update=True)
    for row in rows:
        row.stage = stage.value
    await _tell_cases(acting, batch, rows, stage, reason)
    return batch


def _touch(acting: Acting, batch: ProposalBatch) -> None:
    batch.version += 1
    batch.updated_at = acting.now


def _check_reason(acting: Acting, stage: R, reason: str | None, at: str = "") -> None:
    needed = stage in NEEDS_REASON
    if needed and (reason is None or not acting.known.knows(REASONS, reason)):
        raise Invalid(
            fields=(
                FieldError(
                    f"{at}/reason",
                    "unknown_code",
                    "Sebutkan alasannya dengan kode; lihat /v1/codes.",
                    "Give the reason by its code; see /v1/codes.",
                ),
            )
        )
    if not needed and reason is not None:
        raise Invalid(
            fields=(
                FieldError(
                    f"{at}/reason", "not_taken", "Tahap ini tanpa alasan.", "This stage takes no reason."
                ),
            )
        )


async def _tell_cases(
    acting: Acting, batch: ProposalBatch, rows: Sequence[DeliberationCandidate], stage: R, reason: str | None
) -> None:
    news = []
    for row in rows:
        if row.case_id is None:
            continue
        event: CaseEvent = CaseProposalMoved(
            case_id=row.case_id, candidate_id=row.id, stage=stage.value, reason=reason
        )
        if stage in RESULTS:
            event = CaseProposalAnswered(
                case_id=row.case_id, candidate_id=row.id, stage=stage.value, reason=reason
            )
        news.append(News(row.case_id, event, stage, reason, by_regency=True, tell=stage in RESULTS))
    await tell_cases(acting, batch.regency_code, news)


@dataclass(frozen=True, slots=True)
class Result:
    candidate_id: UUID
    stage: R
    reason: str | None = None


async def answer(
    acting: Acting, regency: str, batch_id: UUID, results: Sequence[Result], check: CheckVersion
) -> ProposalBatch:
    """Record what the ministry said of each; the resident of each case is to be told.

    Raises:
        Forbidden: this is the regency's.
        NotFound: no such proposal in the batch.
        Conflict: the ministry does not have it yet, or answered before.
        Invalid: a refusal without its reason.
    """
    batch = await seen(acting, regency, batch_id, for_update=True)
    acting.actor.require(Permission.DELIBERATION_RATIFY, batch.village_code)
    check(batch.version)
    rows = {row.id: row for row in await kept.of_batch(acting.tx, batch, for_update=True)}
    for n, one in enumerate(results):
        row = rows.get(one.candidate_id)
        if row is None:
            raise NotFound(id="Usulan ini tidak ada pada himpunan ini.", en="No such proposal in this batch.")
        check_result(R(row.stage))
        _check_reason(acting, one.stage, one.reason, f"/results/{n}")
        row.stage, row.result_reason = one.stage.value, one.reason
        told = ProposalAnswered(
            thing_id=batch.id, candidate_id=row.id, stage=one.stage.value, reason=one.reason
        )
        await _tell(acting, batch, told)
    _touch(acting, batch)
    await acting.tx.flush()
    for one in results:
        await _tell_cases(acting, batch, [rows[one.candidate_id]], one.stage, one.reason)
    return batch
