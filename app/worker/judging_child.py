"""The other end of `judging`: reads the rules once, then answers each batch; ends with its parent's pipe."""

import os
import pickle
import sys
from typing import Any, BinaryIO, Final

from app.worker.judging import LENGTH, Judge, Past, Rules

NICE: Final = 5
"""Whoever waits at a desk comes first."""


def main() -> None:
    os.nice(NICE)
    commands, answers = sys.stdin.buffer, sys.stdout.buffer
    given = _read(commands)
    if given is None:
        return
    judge = Judge.of(Rules(*given))
    while (batch := _read(commands)) is not None:
        packed = pickle.dumps(judge.judge([Past(*one) for one in batch]), pickle.HIGHEST_PROTOCOL)
        answers.write(len(packed).to_bytes(LENGTH, "big"))
        answers.write(packed)
        answers.flush()


def _read(pipe: BinaryIO) -> Any:
    head = pipe.read(LENGTH)
    if len(head) < LENGTH:
        return None
    return pickle.loads(pipe.read(int.from_bytes(head, "big")))  # noqa: S301  # from our own parent


if __name__ == "__main__":
    main()
