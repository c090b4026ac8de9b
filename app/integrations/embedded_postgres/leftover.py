"""What an earlier run left behind: a PostgreSQL without its parent, or only its pid file.

Everything here is called under the lock of the data folder, so no living Puskesos owns what it
finds.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from app.integrations.embedded_postgres import child, errors

_ORDER = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, immediate shutdown, the end; each with seconds to wait."""
_POLL = 0.02


def clear(cluster: Path) -> None:
    """Stop an orphaned PostgreSQL of this cluster and make its pid file harmless."""
    pid_file = cluster / "postmaster.pid"
    pid = read_pid(pid_file)
    if pid is not None and alive(pid) and serves(pid, cluster):
        end(pid)
    if read_pid(pid_file) is not None:
        _disown(pid_file)


def read_pid(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text("utf-8").split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def alive(pid: int) -> bool:
    """False for a zombie too: it has ended and waits for its parent."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return Path("/proc/self/stat").exists() is False
    return state[0] not in {"Z", "X"}


def serves(pid: int, cluster: Path) -> bool:
    """Whether that process was started as the postmaster of this cluster."""
    if Path("/proc/self/cmdline").exists():
        try:
            said = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return False
        return ("-D", str(cluster)) in zip(said.split("\0"), said.split("\0")[1:], strict=False)
    said = child.run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]).stdout
    return f"-D {cluster} " in said


def end(pid: int) -> None:
    for number, seconds in _ORDER:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if not alive(pid):
                return
            time.sleep(_POLL)
    raise errors.failed("stop", f"process {pid} does not end")


def _disown(pid_file: Path) -> None:
    """Make PostgreSQL see that the file is stale, which it cannot always.

    It refuses to start if the number in the file is a zombie's, or now some other program's, as
    after a container's restart. It takes the number of its own parent for stale, so ours is
    written there. The file stays: with it PostgreSQL checks that no old backend still has the
    shared memory.
    """
    lines = pid_file.read_text("utf-8").split("\n")
    lines[0] = str(os.getpid())
    with pid_file.open("r+", encoding="utf-8") as out:
        out.write("\n".join(lines))
        out.truncate()
