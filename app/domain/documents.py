"""Reading a JSON document that a person wrote: everything wrong with it is said at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from app.domain.errors import FieldError, Invalid


class Words(NamedTuple):
    """One text in both languages; Indonesian is the default."""

    id: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.id


NO_WORDS = Words("", "")
LONGEST_TEXT: Final = 4_000
"""Characters in any one text of a document."""


def step(pointer: str, key: object) -> str:
    """Append *key* to a JSON pointer, escaped as RFC 6901 asks."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


@dataclass(slots=True)
class Reader:
    """Reads values and remembers each fault; a faulty value reads as a harmless one of its type."""

    errors: list[FieldError] = field(default_factory=list)

    def wrong(self, pointer: str, code: str, said: Words) -> None:
        self.errors.append(FieldError(pointer, code, said.id, said.en))

    def finish(self) -> None:
        """Raise what was found.

        Raises:
            Invalid: with one entry per fault, in the order of the document.
        """
        if self.errors:
            raise Invalid(
                id="Isi dokumen tidak sesuai aturan.",
                en="The content of the document breaks a rule.",
                fields=tuple(self.errors),
            )

    def mapping(
        self, raw: object, pointer: str, *, required: frozenset[str], optional: frozenset[str]
    ) -> Mapping[str, object]:
        """Read an object that has every required key and no key that nobody knows."""
        if not isinstance(raw, dict):
            self.wrong(pointer, "type", Words("Harus berupa objek.", "Must be an object."))
            return {}
        for key in sorted(required - raw.keys()):
            self.wrong(step(pointer, key), "required", Words("Wajib diisi.", "Is required."))
        for key in sorted(map(str, raw.keys() - required - optional)):
            self.wrong(step(pointer, key), "unknown", Words("Tidak dikenal.", "Is not known."))
        return raw

    def text(self, raw: object, pointer: str) -> str:
        if isinstance(raw, str) and len(raw) > LONGEST_TEXT:
            said = Words(f"Paling panjang {LONGEST_TEXT} huruf.", f"At most {LONGEST_TEXT} characters.")
            self.wrong(pointer, "too_long", said)
            return ""
        if isinstance(raw, str) and raw.strip():
            return raw
        self.wrong(pointer, "type", Words("Harus berupa teks berisi.", "Must be a text, not empty."))
        return ""

    def words(self, raw: object, pointer: str) -> Words:
        if raw is None:
            return NO_WORDS
        both = frozenset({"id", "en"})
        found = self.mapping(raw, pointer, required=both, optional=frozenset())
        if not both <= found.keys():
            return NO_WORDS
        return Words(self.text(found["id"], step(pointer, "id")), self.text(found["en"], step(pointer, "en")))

    def flag(self, raw: object, pointer: str) -> bool:
        if isinstance(raw, bool):
            return raw
        self.wrong(pointer, "type", Words("Harus ya atau tidak.", "Must be true or false."))
        return False

    def whole(self, raw: object, pointer: str, low: int, high: int) -> int:
        """Read a whole number from *low* to *high*, both included."""
        if isinstance(raw, int) and not isinstance(raw, bool) and low <= raw <= high:
            return raw
        said = Words(
            f"Harus bilangan bulat {low} sampai {high}.", f"Must be a whole number, {low} to {high}."
        )
        self.wrong(pointer, "range", said)
        return low

    def code(self, raw: object, pointer: str, known: frozenset[str]) -> str:
        """Read one of the *known* codes."""
        if isinstance(raw, str) and raw in known:
            return raw
        choices = ", ".join(sorted(known))
        said = Words(f"Harus salah satu dari: {choices}.", f"Must be one of: {choices}.")
        self.wrong(pointer, "code", said)
        return min(known)

    def items(self, raw: object, pointer: str) -> list[tuple[object, str]]:
        """Read a list, each item with its own pointer."""
        if isinstance(raw, list | tuple):
            return [(item, step(pointer, place)) for place, item in enumerate(raw)]
        self.wrong(pointer, "type", Words("Harus berupa daftar.", "Must be a list."))
        return []

    def texts(self, raw: object, pointer: str) -> tuple[str, ...]:
        return tuple(self.text(item, at) for item, at in self.items(raw, pointer))

    def day(self, raw: object, pointer: str) -> date | None:
        """Read a date such as ``2025-01-31``; null is no date."""
        if raw is None:
            return None
        try:
            return date.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            said = Words("Harus tanggal, misalnya 2025-01-31.", "Must be a date like 2025-01-31.")
            self.wrong(pointer, "date", said)
            return None
