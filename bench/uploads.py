"""What a photo costs, and what intake keeps while ten desks send photos.

``python -m bench.uploads`` is the sender of photos: it takes a pickled job on its standard input, sends until
that is closed, and tells how many it sent.
"""

import json
import pickle
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BytesIO
from itertools import count
from typing import Final
from uuid import uuid4

from PIL import Image, ImageFilter

from app.domain.ids import tenant_of_digits
from app.integrations.cleaning_child import clean
from app.integrations.embedded_postgres import Running
from bench.arms import Service, Turns, requests_for, service
from bench.ground import Keys

SENDERS: Final = 10
CASES: Final = 60
SECONDS: Final = 10
WARM: Final = 2
_FASTEST: Final = 1_500
_SIDES: Final = (4000, 3000)
_BOUNDARY: Final = "batas-foto-bangku"


@dataclass(frozen=True, slots=True)
class Job:
    port: int
    photo: bytes
    cases: list[tuple[str, str]]
    """Ticket, and a token that may attach to it."""


def measure(running: Running, keys: Keys) -> dict[str, object]:
    photo = a_photo()
    seconds = _cpu_of(photo)
    turns = Turns()
    with service(running, keys) as serving:
        cases = _open_cases(serving, turns)
        for length in (WARM, SECONDS):
            idle = _intake(serving, turns, length)
        with _senders(Job(serving.port, photo, cases)) as sent:
            time.sleep(WARM)
            beside = _intake(serving, turns, SECONDS)
    return {
        "uploads.photo_mb": round(len(photo) / 1e6, 1),
        "uploads.photo_cpu_seconds": round(seconds, 2),
        "uploads.intake_idle_per_second": round(idle),
        "uploads.intake_beside_per_second": round(beside),
        "uploads.intake_kept": round(beside / idle, 2),
        "uploads.per_second": round(sent["done"] / sent["seconds"], 2),
        "uploads.refused": sent["wrong"],
    }


def a_photo() -> bytes:
    """Return a photo of 12 million pixels and about 6 MB, as a phone makes it."""
    noise = [Image.effect_noise(_SIDES, 60).filter(ImageFilter.BoxBlur(1)) for _ in range(3)]
    out = BytesIO()
    Image.merge("RGB", noise).save(out, "JPEG", quality=93)
    return out.getvalue()


def _cpu_of(photo: bytes) -> float:
    """CPU seconds of cleaning one photo, the interpreter's start left out."""
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF)
        clean(photo)
        after = resource.getrusage(resource.RUSAGE_SELF)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return sorted(taken)[1]


def _intake(serving: Service, turns: Turns, seconds: int) -> float:
    requests = requests_for(serving.tokens, turns.take("service", seconds * _FASTEST))
    return serving.measure(requests, seconds).per_second


def _open_cases(serving: Service, turns: Turns) -> list[tuple[str, str]]:
    found = []
    for request in requests_for(serving.tokens, turns.take("service", CASES)):
        status, body = _ask(serving.port, [request])
        if status != 201:  # noqa: PLR2004
            raise RuntimeError(body[:500])
        ticket = str(json.loads(body)["ticket"])
        found.append((ticket, serving.tokens[tenant_of_digits(ticket[:4]) or ""]))
    return found


@contextmanager
def _senders(job: Job) -> Iterator[dict[str, float]]:
    """Let ten send photos meanwhile; afterwards what is yielded holds how many they sent."""
    told: dict[str, float] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.uploads"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if process.stdin is None:
        raise RuntimeError("no way to speak to the senders")
    job_bytes = pickle.dumps(job)
    process.stdin.write(len(job_bytes).to_bytes(8, "big") + job_bytes)
    process.stdin.flush()
    try:
        yield told
    finally:
        out, _ = process.communicate()
        told |= json.loads(out)


def play(job: Job, stop: threading.Event) -> dict[str, float]:
    begun, lock = time.monotonic(), threading.Lock()
    turn, done, wrong = count(), [0], [0]

    def send() -> None:
        while not stop.is_set():
            with lock:
                ticket, token = job.cases[next(turn) % len(job.cases)]
            status, _ = _ask(job.port, _upload(ticket, token, job.photo))
            with lock:
                (done if status == 201 else wrong)[0] += 1  # noqa: PLR2004

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for one in senders:
        one.start()
    stop.wait()
    seconds = time.monotonic() - begun
    told = {"done": done[0], "wrong": wrong[0], "seconds": seconds}
    for one in senders:
        one.join()
    return told


def _upload(ticket: str, token: str, photo: bytes) -> list[bytes]:
    start = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="foto.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    end = f"\r\n--{_BOUNDARY}--\r\n".encode()
    head = (
        f"POST /v1/cases/{ticket}/attachments HTTP/1.1\r\nHost: bench\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid4().hex}\r\nConnection: close\r\n"
        f"Content-Length: {len(start) + len(photo) + len(end)}\r\n\r\n"
    )
    return [head.encode() + start, photo, end]


def _ask(port: int, pieces: Sequence[bytes]) -> tuple[int, bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def main() -> None:
    length = int.from_bytes(sys.stdin.buffer.read(8), "big")
    job = pickle.loads(sys.stdin.buffer.read(length))  # noqa: S301  # from our own parent
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop.set()), daemon=True).start()
    print(json.dumps(play(job, stop)))


if __name__ == "__main__":
    main()
