"""The offline queue: on the disk before it says so, judged once, one account's own."""

import asyncio
import random
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from puskesos_client import Case, NoTicket, Operation, OtherAccount, QueueError, State
from puskesos_client.disk import Disk
from puskesos_client.queue import Queue
from puskesos_client.store import Store
from puskesos_client.tickets import Tickets
from tests.support.filling_queue import ACCOUNT

ROOT = Path(__file__).resolve().parents[2]
CASE = Case(ticket="1374-3F7K-9QX2-M")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "queue.sqlite", ACCOUNT)
    yield made
    made.close()


def note(id_: str, **more: Any) -> Operation:
    return Operation("note", {"text": f"Catatan {id_}"}, CASE, id=id_, **more)


def tickets(*names: str, until: str = "2099-01-01T00:00:00Z") -> dict[str, Any]:
    return {"expires_at": until, "tickets": [{"ticket": name, "pin": "482913"} for name in names]}


def told(id_: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "verdict": verdict, **more}


def states(queue: Queue) -> dict[str, str]:
    return {one.id: one.state.value for one in queue.all()}


def test_a_batch_keeps_the_order_and_comes_again_until_it_is_judged(disk: Disk) -> None:
    queue = Queue(disk)
    for n in range(5):
        queue.add(note(f"op-{n}"))
    first = queue.batch(3)
    assert [one["id"] for one in first] == ["op-0", "op-1", "op-2"]
    assert states(queue) == dict.fromkeys(["op-0", "op-1", "op-2"], "sent") | dict.fromkeys(
        ["op-3", "op-4"], "queued"
    )
    assert queue.batch(3) == first
    assert queue.settle([told("op-0", "applied", answer={"id": "x"}), told("op-1", "replayed")]) == {
        "applied": 1,
        "replayed": 1,
    }
    assert [one["id"] for one in queue.batch()] == ["op-2", "op-3", "op-4"]


def test_a_verdict_counts_once(disk: Disk) -> None:
    queue = Queue(disk)
    queue.add(note("op"))
    queue.batch()
    assert queue.settle([told("op", "applied", ticket="T")]).total() == 1
    assert queue.settle([told("op", "rejected"), told("unknown", "applied")]).total() == 0
    found = queue.find("op")
    assert found is not None
    assert (found.state, (found.verdict or {})["ticket"]) == (State.APPLIED, "T")


def test_what_was_written_of_a_person_leaves_with_the_verdict(disk: Disk, tmp_path: Path) -> None:
    queue = Queue(disk)
    queue.add(Operation("note", {"text": "RAHASIA SEKALI"}, CASE, id="op"))
    queue.batch()
    queue.settle([told("op", "applied")])
    (found,) = queue.all()
    assert "body" not in found.content
    assert queue.forget_applied() == 1
    disk.close()
    assert b"RAHASIA SEKALI" not in (tmp_path / "queue.sqlite").read_bytes()


def test_who_waits_goes_again_by_itself_but_not_behind_a_refused_one(disk: Disk) -> None:
    queue = Queue(disk)
    for id_ in ("parent", "child", "other"):
        queue.add(note(id_))
    queue.batch()
    queue.settle([
        told("parent", "conflict", conflicts=[{"field": "sector", "base": "A", "mine": "B", "theirs": "C"}]),
        told("child", "waiting", waiting_for="parent"),
        told("other", "waiting", waiting_for="somewhere else"),
    ])  # fmt: skip
    assert [one["id"] for one in queue.batch()] == ["other"]
    (conflict,) = queue.all(State.CONFLICT)
    assert conflict.conflicts[0]["theirs"] == "C"
    queue.mend("parent", base={"sector": "C"})
    again = queue.batch()
    assert [one["id"] for one in again] == ["parent", "child", "other"]
    assert again[0]["base"] == {"sector": "C"}
    assert again[0]["body"] == {"text": "Catatan parent"}


def test_children_of_a_mended_operation_go_again(disk: Disk) -> None:
    queue = Queue(disk)
    for id_ in ("parent", "child", "grandchild", "other"):
        queue.add(note(id_))
    queue.batch()
    behind = {name: {"code": "parent_rejected", "data": {"parent": name}} for name in ("parent", "child")}
    queue.settle([
        told("parent", "rejected", problem={"code": "invalid"}),
        told("child", "rejected", problem=behind["parent"]),
        told("grandchild", "rejected", problem=behind["child"]),
        told("other", "rejected", problem={"code": "forbidden"}),
    ])  # fmt: skip
    assert queue.batch() == []
    queue.mend("parent", body={"text": "benar"})
    assert [one["id"] for one in queue.batch()] == ["parent", "child", "grandchild"]


def test_only_what_was_refused_is_mended_or_dropped(disk: Disk) -> None:
    queue = Queue(disk)
    queue.add(note("op"))
    for change in (queue.mend, queue.drop):
        with pytest.raises(QueueError):
            change("op")
    with pytest.raises(QueueError):
        queue.add(note("op"))
    queue.settle([told("op", "rejected", problem={"code": "invalid"})])
    queue.drop("op")
    assert queue.all() == []


