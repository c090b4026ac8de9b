"""What stands in the menu of whoever has signed in: the first few in sight, the others one touch away."""

from collections.abc import Callable
from typing import Final, NamedTuple

from app.console.fields import Words


class Entry(NamedTuple):
    path: str
    words: Words
    permissions: tuple[str, ...]
    """One of them is enough; none: it is everybody's."""


class Menu(NamedTuple):
    first: list[Entry]
    others: list[Entry]


FIRST: Final = 6
_ENTRIES: Final = (
    Entry("/konsol/", ("Hari ini", "Today"), ("case:read",)),
    Entry("/konsol/kasus", ("Kasus", "Cases"), ("case:read",)),
    Entry("/konsol/kasus/baru", ("Kasus baru", "New case"), ("case:open",)),
    Entry("/konsol/rujukan", ("Rujukan", "Referrals"), ("referral:read", "referral:receive")),
    Entry("/konsol/kunjungan", ("Kunjungan", "Visits"), ("case:visit",)),
    Entry("/konsol/warga", ("Warga", "People"), ("person:lookup",)),
    Entry("/konsol/surat", ("Surat", "Letters"), ("letter:draft",)),
    Entry(
        "/konsol/musyawarah",
        ("Musyawarah", "Meetings"),
        ("deliberation:hold", "deliberation:ratify", "objection:verify"),
    ),
    Entry("/konsol/kegiatan", ("Kegiatan", "Campaigns"), ("campaign:checkin", "campaign:manage")),
    Entry("/konsol/angka", ("Angka", "Figures"), ("dashboard:read",)),
    Entry("/konsol/laporan", ("Laporan", "Reports"), ("report:read", "report:make")),
    Entry("/konsol/kebutuhan", ("Kebutuhan", "Needs"), ("need:read",)),
    Entry("/konsol/janji", ("Janji bantuan", "Pledges"), ("pledge:make", "pledge:check")),
    Entry("/konsol/akun", ("Akun", "Accounts"), ("account:manage",)),
    Entry("/konsol/pekerjaan", ("Pekerjaan", "Jobs"), ("registry:import", "list:reconcile")),
    Entry(
        "/konsol/kantor",
        ("Kantor", "Office"),
        (
            "dashboard:read",
            "account:manage",
            "webhook:manage",
            "policy:manage",
            "program:draft",
            "audit:read",
        ),
    ),
    Entry("/konsol/berita", ("Berita", "News"), ()),
)


def menu_of(may: Callable[..., bool]) -> Menu:
    """Return the entries of whoever may do what *may* says, in the order of a day's work."""
    found = [one for one in _ENTRIES if not one.permissions or may(*one.permissions)]
    # A single one is not worth a door of its own.
    cut = len(found) if len(found) <= FIRST + 1 else FIRST
    return Menu(found[:cut], found[cut:])
