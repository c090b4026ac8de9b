"""What each step of a case and of a referral asks for. Steps that are not listed ask for nothing."""

from collections.abc import Mapping
from typing import Final

from app.console.fields import Field, Form, Kind

_NOTE: Final = Field("note", Kind.TEXT, ("Catatan", "Note"))
_WHY: Final = Field("reason", Kind.TEXT, ("Alasan", "Reason"), needed=True)
_OUTCOME: Final = Field("outcome", Kind.CHOICE, ("Hasil", "Outcome"), "outcome", needed=True)
_UNFIT: Final = Field(
    "reason", Kind.CHOICE, ("Alasan, bila tidak layak", "Reason, if not eligible"), "unfit_reason"
)
_REVOKE: Final = Field(
    "revoke_reason",
    Kind.CHOICE,
    ("Bila rujukan masih berjalan: alasan mencabutnya", "If referrals are still running: why to revoke them"),
    "revoke_reason",
)
_TOLD: Final = (
    Field(
        "told.method",
        Kind.CHOICE,
        ("Warga diberi tahu lewat", "The resident was told by"),
        "told_method",
        hint=("Kosongkan bila belum.", "Leave empty if not yet."),
    ),
    Field("told.by", Kind.LINE, ("Diberi tahu oleh", "Told by")),
    Field("told.at", Kind.INSTANT, ("Pada", "At"), now=True),
)
_BY_DESK: Final = (
    Field(
        "by_desk.method",
        Kind.CHOICE,
        ("Keterangan warga diterima lewat", "Her word came by"),
        "contact_method",
        needed=True,
    ),
    Field("by_desk.witness", Kind.LINE, ("Saksi", "Witness"), needed=True),
)
_REFERRALS: Final = (
    Field("referrals", Kind.PROGRAMS, ("Dirujuk ke", "Refer to"), needed=True),
    _NOTE,
    Field(
        "incomplete_reason", Kind.TEXT, ("Bila berkas belum lengkap: alasan", "If papers are missing: why")
    ),
)
_MISSING: Final = Field("missing", Kind.MANY, ("Berkas yang kurang", "Missing papers"), "paper", needed=True)
_RESOLVE: Final = (_OUTCOME, _UNFIT, *_TOLD, _NOTE, _REVOKE)

CASE: Final[Mapping[str, Form]] = {
    "ask_completion": (_MISSING, _NOTE),
    "complete": (
        Field("papers", Kind.MANY, ("Berkas yang dibawa", "Papers brought"), "paper"),
        _NOTE,
    ),
    "verify": (_NOTE,),
    "record_verification": (
        Field("verdict", Kind.CHOICE, ("Kesimpulan", "Verdict"), "verification_verdict", needed=True),
        Field("method", Kind.CHOICE, ("Cara", "Method"), "verification_method", needed=True),
        _NOTE,
    ),
    "handle": (_NOTE,),
    "propose": (
        Field("recommendation", Kind.CHOICE, ("Usul", "Proposal"), "recommendation", needed=True),
        _WHY,
        Field("programs", Kind.PROGRAMS, ("Program", "Programmes"), "plain"),
        Field("outcome", Kind.CHOICE, ("Hasil, bila diselesaikan", "Outcome, if resolved"), "outcome"),
    ),
    "return": (Field("note", Kind.TEXT, ("Yang kurang", "What is missing"), needed=True),),
    "decide_refer": _REFERRALS,
    "refer": _REFERRALS,
    "decide_resolve": _RESOLVE,
    "resolve": _RESOLVE,
    "confirm": (
        *_BY_DESK,
        Field("rating", Kind.NUMBER, ("Nilai 1 sampai 5", "Rating 1 to 5")),
        Field("comment", Kind.TEXT, ("Komentar", "Comment")),
    ),
    "dispute": (
        *_BY_DESK,
        Field("reason", Kind.TEXT, ("Apa yang tidak sesuai", "What is not right"), needed=True),
    ),
    "reopen": (_WHY,),
    "void": (
        Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "void_reason", needed=True),
        Field(
            "duplicate_of",
            Kind.LINE,
            ("Bila ganda: tiket yang berlaku", "If a duplicate: the ticket that stands"),
        ),
        _NOTE,
        _REVOKE,
    ),
    "restore": (_WHY,),
    "told": (
        Field("method", Kind.CHOICE, ("Lewat", "By"), "told_method", needed=True),
        Field("by", Kind.LINE, ("Oleh", "By whom"), needed=True),
        Field("at", Kind.INSTANT, ("Pada", "At"), needed=True, now=True),
    ),
    "hand_over": (
        Field(
            "to",
            Kind.LINE,
            ("Kepada: `secretariat` atau id meja", "To: `secretariat` or the id of a desk"),
            needed=True,
        ),
        Field("note", Kind.TEXT, ("Pesan", "Message"), needed=True),
    ),
    "transfer": (
        Field(
            "to_region", Kind.LINE, ("Kode desa/kelurahan tujuan", "Code of the village there"), needed=True
        ),
        Field("note", Kind.TEXT, ("Alasan", "Why"), needed=True),
    ),
}
"""By the code of the step; its route is named the same."""

