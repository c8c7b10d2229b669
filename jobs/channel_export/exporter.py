"""Reads a channel from the newest message back and writes it from the oldest on."""

from __future__ import annotations

from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from slack_sdk.errors import SlackApiError

from jobs.channel_export.backwards import BackwardsFile
from jobs.channel_export.formats import FileFormat, encoded
from jobs.channel_export.record import record_of
from jobs.channels.history import Message, pages, replies
from jobs.channels.journey import Journey
from jobs.channels.people import People
from jobs.channels.period import Period
from runs.context import RunContext


class Exporter:
    """One export. `write` can be called once."""

    def __init__(
        self, run: RunContext, channel: dict[str, Any], period: Period, file_format: FileFormat, threads: bool
    ) -> None:
        self._client = run.client
        self._journey = Journey(run, channel, period)
        self._channel_id: str = channel["id"]
        self._period = period
        self._format = file_format
        self._threads = threads
        self._people = People(run.client, self._report)
        self._count = 0

    def write(self, file: BinaryIO) -> int:
        """Writes the whole file, and returns how many messages are in it. Raises RunCancelled."""
        with TemporaryFile() as scratch:
            newest_first = BackwardsFile(scratch)
            self._report()
            for page in pages(self._client, self._channel_id, self._period):
                newest_first.start_page()
                self._add_page(page, newest_first)
                self._report()
            self._assemble(newest_first.blocks(), file)
        return self._count

    def _add_page(self, page: list[Message], out: BackwardsFile) -> None:
        """Names and threads take calls message by message, so the bar moves through the page with them."""
        before = self._journey.reached
        for done, message in enumerate(reversed(page), start=1):
            if not self._comes_with_its_thread(message):
                self._add([message], out)
                self._add_thread(message, out)
            self._journey.reached = before + (float(page[-1]["ts"]) - before) * done / len(page)

    def _add(self, messages: list[Message], out: BackwardsFile) -> None:
        out.write(self._format.encode(record_of(message, self._people) for message in messages))
        self._count += len(messages)

    def _add_thread(self, parent: Message, out: BackwardsFile) -> None:
        if not (self._threads and parent.get("reply_count")):
            return
        try:
            self._report()
            for page in replies(self._client, self._channel_id, parent["ts"]):
                self._add(page, out)
                self._report()
        except SlackApiError as error:
            # deleted since the page was read
            if error.response.get("error") != "thread_not_found":
                raise

    def _comes_with_its_thread(self, message: Message) -> bool:
        """A reply also sent to the channel is listed in both: once will do, if its thread is in the file."""
        is_broadcast = message.get("subtype") == "thread_broadcast"
        return (
            self._threads
            and is_broadcast
            and float(message.get("thread_ts", 0)) >= self._period.start.timestamp()
        )

    def _report(self) -> None:
        self._journey.report(self._count)

    def _assemble(self, blocks: Iterable[bytes], file: BinaryIO) -> None:
        file.write(encoded(self._format.head))
        for block in blocks:
            file.write(block)
        if self._count:
            file.seek(-len(self._format.ending), 2)
        file.truncate()
        file.write(encoded(self._format.tail))
        file.seek(0)