def test_a_batch_is_bounded_in_bytes_but_never_empty(disk: Disk) -> None:
    queue = Queue(disk)
    for n in range(4):
        queue.add(Operation("note", {"text": "x" * 400}, CASE, id=f"op-{n}"))
    assert len(queue.batch(most_bytes=1_300)) == 2
    assert len(queue.batch(most_bytes=1)) == 1


def test_a_ticket_goes_with_one_case(disk: Disk) -> None:
    queue, held = Queue(disk), Tickets(disk)
    held.take_in(tickets("late"))
    held.take_in(tickets("soon", until="2098-01-01T00:00:00Z"))
    held.take_in(tickets("ended", until="2020-01-01T00:00:00Z"))
    held.take_in(tickets("soon", until="2098-01-01T00:00:00Z"))
    slips = [queue.open_case(Operation("open_case", {"kind": "LAYANAN"}, id=f"op-{n}")) for n in range(3)]
    assert [one.ticket for one in slips] == ["soon", "late", "ended"]
    assert [one["body"]["ticket"] for one in queue.batch()] == ["soon", "late", "ended"]
    with pytest.raises(NoTicket):
        queue.open_case(Operation("open_case", {}, id="op-3"))
    assert queue.find("op-3") is None
    # The slip can be printed again until the case has come.
    assert held.slip_of("op-0") == slips[0]
    queue.settle([told("op-0", "applied")])
    assert (found := held.slip_of("op-0")) is not None
    assert found.pin == ""
    assert "482913" not in repr(slips[0])


def test_a_reservation_is_asked_again_under_its_key(disk: Disk) -> None:
    held = Tickets(disk)
    first = held.ask("13.74.01.1005", 20)
    assert held.ask("13.74.01.1005", 5) == first
    held.take_in(tickets("one"))
    assert held.ask("13.74.01.1005", 5).key != first.key
    held.give_up()
    assert held.left() == 1


def test_the_file_is_one_accounts_own(disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    Queue(disk).add(note("op"))
    with pytest.raises(OtherAccount):
        Disk(path, "rina@1374")
    again = Disk(path, ACCOUNT)
    assert again.device == disk.device
    assert [one.id for one in Queue(again).all()] == ["op"]
    again.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_processes_can_have_it_open(disk: Disk, tmp_path: Path) -> None:
    other = Disk(tmp_path / "queue.sqlite", ACCOUNT)
    Queue(disk).add(note("a"))
    Queue(other).add(note("b"))
    assert [one["id"] for one in Queue(disk).batch()] == ["a", "b"]
    Queue(disk).settle([told("a", "applied")])
    assert Queue(other).settle([told("a", "conflict"), told("b", "applied")]) == {"applied": 1, "conflict": 0}
    other.close()


def test_the_store_takes_a_page_whole(disk: Disk) -> None:
    store = Store(disk)
    page = {
        "cases": [{"ticket": "A", "person": "p1"}, {"ticket": "B", "person": "p2"}],
        "removed": [],
        "people": [{"id": "p1", "name": "Satu"}, {"id": "p2", "name": "Dua"}],
        "codes": {"case_status": {"registered": "Terdaftar"}},
        "programs": [{"code": "PKH"}],
        "next": "c1",
    }
    store.take_in(page)
    assert [one["ticket"] for one in store.cases()] == ["A", "B"]
    assert store.codes("case_status") == {"registered": "Terdaftar"}
    nothing = {"people": [], "codes": None, "programs": None}
    store.take_in(
        {
            "cases": [{"ticket": "B", "person": "p2", "status": "void"}],
            "removed": ["A"],
            "next": "c2",
            **nothing,
        }
    )
    assert store.case("A") is None
    assert (store.case("B") or {})["status"] == "void"
    # Nobody is kept whom no case on the device is about.
    assert store.person("p1") is None
    assert store.person("p2") is not None
    assert (store.cursor(), store.programs()) == ("c2", [{"code": "PKH"}])
    with pytest.raises(KeyError):
        store.take_in({"cases": [{"ticket": "C"}], "removed": [], "people": []})
    assert (store.cursor(), store.case("C")) == ("c2", None)
    store.clear()
    assert (store.cursor(), store.cases()) == (None, [])


async def test_what_it_said_is_kept_is_there_after_kill_9(tmp_path: Path) -> None:
    path, luck = tmp_path / "queue.sqlite", random.Random(5)  # noqa: S311
    disk = Disk(path, ACCOUNT)
    Tickets(disk).take_in(tickets(*(f"T{n:05}" for n in range(20_000))))
    disk.close()
    said: list[str] = []
    for _ in range(4):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.support.filling_queue",
            str(path),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        said.append((await process.stdout.readline()).decode())
        await asyncio.sleep(luck.uniform(0.1, 0.4))
        process.kill()
        said += (await process.stdout.read()).decode().splitlines(keepends=True)
        await process.wait()
    disk = Disk(path, ACCOUNT)
    kept = {one.id: one.content["body"]["ticket"] for one in Queue(disk).all()}
    disk.close()
    told_of = dict(line.split() for line in said if line.endswith("\n"))
    assert len(told_of) > 4
    assert told_of.items() <= kept.items()
    assert len(set(kept.values())) == len(kept)
