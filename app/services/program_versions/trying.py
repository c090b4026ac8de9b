"""Trying a draft on past cases, and reading what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries import jobs, trials
from app.db.queries.acting import Acting
from app.db.queries.jobs import Order
from app.db.queries.scope import Sight
from app.db.tables.jobs import Job
from app.domain.access import Permission, covers
from app.domain.access.actors import forbidden
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import NATION, tenant_of
from app.domain.jobs import JobKind
from app.domain.program_owners import Owner
from app.domain.programs import VersionAction, VersionStatus
from app.domain.programs.versions import decide
from app.domain.routing.tally import Tally, tally_of
from app.services.program_versions.reading import may_see, require, see

_REGENCY = 5
"""Characters of a regency's code: a longer one names a district or a village."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which past cases: opened from *since* to *until*, both local days included, in *region*."""

    since: date
    until: date
    region: str | None
    """The owner's whole region when left out."""
    sample: int | None
    """About so many of them; all when left out."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial as whoever asks may know it."""

    job: Job
    tally: Tally
    exact: bool
    """Whether the asker sees the cases of the region, and so their exact number."""
    tickets: Mapping[UUID, str]
    """Of the sample, by case: those that the asker may see."""


async def order_trial(acting: Acting, code: str, n: int, wanted: Wanted) -> Job:
    """Order the trial of a draft as it stands now; a later edit does not change it.

    Raises:
        NotFound: there is no such version for the actor.
        Forbidden: the actor may not write the programme's rules, or see a place as small as that.
        Conflict: the version is no draft.
        Invalid: an unknown region, or one outside the owner's.
    """
    row, owner = await see(acting, code, n)
    require(acting, owner, Permission.PROGRAM_DRAFT)
    decide(VersionStatus(row.status), VersionAction.TRY)
    region = _region(acting, owner, wanted)
    order = Order(
        JobKind.TRY_PROGRAM,
        tenant_of(region),
        region,
        Permission.PROGRAM_DRAFT,
        {
            "program": code,
            "version": n,
            "digest": row.digest,
            "document": row.document,
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
            "sample": wanted.sample,
        },
    )
    return await jobs.order(acting, order)


async def read_trial(acting: Acting, sight: Sight, code: str, n: int, place: tuple[str, UUID]) -> Tried:
    """Return what a trial has counted by now, to whoever writes or checks the programme's rules.

    Raises:
        NotFound: there is none of this version, or it is nothing of the actor's.
    """
    _, owner = await see(acting, code, n)
    regency, job_id = place
    job = await jobs.find(acting.tx, regency, job_id)
    if job is None or not _is_of(job, code, n) or not may_see(acting, owner):
        raise NotFound
    exact = acting.actor.has(Permission.CASE_READ, job.region_code)
    if len(job.region_code) > _REGENCY and not exact:
        raise NotFound
    tally = tally_of(job.position.get("tally"))
    return Tried(job, tally, exact, await _tickets(acting, sight, tally))


def _is_of(job: Job, code: str, n: int) -> bool:
    named = (job.input.get("program"), job.input.get("version"))
    return job.kind == JobKind.TRY_PROGRAM.value and named == (code, n)


async def _tickets(acting: Acting, sight: Sight, tally: Tally) -> dict[UUID, str]:
    """Look the sampled cases up regency by regency, by the sight of whoever asks."""
    ids = [UUID(case) for cases in tally.samples.values() for _, case, *_ in cases]
    found: dict[UUID, str] = {}
    for regency in sorted({str(one) for cases in tally.samples.values() for one, *_ in cases}):
        found |= await trials.tickets_seen(acting.tx, sight, regency, ids)
    return found


def _region(acting: Acting, owner: Owner, wanted: Wanted) -> str:
    region = wanted.region or owner.region
    if region != NATION and region not in acting.known.regions:
        raise _wrong_region("unknown_region", "Kode wilayah ini tidak ada.", "There is no such region.")
    if not covers(owner.region, region):
        raise _wrong_region(
            "outside",
            "Di luar wilayah instansi pemilik program.",
            "Outside the region of the body that owns the programme.",
        )
    if len(region) > _REGENCY and not acting.actor.has(Permission.CASE_READ, region):
        # The smaller the place, the more a count says of one person.
        raise forbidden(Permission.CASE_READ)
    return region


def _wrong_region(code: str, said: str, en: str) -> Invalid:
    return Invalid(fields=(FieldError("/region", code, said, en),))
