"""The pictures of the guides show the step tables as they are now."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.domain.deliberation.states import SessionState
from app.domain.lifecycle import CaseStatus
from app.domain.referrals import ReferralStatus
from scripts.draw_flow import CASE_PLACES, MEETING_PLACES, PICTURES, REFERRAL_PLACES, drawings


@pytest.mark.parametrize("name", ["alur-kasus.svg", "alur-rujukan.svg", "alur-musyawarah.svg"])
def test_a_committed_picture_is_what_the_tables_draw(name: str) -> None:
    drawn = drawings()[name]
    assert (PICTURES / name).read_text("utf-8") == drawn, "run: python scripts/draw_flow.py"
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314  # our own text


def test_every_status_has_its_place() -> None:
    assert set(CASE_PLACES) == set(CaseStatus)
    assert set(REFERRAL_PLACES) == set(ReferralStatus)
    assert set(MEETING_PLACES) == set(SessionState)


def test_the_guides_show_them() -> None:
    docs = Path(PICTURES).parent
    for guide in ("meja.md", "sekretariat.md"):
        assert "gambar/alur-kasus.svg" in (docs / guide).read_text("utf-8")
