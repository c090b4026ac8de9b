"""How letters read: the regency's own templates over the nation's. One is never edited, a new one follows."""

from collections.abc import Sequence

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.letters import last_template, list_templates
from app.db.tables.papers import LetterTemplate
from app.domain.access import Permission
from app.domain.events.letters import LetterTemplateAdded
from app.domain.letters import Template, check_template


async def add_template(acting: Acting, tenant: str, new: Template) -> LetterTemplate:
    """Put a template in force from now on; letters that were drafted keep the one that they had.

    Raises:
        Forbidden: the actor sets no policy there.
        Invalid: a placeholder is not known, or the number would not be one.
    """
    acting.actor.require(Permission.POLICY_MANAGE, tenant)
    check_template(new)
    n = await last_template(acting.tx, tenant, new.kind.value) + 1
    row = LetterTemplate(
        regency_code=tenant,
        id=acting.new_id(),
        kind=new.kind.value,
        n=n,
        title=new.title,
        body=new.body,
        number_format=new.number_format,
        valid_days=new.valid_days,
        active=True,
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    added = LetterTemplateAdded(thing_id=row.id, letter_kind=row.kind, number=n)
    stream = events.OtherStream(tenant, row.id, "letter_template")
    await events.append(
        acting.tx, stream, [added], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    return row


async def templates_of(acting: Acting, tenant: str) -> Sequence[LetterTemplate]:
    """Return the regency's templates and the nation's, the newest of each kind first."""
    return await list_templates(acting.tx, tenant)
