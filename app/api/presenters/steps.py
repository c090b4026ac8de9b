"""What a step warns of, in words, and the notes of a case."""

from typing import Final, Literal

from app.api.reading import Reading
from app.api.schemas.steps import NoteOut, StepWarning
from app.db.queries.texts import TO_RESIDENT, Text
from app.domain.documents import Words
from app.domain.ids import public_id

_PAPER: Final = Words("Berkas menyusul: {}.", "Paper still due: {}.")
_OVERLAP: Final = Words(
    "Keluarga ini juga memegang: {}. Periksa sebelum diputuskan.",
    "The household also holds: {}. Look at it before deciding.",
)


def warning_out(reading: Reading, warning: str) -> StepWarning:
    """Tell a warning such as ``paper_due:KK``."""
    kind, _, subject = warning.partition(":")
    code: Literal["paper_due", "aid_overlap"] = "paper_due" if kind == "paper_due" else "aid_overlap"
    words, name = (_PAPER, reading.known.label("paper", subject, reading.lang))
    if code == "aid_overlap":
        program = reading.known.programs.get(subject)
        words, name = _OVERLAP, program.name.said(reading.lang) if program else subject
    return StepWarning(code=code, subject=subject, words=words.said(reading.lang).format(name))


def note_out(tenant: str, note: Text) -> NoteOut:
    by = public_id(tenant, note.by) if note.by else None
    return NoteOut(
        id=public_id(tenant, note.id),
        text=note.text,
        to_resident=note.kind == TO_RESIDENT,
        at=note.at,
        by=by,
    )
