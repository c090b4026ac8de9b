"""Hand-over to and from SP4N-LAPOR!, the national complaint system (domain.md, section 2).

No live interface of it is public. Ours is files and a gateway, in one shape both ways: what is exported here
can be imported by another house of this service.
"""

from app.domain.lapor.reading import MOST_ROWS, Report, read_csv, read_report
from app.domain.lapor.writing import (
    SYSTEM,
    Direction,
    Kind,
    SendingState,
    answer_text,
    class_of,
    new_case,
    to_wire,
)

__all__ = [
    "MOST_ROWS",
    "SYSTEM",
    "Direction",
    "Kind",
    "Report",
    "SendingState",
    "answer_text",
    "class_of",
    "new_case",
    "read_csv",
    "read_report",
    "to_wire",
]
