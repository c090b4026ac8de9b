"""Letters as their readers see them; as a screen shows them numbers are masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request

from app.api.deps import House
from app.api.presenters.words import all_coded, coded, coded_or_none
from app.api.reading import Reading
from app.api.schemas.base import Localised
from app.api.schemas.letters import LetterBrief, LetterOut, LetterRow, LinkRow, TemplateOut, VerifiedOut
from app.db.tables.papers import Letter, LetterLink, LetterTemplate
from app.domain.identity import mask
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.letters import LetterKind, LetterState, Template, Verdict, fields_of
from app.services.letters import Read, Verified


def base_url(request: Request, house: House) -> str:
    """Return what addresses on paper begin with: the set one, or else the request's own."""
    return (house.settings.public_url or str(request.base_url)).rstrip("/")


def verify_url(base: str, code: str) -> str:
    return f"{base}/v1/letters/{code}/verify"


def letter_row(reading: Reading, letter: Letter, position: int) -> LetterRow:
    return LetterRow(**_row(reading, letter, position))


def letter_brief(reading: Reading, letter: Letter, ticket: str, village: str) -> LetterBrief:
    known, lang = reading.known, reading.lang
    return LetterBrief(
        id=public_id(letter.regency_code, letter.id),
        ticket=ticket,
        village=village,
        village_name=known.regions.get(village, village),
        kind=coded(known, "letter_kind", letter.kind, lang),
        state=coded(known, "letter_state", letter.state, lang),
        number=letter.number,
        drafted_at=letter.drafted_at,
        drafted_by=public_id(letter.regency_code, letter.drafted_by) if letter.drafted_by else None,
        initialled_at=letter.initialled_at,
        signed_at=letter.signed_at,
    )


def letter_out(reading: Reading, read: Read, base: str, warnings: Sequence[str] = ()) -> LetterOut:
    letter, content = read.letter, read.content
    signed = letter.signed_at is not None
    nik = content["nik"]

    def veiled(text: str) -> str:
        return text.replace(nik, mask(nik)) if nik else text

    return LetterOut(
        **_row(reading, letter, read.position),
        title=content["title"],
        addressee=content["addressee"],
        paragraphs=[None if part is None else veiled(part) for part in content["paragraphs"]],
        identity=[[label, veiled(value)] for label, value in content["identity"]],
        fields=content["fields"],
        attachments=content["attachments"],
        return_note=read.note,
        code=letter.code if signed else None,
        verify_url=verify_url(base, letter.code) if signed else None,
        allowed_actions=all_coded(
            reading.known, "letter_action", [one.value for one in read.actions], reading.lang
        ),
        warnings=list(warnings),
    )


def _row(reading: Reading, letter: Letter, position: int) -> dict[str, Any]:
    known, lang = reading.known, reading.lang

    def public(id_: Any) -> str | None:
        return public_id(letter.regency_code, id_) if id_ else None

    return {
        "id": public(letter.id),
        "position": position,
        "kind": coded(known, "letter_kind", letter.kind, lang),
        "state": coded(known, "letter_state", letter.state, lang),
        "number": letter.number,
        "referral": public(letter.referral_id),
        "drafted_at": letter.drafted_at,
        "drafted_by": public(letter.drafted_by),
        "initialled_at": letter.initialled_at,
        "initialled_by": public(letter.initialled_by),
        "signed_at": letter.signed_at,
        "signed_by": public(letter.signed_by),
        "valid_until": letter.valid_until,
        "revoked_at": letter.revoked_at,
        "revoke_reason": coded_or_none(known, "letter_revoke_reason", letter.revoke_reason, lang),
        "version": letter.version,
    }


def template_out(reading: Reading, row: LetterTemplate, *, in_force: bool) -> TemplateOut:
    kind = LetterKind(row.kind)
    template = Template(kind, row.title, row.body, row.number_format, row.valid_days)
    return TemplateOut(
        id=public_id(row.regency_code, row.id),
        regency=row.regency_code,
        kind=coded(reading.known, "letter_kind", row.kind, reading.lang),
        n=row.n,
        title=row.title,
        body=row.body,
        number_format=row.number_format,
        valid_days=row.valid_days,
        fields=list(fields_of(template)),
        in_force=in_force,
        created_at=row.created_at,
    )


def templates_out(reading: Reading, rows: Sequence[LetterTemplate]) -> list[TemplateOut]:
    """Tell which of a kind is in force: the regency's newest, else the nation's."""
    ranked = sorted(rows, key=lambda row: (row.regency_code == "ID", -row.n))
    first: dict[str, LetterTemplate] = {}
    for row in ranked:
        if row.active:
            first.setdefault(row.kind, row)
    return [template_out(reading, row, in_force=first.get(row.kind) is row) for row in rows]


def link_row(link: LetterLink) -> LinkRow:
    return LinkRow(**link_fields(link))


def link_fields(link: LetterLink) -> dict[str, Any]:
    return {
        "id": public_id(link.regency_code, link.id),
        "referral": public_id(link.regency_code, link.referral_id),
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "uses": link.uses,
        "used_at": link.used_at,
    }


def verified_out(known: Knowledge, found: Verified) -> VerifiedOut:
    letter = found.letter
    label = _both(known, "letter_verdict", found.verdict.value)
    if letter is None or found.verdict is Verdict.UNKNOWN:
        return VerifiedOut(verdict=found.verdict, label=label)
    return VerifiedOut(
        verdict=found.verdict,
        label=label,
        kind=_both(known, "letter_kind", letter.kind),
        number=letter.number,
        signed_on=found.signed_on,
        valid_until=letter.valid_until,
        office=found.office,
        initials=found.initials,
        nik=found.nik,
    )


def _both(known: Knowledge, set_name: str, code: str) -> Localised:
    return Localised(id=known.label(set_name, code, "id"), en=known.label(set_name, code, "en"))


STAMPS: Mapping[LetterState, str] = {
    LetterState.DRAFT: "KONSEP",
    LetterState.INITIALLED: "KONSEP",
    LetterState.REVOKED: "DICABUT",
}
"""What is printed across a letter that is not, or no longer, worth anything."""
