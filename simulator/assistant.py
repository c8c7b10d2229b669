"""Conversations with an app that is an assistant: their title, what it is doing, what it suggests to ask.

https://docs.slack.dev/ai/developing-ai-apps
"""

from dataclasses import dataclass, field

from simulator.core import Simulator
from simulator.messages import bot_message, post, update
from simulator.payloads import action_ts, event_payload
from simulator.people import direct_message_with
from simulator.state import Channel, Json

UNTITLED = "New Assistant Thread"


@dataclass
class Thread:
    """`prompts` are objects with `title` and `message`."""

    title: str = ""
    status: str = ""
    loading_messages: list[str] = field(default_factory=list)
    prompts_title: str = ""
    prompts: list[Json] = field(default_factory=list)


def thread_of(sim: Simulator, channel: Channel, thread_ts: str) -> Thread:
    """What is known of it; an empty `thread_ts` is the whole conversation."""
    return sim.assistant_threads.setdefault((channel.id, thread_ts), Thread())


def thread_json(thread: Thread) -> Json:
    return {
        "title": thread.title,
        "status": thread.status,
        "loading_messages": thread.loading_messages,
        "prompts": {"title": thread.prompts_title, "prompts": thread.prompts},
    }


def tell_thread(sim: Simulator, channel: Channel, thread_ts: str) -> None:
    event = {"type": "assistant", "channel": channel.id, "thread_ts": thread_ts}
    sim.live.publish(event | thread_json(thread_of(sim, channel, thread_ts)), list(channel.members))


def begin_thread(sim: Simulator, user_id: str, viewing: str | None) -> tuple[Channel, str]:
    """A person opens a new chat; `viewing` is the conversation they look at meanwhile."""
    channel = direct_message_with(sim, sim.workspace.bot_user_id, user_id)
    root = bot_message(sim, {"text": UNTITLED, "subtype": "assistant_app_thread"})
    root["assistant_app_thread"] = {"title": UNTITLED, "title_blocks": [], "artifacts": []}
    ts: str = post(sim, channel, root)["ts"]
    root["thread_ts"] = ts
    _announce(sim, "assistant_thread_started", user_id, channel, ts, viewing)
    return channel, ts


def change_context(sim: Simulator, user_id: str, channel: Channel, ts: str, viewing: str | None) -> None:
    """They look at another conversation while the chat is open."""
    _announce(sim, "assistant_thread_context_changed", user_id, channel, ts, viewing)


def entitle(sim: Simulator, channel: Channel, ts: str, title: str) -> None:
    thread_of(sim, channel, ts).title = title
    root = channel.history.get(ts)
    if root is not None and "assistant_app_thread" in root:
        named = {**root["assistant_app_thread"], "title": title}
        update(sim, channel, root, {"text": title, "assistant_app_thread": named})
    tell_thread(sim, channel, ts)


def asked(sim: Simulator, channel: Channel, thread_ts: str | None) -> None:
    """Once a person has said something in a thread, it needs no suggestions."""
    thread = sim.assistant_threads.get((channel.id, thread_ts or ""))
    if thread_ts and thread is not None and thread.prompts:
        thread.prompts_title, thread.prompts = "", []
        tell_thread(sim, channel, thread_ts)


def answered(sim: Simulator, channel: Channel, message: Json) -> None:
    """An answer of the app ends what its status said it was doing."""
    thread_ts = message.get("thread_ts", "")
    thread = sim.assistant_threads.get((channel.id, thread_ts))
    if thread is not None and thread.status:
        thread.status, thread.loading_messages = "", []
        tell_thread(sim, channel, thread_ts)


def _announce(
    sim: Simulator, kind: str, user_id: str, channel: Channel, ts: str, viewing: str | None
) -> None:
    """Needs no scope, only the subscription."""
    if kind not in sim.manifest.events or sim.workspace.installation is None:
        return
    seen = {"channel_id": viewing, "team_id": sim.workspace.team_id, "enterprise_id": None} if viewing else {}
    thread = {"user_id": user_id, "context": seen, "channel_id": channel.id, "thread_ts": ts}
    event = {"type": kind, "assistant_thread": thread, "event_ts": action_ts()}
    sim.deliveries.announce(event_payload(sim, event))
