"""The outside issuer when it is not as it should be: its tokens, its keys, its answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.responses import JSONResponse, RedirectResponse
from starlette.responses import Response as Raw

from app.api.deps import House
from app.integrations.oidc import BadIssuer, Issuer
from app.integrations.oidc_keys import read_keys
from tests.conftest import LogIn
from tests.support.issuer import CLIENT, HUGE, SECRET, forged, outside
from tests.support.outside import Scene, a_browser, go, reason, staged, through

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def tied(house: House, login: LogIn) -> AsyncIterator[Scene]:
    async with outside() as issuer:
        yield await staged(issuer, house, await login("admin@1374"))


@pytest.fixture
def scene(tied: Scene) -> Scene:
    tied.mend()
    return tied


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA", "Ed25519"])
async def test_other_kinds_of_keys_are_taken(scene: Scene, algorithm: str) -> None:
    made = {"ES256": lambda: ECKey.generate_key("P-256"), "PS256": lambda: scene.issuer.keys["satu"]}
    key = made.get(algorithm, lambda: OKPKey.generate_key("Ed25519"))()
    scene.issuer.keys = {**scene.issuer.keys, algorithm: key}
    scene.issuer.algorithm = scene.issuer.kid = algorithm
    assert (await through(scene.again())).status_code == 303


HOUR = 3600
SPOILT = {
    "wrong_nonce": lambda said: {**said, "nonce": "x" * 43},
    "no_nonce": lambda said: {name: said[name] for name in said if name != "nonce"},
    "wrong_audience": lambda said: {**said, "aud": "another"},
    "audience_of_two": lambda said: {**said, "aud": [CLIENT, "another"]},
    "wrong_party": lambda said: {**said, "azp": "another"},
    "wrong_issuer": lambda said: {**said, "iss": said["iss"] + "/"},
    "expired": lambda said: {**said, "exp": said["iat"] - 61},
    "never_ends": lambda said: {**said, "exp": float("nan")},
    "beyond_all_times": lambda said: {**said, "exp": 10**400},
    "no_end": lambda said: {name: said[name] for name in said if name != "exp"},
    "of_tomorrow": lambda said: {**said, "iat": said["iat"] + HOUR},
    "not_yet": lambda said: {**said, "nbf": said["iat"] + HOUR},
    "no_subject": lambda said: {**said, "sub": ""},
    "numbered": lambda said: {**said, "sub": 7},
    "surrogate": lambda said: {**said, "sub": "\ud800"},
    "none": lambda said: forged({"alg": "none"}, said, None),
    "none_with_key": lambda said: forged({"alg": "none", "kid": "satu"}, said, None),
    "garbage": lambda _: "a.b.c",
    "text": lambda _: "no token",
    "deep": lambda said: forged({"alg": "RS256", "kid": "satu"}, said, b"x"),
}


@pytest.mark.parametrize("name", sorted(SPOILT))
async def test_a_token_that_is_not_quite_right_lets_nobody_in(scene: Scene, name: str) -> None:
    scene.issuer.spoil = SPOILT[name]
    answer = await through(scene.again())
    assert answer.status_code == 401, answer.text
    assert "tidak dapat dipercaya" in reason(answer)


async def test_a_clock_that_is_a_little_off_does_no_harm(scene: Scene) -> None:
    scene.issuer.spoil = lambda said: {**said, "iat": said["iat"] + 50, "exp": said["iat"] - 50}
    assert (await through(scene.again())).status_code == 303


async def test_the_public_key_is_no_secret_to_sign_with(scene: Scene) -> None:
    key = scene.issuer.keys["satu"]
    for secret in (key.as_pem(private=False), key.as_der(private=False), key.as_pem(private=False).strip()):
        for kid in ({"kid": "satu"}, {}):
            header = {"alg": "HS256", **kid}
            scene.issuer.spoil = lambda said, header=header, secret=secret: forged(header, said, secret)  # type: ignore[misc]  # bound now
            assert (await through(scene.again())).status_code == 401


async def test_a_key_of_somebody_else_by_the_same_name_is_refused(scene: Scene) -> None:
    desk = scene.again()
    assert (await through(desk)).status_code == 303
    right = scene.issuer.keys
    scene.issuer.keys = {**right, "satu": RSAKey.generate_key(2048)}
    try:
        assert (await through(desk)).status_code == 401
    finally:
        scene.issuer.keys = right


async def test_a_new_key_is_fetched_once_and_an_unknown_one_makes_no_storm(scene: Scene) -> None:
    times = [scene.house.clock()]
    desk = scene.again(clock=lambda: times[0])
    scene.issuer.spoil = lambda said: {**said, "iat": 1, "exp": 4_102_444_800}
    assert (await through(desk)).status_code == 303
    right, scene.issuer.kid = scene.issuer.keys, "dua"
    scene.issuer.keys = {**right, "dua": RSAKey.generate_key(2048)}
    try:
        assert (await through(desk)).status_code == 401, "asked for a moment ago"
        times[0] += timedelta(seconds=61)
        assert (await through(desk)).status_code == 303
        for _ in range(3):
            scene.issuer.spoil = lambda said: forged({"alg": "RS256", "kid": "tiga"}, said, b"x")
            assert (await through(desk)).status_code == 401
        assert scene.issuer.asked.count("/keys") == 2
        assert scene.issuer.asked.count("/.well-known/openid-configuration") == 1
    finally:
        scene.issuer.keys = right


SICK = {
    "down": Raw("<h1>502</h1>", 502),
    "huge": Raw(HUGE, media_type="application/json"),
    "elsewhere": RedirectResponse("/elsewhere", 302),
    "broken": Raw('{"issuer": ', media_type="application/json"),
    "list": JSONResponse([]),
    "deep": Raw("[" * 100_000, media_type="application/json"),
    "packed": Raw(b"x", headers={"Content-Encoding": "gzip"}),
    "slow": None,
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("sickness", sorted(SICK))
async def test_a_sick_issuer_is_a_sentence_and_no_fault_of_ours(
    scene: Scene, path: str, sickness: str
) -> None:
    answer = SICK[sickness]
    desk = scene.again()
    async with a_browser(desk) as browser:
        address = "" if "well-known" in path else await go(browser)
        scene.issuer.answers = {path: answer} if answer else {}
        scene.issuer.hangs = "" if answer else path
        came = await browser.get(address or "/konsol/masuk/penyedia")
        assert came.status_code == 503
        assert "tidak menjawab" in reason(came)
        assert "/elsewhere" not in scene.issuer.asked, "a redirect is not followed"
        scene.issuer.answers, scene.issuer.hangs = {}, ""
        assert (await browser.get(await go(browser))).status_code == 303, "and it is well again"


async def test_many_who_wait_for_an_issuer_that_hangs_are_told_together(scene: Scene) -> None:
    path = "/.well-known/openid-configuration"
    desk = scene.again()
    async with a_browser(desk) as browser:
        scene.issuer.hangs = path
        scene.issuer.asked.clear()
        came = await asyncio.gather(*(browser.get("/konsol/masuk/penyedia") for _ in range(12)))
        assert {one.status_code for one in came} == {503}
        assert scene.issuer.asked == [path], "one question for all who waited"
        scene.issuer.hangs = ""
        assert (await browser.get(await go(browser))).status_code == 303, "and nobody is kept out after"


async def test_an_issuer_that_is_away_or_somebody_else_is_not_gone_to(scene: Scene) -> None:
    said = ({"issuer": "https://elsewhere.example"}, {"token_endpoint": "ftp://x/"}, {"jwks_uri": None})
    for one in (*said, {"authorization_endpoint": "http://elsewhere.example/"}):
        scene.issuer.document = one
        async with a_browser(scene.again()) as browser:
            assert (await browser.get("/konsol/masuk/penyedia")).status_code == 503
    gone = scene.place(issuer=Issuer.at("http://127.0.0.1:9", CLIENT, SECRET, None))
    async with a_browser(gone) as browser:
        assert (await browser.get("/konsol/masuk/penyedia")).status_code == 503


async def test_the_clients_secret_goes_as_the_issuer_wants_it(scene: Scene) -> None:
    scene.issuer.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await through(scene.again())).status_code == 303
    scene.issuer.document = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
    wrong = scene.place(issuer=Issuer.at(scene.issuer.url, CLIENT, "another", None))
    answer = await through(wrong)
    assert answer.status_code == 503
    assert "tidak menjawab" in reason(answer)


@pytest.mark.parametrize(
    ("url", "client"),
    [
        ("http://masuk.example", "x"),
        ("https://masuk.example", None),
        ("https://masuk.example", ""),
        ("https://masuk.example/?realm=x", "x"),
        ("https://masuk.example/#x", "x"),
        ("https://user:word@masuk.example", "x"),
        ("https://[::1", "x"),
        ("https://masuk.example:99999", "x"),
        ("masuk.example", "x"),
    ],
)
def test_settings_that_cannot_be_used_stop_the_start(url: str, client: str | None) -> None:
    with pytest.raises(BadIssuer):
        Issuer.at(url, client, None, None)


def test_an_odd_key_of_the_issuer_is_passed_over() -> None:
    good = ECKey.generate_key("P-256").as_dict(private=False)
    odd = [
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X9", "x": "AA"},
        {"kty": 7},
    ]
    assert len(read_keys({"keys": [*odd, good]})) == 1
