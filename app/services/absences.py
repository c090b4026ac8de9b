"""Leave: recorded by whoever leads the team, or by a head for herself; meanwhile her rung is empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import absences as stored
from app.db.queries import events, team
from app.db.queries.accounts import find_account
from app.db.queries.acting import Acting
from app.db.tables.hands import Absence
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.hands import AccountAway, AccountBack
from app.domain.hands import is_below

LONGEST: Final = timedelta(days=731)
"""Leave of a known end; whoever is gone for longer has left, and her end is open."""


@dataclass(frozen=True, slots=True)
class NewAbsence:
    tenant: str
    account_id: UUID
    from_on: date
    to_on: date | None
    reason: str
    deputy_id: UUID | None


@dataclass(frozen=True, slots=True)
class Shown:
    absence: Absence
    name: str
    deputy: str | None


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Shown]
    more: bool
    count: int | None


async def record(acting: Acting, new: NewAbsence) -> Shown:
    """Record leave of somebody in the actor's team.

    Raises:
        Invalid: an unknown account or reason, days that end before they begin, or a deputy who is away too.
        Forbidden: the account is nobody of the actor's team.
        Conflict: leave of these days is recorded already.
    """
    await _require_mine(acting, new.tenant, new.account_id, pointer="/account")
    # One after the other: two records of the same days must meet.
    await find_account(acting.tx, new.tenant, new.account_id, for_update=True)
    _check_days(acting, new)
    absence = Absence(
        regency_code=new.tenant,
        id=acting.new_id(),
        account_id=new.account_id,
        from_on=new.from_on,
        to_on=new.to_on,
        reason=new.reason,
        deputy_id=new.deputy_id,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        ended_at=None,
    )
    if await stored.overlapping(acting.tx, absence) is not None:
        raise Conflict(
            "already_absent",
            "Ketidakhadiran pada hari-hari itu sudah tercatat. Akhiri dahulu yang lama.",
            "Leave on these days is recorded already. End that one first.",
        )
    await _check_deputy(acting, new)
    acting.tx.add(absence)
    await acting.tx.flush()
    away = AccountAway(
        thing_id=new.account_id,
        absence_id=absence.id,
        from_on=new.from_on,
        to_on=new.to_on,
        deputy_id=new.deputy_id,
    )
    await _tell(acting, absence, away)
    return await _shown(acting, absence)


async def end(acting: Acting, tenant: str, absence_id: UUID) -> Shown:
    """Let the leave end now: from this instant she is on duty again.

    Raises:
        NotFound: there is none of anybody in the actor's team.
        Conflict: it ended before.
    """
    absence = await find(acting, tenant, absence_id, for_update=True)
    today = acting.today(tenant)
    if absence.ended_at is not None or (absence.to_on is not None and absence.to_on < today):
        raise Conflict("already_ended", "Ketidakhadiran ini sudah berakhir.", "This leave has ended already.")
    absence.ended_at = acting.now
    await acting.tx.flush()
    await _tell(acting, absence, AccountBack(thing_id=absence.account_id, absence_id=absence.id))
    return await _shown(acting, absence)


async def find(acting: Acting, tenant: str, absence_id: UUID, *, for_update: bool = False) -> Absence:
    """Return leave of somebody in the actor's team.

    Raises:
        NotFound: there is none.
    """
    acting.actor.require_ever(Permission.TEAM_MANAGE)
    absence = await stored.find(acting.tx, tenant, absence_id, for_update=for_update)
    if absence is None or absence.account_id not in await _team(acting, tenant):
        raise NotFound
    return absence


async def listed(
    acting: Acting,
    tenant: str,
    on: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
    *,
    count: bool = False,
) -> Page:
    """Return the leave of the actor's team, newest first."""
    wanted = stored.Wanted(tenant, await _team(acting, tenant), on)
    rows = await stored.listed(acting.tx, wanted, after, limit + 1)
    names = await team.names(
        acting.tx, tenant, [one for row in rows for one in (row.account_id, row.deputy_id)]
    )
    total = await stored.counted(acting.tx, wanted) if count else None
    return Page([_named(row, names) for row in rows[:limit]], len(rows) > limit, total)


async def _team(acting: Acting, tenant: str) -> set[UUID]:
    """Return whose leave the actor looks after: those who work for her, and herself."""
    people = await team.members(acting.tx, tenant, acting.today(tenant))
    grants, me = acting.actor.grants, acting.actor.account_id
    return {
        account
        for account, one in people.items()
        if account == me or (team.reaches(acting.actor, one) and is_below(one.actor.grants, grants))
    }


async def _require_mine(acting: Acting, tenant: str, account_id: UUID, *, pointer: str) -> None:
    people = await team.members(acting.tx, tenant, acting.today(tenant), [account_id])
    member = people.get(account_id)
    actor = acting.actor
    if account_id == actor.account_id:
        actor.require_ever(Permission.TEAM_MANAGE)
        return
    if member is None or not team.reaches(actor, member):
        actor.require(Permission.TEAM_MANAGE, tenant)
        raise _unknown(pointer)
    if not is_below(member.actor.grants, actor.grants):
        raise Forbidden(
            "not_in_your_team",
            "Petugas ini bukan bawahan Anda.",
            "This officer does not work for you.",
        )


def _check_days(acting: Acting, new: NewAbsence) -> None:
    if not acting.known.knows("absence_reason", new.reason):
        raise Invalid(
            fields=(
                FieldError(
                    "/reason",
                    "unknown_code",
                    "Kode ini tidak dikenal; lihat /v1/codes.",
                    "Unknown code; see /v1/codes.",
                ),
            )
        )
    last = new.to_on
    if last is None or timedelta(0) <= last - new.from_on <= LONGEST:
        return
    raise Invalid(
        fields=(
            FieldError(
                "/to",
                "bad_days",
                "Hari terakhir tidak boleh sebelum hari pertama, paling lama dua tahun.",
                "The last day must not be before the first, and two years later at most.",
            ),
        )
    )


async def _check_deputy(acting: Acting, new: NewAbsence) -> None:
    if new.deputy_id is None:
        return
    first = max(new.from_on, acting.today(new.tenant))
    people = await team.members(acting.tx, new.tenant, first, [new.deputy_id])
    deputy = people.get(new.deputy_id)
    fit = deputy is not None and deputy.active and deputy.leave is None and bool(deputy.actor.grants)
    if not fit or new.deputy_id == new.account_id:
        raise Invalid(
            fields=(
                FieldError(
                    "/deputy",
                    "cannot_stand_in",
                    "Pengganti harus petugas aktif lain yang bertugas pada hari itu.",
                    "The deputy must be another active officer who is on duty that day.",
                ),
            )
        )


def _unknown(pointer: str) -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                pointer,
                "unknown_account",
                "Akun ini bukan petugas di wilayah Anda.",
                "This account is no officer in your area.",
            ),
        )
    )


async def _tell(acting: Acting, absence: Absence, happened: Event) -> None:
    stream = events.OtherStream(absence.regency_code, absence.account_id, "account")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def _shown(acting: Acting, absence: Absence) -> Shown:
    ids = [absence.account_id, absence.deputy_id]
    return _named(absence, await team.names(acting.tx, absence.regency_code, ids))


def _named(absence: Absence, names: dict[UUID, str]) -> Shown:
    deputy = names.get(absence.deputy_id) if absence.deputy_id else None
    return Shown(absence, names.get(absence.account_id, ""), deputy)
