"""The checklist of a home visit: data of the regency, answered by the visitor, and never a verdict itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid

MOST: Final = 60
"""Items of one checklist."""
_LARGEST: Final = 1_000_000_000


class ItemKind(StrEnum):
    BOOL = "bool"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    kind: ItemKind
    label: Words
    choices: Mapping[str, Words]
    """Code to words; empty unless the kind is a choice."""
    lowest: int
    highest: int
    poor_if: Any
    """What counts as a sign of poverty: a truth value, ``{"at_most": n}``, ``{"at_least": n}``, or a list of
    choices; None for an item that is no sign."""


def parse_checklist(value: object) -> tuple[Item, ...]:
    """Read the policy ``visit_checklist``.

    Raises:
        Invalid: it is not a list of items with a code, a kind and words in both languages.
    """
    if not isinstance(value, list) or len(value) > MOST:
        raise _bad("/value")
    items = tuple(_item(raw, f"/value/{n}") for n, raw in enumerate(value))
    if len({item.code for item in items}) != len(items):
        raise _bad("/value")
    return items


def _item(raw: object, pointer: str) -> Item:
    if not isinstance(raw, Mapping):
        raise _bad(pointer)
    try:
        kind, label = ItemKind(raw["kind"]), _words(raw["label"])
        choices = {str(one["code"]): _words(one["label"]) for one in raw.get("choices") or ()}
        item = Item(
            code=_code(raw["code"]),
            kind=kind,
            label=label,
            choices=choices,
            lowest=int(raw.get("min", 0)),
            highest=int(raw.get("max", _LARGEST)),
            poor_if=raw.get("poor_if"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _bad(pointer) from error
    if (kind is ItemKind.CHOICE) != bool(choices) or item.lowest > item.highest or not _is_sign(item):
        raise _bad(pointer)
    return item


def _is_sign(item: Item) -> bool:
    """Tell whether what counts as poor fits the kind of the item."""
    sign = item.poor_if
    match item.kind:
        case ItemKind.BOOL:
            return sign is None or isinstance(sign, bool)
        case ItemKind.CHOICE:
            return sign is None or (isinstance(sign, list) and all(one in item.choices for one in sign))
        case ItemKind.NUMBER:
            bounds = list(sign.values()) if isinstance(sign, Mapping) else [None]
            known = isinstance(sign, Mapping) and set(sign) <= {"at_most", "at_least"}
            return sign is None or (known and all(_is_number(bound) for bound in bounds))


def _code(value: object) -> str:
    if not isinstance(value, str) or not value.isidentifier() or not value.isascii():
        raise ValueError("not a code")
    return value


def _words(value: Mapping[str, Any]) -> Words:
    indonesian, english = str(value["id"]).strip(), str(value["en"]).strip()
    if not indonesian or not english:
        raise ValueError("words are missing")
    return Words(indonesian, english)


def _bad(pointer: str) -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                pointer,
                "not_a_checklist",
                "Tiap isian perlu kode, jenis, dan label dua bahasa; pilihan hanya untuk jenis pilihan.",
                "Each item needs a code, a kind and words in both languages; choices are for choices only.",
            ),
        )
    )


def check_answers(items: Sequence[Item], answers: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """Name what is wrong in *answers*; an item may stay unanswered, but nothing unknown is answered."""
    known = {item.code: item for item in items}
    wrong = []
    for code, value in answers.items():
        item = known.get(code)
        if item is None:
            wrong.append(
                FieldError(
                    f"/answers/{code}",
                    "unknown_item",
                    "Isian ini tidak ada dalam daftar periksa kabupaten/kota.",
                    "This item is not on the regency's checklist.",
                )
            )
        elif not _fits(item, value):
            wrong.append(_misfit(item))
    return tuple(wrong)


def _fits(item: Item, value: object) -> bool:
    match item.kind:
        case ItemKind.BOOL:
            return isinstance(value, bool)
        case ItemKind.CHOICE:
            return isinstance(value, str) and value in item.choices
        case ItemKind.NUMBER:
            return _is_number(value) and item.lowest <= value <= item.highest  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _misfit(item: Item) -> FieldError:
    words = {
        ItemKind.BOOL: ("Isi dengan ya atau tidak.", "Answer with yes or no."),
        ItemKind.NUMBER: (
            f"Isi dengan angka {item.lowest} sampai {item.highest}.",
            f"Answer with a number from {item.lowest} to {item.highest}.",
        ),
        ItemKind.CHOICE: ("Pilih salah satu pilihan yang tersedia.", "Choose one of the choices."),
    }
    return FieldError(f"/answers/{item.code}", "wrong_answer", *words[item.kind])


def poverty_signs(items: Sequence[Item], answers: Mapping[str, Any]) -> tuple[int, int]:
    """Count the signs of poverty that *answers* show, and how many signs were answered at all."""
    signs = [item for item in items if item.poor_if is not None and answers.get(item.code) is not None]
    return sum(_shows(item, answers[item.code]) for item in signs), len(signs)


def _shows(item: Item, value: Any) -> bool:
    match item.kind:
        case ItemKind.BOOL:
            return bool(value is item.poor_if)
        case ItemKind.CHOICE:
            return value in item.poor_if
        case ItemKind.NUMBER:
            sign = item.poor_if
            return bool(value <= sign.get("at_most", _LARGEST) and value >= sign.get("at_least", -_LARGEST))
