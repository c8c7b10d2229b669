"""The programs `make run` starts: their logs, their last words, and their end."""

import asyncio
import contextlib
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, Never, Self

from ops.console import paint, say

ERROR = re.compile(rb"\b(ERROR|CRITICAL)\b")
LONGEST_LINE = 64 * 1024
GRACE_SECONDS = 1.5

# Reads the children's process groups, one a line, and stops them once its input closes: that is, however
# the process that started them ends; it ends itself when they have. "done" means they have been stopped in
# an orderly way.
WATCHDOG = """
trap '' HUP INT TERM
groups=
while read -r line; do
    [ "$line" != done ] || exit 0
    groups="$groups -$line"
done
tell() { for group in $groups; do kill -s "$1" -- "$group" 2>/dev/null; done; }
any_left() { for group in $groups; do kill -s 0 -- "$group" 2>/dev/null && return 0; done; return 1; }
tell TERM
for _ in 1 2 3 4 5 6 7 8 9 10; do
    any_left || exit 0
    sleep 0.1
done
tell KILL
for _ in 1 2 3 4 5 6 7 8 9 10; do
    any_left || exit 0
    sleep 0.1
done
"""


class ChildDied(Exception):
    """A program ended without having been asked to."""

    def __init__(self, child: "Child") -> None:
        super().__init__(child.name)
        self.child = child


class Child:
    """One program, in a session of its own so that a Ctrl-C reaches only the process that started it."""

    def __init__(self, name: str, process: Process, log: Path, echo: Callable[[bytes], None]) -> None:
        self.name = name
        self.log = log
        self.tail: deque[str] = deque(maxlen=15)
        self._process = process
        self._echo = echo
        self._log_file = open_log(log)
        self._pumps = [asyncio.create_task(self._pump(self._stream("stderr")))]

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        echo: Callable[[bytes], None],
    ) -> Self:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=env,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        return cls(name, process, log, echo)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _stream(self, name: Literal["stdout", "stderr"]) -> asyncio.StreamReader:
        stream = self._process.stdout if name == "stdout" else self._process.stderr
        assert stream, "both are pipes"
        return stream

    async def first_line(self) -> bytes:
        """The first line of its output; empty if it ended without one."""
        return await anext(read_lines(self._stream("stdout")), b"")

    def follow_output(self) -> None:
        """From here on its output goes to its log too, where its standard error has gone from the start."""
        self._pumps.append(asyncio.create_task(self._pump(self._stream("stdout"))))

    async def _pump(self, stream: asyncio.StreamReader) -> None:
        async for line in read_lines(stream):
            self._log_file.write(line)
            self.tail.append(line.decode("utf-8", "replace").rstrip())
            self._echo(line)

    async def watch(self) -> Never:
        """Raise when it ends, with its last output read."""
        await self._process.wait()
        await asyncio.wait(self._pumps, timeout=0.5)  # a grandchild may hold the pipe open
        raise ChildDied(self)

    @property
    def ending(self) -> str:
        code = self._process.returncode or 0
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    async def stop(self) -> None:
        """Ask it to end, and end it if it takes too long."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), GRACE_SECONDS)
        self._signal(signal.SIGKILL)  # also what it started itself and left behind
        await self._process.wait()
        await asyncio.wait(self._pumps, timeout=0.5)
        for pump in self._pumps:
            pump.cancel()
        self._log_file.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


async def read_lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Lines, the endlessly long ones in pieces."""
    while True:
        try:
            yield await stream.readuntil(b"\n")
        except asyncio.LimitOverrunError as long:
            yield await stream.readexactly(long.consumed)
        except asyncio.IncompleteReadError as end:
            if end.partial:
                yield end.partial
            return


def open_log(path: Path) -> BinaryIO:
    """Unbuffered, so that `tail -f` sees each line at once; for its owner alone, as a log names people."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering=0)


def echo_all(line: bytes) -> None:
    say(paint("  │ ", "dim") + line.decode("utf-8", "replace").rstrip())


def echo_errors(line: bytes) -> None:
    if ERROR.search(line):
        say(paint("  │ ", "red") + line.decode("utf-8", "replace").rstrip())


class Watchdog:
    """Stops the children even when this process is killed outright and cannot."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *, keep_open: int) -> Self:
        """`keep_open`: the lock's file, so that nobody starts anew before the old children are gone."""
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", WATCHDOG),
            env={"PATH": os.defpath},
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=DEVNULL,
            start_new_session=True,
            pass_fds=(keep_open,),
        )
        return cls(process)

    def guard(self, child: Child) -> None:
        self._tell(str(child.pid))

    async def dismiss(self) -> None:
        self._tell("done")
        await self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())


class Children:
    """All that one session has started: watched over together, stopped the last first."""

    def __init__(self, watchdog: Watchdog, folder: Path, *, verbose: bool) -> None:
        self._watchdog = watchdog
        self._folder = folder
        self._echo = echo_all if verbose else echo_errors
        self._started: list[Child] = []

    async def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Child:
        log = self._folder / f"{name}.log"
        child = await Child.start(name, command, env=env, log=log, echo=self._echo)
        self._watchdog.guard(child)
        self._started.append(child)
        return child

    async def stop(self) -> None:
        for child in reversed(self._started):
            await child.stop()
        await self._watchdog.dismiss()


def watch(child: Child, group: asyncio.TaskGroup) -> None:
    """Its end ends the group."""
    child.follow_output()
    group.create_task(child.watch())