REFERRAL: Final[Mapping[str, Form]] = {
    "accept": (Field("waitlist", Kind.FLAG, ("Masuk daftar tunggu", "To the waiting list")), _NOTE),
    "return": (Field("missing", Kind.MANY, ("Yang kurang", "What is missing"), "paper", needed=True), _NOTE),
    "refuse": (Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "refusal_reason", needed=True), _NOTE),
    "not_ours": (
        Field(
            "right_body",
            Kind.LINE,
            ("Lembaga yang tepat, atau `up`", "The right agency, or `up`"),
            needed=True,
        ),
        _NOTE,
    ),
    "waitlist": (Field("position", Kind.NUMBER, ("Urutan", "Position")), _NOTE),
    "start": (_NOTE,),
    "deliver": (
        Field("component", Kind.LINE, ("Komponen", "Component"), needed=True),
        Field("amount_idr", Kind.NUMBER, ("Jumlah (Rp)", "Amount (Rp)")),
        Field("goods", Kind.LINE, ("Barang", "Goods")),
        Field(
            "period",
            Kind.LINE,
            ("Periode (2026-11, 2026-Q4, once)", "Period (2026-11, 2026-Q4, once)"),
            needed=True,
        ),
        Field("date", Kind.DAY, ("Tanggal", "Date"), needed=True),
        Field("proof", Kind.LINE, ("Bukti", "Proof"), needed=True),
    ),
    "fulfil": (
        Field("extent", Kind.CHOICE, ("Sejauh mana", "How far"), "extent", needed=True),
        Field("finding", Kind.TEXT, ("Temuan (pengaduan)", "Finding (complaint)")),
        Field("answer", Kind.TEXT, ("Jawaban (pengaduan)", "Answer (complaint)")),
        _NOTE,
    ),
    "fail": (Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "unfulfilled_reason", needed=True), _NOTE),
    "revoke": (Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "revoke_reason", needed=True), _NOTE),
    "resend": (_NOTE,),
    "reopen": (_WHY,),
    "question": (Field("text", Kind.TEXT, ("Pertanyaan", "Question"), needed=True),),
    "answer": (Field("text", Kind.TEXT, ("Jawaban", "Answer"), needed=True),),
    "note": (Field("text", Kind.TEXT, ("Catatan", "Note"), needed=True),),
    "external_reference": (Field("reference", Kind.LINE, ("Nomor Anda", "Your number"), needed=True),),
}
GROUND: Final = frozenset({"void", "revoke", "refuse", "fail", "not_ours", "transfer"})
"""Steps that cannot simply be taken back: they ask once more."""

OWN_SETS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "verification_method": (
        ("visit", "Kunjungan rumah", "Home visit"),
        ("document", "Dokumen", "Document"),
        ("phone", "Telepon", "Phone"),
        ("registry", "Registri", "Registry"),
    ),
    "recommendation": (("refer", "Dirujuk", "Refer"), ("resolve", "Diselesaikan", "Resolve")),
    "extent": (("full", "Seluruhnya", "In full"), ("partial", "Sebagian", "In part")),
    "verification_verdict": (
        ("confirmed", "Sesuai", "Confirmed"),
        ("partly", "Sebagian sesuai", "Partly"),
        ("not_confirmed", "Tidak sesuai", "Not confirmed"),
    ),
}
"""Choices that a route names in its schema, without a code set of its own."""
