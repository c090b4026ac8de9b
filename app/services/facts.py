"""What is learnt about a case later: more facts, or a changed field. Both route again, as a new record."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

from app.db.queries import case_view, routing
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, open_move
from app.db.queries.cases import person_of
from app.db.queries.clocks import recount
from app.db.queries.closing import lines_in_session
from app.db.queries.emergencies import alarm
from app.db.queries.texts import Stated, private_of, stated_of
from app.db.queries.texts import add_facts as keep_facts
from app.db.tables.cases import Case
from app.domain.access import closed_to_for
from app.domain.answering import Asked, Sources, answer, routed
from app.domain.codes import CaseKind, Confidentiality, Priority
from app.domain.emergencies import call_out
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.cases import CaseFactsAdded, CasePatched
from app.domain.facts import FACTS, parse_facts
from app.domain.identity import parse_phone
from app.domain.ids import tenant_of
from app.domain.knowledge import Knowledge
from app.domain.known_facts import STATED
from app.domain.routing import ENGINE_VERSION, sealed_to_json, to_json
from app.integrations.vault import Blind

_AT_REST: Final = frozenset({"closed", "void"})
_RANK: Final = {level: n for n, level in enumerate(Confidentiality)}


@dataclass(frozen=True, slots=True)
class Patch:
    """The fields that the request named; one that is None was not named."""

    category: str | None = None
    sector: str | None = None
    priority: Priority | None = None
    priority_reason: str | None = None
    confidentiality: Confidentiality | None = None
    phone: str | None = None
    village: str | None = None
    address: str | None = None
    detail: str | None = None


async def add_facts(acting: Acting, case: Case, stated: Stated) -> None:
    """Keep answers with their source, and route again. The case is locked by the caller.

    Raises:
        Invalid: a fact that is not known, not for a desk to state, or of another type.
        Conflict: the case is closed or void, or its person was erased.
    """
    _require_open(case)
    _check_facts(acting.known, stated)
    move = await open_move(acting, case)
    await keep_facts(acting, case, move.key, stated)
    move.case_changed = True
    move.add(CaseFactsAdded(case_id=case.id, facts=tuple(stated.facts), source=stated.source))
    await _route(move)
    await finish(move)


async def patch_case(acting: Acting, blind: Blind, case: Case, patch: Patch) -> None:
    """Change what was named, keep the reason sealed, and route again. The case is locked by the caller.

    Raises:
        Invalid: an unknown code, a place in another regency, confidentiality lowered, or a reason missing.
        Conflict: the case is closed or void, or its person was erased.
    """
    _require_open(case)
    errors = tuple(_wrong_in(acting.known, case, patch))
    if errors:
        raise Invalid(fields=errors)
    move = await open_move(acting, case)
    _set_codes(acting.known, case, patch)
    await _close(move, patch)
    _set_private(move, patch)
    if patch.phone is not None:
        await _set_phone(move, blind, patch.phone)
    if patch.priority is not None or patch.category is not None:
        await recount(acting, case, move.referrals)
    move.case_changed = True
    move.add(_patched(move, patch))
    await _route(move)
    await finish(move)


async def route_again(acting: Acting, case: Case) -> None:
    """Route with everything known by now; the decisions before stay as they were."""
    move = await open_move(acting, case)
    await _route(move)
    await finish(move)


async def _route(move: Move) -> None:
    acting, case = move.acting, move.case
    today = acting.today(case.village_code)
    answered = answer(acting.known, await _asked(move), await _sources(move), today)
    record_id = acting.new_id()
    sealed = json.dumps(sealed_to_json(answered.decision.question))
    routing.add_record(
        acting.tx,
        case,
        routing.NewRecord(
            id=record_id,
            at=acting.now,
            engine_version=ENGINE_VERSION,
            on_date=today,
            versions=acting.known.versions,
            facts_sealed=acting.vault.seal(move.key, "routing_records", "facts", record_id, sealed),
            answer=to_json(answered.record),
        ),
    )
    move.add(routed(case.id, record_id, answered))
    if call_out(answered.record.need, answered.decision.facts) is not None:
        await alarm(acting, case)


async def _sources(move: Move) -> Sources:
    acting, case = move.acting, move.case
    person = await person_of(acting.tx, case)
    household = await case_view.household_of(acting.tx, case)
    today = acting.today(case.village_code)
    found = await routing.sources_of(acting.tx, case, person, today)
    has_nik = person is not None and person.nik_digest is not None
    return Sources(
        registry=acting.known.registry_entry(found.registry, case.regency_code, today) if has_nik else None,
        aid=found.aid,
        live=found.live,
        capacity=found.capacity,
        stored=[facts for facts in (household and household.facts, person and person.facts) if facts],
        born_on=person.born_on if person else None,
        sex=person.sex if person else None,
        has_nik=has_nik,
    )


async def _asked(move: Move) -> Asked:
    acting, case = move.acting, move.case
    private = private_of(acting.vault, case, move.key)
    await acting.tx.flush()
    stated = {one.name: one.value for one in await stated_of(acting.tx, acting.vault, case, move.key)}
    return Asked(
        kind=CaseKind(case.kind),
        category=case.category,
        sector=case.sector,
        priority=Priority(case.priority),
        village=case.village_code,
        regency=case.regency_code,
        ppks=case.ppks,
        program=case.program_code,
        papers=frozenset(private.get("papers") or ()),
        tried=frozenset(private.get("tried") or ()),
        current_aid=frozenset(case.current_aid),
        stated=parse_facts(stated),
    )


def _require_open(case: Case) -> None:
    if case.status in _AT_REST:
        raise Conflict(
            code="case_at_rest",
            id="Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            en="The case is closed or void; reopen it first.",
        )


def _check_facts(known: Knowledge, stated: Stated) -> None:
    errors = [
        FieldError(
            f"/facts/{name}",
            "unknown_code" if name not in FACTS else "not_stated_by_desk",
            "Keterangan ini tidak dikenal atau tidak diisi oleh meja layanan.",
            "This fact is not known, or not for a desk to state.",
        )
        for name in stated.facts
        if name not in FACTS or not name.startswith(STATED)
    ]
    if not known.knows("fact_source", stated.source):
        errors.append(_unknown("/source"))
    if errors:
        raise Invalid(fields=tuple(errors))
    parse_facts(dict(stated.facts), "/facts")


def _wrong_in(known: Knowledge, case: Case, patch: Patch) -> Iterator[FieldError]:
    if patch.category is not None and not known.knows("case_category", patch.category):
        yield _unknown("/category")
    if patch.sector is not None and not known.knows("sector", patch.sector):
        yield _unknown("/sector")
    village = patch.village
    if village is not None and (village not in known.regions or tenant_of(village) != case.regency_code):
        yield FieldError(
            "/place/village",
            "other_regency",
            "Desa harus di kabupaten/kota yang sama.",
            "The village must lie in the same regency.",
        )
    asked, now = patch.confidentiality, Confidentiality(case.confidentiality)
    if asked is not None and _RANK[asked] < _RANK[now]:
        yield FieldError(
            "/confidentiality",
            "only_raised",
            "Kerahasiaan hanya dapat dinaikkan.",
            "Confidentiality can only be raised.",
        )
    if patch.priority is not None and not patch.priority_reason:
        yield FieldError(
            "/priority_reason", "missing", "Tulis alasan mengubah prioritas.", "Say why priority changes."
        )


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown_code",
        "Kode ini tidak dikenal; lihat /v1/codes.",
        "This code is not known; see /v1/codes.",
    )


def _set_codes(known: Knowledge, case: Case, patch: Patch) -> None:
    case.category = patch.category or case.category
    case.sector = patch.sector or case.sector
    case.priority = patch.priority.value if patch.priority else case.priority
    case.confidentiality = patch.confidentiality.value if patch.confidentiality else case.confidentiality
    if patch.village is not None:
        case.village_code = patch.village
        case.district_code = patch.village.rpartition(".")[0]
        # The desk goes on holding it, and sees it wherever it lies.
        at_home = case.desk_id in {desk.id for desk in known.desks.get(patch.village, ())}
        case.away_desk_id = None if at_home else case.desk_id


async def _close(move: Move, patch: Patch) -> None:
    """A case that becomes RAHASIA is from now on an office's; it is never without hands."""
    case, acting = move.case, move.acting
    if patch.confidentiality is not Confidentiality.RAHASIA or case.closed_to is not None:
        return
    today = acting.today(case.village_code)
    lines = await lines_in_session(acting.tx, case.regency_code, (), today)
    closed_to = closed_to_for((), lines, secret=True)
    case.closed_to = closed_to.value if closed_to else None


