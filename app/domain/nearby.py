"""What stands near to what was typed: numbers one slip away, birth dates one slip away, beginnings of a name.

For look-ups that must use an index: everything that one slip could have been is asked for at once.
"""

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from typing import Final

_DIGITS: Final = "0123456789"
_PREFIX: Final = 3
_MOST_WORDS: Final = 4
"""Of longer names not every order is asked for: 24 are enough."""


def near_numbers(number: str) -> Iterator[str]:
    """Give every number with one digit changed, or two neighbours swapped: 159 for sixteen digits at most."""
    for at, digit in enumerate(number):
        for other in _DIGITS:
            if other != digit:
                yield f"{number[:at]}{other}{number[at + 1 :]}"
    for at in range(len(number) - 1):
        if number[at] != number[at + 1]:
            yield f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"


def near_days(day: date) -> list[date]:
    """Return the day itself, and that with day and month in each other's place, if there is one."""
    if day.day > 12 or day.day == day.month:  # noqa: PLR2004 - months
        return [day]
    return [day, date(day.year, day.day, day.month)]


def beginnings(name_key: str) -> list[str]:
    """Return the first letters of each word of a name key: it may be written in another order."""
    return sorted({word[:_PREFIX] for word in name_key.split()})


def orders(name_key: str) -> list[str]:
    """Return the name key with its words in every order."""
    words = name_key.split()
    if len(words) > _MOST_WORDS:
        return [name_key]
    return sorted({" ".join(one) for one in permutations(words)})
