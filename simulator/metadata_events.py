"""What apps tell each other in messages, as events (https://docs.slack.dev/messaging/message-metadata)."""

from simulator.core import Simulator
from simulator.message_events import tell
from simulator.payloads import action_ts
from simulator.state import Channel, Json

SCOPE = "metadata.message:read"


def metadata_posted(sim: Simulator, channel: Channel, message: Json) -> None:
    if "metadata" in message:
        told = {"metadata": message["metadata"], "event_ts": message["ts"]}
        _tell(sim, channel, message, "message_metadata_posted", message["metadata"], told)


def metadata_updated(sim: Simulator, channel: Channel, message: Json, previous: Json) -> None:
    """A message that gets its first metadata later on is one with metadata from then on."""
    now, before = message.get("metadata"), previous.get("metadata")
    if now and before and now != before:
        told = {"metadata": now, "previous_metadata": before, "event_ts": action_ts()}
        _tell(sim, channel, message, "message_metadata_updated", now, told)
    elif now and not before:
        metadata_posted(sim, channel, message)


def metadata_deleted(sim: Simulator, channel: Channel, message: Json) -> None:
    if "metadata" in message:
        ts = action_ts()
        told = {"previous_metadata": message["metadata"], "deleted_ts": ts, "event_ts": ts}
        _tell(sim, channel, message, "message_metadata_deleted", message["metadata"], told)


def _tell(sim: Simulator, channel: Channel, message: Json, kind: str, metadata: Json, told: Json) -> None:
    """To an app that asked for this type of metadata. Which app's is not looked at: here is only one."""
    if metadata["event_type"] not in sim.manifest.metadata_types:
        return
    event = {
        "type": kind,
        "app_id": message["app_id"],
        "bot_id": message["bot_id"],
        "user_id": message["user"],
        "team_id": sim.workspace.team_id,
        "channel_id": channel.id,
        "message_ts": message["ts"],
    }
    tell(sim, channel, kind, SCOPE, event | told)
