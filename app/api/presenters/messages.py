"""Notices and messages in words: only codes are stored."""

from app.api.schemas.base import Localised
from app.api.schemas.messages import CodeOut, MessageOut, MessageTemplateOut, NoticeOut
from app.db.queries.notices import SeenNotice
from app.db.tables.messages import Message, MessageTemplate
from app.domain.ids import public_id
from app.domain.knowledge import Knowledge
from app.domain.messages import Topic


def notice_out(known: Knowledge, tenant: str, notice: SeenNotice) -> NoticeOut:
    referral = notice.referral_id if notice.case_regency else None
    return NoticeOut(
        id=public_id(tenant, notice.id),
        kind=Topic(notice.kind),
        words=Localised(id=_words(known, notice, "id"), en=_words(known, notice, "en")),
        at=notice.at,
        read_at=notice.read_at,
        ticket=notice.ticket,
        referral_id=public_id(notice.case_regency or tenant, referral) if referral else None,
        report_id=notice.data.get("report"),
    )


def _words(known: Knowledge, notice: SeenNotice, lang: str) -> str:
    """The topic, and the programme, step or outcome that the event named."""
    data = notice.data
    details = [known.label(names, data[field], lang) for field, names in _CODES if data.get(field)]
    program = known.programs.get(data.get("program", ""))
    if program is not None:
        details.insert(0, program.name.en if lang == "en" else program.name.id)
    head = known.label("notice_kind", notice.kind, lang)
    return f"{head}: {', '.join(details)}" if details else head


_CODES = (
    ("outcome", "outcome"),
    ("step", "clock_step"),
    ("pledge_state", "pledge_state"),
    ("report_kind", "periodic_report_kind"),
)


def _code(known: Knowledge, names: str, code: str) -> CodeOut:
    label = Localised(id=known.label(names, code, "id"), en=known.label(names, code, "en"))
    return CodeOut(code=code, label=label)


def message_out(known: Knowledge, message: Message) -> MessageOut:
    return MessageOut(
        id=public_id(message.regency_code, message.id),
        event=_code(known, "notice_kind", message.event),
        to=_code(known, "message_audience", message.audience),
        channel=_code(known, "message_channel", message.channel),
        language=message.language,
        state=_code(known, "message_state", message.state),
        reason=_code(known, "message_reason", message.reason) if message.reason else None,
        attempts=message.attempts,
        created_at=message.created_at,
        due_at=message.due_at,
        settled_at=message.settled_at,
        provider_ref=message.provider_ref,
    )


def template_out(row: MessageTemplate) -> MessageTemplateOut:
    return MessageTemplateOut.model_validate(
        {
            "region": row.regency_code,
            "event": row.event,
            "audience": row.audience,
            "channel": row.channel,
            "language": row.language,
            "subject": row.subject,
            "body": row.body,
            "active": row.active,
            "version": row.version,
        }
    )
