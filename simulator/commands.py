"""Slash commands: the app's, and those that Slack itself has."""

import re
from collections.abc import Callable

from simulator.core import Simulator
from simulator.deliveries import Ack
from simulator.errors import SimError
from simulator.manifest import Command
from simulator.messages import slackbot_says
from simulator.payloads import command_payload
from simulator.people import join, leave
from simulator.responses import respond
from simulator.state import Channel, User
from simulator.text import from_person

COMMAND = re.compile(r"(/\S+)(?:\s+(.*))?", re.DOTALL)
BUILT_IN = (
    Command("/invite", "Invite someone to this channel", "@someone", False),
    Command("/remove", "Remove someone from this channel", "@someone", False),
    Command("/join", "Join a channel", "#channel", False),
    Command("/leave", "Leave this channel", "", False),
)
REFUSED = Ack("failed", 0, error="refused")
DONE = Ack("acked", 0)


async def run_command(sim: Simulator, user: User, channel: Channel, line: str, thread_ts: str | None) -> Ack:
    """What a person typed that begins with a slash. What goes wrong is said in the conversation, as in Slack."""
    match = COMMAND.fullmatch(line.strip())
    if match is None:
        raise SimError("not_a_command", "A command begins with a slash.")
    name, text = match[1], (match[2] or "").strip()
    if name in HANDLERS:
        return _built_in(sim, user, channel, name, text)
    command = sim.manifest.command(name) if sim.workspace.installation else None
    if command is None:
        return _refuse(sim, user, channel, thread_ts, _unknown(name))
    if thread_ts:
        return _refuse(sim, user, channel, thread_ts, f"{name} is not supported in threads. Sorry!")
    return await _send(sim, user, channel, command, text)


async def _send(sim: Simulator, user: User, channel: Channel, command: Command, text: str) -> Ack:
    if command.should_escape:
        text = from_person(text, sim.workspace, user.id, labels=True)
    path = sim.response_urls.issue(
        "commands", sim.workspace.team_id, user=user.id, channel=channel.id, message_ts=None, ephemeral=False
    )
    payload = command_payload(
        sim,
        user_id=user.id,
        channel=channel,
        command=command.command,
        text=text,
        trigger_id=sim.triggers.issue(user.id, channel=channel.id),
        response_url=sim.url + path,
    )
    ack = await sim.deliveries.deliver("slash_commands", payload)
    error = ack.error or _show(sim, user, channel, ack)
    if error:
        slackbot_says(sim, channel, user.id, f'{command.command} failed with the error "{error}"')
    return ack


def _show(sim: Simulator, user: User, channel: Channel, ack: Ack) -> str | None:
    """Shows what rode along with the ack; the error if it cannot be shown."""
    return respond(sim, user.id, channel, ack.payload) if ack.payload else None


def _unknown(name: str) -> str:
    return (
        f"{name} is not a valid command. In Slack, all messages that start with the “/” character are "
        "interpreted as slash commands. If you are trying to send a message and not run a command, try "
        "preceding the “/” with an empty space."
    )


def _refuse(sim: Simulator, user: User, channel: Channel, thread_ts: str | None, text: str) -> Ack:
    slackbot_says(sim, channel, user.id, text, thread_ts)
    return REFUSED


def _built_in(sim: Simulator, user: User, channel: Channel, name: str, text: str) -> Ack:
    problem = HANDLERS[name](sim, user, channel, text)
    return _refuse(sim, user, channel, None, problem) if problem else DONE


def _invite(sim: Simulator, user: User, channel: Channel, text: str) -> str | None:
    guest = sim.workspace.user_named(text.lstrip("@"))
    if guest is None or guest.deleted:
        return f"There is nobody here named {text or '(no name)'}. Try /invite @name."
    if channel.is_direct:
        return "Nobody can be invited to a direct message."
    if guest.id in channel.members:
        return f"<@{guest.id}> is already in this channel."
    join(sim, channel, guest.id, inviter=user.id)
    return None


def _remove(sim: Simulator, user: User, channel: Channel, text: str) -> str | None:
    member = sim.workspace.user_named(text.lstrip("@"))
    if member is None or member.id not in channel.members:
        return f"{text or '(no name)'} is not in this channel."
    if channel.is_direct or channel.is_general:
        return "Nobody can be removed from here."
    leave(sim, channel, member.id)
    return None


def _join(sim: Simulator, user: User, channel: Channel, text: str) -> str | None:
    wanted = sim.workspace.channel_named(text.lstrip("#"))
    if wanted is None or wanted.kind != "public" or wanted.is_archived:
        return f"There is no channel {text or '(no name)'} to join."
    if user.id not in wanted.members:
        join(sim, wanted, user.id)
    return None


def _leave(sim: Simulator, user: User, channel: Channel, text: str) -> str | None:
    if channel.is_direct or channel.is_general:
        return "You can’t leave this conversation."
    leave(sim, channel, user.id)
    return None


HANDLERS: dict[str, Callable[[Simulator, User, Channel, str], str | None]] = {
    "/invite": _invite,
    "/remove": _remove,
    "/join": _join,
    "/leave": _leave,
}
