"""Fills a queue as fast as the disk takes it and says each id when it is told that it is kept; to be killed.

python -m tests.support.filling_queue QUEUE
"""

import sys
from itertools import count
from pathlib import Path

from puskesos_client.disk import Disk
from puskesos_client.operations import Operation
from puskesos_client.queue import Queue

ACCOUNT = "siti@1374"


def main() -> None:
    queue = Queue(Disk(Path(sys.argv[1]), ACCOUNT))
    begun = len(queue.all())
    for n in count(begun):
        operation = Operation("open_case", {"n": n, "chronology": "x" * 2_000}, id=f"op-{n}")
        slip = queue.open_case(operation)
        sys.stdout.write(f"{operation.id} {slip.ticket}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
