"""A file of any size into Slack, in constant memory.

The SDK's `files_upload_v2` reads the whole file; this sends it from disk, by the same three steps.
https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

from __future__ import annotations

import io
import ipaddress
import logging
import sys
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from runs.errors import Refused
from runs.mrkdwn import escape

log = logging.getLogger("errand.upload")

ATTEMPTS = 3
# For each read or write, not for the whole file. Slack takes its time to answer after a large one.
TIMEOUT_SECONDS = 120

# https://docs.slack.dev/reference/methods/files.completeUploadExternal and files.getUploadURLExternal
ADVICE = {
    "channel_not_found": "I can't reach the conversation it was meant for. Invite me there, then run again.",
    "not_in_channel": "I'm not in the channel it was meant for. Invite me there, then run again.",
    "is_archived": "the channel it was meant for is archived. Choose another one.",
    "posting_to_channel_denied": "this workspace does not let me post to that channel. Choose another one.",
    "file_uploads_disabled": "uploads are switched off in this workspace. Ask an admin.",
    "file_upload_size_restricted": "it is larger than this workspace allows. Ask for less at once.",
    "storage_limit_reached": "this workspace has no storage left. Ask an admin to make room.",
    "missing_scope": "I may not upload files (scope files:write is missing). Ask an admin to reinstall me.",
}


class UploadFailed(Refused):
    """The file was made but could not be delivered; the message says why and what to do."""


def upload_file(
    client: WebClient,
    *,
    channel: str,
    name: str,
    file: bytes | BinaryIO,
    length: int | None = None,
    title: str | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Shares a file in `channel`, a conversation's id (open a DM first), and returns Slack's file object.

    `file` is read from where it stands, `length` bytes or to its end. It must be seekable: a dropped
    connection or a 5xx sends it again, to a fresh upload URL. Raises UploadFailed.
    """
    content = io.BytesIO(file) if isinstance(file, bytes) else file
    size = min(_remaining(content), sys.maxsize if length is None else length)
    if size < 1:
        raise UploadFailed(f"{escape(name)} is empty, and Slack takes no empty files.")
    try:
        file_id = _send(client, name, content, size, pause)
        answer = client.files_completeUploadExternal(
            files=[{"id": file_id, "title": title or name}],
            channel_id=channel,
        )
    except SlackApiError as error:
        raise _explained(name, error) from error
    except OSError as error:
        raise UploadFailed(
            f"I couldn't deliver {escape(name)}: Slack can't be reached. Run it again in a few minutes."
        ) from error
    shared: dict[str, Any] = answer["files"][0]
    return shared


def _send(client: WebClient, name: str, file: BinaryIO, size: int, pause: Callable[[float], None]) -> str:
    """Returns the id of the file, whose bytes Slack then has but shows to nobody yet."""
    start = file.tell()
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(attempt)
        # an upload URL is good for one POST: after a broken one nobody knows what of it arrived
        target = client.files_getUploadURLExternal(filename=name, length=size)
        file.seek(start)
        problem = _post(client, target["upload_url"], _Span(file, size), size)
        if not problem:
            return str(target["file_id"])
    raise UploadFailed(
        f"I couldn't upload {escape(name)}: {problem}, {ATTEMPTS} times. Run it again in a few minutes."
    )


def _post(client: WebClient, url: str, body: _Span, size: int) -> str:
    """Returns what went wrong if another attempt may help, else an empty text."""
    _check_url(url, client.base_url)
    request = Request(  # noqa: S310  (checked above)
        url,
        data=body,
        method="POST",
        headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
    )
    try:
        with _opener(client).open(request, timeout=TIMEOUT_SECONDS) as answer:
            answer.read()
    except HTTPError as error:
        error.close()
        if error.code < 500:
            raise UploadFailed(f"Slack refused the upload (HTTP {error.code}). Run it again.") from error
        log.warning("An upload was answered with HTTP %s", error.code)
        return f"Slack answered HTTP {error.code}"
    except (URLError, HTTPException, OSError) as error:
        # its kind only: the text may quote the upload URL, which is a secret while it is good
        log.warning("An upload broke off: %s", type(getattr(error, "reason", error)).__name__)
        return "the connection to Slack broke"
    return ""


def _opener(client: WebClient) -> OpenerDirector:
    """Goes out the way the client itself does; like it, falls back on the environment's proxy."""
    handlers = [HTTPSHandler(context=client.ssl), _NoRedirect()]
    if client.proxy:
        return build_opener(ProxyHandler({"http": client.proxy, "https": client.proxy}), *handlers)
    return build_opener(*handlers)


class _NoRedirect(HTTPRedirectHandler):
    """Slack's upload URLs do not redirect; whatever else answers shall not move the file elsewhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class _Span:
    """At most `size` bytes of a file: one that has grown since must not overrun its Content-Length."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def _check_url(url: str, base_url: str) -> None:
    """Slack names the address, so it is checked: in the clear only if Slack itself is on loopback."""
    target, base = urlsplit(url), urlsplit(base_url)
    offline = base.scheme == "http" and _is_loopback(base.hostname)
    if target.scheme == "https" or (offline and target.scheme == "http" and _is_loopback(target.hostname)):
        return
    raise UploadFailed("Slack named an upload address that is not https, so I did not send the file there.")


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _remaining(file: BinaryIO) -> int:
    start = file.tell()
    end = file.seek(0, io.SEEK_END)
    file.seek(start)
    return end - start


def _explained(name: str, error: SlackApiError) -> UploadFailed:
    code = error.response.get("error") or "nothing I understand"
    log.warning("A file could not be delivered: %s", code)
    advice = ADVICE.get(code, f"Slack said `{code}`. Run it again; if it stays so, show this to your admin.")
    return UploadFailed(f"I couldn't deliver {escape(name)}: {advice}")
