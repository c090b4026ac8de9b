"""Keeping a file: what is asked before its bytes are looked at, and the transaction that makes it the case's.

The object lies in the store before this transaction begins; if it fails, the object is nobody's and is swept.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.db.queries import attachments as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import PAPER_DUE, Move, close_tasks, finish, open_move
from app.db.queries.texts import data_key
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.attachments import ENDINGS, Clean, Quota, clean_name, over_quota
from app.domain.errors import FieldError, Invalid, TooMany
from app.domain.events.attachments import AttachmentAdded
from app.domain.paper_checklist import checklist, missing, wishes_of
from app.domain.referrals import LIVE, ReferralStatus

_DAY = timedelta(days=1)
_QUOTA = {"case_files": 60, "case_bytes": 200_000_000, "account_bytes_a_day": 500_000_000}
_FORMATS = {"jpg": "jpeg", "pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a file."""

    size: int
    """Bytes."""
    paper: str | None = None
    visit_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that takes the file: its tenant, and its data key, opened."""

    tenant: str
    case_id: UUID
    key: Any


@dataclass(frozen=True, slots=True)
class New:
    """A file that was cleaned and lies in the store."""

    id: UUID
    object_key: str
    sha256: bytes
    clean: Clean
    stored_bytes: int


async def ready(acting: Acting, case: Case, given: Given) -> Ready:
    """Judge all that can be judged before the bytes.

    Raises:
        Invalid: an unknown paper, a visit that is not of this case, or a quota that is used up.
        TooMany: the account has sent as much as it may in a day.
        Conflict: the case's person was erased.
    """
    await _check(acting, case, given)
    await check_quota(acting, case, given.size)
    return await opened(acting, case)


async def opened(acting: Acting, case: Case) -> Ready:
    """Open the case's data key.

    Raises:
        Conflict: the case's person was erased.
    """
    key = await data_key(acting.tx, acting.vault, case.regency_code, case.data_key_id)
    return Ready(case.regency_code, case.id, key)


async def keep(acting: Acting, case: Case, given: Given, new: New) -> Attachment:
    """Make a file in the store one of the case, which the caller has locked.

    What shows the same for the same purpose is kept once: that one is returned, and *new* stays unused.
    """
    move = await open_move(acting, case)
    row = new_row(acting, case, given, new.id)
    twin = await stored.twin_of(acting.tx, case, new.sha256, row)
    if twin is not None:
        return twin
    await check_quota(acting, case, given.size)
    seal_name(acting, move.key, row, given.name)
    acting.tx.add(row)
    await make_stored(move, row, new)
    await finish(move)
    return row


def new_row(acting: Acting, case: Case, given: Given, id_: UUID) -> Attachment:
    return Attachment(
        regency_code=case.regency_code,
        id=id_,
        case_id=case.id,
        visit_id=given.visit_id,
        paper=given.paper,
        state=stored.UPLOADING,
        refusal=None,
        media_type=None,
        declared_bytes=given.size,
        received_bytes=0,
        parts=[],
        stored_bytes=None,
        sha256=None,
        width=None,
        height=None,
        pages=None,
        object_key=None,
        name_sealed=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        stored_at=None,
        deleted_at=None,
    )


def seal_name(acting: Acting, key: Any, row: Attachment, name: str | None) -> None:
    """Keep what the sender calls the file: it may name a person, so it lies sealed."""
    shown = clean_name(name or "")
    if shown:
        row.name_sealed = acting.vault.seal(key, "attachments", "name", row.id, shown)


async def make_stored(move: Move, row: Attachment, new: New) -> None:
    """Give the row its object; a paper that it shows counts as held from now on."""
    row.state = stored.STORED
    row.object_key, row.sha256, row.stored_bytes = new.object_key, new.sha256, new.stored_bytes
    row.media_type = new.clean.media_type
    row.width, row.height, row.pages = new.clean.width, new.clean.height, new.clean.pages
    row.received_bytes, row.parts = row.declared_bytes, []
    row.stored_at = move.acting.now
    if row.paper is not None:
        held = stored.file_paper(move.acting.vault, move.case, move.key, row.paper)
        await _close_due(move, held)
    move.add(
        AttachmentAdded(
            case_id=move.case.id,
            attachment_id=row.id,
            format=_FORMATS[ENDINGS[new.clean.media_type]],
            paper=row.paper,
            visit_id=row.visit_id,
        )
    )


async def check_quota(acting: Acting, case: Case, coming: int) -> None:
    """Let *coming* bytes more pass.

    Raises:
        Invalid: the case holds as much as it may.
        TooMany: the account has sent as much as it may in a day.
    """
    rule = acting.known.policy_value(case.regency_code, "attachment_quota", _QUOTA)
    quota = Quota(**{name: int(rule.get(name, value)) for name, value in _QUOTA.items()})
    used = await stored.used_by(acting.tx, case, acting.actor.account_id, acting.now - _DAY)
    over = over_quota(quota, used, coming)
    if over == "account_bytes_a_day":
        raise TooMany(
            "upload_quota",
            "Batas kiriman berkas hari ini sudah tercapai. Lanjutkan besok.",
            "Today's limit of files is reached. Go on tomorrow.",
            retry_after=timedelta(hours=1),
        )
    if over is not None:
        raise Invalid(
            "case_full",
            "Kasus ini sudah memuat berkas sebanyak batasnya. Hapus yang tidak diperlukan dahulu.",
            "This case holds as many files as it may. Delete what is not needed first.",
            data={"limit": over},
        )


async def _check(acting: Acting, case: Case, given: Given) -> None:
    wrong = []
    if given.paper is not None and not acting.known.knows("paper", given.paper):
        wrong.append(
            FieldError(
                "/paper",
                "unknown_code",
                "Kode ini tidak dikenal; lihat /v1/codes.",
                "This code is not known; see /v1/codes.",
            )
        )
    if given.visit_id is not None and not await stored.has_visit(acting.tx, case, given.visit_id):
        wrong.append(
            FieldError(
                "/visit_id",
                "unknown_visit",
                "Kunjungan ini bukan dari kasus ini.",
                "This visit is none of this case.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _close_due(move: Move, held: frozenset[str]) -> None:
    """The papers that were due later are there once nothing required of a live referral is missing."""
    case = move.case
    programs = [one.program_code for one in move.referrals if ReferralStatus(one.status) in LIVE]
    wishes = wishes_of(
        move.acting.known,
        today=move.acting.today(move.case.village_code),
        regency=case.regency_code,
        category=case.category,
        programs=programs,
        asked=(),
    )
    if not missing(checklist(wishes, held, {})):
        await close_tasks(move, PAPER_DUE)
