"""What a process needs to take files in and to give them back."""

from dataclasses import dataclass

from app.domain.attachments import Clean, sniff
from app.integrations.antivirus import Antivirus
from app.integrations.cleaning import Cleaner
from app.integrations.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class Files:
    store: ObjectStore
    cleaner: Cleaner
    antivirus: Antivirus | None = None

    async def clean(self, content: bytes) -> Clean:
        """Return what is kept of a file that came in.

        Raises:
            FileRefusedError: it is not taken.
            Unavailable: a scanner is set and away, or too many files wait.
        """
        sniff(content)
        if self.antivirus is not None:
            # As it came: what we write anew would hide what its sender tried.
            await self.antivirus.check(content)
        return await self.cleaner.clean(content)

    async def close(self) -> None:
        await self.cleaner.close()


def open_files(store: ObjectStore, clamav: str | None) -> Files:
    return Files(store, Cleaner(), Antivirus.at(clamav) if clamav else None)
