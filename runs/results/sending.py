"""How a table or a chart reaches its reader: as a block, where Slack takes it, else as text; what is long as a file."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError

from runs.clients import TROUBLE
from runs.mrkdwn import escape
from runs.results.chart import Chart
from runs.results.spreadsheet import csv_of, file_name
from runs.results.table import Table
from runs.results.text import text_chart, text_table
from runs.run import FileRef, ResultRef
from runs.upload import UploadFailed

log = logging.getLogger("errand.results")

Result = Table | Chart
Message = Mapping[str, Any]  # `text`, and `blocks` if it has any


class Drawn(NamedTuple):
    """`is_whole`: whether it shows all there is."""

    message: Message
    is_whole: bool


Draw = Callable[[Result, str], Drawn | None]  # with a note below it; None of what fits no block
Post = Callable[[Message], str]  # returns the permalink, or nothing; raises one of TROUBLE
Upload = Callable[[str, bytes], FileRef]  # raises UploadFailed

# What Slack answers where it knows no such block, or not of this size.
BLOCKS_REFUSED = {
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "only_one_table_allowed",
}


class Sending:
    """Of one result. Slack's refusal is noted, never raised: the job's work does not hang on it."""

    def __init__(self, *, draw: Draw, post: Post, upload: Upload) -> None:
        self._draw = draw
        self._post = post
        self._upload = upload
        self._note = ""

    def send(self, result: Result) -> ResultRef:
        try:
            link, problem = self._as_block_or_text(result), ""
        except TROUBLE as error:
            log.warning("A %s could not be shown: %s", result.kind, type(error).__name__)
            link, problem = "", _said(error)
        return ResultRef(kind=result.kind, title=result.title, permalink=link, problem=problem)

    def _as_block_or_text(self, result: Result) -> str:
        drawn = self._draw(result, "")
        if drawn and not drawn.is_whole:
            self._send_whole(result)
            drawn = self._draw(result, self._note)
        try:
            return self._post(drawn.message) if drawn else self._as_text(result)
        except SlackApiError as error:
            if drawn is None or error.response.get("error") not in BLOCKS_REFUSED:
                raise
            log.info("A %s is sent as text: %s", result.kind, error.response.get("error"))
            return self._as_text(result)

    def _as_text(self, result: Result) -> str:
        form = text_table(result) if isinstance(result, Table) else text_chart(result)
        if not form.is_whole:
            self._send_whole(result)
        heading = f"*{escape(result.title)}*" if result.title else ""
        return self._post({"text": "\n".join(filter(None, [heading, form.block, self._note]))})

    def _send_whole(self, result: Result) -> None:
        """Once, before the message that names it."""
        if self._note:
            return
        try:
            file = self._upload(file_name(result), csv_of(result))
        except UploadFailed as error:
            self._note = f":warning: This is not all. {error}"
            return
        name = escape(file.name)
        link = f"<{file.permalink}|{name}>" if file.permalink else name
        what = f"All {len(result.rows):,} rows" if isinstance(result, Table) else "All numbers"
        self._note = f"{what} are in {link}."


def _said(error: BaseException) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack said `{error.response.get('error', 'nothing I understand')}`"
    return "Slack could not be reached"
