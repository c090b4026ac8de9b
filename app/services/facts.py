"""What is learnt about a case later: more facts, or a changed field. Both route again, as a new record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import case_view, routing
from app.db.queries.cases import clocks_of, person_of
from app.db.queries.closing import lines_for
from app.db.queries.events import CaseStream, append
from app.db.session import Tx
from app.db.tables.cases import Case, CaseFact, Clock
from app.domain.access import Actor, closed_to_for
from app.domain.answering import Answered, Asked, Sources, answer
from app.domain.codes import CaseKind, Confidentiality, Priority
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.cases import CaseFactsAdded, CasePatched, CaseRouted
from app.domain.facts import FACTS, parse_facts
from app.domain.identity import parse_phone
from app.domain.ids import tenant_of
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import URGENT
from app.domain.routing import ENGINE_VERSION, Verdict, sealed_to_json, to_json
from app.domain.sla import ClockStep, Entry, EntryKind, Matter, Rule, local_date, replay
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, DataKey, Vault

STATED: Final = ("person.", "household.")
_AT_REST: Final = frozenset({"closed", "void"})
_RANK: Final = {level: n for n, level in enumerate(Confidentiality)}


@dataclass(frozen=True, slots=True)
class Tools:
    """Who asks, when, and what seals, looks up and draws."""

    known: Knowledge
    vault: Vault
    blind: Blind
    ids: Ids
    actor: Actor
    now: datetime
    cause_id: UUID
    """Ties the events of one request."""


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


async def add_facts(
    tx: Tx, tools: Tools, case: Case, raw: Mapping[str, Any], source: str, as_of: date
) -> Answered:
    """Keep answers with their source, and route again. The case is locked by the caller.

    Raises:
        Invalid: a fact that is not known, not for a desk to state, or of another type.
        Conflict: the case is closed or void.
    """
    _require_open(case)
    _check_facts(tools.known, raw, source)
    key = await data_key_of(tx, tools.vault, case)
    for name, value in raw.items():
        id_ = tools.ids.new_id(tools.now)
        tx.add(
            CaseFact(
                regency_code=case.regency_code,
                id=id_,
                case_id=case.id,
                name=name,
                value_sealed=tools.vault.seal(key, "case_facts", "value", id_, json.dumps(value)),
                source=source,
                as_of=as_of,
                at=tools.now,
                by=tools.actor.account_id,
            )
        )
    await tx.flush()
    _touch(case, tools.now)
    await _tell(tx, tools, case, CaseFactsAdded(case_id=case.id, facts=tuple(raw), source=source))
    return await route_again(tx, tools, case)


async def patch_case(tx: Tx, tools: Tools, case: Case, patch: Patch) -> Answered:
    """Change what was named, keep the reason sealed, and route again. The case is locked by the caller.

    Raises:
        Invalid: an unknown code, a place in another regency, confidentiality lowered, or a reason missing.
        Conflict: the case is closed or void.
    """
    _require_open(case)
    _check_patch(tools.known, case, patch)
    key = await data_key_of(tx, tools.vault, case)
    changed = [field.name for field in fields(patch) if getattr(patch, field.name) is not None]
    _set_codes(case, patch)
    if patch.confidentiality is Confidentiality.RAHASIA and case.closed_to is None:
        today = local_date(tools.now, case.village_code)
        closed_to = closed_to_for((), await lines_for(tx, case.regency_code, today), secret=True)
        case.closed_to = closed_to.value if closed_to else None
    _set_private(tools, case, key, patch)
    if patch.phone is not None:
        await _set_phone(tx, tools, case, key, patch.phone)
    if patch.priority is not None or patch.category is not None:
        await _recompute_clocks(tx, tools.known, case)
    _touch(case, tools.now)
    reason = None if patch.priority_reason is None else tools.vault.text_hmac(key, patch.priority_reason)
    told = CasePatched(
        case_id=case.id,
        changed=tuple(changed),
        category=patch.category,
        sector=patch.sector,
        priority=patch.priority.value if patch.priority else None,
        confidentiality=patch.confidentiality.value if patch.confidentiality else None,
        place=patch.village,
        reason_hmac=reason,
    )
    await _tell(tx, tools, case, told)
    return await route_again(tx, tools, case)


async def route_again(tx: Tx, tools: Tools, case: Case) -> Answered:
    """Route with everything known by now; the decisions before stay as they were."""
    key = await data_key_of(tx, tools.vault, case)
    today = local_date(tools.now, case.village_code)
    person = await person_of(tx, case)
    household = await case_view.household_of(tx, case)
    found = await routing.sources_of(tx, case, person, today)
    has_nik = person is not None and person.nik_digest is not None
    sources = Sources(
        registry=found.registry if has_nik else None,
        aid=found.aid,
        live=found.live,
        capacity=found.capacity,
        stored=[facts for facts in (household and household.facts, person and person.facts) if facts],
        born_on=person.born_on if person else None,
        sex=person.sex if person else None,
        has_nik=has_nik,
    )
    answered = answer(tools.known, await _asked(tx, tools, case, key), sources, today)
    record_id = tools.ids.new_id(tools.now)
    sealed = json.dumps(sealed_to_json(answered.decision.question))
    routing.add_record(
        tx,
        case,
        routing.NewRecord(
            id=record_id,
            at=tools.now,
            engine_version=ENGINE_VERSION,
            on_date=today,
            versions=tools.known.versions,
            facts_sealed=tools.vault.seal(key, "routing_records", "facts", record_id, sealed),
            answer=to_json(answered.record),
        ),
    )
    await tx.flush()
    await _tell(tx, tools, case, _routed(case, record_id, answered))
    return answered


async def data_key_of(tx: Tx, vault: Vault, case: Case) -> DataKey:
    """Return the key of the case's person or of the case.

    Raises:
        NotFound: it was destroyed; what it sealed is gone.
    """
    wrapped = await case_view.wrapped_key(tx, case.regency_code, case.data_key_id)
    if wrapped is None:
        raise NotFound(id="Data kasus ini sudah dihapus.", en="The data of this case was erased.")
    return vault.unwrap(wrapped)


def private_of(vault: Vault, case: Case, key: DataKey) -> dict[str, Any]:
    """Open the one sealed text of a case: chronology, reporter, exact place, papers, reasons."""
    found: dict[str, Any] = json.loads(vault.open(key, "cases", "private", case.id, case.private_sealed))
    return found


async def _asked(tx: Tx, tools: Tools, case: Case, key: DataKey) -> Asked:
    private = private_of(tools.vault, case, key)
    stated: dict[str, Any] = {}
    for fact in await case_view.facts_of_case(tx, case):
        stated[fact.name] = json.loads(
            tools.vault.open(key, "case_facts", "value", fact.id, fact.value_sealed)
        )
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


def _routed(case: Case, record_id: UUID, answered: Answered) -> CaseRouted:
    by = answered.decision.verdicts
    return CaseRouted(
        case_id=case.id,
        decision_id=record_id,
        engine_version=ENGINE_VERSION,
        destination=answered.destination.where.value,
        eligible=tuple(code for code, verdict in by if verdict is Verdict.ELIGIBLE),
        waitlist=tuple(code for code, verdict in by if verdict is Verdict.WAITLIST),
        needs_information=tuple(code for code, verdict in by if verdict is Verdict.NEEDS_INFORMATION),
    )


async def _tell(tx: Tx, tools: Tools, case: Case, event: CaseFactsAdded | CasePatched | CaseRouted) -> None:
    await tx.flush()
    await append(
        tx,
        CaseStream(case.regency_code, case.id),
        [event],
        actor=tools.actor,
        now=tools.now,
        cause_id=tools.cause_id,
    )
    await tx.refresh(case, ["event_count", "head"])


def _require_open(case: Case) -> None:
    if case.status in _AT_REST:
        raise Conflict(
            code="case_at_rest",
            id="Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            en="The case is closed or void; reopen it first.",
        )


def _check_facts(known: Knowledge, raw: Mapping[str, Any], source: str) -> None:
    errors = [
        FieldError(
            f"/facts/{name}",
            "unknown_code" if name not in FACTS else "not_stated_by_desk",
            "Keterangan ini tidak dikenal atau tidak diisi oleh meja layanan.",
            "This fact is not known, or not for a desk to state.",
        )
        for name in raw
        if name not in FACTS or not name.startswith(STATED)
    ]
    if not known.knows("fact_source", source):
        errors.append(_unknown("/source"))
    if errors:
        raise Invalid(fields=tuple(errors))
    parse_facts(dict(raw), "/facts")


def _check_patch(known: Knowledge, case: Case, patch: Patch) -> None:
    errors: list[FieldError] = []
    if patch.category is not None and not known.knows("case_category", patch.category):
        errors.append(_unknown("/category"))
    if patch.sector is not None and not known.knows("sector", patch.sector):
        errors.append(_unknown("/sector"))
    if patch.village is not None and (
        patch.village not in known.regions or tenant_of(patch.village) != case.regency_code
    ):
        errors.append(
            FieldError(
                "/place/village",
                "other_regency",
                "Desa harus di kabupaten/kota yang sama.",
                "The village must lie in the same regency.",
            )
        )
    if patch.confidentiality is not None and (
        _RANK[patch.confidentiality] < _RANK[Confidentiality(case.confidentiality)]
    ):
        errors.append(
            FieldError(
                "/confidentiality",
                "only_raised",
                "Kerahasiaan hanya dapat dinaikkan.",
                "Confidentiality can only be raised.",
            )
        )
    if patch.priority is not None and not patch.priority_reason:
        errors.append(
            FieldError(
                "/priority_reason", "missing", "Tulis alasan mengubah prioritas.", "Say why priority changes."
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown_code",
        "Kode ini tidak dikenal; lihat /v1/codes.",
        "This code is not known; see /v1/codes.",
    )


def _set_codes(case: Case, patch: Patch) -> None:
    case.category = patch.category or case.category
    case.sector = patch.sector or case.sector
    case.priority = patch.priority.value if patch.priority else case.priority
    case.confidentiality = patch.confidentiality.value if patch.confidentiality else case.confidentiality
    if patch.village is not None:
        case.village_code = patch.village
        case.district_code = patch.village.rpartition(".")[0]


def _set_private(tools: Tools, case: Case, key: DataKey, patch: Patch) -> None:
    private = private_of(tools.vault, case, key)
    place = dict(private.get("place") or {})
    if patch.village is not None:
        place = {"address": patch.address, "detail": patch.detail}
    reason = patch.priority_reason or private.get("priority_reason")
    content = json.dumps({**private, "place": place, "priority_reason": reason}, ensure_ascii=False)
    case.private_sealed = tools.vault.seal(key, "cases", "private", case.id, content)


async def _set_phone(tx: Tx, tools: Tools, case: Case, key: DataKey, text: str) -> None:
    found = parse_phone(text, pointer="/phone")
    person = await person_of(tx, case)
    if isinstance(found, FieldError):
        raise Invalid(fields=(found,))
    if person is None:
        raise Invalid(
            fields=(
                FieldError("/phone", "no_person", "Kasus ini tanpa orang.", "This case is for no person."),
            )
        )
    person.phone_sealed = tools.vault.seal(key, "persons", "phone", person.id, found.e164)
    person.phone_digest = tools.blind.digest("phone", found.e164)
    person.version += 1


async def _recompute_clocks(tx: Tx, known: Knowledge, case: Case) -> None:
    """Let running clocks count by the policy of what the case is now; time already consumed counts on."""
    matter = Matter(case.regency_code, CaseKind(case.kind), case.category, Priority(case.priority))
    running = [c for c in await clocks_of(tx, case) if c.state == "running" and c.referral_id is None]
    for clock in running:
        _recount(known, clock, matter)
    due = min(((c.due_at, c.step) for c in running if c.due_at), default=(None, None))
    case.due_at, case.due_step = due


def _recount(known: Knowledge, clock: Clock, matter: Matter) -> None:
    policy = known.clock_policy(ClockStep(clock.step), matter)
    limit = policy.limit_for(matter.priority)
    rule = Rule(limit, known.calendar(matter.region), pausable=matter.priority not in URGENT)
    entries = [Entry(EntryKind(e["kind"]), datetime.fromisoformat(e["at"])) for e in clock.entries]
    counted = replay(entries, rule)
    clock.amount, clock.unit, clock.pausable = limit.amount, limit.unit.value, rule.pausable
    clock.policy_source = policy.source
    clock.due_at = counted.due_at if counted else None


def _touch(case: Case, now: datetime) -> None:
    case.version += 1
    case.updated_at = now
