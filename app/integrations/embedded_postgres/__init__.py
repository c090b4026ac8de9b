"""Our own PostgreSQL, from the programs in a wheel: no system package, no container, no port.

`EmbeddedPostgres().start(folder)` gives a `Running` server with the addresses of two roles.
"""

from app.integrations.embedded_postgres.errors import EmbeddedPostgresError
from app.integrations.embedded_postgres.server import EmbeddedPostgres, Role, Running

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Role", "Running"]
