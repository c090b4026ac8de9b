"""CPU and memory as the kernel counts them."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_UTIME: Final = 11
"""Place of utime after the command's name in ``/proc/<pid>/stat``; stime, cutime and cstime follow."""
_IDLE: Final = (3, 4)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def own_seconds(pid: int) -> float:
    """CPU seconds of one process."""
    found = _stat(pid)
    return (int(found[_UTIME]) + int(found[_UTIME + 1])) / _TICK


def family_seconds(pid: int) -> float:
    """CPU seconds of a process, of its children, and of the children that have ended."""
    found = _stat(pid)
    total = sum(int(part) for part in found[_UTIME : _UTIME + 4]) / _TICK
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        try:
            total += own_seconds(int(child))
        except FileNotFoundError:
            continue
    return total


def machine_seconds() -> float:
    """CPU seconds that the whole machine was busy, time that a host took away included."""
    parts = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return sum(part for n, part in enumerate(parts) if n not in _IDLE) / _TICK


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds of one stretch of time, by whose they are."""

    service: float
    postgres: float
    client: float
    seconds: float
    machine: float

    @property
    def others(self) -> float:
        """How many cores somebody else kept busy."""
        return max(self.machine - self.service - self.postgres - self.client, 0) / self.seconds
