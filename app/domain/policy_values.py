"""The policies that are no clocks: which names there are, and what each may say.

A value that was checked here is read by its rule without another look, so nonsense never gets in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

from app.domain import policy_shapes as shapes
from app.domain.campaigns import is_weights
from app.domain.deliberation.quorum import is_quorum
from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid
from app.domain.periodic_reports import is_schedule


@dataclass(frozen=True, slots=True)
class Form:
    """What a value must be, and how that is said."""

    holds: shapes.Check
    said: Words
    moves_clocks: bool = False
    """Open clocks are counted anew when it changes."""


def check_value(name: str, value: object, knows: shapes.Vocabulary, pointer: str = "/value") -> None:
    """Refuse a policy that nobody reads, or a value that its reader could not use.

    Raises:
        Invalid: no such name, or a value of another form or beyond its bounds.
    """
    form = FORMS.get(name)
    if form is None:
        raise _wrong(
            "/name",
            "unknown_code",
            Words("Kebijakan dengan nama ini tidak ada.", "There is no policy of this name."),
        )
    if not form.holds(value, knows):
        raise _wrong(pointer, "wrong_value", form.said)


def _wrong(pointer: str, code: str, said: Words) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, said.id, said.en),))


def whole(least: int, most: int) -> Form:
    return Form(
        lambda value, _: shapes.is_whole(value, least, most),
        Words(f"Isi bilangan bulat {least} sampai {most}.", f"Give a whole number from {least} to {most}."),
    )


def share(least: float, most: float) -> Form:
    """A part of a whole, as a number."""
    return Form(
        lambda value, _: (
            isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        ),
        Words(f"Isi angka {least} sampai {most}.", f"Give a number from {least} to {most}."),
    )


_PROGRAM_WORDS: Final = Words(
    "Isi daftar kode program yang ada.", "Give a list of codes of existing programmes."
)

_LIMIT_WORDS: Final = Words(
    "Isi jumlah dan satuan waktu untuk tiap prioritas.",
    "Give an amount and a unit of time for each priority.",
)

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "quiet_hours": Form(
            shapes.night,
            Words(
                "Isi jam mulai dan selesai, misalnya 20:00 dan 07:00; paling lama 16 jam.",
                "Give when it begins and ends, such as 20:00 and 07:00; 16 hours at the most.",
            ),
        ),
        "retention_days": Form(
            shapes.retention,
            Words(
                "Isi hari untuk notices (mulai 30) dan messages (mulai 90); boleh juga lists (mulai 1) dan "
                "registry_rows (mulai 7). Paling lama 3650.",
                "Give days for notices (from 30) and messages (from 90); also lists (from 1) and "
                "registry_rows (from 7) if you like. 3650 at the most.",
            ),
        ),
        "registry_old_months": Form(
            lambda value, _: shapes.is_whole(value, 1, 60),
            Words("Isi jumlah bulan, 1 sampai 60.", "Give a number of months, 1 to 60."),
        ),
        "message_language": Form(
            lambda value, _: value in ("id", "en"), Words("Isi id atau en.", "Give id or en.")
        ),
        "fallback_funders": Form(
            shapes.funders,
            Words(
                "Isi program, masing-masing dengan daftar program penggantinya menurut urutan.",
                "Give programmes, each with a list of those that take over, in order.",
            ),
        ),
        "list_second_person": Form(
            shapes.second_person,
            Words(
                "Isi daftar putusan temuan yang memerlukan orang kedua.",
                "Give a list of decisions on findings that need a second person.",
            ),
        ),
        "reminder_share": replace(share(0.1, 0.95), moves_clocks=True),
        "escalation_every": Form(shapes.limits, _LIMIT_WORDS, moves_clocks=True),
        "acceptance_grace": Form(shapes.limits, _LIMIT_WORDS, moves_clocks=True),
        "duplicate_window_days": whole(0, 366),
        "reports_per_hour": whole(1, 1_000),
        "risk_levels": Form(
            shapes.risk_levels,
            Words(
                "Isi jumlah bobot mulai sedang dan mulai tinggi; tinggi harus di atas sedang.",
                "Give the sum of weights from which it is medium, and high; high must be above medium.",
            ),
        ),
        "officer_capacity": whole(1, 500),
        "visit_checklist": Form(
            shapes.checklist,
            Words("Isi sedikitnya satu pertanyaan.", "Give one question at least."),
        ),
        "campaign_need": Form(
            lambda value, _: is_weights(value),
            Words(
                "Isi poin desil 1 sampai 10, tanpa desil, PPKS, bantuan lain, dan dasar ya/tidak dari "
                "kamus fakta.",
                "Give the points of desil 1 to 10, of none, of PPKS, of other aid, and of yes/no facts.",
            ),
        ),
        "attachment_quota": Form(
            shapes.quota,
            Words(
                "Isi batas berkas per kasus, byte per kasus, dan byte per akun tiap hari.",
                "Give the limits: files of a case, bytes of a case, bytes of an account a day.",
            ),
        ),
        "category_papers": Form(
            shapes.papers,
            Words(
                "Isi kategori yang ada, masing-masing dengan daftar berkas wajib dan pilihan.",
                "Give existing categories, each with a list of required and of optional papers.",
            ),
        ),
        "deliberation_quorum": Form(
            lambda value, knows: is_quorum(value, partial(knows.code, "deliberation_role")),
            Words(
                "Isi unsur yang harus hadir dan jumlah paling sedikit, untuk musdes dan muskel.",
                "Give the roles that must be there and how many at least, for musdes and muskel.",
            ),
        ),
        "ticket_reserve_days": whole(1, 366),
        "tickets_held_most": whole(1, 2_000),
        "sync_clock_start": Form(
            shapes.clock_start,
            Words(
                "Isi from: server atau device, dan oldest_hours: 1 sampai 720.",
                "Give from: server or device, and oldest_hours: 1 to 720.",
            ),
        ),
        "deliberation_notice_days": whole(0, 30),
        "deliberation_public_names": Form(
            lambda value, _: value in ("initials", "names"),
            Words("Isi initials atau names.", "Give initials or names."),
        ),
        "objection_days": whole(1, 60),
        "objection_verify_days": whole(1, 30),
        "objections_per_person": whole(1, 50),
        "proposal_cutoff_day": whole(1, 28),
        "reopen_window_days": whole(1, 366),
        "statistics_day": whole(1, 28),
        "periodic_reports": Form(
            lambda value, _: is_schedule(value),
            Words(
                "Isi day 1 sampai 28, kinds (monthly, tally, agency, annual), told_draft dan told_signed.",
                "Give day 1 to 28, kinds (monthly, tally, agency, annual), told_draft and told_signed.",
            ),
        ),
        "data_request_hours": whole(1, 720),
        "breach_notice_hours": whole(1, 72),
        "pledge_reserve_days": whole(1, 60),
        "pledge_deliver_days": whole(1, 366),
        "pledges_open_most": whole(1, 1000),
        "need_group_size": whole(5, 100),
        "bounces_to_decision": whole(2, 10),
        "unreachable_contacts": Form(
            shapes.contacts,
            Words(
                "Isi jumlah kontak, hari, dan cara; hari dan cara tidak boleh melebihi kontak.",
                "Give contacts, days and means; days and means cannot be more than contacts.",
            ),
        ),
        "direct_referral": Form(shapes.programs, _PROGRAM_WORDS),
        "solved_here": Form(shapes.programs, _PROGRAM_WORDS),
        "aid_programs_limit": Form(
            shapes.programs_limit,
            Words(
                "Isi batas banyaknya program (1 sampai 50), dan warn atau exclude.",
                "Give how many programmes at most (1 to 50), and warn or exclude.",
            ),
        ),
        "overlap_asks_per_day": whole(1, 10_000),
        "dci_asks_per_day": whole(1, 1_000_000),
        "graduation": Form(
            shapes.graduation,
            Words(
                "Isi hari antar-tinjauan, pendapatan sebulan, jumlah tinjauan, dan hari pembatalan.",
                "Give days between reviews, income a month, how many reviews, and days to undo.",
            ),
        ),
        "graduation_programs": Form(shapes.programs, _PROGRAM_WORDS),
        "graduation_exit_programs": Form(shapes.programs, _PROGRAM_WORDS),
        "target_desil_bound": whole(1, 9),
        "auto_next": Form(
            shapes.pairs,
            Words(
                "Isi daftar pasangan kode program: yang kedaluwarsa, lalu penggantinya.",
                "Give a list of pairs of programme codes: the one that expires, then its successor.",
            ),
        ),
        "four_eyes": Form(
            shapes.four_eyes,
            Words(
                "Menerbitkan aturan dan menutup pengaduan selalu memerlukan dua orang.",
                "Publishing rules and closing complaints always need two people.",
            ),
        ),
        "escalation_ladder": Form(
            shapes.ladder,
            Words(
                "Isi sedikitnya satu jenjang, menurut urutan jabatan.",
                "Give at least one rung, in the order of the offices.",
            ),
        ),
        "office_hours": Form(
            shapes.hours,
            Words(
                "Isi hari 1 sampai 7 dan jam buka sebelum jam tutup, misalnya 08:00 dan 16:00.",
                "Give days 1 to 7 and an opening before the closing, such as 08:00 and 16:00.",
            ),
            moves_clocks=True,
        ),
    }
)
"""By name. A policy that is shipped without a form here could not be changed: a test compares them."""
