"""What a request leaves in the access log: reads of personal data, refusals, log-ins. Codes and ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request

from app.api.errors import request_id
from app.domain.access import Actor
from app.domain.codes import ActorKind
from app.domain.errors import DeskError, Forbidden, NotFound, Unauthenticated
from app.domain.ids import NATION, parse_public_id
from app.domain.tickets import Ticket, parse_ticket
from app.services.access_log import AccessEntry

_SUBJECT: Final = "subject"
_RECORDED: Final = "access_recorded"
ASKED_AT: Final = "asked_at"
"""Where the frame keeps the instant at which it began to look at who asks."""


@dataclass(frozen=True, slots=True)
class Noted:
    action: str
    subject_kind: str
    result: str
    subject_id: UUID | None = None
    tenant: str | None = None
    purpose: str | None = None


def note(request: Request, noted: Noted, now: datetime) -> None:
    """Leave an entry; it is written within a second."""
    request.app.state.house.access_log.note(_entry(request, noted, now))


async def record(request: Request, noted: Noted, now: datetime) -> None:
    """Leave an entry that is stored before this returns; the frame leaves no second one of a success.

    Raises:
        Unavailable: it could not be stored, so what it tells of must not happen.
    """
    await request.app.state.house.access_log.record(_entry(request, noted, now))
    request.scope[_RECORDED] = True


def _entry(request: Request, noted: Noted, now: datetime) -> AccessEntry:
    actor: Actor | None = request.scope.get("actor")
    case = _case_in_path(request)
    return AccessEntry(
        regency_code=noted.tenant or (case.tenant if case else actor.tenant if actor else NATION),
        at=now,
        # Whoever shows no valid token is counted as the system's own entry: there is nobody to name.
        actor_kind=actor.kind if actor else ActorKind.SYSTEM,
        actor_id=(actor.account_id or actor.link_id) if actor else None,
        action=noted.action,
        subject_kind=noted.subject_kind,
        subject_id=noted.subject_id,
        ticket=case.text if case else None,
        result=noted.result,
        request_id=request_id(request),
        purpose=noted.purpose,
    )


def name_subject(request: Request, kind: str, tenant: str, subject_id: UUID) -> None:
    """Tell the frame whom or what this request reads, where the path does not say it by a public id."""
    request.scope[_SUBJECT] = (kind, tenant, subject_id)


def note_outcome(request: Request, action: str, error: DeskError | None, *, personal: bool) -> None:
    """Note a read of personal data, and each refusal: who is not let in must show as well as who is.

    A 404 counts as a refusal on personal data only: it may mean "not in your scope".
    """
    now = request.scope.get(ASKED_AT)
    refused = isinstance(error, Unauthenticated | Forbidden) or (personal and isinstance(error, NotFound))
    read = personal and error is None and _RECORDED not in request.scope
    if not isinstance(now, datetime) or not (refused or read):
        return
    kind, tenant, id_ = request.scope.get(_SUBJECT) or _from_path(request)
    result = error.code if error is not None else "ok"
    note(request, Noted(action, kind, result, id_, tenant), now)


def _from_path(request: Request) -> tuple[str, str | None, UUID | None]:
    for name, value in request.path_params.items():
        found = parse_public_id(str(value))
        if found is not None:
            return name.removesuffix("_id"), found.tenant, found.id
    return ("case" if _case_in_path(request) else "route"), None, None


def _case_in_path(request: Request) -> Ticket | None:
    found = parse_ticket(str(request.path_params.get("ticket", "")))
    return found if isinstance(found, Ticket) else None
