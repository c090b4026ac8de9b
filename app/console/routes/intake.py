"""A new case: first whether she is known already, then what she needs, then the slip for her."""

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from app.console.asking import Sending
from app.console.choices import choices_of
from app.console.drawing import HEADERS
from app.console.fields import Field, Form, Kind, body_of, is_number, kept
from app.console.sitting import part
from app.console.visit import Handler, Visit

NOTICE: Final = "2026-1"
"""The version of the words about her data that stand above the form (new_case.html)."""
_SUBJECT: Final[Form] = (
    Field("subject.id", Kind.LINE, ("Orang yang dikenal", "Known person")),
    Field("subject.nik", Kind.LINE, ("NIK", "NIK")),
    Field("subject.kk", Kind.LINE, ("Nomor KK", "Family card number")),
    Field("subject.name", Kind.LINE, ("Nama", "Name")),
    Field("subject.born_on", Kind.DAY, ("Tanggal lahir", "Born on")),
    Field("subject.sex", Kind.CHOICE, ("Jenis kelamin", "Sex"), "sex"),
    Field("subject.phone", Kind.LINE, ("Nomor HP", "Phone")),
)
_CASE: Final[Form] = (
    Field("kind", Kind.CHOICE, ("Jenis", "Kind"), "case_kind", needed=True),
    Field("category", Kind.CHOICE, ("Perkara", "Matter"), "case_category", needed=True),
    Field("channel", Kind.CHOICE, ("Datang lewat", "Came by"), "channel", needed=True),
    Field("place.village", Kind.LINE, ("Desa/kelurahan", "Village"), needed=True),
    Field("place.address", Kind.LINE, ("Alamat", "Address")),
    Field("chronology", Kind.TEXT, ("Ceritanya", "What happened"), needed=True),
    Field("papers", Kind.MANY, ("Berkas yang dibawa", "Papers brought"), "paper"),
    Field("reporter.relation", Kind.CHOICE, ("Yang melapor", "Who reports"), "reporter_relation"),
    Field("reporter.name", Kind.LINE, ("Nama pelapor", "Name of the reporter")),
    Field("priority", Kind.CHOICE, ("Prioritas", "Priority"), "priority"),
    Field("priority_reason", Kind.LINE, ("Alasan prioritas", "Why this priority")),
    Field("confidentiality", Kind.CHOICE, ("Kerahasiaan", "Confidentiality"), "confidentiality"),
    Field("separate_reason", Kind.TEXT, ("Mengapa kasus tersendiri", "Why a case of its own")),
)
_SETS: Final = (
    "case_kind", "case_category", "channel", "sex", "paper", "reporter_relation", "priority",
    "confidentiality",
)  # fmt: skip
_FACT: Final = "fact."


async def ask_who(visit: Visit) -> Response:
    """Begin: who is it? Known people and their open cases come first, so that nobody is entered twice."""
    return visit.draw("who.html", found=None)


async def look_up(visit: Visit) -> Response:
    typed = await visit.form()
    given = {name: str(typed.get(name) or "").strip() for name in ("nik", "kk", "name", "born_on")}
    body = {name: value for name, value in given.items() if value}
    told = await visit.sitting.ask("POST", "/v1/people/lookup", Sending(json=body))
    if not told.fine:
        return visit.draw("who.html", told.status, found=None, problem=told.body, kept=kept(typed))
    return visit.draw("who.html", found=told.body, kept=kept(typed))


async def begin(visit: Visit) -> Response:
    """Show the form with what the search knew, and the aid that fits where no script asks for it."""
    typed = await visit.form()
    return await _form(visit, kept(typed), form=typed if visit.query("cari") else None)


async def find_aid(visit: Visit) -> Response:
    """Show what aid fits so far, and what to ask next: a part of the form, drawn anew with each answer."""
    typed = await visit.form()
    return visit.draw("finder.html", match=await _match(visit, typed), kept=kept(typed))


async def open_case(visit: Visit) -> Response:
    """Open it; or show the form again with what is wrong, and with the cases that are there already."""
    typed = await visit.form()
    body = _body(visit, typed)
    if typed.get("perangkat"):
        return await _open_later(visit, typed, body)
    told = await visit.sitting.post("/v1/cases", body, key=str(typed.get("sekali") or ""))
    if not told.fine:
        return await _form(visit, kept(typed), told.body, told.status, typed)
    slip = await visit.sitting.read(f"/v1/cases/{part(told.body['ticket'])}/slip")
    # Drawn at once and not led to: the PIN is shown this once, and stands in no address.
    return visit.draw("slip.html", 201, slip=slip or told.body, pin=told.body.get("pin"), case=told.body)


