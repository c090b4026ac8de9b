"""What a file is, what it may be called, how parts join, and what a case still needs."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attachments import (
    SENTENCES,
    SMALLEST_PART,
    Came,
    FileRefusedError,
    Kind,
    Quota,
    Refusal,
    Used,
    clean_name,
    object_key,
    over_quota,
    place_part,
    sniff,
)
from app.domain.paper_checklist import Asker, Wish, checklist, missing

ID = UUID("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\nrest", Kind.PNG),
        (b"RIFF\x00\x00\x00\x00WEBPrest", Kind.WEBP),
        (b"%PDF-1.7\n", Kind.PDF),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: Kind) -> None:
    assert sniff(content) is kind


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"\xff\xd8", Refusal.UNKNOWN_TYPE),
        (b"GIF89a", Refusal.UNKNOWN_TYPE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.UNKNOWN_TYPE),
        (b"PK\x03\x04", Refusal.UNKNOWN_TYPE),
        (b"MZ\x90", Refusal.UNKNOWN_TYPE),
        (b"<html>%PDF-1.7", Refusal.UNKNOWN_TYPE),
        (b"\n%PDF-1.7", Refusal.UNKNOWN_TYPE),
        (b"RIFF\x00\x00\x00\x00WAVE", Refusal.UNKNOWN_TYPE),
    ],
)
def test_what_is_not_taken_says_why(content: bytes, refusal: Refusal) -> None:
    with pytest.raises(FileRefusedError) as told:
        sniff(content)
    assert told.value.refusal is refusal


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    assert SENTENCES.keys() == set(Refusal)
    assert all(said.id and said.en and said.id != said.en for said in SENTENCES.values())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ktp.jpg", "ktp.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ibu\\ktp.jpg", "ktp.jpg"),
        ("..", ""),
        ("a\x00b.jpg", "ab.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("  dua   kata .pdf ", "dua kata .pdf"),
        ("/", ""),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_name_is_words_and_leads_nowhere(name: str, shown: str) -> None:
    assert clean_name(name) == shown


@given(st.text())
def test_no_name_holds_a_folder_or_a_control(name: str) -> None:
    shown = clean_name(name)
    assert not {"/", "\\", "\x00", "\n", "\u202e"} & set(shown)
    assert len(shown) <= 120
    assert clean_name(shown) == shown


def test_an_object_lies_with_its_tenant() -> None:
    assert object_key("13.74", ID) == f"1374/5b/{ID.hex}"
    assert object_key("ID", ID).startswith("0000/")


@pytest.mark.parametrize(
    ("offset", "length", "received", "came"),
    [
        (0, SMALLEST_PART, 0, Came.NEXT),
        (0, SMALLEST_PART - 1, 0, Came.SMALL),
        (SMALLEST_PART, SMALLEST_PART, SMALLEST_PART, Came.NEXT),
        (0, SMALLEST_PART, SMALLEST_PART, Came.BEFORE),
        (0, SMALLEST_PART + 1, SMALLEST_PART, Came.ELSEWHERE),
        (SMALLEST_PART + 1, SMALLEST_PART, SMALLEST_PART, Came.ELSEWHERE),
        (100_000 - 5, 5, 100_000 - 5, Came.NEXT),
        (100_000 - 5, 6, 100_000 - 5, Came.BEYOND),
        (100_000, 0, 100_000, Came.NEXT),
        (100_000, 0, 0, Came.ELSEWHERE),
    ],
)
def test_a_part_joins_or_says_where_to_go_on(offset: int, length: int, received: int, came: Came) -> None:
    assert place_part(offset=offset, length=length, received=received, declared=100_000) is came


@given(
    st.integers(1, 400_000),
    st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 120_000)), max_size=40),
)
def test_whatever_parts_come_what_was_received_is_one_stretch(
    declared: int, parts: list[tuple[int, int]]
) -> None:
    received = 0
    for offset, length in parts:
        if place_part(offset=offset, length=length, received=received, declared=declared) is Came.NEXT:
            assert offset == received
            received += length
    assert received <= declared


QUOTA = Quota(case_files=2, case_bytes=100, account_bytes_a_day=50)


@pytest.mark.parametrize(
    ("used", "coming", "over"),
    [
        (Used(0, 0, 0), 50, None),
        (Used(1, 50, 0), 50, None),
        (Used(2, 0, 0), 1, "case_files"),
        (Used(1, 51, 0), 50, "case_bytes"),
        (Used(0, 0, 1), 50, "account_bytes_a_day"),
    ],
)
def test_a_limit_is_reached_and_not_passed(used: Used, coming: int, over: str | None) -> None:
    assert over_quota(QUOTA, used, coming) == over


WISHES = [
    Wish(Asker.PROGRAM, "PKH", "KTP", required=True),
    Wish(Asker.PROGRAM, "PKH", "SKTM", required=False),
    Wish(Asker.CATEGORY, "PERMOHONAN_BANSOS", "KK", required=True),
    Wish(Asker.ASKED, "ask_completion", "SKTM", required=True),
]


def test_a_paper_is_required_if_anybody_requires_it() -> None:
    lines = {line.paper: line for line in checklist(WISHES, (), {})}
    assert {name: line.required for name, line in lines.items()} == {"KTP": True, "KK": True, "SKTM": True}
    assert [wish.asker for wish in lines["SKTM"].wishes] == [Asker.PROGRAM, Asker.ASKED]


def test_a_paper_is_held_when_it_was_seen_or_a_file_shows_it() -> None:
    lines = checklist(WISHES, {"KTP"}, {"KK": [ID], "FOTO_RUMAH": [ID]})
    assert missing(lines) == ("SKTM",)
    told = {line.paper: (line.held, line.seen, len(line.attachments)) for line in lines}
    assert told["KTP"] == (True, True, 0)
    assert told["KK"] == (True, False, 1)
    # Nobody asked for it, and it is there.
    assert lines[-1].paper == "FOTO_RUMAH"
    assert not lines[-1].required
