"""What tells two versions of rules apart."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of a programme's document without its number, which says nothing about the rules."""
    version = {name: value for name, value in document["version"].items() if name != "n"}
    body = json.dumps({**document, "version": version}, sort_keys=True, ensure_ascii=False)
    return sha256(body.encode()).hexdigest()
