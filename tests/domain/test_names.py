"""Spellings that must meet, and names that must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import name_key, name_words


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  SITI   aminah ", "siti aminah"),
        ("Hj. Siti Aminah, S.Pd., M.Si", "siti aminah"),
        ("Hj Siti Aminah S.Pd", "siti aminah"),
        ("SITI AMINAH SPD", "siti aminah"),
        ("Drs. H. Djoko Soesilo, MM", "joko susilo"),
        ("Dr. Ir. Tjahjo", "cahjo"),
        ("Siti binti Ahmad", "siti ahmad"),
        ("Ahmmad", "ahmad"),
        ("Mu'min", "mumin"),
        ("Mu\u2019min", "mumin"),
        ("Jum\u2018at", "jumat"),
        ("Moh. Yusuf", "muhamad yusuf"),
        ("MUHAMMAD YUSUF", "muhamad yusuf"),
        ("Nur-Aini", "nur aini"),
        ("A.Rahman", "a rahman"),
        ("Rizky Maulana SH", "rizky maulana sh"),
        ("Rizky Maulana, SH", "rizky maulana"),
        ("Rizky Maulana, Padang", "rizky maulana padang"),
        ("Ibu", "ibu"),
        ("S.Pd", "s pd"),
        ("Rene\u0301", "rene"),
        ("\uff33\uff49\uff54\uff49", "siti"),
        ("...", ""),
        ("", ""),
    ],
)
def test_keys(text: str, key: str) -> None:
    assert name_key(text) == key


def test_order_free_words() -> None:
    assert name_words("Aminah Siti") == name_words("Siti Aminah, S.Pd") == ("aminah", "siti")


def test_different_names_stay_different() -> None:
    assert (
        len({name_key(n) for n in ("Siti Aminah", "Siti Amina", "Sari Aminah", "Siti", "Aminah Siti")}) == 5
    )


@given(st.text(max_size=60))
def test_a_key_is_tidy_and_blind_to_case_and_space(text: str) -> None:
    key = name_key(text)
    assert key == " ".join(key.split())
    assert name_key(f"  {text}  ") == key
    assert (key == "") == (not any(c.isalnum() for c in key))
