"""The store of files in an S3-compatible bucket, through obstore; imported only where one is set."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore as Remote
from obstore.store import from_url

from app.integrations.object_store import PAGE, Found, Missing, require_key, store_away

_PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Bucket:
    remote: Remote

    async def put(self, key: str, content: bytes) -> None:
        try:
            await obstore.put_async(self.remote, require_key(key), content)
        except (BaseError, OSError) as error:
            raise store_away() from error

    async def get(self, key: str) -> bytes:
        try:
            found = await obstore.get_async(self.remote, require_key(key))
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise Missing from error
        except (BaseError, OSError) as error:
            raise store_away() from error

    async def delete(self, key: str) -> None:
        try:
            await obstore.delete_async(self.remote, require_key(key))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise store_away() from error

    async def older(self, before: datetime) -> AsyncIterator[list[Found]]:
        try:
            async for page in obstore.list(self.remote, chunk_size=PAGE):
                yield [
                    Found(one["path"], one["last_modified"])
                    for one in page
                    if one["last_modified"] < before and one["path"] != _PROBE
                ]
        except (BaseError, OSError) as error:
            raise store_away() from error

    async def check(self) -> None:
        try:
            await obstore.put_async(self.remote, _PROBE, b"")
        except (BaseError, OSError) as error:
            raise store_away() from error


def open_bucket(url: str, options: Mapping[str, Any]) -> Bucket:
    """Return the bucket of ``s3://name/prefix``; *options* are obstore's: endpoint, region and keys.

    Raises:
        ValueError: the address or an option is none of obstore's.
    """
    plain = str(options.get("endpoint", "")).startswith("http://")
    try:
        return Bucket(from_url(url, client_options={"allow_http": plain}, **options))
    except BaseError as error:
        raise ValueError("PUSKESOS_OBJECT_STORE_URL or _OPTIONS is not valid") from error