def _set_private(move: Move, patch: Patch) -> None:
    case, vault = move.case, move.acting.vault
    private = private_of(vault, case, move.key)
    if patch.village is not None:
        private["place"] = {"address": patch.address, "detail": patch.detail}
    if patch.priority_reason is not None:
        private["priority_reason"] = patch.priority_reason
    content = json.dumps(private, ensure_ascii=False)
    case.private_sealed = vault.seal(move.key, "cases", "private", case.id, content)


async def _set_phone(move: Move, blind: Blind, text: str) -> None:
    found = parse_phone(text, pointer="/phone")
    if isinstance(found, FieldError):
        raise Invalid(fields=(found,))
    person = await person_of(move.tx, move.case)
    if person is None:
        raise Invalid(
            fields=(
                FieldError("/phone", "no_person", "Kasus ini tanpa orang.", "This case is for no person."),
            )
        )
    person.phone_sealed = move.acting.vault.seal(move.key, "persons", "phone", person.id, found.e164)
    person.phone_digest = blind.digest("phone", found.e164)
    person.version += 1


def _patched(move: Move, patch: Patch) -> CasePatched:
    reason = patch.priority_reason
    return CasePatched(
        case_id=move.case.id,
        changed=tuple(field.name for field in fields(patch) if getattr(patch, field.name) is not None),
        category=patch.category,
        sector=patch.sector,
        priority=patch.priority.value if patch.priority else None,
        confidentiality=patch.confidentiality.value if patch.confidentiality else None,
        place=patch.village,
        reason_hmac=None if reason is None else move.acting.vault.text_hmac(move.key, reason),
    )
