"""Finding a version for whoever may know of it, and what stands against publishing it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.db.queries import program_versions as stored
from app.db.queries.acting import Acting
from app.db.tables.knowledge import Program as ProgramRow
from app.db.tables.knowledge import ProgramVersion
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.criteria import named_by_criterion
from app.domain.errors import FieldError, NotFound
from app.domain.ids import public_id
from app.domain.program_owners import Owner, may, owner_of, vocabulary_of
from app.domain.programs import VersionAction, VersionStatus, parse_program
from app.domain.programs.check import document_faults
from app.domain.programs.versions import CHECKERS, PUBLIC, decide, validity_faults

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """One version under the lock of its programme, with whose it is."""

    owner: Owner
    row: ProgramVersion
    to: VersionStatus
    """Where the step leads that it was taken up for."""

    @property
    def program(self) -> str:
        return self.row.program_code


async def see(acting: Acting, code: str, n: int) -> tuple[ProgramVersion, Owner]:
    """Return a version: a published one to everybody, a draft to whoever may write or check it.

    Raises:
        NotFound: there is none, or it is a draft of somebody else.
    """
    _, owner = await program_of(acting, code)
    row = await stored.find(acting.tx, code, n)
    if row is None or not (VersionStatus(row.status) in PUBLIC or may_see(acting, owner)):
        raise no_version()
    return row, owner


async def whose(acting: Acting, code: str) -> Owner:
    """Return whose a programme is.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    _, owner = await program_of(acting, code)
    return owner


async def require_writer(acting: Acting, code: str) -> None:
    """Let whoever writes the programme's rules pass.

    Raises:
        NotFound: there is no such programme for the actor.
        Forbidden: it is not the actor's body.
    """
    require(acting, await whose(acting, code), Permission.PROGRAM_DRAFT)


def may_take(acting: Acting, row: ProgramVersion, owner: Owner, action: VersionAction) -> bool:
    """Tell whether the actor may take a step that the version's status allows."""
    if not may(acting.actor, _needed(action), owner):
        return False
    return action is not VersionAction.PUBLISH or me(acting) not in row.makers


async def take_up(acting: Acting, code: str, n: int, action: VersionAction) -> Held:
    """Lock a version for a step.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Forbidden: the step is not the actor's.
        Conflict: the version's status does not allow it.
    """
    _, owner = await see(acting, code, n)
    require(acting, owner, _needed(action))
    await stored.lock(acting, owner.tenant, code)
    row = await stored.find(acting.tx, code, n)
    if row is None:  # pragma: no cover - versions are never deleted
        raise no_version()
    return Held(owner, row, VersionStatus(row.status))


def step(held: Held, action: VersionAction) -> Held:
    """Say where *action* leads; call it once the version that the caller read is checked."""
    return replace(held, to=decide(held.to, action))


async def faults_of(acting: Acting, row: ProgramVersion, owner: Owner) -> tuple[FieldError, ...]:
    """List what stands against publishing a draft today."""
    program = parse_program(row.document)
    others = [one for one in await stored.standing(acting.tx, row.program_code) if one.n != row.n]
    found = document_faults(row.document, program, vocabulary_of(acting.known, owner))
    validity = validity_faults(row.n, row.valid_from, others, acting.today(owner.region))
    return (*with_names(row.document, found), *validity)


def with_names(document: Document, faults: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    version = document["version"]
    criteria = version.get("criteria") if isinstance(version, dict) else None
    return named_by_criterion(criteria, "/version/criteria", faults)


async def program_of(acting: Acting, code: str) -> tuple[ProgramRow, Owner]:
    """Return a programme and whose it is; one that was never published is its own body's secret.

    Raises:
        NotFound: there is none, or it is the general one of a body.
    """
    row = await stored.find_program(acting.tx, code)
    if row is None or row.implicit:
        raise _no_program()
    owner = owner_of(acting.known, row.agency_code)
    if code not in acting.known.programs and not may_see(acting, owner):
        raise _no_program()
    return row, owner


def _needed(action: VersionAction) -> Permission:
    return Permission.PROGRAM_PUBLISH if action in CHECKERS else Permission.PROGRAM_DRAFT


def may_see(acting: Acting, owner: Owner) -> bool:
    return any(
        may(acting.actor, permission, owner)
        for permission in (Permission.PROGRAM_DRAFT, Permission.PROGRAM_PUBLISH)
    )


def require(acting: Acting, owner: Owner, permission: Permission) -> None:
    if not may(acting.actor, permission, owner):
        raise forbidden(permission)


def _no_program() -> NotFound:
    return NotFound(id="Program ini tidak ada.", en="There is no such programme.")


def no_version() -> NotFound:
    return NotFound(id="Versi ini tidak ada.", en="There is no such version.")


def me(acting: Acting) -> str:
    """The public id of whoever acts.

    Raises:
        Forbidden: nobody with an account.
    """
    account = acting.actor.account_id
    if account is None:
        raise forbidden(Permission.PROGRAM_DRAFT)
    return public_id(acting.actor.tenant, account)
