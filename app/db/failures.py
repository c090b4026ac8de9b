"""What a failing database means to the caller, decided by SQLSTATE (Citus loses constraint names)."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.domain.errors import Unavailable

# Another try of the same request may succeed: connection lost, shutting down, too many connections, a lock
# not given, a deadlock, a serialisation failure, our own statement timeout, disk full.
PASSING = frozenset({"25006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "XX000"})
UNIQUE_VIOLATION = "23505"
GONE = frozenset({"25006", "57P01", "57P02", "57P03"})


def sqlstate(error: BaseException) -> str:
    """Return the SQLSTATE of an asyncpg or SQLAlchemy error, or an empty text."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None)
    return state if isinstance(state, str) else ""


def is_disconnect(error: BaseException) -> bool:
    state = sqlstate(error)
    return state in GONE or state.startswith("08")


def watch_disconnects(engine: Engine) -> None:
    """Make the pool drop its connections on states that SQLAlchemy does not know as a disconnect."""

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> None:
        if is_disconnect(context.original_exception):
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = True


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Turn the failures that will pass into ``Unavailable``; let the others through."""
    try:
        yield
    except (OSError, TimeoutError, PoolTimeout, InterfaceError, asyncpg.InterfaceError) as error:
        raise Unavailable from error
    except (asyncpg.PostgresError, asyncpg.InternalClientError, DBAPIError) as error:
        if sqlstate(error) in PASSING or is_disconnect(error) or _is_cut_off(error):
            raise Unavailable from error
        raise


def _is_cut_off(error: BaseException) -> bool:
    """Tell whether the driver lost its place: what it raises on a connection that was just terminated."""
    origin = getattr(error, "orig", None)
    chain = (error, origin, getattr(origin, "__cause__", None))
    return any(isinstance(one, asyncpg.InternalClientError) for one in chain)
