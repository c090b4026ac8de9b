"""The agenda: candidates from cases, from what the registry misses, and from whoever speaks for them.

A confidential case comes on no agenda by itself. TERBATAS only with the reason of somebody who sees it and
may; RAHASIA never: an agenda is read aloud.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import find_case, person_of
from app.db.queries.proposal_batches import News, tell_cases
from app.db.queries.scope import Sight, sees_case
from app.db.queries.texts import private_of
from app.db.tables.cases import Case
from app.db.tables.deliberations import Deliberation, DeliberationCandidate
from app.db.tables.people import Person
from app.domain.codes import Confidentiality
from app.domain.deliberation.deciding import UNDECIDED, Source, Standing, next_n
from app.domain.deliberation.states import SessionAction
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.deliberations import CandidatePut, CandidateWithdrawn, CaseDeliberated
from app.domain.identity import parse_kk, parse_nik
from app.domain.referrals import RegistryStage
from app.services.deliberations.places import (
    CheckVersion,
    Held,
    Place,
    Tools,
    hold,
    key_of,
    new_key,
    readable,
)
from app.services.deliberations.planning import new_candidate

A = SessionAction
MOST: Final = 300
"""Candidates of one session: what a meeting can talk of, and a page can show. Ours."""
_TABLE: Final = "deliberation_candidates"
FIELDS: Final = ("name", "nik", "kk", "address", "rt", "rw", "note")


@dataclass(frozen=True, slots=True)
class Item:
    """Who is put on the agenda: a case by its ticket, or a person in words."""

    ticket: str | None = None
    said: Mapping[str, str] | None = None
    """Of `FIELDS`; a name at least."""
    reason: str | None = None
    """Why a TERBATAS case is discussed all the same."""


async def put(
    acting: Acting, tools: Tools, sight: Sight, place: Place, item: Item, check: CheckVersion
) -> DeliberationCandidate:
    """Put a candidate on the agenda.

    Raises:
        NotFound: no such case in sight.
        Conflict: it is confidential, at rest, of another village, or on the agenda of a meeting in hand.
        Invalid: a number that is none.
    """
    held = await hold(acting, place, A.PUT, check)
    taken = [one.n for one in await stored.candidates_of(acting.tx, held.session)]
    if len(taken) >= MOST:
        raise Conflict(
            "agenda_full",
            f"Satu musyawarah membahas paling banyak {MOST} calon; buat musyawarah lain.",
            f"One meeting discusses {MOST} candidates at most; plan another one.",
        )
    n = next_n(taken)
    if item.ticket is not None:
        row = await _from_case(held, sight, item, n)
    else:
        row = await _from_words(held, tools, item.said or {}, n)
    acting.tx.add(row)
    await acting.tx.flush()
    await held.tell(CandidatePut(thing_id=held.session.id, candidate_id=row.id, source=row.source))
    await held.settle()
    await _tell_case(held, row, "put", RegistryStage.MUSYAWARAH)
    return row


async def _from_case(held: Held, sight: Sight, item: Item, n: int) -> DeliberationCandidate:
    acting, session = held.acting, held.session
    case = await find_case(acting.tx, sight, session.regency_code, item.ticket or "")
    _check_case(session, case, item.reason)
    await _check_free(acting, session, case.id, case.person_id, None)
    person = await person_of(acting.tx, case)
    wrapped = await wrapped_key(acting.tx, case.regency_code, case.data_key_id)
    if wrapped is None:
        raise Conflict("erased", "Data pribadi kasus ini sudah dihapus.", "Its personal data was erased.")
    key = acting.vault.unwrap(wrapped)
    private = private_of(acting.vault, case, key)
    said = await _said_of(acting, person)
    said.setdefault("address", (private.get("place") or {}).get("address") or "")
    listed = person is not None and case.kind != "USULAN_DATA"
    id_ = acting.new_id()
    return new_candidate(
        acting,
        session,
        id=id_,
        n=n,
        source=(Source.GAP if listed else Source.CASE).value,
        origin_id=None,
        case_id=case.id,
        person_id=case.person_id,
        household_id=person.household_id if person else case.household_id,
        data_key_id=case.data_key_id,
        private_sealed=_sealed(acting, key, id_, said),
        nik_digest=person.nik_digest if person else None,
        stage=_first_stage(held),
    )


def _check_case(session: Deliberation, case: Case, reason: str | None) -> None:
    if case.confidentiality == Confidentiality.RAHASIA.value or (
        case.confidentiality == Confidentiality.TERBATAS.value and not reason
    ):
        raise Conflict(
            "confidential",
            "Kasus tertutup tidak dibahas di musyawarah. Untuk kasus TERBATAS tulis alasannya; kasus RAHASIA "
            "diusulkan lewat SPTJM tanpa tiket.",
            "A confidential case is not discussed in a meeting. Of a TERBATAS one say why; a RAHASIA one is "
            "proposed by statement (SPTJM), without its ticket.",
        )
    if case.village_code != session.village_code:
        raise Conflict(
            "other_village",
            "Kasus ini bukan dari desa/kelurahan musyawarah ini.",
            "This case is of another village than the meeting.",
        )
    if case.status in {"resolved", "closed", "void"}:
        raise Conflict(
            "case_at_rest",
            "Kasus ini sudah selesai; buka kembali dulu bila perlu diusulkan.",
            "This case is at rest; reopen it first if it is to be proposed.",
        )
    if case.person_id is None:
        raise Conflict(
            "no_person", "Kasus ini tidak tentang satu orang.", "This case is not about one person."
        )


async def _check_free(
    acting: Acting, session: Deliberation, case_id: UUID | None, person_id: UUID | None, nik: bytes | None
) -> None:
    if await stored.candidate_in_hand(acting.tx, session.regency_code, case_id, person_id, nik):
        raise Conflict(
            "on_an_agenda",
            "Orang atau kasus ini sudah ada pada agenda musyawarah yang belum selesai.",
            "This person or case is on the agenda of a meeting that is not over.",
        )


async def _said_of(acting: Acting, person: Person | None) -> dict[str, str]:
    """Open what the person's own record says."""
    if person is None:
        return {}
    wrapped = await wrapped_key(acting.tx, person.regency_code, person.data_key_id)
    said = {"name": person.name}
    if wrapped is not None:
        key = acting.vault.unwrap(wrapped)
        for name, sealed in (("nik", person.nik_sealed), ("address", person.address_sealed)):
            if sealed is not None:
                said[name] = acting.vault.open(key, "persons", name, person.id, sealed)
    kk = await stored.kk_of(acting.tx, acting.vault, person)
    return {**said, **({"kk": kk} if kk else {})}


