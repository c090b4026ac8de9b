"""A regency's changes to a programme, drafted as a manager does."""

from datetime import date, timedelta
from typing import Any, Final

from tests.support.http import Person

PROGRAM: Final = "BLT_KOTA"


def a_body(**changed: Any) -> dict[str, Any]:
    """Return a draft that begins today wherever in the country that is, and moves one contact."""
    changes = {
        "contacts": [{"label": {"id": "Loket BLT", "en": "Cash aid desk"}, "value": "Jl. Contoh 1"}],
        **changed.pop("changes", {}),
    }
    begins = date.today() + timedelta(days=1)  # noqa: DTZ011  # tomorrow is in no zone in the past
    return {
        "region": "13.74",
        "valid_from": begins.isoformat(),
        "source": "Perwako 12 Tahun 2026",
        "changes": changes,
        **changed,
    }


async def an_override(manager: Person) -> str:
    """Draft one; return its id."""
    made = await manager.post(f"/v1/programs/{PROGRAM}/overrides", a_body())
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
