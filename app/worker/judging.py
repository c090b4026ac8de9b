"""Judging past decisions in processes beside the worker's own, so that its other jobs keep their time.

A child is given the keys and the rules over its pipe, never by its environment. It answers one batch at a
time; what it answers holds ids and counts only.
"""

import asyncio
import json
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

from app.domain.programs import Override, parse_program
from app.domain.routing import Trial, versions
from app.domain.routing.tally import Tally
from app.domain.routing.trial import Decided, decided, decided_in_brief
from app.integrations.keyring import Keyring
from app.integrations.vault import Vault

LENGTH: Final = 8
"""Bytes that say how long what follows is."""
_COMMAND: Final = (sys.executable, "-m", "app.worker.judging_child")


class Past(NamedTuple):
    """One stored decision as a child is given it; ids as their 16 bytes."""

    case: bytes
    record: bytes
    answer: str
    """The whole record, or all but what it says of each programme."""
    brief: str | None
    """Then that in brief: `decided_in_brief`."""
    sealed: bytes
    wrapped: bytes | None
    """None once the facts were erased."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is tried, and the versions that the decisions were made with."""

    keys: str
    """The ring of master keys, as settings write it."""
    draft: Mapping[str, Any]
    documents: Sequence[Mapping[str, Any]]
    overrides: Sequence[Override]


@dataclass(slots=True)
class Judge:
    """Opens and decides; one per process."""

    vault: Vault
    trial: Trial

    @classmethod
    def of(cls, rules: Rules) -> Self:
        return cls(Vault(Keyring.parse(rules.keys)), trial_of(rules))

    def judge(self, cases: Sequence[Past]) -> Tally:
        tally = Tally()
        for one in cases:
            past = self._past(one)
            tally.add(past.used[0], one.case.hex(), self.trial.judge_brief(past, self._facts(one)))
        return tally

    def _past(self, one: Past) -> Decided:
        answer, code = json.loads(one.answer), self.trial.draft.code
        if one.brief is None:
            return decided(answer, code)
        return decided_in_brief(answer, json.loads(one.brief), code)

    def _facts(self, one: Past) -> dict[str, Any] | None:
        if one.wrapped is None:
            return None
        place = ("routing_records", "facts", UUID(bytes=one.record))
        text = self.vault.open_once(one.wrapped, *place, one.sealed)
        found: dict[str, Any] = json.loads(text)
        return found


def trial_of(rules: Rules) -> Trial:
    programs = versions(parse_program(one) for one in rules.documents)
    overrides = {(one.regency, one.program, one.n): one for one in rules.overrides}
    return Trial(parse_program(rules.draft), programs, overrides)


@dataclass(slots=True)
class Judges:
    """Some children, or none: then a thread of this process judges. Use it as a context."""

    rules: Rules
    children: int
    _free: "asyncio.Queue[Process]" = field(default_factory=asyncio.Queue)
    _all: list[Process] = field(default_factory=list)
    _own: Judge | None = None

    async def __aenter__(self) -> Self:
        if not self.children:
            self._own = await asyncio.to_thread(Judge.of, self.rules)
        for _ in range(self.children):
            child = await _start(self.rules)
            self._all.append(child)
            self._free.put_nowait(child)
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in self._all:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            if child.stdin is not None:
                child.stdin.close()

    async def judge(self, cases: Sequence[Past]) -> Tally:
        """Judge a batch, when it is its turn.

        Raises:
            EOFError: the child died; the job is taken up again from its position.
        """
        if self._own is not None:
            return await asyncio.to_thread(self._own.judge, cases)
        child = await self._free.get()
        await _send(child, [tuple(one) for one in cases])
        tally: Tally = await _receive(child)
        self._free.put_nowait(child)
        return tally


async def _start(rules: Rules) -> Process:
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath}
    child = await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=asyncio.subprocess.DEVNULL, env=environment
    )
    await _send(child, (rules.keys, rules.draft, rules.documents, rules.overrides))
    return child


async def _send(child: Process, content: object) -> None:
    if child.stdin is None:
        raise EOFError
    packed = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    child.stdin.write(len(packed).to_bytes(LENGTH, "big"))
    child.stdin.write(packed)
    await child.stdin.drain()


async def _receive(child: Process) -> Any:
    if child.stdout is None:
        raise EOFError
    head = await child.stdout.readexactly(LENGTH)
    packed = await child.stdout.readexactly(int.from_bytes(head, "big"))
    return pickle.loads(packed)  # noqa: S301  # from our own child, over a pipe that nobody else holds
