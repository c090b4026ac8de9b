"""What each cell of the authorization matrix must say, for one route and one kind of person."""

from app.domain.access import Role
from tests.support.personas import ANONYMOUS, EXPIRED, LINK_HOLDER, RECEIVERS, RESIDENT, REVOKED, Kind
from tests.support.rights import (
    ABSENT,
    ANYBODY,
    DESKS,
    DRAFTERS,
    FORBIDDEN,
    INTAKE,
    LINKED,
    OFFERED,
    OK,
    ORGANISED,
    PLEDGED,
    PUBLIC,
    REFERRALS,
    REGISTERED,
    REGISTRY_READERS,
    REPORTED,
    RULES,
    SEERS,
    TRACKED,
    UNKNOWN,
    WHOLE,
    R,
    Rule,
)


def expected(name: str, kind: Kind) -> str:
    """Return the one answer of a cell: ``ok`` is everything that is no matter of rights."""
    about = RULES[name]
    if about.kind == PUBLIC:
        return OK
    if kind in {ANONYMOUS, REVOKED}:
        return UNKNOWN
    for theirs, who in ((TRACKED, RESIDENT), (LINKED, LINK_HOLDER)):
        if about.kind == theirs or kind == who:
            return OK if about.kind == theirs and kind == who else FORBIDDEN
    if about.kind == ANYBODY:
        return OK
    return _for_officers(about, kind)


def _for_officers(about: Rule, kind: Kind) -> str:
    role = None if kind == EXPIRED else Role(kind.role)
    here = kind.relation in {"own", "nation"} and kind != EXPIRED
    may = role in about.who
    receives = role in RECEIVERS and kind.relation == "receiver"
    provides = about.providers and receives and role is R.AGENCY_OFFICER
    match about.kind:
        case "listed" | "whole":
            part = about.kind == WHOLE and kind.relation in {"other_village", "other_district"}
            return OK if may and not part else FORBIDDEN
        case "placed":
            return OK if (may and here) or (about.receivers and receives) or provides else FORBIDDEN
        case "booked":
            return (OK if here else ABSENT) if may else FORBIDDEN
        case "campaigns" | "organised":
            return _for_campaigns(about, kind, here=may and here)
        case "desks" | "watched":
            return OK if (may and here) or provides else (FORBIDDEN if about.kind == DESKS else ABSENT)
        case _:
            return _for_readers(about, kind, may=may, here=here)


def _for_readers(about: Rule, kind: Kind, *, may: bool, here: bool) -> str:
    if about.kind == REGISTERED:
        return _for_registry(about, kind, here=here)
    if about.kind in {OFFERED, PLEDGED, REPORTED}:
        seers = DRAFTERS | ({R.DONOR} if about.kind == OFFERED else set())
        sees = here and kind != EXPIRED and Role(kind.role) in seers
        return (OK if may else FORBIDDEN) if sees else ABSENT
    return _for_seers(about, kind, may=may, sees=here and kind != EXPIRED and Role(kind.role) in SEERS)


def _for_registry(about: Rule, kind: Kind, *, here: bool) -> str:
    near = here or (kind.relation in {"other_village", "other_district"} and kind != EXPIRED)
    if not near or kind == EXPIRED or Role(kind.role) not in REGISTRY_READERS:
        return ABSENT
    # Whoever reads a part of the regency reads what is known of that part, and nobody's changes or rows.
    whole = here or about.who == REGISTRY_READERS
    return OK if Role(kind.role) in about.who and whole else FORBIDDEN


def _for_seers(about: Rule, kind: Kind, *, may: bool, sees: bool) -> str:
    if about.kind == REFERRALS and kind.relation == "receiver" and kind.role in RECEIVERS:
        return OK if about.receivers else FORBIDDEN
    return (OK if may else FORBIDDEN) if sees else ABSENT


def _for_campaigns(about: Rule, kind: Kind, *, here: bool) -> str:
    organises = kind == Kind(R.AGENCY_OFFICER, "receiver")
    if here or (organises and (about.receivers or about.kind == ORGANISED)):
        return OK
    if about.kind == ORGANISED or organises:
        return FORBIDDEN
    near = kind.relation in {"own", "nation", "other_village", "other_district"} and kind != EXPIRED
    if not near or Role(kind.role) not in INTAKE:
        return ABSENT
    # What names nobody is read wherever in the regency one has a part in campaigns.
    return OK if about.who == INTAKE else FORBIDDEN
