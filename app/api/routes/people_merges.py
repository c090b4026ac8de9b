"""Two records of one person become one and apart again, and claims to one number are decided."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep
from app.api.deps import ReadTx
from app.api.notes import Noted, note
from app.api.once import Answer
from app.api.paging import Page
from app.api.people_acts import may_see_person, read_areas, tools_of
from app.api.presenters.people import conflict_brief, merge_brief, person_found
from app.api.presenters.words import all_coded, coded_or_none
from app.api.public_ids import read_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.people import ConflictOut, DecideIn, MergeIn, MergeOut, SplitIn
from app.db.queries import identity_conflicts as stored
from app.db.tables.identity import IdentityConflict
from app.domain.access import Permission
from app.domain.ids import PublicId, parse_public_id
from app.services.people import Tools, conflicts, merging, splitting

router = make_router("people")

_PERSON: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "Yuliana Contoh",
    "nik": "************9001",
    "born_on": "1991-07-05",
    "sex": "P",
    "village": "13.08.05.2003",
    "village_name": "Durian Tinggi",
    "provisional": False,
}
_MERGE: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "kind": "merge",
    "kept": _PERSON["id"],
    "other": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
    "reason": {"code": "registered_twice", "label": "Tercatat dua kali"},
    "at": "2026-11-26T03:00:00Z",
    "undone_at": None,
    "person": _PERSON,
    "score": 88,
    "reasons": [{"code": "name_letter_off", "label": "Nama beda satu huruf"}],
    "cases": ["1308-7B2D-4MNA-3"],
    "double_aid": [],
    "left": [],
}
_CONFLICT: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "kind": {"code": "nik_other_person", "label": "NIK dipakai nama lain"},
    "state": "open",
    "found_at": "2026-11-26T03:00:00Z",
    "person": _PERSON,
    "other": None,
    "ticket": "1308-7B2D-4MNA-3",
    "claim": {"nik": "************9001", "name": "Budi Contoh", "born_on": "1970-03-03"},
    "score": 0,
    "reasons": [{"code": "name_differs", "label": "Nama berbeda"}],
    "decision": None,
    "decided_at": None,
}


@router.post(
    "/v1/people/{person_id}/merge",
    **operation(
        "mergePeople",
        may=Permission.PERSON_MERGE,
        answers=MergeOut,
        status=201,
        once=True,
        reads_person=True,
        refuses=(410,),
        example=_MERGE,
        body_example={"other": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e", "reason": "registered_twice"},
    ),
)
async def merge(person_id: str, body: MergeIn, call: CallDep) -> Response:
    """Merge another record into this one: its cases, referrals, aid and numbers are this person's now.

    The other id answers 410 and leads here, and so does its NIK. Everything that moved is written down, so
    that it can be taken back.
    """
    id_, reading = read_id(person_id), call.reading

    async def work() -> Answer:
        other = parse_public_id(body.other)
        own = other.id if other is not None and other.tenant == id_.tenant else None
        wanted = merging.Wanted(id_.tenant, id_.id, own, body.reason)
        return Answer(_merge_out(reading, await merging.merge(tools_of(reading, call.tx), wanted)))

    return await call.once(call.tx, id_.tenant, work, may_see=may_see_person(call, id_))


@router.post(
    "/v1/people/{person_id}/split",
    **operation(
        "splitPerson",
        may=Permission.PERSON_MERGE,
        answers=MergeOut,
        status=201,
        once=True,
        reads_person=True,
        refuses=(410,),
        example={**_MERGE, "undone_at": "2026-11-27T03:00:00Z"},
        body_example={"merge": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d"},
    ),
)
async def split(person_id: str, body: SplitIn, call: CallDep) -> Response:
    """Undo a merge, or split cases off to a new person.

    What a merge moved goes back, unless it moved on since; what came later stays. Cases that are split off
    take their referrals and aid along, to a person without a NIK.
    """
    id_, reading = read_id(person_id), call.reading

    async def work() -> Answer:
        tools = tools_of(reading, call.tx)
        if body.person is None:
            named = parse_public_id(body.merge or "")
            own = named.id if named is not None and named.tenant == id_.tenant else None
            told = await merging.undo(tools, id_.tenant, id_.id, own)
        else:
            told = await _split_off(tools, id_, body)
        return Answer(_merge_out(reading, told))

    return await call.once(call.tx, id_.tenant, work, may_see=may_see_person(call, id_))


async def _split_off(tools: Tools, id_: PublicId, body: SplitIn) -> merging.Told:
    person = body.person
    if person is None:
        raise ValueError("The body was checked.")
    wanted = splitting.Wanted(
        id_.tenant, id_.id, body.cases, person.name, person.born_on, person.sex, body.reason
    )
    return await splitting.split_off(tools, wanted)


@router.get(
    "/v1/identity-conflicts",
    **operation(
        "listIdentityConflicts",
        may=Permission.PERSON_MERGE,
        answers=Listed[ConflictOut],
        paged=True,
        reads_person=True,
        example={"items": [_CONFLICT], "next": None, "count": None},
    ),
)
async def list_conflicts(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[CodeText | None, Query(description="A regency, district or village; your own.")] = None,
    decided: Annotated[bool, Query(description="Those that were decided, instead of the open ones.")] = False,  # noqa: FBT002
    kind: Annotated[CodeText | None, Query(description="Of the set `identity_conflict`.")] = None,
) -> Listed[ConflictOut]:
    """List claims to one number by two people, the oldest first. Nothing on record was overwritten."""
    areas = read_areas(reading, region, Permission.PERSON_MERGE)
    wanted = stored.Wanted(areas, "decided" if decided else "open", kind)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].found_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    tools = tools_of(reading, tx)
    for one in shown:
        noted = Noted("listIdentityConflicts", "person", "ok", one.person_id, one.regency_code)
        note(page.request, noted, reading.now)
    items = [_conflict_out(reading, await conflicts.read(tools, one)) for one in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/identity-conflicts/{conflict_id}/decide",
    **operation(
        "decideIdentityConflict",
        may=Permission.PERSON_MERGE,
        answers=ConflictOut,
        once=True,
        reads_person=True,
        refuses=(410,),
        example={
            **_CONFLICT,
            "state": "decided",
            "decision": {"code": "same_person", "label": "Orang yang sama"},
            "decided_at": "2026-11-27T03:00:00Z",
        },
        body_example={"decision": "same_person"},
    ),
)
async def decide(conflict_id: str, body: DecideIn, call: CallDep) -> Response:
    """Decide two claims to one number: whose it is, and what becomes of the case that brought the claim."""
    id_, reading = read_id(conflict_id), call.reading

    async def work() -> Answer:
        tools = tools_of(reading, call.tx)
        wanted = conflicts.Wanted(id_.tenant, id_.id, conflicts.Decision(body.decision))
        row = await conflicts.decide(tools, wanted)
        return Answer(_conflict_out(reading, await conflicts.read(tools, row)), 200)

    async def may_see() -> None:
        reading.actor.require(Permission.PERSON_MERGE, id_.tenant)

    return await call.once(call.tx, id_.tenant, work, may_see=may_see)


def _merge_out(reading: Reading, told: merging.Told) -> MergeOut:
    row = told.merge
    return MergeOut(
        **dict(merge_brief(reading, row)),
        person=person_found(reading, told.person),
        score=row.score,
        reasons=all_coded(reading.known, "match_reason", row.reasons, reading.lang),
        cases=list(told.tickets),
        double_aid=list(told.double_aid),
        left=sorted(row.left or {}),
    )


def _conflict_out(reading: Reading, told: conflicts.Read) -> ConflictOut:
    row: IdentityConflict = told.row
    reasons: list[Any] = row.reasons
    return ConflictOut(
        **dict(conflict_brief(reading, row)),
        person=person_found(reading, told.person),
        other=person_found(reading, told.other) if told.other else None,
        ticket=told.ticket,
        claim=told.claim,
        score=row.score,
        reasons=all_coded(reading.known, "match_reason", reasons, reading.lang),
        decision=coded_or_none(reading.known, "identity_decision", row.decision, reading.lang),
        decided_at=row.decided_at,
    )
