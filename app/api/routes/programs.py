"""The catalogue of all levels, and the finder."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Query, Response

from app.api.caching import CachingDep, cacheable
from app.api.deps import CurrentActor, HouseDep, Known, Lang, Now, ReadTx, WriteTx
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.catalogue import availability_out, detail_out, matched_out, program_out, version_out
from app.api.presenters.overrides import own_rules_out
from app.api.program_filter import WishDep
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.programs import (
    AvailabilityIn,
    AvailabilityOut,
    MatchIn,
    MatchOut,
    ProgramDetail,
    ProgramOut,
    VersionsOut,
)
from app.db.queries import programs as stored
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.facts import parse_facts
from app.domain.ids import NATION, tenant_of
from app.domain.knowledge import Knowledge
from app.domain.program_search import search
from app.domain.programs import Program
from app.domain.sla import local_date
from app.services import programs
from app.services.programs import Act, Search

router = make_router("programs")

EXAMPLE: Final = {
    "code": "BLT_KOTA",
    "name": {"id": "BLT Kota Padang Panjang", "en": "Cash aid of Padang Panjang City"},
    "agency": "DINSOS-1374",
    "level": "KAB_KOTA",
    "purposes": ["AID"],
    "version": 1,
    "valid_from": "2025-01-01",
    "valid_to": None,
    "coverage": ["13.74"],
    "sectors": ["SOSIAL_EKONOMI"],
    "target": {"id": "Keluarga miskin", "en": "Poor families"},
    "benefit": {"id": "Rp900.000 dalam tiga bulan", "en": "Rp900,000 over three months"},
    "source": "SEED 0",
    "trust": "SEED",
    "to_be_confirmed": False,
}
_CRITERION: Final = {"source": "Fw 23", "trust": "Fw", "to_be_confirmed": True}
_DETAIL: Final = {
    **EXAMPLE,
    "implicit": False,
    "village_kinds": None,
    "categories": ["PERMOHONAN_BANSOS"],
    "criteria_text": "Desil 1\u20134 (perlu dikonfirmasi)",
    "criteria": [
        {
            "fact": "registry.desil",
            "label": {"id": "Desil", "en": "Decile"},
            "asked": "Desil 1\u20134 (perlu dikonfirmasi)",
            "negated": False,
            **_CRITERION,
        }
    ],
    "criteria_tree": {"fact": "registry.desil", "op": "between", "value": [1, 4], "source": "Fw 23",
                      "trust": "Fw"},
    "exclusions": [{"program": "PKH", "effect": "exclude", **_CRITERION}],
    "complements": [],
    "components": [],
    "fulfilled_on": "last_delivery",
    "papers": [{"code": "KTP", "label": {"id": "KTP elektronik", "en": "Identity card"}, "required": True}],
    "quota": None,
    "period": None,
    "waiting_list": True,
    "proposes": {"id": "Puskesos", "en": "The desk"},
    "decides": {"id": "Dinas Sosial", "en": "The social office"},
    "standard": None,
    "ladder": [],
    "contacts": [],
    "legal_basis": [],
    "availability": [],
    "own": None,
}  # fmt: skip
_SAID: Final = {
    "program": "BLT_KOTA",
    "region": "13.74",
    "state": "full",
    "until": "2026-12-31",
    "changed_at": "2026-11-25T02:00:00Z",
}
_MATCHED: Final = {
    "engine_version": "1",
    "region": "13.08.04.2001",
    "on": "2026-11-25",
    "items": [
        {
            "program": "PKH",
            "version": 1,
            "name": {"id": "Program Keluarga Harapan", "en": "Family Hope Programme"},
            "agency": "KEMENSOS",
            "agency_name": {"id": "Kementerian Sosial", "en": "Ministry of Social Affairs"},
            "level": "PUSAT",
            "verdict": "eligible",
            "verdict_text": "memenuhi syarat",
            "answers_need": True,
            "reasons": [
                {"fact": "registry.desil", "verdict": "met", "text": "Desil 2, syarat 1\u20134: terpenuhi",
                 **_CRITERION}
            ],
            "notes": [],
            "questions": [],
            "papers_missing": [{"code": "KK", "label": {"id": "Kartu Keluarga", "en": "Family card"},
                                "required": True}],
            "papers": [{"code": "KK", "label": {"id": "Kartu Keluarga", "en": "Family card"},
                        "required": True, "held": False}],
            "benefit": {"id": "Uang tunai per komponen", "en": "Cash per component"},
            "proposes": {"id": "Desa lewat SIKS-NG", "en": "The village, in SIKS-NG"},
            "decides": {"id": "Kementerian Sosial", "en": "Ministry of Social Affairs"},
            "contacts": [{"label": {"id": "Pusat panggilan", "en": "Call centre"}, "value": "171"}],
            "own": None,
        }
    ],
    "desk": {"id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "name": "Puskesos Contoh",
             "village": "13.08.04.2001"},
    "questions": [{"fact": "household.pregnant", "text": "Apakah ada ibu hamil atau nifas di rumah?"}],
}  # fmt: skip


@router.get(
    "/v1/programs",
    **cacheable(
        operation(
            "listPrograms",
            may=PUBLIC,
            answers=Listed[ProgramOut],
            paged=True,
            example={"items": [EXAMPLE], "next": None, "count": None},
        )
    ),
)
async def list_programs(
    known: Known, page: Page, wish: WishDep, caching: CachingDep
) -> Listed[ProgramOut] | Response:
    """List the programmes of all levels by code; the agencies' general ones are left out.

    For somebody of an age, a sex or a category of need, those stand here whose rules do not speak against
    it; `POST /v1/programs/match` says who fits.
    """
    same = caching.unchanged()
    if same is not None:
        return same
    found = search(known, wish, caching.today)
    after = str(page.after[0]) if page.after else ""
    rest = [one for one in found if one.code > after]
    shown = rest[: page.limit]
    more = [shown[-1].code] if len(rest) > page.limit else None
    count = len(found) if page.wants_count else None
    return page.page([program_out(one) for one in shown], after=more, count=count)


@router.post(
    "/v1/programs/match",
    **operation(
        "matchPrograms",
        may=Permission.PROGRAM_MATCH,
        answers=MatchOut,
        example=_MATCHED,
        body_example={
            "region": "13.08.04.2001",
            "facts": {"registry.desil": 2, "household.children_0_6": 1, "ledger.active_programs": []},
            "need": {"kind": "LAYANAN", "sector": "SOSIAL_EKONOMI"},
        },
    ),
)
async def match_programs(
    body: MatchIn,
    actor: CurrentActor,
    tx: ReadTx,
    known: Known,
    now: Now,
    lang: Lang,
) -> MatchOut:
    """Find what fits, with the reason of every condition. Nothing is stored and no case is made."""
    actor.require_ever(Permission.PROGRAM_MATCH)
    _check_codes(known, body)
    need = known.need(body.need.kind, body.need.category, body.need.sector, body.need.priority)
    search = Search(
        body.region,
        parse_facts(body.facts),
        need,
        frozenset(body.papers),
        body.on or local_date(now, body.region),
    )
    found = await programs.match(tx, known, search)
    return matched_out(known, search, found, lang)


def _check_codes(known: Knowledge, body: MatchIn) -> None:
    """A code that nobody knows would only make programmes look unfit."""
    used = [
        ("case_category", body.need.category, "/need/category"),
        ("sector", body.need.sector, "/need/sector"),
        *(("paper", code, f"/papers/{place}") for place, code in enumerate(body.papers)),
    ]
    wrong = [
        FieldError(pointer, "unknown_code", "Kode ini tidak dikenal.", "This code is not known.")
        for set_name, code, pointer in used
        if code is not None and not known.knows(set_name, code)
    ]
    if wrong:
        raise Invalid(fields=tuple(wrong))


@router.get(
    "/v1/programs/{code}",
    **cacheable(operation("getProgram", may=PUBLIC, answers=ProgramDetail, example=_DETAIL)),
)
async def get_program(  # what it is made of, each by its name
    code: str,
    tx: ReadTx,
    known: Known,
    now: Now,
    lang: Lang,
    caching: CachingDep,
    region: Annotated[
        RegionText | None, Query(description="As its regency has it: own bounds, papers, contacts.")
    ] = None,
) -> ProgramDetail | Response:
    """Show the version in force: the rule in words, what is given, what is still to be confirmed."""
    found = _in_force(known, code, now)
    place = must_know(known, region, "region")
    same = caching.unchanged()
    if same is not None:
        return same
    own = None
    if place is not None and "." in place:
        regency = tenant_of(place)
        found = known.program_in(regency, code, local_date(now, regency)) or found
        own = own_rules_out(known, regency, found)
    document = await stored.document(tx, code, found.version.n)
    said = await stored.availability_of(tx, code)
    return detail_out(known, found, document, [availability_out(code, row) for row in said], lang, own)


def _in_force(known: Knowledge, code: str, now: datetime) -> Program:
    """The version of today, or the newest one where none is in force."""
    found = known.program(code, local_date(now, NATION)) or known.programs.get(code)
    if found is None:
        raise NotFound
    return found


@router.get(
    "/v1/programs/{code}/versions",
    **operation(
        "listProgramVersions",
        may=PUBLIC,
        answers=VersionsOut,
        example={
            "items": [
                {
                    "n": 1,
                    "status": "published",
                    "valid_from": "2025-01-01",
                    "valid_to": None,
                    "criteria_text": "Desil 1\u20134 (perlu dikonfirmasi)",
                    "source": "SEED 0",
                    "trust": "SEED",
                    "to_be_confirmed": False,
                    "digest": "9b74c9897bac770ffc029102a200c5de",
                }
            ]
        },
    ),
)
async def list_versions(code: str, tx: ReadTx, known: Known, lang: Lang) -> VersionsOut:
    """List the versions of a programme's rules, the newest first. A published one never changes."""
    if code not in known.programs:
        raise NotFound
    rows = await stored.versions(tx, code)
    return VersionsOut(items=[version_out(row, lang) for row in rows])


@router.put(
    "/v1/programs/{code}/availability",
    **operation(
        "setAvailability",
        may=(Permission.AVAILABILITY_SET, Permission.REFERRAL_PROXY),
        answers=AvailabilityOut,
        example=_SAID,
        body_example={"state": "full", "until": "2026-12-31"},
    ),
)
async def set_availability(  # each is one thing the frame hands in
    code: str,
    body: AvailabilityIn,
    actor: CurrentActor,
    tx: WriteTx,
    known: Known,
    now: Now,
    house: HouseDep,
) -> AvailabilityOut:
    """Say that a programme is open, full or paused: its agency, or a secretariat on its behalf.

    A secretariat's word holds in its own regency. ``full`` leads to the waiting list where there is one.
    """
    act = Act(actor, now, house.ids.new_id(now))
    region = await programs.set_availability(tx, known, act, code, (body.state, body.until))
    return AvailabilityOut(program=code, region=region, state=body.state, until=body.until, changed_at=now)
