"""A job that is killed while it waits: the n-th time it would wait for something, its task is cancelled."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any


class _CutOff:
    """Await it like the coroutine; ``waits`` counts how often it waited."""

    def __init__(self, work: Coroutine[Any, Any, Any], after: int) -> None:
        self.work = work
        self.after = after
        self.waits = 0

    def __await__(self) -> Generator[Any, None, Any]:
        inner = self.work.__await__()
        error: BaseException | None = None
        while True:
            try:
                waited = next(inner) if error is None else inner.throw(error)
            except StopIteration as ended:
                return ended.value
            self.waits += 1
            task = asyncio.current_task()
            if self.waits == self.after and task is not None:
                task.cancel()
            error = None
            try:
                yield waited
            except asyncio.CancelledError as told:
                error = told


async def killed(work: Coroutine[Any, Any, Any], after: int) -> bool:
    """Run *work* in a task of its own, cancelled at its *after*-th wait; return whether it came to that."""
    cut = _CutOff(work, after)

    async def run() -> None:
        await cut

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return cut.waits >= after
