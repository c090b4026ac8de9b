"""A batch of operations that a desk did offline: each goes the way of its single route, and gets a verdict.

There is no second set of rules: openings go through the services of intake, everything else through the very
handlers of the single routes, each under its own idempotency key, in a savepoint of its own.
"""

from app.api.batch.run import run_batch

__all__ = ["run_batch"]
