"""The process that reads strangers' files: niced, bounded in memory and time, without the service's secrets.

It is told one file at a time on its standard input and answers on its standard output, each message as four
bytes of length and the message. It ends when its input ends. Whatever a file does to it, the service lives.
"""

import json
import os
import resource
import sys
from typing import Any, BinaryIO, Final

from app.domain.attachments import Clean, FileRefusedError, Kind, Refusal, sniff
from app.integrations.images import clean_image
from app.integrations.pdfs import clean_pdf

LENGTH: Final = 4
_NICE: Final = 10
_MEMORY: Final = 1 << 30
"""Bytes of address space: a picture of 50 million pixels fits, a bomb does not."""
_SECONDS: Final = 20
"""Of CPU for one file."""


def clean(content: bytes) -> Clean:
    """Return what is kept of a file.

    Raises:
        FileRefusedError: it is not taken.
    """
    kind = sniff(content)
    try:
        return clean_pdf(content) if kind is Kind.PDF else clean_image(content, kind)
    except MemoryError as error:
        raise FileRefusedError(Refusal.TOO_COMPLEX) from error


def _answer(content: bytes) -> bytes:
    try:
        made = clean(content)
    except FileRefusedError as error:
        return _packed({"refusal": error.refusal.value}, b"")
    told = {"media_type": made.media_type, "width": made.width, "height": made.height, "pages": made.pages}
    return _packed(told, made.content)


def _packed(told: dict[str, Any], content: bytes) -> bytes:
    head = json.dumps(told).encode()
    return len(head).to_bytes(LENGTH, "big") + head + content


def _limit() -> None:
    os.nice(_NICE)
    for kind, bound in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_NOFILE, 64),
        # It has nothing to write and nobody to start.
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (bound, bound))


def _limit_cpu() -> None:
    """Give the next file its own seconds, on top of those that are used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime) + _SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))


def _serve(come: BinaryIO, go: BinaryIO) -> None:
    while len(head := come.read(LENGTH)) == LENGTH:
        _limit_cpu()
        answer = _answer(come.read(int.from_bytes(head, "big")))
        go.write(len(answer).to_bytes(LENGTH, "big") + answer)
        go.flush()


if __name__ == "__main__":
    _limit()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
