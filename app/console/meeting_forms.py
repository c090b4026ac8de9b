"""What each step of a village meeting asks for."""

from collections.abc import Mapping
from typing import Final

from app.console.fields import Field, Form, Kind

PLAN: Final[Form] = (
    Field("village", Kind.CHOICE, ("Desa/kelurahan", "Village"), "villages", needed=True),
    Field("kind", Kind.CHOICE, ("Jenis", "Kind"), "deliberation_kind", needed=True),
    Field("place", Kind.LINE, ("Tempat", "Place"), needed=True),
    Field("starts_at", Kind.INSTANT, ("Kapan", "When"), needed=True),
)
PLAN_SETS: Final = ("deliberation_kind",)
FORMS: Final[Mapping[str, Form]] = {
    "put": (
        Field("ticket", Kind.LINE, ("Tiket kasus", "Ticket of the case")),
        Field("person.name", Kind.LINE, ("Atau nama warga", "Or the resident's name")),
        Field("person.nik", Kind.LINE, ("NIK", "NIK")),
        Field("person.rt", Kind.LINE, ("RT", "RT")),
        Field("person.rw", Kind.LINE, ("RW", "RW")),
        Field("person.note", Kind.TEXT, ("Keterangan", "Note")),
        Field(
            "reason",
            Kind.TEXT,
            ("Bila kasusnya terbatas: alasan dibahas", "If the case is restricted: why it is discussed"),
        ),
    ),
    "convene": (Field("number", Kind.LINE, ("Nomor undangan", "Number of the invitation"), needed=True),),
    "open": (),
    "attend": (
        Field("role", Kind.CHOICE, ("Hadir sebagai", "Attends as"), "deliberation_role", needed=True),
        Field("name", Kind.LINE, ("Nama", "Name"), needed=True),
        Field(
            "nik",
            Kind.LINE,
            ("NIK", "NIK"),
            hint=(
                "Hanya untuk mengenali keluarga calon; tidak disimpan.",
                "Only to know a candidate's family; not kept.",
            ),
        ),
    ),
    "minute": (
        Field("number", Kind.LINE, ("Nomor berita acara", "Number of the minutes"), needed=True),
        Field("head", Kind.LINE, ("Yang menandatangani", "Who signs"), needed=True),
    ),
    "resume": (),
    "publish": (),
    "ratify": (Field("decree", Kind.LINE, ("Nomor surat pengesahan", "Number of the decree"), needed=True),),
    "cancel": (Field("reason", Kind.TEXT, ("Alasan", "Reason"), needed=True),),
}
"""By the action that the meeting offers; the others have a form of their own on the page."""
ROUTES: Final[Mapping[str, str]] = {"put": "agenda", "attend": "attendance", "minute": "minutes"}
"""Where a route is not named as its action."""
GRAVE: Final = frozenset({"publish", "ratify", "cancel"})
OBJECTION: Final[Form] = (
    Field("candidate", Kind.CHOICE, ("Tentang siapa", "About whom"), "candidates", needed=True),
    Field("objector.name", Kind.LINE, ("Yang berkeberatan", "Who objects"), needed=True),
    Field("objector.village", Kind.LINE, ("Kode desa/kelurahannya", "Code of her village"), needed=True),
    Field("objector.phone", Kind.LINE, ("Nomor HP", "Phone")),
    Field("reason", Kind.TEXT, ("Keberatannya", "The objection"), needed=True),
)
SETS: Final = ("deliberation_role", "withdrawal_reason", "conflict_reason", "proposal_decision")
