"""Persons on record: found before they are made, with their numbers; merged and split; claims decided."""

from app.services.people.candidates import Candidate, Sought, Typed, find_candidates, read_sought
from app.services.people.tools import Tools

__all__ = ["Candidate", "Sought", "Tools", "Typed", "find_candidates", "read_sought"]
