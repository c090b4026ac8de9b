"""Whom a complaint means: the accounts, cadres, desks and village offices behind what it names.

A complaint about a village's programme counts as about the village office, hence its head. About the
secretariat it names the desk ``secretariat``. Whoever is meant is kept out of the case in every office that
he holds, so it is asked of the whole of him, not of the one office that was complained of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from app.domain.access import About, ClosedTo
from app.domain.cases import AboutGiven
from app.domain.codes import AboutKind, Holder, Level
from app.domain.ids import parse_public_id
from app.domain.knowledge import Knowledge

SECRETARIAT: Final = Holder.SECRETARIAT.value


@dataclass(frozen=True, slots=True)
class Meant:
    """What a complaint names, by the kind of thing in which its people are looked up."""

    about: tuple[About, ...] = ()
    cadres: tuple[UUID, ...] = ()
    desks: tuple[UUID, ...] = ()
    villages: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[UUID, ...]:
        """The accounts that are known by now, each once, in order."""
        return tuple(sorted({item.account_id for item in self.about if item.account_id is not None}))

    @property
    def has_others(self) -> bool:
        """Whether there is somebody to look up besides accounts."""
        return bool(self.cadres or self.desks or self.villages)

    def with_accounts(self, found: Iterable[UUID]) -> "Meant":
        """Return the same with the accounts of those whom it means, each as complained of himself."""
        more = (About(AboutKind.ACCOUNT, account) for account in sorted(set(found) - set(self.accounts)))
        return replace(self, about=(*self.about, *more))


def meant_by(known: Knowledge, given: Sequence[AboutGiven], regency: str, village: str) -> Meant:
    """Read what a complaint of *village* names; an id of another regency means nobody here."""
    about = tuple(_about(known, item, regency) for item in given)
    villages = {item.ref for item in given if item.kind is AboutKind.VILLAGE_OFFICE and item.ref}
    if any(item.level is Level.DESA for item in about):
        villages.add(village)
    return Meant(
        about,
        _ids(given, AboutKind.CADRE, regency),
        _ids(given, AboutKind.DESK, regency),
        tuple(sorted(villages)),
    )


def readers_of(
    meant: Meant, closed_to: ClosedTo | None, inspectorate: UUID | None
) -> tuple[tuple[UUID, str], ...]:
    """Return account and standing: those meant are kept out; the inspectorate is named on its own cases."""
    found = [(account, "kept_out") for account in meant.accounts]
    if closed_to is ClosedTo.INSPECTORATE and inspectorate is not None and inspectorate not in meant.accounts:
        found.append((inspectorate, "named"))
    return tuple(found)


def _about(known: Knowledge, item: AboutGiven, regency: str) -> About:
    program = known.programs.get(item.ref) if item.kind is AboutKind.PROGRAM and item.ref else None
    account = _id(item, regency) if item.kind is AboutKind.ACCOUNT else None
    code = item.ref
    if item.kind is AboutKind.DESK:
        code = SECRETARIAT if item.ref == SECRETARIAT else Holder.DESK.value
    return About(item.kind, account, code, Level(program.level) if program else None)


def _ids(given: Iterable[AboutGiven], kind: AboutKind, regency: str) -> tuple[UUID, ...]:
    found = (_id(item, regency) for item in given if item.kind is kind)
    return tuple(id_ for id_ in found if id_ is not None)


def _id(item: AboutGiven, regency: str) -> UUID | None:
    named = parse_public_id(item.ref) if item.ref else None
    return named.id if named and named.tenant == regency else None
