"""Seals are signed with a key outside the database, and copied outside it too."""

import base64
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from app.integrations.keyring import BadKeys, make_keys
from app.integrations.seals import SealSigner, SealVerifier

KEY = base64.b64encode(UUID(int=1).bytes * 2).decode()
BODY = b'{"n":1}'


def test_signatures() -> None:
    signer = SealSigner.parse(KEY)
    signature = signer.sign(BODY)
    auditor = SealVerifier.parse(signer.public_text)
    assert len(signature) == 64
    assert auditor.verify(BODY, signature)
    assert auditor.key_id == signer.key_id
    assert load_pem_public_key(auditor.public_pem.encode()) is not None
    assert not auditor.verify(b'{"n":2}', signature)
    assert not auditor.verify(BODY, b"x" * 64)
    assert not auditor.verify(BODY, b"")


def test_keys_of_the_demo_sign(tmp_path: Path) -> None:
    signer = SealSigner.parse(make_keys(tmp_path / "keys.json").seal_key)
    assert signer.verify(BODY, signer.sign(BODY))
    with pytest.raises(BadKeys):
        SealSigner.parse("nonsense")
