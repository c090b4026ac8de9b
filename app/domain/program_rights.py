"""Who may set something of a programme for a regency: its agency, or the regency itself."""

from app.domain.access import Actor, Permission, covers
from app.domain.access.actors import forbidden
from app.domain.knowledge import Knowledge
from app.domain.programs import Program


def require_voice(
    known: Knowledge, actor: Actor, program: Program, regency: str, permission: Permission
) -> None:
    """Let whoever speaks for *program* in *regency* pass.

    That is the agency that runs it there, wherever it sits; and the regency itself for the bodies of its own
    and for those that it answers for by proxy.

    Raises:
        Forbidden: it is another's programme.
    """
    owner = known.agency(program.agency, regency)
    if owner is not None:
        if permission in actor.permissions_for(owner.code, regency):
            return
        if (covers(regency, owner.region) or owner.by_proxy) and actor.has(permission, regency):
            return
    raise forbidden(permission)
