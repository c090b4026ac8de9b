"""Lists of persons as they really come: which column is what, and what is to be thought of each row."""

from app.domain.lists.columns import Columns
from app.domain.lists.places import Places
from app.domain.lists.profile import (
    FIELDS,
    OWN_PROFILE,
    Cells,
    Layout,
    NoHeaderError,
    Profile,
    find_layout,
    parse_profile,
)
from app.domain.lists.tidying import Tidied, Tidier, is_blank, read_kk, read_nik, retidied, tidy
from app.domain.lists.verdicts import VERDICT_OF, Reason, Verdict, verdict_of

__all__ = [
    "FIELDS",
    "OWN_PROFILE",
    "VERDICT_OF",
    "Cells",
    "Columns",
    "Layout",
    "NoHeaderError",
    "Places",
    "Profile",
    "Reason",
    "Tidied",
    "Tidier",
    "Verdict",
    "find_layout",
    "is_blank",
    "parse_profile",
    "read_kk",
    "read_nik",
    "retidied",
    "tidy",
    "verdict_of",
]
