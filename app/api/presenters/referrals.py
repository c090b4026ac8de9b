"""A referral as each side reads it; what the reader's sight hides is not in the answer."""

from typing import Any

from app.api.presenters.words import all_coded, coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.referrals import (
    AssistanceOut,
    Bundle,
    ExternalOut,
    LineOut,
    MessageOut,
    OnBehalfOut,
    ReferralOut,
    ReferralRow,
    WaitingOut,
)
from app.db.queries.texts import Text
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.ids import public_id
from app.domain.referrals import Sight
from app.services.referrals import Read


def row_out(reading: Reading, read: Read) -> ReferralRow:
    return ReferralRow(**_row(reading, read))


def referral_out(reading: Reading, read: Read) -> ReferralOut:
    """Tell one referral in full, as far as its reader may see it."""
    row, known, lang = read.referral, reading.known, reading.lang
    shown = _row(reading, read)
    if read.extent is Sight.ID_ONLY:
        return ReferralOut(**shown)
    own: dict[str, Any] = {
        "stage": coded_or_none(known, "registry_status", row.sub_status, lang),
        "reason": row.reason,
        "right_body": row.right_body,
        "missing": list(row.missing),
        "fulfilled_as": row.fulfilled_as,
        "waitlist_position": row.waitlist_position,
        "submitted_external": _external(row),
        "on_behalf": _on_behalf(row),
        "lines": [line_out(reading, line) for line in read.lines],
        "allowed_actions": all_coded(known, "referral_action", [a.value for a in read.actions], lang),
        "version": row.version,
    }
    if read.extent is Sight.FULL:
        own |= {
            "discloses": list(row.disclosed),
            "bundle": Bundle(**read.bundle),
            "fallback_of": _public(row, row.fallback_of),
            "messages": [_message(row, text) for text in read.texts],
        }
    return ReferralOut(**shown, **own)


def _row(reading: Reading, read: Read) -> dict[str, Any]:
    row, known, lang = read.referral, reading.known, reading.lang
    shown: dict[str, Any] = {
        "id": public_id(row.regency_code, row.id),
        "sight": read.extent,
        "status": coded(known, "referral_status", row.status, lang),
        "updated_at": row.updated_at,
    }
    if read.extent is Sight.ID_ONLY:
        return shown
    program, agency = known.programs.get(row.program_code), known.agencies.get(row.agency_code)
    shown |= {
        "ticket": read.ticket,
        "program": row.program_code,
        "program_name": said(program.name, lang) if program else row.program_code,
        "agency": row.agency_code,
        "agency_name": said(agency.name, lang) if agency else row.agency_code,
        "purpose": coded(known, "purpose", row.purpose, lang),
        "round": row.round,
        "sent_at": row.sent_at,
        "accepted_at": row.accepted_at,
        "ended_at": row.ended_at,
        "due_at": row.due_at,
        "overdue": row.due_at is not None and reading.now > row.due_at,
        "external_ref": row.external_ref,
        "waiting": _waiting(read),
    }
    if read.extent is Sight.FULL:
        shown["village"] = row.village_code
        shown["village_name"] = known.regions.get(row.village_code, row.village_code)
    return shown


def _waiting(read: Read) -> WaitingOut | None:
    standing = read.standing
    if standing is None:
        return None
    return WaitingOut(position=standing.position, of=standing.of, offered_at=read.referral.place_offered_at)


def line_out(reading: Reading, line: AssistanceLine) -> LineOut:
    return LineOut(**_line(reading, line))


def assistance_out(reading: Reading, line: AssistanceLine, ticket: str | None) -> AssistanceOut:
    tenant = line.regency_code
    return AssistanceOut(
        **_line(reading, line),
        ticket=ticket,
        person=public_id(tenant, line.person_id) if line.person_id else None,
        referral=public_id(tenant, line.referral_id) if line.referral_id else None,
        **origin_of(reading, line),
        created_at=line.created_at,
    )


def origin_of(reading: Reading, line: AssistanceLine) -> dict[str, Any]:
    """Tell where a line came from, who pays, and what it takes back."""
    known, lang = reading.known, reading.lang
    program = known.programs.get(line.program_code)
    return {
        "source": coded(known, "ledger_source", line.source, lang),
        "funder": line.funder,
        "level": coded(known, "level", program.level.value, lang) if program else None,
        "reverses": public_id(line.regency_code, line.reverses) if line.reverses else None,
        "why": coded_or_none(known, "ledger_reason", line.reason, lang),
    }


def _line(reading: Reading, line: AssistanceLine) -> dict[str, Any]:
    known, lang = reading.known, reading.lang
    return {
        "id": public_id(line.regency_code, line.id),
        "program": line.program_code,
        "component": line.component,
        "instalment": line.n,
        "kind": coded(known, "delivery_kind", line.kind, lang),
        "state": coded(known, "ledger_state", line.state, lang),
        "period": line.period,
        "planned_idr": line.planned_idr,
        "amount_idr": line.amount_idr,
        "goods": line.goods,
        "given_on": line.given_on,
        "proof": line.proof,
    }


def _message(row: Referral, text: Text) -> MessageOut:
    kind = text.kind.removeprefix("referral.")
    return MessageOut(id=public_id(row.regency_code, text.id), kind=kind, text=text.text, at=text.at)


def _external(row: Referral) -> ExternalOut | None:
    return ExternalOut.model_validate(row.submitted_external) if row.submitted_external else None


def _on_behalf(row: Referral) -> OnBehalfOut | None:
    return OnBehalfOut.model_validate(row.recorded_on_behalf) if row.recorded_on_behalf else None


def _public(row: Referral, id_: Any) -> str | None:
    return public_id(row.regency_code, id_) if id_ else None
