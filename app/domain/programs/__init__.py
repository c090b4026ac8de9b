"""Programmes: what an agency offers, to whom, and under which version of its rules."""

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
)
from app.domain.programs.parse import parse_program

__all__ = [
    "Benefit",
    "Component",
    "Contact",
    "Effect",
    "Exclusion",
    "FulfilledOn",
    "GoodsKind",
    "Paper",
    "Per",
    "Period",
    "Planned",
    "Program",
    "ProgramVersion",
    "Rung",
    "Standard",
    "StandardUnit",
    "covers",
    "instalments",
    "parse_program",
]
