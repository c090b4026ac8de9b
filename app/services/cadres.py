"""The register of cadres (PSKS): who is appointed where, for how long, and how much they can carry."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries import cadres as stored
from app.db.queries import events
from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.tables.places import Cadre
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.hands import CadreChanged, CadreRegistered
from app.domain.ids import tenant_of

MANAGE = Permission.TEAM_MANAGE


@dataclass(frozen=True, slots=True)
class NewCadre:
    pillar: str
    name: str
    area: str
    appointed_on: date
    ends_on: date | None
    capacity: int | None
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is None stays."""

    name: str | None = None
    area: str | None = None
    ends_on: date | None = None
    capacity: int | None = None
    account_id: UUID | None = None
    active: bool | None = None


async def register(acting: Acting, new: NewCadre) -> Cadre:
    """Add a cadre to the regency that her area lies in.

    Raises:
        Forbidden: the actor looks after no team there.
        Invalid: an unknown pillar or area, an end before the beginning, or an account that is none of hers.
    """
    acting.actor.require(MANAGE, new.area)
    regency = tenant_of(new.area)
    if not acting.known.knows("psks_pillar", new.pillar):
        raise _wrong("/pillar", "unknown_code", "Pilar PSKS ini tidak dikenal.", "No such PSKS pillar.")
    cadre = Cadre(
        regency_code=regency,
        id=acting.new_id(),
        pillar=new.pillar,
        name=new.name,
        area_code=new.area,
        account_id=None,
        capacity=new.capacity,
        appointed_on=new.appointed_on,
        ends_on=new.ends_on,
        active=True,
        version=1,
    )
    _check(acting, cadre)
    await _give_account(acting, cadre, new.account_id)
    acting.tx.add(cadre)
    await acting.tx.flush()
    await _tell(acting, cadre, CadreRegistered(thing_id=cadre.id, pillar=new.pillar, area=new.area))
    return cadre


async def lock_cadre(acting: Acting, regency: str, cadre_id: UUID) -> Cadre:
    """Lock a cadre's row for a change.

    Raises:
        NotFound: there is none.
        Forbidden: the actor looks after no team there.
    """
    cadre = await stored.find(acting.tx, regency, cadre_id, for_update=True)
    if cadre is None:
        raise NotFound
    acting.actor.require(MANAGE, cadre.area_code)
    return cadre


async def change(acting: Acting, cadre: Cadre, changes: Changes) -> Cadre:
    """Change what *changes* names; the row is locked by the caller. Raises as `register` does."""
    changed = _apply(cadre, changes)
    acting.actor.require(MANAGE, cadre.area_code)
    _check(acting, cadre)
    if changes.account_id is not None and changes.account_id != cadre.account_id:
        await _give_account(acting, cadre, changes.account_id)
        changed.append("account")
    if changed:
        cadre.version += 1
        await acting.tx.flush()
        await _tell(acting, cadre, CadreChanged(thing_id=cadre.id, changed=tuple(changed)))
    return cadre


def _apply(cadre: Cadre, changes: Changes) -> list[str]:
    """Set what differs; return the names of the fields."""
    before = _told(cadre)
    cadre.name = changes.name or cadre.name
    cadre.area_code = changes.area or cadre.area_code
    cadre.ends_on = changes.ends_on or cadre.ends_on
    cadre.capacity = cadre.capacity if changes.capacity is None else changes.capacity
    cadre.active = cadre.active if changes.active is None else changes.active
    after = _told(cadre)
    return [name for name in after if after[name] != before[name]]


def _told(cadre: Cadre) -> dict[str, object]:
    return {
        "name": cadre.name,
        "area": cadre.area_code,
        "ends_on": cadre.ends_on,
        "capacity": cadre.capacity,
        "active": cadre.active,
    }


def _check(acting: Acting, cadre: Cadre) -> None:
    area = cadre.area_code
    if area not in acting.known.regions or area.count(".") < 1 or tenant_of(area) != cadre.regency_code:
        raise _wrong(
            "/area",
            "other_regency",
            "Wilayah tugas harus di kabupaten/kota yang sama.",
            "The area must lie in the regency.",
        )
    if cadre.ends_on is not None and cadre.ends_on < cadre.appointed_on:
        raise _wrong(
            "/ends_on",
            "before_appointment",
            "Masa tugas tidak boleh berakhir sebelum dimulai.",
            "The appointment must not end before it begins.",
        )


async def _give_account(acting: Acting, cadre: Cadre, account_id: UUID | None) -> None:
    """One account is one person's: two cadres never share it."""
    if account_id is None:
        return
    account = await find_account(acting.tx, cadre.regency_code, account_id)
    taken = await stored.with_account(acting.tx, cadre.regency_code, account_id)
    if account is None or not account.active or account.kind != "officer" or taken is not None:
        raise _wrong(
            "/account",
            "unknown_account",
            "Akun ini tidak ada, tidak aktif, atau sudah milik kader lain.",
            "No such active account, or another cadre has it.",
        )
    cadre.account_id = account_id


async def _tell(acting: Acting, cadre: Cadre, happened: Event) -> None:
    stream = events.OtherStream(cadre.regency_code, cadre.id, "cadre")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


def _wrong(pointer: str, code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, indonesian, english),))
