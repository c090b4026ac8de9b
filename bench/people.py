"""The benchmark's people by number: their NIKs, and what a desk sends about them."""

import json
from datetime import date, timedelta
from functools import cache
from typing import Final
from uuid import uuid4

from bench.fill import place_of, places

_FIRST_BIRTH: Final = date(1945, 1, 1)
_BIRTHS: Final = 20_000
_DISTRICT: Final = "137401"


def nik_of(n: int) -> str:
    """A NIK of valid form, another for each of a billion numbers; every second is a woman's."""
    born = _FIRST_BIRTH + timedelta(days=n % _BIRTHS)
    day = born.day + (40 if n // _BIRTHS % 2 else 0)
    return f"{_DISTRICT}{day:02}{born:%m%y}{1 + n // _BIRTHS:04}"


def spread(turn: int, people: int) -> int:
    """The even number of the person whose turn it is: each once, in no order that an index would like."""
    return 2 * (turn * 48_271 % (people // 2))


@cache
def _places() -> list[tuple[str, str]]:
    return places()


def regency_of(n: int) -> str:
    return _places()[place_of(n, len(_places()))][0]


def body_of(n: int) -> bytes:
    """What a desk sends when the person comes: of ordinary length, for a category that no filled case has."""
    village = _places()[place_of(n, len(_places()))][1]
    return json.dumps(
        {
            "kind": "LAYANAN",
            "category": "PERMOHONAN_BANSOS",
            "channel": "DATANG",
            "subject": {
                "kind": "person",
                "nik": nik_of(n),
                "name": f"Contoh Warga {n}",
                "phone": f"0812{n:08}",
                "address": "Jorong Contoh, RT 001/RW 002, dekat surau",
            },
            "reporter": {"relation": "FAMILY", "name": "Contoh Pelapor", "phone": "081200001234"},
            "place": {"village": village, "address": "Jorong Contoh, RT 001/RW 002"},
            "chronology": "Ibu dengan balita, suami tidak bekerja sejak tiga bulan, belum menerima bantuan "
            "apa pun dari pemerintah. Rumah berdinding papan, air dari sumur tetangga. " * 4,
            "current_aid": [],
            "facts": {"household.pregnant": False, "household.children_0_6": 1},
            "papers": ["KTP", "KK"],
            "legal_basis": "public_task",
            "notice_version": "2026-1",
        }
    ).encode()


def request_of(n: int, token: str) -> bytes:
    """The whole request as it goes over the wire."""
    body = body_of(n)
    head = (
        "POST /v1/cases HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4().hex}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
