"""A form with one file, as a browser would send it."""

from collections.abc import Mapping
from secrets import token_hex

_LONGEST = 120


def one_file(name: str, content: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """Return body and media type of a form with *fields* and the file ``file``."""
    boundary = f"konsol{token_hex(12)}"
    named = "".join(one for one in name if one.isprintable() and one not in '"\\')[:_LONGEST] or "berkas"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
        if value
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{named}"\r\n\r\n'
    body = b"".join([*parts, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"
