"""Where a request comes from, as far as it can be believed."""

from ipaddress import ip_address, ip_network

from starlette.requests import Request


def caller_address(request: Request, trusted: tuple[str, ...]) -> str:
    """Return the caller's address for the limits of log-ins.

    ``X-Forwarded-For`` counts only when the connection comes from a *trusted* proxy (address or network);
    then the last address that is not itself a trusted proxy is the caller's.
    """
    here = request.client.host if request.client else ""
    if not _is_trusted(here, trusted):
        return here
    for part in reversed(request.headers.get("x-forwarded-for", "").split(",")):
        if not _is_trusted(part.strip(), trusted):
            return part.strip()[:64] or here
    return here


def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(net, strict=False) for net in trusted)
