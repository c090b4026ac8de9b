"""Is what the desk sent sound: every code known, the subject named, facts that a desk may state."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.access import Actor, Permission
from app.domain.cases import NewCase, Subject
from app.domain.codes import AboutKind, SubjectKind
from app.domain.errors import FieldError, Invalid
from app.domain.facts import FACTS, Facts, parse_facts
from app.domain.identity import Kk, Nik, Phone, is_masked, parse_kk, parse_nik, parse_phone
from app.domain.ids import tenant_of
from app.domain.knowledge import Knowledge, Settings
from app.domain.known_facts import STATED


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a subject in their normal form; None where not given."""

    nik: Nik | None
    kk: Kk | None
    phone: Phone | None


_HANDLERS: Final = frozenset(
    {AboutKind.ACCOUNT, AboutKind.CADRE, AboutKind.DESK, AboutKind.VILLAGE_OFFICE, AboutKind.TEXT}
)


def require_served(known: Knowledge, new: NewCase, actor: Actor) -> Settings:
    """Return the settings of the village's regency, and make sure that the actor may open a case there.

    A complaint about somebody who handles cases may be brought to any desk of the regency: nobody has to
    bring it to the one that it is about.
    """
    village = new.village
    if village not in known.regions:
        raise Invalid(fields=(_no_village(known, village),))
    settings = known.settings.get(tenant_of(village))
    if settings is None:
        raise Invalid(
            fields=(
                FieldError(
                    "/place/village",
                    "not_served",
                    "Kabupaten/kota ini belum memakai layanan ini.",
                    "This regency does not use the service yet.",
                ),
            )
        )
    elsewhere = any(item.kind in _HANDLERS for item in new.about)
    if not (elsewhere and actor.has_within(Permission.CASE_OPEN, settings.regency)):
        actor.require(Permission.CASE_OPEN, village)
    return settings


def check_codes(known: Knowledge, new: NewCase, today: date) -> Facts:
    """Return the stated facts, read; raise `Invalid` naming every code that is not known."""
    errors = [
        *_unknown_codes(known, new),
        *_subject(new.subject),
        *_about(known, new),
        *_programs(known, new, today),
    ]
    errors += [
        FieldError(
            f"/facts/{name}",
            "not_stated_by_desk",
            "Keterangan ini tidak diisi oleh meja layanan.",
            "This fact is not for a desk to state.",
        )
        for name in new.facts
        if name in FACTS and not name.startswith(STATED)
    ]
    if errors:
        raise Invalid(fields=tuple(errors))
    return parse_facts(dict(new.facts), "/facts")


def read_numbers(known: Knowledge, subject: Subject, today: date) -> Numbers:
    """Read NIK, KK and phone; raise `Invalid` with what is wrong in each."""
    errors: list[FieldError] = []
    nik = kk = phone = None
    if subject.nik is not None:
        found = parse_nik(
            subject.nik, today=today, knows_region=known.regions.__contains__, pointer="/subject/nik"
        )
        nik = _kept(found, errors)
    if subject.kk is not None:
        kk = _kept(
            parse_kk(subject.kk, knows_region=known.regions.__contains__, pointer="/subject/kk"), errors
        )
    if subject.phone is not None:
        phone = _kept(parse_phone(subject.phone, pointer="/subject/phone"), errors)
    if errors:
        raise Invalid(fields=tuple(errors))
    return Numbers(
        nik if isinstance(nik, Nik) else None,
        kk if isinstance(kk, Kk) else None,
        phone if isinstance(phone, Phone) else None,
    )


def _kept(found: Nik | Kk | Phone | FieldError, errors: list[FieldError]) -> Nik | Kk | Phone | None:
    if isinstance(found, FieldError):
        errors.append(found)
        return None
    return found


