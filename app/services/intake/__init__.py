"""Opening a case: the one story that a village desk tells all day."""

from app.services.intake.meeting import Tools
from app.services.intake.open import Before, open_case
from app.services.intake.settling import House, Opened

__all__ = ["Before", "House", "Opened", "Tools", "open_case"]
