"""The rules of programmes: drafted, handed in, published by another person, retired; tried before that."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import Expected, IfMatch, ReadTx, WriteTx, etag
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.jobs import job_out
from app.api.presenters.program_versions import draft_out, possible, trial_out, version_detail
from app.api.public_ids import read_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.rule_examples import DETAIL, DRAFT, JOB, NEW, RULES, TRIAL, TRY
from app.api.schemas.base import Listed
from app.api.schemas.jobs import JobOut
from app.api.schemas.program_versions import (
    DraftOut,
    NewProgramIn,
    RulesIn,
    TrialOut,
    TryIn,
    VersionDetail,
    VersionRetireIn,
    VersionReturnIn,
)
from app.db.queries import program_versions as stored
from app.db.queries.acting import Acting
from app.db.tables.knowledge import ProgramVersion
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import public_id, tenant_of
from app.domain.program_owners import Owner, agencies_of, may, owner_of
from app.domain.programs import VersionStatus
from app.domain.programs.versions import PUBLIC, VersionAction
from app.services import program_versions as rules
from app.services.program_versions import Held, Wanted

router = make_router("rules")

_P, _A = Permission, VersionAction
_WRITERS: Final = (_P.PROGRAM_DRAFT, _P.PROGRAM_PUBLISH)


@router.get(
    "/v1/program-drafts",
    **operation(
        "listProgramDrafts",
        may=_WRITERS,
        answers=Listed[DraftOut],
        paged=True,
        example={"items": [DRAFT], "next": None, "count": None},
    ),
)
async def list_drafts(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    status: Annotated[VersionStatus | None, Query(description="Drafts and those handed in, else.")] = None,
) -> Listed[DraftOut]:
    """List the drafts that you may write or check, by programme."""
    actor, known = reading.actor, reading.known
    everything = any(may(actor, one, owner_of(known, "")) for one in _WRITERS)
    agencies = frozenset[str]().union(*(agencies_of(known, actor, one) for one in _WRITERS))
    wanted = stored.Wanted(agencies, everything, status)
    after = (str(page.after[0]), int(page.after[1])) if page.after else None
    rows = await stored.drafts(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].program_code, shown[-1].n] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([draft_out(reading, row) for row in shown], after=more, count=count)


@router.post(
    "/v1/programs",
    **operation(
        "newProgram",
        may=_P.PROGRAM_DRAFT,
        answers=VersionDetail,
        status=201,
        once=True,
        example=DETAIL,
        body_example=NEW,
    ),
)
async def new_program(body: NewProgramIn, call: CallDep) -> Response:
    """Begin a programme with the draft of its first rules. Nobody else sees it until they are published."""
    owner = owner_of(call.reading.known, body.agency)
    document = body.model_dump(mode="json")

    async def may_see() -> None:
        if not may(call.reading.actor, _P.PROGRAM_DRAFT, owner):
            call.reading.actor.require(_P.PROGRAM_DRAFT, owner.region)

    async def work() -> Answer:
        return await _told(call, await rules.new_program(call.acting(), document), 201)

    return await call.once(call.tx, owner.tenant, work, may_see=may_see)


@router.post(
    "/v1/programs/{code}/versions",
    **operation(
        "draftVersion",
        may=_P.PROGRAM_DRAFT,
        answers=VersionDetail,
        status=201,
        once=True,
        example=DETAIL,
        body_example={"version": RULES},
    ),
)
async def draft_version(code: str, body: RulesIn, call: CallDep) -> Response:
    """Begin the next version of a programme's rules; every fault is named. What is in force stays so."""
    owner = await _owner(call, code)
    document = body.model_dump(mode="json", exclude_none=True)

    async def work() -> Answer:
        return await _told(call, await rules.draft_version(call.acting(), code, document), 201)

    async def may_see() -> None:
        await rules.require_writer(call.acting(), code)

    return await call.once(call.tx, owner.tenant, work, may_see=may_see)


