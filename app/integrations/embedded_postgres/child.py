"""Starting programs from the wheel, each under the right user and in a clean environment."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.integrations.embedded_postgres import errors

UNPRIVILEGED = "nobody"
"""Under whom PostgreSQL runs when we are root: it refuses root."""

# Nothing of the caller's: PGDATA, PGOPTIONS, LD_LIBRARY_PATH or an unknown LANG would change what
# the programs do. LC_ALL=C also keeps their messages in the language that we look for.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class RunAs:
    """The user that PostgreSQL and initdb run under."""

    uid: int
    gid: int

    @property
    def switch(self) -> bool:
        """True if a child must change its user, which only root can."""
        return self.uid != os.geteuid()

    def own(self, path: Path) -> None:
        """Give a file or folder that we just made to that user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def for_folder(path: Path) -> RunAs:
    """As root, the owner of the folder, or nobody if that is root; else ourselves."""
    if os.geteuid() != 0:
        return RunAs(os.geteuid(), os.getegid())
    owner = path.stat()
    if owner.st_uid != 0:
        return RunAs(owner.st_uid, owner.st_gid)
    return unprivileged()


def unprivileged() -> RunAs:
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise errors.no_user(UNPRIVILEGED) from None
    return RunAs(entry.pw_uid, entry.pw_gid)


def run(
    argv: Sequence[str | Path],
    run_as: RunAs | None = None,
    *,
    text: str | None = None,
    extra: Mapping[str, str] | None = None,
    umask: int = 0o077,
) -> subprocess.CompletedProcess[str]:
    """Run to the end; ``text`` is its standard input, ``extra`` joins the clean environment."""
    switch = run_as if run_as is not None and run_as.switch else None
    try:
        return subprocess.run(  # noqa: S603  # our own programs by absolute path, no shell
            [str(part) for part in argv],
            input=text if text is not None else "",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            cwd="/",
            env={**_ENVIRONMENT, **(extra or {})},
            umask=umask,
            user=switch.uid if switch else None,
            group=switch.gid if switch else None,
            extra_groups=[] if switch else None,
        )
    except PermissionError as exc:
        # Popen raises the same for a program that may not be run and for a setuid that is refused.
        raise errors.failed(str(argv[0]), exc.strerror or "") from None


def spawn(argv: Sequence[str | Path], run_as: RunAs, *, log: Path) -> subprocess.Popen[bytes]:
    """Start a child whose output goes to ``log``.

    It gets a session of its own, so that Ctrl-C in a terminal reaches us alone and PostgreSQL ends
    after the service that uses it.
    """
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603  # our own program by absolute path, no shell
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            env=_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=run_as.uid if run_as.switch else None,
            group=run_as.gid if run_as.switch else None,
            extra_groups=[] if run_as.switch else None,
        )


def can_read(run_as: RunAs, *paths: Path) -> bool:
    """Whether that user can read each path and enter each folder; the kernel answers."""
    if not run_as.switch:
        return all(os.access(path, os.R_OK if path.is_file() else os.X_OK) for path in paths)
    script = 'for p; do if [ -d "$p" ]; then [ -x "$p" ]; else [ -r "$p" ]; fi || exit 1; done'
    try:
        return run(["/bin/sh", "-c", script, "sh", *paths], run_as).returncode == 0
    except OSError:
        # No such user in this user namespace, for example in a rootless container.
        raise errors.no_user(str(run_as.uid)) from None
