"""Keys that live outside the database: read from settings, or made once for the demo."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

KEY_BYTES: Final = 32
DEMO_KEY_ID: Final = 65_000
"""Ids from here on mark keys that were made for a demo; ``serve`` with a real database refuses them."""
_HIGHEST_ID: Final = 0xFFFF


class BadKeys(ValueError):
    """Keys that cannot be used. The message says what is wrong and never holds a key."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys of one use by id. The primary seals; all open."""

    primary: int
    keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.primary not in self.keys:
            raise BadKeys("the primary key is not in the ring")
        for id_, key in self.keys.items():
            if not 0 < id_ <= _HIGHEST_ID:
                raise BadKeys("a key id must lie between 1 and 65535")
            if len(key) != KEY_BYTES:
                raise BadKeys(f"key {id_} must have {KEY_BYTES} bytes")
        if len(set(self.keys.values())) != len(self.keys):
            raise BadKeys("two ids name the same key")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``id:base64,id:base64``; the first is the primary.

        Raises:
            BadKeys: the text has another form, an id twice, or a key of another length.
        """
        keys: dict[int, bytes] = {}
        parts = [part.strip() for part in text.split(",") if part.strip()]
        for part in parts:
            id_text, _, key_text = part.partition(":")
            if not (id_text.isascii() and id_text.isdigit()):
                raise BadKeys("keys are written as id:base64,id:base64 with numbers as ids")
            if int(id_text) in keys:
                raise BadKeys(f"key id {int(id_text)} stands twice")
            keys[int(id_text)] = decode_key(key_text)
        if not keys:
            raise BadKeys("no key given")
        return cls(primary=next(iter(keys)), keys=keys)

    @property
    def is_demo(self) -> bool:
        """Whether any key was made by :func:`make_keys` for a demo."""
        return any(id_ >= DEMO_KEY_ID for id_ in self.keys)


@dataclass(frozen=True, slots=True)
class KeyTexts:
    """The three key settings as text, in the form that the settings take."""

    master_keys: str = field(repr=False)
    index_keys: str = field(repr=False)
    seal_key: str = field(repr=False)


def decode_key(text: str) -> bytes:
    """Return 32 bytes from base64, standard or URL-safe."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys("a key is not base64") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"a key must have {KEY_BYTES} bytes")
    return key


def make_keys(path: Path) -> KeyTexts:
    """Return the demo keys that lie at *path*, and make them first if there are none.

    The file is readable by its owner only, is written whole or not at all, and is never overwritten:
    two starters at once end with the same keys, and sealed data never loses the keys that open it.

    Raises:
        BadKeys: the file is damaged, or others may read it.
    """
    if not path.exists():
        _write_once(path)
    mode = path.stat().st_mode
    if mode & 0o077:
        raise BadKeys(f"{path} may be read by others; chmod 600 it")
    try:
        found = json.loads(path.read_text())
        return KeyTexts(found["master_keys"], found["index_keys"], found["seal_key"])
    except (ValueError, KeyError, TypeError):
        raise BadKeys(f"{path} is no key file") from None


def _write_once(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    ring = f"{DEMO_KEY_ID}:"
    content = {
        "purpose": "demo only",
        "master_keys": ring + _fresh(),
        "index_keys": ring + _fresh(),
        "seal_key": _fresh(),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(json.dumps(content, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails if the name is taken; a rename would overwrite another starter's keys.
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