async def _from_words(held: Held, tools: Tools, said: Mapping[str, str], n: int) -> DeliberationCandidate:
    acting, session = held.acting, held.session
    tidy = _tidied(acting, session, said)
    person, digest = None, None
    if "nik" in tidy:
        digest = tools.digests.digest("nik", tidy["nik"])
        digests = tools.digests.digests("nik", tidy["nik"])
        person = await stored.person_of_nik(acting.tx, session.regency_code, digests)
    await _check_free(acting, session, None, person.id if person else None, digest)
    key_id, key = await _key_for(acting, tools, session, person)
    id_ = acting.new_id()
    return new_candidate(
        acting,
        session,
        id=id_,
        n=n,
        source=Source.PROPOSAL.value,
        origin_id=None,
        case_id=None,
        person_id=person.id if person else None,
        household_id=person.household_id if person else None,
        data_key_id=key_id,
        private_sealed=_sealed(acting, key, id_, tidy),
        nik_digest=digest,
        stage=_first_stage(held),
    )


def _tidied(acting: Acting, session: Deliberation, said: Mapping[str, str]) -> dict[str, str]:
    """Read the numbers as a desk would; a person may have none.

    Raises:
        Invalid: a number that is none.
    """
    tidy = {name: text for name, text in said.items() if name in FIELDS and text}
    today, errors = acting.today(session.village_code), []
    read = {
        "nik": parse_nik(tidy["nik"], today=today, pointer="/person/nik") if "nik" in tidy else None,
        "kk": parse_kk(tidy["kk"], pointer="/person/kk") if "kk" in tidy else None,
    }
    for name, found in read.items():
        if isinstance(found, FieldError):
            errors.append(found)
        elif found is not None:
            tidy[name] = found.number
    if errors:
        raise Invalid(fields=tuple(errors))
    return tidy


