"""One offline workspace at a time: a lock file that says who holds it and where to find it."""

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

# A killed owner's watchdog keeps the lock until it has stopped what the owner left behind.
CLEARING_SECONDS = 30.0


@dataclass(frozen=True)
class Holder:
    pid: int
    url: str | None


class AlreadyRunning(Exception):
    """Another process holds the lock."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(holder)
        self.holder = holder


class Lock:
    """Held from `take` until every process that inherited its file has ended."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> Self:
        file = path.open("a+")
        try:
            wait_for(file)
        except AlreadyRunning:
            file.close()
            raise
        lock = cls(file)
        lock.record(None)
        return lock

    def record(self, url: str | None) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "url": url}, self._file)
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()

    def release(self) -> None:
        self._file.truncate(0)
        self._file.close()


def wait_for(file: IO[str]) -> None:
    deadline = time.monotonic() + CLEARING_SECONDS
    while not try_lock(file):
        holder = read_holder(file)
        if (holder and is_alive(holder.pid)) or time.monotonic() > deadline:
            raise AlreadyRunning(holder)
        time.sleep(0.05)


def try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_holder(file: IO[str]) -> Holder | None:
    file.seek(0)
    try:
        record = json.load(file)
        return Holder(record["pid"], record["url"])
    except (ValueError, KeyError, TypeError):
        return None  # being written at this moment


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
