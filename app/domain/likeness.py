"""How near two name keys are: the same words, one letter off, or another name."""


def likeness(one: str, other: str) -> int | None:
    """Compare two name keys: 0 the same words in any order, 1 one letter off, None another name.

    Words that are left out count as another name unless at least two stand in both: ``Siti Aminah`` is
    ``Siti Aminah Putri``, ``Siti`` is not ``Siti Aminah``.
    """
    mine, theirs = sorted(one.split()), sorted(other.split())
    if not mine or not theirs:
        return None
    if mine == theirs:
        return 0
    left, right = _left_over(mine, theirs)
    common = len(mine) - len(left)
    if not left or not right:
        return 0 if common > 1 else None
    if len(left) == len(right) == 1 and _one_letter_off(left[0], right[0]):
        return 1
    return None


def _left_over(mine: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    left, right = [], list(theirs)
    for word in mine:
        if word in right:
            right.remove(word)
        else:
            left.append(word)
    return left, right


def _one_letter_off(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, put in, or changed places with its neighbour."""
    short, long = sorted((one, other), key=len)
    if len(short) < 3 or len(long) - len(short) > 1:  # noqa: PLR2004  # "al" and "el" are two names
        return False
    at = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    if len(long) > len(short):
        return short[at:] == long[at + 1 :]
    swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long