def _unknown_codes(known: Knowledge, new: NewCase) -> Iterator[FieldError]:
    for set_name, code, pointer in (
        ("case_category", new.category, "/category"),
        ("sector", new.sector, "/sector"),
        ("ppks", new.ppks, "/ppks"),
        ("service_pillar", new.service_pillar, "/service_pillar"),
        ("channel", new.channel, "/channel"),
        ("reporter_relation", new.reporter.relation, "/reporter/relation"),
        ("legal_basis", new.legal_basis, "/legal_basis"),
        *(("paper", paper, f"/papers/{n}") for n, paper in enumerate(new.papers)),
        *(("complaint_ladder_rung", rung, f"/tried/{n}") for n, rung in enumerate(new.tried)),
        ("told_method", new.resolve_now.told.method if new.resolve_now else None, "/resolve_now/told/method"),
    ):
        if code is not None and not known.knows(set_name, code):
            yield _unknown(pointer)
    for name in new.facts:
        if name not in FACTS:
            yield _unknown(f"/facts/{name}")


def _programs(known: Knowledge, new: NewCase, today: date) -> Iterator[FieldError]:
    if new.program is not None and known.program(new.program, today) is None:
        yield _unknown("/program")
    for n, code in enumerate(new.current_aid):
        if code not in known.programs:
            yield _unknown(f"/current_aid/{n}")


def _subject(subject: Subject) -> Iterator[FieldError]:
    if subject.kind is SubjectKind.PERSON and not (subject.person_id or subject.nik or subject.name):
        yield _missing(
            "/subject/name",
            "Isi nama, NIK, atau pilih orang dari pencarian.",
            "Give a name, a NIK, or choose a person.",
        )
    if subject.kind is SubjectKind.PERSON and subject.nik and not subject.name:
        yield _missing("/subject/name", "Isi nama sesuai KTP.", "Give the name on the card.")
    if subject.kind is SubjectKind.HOUSEHOLD and not subject.kk:
        yield _missing("/subject/kk", "Isi nomor KK.", "Give the family card number.")
    for field in ("nik", "kk", "phone"):
        value = getattr(subject, field)
        if isinstance(value, str) and is_masked(value):
            yield FieldError(
                f"/subject/{field}",
                "masked",
                "Nilai tersamar tidak dapat disimpan; pilih orangnya dari pencarian.",
                "A masked value cannot be stored; choose the person from a search.",
            )


def _about(known: Knowledge, new: NewCase) -> Iterator[FieldError]:
    for n, item in enumerate(new.about):
        pointer = f"/about/{n}"
        if item.kind is AboutKind.TEXT:
            if not item.text:
                yield _missing(f"{pointer}/text", "Isi tentang apa pengaduan ini.", "Say what it is about.")
        elif not item.ref:
            yield _missing(f"{pointer}/ref", "Isi kode yang diadukan.", "Give the code of what it is about.")
        elif not _known_about(known, item.kind, item.ref):
            yield _unknown(f"{pointer}/ref")


def _known_about(known: Knowledge, kind: AboutKind, ref: str) -> bool:
    books: Mapping[AboutKind, Mapping[str, object]] = {
        AboutKind.AGENCY: known.agencies,
        AboutKind.PROGRAM: known.programs,
        AboutKind.VILLAGE_OFFICE: known.regions,
    }
    return ref in books[kind] if kind in books else True


def _no_village(known: Knowledge, village: str) -> FieldError:
    """Name what took the place of a code that is no more."""
    now = known.regions.successions.present(village)
    if now == village:
        return _unknown("/place/village")
    return FieldError(
        "/place/village",
        "region_ended",
        f"Kode desa ini sudah diganti; pakai {now}.",
        f"This village has another code now; use {now}.",
    )


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown_code",
        "Kode ini tidak dikenal; lihat /v1/codes, /v1/programs, atau /v1/regions.",
        "This code is not known; see /v1/codes, /v1/programs or /v1/regions.",
    )


def _missing(pointer: str, indonesian: str, english: str) -> FieldError:
    return FieldError(pointer, "missing", indonesian, english)
