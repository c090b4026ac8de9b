"""Sealing, blind digests, keyrings and the demo's keys."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.integrations.keyring import DEMO_KEY_ID, BadKeys, Keyring, KeyTexts, make_keys
from app.integrations.vault import Blind, CannotOpen, Vault

OLD = Keyring(1, {1: b"1" * 32})
BOTH = Keyring(2, {2: b"2" * 32, 1: b"1" * 32})
NEW = Keyring(2, {2: b"2" * 32})
ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
NIK = "1374014507900001"


def encoded(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_sealed_opens(text: str) -> None:
    vault = Vault(OLD)
    key, wrapped = vault.new_data_key()
    sealed = vault.seal(key, "persons", "nik", ROW, text)
    assert vault.open(key, "persons", "nik", ROW, sealed) == text
    # Another process has only what is stored.
    other = Vault(OLD)
    assert other.open(other.unwrap(wrapped), "persons", "nik", ROW, sealed) == text


def test_layouts() -> None:
    vault = Vault(BOTH)
    key, wrapped = vault.new_data_key()
    assert wrapped[:3] == b"\x01\x00\x02"
    assert len(wrapped) == 3 + 12 + 32 + 16
    sealed = vault.seal(key, "persons", "nik", ROW, NIK)
    assert sealed[:1] == b"\x02"
    assert len(sealed) == 1 + 12 + 16 + 16
    assert NIK.encode() not in sealed
    assert sealed != vault.seal(key, "persons", "nik", ROW, NIK)
    assert len(Blind(BOTH).digest("nik", NIK)) == 34


def test_a_sealed_value_opens_in_its_own_place_only() -> None:
    vault = Vault(OLD)
    key, _ = vault.new_data_key()
    stranger, _ = vault.new_data_key()
    sealed = vault.seal(key, "persons", "nik", ROW, NIK)
    for wrong_key, table, column, row in (
        (stranger, "persons", "nik", ROW),
        (key, "cases", "nik", ROW),
        (key, "persons", "phone", ROW),
        (key, "persons", "nik", OTHER_ROW),
    ):
        with pytest.raises(CannotOpen) as caught:
            vault.open(wrong_key, table, column, row, sealed)
        assert NIK not in str(caught.value)


@given(st.data())
def test_any_changed_byte_is_noticed(data: st.DataObject) -> None:
    vault = Vault(OLD)
    key, wrapped = vault.new_data_key()
    sealed = vault.seal(key, "persons", "nik", ROW, NIK)

    def damaged(good: bytes) -> bytes:
        place = data.draw(st.integers(0, len(good) - 1))
        return bytes([*good[:place], good[place] ^ data.draw(st.integers(1, 255)), *good[place + 1 :]])

    with pytest.raises(CannotOpen):
        vault.open(key, "persons", "nik", ROW, damaged(sealed))
    with pytest.raises(CannotOpen):
        vault.unwrap(damaged(wrapped))
    with pytest.raises(CannotOpen):
        vault.unbox("cursor", damaged(vault.box("cursor", b"x")))


@pytest.mark.parametrize(
    "rubbish", [b"", b"\x01", b"\x02", b"\x03", b"\x02" + b"x" * 12, b"\x01\x00\x01" + b"x" * 20]
)
def test_rubbish_does_not_open(rubbish: bytes) -> None:
    vault = Vault(OLD)
    key, _ = vault.new_data_key()
    with pytest.raises(CannotOpen):
        vault.open(key, "persons", "nik", ROW, rubbish)
    with pytest.raises(CannotOpen):
        vault.unwrap(rubbish)
    with pytest.raises(CannotOpen):
        vault.unbox("cursor", rubbish)


def test_the_master_key_rotates_without_touching_values() -> None:
    before = Vault(OLD)
    key, wrapped = before.new_data_key()
    sealed = before.seal(key, "persons", "nik", ROW, NIK)
    text_hmac = before.text_hmac(key, "Siti")
    between = Vault(BOTH)
    assert between.is_old(wrapped)
    rewrapped = between.rewrap(wrapped)
    assert not between.is_old(rewrapped)
    after = Vault(NEW)
    assert after.open(after.unwrap(rewrapped), "persons", "nik", ROW, sealed) == NIK
    assert after.text_hmac(after.unwrap(rewrapped), "Siti") == text_hmac
    with pytest.raises(CannotOpen, match="no master key"):
        after.unwrap(wrapped)


def test_the_cache_is_bounded_and_keeps_what_is_used() -> None:
    vault = Vault(OLD, cache_size=3)
    keys = [vault.new_data_key() for _ in range(3)]
    first = vault.unwrap(keys[0].wrapped)
    assert first is keys[0].key
    more = vault.new_data_key()
    assert vault.unwrap(keys[0].wrapped) is first
    assert vault.unwrap(more.wrapped) is more.key
    # The least recently used has left, and is unwrapped anew.
    assert vault.unwrap(keys[1].wrapped) is not keys[1].key


def test_text_hmacs_die_with_the_key() -> None:
    vault = Vault(OLD)
    mine, yours = vault.new_data_key().key, vault.new_data_key().key
    assert vault.text_hmac(mine, "Siti") == vault.text_hmac(mine, "Siti")
    assert vault.text_hmac(mine, "Siti") != vault.text_hmac(yours, "Siti")
    assert len(vault.text_hmac(mine, "")) == 64


def test_keys_do_not_show_themselves() -> None:
    key = Vault(OLD).new_data_key()
    assert "mac" not in repr(key.key)
    assert "1111" not in repr(OLD)


def test_boxes() -> None:
    boxed = Vault(OLD).box("cursor", b"after=7", b"actor 1")
    assert Vault(BOTH).unbox("cursor", boxed, b"actor 1") == b"after=7"
    for vault, purpose, context in (
        (Vault(OLD), "cursor", b"actor 2"),
        (Vault(OLD), "curso", b"ractor 1"),
        (Vault(NEW), "cursor", b"actor 1"),
    ):
        with pytest.raises(CannotOpen):
            vault.unbox(purpose, boxed, context)


def test_digests_find_what_older_keys_stored() -> None:
    stored = Blind(OLD).digest("nik", NIK)
    blind = Blind(BOTH)
    assert blind.digests("nik", NIK) == [blind.digest("nik", NIK), stored]
    assert blind.needs_redigest(stored)
    assert not blind.needs_redigest(blind.digest("nik", NIK))
    assert blind.digest("kk", NIK) != blind.digest("nik", NIK)
    assert Blind(NEW).digests("nik", NIK) == [blind.digest("nik", NIK)]


def test_keyrings_are_read_from_settings() -> None:
    ring = Keyring.parse(f" 7:{encoded(b'a')} , 3:{encoded(b'b')},")
    assert (ring.primary, set(ring.keys)) == (7, {7, 3})
    assert not ring.is_demo


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "secret",
        "x:" + encoded(b"a"),
        "0:" + encoded(b"a"),
        "65536:" + encoded(b"a"),
        "1:" + base64.b64encode(b"short").decode(),
        "1:not base64!",
        f"1:{encoded(b'a')},1:{encoded(b'b')}",
        f"1:{encoded(b'a')},2:{encoded(b'a')}",
    ],
)
def test_bad_keyrings_are_refused_without_showing_keys(text: str) -> None:
    with pytest.raises(BadKeys) as caught:
        Keyring.parse(text)
    assert encoded(b"a") not in str(caught.value)
    with pytest.raises(BadKeys):
        Keyring(9, {1: b"1" * 32})


def test_demo_keys_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    made = [make_keys(path)]
    assert make_keys(path) == made[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]
    ring = Keyring.parse(made[0].master_keys)
    assert ring.primary == DEMO_KEY_ID
    assert ring.is_demo
    assert Keyring.parse(made[0].index_keys).is_demo
    assert made[0].master_keys not in repr(made[0])


def test_starters_at_once_end_with_the_same_keys(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(path: Path) -> KeyTexts:
        together.wait()
        return make_keys(path)

    with ThreadPoolExecutor(8) as pool:
        for turn in range(25):
            made = list(pool.map(start, [tmp_path / f"{turn}.json"] * 8))
            assert len({texts.master_keys for texts in made}) == 1


def test_damaged_or_open_key_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_keys(path)
    path.chmod(0o644)
    with pytest.raises(BadKeys, match="others"):
        make_keys(path)
    path.chmod(0o600)
    path.write_text("{}")
    with pytest.raises(BadKeys, match="no key file"):
        make_keys(path)
