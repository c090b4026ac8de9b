"""The refusals of the embedded PostgreSQL, in both languages."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import DeskError


@dataclass
class EmbeddedPostgresError(DeskError):
    """The embedded PostgreSQL cannot run here. ``code`` begins with ``postgres_``."""

    code: str = "postgres_unavailable"

    def __str__(self) -> str:
        return f"{self.id}\n{self.en}"


def not_installed(what: str) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_not_installed",
        id=f"PostgreSQL bawaan tidak terpasang ({what}). Isi PUSKESOS_DATABASE_URL dengan alamat "
        "PostgreSQL 15 atau lebih baru.",
        en=f"The embedded PostgreSQL is not installed ({what}). Set PUSKESOS_DATABASE_URL to a "
        "PostgreSQL 15 or newer.",
    )


def busy(path: Path) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_busy",
        id=f"Folder data {path} sedang dipakai oleh Puskesos lain. Hentikan dahulu yang lain itu, "
        "atau pilih folder lain dengan PUSKESOS_DATA_DIR.",
        en=f"The data folder {path} is in use by another Puskesos. Stop that one first, or choose "
        "another folder with PUSKESOS_DATA_DIR.",
    )


def not_yours(path: Path) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_not_yours",
        id=f"Folder {path} milik pengguna lain. Jalankan sebagai pengguna itu, atau pilih folder "
        "lain dengan PUSKESOS_DATA_DIR.",
        en=f"The folder {path} belongs to another user. Run as that user, or choose another folder "
        "with PUSKESOS_DATA_DIR.",
    )


def other_version(path: Path, found: str, needed: str) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_other_version",
        id=f"Data di {path} dibuat oleh PostgreSQL {found}, sedangkan yang terpasang {needed}. "
        "Pindahkan data dengan pg_dump, atau pilih folder lain dengan PUSKESOS_DATA_DIR.",
        en=f"The data in {path} was made by PostgreSQL {found}; {needed} is installed. Move the "
        "data with pg_dump, or choose another folder with PUSKESOS_DATA_DIR.",
    )


def no_passwords(path: Path) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_no_passwords",
        id=f"Berkas kata sandi {path} hilang atau rusak, sedangkan datanya ada. Kembalikan berkas "
        "itu dari cadangan.",
        en=f"The password file {path} is missing or damaged while the data is there. Restore that "
        "file from a backup.",
    )


def no_user(name: str) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        code="postgres_no_user",
        id=f"PostgreSQL tidak boleh berjalan sebagai root, dan pengguna {name} tidak dapat dipakai "
        "di sini. Jalankan perintah ini sebagai pengguna biasa.",
        en=f"PostgreSQL must not run as root, and the user {name} cannot be used here. Run this "
        "command as an ordinary user.",
    )


def failed(step: str, said: str) -> EmbeddedPostgresError:
    """``said`` is what PostgreSQL itself wrote: without statements and values, see options."""
    return EmbeddedPostgresError(
        code="postgres_start_failed",
        id=f"PostgreSQL bawaan gagal ({step}). Pesannya: {said}",
        en=f"The embedded PostgreSQL failed ({step}). It said: {said}",
    )
