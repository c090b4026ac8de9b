"""A receiver asks, the sender answers: both read the thread, and an open question is a task."""

from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.desk import acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
ASKED, SAID = "Apakah masih tinggal di alamat ini?", "Ya, sejak 2020."


async def thread(reader: Person, referral: str) -> list[tuple[str, str]]:
    shown = (await reader.get(f"/v1/referrals/{referral}")).json()
    return [(one["kind"], one["text"]) for one in shown["messages"]]


def questions(shown: dict[str, Any]) -> list[bool]:
    """Whether each question's task is done."""
    return [one["done_at"] is not None for one in shown["tasks"] if one["kind"]["code"] == "answer_question"]


async def test_both_sides_read_the_thread_and_the_sender_has_a_task(login: LogIn) -> None:
    siti, dinsos, office = (
        await login("siti@1374"),
        await login("dinsos@1374"),
        await login("sekretariat@1374"),
    )
    desk = await open_case(siti)
    (first,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID", "note": "Mohon segera."})
    before = await desk.read()
    asked = await acted(dinsos, first, "question", {"text": ASKED})
    assert (asked["status"]["code"], asked["due_at"]) == ("sent", before["referrals"][0]["due_at"])
    shown = await desk.read()
    assert (questions(shown), shown["status"]["code"], shown["due"]) == ([False], "referred", before["due"])
    tasks = (await siti.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
    assert ASKED in [one["text"] for one in tasks]
    await acted(siti, first, "answer", {"text": SAID})
    expected = [("sent", "Mohon segera."), ("question", ASKED), ("answer", SAID)]
    assert await thread(siti, first) == await thread(dinsos, first) == expected
    assert questions(await desk.read()) == [True]
    # The other agency, and whoever has no part in it, reads nothing of it.
    assert (await (await login("dinkes@1374")).get(f"/v1/referrals/{first}")).status_code == 404
    events = (await office.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
    assert all(ASKED not in str(one) and SAID not in str(one) for one in events)
    assert {"referral.questioned", "referral.answered"} <= {one["type"] for one in events}


async def test_an_answer_closes_the_questions_of_its_own_referral_only(login: LogIn) -> None:
    siti, dinsos, dinkes = await login("siti@1374"), await login("dinsos@1374"), await login("dinkes@1374")
    desk = await open_case(siti)
    codes = ("UMUM.DINSOS-1374", "UMUM.DINKES-1374")
    one, other = await desk.refer(*({"program": code, "purpose": "INFORMATION"} for code in codes))
    await acted(dinsos, one, "question", {"text": "Satu?"})
    await acted(dinsos, one, "question", {"text": "Dua?"})
    await acted(dinkes, other, "question", {"text": "Tiga?"})
    assert questions(await desk.read()) == [False] * 3
    await acted(siti, one, "answer", {"text": SAID})
    assert sorted(questions(await desk.read())) == [False, True, True]
    # A referral that ends leaves no question open.
    await acted(dinkes, other, "refuse", {"reason": "other_program"})
    assert questions(await desk.read()) == [True] * 3


async def test_each_side_asks_and_answers_for_itself(login: LogIn) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    seen = {"If-Match": '"1"'}
    for by, action in ((siti, "question"), (dinsos, "answer")):
        answer = await by.post(f"/v1/referrals/{referral}/{action}", {"text": ASKED}, headers=seen)
        assert answer.status_code == 403, (action, answer.text)
    assert questions(await desk.read()) == []
    await acted(dinsos, referral, "refuse", {"reason": "other_program"})
    late = await dinsos.post(f"/v1/referrals/{referral}/question", {"text": ASKED}, headers={"If-Match": "*"})
    assert late.status_code == 409
    own = (await dinsos.get(f"/v1/referrals/{referral}")).json()
    assert (own["sight"], own["messages"]) == ("own_record", [])
