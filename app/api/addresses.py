"""Where a request comes from, as far as it can be believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request

_SUBSCRIBER = 64
"""Bits of an IPv6 address that name one subscriber; the rest is his to change as often as he likes."""


def caller_address(request: Request, trusted: tuple[str, ...]) -> str:
    """Return the caller's address as the limits count it: of IPv6 the network of its first 64 bits.

    ``X-Forwarded-For`` counts only when the connection comes from a *trusted* proxy (address or network);
    then the last address that is not itself a trusted proxy is the caller's. What is no address there is not
    believed, and the nearest one that is an address counts.
    """
    here = request.client.host if request.client else ""
    found = _read(here)
    if not _is_trusted(found, trusted):
        return _counted(found) if found else here
    for part in reversed(request.headers.get("x-forwarded-for", "").split(",")):
        address = _read(part.strip())
        if address is None:
            break
        found = address
        if not _is_trusted(address, trusted):
            break
    return _counted(found) if found else here


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address) or address.is_loopback:
        return str(address)
    # Without its zone, which is the caller's word and not part of the address.
    return str(ip_network((int(address), _SUBSCRIBER), strict=False))


def _is_trusted(address: IPv4Address | IPv6Address | None, trusted: tuple[str, ...]) -> bool:
    return address is not None and any(address in ip_network(net, strict=False) for net in trusted)
