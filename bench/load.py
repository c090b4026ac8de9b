"""A client that sends prebuilt bytes: one thread, one poll, nothing parsed but the head of an answer.

``python -m bench.load`` takes a pickled job on its standard input and tells the outcome as JSON.
"""

import json
import pickle
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Final

_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Job:
    port: int
    clients: int
    seconds: float
    requests: list[bytes]


@dataclass(slots=True)
class Line:
    """One connection: at most one request under way."""

    socket: socket.socket
    began: float = 0.0
    answer: bytearray = field(default_factory=bytearray)
    wanted: int = 0

    def ask(self, request: bytes) -> None:
        self.answer.clear()
        self.wanted = 0
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def is_done(self) -> bool:
        """Take in what has come."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("the service hung up")
        self.answer += chunk
        if not self.wanted:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = bytes(self.answer[:end]).lower()
            at = head.index(b"content-length:") + len(b"content-length:")
            self.wanted = end + 4 + int(head[at:].split(b"\r\n", 1)[0])
        return len(self.answer) >= self.wanted


@dataclass(slots=True)
class Outcome:
    done: int = 0
    wrong: int = 0
    first_wrong: str = ""
    times: list[float] = field(default_factory=list)

    def take(self, line: Line) -> None:
        self.times.append(time.perf_counter() - line.began)
        if line.answer.startswith(b"HTTP/1.1 201"):
            self.done += 1
            return
        self.wrong += 1
        self.first_wrong = self.first_wrong or line.answer.decode("utf-8", "replace")[:2000]


def play(job: Job) -> dict[str, object]:
    waiting = iter(job.requests)
    outcome = Outcome()
    lines = [Line(socket.create_connection(("127.0.0.1", job.port))) for _ in range(job.clients)]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
        begun, cpu = time.perf_counter(), time.process_time()
        until = begun + job.seconds
        for line in lines:
            line.ask(next(waiting))
        busy = len(lines)
        while busy:
            for key, _ in selector.select():
                line = key.data
                if not line.is_done():
                    continue
                outcome.take(line)
                request = next(waiting, None) if time.perf_counter() < until else None
                if request is None:
                    busy -= 1
                else:
                    line.ask(request)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    for line in lines:
        line.socket.close()
    times = sorted(outcome.times)
    return {
        "done": outcome.done,
        "wrong": outcome.wrong,
        "first_wrong": outcome.first_wrong,
        "seconds": seconds,
        "cpu": cpu,
        "ms": {str(p): times[min(len(times) * p // 100, len(times) - 1)] * 1000 for p in (50, 95, 99)},
    }


if __name__ == "__main__":
    print(json.dumps(play(pickle.load(sys.stdin.buffer))))  # noqa: S301  # from our own parent
