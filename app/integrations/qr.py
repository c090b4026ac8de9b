"""QR codes as SVG: the same text gives the same bytes."""

from io import BytesIO
from typing import Final

import segno

_QUIET_ZONE: Final = 4
"""Modules of white around the code, as ISO/IEC 18004 asks, so that every camera finds it."""


def qr_svg(text: str) -> str:
    """Return a QR code of *text* (error correction M) as an SVG element without an XML declaration."""
    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, border=_QUIET_ZONE, omitsize=True)
    return out.getvalue().decode()
