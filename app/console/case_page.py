"""The page of a case, drawn by whichever part of the console changed something on it."""

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from app.console.asking import Told
from app.console.choices import Choices, choices_of
from app.console.fields import Field, Form, Kind, kept
from app.console.sitting import part
from app.console.step_forms import CASE, GROUND
from app.console.visit import Visit

NOTE: Final[Form] = (
    Field("text", Kind.TEXT, ("Catatan", "Note"), needed=True),
    Field("to_resident", Kind.FLAG, ("Tampilkan kepada warga", "Show it to the resident")),
)
CONTACT: Final[Form] = (
    Field("means", Kind.CHOICE, ("Dihubungi lewat", "Contacted by"), "contact_method", needed=True),
    Field("result", Kind.CHOICE, ("Hasil", "Result"), "contact_result", needed=True),
    Field("at", Kind.INSTANT, ("Pada", "At"), needed=True, now=True),
    Field("note", Kind.TEXT, ("Catatan", "Note")),
)
VISIT: Final[Form] = (
    Field("purpose", Kind.CHOICE, ("Tujuan", "Purpose"), "visit_purpose", needed=True),
    Field("planned_for", Kind.INSTANT, ("Kapan", "When"), needed=True),
)
TASK: Final[Form] = (
    Field("text", Kind.TEXT, ("Apa yang harus dikerjakan", "What is to be done"), needed=True),
    Field("due_at", Kind.INSTANT, ("Paling lambat", "At the latest")),
)
LETTER: Final[Form] = (
    Field("kind", Kind.CHOICE, ("Jenis surat", "Kind of letter"), "letter_kind", needed=True),
    Field(
        "referral_id",
        Kind.CHOICE,
        ("Rujukan yang diserahkan", "Referral that it hands over"),
        "case_referrals",
        hint=("Hanya untuk surat rujukan.", "For a referral letter only."),
    ),
    Field("fields.reason", Kind.TEXT, ("Alasan (surat rujukan)", "Reason (referral letter)")),
    Field("fields.purpose", Kind.TEXT, ("Keperluan (rekomendasi)", "Purpose (recommendation)")),
    Field("fields.recommendation", Kind.TEXT, ("Rekomendasi", "Recommendation")),
    Field("fields.addressee", Kind.LINE, ("Kepada, bila lain", "To, if somebody else")),
    Field("fields.attachments", Kind.LINE, ("Lampiran", "Enclosures")),
)
ADDED: Final = {
    "catatan": ("notes", NOTE, ("case:work", "case:open")),
    "kontak": ("contacts", CONTACT, ("case:visit",)),
    "kunjungan": ("visits", VISIT, ("case:visit",)),
    "tugas": ("tasks", TASK, ("case:work",)),
}
"""What may be added to a case beside its steps: the last part of the address, the route, the form, whose."""
_REFERRALS: Final = "case_referrals"
"""A set of choices that this page makes itself: the referrals of the case."""


def address_of(visit: Visit) -> str:
    return f"/konsol/kasus/{part(visit.path('ticket'))}"


async def after_case(visit: Visit, told: Told, what: str, typed: FormData) -> Response:
    """Lead back to the case; or show it as it is now, with what she had typed: nothing is lost."""
    if told.fine:
        return visit.lead(address_of(visit), ok=what)
    return await draw_case(visit, problem=told.body, at=what, typed=kept(typed), status=told.status)


async def draw_case(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    path = f"/v1/cases/{part(visit.path('ticket'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    ask = visit.sitting.read
    steps = [one for one in told.body["allowed_actions"] if one["code"] in CASE]
    forms: dict[str, Form] = {one["code"]: CASE[one["code"]] for one in steps}
    extra = {what: form for what, (_, form, may) in ADDED.items() if visit.may(*may)}
    letter = {"surat": LETTER} if visit.may("letter:draft") else {}
    every = {**forms, **extra, **letter}
    referrals = await ask(f"{path}/referrals", limit=50)
    return visit.draw(
        "case.html",
        status,
        case=told.body,
        etag=told.etag,
        steps=steps,
        forms=every,
        extra=extra,
        ground=GROUND,
        sets=await _choices(visit, every, referrals),
        events=await ask(f"{path}/events", limit=50),
        notes=await ask(f"{path}/notes"),
        clock=await ask(f"{path}/clock"),
        papers=await ask(f"{path}/papers"),
        files=await ask(f"{path}/attachments"),
        referrals=referrals,
        visits=await ask(f"{path}/visits"),
        tasks=await ask(f"{path}/tasks"),
        contacts=await ask(f"{path}/contacts"),
        letters=await ask(f"{path}/letters"),
        problem=problem,
        at=at,
        kept=typed or {},
    )


async def _choices(visit: Visit, forms: dict[str, Form], referrals: Any) -> Choices:
    fields = [one for form in forms.values() for one in form]
    names = {one.of for one in fields if one.kind in {Kind.CHOICE, Kind.MANY}} - {_REFERRALS}
    found = await choices_of(visit, names)
    found[_REFERRALS] = [(one["id"], one["program_name"]) for one in (referrals or {"items": []})["items"]]
    return found
