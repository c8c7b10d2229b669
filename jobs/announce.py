"""A message to a channel in the team's name, once an admin has read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.errors import SlackApiError

from runs.access import invitation, readable_channel
from runs.clients import TROUBLE
from runs.context import RunContext
from runs.errors import Refused
from runs.inputs import ChannelId, ask
from runs.job import job
from runs.mrkdwn import escape

NOTIFY = {"nobody": "", "here": "<!here> ", "channel": "<!channel> "}

# https://docs.slack.dev/reference/methods/chat.postMessage
REFUSED = {
    "is_archived": "That channel is archived, so nothing was announced.",
    "restricted_action": "This workspace does not let me post there, so nothing was announced.",
    "ratelimited": "Slack has no room for more messages there just now, so nothing was announced.",
}


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel")
    text: str = ask(
        "What to announce",
        multiline=True,
        minimum=3,
        hint="*bold*, _italic_ and links work. People who are named in it are not notified.",
    )
    notify: Literal["nobody", "here", "channel"] = ask(
        "Whom to notify", default="nobody", hint="here: who is active now; channel: all its members."
    )


@job("Announce something in a channel", approvers="workspace_admins", self_approval=True)
def announce(inputs: Inputs, run: RunContext) -> str:
    """Posts a message in the team's name, once an admin has read it. Admins may approve their own, and have to say
    why.
    """
    channel = readable_channel(run.client, inputs.channel, run.requester)
    run.progress(0, 1, "posting")
    ts = _post(run, channel, f"{NOTIFY[inputs.notify]}{escape(inputs.text)}\n_– <@{run.requester}>_")
    link = run.client.chat_getPermalink(channel=channel["id"], message_ts=ts)["permalink"]
    return f"<{link}|Announced> in <#{channel['id']}>."


def _post(run: RunContext, channel: dict[str, Any], text: str) -> str:
    """Once: a call whose answer got lost may have been carried out, and nobody wants to be told twice."""
    run.client.retry_handlers = []
    try:
        return str(run.client.chat_postMessage(channel=channel["id"], text=text)["ts"])
    except SlackApiError as error:
        code = error.response.get("error", "")
        if code in ("not_in_channel", "channel_not_found"):
            raise Refused(invitation(channel)) from error
        if code in REFUSED:
            raise Refused(REFUSED[code]) from error
        raise
    except TROUBLE as error:
        raise Refused(
            f"Slack broke off while I posted: look into <#{channel['id']}> before you announce it again."
        ) from error
