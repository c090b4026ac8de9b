"""How much somebody needs the aid, in points, each with its ground. What a ground weighs is a policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.domain.documents import Words
from app.domain.facts import DESIL, FACTS, Facts, FactType

_DESILS: Final = 10
_MOST: Final = 1_000
NOT_RANKED: Final = "not_ranked"
PPKS: Final = "ppks"
AID_HELD: Final = "aid_held"
_WORDS: Final[Mapping[str, Words]] = {
    NOT_RANKED: Words("Belum berdesil atau tidak terdaftar", "Without a decile, or not listed"),
    PPKS: Words("Termasuk kategori PPKS", "A PPKS category applies"),
    AID_HELD: Words("Bantuan lain yang sudah ada di keluarga", "Other aid in the household"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """The policy ``campaign_need``."""

    desil: tuple[int, ...]
    """Points for desil 1 to 10."""
    not_ranked: int
    ppks: int
    aid_held: int
    """For each programme that the household holds; negative where aid should reach those without."""
    grounds: Mapping[str, int]
    """Facts that are yes or no, with the points of yes."""

    def as_json(self) -> dict[str, Any]:
        return {
            "desil": list(self.desil),
            "not_ranked": self.not_ranked,
            "ppks": self.ppks,
            "aid_held": self.aid_held,
            "grounds": dict(self.grounds),
        }


class Ground(NamedTuple):
    code: str
    """``desil``, ``not_ranked``, ``ppks``, ``aid_held``, or the name of a fact."""
    points: int


def is_weights(value: object) -> bool:
    """Tell whether *value* can be read by `read_weights`."""
    if not isinstance(value, dict) or value.keys() != {"desil", "not_ranked", "ppks", "aid_held", "grounds"}:
        return False
    grounds, desil = value["grounds"], value["desil"]
    if not isinstance(grounds, dict) or not isinstance(desil, list) or len(desil) != _DESILS:
        return False
    known = all(name in FACTS and FACTS[name].type is FactType.BOOL for name in grounds)
    points = (*desil, *grounds.values(), value["not_ranked"], value["ppks"], value["aid_held"])
    return known and all(
        isinstance(one, int) and not isinstance(one, bool) and abs(one) <= _MOST for one in points
    )


def read_weights(value: Mapping[str, Any]) -> Weights:
    return Weights(
        tuple(value["desil"]),
        value["not_ranked"],
        value["ppks"],
        value["aid_held"],
        dict(value["grounds"]),
    )


def score(facts: Facts, weights: Weights, aid: int) -> tuple[int, tuple[Ground, ...]]:
    """Return the points and what they are for; *aid* counts the programmes that the household holds."""
    desil = facts.get(DESIL)
    found = [
        Ground("desil", weights.desil[desil - 1])
        if isinstance(desil, int)
        else Ground(NOT_RANKED, weights.not_ranked)
    ]
    if facts.get("person.ppks"):
        found.append(Ground(PPKS, weights.ppks))
    found += [Ground(name, points) for name, points in weights.grounds.items() if facts.get(name) is True]
    if aid:
        found.append(Ground(AID_HELD, weights.aid_held * aid))
    found = [ground for ground in found if ground.points]
    return sum(ground.points for ground in found), tuple(found)


def ground_words(code: str) -> Words:
    if code in FACTS:
        return FACTS[code].label
    return FACTS[DESIL].label if code == "desil" else _WORDS.get(code, Words(code, code))
