"""Files of a case: they come in whole or in parts, are read, are deleted, and show which papers are there."""

from app.services.attachments.checklist import Papers, lines_of, papers_of
from app.services.attachments.finding import case_of_officer, case_of_resident, papers_asked_of
from app.services.attachments.keeping import Given, New, Ready, keep, opened, ready
from app.services.attachments.parts import Part, add_part, begin_upload, end, refuse, upload_of
from app.services.attachments.reading import (
    Held,
    file_of,
    file_of_referral,
    files_of,
    files_of_referral,
    open_files,
)
from app.services.attachments.removing import remove

__all__ = [
    "Given",
    "Held",
    "New",
    "Papers",
    "Part",
    "Ready",
    "add_part",
    "begin_upload",
    "case_of_officer",
    "case_of_resident",
    "end",
    "file_of",
    "file_of_referral",
    "files_of",
    "files_of_referral",
    "keep",
    "lines_of",
    "open_files",
    "opened",
    "papers_asked_of",
    "papers_of",
    "ready",
    "refuse",
    "remove",
    "upload_of",
]
