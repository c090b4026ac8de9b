"""Programmes: what an agency offers, to whom, and under which version of its rules."""

from app.domain.programs.digest import digest_of
from app.domain.programs.instalments import Planned, instalments
from app.domain.programs.model import (
    Benefit,
    Component,
    Contact,
    Effect,
    Exclusion,
    FulfilledOn,
    GoodsKind,
    Paper,
    Per,
    Period,
    Program,
    ProgramVersion,
    Rung,
    Standard,
    StandardUnit,
    covers,
    ending,
)
from app.domain.programs.override import Bound, Override, overlaid, parse_override
from app.domain.programs.parse import parse_program
from app.domain.programs.versions import VersionAction, VersionStatus

__all__ = [
    "Benefit",
    "Bound",
    "Component",
    "Contact",
    "Effect",
    "Exclusion",
    "FulfilledOn",
    "GoodsKind",
    "Override",
    "Paper",
    "Per",
    "Period",
    "Planned",
    "Program",
    "ProgramVersion",
    "Rung",
    "Standard",
    "StandardUnit",
    "VersionAction",
    "VersionStatus",
    "covers",
    "digest_of",
    "ending",
    "instalments",
    "overlaid",
    "parse_override",
    "parse_program",
]
