"""The known forms of the values of a list: dates, sexes, yes and no, deciles."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EARLIEST: Final = date(1900, 1, 1)
_SERIALS: Final = range(1, 80_000)
_PARTS: Final = re.compile(r"(\d{1,4})[\s./-]+([A-Za-z]+|\d{1,2})[\s./-]+(\d{1,4})(?:[ T]00:00(?::00)?)?")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari february pebruari feb peb", "maret march mar", "april apr",
            "mei may", "juni june jun", "juli july jul", "agustus august agu ags aug", "september sep sept",
            "oktober october okt oct", "november nopember nov nop", "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MALE: Final = frozenset({"l", "lk", "laki", "lakilaki", "pria", "m", "male", "1"})
_FEMALE: Final = frozenset({"p", "pr", "perempuan", "wanita", "f", "female", "2"})
_YES: Final = frozenset({"ya", "y", "1", "yes", "true", "v", "✓", "√", "x", "ada", "aktif", "penerima"})
_NO: Final = frozenset(
    {"", "tidak", "tdk", "t", "n", "0", "no", "false", "f", "-", "bukan", "nonaktif", "tidakada"}
)
_LETTERS: Final = re.compile(r"[\W_]+")
_DESIL: Final = re.compile(r"(?:desil|d)?\s*(\d{1,2})(?:[.,]0+)?", re.IGNORECASE)
MOST_DESIL: Final = 10
Dated = tuple[date | None, bool]
"""The date, and whether month and day stood the American way round."""


def plain(value: object) -> str:
    """A cell as text: whole numbers without a point, dates in ISO form, edges trimmed."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_date(value: object, today: date) -> Dated | None:
    """Read a birth date; None in its place is a cell that says nothing, None at all is no date.

    Day before month, as here; the other way round only where nothing else is possible.
    """
    if isinstance(value, datetime):
        return _within(value.date(), today)
    if isinstance(value, date):
        return _within(value, today)
    if isinstance(value, int | float) and not isinstance(value, bool):
        serial = int(value)
        return _within(_EXCEL_EPOCH + timedelta(days=serial), today) if serial in _SERIALS else None
    text = plain(value)
    if text in {"", "-", "0"}:
        return None, False
    match = _PARTS.fullmatch(text)
    return _of_parts(match, today) if match else None


def _of_parts(match: re.Match[str], today: date) -> Dated | None:
    first, middle, last = match.groups()
    month = int(middle) if middle.isdigit() else _MONTHS.get(middle.casefold(), 0)
    if len(first) == 4:  # noqa: PLR2004  # a year
        return _within(_made(int(first), month, int(last)), today)
    year = _year(last, today)
    day = int(first)
    if month > 12 >= day and middle.isdigit():  # noqa: PLR2004  # months
        turned = _within(_made(year, day, month), today)
        return (turned[0], True) if turned else None
    return _within(_made(year, month, day), today)


def _year(text: str, today: date) -> int:
    if len(text) > 2:  # noqa: PLR2004  # a year with its century
        return int(text)
    year = 2000 + int(text)
    return year if year <= today.year else year - 100


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _within(found: date | None, today: date) -> Dated | None:
    return (found, False) if found is not None and _EARLIEST <= found <= today else None


def read_sex(value: object) -> str | None:
    """``L``, ``P``, ``""`` where nothing is said; None where it cannot be read."""
    text = _LETTERS.sub("", plain(value).casefold())
    if not text:
        return ""
    return "L" if text in _MALE else "P" if text in _FEMALE else None


def read_flag(value: object) -> bool | None:
    """Yes or no; None where it cannot be read. An empty cell is a no."""
    text = plain(value).casefold().replace(" ", "")
    return True if text in _YES else False if text in _NO else None


def read_desil(value: object) -> int | None:
    """0 to 10; -1 where nothing is said, None where it is no decile."""
    text = plain(value)
    if text in {"", "-"}:
        return -1
    match = _DESIL.fullmatch(text)
    found = int(match[1]) if match else MOST_DESIL + 1
    return found if found <= MOST_DESIL else None


def remembered(read: Callable[..., object], most: int) -> Callable[..., object]:
    """Keep what was read of texts: a list says the same few things again and again."""
    known: dict[object, object] = {}

    def reading(value: object, *more: object) -> object:
        if type(value) is not str:
            return read(value, *more)
        found = known.get(value, known)
        if found is known:
            found = read(value, *more)
            if len(known) < most:
                known[value] = found
        return found

    return reading
