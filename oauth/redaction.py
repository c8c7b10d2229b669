"""What is logged, without what must not be in a log."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import quote

# Compiled when a line is first looked at, which in a cold start none is.
TOKEN = r"(?a)\bx(?:ox[a-z]|app)[A-Za-z0-9.%_-]*-[A-Za-z0-9%_-]+"  # noqa: S105
BY_ITS_ADDRESS = r"https://hooks\.slack\.com/[^\s\"'\\<>,;)]+"  # a webhook's, or a response_url
LONG_ENOUGH = 4  # a shorter one is no secret, and would blot out half of the text

# They log at DEBUG whole requests and answers, with what people typed and with what they may not read.
TALKATIVE = ("slack_sdk", "slack_bolt", "errand.bolt", "boto3", "botocore", "s3transfer", "urllib3")


def redacted(error: BaseException, secrets: Iterable[str]) -> str:
    """A traceback. `secrets` go wherever they stand, and so does whatever looks like one of Slack's."""
    return cleared("".join(traceback.format_exception(error)), secrets)


def cleared(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if len(secret) >= LONG_ENOUGH:
            text = text.replace(secret, "…").replace(quote(secret, safe=""), "…")
    return re.sub(BY_ITS_ADDRESS, "…", re.sub(TOKEN, "…", text))


def guard_log(secrets: Callable[[], Iterable[str]]) -> None:
    """For this process, whoever logs and however it is written: an error's text may hold what a job was told.

    `secrets` are those that are known by then. The level of the log may be DEBUG; that of these libraries stays above.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.setLogRecordFactory(partial(_ClearedRecord, secrets))


class _ClearedRecord(logging.LogRecord):
    def __init__(self, secrets: Callable[[], Iterable[str]], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        try:
            message = self.getMessage()
        except Exception:  # whoever writes it down says what is wrong with it
            return
        known = tuple(secrets())
        clear = cleared(message, known)
        if self.exc_info and self.exc_info[1]:
            told = "".join(traceback.format_exception(self.exc_info[1]))
            if (clear_told := cleared(told, known)) != told:
                # in its message, for formatters would ask the error itself
                clear, self.exc_info = f"{clear}\n{clear_told.rstrip()}", None
        if clear != message:
            self.msg, self.args = clear, ()