@router.get(
    "/v1/programs/{code}/versions/{version}",
    **operation("getVersion", may=AUTHENTICATED, answers=VersionDetail, example=DETAIL),
)
async def get_version(
    code: str, version: str, reading: ReadingDep, tx: ReadTx, response: Response
) -> VersionDetail:
    """Show one version, its rule in words in both languages, and of a draft what stands against it."""
    acting = acting_of(reading, tx)
    row, owner = await rules.see(acting, code, _number(version))
    response.headers["ETag"] = etag(row.revision)
    return await _detail(acting, reading, row, owner)


@router.put(
    "/v1/programs/{code}/versions/{version}",
    **operation(
        "editVersion",
        may=_P.PROGRAM_DRAFT,
        answers=VersionDetail,
        if_match=True,
        example=DETAIL,
        body_example={"version": RULES},
    ),
)
async def edit_version(
    code: str,
    version: str,
    body: RulesIn,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> VersionDetail:
    """Replace the whole document of a draft. What was handed in becomes a draft again."""
    acting = acting_of(reading, tx)
    held = await _taken_up(acting, expected, (code, version), _A.EDIT)
    row = await rules.edit(acting, held, body.model_dump(mode="json", exclude_none=True))
    response.headers["ETag"] = etag(row.revision)
    return await _detail(acting, reading, row, held.owner)


@router.post(
    "/v1/programs/{code}/versions/{version}/check",
    **operation(
        "checkVersion", may=_P.PROGRAM_DRAFT, answers=VersionDetail, once=True, if_match=True, example=DETAIL
    ),
)
async def check_version(code: str, version: str, call: CallDep) -> Response:
    """Hand a draft in, for somebody who did not write it to check. It must be sound by then."""
    return await _step(call, code, version, _A.CHECK, rules.hand_in)


@router.post(
    "/v1/programs/{code}/versions/{version}/return",
    **operation(
        "returnVersion",
        may=_P.PROGRAM_PUBLISH,
        answers=VersionDetail,
        once=True,
        if_match=True,
        example=DETAIL,
        body_example={"remark": "Batas desil belum sesuai Perwako."},
    ),
)
async def return_version(code: str, version: str, body: VersionReturnIn, call: CallDep) -> Response:
    """Give a draft back to who wrote it, saying why."""

    async def back(acting: Acting, held: Held) -> ProgramVersion:
        return await rules.give_back(acting, held, body.remark)

    return await _step(call, code, version, _A.RETURN, back)


@router.post(
    "/v1/programs/{code}/versions/{version}/publish",
    **operation(
        "publishVersion",
        may=_P.PROGRAM_PUBLISH,
        answers=VersionDetail,
        once=True,
        if_match=True,
        example=DETAIL,
    ),
)
async def publish_version(code: str, version: str, call: CallDep) -> Response:
    """Publish what somebody else wrote. From its first day it takes the place of the version before it.

    Every process reads it within a second. It is never edited; decisions that were made keep their own.
    """
    return await _step(call, code, version, _A.PUBLISH, rules.publish)


@router.post(
    "/v1/programs/{code}/versions/{version}/retire",
    **operation(
        "retireVersion",
        may=_P.PROGRAM_PUBLISH,
        answers=VersionDetail,
        once=True,
        if_match=True,
        example=DETAIL,
        body_example={"last_on": "2027-12-31"},
    ),
)
async def retire_version(code: str, version: str, body: VersionRetireIn, call: CallDep) -> Response:
    """Say on which day a published version is in force for the last time."""

    async def end(acting: Acting, held: Held) -> ProgramVersion:
        return await rules.retire(acting, held, body.last_on)

    return await _step(call, code, version, _A.RETIRE, end)


@router.post(
    "/v1/programs/{code}/versions/{version}/withdraw",
    **operation(
        "withdrawVersion",
        may=_P.PROGRAM_DRAFT,
        answers=VersionDetail,
        once=True,
        if_match=True,
        example=DETAIL,
    ),
)
async def withdraw_version(code: str, version: str, call: CallDep) -> Response:
    """Give a draft up."""
    return await _step(call, code, version, _A.WITHDRAW, rules.withdraw)


@router.post(
    "/v1/programs/{code}/versions/{version}/try",
    **operation(
        "tryVersion",
        may=_P.PROGRAM_DRAFT,
        answers=JobOut,
        status=202,
        once=True,
        example={**JOB, "state": {"code": "queued", "label": "Menunggu giliran"}, "result": None},
        body_example=TRY,
    ),
)
async def try_version(code: str, version: str, body: TryIn, call: CallDep) -> Response:
    """Try a draft on past cases: which would go elsewhere, and why. Follow it at `GET …/tries/{job_id}`.

    Each decision is made again with the versions that it used, and the draft in its programme's place. What
    was full, paused or closed on that day stays so.
    """
    if body.until < body.since:
        raise Invalid(
            fields=(FieldError("/to", "range", "Mendahului tanggal awal.", "Is before the first day."),)
        )
    wanted = Wanted(body.since, body.until, body.region, body.sample)
    owner, n = await _owner(call, code), _number(version)

    async def work() -> Answer:
        job = await rules.order_trial(call.acting(), code, n, wanted)
        place = f"/v1/jobs/{public_id(job.regency_code, job.id)}"
        return Answer(job_out(call.reading, job), 202, {"Location": place})

    async def may_see() -> None:
        await rules.see(call.acting(), code, n)

    tenant = tenant_of(body.region or owner.region)
    return await call.once(call.tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/programs/{code}/versions/{version}/tries/{job_id}",
    **operation("getTrial", may=_P.PROGRAM_DRAFT, answers=TrialOut, example=TRIAL),
)
async def get_trial(code: str, version: str, job_id: str, reading: ReadingDep, tx: ReadTx) -> TrialOut:
    """Show what a trial has counted by now, with examples that you may see."""
    place = read_id(job_id)
    tried = await rules.read_trial(
        acting_of(reading, tx), reading.sight, code, _number(version), (place.tenant, place.id)
    )
    return trial_out(reading, tried)


Take = Callable[[Acting, Held], Awaitable[ProgramVersion]]


async def _step(call: Call, code: str, version: str, action: VersionAction, take: Take) -> Response:
    owner = await _owner(call, code)

    async def work() -> Answer:
        held = await _taken_up(call.acting(), call.expected, (code, version), action)
        return await _told(call, await take(call.acting(), held), 200)

    async def may_see() -> None:
        await rules.see(call.acting(), code, _number(version))

    return await call.once(call.tx, owner.tenant, work, may_see=may_see)


async def _taken_up(
    acting: Acting, expected: Expected, place: tuple[str, str], action: VersionAction
) -> Held:
    """Find, lock and judge in the order of the answers: 404, 403, 428, 412, 409."""
    code, version = place
    held = await rules.take_up(acting, code, _number(version), action)
    expected.check(held.row.revision)
    return rules.step(held, action)


async def _owner(call: Call, code: str) -> Owner:
    return await rules.whose(call.acting(), code)


async def _told(call: Call, row: ProgramVersion, status: int) -> Answer:
    owner = owner_of(call.reading.known, row.document["agency"])
    body = await _detail(call.acting(), call.reading, row, owner)
    headers = {"ETag": etag(row.revision)}
    if status == 201:  # noqa: PLR2004  # of what was made
        headers["Location"] = f"/v1/programs/{row.program_code}/versions/{row.n}"
    return Answer(body, status, headers)


async def _detail(acting: Acting, reading: Reading, row: ProgramVersion, owner: Owner) -> VersionDetail:
    drafting = rules.may_see(acting, owner)
    is_draft = VersionStatus(row.status) not in PUBLIC
    faults: Any = await rules.faults_of(acting, row, owner) if is_draft and drafting else ()
    actions = [one for one in possible(row) if rules.may_take(acting, row, owner, one)]
    return version_detail(reading, row, faults, actions)


def _number(text: str) -> int:
    """Read a version's number.

    Raises:
        NotFound: it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004  # of at most a million
        raise NotFound
    return int(text)
