"""What the commands say, in both languages, and how they end when they cannot go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from app.domain.errors import DeskError
from app.integrations.keyring import BadKeys

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def say(id_: str, en: str) -> None:
    """Print one thing in both languages."""
    console.print(f"{escape(id_)} [dim]/ {escape(en)}[/]", soft_wrap=True)


def refusal(id_: str, en: str) -> SystemExit:
    """Print why it does not go on, and return what to raise."""
    errors.print(f"[red]{escape(id_)}[/]\n[red dim]{escape(en)}[/]", soft_wrap=True)
    return SystemExit(1)


@contextmanager
def told() -> Iterator[None]:
    """Print a refusal of ours instead of its traceback."""
    try:
        yield
    except BadKeys as error:
        raise refusal(f"Kunci tidak dapat dipakai: {error}", f"The keys cannot be used: {error}") from error
    except DeskError as error:
        raise refusal(error.id or error.code, error.en or error.code) from error
