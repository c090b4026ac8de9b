"""Webhook verification, held against the library of those who wrote the standard."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook as Theirs

from puskesos_client import BadSignature
from puskesos_client import Webhook as Ours

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OTHER = "whsec_" + base64.b64encode(KEY[::-1]).decode()
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
BODY = '{"type":"case.opened","data":{"ticket":"1374-3F7K-9QX2-M"}}'


def signed(secret: str = SECRET, body: str = BODY, id_: str = "msg_1") -> dict[str, str]:
    stamp = str(int(NOW.timestamp()))
    signature = Theirs(secret).sign(id_, NOW, body)
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": signature}


def verified(headers: dict[str, str], body: str = BODY, *secrets: str, late: float = 0) -> str:
    now = NOW.timestamp() + late
    return Ours(*(secrets or (SECRET,))).verify(headers, body.encode(), now=now)


@given(st.text(max_size=200), st.binary(min_size=24, max_size=64))
def test_what_the_library_signs_is_good(body: str, key: bytes) -> None:
    try:
        body.encode()
    except UnicodeEncodeError:
        return
    secret = "whsec_" + base64.b64encode(key).decode()
    assert verified(signed(secret, body), body, secret) == "msg_1"
    with pytest.raises(BadSignature):
        verified(signed(secret, body), body + " ", secret)


def test_one_of_two_secrets_and_one_of_two_signatures_are_enough() -> None:
    both = {**signed(), "webhook-signature": f"v1,AAAA v1a,x {signed()['webhook-signature']}"}
    assert verified(both, BODY, OTHER, SECRET) == "msg_1"
    assert verified({name.title(): value for name, value in signed().items()}) == "msg_1"
    with pytest.raises(BadSignature):
        verified(signed(), BODY, OTHER)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "\ud800"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "²"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,\u00e4"},
        {"webhook-signature": signed()["webhook-signature"].replace("v1,", "v2,")},
    ],
)
def test_an_altered_header_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verified({**signed(), **change})


@pytest.mark.parametrize(("late", "good"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_an_old_one_is_refused(late: float, *, good: bool) -> None:
    if good:
        assert verified(signed(), late=late) == "msg_1"
    else:
        with pytest.raises(BadSignature):
            verified(signed(), late=late)


@pytest.mark.parametrize("secrets", [(), ("whsec_not base64",)])
def test_a_secret_that_is_none_is_refused_at_once(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        Ours(*secrets)
