"""How the story looks: one panel for each case, growing line by line, readable without colour too."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

WIDTH: Final = 80
_WHO: Final = 20
_DONE, _WORK, _WAIT, _NO, _GONE = "green", "blue", "yellow", "red", "bright_black"
# Green done, blue in process, amber waiting or needs repair, red refused, grey archived (domain.md 10).
_COLOURS: Final[Mapping[str, str]] = {
    "registered": _WORK,
    "incomplete": _WAIT,
    "verifying": _WORK,
    "handling": _WORK,
    "awaiting_decision": _WAIT,
    "referred": _WORK,
    "resolved": _DONE,
    "closed": _DONE,
    "void": _GONE,
    "sent": _WORK,
    "accepted": _WORK,
    "returned": _WAIT,
    "waitlisted": _WAIT,
    "in_service": _WORK,
    "fulfilled": _DONE,
    "unfulfilled": _NO,
    "refused": _NO,
    "not_ours": _NO,
    "expired": _NO,
    "revoked": _GONE,
    "eligible": _DONE,
    "waitlist": _WAIT,
    "needs_information": _WAIT,
    "not_eligible": _NO,
    "not_available": _GONE,
    "in_progress": _WORK,
}


def badge(coded: Mapping[str, Any]) -> Text:
    """Show a state as the service calls it; the brackets stay where there is no colour."""
    return Text(f"[{coded['label']}]", style=f"bold {_COLOURS.get(coded['code'], 'white')}")


@dataclass
class Telling:
    """One panel on the screen."""

    live: Live | None
    title: str
    subtitle: str
    rows: list[tuple[Text, Text]] = field(default_factory=list)
    speaker: str = ""

    def say(self, who: tuple[str, str], id_: str, en: str, sent: str = "", state: Text | None = None) -> None:
        """Tell one step: who, what in both languages, what was sent, and the state after it."""
        text = Text(id_)
        text.append(f"\n{en}", style="dim")
        if sent or state is not None:
            text.append(f"\n{sent}", style="cyan")
            text.append(" → ", style="dim")
            text.append_text(state or Text("OK"))
        self._add(who, text)

    def hear(self, text: Text | str) -> None:
        """Tell what the service said of itself."""
        said = Text("» ", style="magenta")
        said.append_text(Text(text) if isinstance(text, str) else text)
        self._add(("Layanan", "service"), said)

    def fail(self, text: str) -> None:
        self._add(("Gagal", "failed"), Text(text, style="bold red"))

    def _add(self, who: tuple[str, str], text: Text) -> None:
        name, place = who
        speaker = Text(name, style="bold")
        speaker.append(f"\n{place}", style="dim")
        self.rows.append((Text() if self.speaker == name else speaker, text))
        self.speaker = name
        if self.live is not None:
            self.live.update(self.panel(), refresh=True)

    def panel(self) -> Panel:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=_WHO)
        grid.add_column(ratio=1)
        for who, text in self.rows:
            grid.add_row(who, text)
        return Panel(
            grid,
            title=f"[bold]{self.title}[/]",
            subtitle=f"[dim]{self.subtitle}[/]",
            title_align="left",
            subtitle_align="left",
            width=WIDTH,
        )


@contextmanager
def telling(console: Console, title: str, subtitle: str) -> Iterator[Telling]:
    """Tell one case; on a terminal its panel grows as it is played, elsewhere it is printed whole."""
    if not console.is_terminal:
        told = Telling(None, title, subtitle)
        yield told
        console.print(told.panel())
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="ellipsis") as live:
        yield Telling(live, title, subtitle)


def ending_table() -> Table:
    table = Table(box=SIMPLE_HEAD, width=WIDTH, title="Di mana tiap kasus sekarang / where each case stands")
    table.add_column("#", width=2)
    table.add_column("Tiket\nTicket", width=16)
    table.add_column("Warga (rekaan), tempat\nPerson (invented), place", ratio=1)
    table.add_column("Keadaan, hasil, rujukan\nState, outcome, referrals", ratio=1)
    table.add_column("✓", width=1)
    return table
