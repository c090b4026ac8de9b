"""Letters of the secretariat: their states, what they say, their numbers, and what they are worth."""

from app.domain.letters.codes import RANDOM_BITS, LetterCode, make_code, parse_code
from app.domain.letters.states import (
    LONGEST_LINK_DAYS,
    PERMISSION,
    STEPS,
    LetterAction,
    LetterKind,
    LetterState,
    LetterStep,
    allowed_actions,
    decide,
)
from app.domain.letters.templates import (
    FIELDS,
    LAID_OUT,
    LONGEST_VALIDITY_DAYS,
    Template,
    check_fields_given,
    check_template,
    day_in_words,
    fields_of,
    fill,
    fill_body,
    number_of,
)
from app.domain.letters.verdicts import Verdict, initials, judge

__all__ = [
    "FIELDS",
    "LAID_OUT",
    "LONGEST_LINK_DAYS",
    "LONGEST_VALIDITY_DAYS",
    "PERMISSION",
    "RANDOM_BITS",
    "STEPS",
    "LetterAction",
    "LetterCode",
    "LetterKind",
    "LetterState",
    "LetterStep",
    "Template",
    "Verdict",
    "allowed_actions",
    "check_fields_given",
    "check_template",
    "day_in_words",
    "decide",
    "fields_of",
    "fill",
    "fill_body",
    "initials",
    "judge",
    "make_code",
    "number_of",
    "parse_code",
]
