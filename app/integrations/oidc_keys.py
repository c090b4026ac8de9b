"""The issuer's public keys, and the signature of an ID token under one of them."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from app.domain.sign_in import ALGORITHMS, Untrusted

_SHAPES: Final = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
}
_KINDS: Final[dict[str, Callable[[dict[str, Any]], "Key"]]] = {
    "RSA": RSAKey.import_key,
    "EC": ECKey.import_key,
    "OKP": OKPKey.import_key,
}
_SMALLEST_RSA: Final = 342
"""Characters of a modulus of 2048 bits."""
_MOST_KEYS: Final = 50
_PARTS: Final = 3
_LONGEST_TOKEN: Final = 65_536


Key = RSAKey | ECKey | OKPKey


class _Registry(JWSRegistry):
    """Our algorithms and no others. RFC 9864 renamed EdDSA, yet issuers still sign under its old name."""

    # Some issuers send their certificates along.
    max_header_length = 16_384

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY: Final = _Registry(algorithms=list(ALGORITHMS), strict_check_header=False)


class UnknownKey(Exception):
    """No key of the set fits the token: the issuer may have changed its keys."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    kid: str | None
    algorithm: str | None
    """The only one that it is for, if the issuer says so."""
    shape: tuple[str, str | None]
    key: Key

    def fits(self, kid: str | None, algorithm: str) -> bool:
        right = self.shape == _SHAPES[algorithm] and self.algorithm in {None, algorithm}
        return right and (kid is None or kid == self.kid)


def read_keys(document: Mapping[str, Any]) -> tuple[PublicKey, ...]:
    """Return the keys of a JWK set that may sign; of a kind that we do not take, or broken ones, none."""
    given = document.get("keys")
    if not isinstance(given, list):
        return ()
    found = (_key(one) for one in given[:_MOST_KEYS] if isinstance(one, dict))
    return tuple(one for one in found if one is not None)


def _key(given: dict[str, Any]) -> PublicKey | None:
    kind, kid, algorithm = given.get("kty"), given.get("kid"), given.get("alg")
    if given.get("use", "sig") != "sig" or not isinstance(kind, str) or kind not in _KINDS:
        return None
    if not all(one is None or isinstance(one, str) for one in (kid, algorithm)):
        return None
    if kind == "RSA" and len(str(given.get("n"))) < _SMALLEST_RSA:
        return None
    # Of a private key that lies open by mistake we take no notice, but of its public half.
    public: dict[str, Any] = {
        name: given[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in given
    }
    try:
        made = _KINDS[kind](public)
    except (JoseError, LookupError, ValueError, TypeError):
        # A curve that the library does not know, for one: of a single odd key the others suffer nothing.
        return None
    curve = given.get("crv")
    return PublicKey(kid, algorithm, (kind, curve if isinstance(curve, str) else None), made)


def claims_of(token: str, keys: Sequence[PublicKey]) -> Mapping[str, Any]:
    """Return what a token says whose signature is good.

    Raises:
        Untrusted: no JWT, an algorithm that we do not take, a signature that is not the issuer's.
        UnknownKey: it names a key that is not in *keys*.
    """
    header = _header(token)
    kid, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Untrusted("wrong_algorithm")
    if kid is not None and not isinstance(kid, str):
        raise Untrusted("no_token")
    fitting = [one for one in keys if one.fits(kid, algorithm)]
    # Without a name it must be clear which one is meant.
    if len(fitting) != 1:
        raise UnknownKey
    try:
        signed = jws.deserialize_compact(token, fitting[0].key, registry=_REGISTRY)
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Untrusted("wrong_signature") from error
    if not isinstance(claims, dict):
        raise Untrusted("no_token")
    return claims


def _header(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > _LONGEST_TOKEN or not token.isascii():
        raise Untrusted("no_token")
    try:
        header = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError) as error:
        raise Untrusted("no_token") from error
    if not isinstance(header, dict):
        raise Untrusted("no_token")
    return header
