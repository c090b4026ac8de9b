"""What is planted about a person is told by no answer of the DCI interface, whatever is asked for and how."""

import json
from typing import Any, Final

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.dci import DciMessage
from app.db.tables.dci_subscriptions import DciSubscription
from app.db.tables.events import Event
from app.domain.names import name_key
from tests.conftest import LogIn
from tests.support.dci import (
    ENROLLED,
    ORDERED,
    PURPOSES,
    SEARCH,
    SUBSCRIBE,
    a_partner,
    an_entry,
    by,
    enrolled,
    request,
    searching,
    subscribing,
)
from tests.support.desk import CASE

pytestmark = pytest.mark.commits
NIK: Final = "1374016507910779"
KK: Final = "1374012003150779"
BORN: Final = "1991-07-25"
PLANTED: Final = {
    "name": "Zulmaryam Kenanggo",
    "key": name_key("Zulmaryam Kenanggo"),
    "phone": "81277770042",
    "address": "Jl. Cempaka Ungu 777",
    "chronology": "Suaminya hilang di Laut Kenari.",
    "reporter": "Burhanuddin Tanjuang",
    "other": "1374016507910780",
}
OPENS: Final = {
    "eligibility": {"poverty_score"},
    "double_aid": {"programmes"},
    "delivery": {"village"},
    "identity": {"born"},
}
TELLS: Final = {
    "poverty_score": '"poverty_score":3',
    "programmes": "PROGRAM_X",
    "village": "13.74.01.1005",
    "born": BORN,
}


async def test_each_answer_tells_what_its_purpose_opens_and_nothing_that_was_planted(
    login: LogIn, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    siti, admin = await login("siti@1374"), await login("admin@1374")
    subject = {
        "kind": "person", "nik": NIK, "kk": KK, "name": PLANTED["name"], "sex": "P", "born_on": BORN,
        "phone": "+6281277770042", "address": PLANTED["address"],
    }  # fmt: skip
    opened = await siti.post(
        "/v1/cases",
        {
            **CASE,
            "subject": subject,
            "chronology": PLANTED["chronology"],
            "reporter": {"relation": "FAMILY", "name": PLANTED["reporter"]},
        },
    )
    assert opened.status_code == 201, opened.text
    for nik in (NIK, PLANTED["other"]):
        await an_entry(house, nik, KK, desil=3, programs=["PROGRAM_X"], name_key=PLANTED["key"])
    partner = await a_partner(admin, "tanam", callback_url="https://penerima.contoh.go.id")
    capsys.readouterr()
    answers: list[tuple[str, str]] = []
    for purpose in PURPOSES:
        for kind, number in (("NIK", NIK), ("KK", KK)):
            for entity in ("Member", "Group"):
                asked = request(purpose, response_entity=entity, **by(kind, number))
                for path in (SEARCH, ORDERED):
                    answer = await partner.send(path, partner.signed(searching(asked)))
                    assert answer.status_code == 200, answer.text
                    answers.append((purpose, answer.text))
        question = partner.signed(enrolled(NIK, None, purpose))
        answers.append((purpose, (await partner.send(ENROLLED, question)).text))
        follows = partner.signed(subscribing(NIK, purpose=purpose), action="subscribe")
        answers.append((purpose, (await partner.send(SUBSCRIBE, follows)).text))
    boxed = await stored(house)
    for purpose, text in answers + boxed:
        closed = {word for name, word in TELLS.items() if name not in OPENS.get(purpose, set())}
        assert [word for word in (*PLANTED.values(), *closed) if word in text] == [], text
    told = {purpose: "".join(text for one, text in answers if one == purpose) for purpose in PURPOSES}
    assert all(TELLS[name] in told[purpose] for purpose, names in OPENS.items() for name in names)
    logged, lying = capsys.readouterr().out, await bare(house)
    assert not [number for number in (NIK, KK) if number in logged]
    assert not [word for word in (NIK, KK, *PLANTED.values()) if word in lying]


async def stored(house: House) -> list[tuple[str, str]]:
    """Return what waits to be posted, opened, each with its purpose."""
    async with read_only(house.database.sessions) as tx:
        rows = (await tx.scalars(select(DciMessage).where(DciMessage.body_boxed.is_not(None)))).all()
    found = []
    for row in rows:
        content = json.loads(house.vault.unbox("dci", row.body_boxed or b"", row.id.bytes))
        found.append((str(row.items[0]["purpose"]), json.dumps(content, separators=(",", ":"))))
    return found


async def bare(house: House) -> str:
    """Return everything of the interface that lies unsealed, and every event."""
    said: list[Any] = []
    async with read_only(house.database.sessions) as tx:
        for table in (DciMessage, DciSubscription, Event):
            said += [vars(row) for row in await tx.scalars(select(table))]
    return str(said)
