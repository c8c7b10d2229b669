"""Bolt as Lambda needs it. app.py imports this before anything else: a cold start pays for every module."""

from __future__ import annotations

import gc
import os
from typing import Final

from aws import quick_dataclasses
from aws.stand_ins import standing_in

# settings.py reads all the rest of the environment, but is part of what is started here.
ON_LAMBDA: Final = bool(os.environ.get("AWS_LAMBDA_FUNCTION_NAME"))

# What Bolt and the SDK import for ways to run that Lambda has none of, or for what hardly any request has a use for,
# and the names they take from it while they are imported. bench/ measured the price on a cold start: boto3 80 to 119 ms
# (for Bolt's own lazy runner, ours is in its place), asyncio 20 (to annotate with `Future`), the models of Block Kit 12
# (to tell them from the plain dicts that we send), the SQLite stores and the development server 2 to 5 each.
STAND_INS: Final = {
    "boto3": (),
    "asyncio": ("Future",),
    "sqlite3": ("Connection",),
    "http.server": ("SimpleHTTPRequestHandler", "HTTPServer"),
    "http.cookies": ("SimpleCookie",),
    "html": ("escape",),
    "slack_sdk.models": ("JsonObject",),
    "slack_sdk.models.attachments": ("Attachment",),
    "slack_sdk.models.blocks": ("Block", "Option", "OptionGroup", "RichTextBlock"),
    "slack_sdk.models.blocks.blocks": ("Block",),
    "slack_sdk.models.messages.chunk": ("Chunk", "MarkdownTextChunk"),
    "slack_sdk.models.metadata": ("EntityMetadata", "EventAndEntityMetadata", "Metadata"),
    "slack_sdk.models.views": ("View",),
}


def end() -> None:
    """Init is over. What it made stays, so that no later collection has to look through it."""
    quick_dataclasses.end()
    gc.freeze()
    gc.enable()


if ON_LAMBDA:
    gc.disable()  # nothing that init makes is garbage: 10 to 20 ms
    quick_dataclasses.begin()
    with standing_in(STAND_INS):
        import slack_bolt.adapter.aws_lambda  # noqa: F401
