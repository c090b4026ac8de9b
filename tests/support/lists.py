"""Lists of invented persons, and how they are sent."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from httpx import Response

from tests.support.http import Person

HEADER = "NIK,Nama,No KK,Tanggal Lahir,JK,Desa/Kelurahan,Desil\n"
VILLAGE = "Silaing Bawah"
"""Of 13.74.02, in Padang Panjang."""


def nik_of(n: int, *, regency: str = "1374", woman: bool = False) -> str:
    """A NIK of valid form, another for each n below ten million."""
    day, month, year = 1 + n % 28, 1 + n // 28 % 12, 50 + n // 336 % 50
    return f"{regency}01{day + 40 * woman:02}{month:02}{year:02}{1 + n // 16_800:04}"


def born_of(n: int) -> date:
    return date(1950 + n // 336 % 50, 1 + n // 28 % 12, 1 + n % 28)


def row_of(n: int, **changes: object) -> str:
    """One row of a plain list; a field that is changed stands as it is given."""
    values = {
        "nik": nik_of(n),
        "name": f"CONTOH {'ABCDEFGHIJ'[n % 10]}{'KLMNOPQRST'[n // 10 % 10]}A WARGA{_letters(n)}",
        "kk": f"137401010120{n % 10_000:04}" if n % 10_000 else "1374010101201111",
        "born": f"{born_of(n):%d-%m-%Y}",
        "sex": "L",
        "village": VILLAGE,
        "desil": n % 10 + 1,
        **changes,
    }
    return ",".join(str(value) for value in values.values()) + "\n"


def _letters(n: int) -> str:
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in str(n))


def a_list(*numbers: int) -> bytes:
    return (HEADER + "".join(row_of(n) for n in numbers)).encode()


async def send_list(
    person: Person, content: bytes, *, name: str = "daftar.csv", key: str | None = None, **headers: str
) -> Response:
    kind = "application/octet-stream"
    return await person.client.post(
        "/v1/lists",
        content=content,
        headers={
            "Authorization": f"Bearer {person.token}",
            "Idempotency-Key": key or uuid4().hex,
            "Content-Type": kind,
            "Accept-Language": "en",
            "File-Name": quote(name),
            **headers,
        },
    )


async def sent_list(person: Person, content: bytes, **more: Any) -> str:
    """Send a list; return its public id."""
    answer = await send_list(person, content, **more)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])
