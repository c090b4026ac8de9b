"""One key for the many spellings of a name, for search and for matching; never shown.

The rules, in order; the same text always gives the same key:

1. accents, letter case, apostrophes and other punctuation go (``Mu'min`` = ``Mumin``);
2. titles before the name go (``H.``, ``Hj.``, ``Drs.``, ``KH`` …), again and again;
3. degrees after it go: every known one after the first comma, dotted ones after the first word (``S.Pd``),
   and at the end those that are no name (``SPd``, ``SKom``). ``SE``, ``SH``, ``ST`` without dot or comma
   stay: they may be names;
4. ``bin``, ``binti`` and the like go, the father's name stays;
5. the spellings of Muhammad become one;
6. old spelling becomes new (``oe`` u, ``dj`` j, ``tj`` c) doubled letters single (``Djoemmat`` = ``Jumat``).

If that leaves nothing (a man whose only name is ``Haji``), the tidied text itself is the key.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_APOSTROPHES: Final = re.compile(r"['`\u2018\u2019\u02bc\u02bb\u02bf]")
_NO_LETTER: Final = re.compile(r"[^\w.,]+|_+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_OLD: Final = (("oe", "u"), ("dj", "j"), ("tj", "c"))
_TITLES: Final = _listed(
    "h hj haji hajah hajjah drs dra dr drg drh ir prof kh ky kyai kiai ust ustad ustaz ustadz ustadzah",
    "tgk tengku tk tuan bpk bapak ibu sdr sdri sdra alm almh nn tn ny an r rr rd",
)
_DEGREES: Final = _listed(
    "amd amdkeb amdkep amk apt sag sakun sap sds sei se sfarm sgz sh shi shum si sik sip sked skep skg skh",
    "skm skom sp spd spdi spi spsi spt ss ssi ssos ssosi sst st stp strkeb strkep str ners ma mag mba mh",
    "mhum mkes mkom mm mp mpd mpdi msc msi mt phd spog spa bba ba bsc bsw hc",
)
_NEVER_A_NAME: Final = _listed(
    "amd amdkeb amdkep sakun sfarm shum sked skep skm skom spd spdi spsi ssos ssosi strkeb strkep mhum mkes",
    "mkom mpd mpdi phd spog",
)
_PARTICLES: Final = _listed("bin binti binte bt bte ibn")
_MUHAMMAD: Final = _listed(
    "muh moh mohd muhd mhd moch much mochd muhammad muhamad mohammad mohamad mohammed mohamed muhammed",
    "mochammad mochamad muchammad muchamad",
)


def name_key(text: str) -> str:
    """Return the key of a name: lower-case words with single spaces; ``""`` without letter or digit."""
    return _quick(text) or _careful(text)


def _quick(text: str) -> str:
    """The key of a name of plain letters without titles, as most are: a list of a million waits for it."""
    words = text.lower().split() if text.isascii() and text.replace(" ", "").isalpha() else ()
    if not words or words[0] in _TITLES or words[-1] in _NEVER_A_NAME:
        return ""
    return " ".join(filter(None, map(_kept, words)))


@lru_cache(maxsize=20_000)
def _kept(word: str) -> str:
    return "" if word in _PARTICLES else _spell(word)


def _careful(text: str) -> str:
    flat = _flatten(text)
    name, _, after = flat.partition(",")
    words = _without_titles(_pieces(name))
    words += [word for part in after.replace(",", " ").split() for word in _piece(part, _DEGREES)]
    kept = [_spell(word) for word in words if word not in _PARTICLES]
    if not kept:
        kept = [_spell(word) for word in flat.replace(".", " ").replace(",", " ").split()]
    return " ".join(kept)


def name_words(text: str) -> tuple[str, ...]:
    """Return the distinct words of the key in alphabetical order, for matching that ignores their order."""
    return tuple(sorted(set(name_key(text).split())))


def _flatten(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NO_LETTER.sub(" ", _APOSTROPHES.sub("", bare)).strip()


def _pieces(name: str) -> list[str]:
    """Split a name into words; a dotted degree is dropped, except as the first word: it may be initials."""
    found: list[str] = []
    for place, part in enumerate(name.split()):
        dropped = _DEGREES - _TITLES if place and "." in part else frozenset()
        found += _piece(part, dropped)
    return found


def _piece(part: str, dropped: frozenset[str]) -> list[str]:
    if part.replace(".", "") in dropped:
        return []
    return [piece for piece in part.split(".") if piece]


def _without_titles(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _TITLES:
        start += 1
    while end > start + 1 and words[end - 1] in _NEVER_A_NAME:
        end -= 1
    return words[start:end]


def _spell(word: str) -> str:
    if word in _MUHAMMAD:
        return "muhamad"
    for old, new in _OLD:
        word = word.replace(old, new)
    return _DOUBLED.sub(r"\1", word)
