"""What a letter says: a template with named placeholders, checked when it is made and filled once.

A paragraph that is ``{identity}`` alone becomes the table of who it is about. Values are put in as they
are: what looks like a placeholder inside a value stays what it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.errors import FieldError, Invalid
from app.domain.letters.states import LetterKind
from app.domain.sla.words import MONTHS

IDENTITY: Final = "identity"
KNOWN: Final = frozenset(
    {
        "name",
        "nik",
        "birth_date",
        "sex",
        "address",
        "village",
        "district",
        "regency",
        "ticket",
        "opened_on",
        "office",
        IDENTITY,
    }
)
"""What the service fills in from the case."""
OF_REFERRAL: Final = frozenset({"program", "agency"})
"""Filled in from the referral; a letter that hands over no referral has none."""
FIELDS: Final = ("reason", "recommendation", "purpose")
"""What whoever drafts the letter writes."""
LAID_OUT: Final = ("addressee", "attachments")
"""What she may write besides: the head of every letter has a place for it."""
NUMBER_PARTS: Final = frozenset({"n", "month", "year", "regency"})
LONGEST_VALIDITY_DAYS: Final = 1_095
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_PLACEHOLDER: Final = re.compile(r"\{([^{}\n]*)\}")
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n+")


@dataclass(frozen=True, slots=True)
class Template:
    kind: LetterKind
    title: str
    body: str
    number_format: str
    """Of ``{n}``, ``{month}`` (Roman), ``{year}`` and ``{regency}`` (the tenant's digits)."""
    valid_days: int


def check_template(template: Template) -> None:
    """Refuse a template that could not be filled.

    Raises:
        Invalid: with every fault named.
    """
    errors = [
        *_unknown("/title", template.title, _allowed(template.kind) - {IDENTITY}),
        *_unknown("/body", template.body, _allowed(template.kind)),
        *_identity(template.body),
        *_unknown("/number_format", template.number_format, NUMBER_PARTS),
        *_number(template.number_format),
    ]
    if not 1 <= template.valid_days <= LONGEST_VALIDITY_DAYS:
        errors.append(
            FieldError(
                "/valid_days",
                "out_of_range",
                f"Isi 1 sampai {LONGEST_VALIDITY_DAYS} hari.",
                f"Give 1 to {LONGEST_VALIDITY_DAYS} days.",
            )
        )
    if errors:
        raise Invalid(fields=tuple(errors))


def _allowed(kind: LetterKind) -> frozenset[str]:
    return KNOWN | frozenset(FIELDS) | (OF_REFERRAL if kind is LetterKind.RUJUKAN else frozenset())


def _unknown(pointer: str, text: str, allowed: Iterable[str]) -> list[FieldError]:
    names = sorted(allowed)
    found = set(_PLACEHOLDER.findall(text)) - set(names)
    if not found and not re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        return []
    return [
        FieldError(
            pointer,
            "unknown_placeholder",
            f"Hanya isian ini yang dikenal: {', '.join(names)}.",
            f"Only these placeholders are known: {', '.join(names)}.",
        )
    ]


def _identity(body: str) -> list[FieldError]:
    alone = sum(paragraph == f"{{{IDENTITY}}}" for paragraph in paragraphs_of(body))
    if body.count(f"{{{IDENTITY}}}") == 1 == alone:
        return []
    return [
        FieldError(
            "/body",
            "identity_needed",
            "Tulis {identity} satu kali, sebagai paragraf sendiri.",
            "Write {identity} once, as a paragraph of its own.",
        )
    ]


def _number(text: str) -> list[FieldError]:
    if {"n", "year"} <= set(_PLACEHOLDER.findall(text)):
        return []
    return [
        FieldError(
            "/number_format",
            "number_needed",
            "Format nomor memuat {n} dan {year}.",
            "The format of the number holds {n} and {year}.",
        )
    ]


def fields_of(template: Template) -> tuple[str, ...]:
    """Name what whoever drafts the letter must write for this template."""
    used = set(_PLACEHOLDER.findall(template.title + template.body))
    return tuple(name for name in FIELDS if name in used)


def check_fields_given(template: Template, given: Mapping[str, str]) -> None:
    """Refuse fields that the template does not hold, and name those that it still needs.

    Raises:
        Invalid: with every field named.
    """
    needed = fields_of(template)
    absent = [name for name in needed if not given.get(name, "").strip()]
    extra = [name for name in given if name not in {*needed, *LAID_OUT}]
    errors = [
        FieldError(f"/fields/{name}", "required", "Isian ini wajib diisi.", "This field is required.")
        for name in absent
    ]
    errors += [
        FieldError(
            f"/fields/{name}",
            "not_in_template",
            "Templat surat ini tidak memuat isian itu.",
            "The template of this letter does not hold this field.",
        )
        for name in extra
    ]
    if errors:
        raise Invalid(fields=tuple(errors))


def paragraphs_of(body: str) -> list[str]:
    parts = (part.strip() for part in _PARAGRAPHS.split(body.replace("\r\n", "\n")))
    return [part for part in parts if part]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put *values* in; a name without a value becomes a dash, as on a form."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "-", text)


def fill_body(body: str, values: Mapping[str, str]) -> list[str | None]:
    """Return the paragraphs in order; None where the table of who it is about stands."""
    return [None if part == f"{{{IDENTITY}}}" else fill(part, values) for part in paragraphs_of(body)]


def number_of(number_format: str, n: int, on: date, digits: str) -> str:
    """Write the number of a letter: ``400.9/012/SLRT-1374/XI/2026``."""
    parts = {"n": f"{n:03}", "month": _ROMAN[on.month - 1], "year": str(on.year), "regency": digits}
    return fill(number_format, parts)


def day_in_words(on: date) -> str:
    """Write a day as a letter does: ``25 November 2026``."""
    return f"{on.day} {MONTHS['id'][on.month - 1]} {on.year}"
