"""How long a proof runs: a short form with every commit, a long one with ``PUSKESOS_PROOF=long``."""

import os

LONG = os.environ.get("PUSKESOS_PROOF") == "long"


def size(short: int, long: int) -> int:
    return long if LONG else short
