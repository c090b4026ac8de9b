"""Pages that the API draws itself, for people without the console: templates, the style inside, the policy.

A page carries its style and names it in its policy by its hash, so that it can be shown from a file or a
frame and still runs nothing.
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER: Final = Path(__file__).parent / "pages"
PAGES: Final = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def style_of(name: str) -> str:
    return (_FOLDER / f"{name}.css").read_text("utf-8")


def policy_of(style: str, *, forms: str = "'none'") -> dict[str, str]:
    """Return the header under which a page of this style is shown; *forms*: where its forms may go."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        f"frame-ancestors 'none'; base-uri 'none'; form-action {forms}"
    )
    return {"Content-Security-Policy": policy}
