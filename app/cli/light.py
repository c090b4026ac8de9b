"""Commands that need neither a database nor the web framework."""

import base64
import secrets
import subprocess
import sys
from collections.abc import Sequence

from app.cli import CHECKOUT
from app.cli.screen import refusal
from app.integrations.keyring import KEY_BYTES


def keys_command() -> None:
    """Print a set of keys in the form of the settings. Nothing is stored."""
    for name in ("PUSKESOS_MASTER_KEYS", "PUSKESOS_INDEX_KEYS"):
        print(f"{name}=1:{_fresh()}")  # noqa: T201  # meant to be put into a file
    print(f"PUSKESOS_SEAL_KEY={_fresh()}")  # noqa: T201


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def bench_command(what: str, args: Sequence[str]) -> None:
    """Run a part of ``bench/``, which lies in the checkout and not in the wheel."""
    if not (CHECKOUT / "bench" / "__main__.py").is_file():
        raise refusal(
            "Uji beban hanya ada di salinan repositori (folder bench/).",
            "The benchmark is in a checkout of the repository only (folder bench/).",
        )
    done = subprocess.run([sys.executable, "-m", "bench", what, *args], cwd=CHECKOUT, check=False)  # noqa: S603
    raise SystemExit(done.returncode)