async def _open_later(visit: Visit, typed: FormData, body: dict[str, Any]) -> Response:
    """Open what a device kept while it had no link: with its own time, as any device does by `/v1/sync`."""
    at = str(typed.get("pada") or "")
    operation = {"id": str(typed.get("sekali") or ""), "kind": "open_case", "at": at, "body": body}
    device = {"id": str(typed.get("perangkat") or ""), "sent_at": visit.house.now().isoformat()}
    sent = Sending(json={"device": device, "operations": [operation]})
    told = await visit.sitting.ask("POST", "/v1/sync", sent)
    if not told.fine:
        return JSONResponse(told.body, told.status, headers=HEADERS)
    (result,) = told.body["results"]
    if result["problem"] is not None:
        return JSONResponse(result["problem"], result["problem"]["status"], headers=HEADERS)
    return JSONResponse({"ticket": result["ticket"]}, 201, headers=HEADERS)


def _body(visit: Visit, typed: FormData) -> dict[str, Any]:
    body = body_of((*_SUBJECT, *_CASE), typed, visit.zone)
    subject = body.get("subject", {})
    if "id" in subject:
        body["subject"] = {"kind": "person", "id": subject["id"]}
    elif subject:
        body["subject"] = {"kind": "person", **subject}
    facts = _facts(typed)
    return {
        **body,
        **({"facts": facts} if facts else {}),
        "legal_basis": "public_task",
        "notice_version": NOTICE,
    }


def _facts(typed: FormData) -> dict[str, Any]:
    """Return the answers to the finder's questions, each as the kind of fact it is."""
    found: dict[str, Any] = {}
    for name, value in typed.items():
        text = str(value).strip()
        if not name.startswith(_FACT) or not text:
            continue
        if text in {"true", "false"}:
            found[name.removeprefix(_FACT)] = text == "true"
        else:
            found[name.removeprefix(_FACT)] = int(text) if is_number(text) else text
    return found


async def _match(visit: Visit, typed: FormData | None) -> Any:
    """Ask what aid fits: with the answers so far, and for each open question how it may be answered."""
    if typed is None:
        return None
    village = str(typed.get("place.village") or "")
    need = {name: str(typed.get(name)) for name in ("kind", "category") if typed.get(name)}
    body = {"region": village, "facts": _facts(typed), "need": need}
    told = await visit.sitting.ask("POST", "/v1/programs/match", Sending(json=body))
    if not told.fine:
        return None
    known = await visit.sitting.read("/v1/facts")
    by_name = {one["name"]: one for one in known["items"]} if known else {}
    questions = [
        {
            **one,
            "as": by_name.get(one["fact"], {}).get("type", "str"),
            "codes": _codes(by_name.get(one["fact"])),
        }
        for one in told.body["questions"]
    ]
    return {**told.body, "questions": questions, "asked": _facts(typed)}


def _codes(fact: dict[str, Any] | None) -> list[Any]:
    return list((fact or {}).get("codes") or [])


async def _form(
    visit: Visit,
    typed: dict[str, list[str]],
    problem: dict[str, Any] | None = None,
    status: int = 200,
    form: FormData | None = None,
) -> Response:
    villages = [one for one in visit.me["regions"] if one.count(".") == 3]  # noqa: PLR2004  # regency.district.village
    names = {one["region"]: one["region_name"] for one in visit.me["grants"]}
    return visit.draw(
        "new_case.html",
        status,
        villages=[(code, names.get(code, code)) for code in villages],
        subject=_SUBJECT,
        fields={one.name: one for one in _CASE},
        sets=await choices_of(visit, _SETS),
        notice=NOTICE,
        match=await _match(visit, form),
        problem=problem,
        kept=typed,
    )


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kasus/baru", "GET", ask_who),
    ("/konsol/kasus/baru", "POST", look_up),
    ("/konsol/kasus/baru/isi", "POST", begin),
    ("/konsol/kasus/baru/bantuan", "POST", find_aid),
    ("/konsol/kasus/baru/buka", "POST", open_case),
)
