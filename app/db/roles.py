"""The two roles of the database: the owner migrates, the service adds to the logs and never changes them.

Run once by whoever may create roles. A second run makes new passwords and changes nothing else.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

OWNER: Final = "puskesos_owner"
APP: Final = "puskesos_app"
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


class BadName(ValueError):
    """A database's name that would have to be quoted."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What ``PUSKESOS_DATABASE_URL`` and ``PUSKESOS_MIGRATE_URL`` are to be set to."""

    app: str = field(repr=False)
    owner: str = field(repr=False)


async def make_roles(admin_url: str, database: str, *, owner: str = OWNER, app: str = APP) -> Addresses:
    """Make both roles, and *database* as the owner's where it is missing.

    Raises:
        BadName: a name is not of small letters, digits and ``_``.
    """
    for name in (database, owner, app):
        if not _NAME.fullmatch(name):
            raise BadName(name)
    passwords = {owner: secrets.token_urlsafe(24), app: secrets.token_urlsafe(24)}
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        for role, password in passwords.items():
            there = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
            # Utility statements take no parameters; a name of ours and a URL-safe password need no quoting.
            verb = "ALTER" if there else "CREATE"
            await connection.execute(f"{verb} ROLE {role} LOGIN PASSWORD '{password}'")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f"CREATE DATABASE {database} OWNER {owner}")
        await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {app}")
    finally:
        await connection.close()
    return Addresses(
        app=with_login(admin_url, app, passwords[app], database),
        owner=with_login(admin_url, owner, passwords[owner], database),
    )


def with_login(url: str, user: str, password: str, database: str) -> str:
    """Return *url* for another user and database; the host stays."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = urlencode(
        [pair for pair in parse_qsl(parts.query) if pair[0] not in {"user", "password", "dbname"}]
    )
    return urlunsplit((parts.scheme, f"{user}:{password}@{host}", f"/{database}", query, ""))


def user_of(url: str) -> str | None:
    """The role that a URL names."""
    parts = urlsplit(url)
    return parts.username or dict(parse_qsl(parts.query)).get("user")
