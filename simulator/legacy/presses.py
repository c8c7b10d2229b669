"""A press of a button, or a choice in a menu, of an attachment: an `interactive_message`.

https://docs.slack.dev/legacy/legacy-messaging/legacy-making-messages-interactive
"""

from dataclasses import dataclass

from simulator.core import Simulator
from simulator.deliveries import Ack
from simulator.errors import ApiError, SimError
from simulator.legacy.attachments import find_action, is_link
from simulator.legacy.menus import IN_ATTACHMENT, LETTERS_FIRST, chosen_in, source_of, values_of
from simulator.messages import is_of_app
from simulator.payloads import action_ts, channel_label, interaction_payload
from simulator.response_urls import ResponseUrl
from simulator.responses import answer_press
from simulator.rich_text import as_told
from simulator.state import Channel, Json, User
from simulator.suggestions import ask


@dataclass(frozen=True)
class Place:
    """An action of an attachment, in a message that the person sees."""

    channel: Channel
    message: Json
    attachment: Json
    action: Json


def find_place(channel: Channel, message: Json, attachment_id: int, action_id: str) -> Place:
    found = find_action(message, attachment_id, action_id)
    if found is None or is_link(found[1]):
        raise SimError("no_such_element", "This button or menu is not there any more.", status=404)
    return Place(channel, message, *found)


async def press(sim: Simulator, user: User, place: Place, fields: Json) -> Ack:
    """Tells the app, and does with the message what it answers in its ack."""
    target = _target(sim, user, place)
    trigger_id = sim.triggers.issue(user.id, channel=place.channel.id)
    payload = _payload(sim, user, place, trigger_id) | {
        "actions": [_action(place.action, fields)],
        "is_app_unfurl": bool(place.attachment.get("is_app_unfurl")),
        "response_url": _response_url(sim, target),
    }
    if not target.ephemeral:  # Slack does not repeat what only one person could see
        payload["original_message"] = as_told(place.message)
    ack = await sim.deliveries.deliver("interactive", payload)
    error = ack.error or _answer(sim, target, ack)
    if error:
        text = f"{sim.manifest.name} is not responding. Please try again. ({error})"
        sim.live.publish({"type": "toast", "level": "error", "text": text}, [user.id])
    return Ack("failed", ack.ms, ack.payload, error) if error and ack.ok else ack


def _target(sim: Simulator, user: User, place: Place) -> ResponseUrl:
    """Where an answer goes, be it the ack's body or a later one."""
    ephemeral = bool(place.message.get("is_ephemeral"))
    return ResponseUrl(
        user=user.id,
        channel=place.channel.id,
        expires=0,
        message_ts=place.message["ts"] if is_of_app(sim, place.message) else None,
        ephemeral=ephemeral,
        in_channel=not ephemeral,
    )


def _response_url(sim: Simulator, target: ResponseUrl) -> str:
    path = sim.response_urls.issue(
        "actions",
        sim.workspace.team_id,
        user=target.user,
        channel=target.channel,
        message_ts=target.message_ts,
        ephemeral=target.ephemeral,
        in_channel=target.in_channel,
    )
    return sim.url + path


async def suggest(sim: Simulator, user: User, place: Place, query: str) -> Json:
    """What the app offers in an external menu, in Block Kit's shape."""
    menu = place.action
    if source_of(menu) != "external":
        raise SimError("no_such_element", "This menu asks nobody for its options.", status=404)
    least = menu.get("min_query_length")
    if len(query) < (LETTERS_FIRST if least is None else least):
        raise SimError("query_too_short", "Type a few more letters.")
    payload = _payload(sim, user, place) | {"name": menu["name"], "value": query}
    return await ask(sim, payload, IN_ATTACHMENT)


def _answer(sim: Simulator, target: ResponseUrl, ack: Ack) -> str | None:
    """Shows what rode along with the ack; the error if it is not one Slack takes."""
    try:
        if ack.payload:
            answer_press(sim, target, ack.payload)
    except ApiError as error:
        return error.error
    return None


def _payload(sim: Simulator, user: User, place: Place, trigger_id: str | None = None) -> Json:
    return interaction_payload(sim, "interactive_message", user.id, trigger_id) | {
        "callback_id": place.attachment["callback_id"],
        "channel": {"id": place.channel.id, "name": channel_label(place.channel)},
        "action_ts": action_ts(),
        "message_ts": place.message["ts"],
        "attachment_id": str(place.attachment["id"]),
    }


def _action(action: Json, fields: Json) -> Json:
    sent: Json = {"name": action["name"], "type": action["type"]}
    if action["type"] == "button":
        return sent | {"value": action.get("value") or ""}
    value = chosen_in(action, fields)
    if value is None or (source_of(action) == "static" and value not in values_of(action)):
        raise SimError("no_such_option", "This option is not one of those offered.")
    return sent | {"selected_options": [{"value": value}]}
