"""Everything by which a secret could get out of the app, collected: log lines, pages, exceptions, messages, rows."""

from __future__ import annotations

import json
import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oauth.redaction import TALKATIVE
from tests.leaks.secrets import Leak, Planted

# Slack's own way back to who asked: work that comes later needs it, so it travels and rests with that work. It is no
# token, and ends after half an hour.
TRAVELS = ("response_url",)

Seen = tuple[str, str | bytes, tuple[str, ...]]


@dataclass
class Channels:
    planted: Planted
    seen: list[Seen] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)

    def take(self, channel: str, text: str | bytes, *, what: str = "", but: tuple[str, ...] = ()) -> None:
        self.count[channel] = self.count.get(channel, 0) + 1
        self.seen.append((f"{channel} {what}".strip(), text, but))

    def page(self, headers: Any, body: str, *, but: tuple[str, ...] = ()) -> None:
        """A browser's state belongs into its own cookie, and into the link that leads on to Slack."""
        self.take("page", f"{headers}\n{body}", but=but)

    def exception(self, error: BaseException) -> None:
        """All that anybody prints of one; of its local variables nobody prints any."""
        chain: list[BaseException] = [error]
        for each in chain:
            chain += [other for other in (each.__cause__, each.__context__) if other and other not in chain]
            self.take("exception", f"{each!r}\n{each}\n{each.args!r}\n{getattr(each, '__notes__', '')}")
        self.take("exception", "".join(traceback.format_exception(error)))

    @contextmanager
    def exceptions(self) -> Iterator[None]:
        """What is raised inside ends there."""
        try:
            yield
        except BaseException as error:
            self.exception(error)

    def row(self, item: Any) -> None:
        self.take("row", json.dumps(item, default=repr), but=TRAVELS)

    def sqlite(self, file: Path) -> None:
        with closing(sqlite3.connect(file)) as database:
            for line in database.iterdump():
                self.take("row", line, what=file.name, but=TRAVELS)
        self.take("row", file.read_bytes(), what=f"{file.name} as it lies", but=TRAVELS)

    def leaks(self) -> list[Leak]:
        """Looked for in the end, when all secrets are known, those too that were made on the way."""
        found = (self.planted.leaks(where, text, but=but) for where, text, but in self.seen)
        return sorted({leak for leaks in found for leak in leaks})


class Log(logging.Handler):
    """Every record of every logger, as a formatter writes it, and as Lambda's own does, field by field."""

    def __init__(self, take: Callable[..., None]) -> None:
        super().__init__(logging.NOTSET)
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        line = f"{self.format(record)}\n{error}\n{error!r}\n{record.__dict__.get('exc_text')}"
        self._take("log", line, what=f"{record.name} {record.levelname}")


@contextmanager
def logged(channels: Channels) -> Iterator[None]:
    """As with the level of a function's log at DEBUG: that of the root logger."""
    root, handler, factory = logging.getLogger(), Log(channels.take), logging.getLogRecordFactory()
    levels = {name: logging.getLogger(name).level for name in ("", *TALKATIVE)}
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        logging.setLogRecordFactory(factory)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
