"""How fast one reader takes the feed of a regency with a million events, over HTTP, page after page."""

import http.client
import json
import time
from typing import Final

from app.integrations.embedded_postgres import Running
from bench import proc
from bench.arms import Service, service
from bench.ground import Keys

REGENCY: Final = "63.03"
"""Of the large database: more than a million events are its own."""
LIMIT: Final = 1_000
SECONDS: Final = 15


def measure(running: Running, keys: Keys) -> dict[str, object]:
    """Read for a while from the start of the feed."""
    with service(running, keys) as serving:
        read(serving, 1)
        before = (proc.own_seconds(serving.pid), proc.family_seconds(serving.postmaster))
        count, seconds = read(serving, SECONDS)
        spent = (
            proc.own_seconds(serving.pid) - before[0],
            proc.family_seconds(serving.postmaster) - before[1],
        )
    return {
        "feed.per_second": round(count / seconds),
        "feed.events": count,
        "feed.service_us": round(spent[0] / count * 1e6, 1),
        "feed.pg_us": round(spent[1] / count * 1e6, 1),
    }


def read(serving: Service, seconds: float) -> tuple[int, float]:
    """Return how many events came, and in how many seconds."""
    line = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60)
    headers = {"Authorization": f"Bearer {serving.tokens[REGENCY]}"}
    count, after, begun = 0, "", time.monotonic()
    while time.monotonic() - begun < seconds:
        line.request("GET", f"/v1/events?limit={LIMIT}{after}", headers=headers)
        answer = line.getresponse()
        told = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(told[:2000].decode("utf-8", "replace"))
        page = json.loads(told)
        count += len(page["items"])
        after = f"&after={page['next']}"
        if not page["more"]:
            break
    line.close()
    return count, time.monotonic() - begun