async def _key_for(
    acting: Acting, tools: Tools, session: Deliberation, person: Person | None
) -> tuple[UUID, Any]:
    if person is not None:
        key = await key_of(acting, session.regency_code, person.data_key_id)
        if key is not None:
            return person.data_key_id, key
    return await new_key(acting, tools, session.regency_code)


def _sealed(acting: Acting, key: Any, id_: UUID, said: Mapping[str, str]) -> bytes:
    kept = {name: said.get(name) for name in FIELDS}
    return acting.vault.seal(key, _TABLE, "private", id_, json.dumps(kept, ensure_ascii=False))


def _first_stage(held: Held) -> str:
    """A statement goes up without a meeting (`NEXT_STAGES`)."""
    return (RegistryStage.DRAF if held.session.kind == "sptjm" else RegistryStage.MUSYAWARAH).value


async def _tell_case(
    held: Held, row: DeliberationCandidate, what: str, stage: RegistryStage | None = None
) -> None:
    if row.case_id is None:
        return
    event = CaseDeliberated(
        case_id=row.case_id, deliberation_id=held.session.id, candidate_id=row.id, what=what
    )
    by_meeting = stage if held.session.kind != "sptjm" else None
    await tell_cases(held.acting, held.regency, [News(row.case_id, event, by_meeting)])


async def withdraw(
    acting: Acting, place: Place, candidate_id: UUID, reason: str, check: CheckVersion
) -> DeliberationCandidate:
    """Take an undecided candidate off the agenda."""
    held = await hold(acting, place, A.WITHDRAW, check)
    row = await candidate(acting, held.session, candidate_id)
    if not acting.known.knows("withdrawal_reason", reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Kode ini tidak dikenal; lihat /v1/codes.",
                    "Unknown code; see /v1/codes.",
                ),
            )
        )
    if Standing(row.state) not in UNDECIDED:
        raise Conflict(
            "candidate_decided", "Calon ini sudah diputuskan.", "This candidate was decided already."
        )
    row.state, row.withdrawn_reason = Standing.WITHDRAWN.value, reason
    await held.tell(CandidateWithdrawn(thing_id=held.session.id, candidate_id=row.id, reason=reason))
    await held.settle()
    await _tell_case(held, row, "withdrawn")
    return row


async def candidate(acting: Acting, session: Deliberation, candidate_id: UUID) -> DeliberationCandidate:
    """Return a candidate of the session.

    Raises:
        NotFound: there is none of this id.
    """
    for row in await stored.candidates_of(acting.tx, session):
        if row.id == candidate_id:
            return row
    raise NotFound(id="Calon ini tidak ada pada musyawarah ini.", en="No such candidate of this meeting.")


@dataclass(frozen=True, slots=True)
class Suggested:
    case: Case
    person: Person | None
    source: Source


async def suggestions(acting: Acting, sight: Sight, place: Place, limit: int) -> Sequence[Suggested]:
    """List who could come on the agenda: proposals that wait, then people in need whom no registry names."""
    session = await readable(acting, place)
    where = (session.regency_code, session.village_code, sees_case(sight), limit)
    cases = await stored.cases_to_discuss(acting.tx, *where)
    people = {case.id: await person_of(acting.tx, case) for case in cases}
    found = [Suggested(case, people[case.id], Source.CASE) for case in cases]
    missed = await stored.people_missed(acting.tx, *where)
    found += [Suggested(case, person, Source.GAP) for person, case in missed]
    return found[:limit]
