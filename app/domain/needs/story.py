"""What a card says, made from codes alone: no word that somebody typed ever stands on it."""

from dataclasses import dataclass

from app.domain.documents import Words
from app.domain.needs.states import NeedSource


@dataclass(frozen=True, slots=True)
class Card:
    """The labels that a story is made of, each in both languages."""

    source: NeedSource
    kind: Words
    unit: Words
    quantity: int
    place: str
    age: Words | None = None
    ppks: Words | None = None


def story(card: Card) -> Words:
    """Return the one sentence of a card."""
    amount = Words(
        f"{card.quantity} {card.unit.id} {card.kind.id.lower()}",
        f"{card.quantity} {card.unit.en} of: {card.kind.en.lower()}",
    )
    match card.source:
        case NeedSource.CAMPAIGN:
            return Words(
                f"Sebuah kegiatan sosial di {card.place} membutuhkan {amount.id}.",
                f"A social event in {card.place} needs {amount.en}.",
            )
        case NeedSource.PRODUCT:
            return Words(
                f"Buatan warga binaan di {card.place}: {amount.id} siap dipesan.",
                f"Made by people in care in {card.place}: {amount.en}, ready to be ordered.",
            )
        case NeedSource.CASE:
            who = _who(card)
            return Words(
                f"{who.id} di {card.place} membutuhkan {amount.id}.",
                f"{who.en} in {card.place} needs {amount.en}.",
            )


def _who(card: Card) -> Words:
    if card.age is None and card.ppks is None:
        return Words("Seorang warga", "A resident")
    age = card.age or Words("warga", "resident")
    if card.ppks is None:
        return Words(f"Seorang {age.id.lower()}", f"A resident ({age.en.lower()})")
    return Words(
        f"Seorang {age.id.lower()} ({card.ppks.id.lower()})",
        f"A resident ({age.en.lower()}, {card.ppks.en.lower()})"
        if card.age
        else f"A resident ({card.ppks.en.lower()})",
    )
