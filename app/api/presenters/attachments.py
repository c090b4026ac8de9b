"""Attached files and the checklist of papers, in words."""

from uuid import UUID

from app.api.presenters.words import coded, coded_or_none, said
from app.api.reading import Reading
from app.api.schemas.attachments import (
    AttachmentOut,
    PaperLineOut,
    PapersOut,
    TrackPaperOut,
    TrackPapersOut,
    WishOut,
)
from app.domain.ids import public_id
from app.domain.paper_checklist import Asker, Line, Wish, missing
from app.services.attachments import Held, Papers


def attachment_out(reading: Reading, held: Held) -> AttachmentOut:
    row, known, lang = held.row, reading.known, reading.lang

    def public(id_: UUID | None) -> str | None:
        return None if id_ is None else public_id(row.regency_code, id_)

    return AttachmentOut(
        id=public_id(row.regency_code, row.id),
        state=coded(known, "attachment_state", row.state, lang),
        paper=coded_or_none(known, "paper", row.paper, lang),
        visit_id=public(row.visit_id),
        name=held.name,
        media_type=row.media_type,
        bytes=row.declared_bytes if row.stored_bytes is None else row.stored_bytes,
        received_bytes=row.received_bytes,
        width=row.width,
        height=row.height,
        pages=row.pages,
        refusal=coded_or_none(known, "attachment_refusal", row.refusal, lang),
        created_at=row.created_at,
        created_by=public(row.created_by),
        stored_at=row.stored_at,
        deleted_at=row.deleted_at,
    )


def papers_out(reading: Reading, papers: Papers) -> PapersOut:
    known, lang = reading.known, reading.lang
    tenant = papers.case.regency_code
    return PapersOut(
        items=[_line(reading, tenant, line) for line in papers.lines],
        missing=[coded(known, "paper", code, lang) for code in missing(papers.lines)],
    )


def track_papers_out(reading: Reading, lines: list[Line]) -> TrackPapersOut:
    """Tell a resident what is asked of her, and no more."""
    return TrackPapersOut(
        papers=[
            TrackPaperOut(
                paper=coded(reading.known, "paper", line.paper, reading.lang), received=bool(line.attachments)
            )
            for line in lines
            if any(wish.asker is Asker.ASKED for wish in line.wishes)
        ]
    )


def _line(reading: Reading, tenant: str, line: Line) -> PaperLineOut:
    known = reading.known
    return PaperLineOut(
        paper=coded(known, "paper", line.paper, reading.lang),
        required=line.required,
        held=line.held,
        seen=line.seen,
        attachments=[public_id(tenant, id_) for id_ in line.attachments],
        needed_for=known.attrs("paper", line.paper).get("needed_for"),
        asked_by=[_wish(reading, wish) for wish in line.wishes],
    )


def _wish(reading: Reading, wish: Wish) -> WishOut:
    known, lang = reading.known, reading.lang
    program = known.programs.get(wish.code) if wish.asker is Asker.PROGRAM else None
    names = "case_category" if wish.asker is Asker.CATEGORY else "case_action"
    name = known.label(names, wish.code, lang) if program is None else said(program.name, lang)
    return WishOut(
        asker=coded(known, "paper_asker", wish.asker.value, lang),
        code=wish.code,
        name=name,
        required=wish.required,
    )
