"""A press of a button or a choice in a menu: in a message, a modal or App Home."""

from dataclasses import dataclass
from typing import Any

from simulator.blocks import HOLDS, LISTS, check_blocks, check_option_of_app, find_element, options_of
from simulator.content import all_blocks
from simulator.core import Simulator
from simulator.deliveries import Ack
from simulator.errors import SimError
from simulator.functions.runs import in_the_run
from simulator.messages import find_ephemeral, is_of_app
from simulator.objects import file_object, view_object
from simulator.payloads import action_ts, channel_label, interaction_payload
from simulator.state import Channel, Json, User, View
from simulator.views import state_of

SELECTED = {
    "selected_option",
    "selected_options",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "selected_conversation",
    "selected_conversations",
    "selected_channel",
    "selected_channels",
    "selected_user",
    "selected_users",
    "rich_text_value",
    "files",
    "value",
}


@dataclass(frozen=True)
class Press:
    """What the person did. `action` is a whole action for an element that is no longer there."""

    user: User
    block_id: str
    action_id: str
    fields: Json
    values: Json
    action: Json | None = None


async def press_in_message(
    sim: Simulator, press: Press, channel: Channel, ts: str, stale_message: Json | None
) -> Ack:
    ephemeral = find_ephemeral(sim, channel.id, press.user.id, ts)
    message = ephemeral or channel.history.get(ts) or stale_message
    if message is None:
        raise SimError("no_such_message", "This message is not there.", status=404)
    action = _action(sim, press, all_blocks(message))
    payload = _message_payload(sim, press, channel, message, ephemeral is not None, stale_message)
    return await _deliver(sim, press.user, payload | {"actions": [action]})


async def press_in_view(sim: Simulator, press: Press, view: View) -> Ack:
    """The element's new value and all that was entered besides are kept with the view."""
    action = _action(sim, press, view.blocks)
    values = {block: dict(elements) for block, elements in press.values.items()}
    if action["type"] in HOLDS:
        field = HOLDS[action["type"]][0]
        values.setdefault(press.block_id, {})[press.action_id] = {field: action.get(field)}
    view.values = state_of(view, view.values | values)
    trigger_id = sim.triggers.issue(press.user.id, view_id=view.id)
    payload = interaction_payload(sim, "block_actions", press.user.id, trigger_id)
    payload |= in_the_run(sim.functions.get(view.run), press.user.id, trigger_id)
    payload["container"] = {"type": "view", "view_id": view.id}
    return await _deliver(sim, press.user, payload | {"view": view_object(view, sim), "actions": [action]})


def _message_payload(
    sim: Simulator, press: Press, channel: Channel, message: Json, ephemeral: bool, stale_message: Json | None
) -> Json:
    user_id, ts = press.user.id, message["ts"]
    trigger_id = sim.triggers.issue(user_id, channel=channel.id)
    payload = interaction_payload(sim, "block_actions", user_id, trigger_id)
    payload |= in_the_run(sim.functions.of_message(channel.id, ts), user_id, trigger_id)
    container = {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": ephemeral}
    attachment = _attachment_of(press, message)
    if attachment is not None:
        container |= _in_attachment(attachment)
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    path = sim.response_urls.issue(
        "actions",
        sim.workspace.team_id,
        user=user_id,
        channel=channel.id,
        message_ts=ts if is_of_app(sim, message) else None,
        ephemeral=ephemeral,
    )
    payload |= {
        "container": container,
        "channel": {"id": channel.id, "name": channel_label(channel)},
        "state": {"values": press.values},
        "response_url": sim.url + path,
    }
    if attachment is not None and attachment.get("is_app_unfurl"):
        payload["app_unfurl"] = attachment
    # Slack does not repeat a message that only one person could see.
    return payload if ephemeral else payload | {"message": stale_message or message}


def _in_attachment(attachment: Json) -> Json:
    is_unfurl = bool(attachment.get("is_app_unfurl"))
    place = {"type": "message_attachment", "attachment_id": int(attachment["id"]), "is_app_unfurl": is_unfurl}
    return place | ({"app_unfurl_url": attachment["app_unfurl_url"]} if is_unfurl else {})


def _attachment_of(press: Press, message: Json) -> Json | None:
    """The attachment that was pressed in, if it was one."""
    for each in message.get("attachments", ()):
        if find_element(each.get("blocks", []), press.block_id, press.action_id):
            return dict(each)
    return None


def _action(sim: Simulator, press: Press, blocks: list[Json]) -> Json:
    """The action as Slack sends it: what the element is, from the blocks, and what was chosen."""
    if press.action is not None:
        return {"action_ts": action_ts(), **press.action}
    found = find_element(blocks, press.block_id, press.action_id)
    if found is None:
        raise SimError("no_such_element", "This button or field is not there any more.", status=404)
    _, element = found
    kept: Json = {
        key: element[key] for key in ("text", "value", "style", "placeholder", "confirm") if key in element
    }
    action: Json = {"type": element["type"], "block_id": press.block_id, "action_id": press.action_id, **kept}
    return {**action, **chosen(sim, press.user.id, element, press.fields), "action_ts": action_ts()}


def chosen(sim: Simulator, user_id: str, element: Json, fields: Json) -> Json:
    """What was chosen in this element, its options as they stand in the blocks."""
    if element["type"] == "overflow":
        return {"selected_option": _option(element, fields.get("selected_option"))}
    if element["type"] == "feedback_buttons":
        return _feedback(element, fields.get("value"))
    if element["type"] not in HOLDS:
        return {}
    field = HOLDS[element["type"]][0]
    value = fields.get(field)
    if field == "selected_options":
        return {field: [_option(element, each) for each in _list(value)]}
    if field == "selected_option":
        return {field: _option(element, value) if value is not None else None}
    if field == "files":
        return {field: [_file(sim, user_id, each) for each in _list(value)]}
    if field == "rich_text_value":
        return {field: _rich_text(value)}
    if field in LISTS:
        return {field: [_string(each) for each in _list(value)]}
    if field == "selected_date_time" and isinstance(value, int):
        return {field: value}
    return {field: _string(value) if value is not None else None}


def _rich_text(value: Any) -> Json | None:
    """A rich_text block without an id of its own; text is made into one."""
    if value is None:
        return None
    if isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    if not isinstance(value, dict) or check_blocks([value], "message"):
        raise SimError("invalid_arguments", "A rich text must be a rich_text block, or text.")
    return value


def _feedback(element: Json, value: Any) -> Json:
    for button in (element["positive_button"], element["negative_button"]):
        if button["value"] == value:
            return {"text": button["text"], "value": value}
    raise SimError("no_such_option", "There is no such button.")


def _option(element: Json, wanted: Any) -> Json:
    if element["type"] in ("external_select", "multi_external_select"):
        return _option_of_app(wanted)
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    option = next((each for each in options_of(element) if each["value"] == value), None)
    if option is None:
        raise SimError("no_such_option", "This option is not one of those offered.")
    return option


def _option_of_app(wanted: Any) -> Json:
    """Whatever the browser sends, as long as it is an option: what the app offered, only the app knows."""
    if check_option_of_app(wanted):
        raise SimError("no_such_option", "This is no option.")
    option: Json = wanted
    return option


def _file(sim: Simulator, user_id: str, wanted: Any) -> Json:
    """A file that the person has uploaded, by its id or as the object it was answered with."""
    file_id = wanted.get("id") if isinstance(wanted, dict) else wanted
    file = sim.workspace.files.get(file_id) if isinstance(file_id, str) else None
    if file is None or file.user != user_id:
        raise SimError("file_not_found", "There is no such file of yours.", status=404)
    file.given_to_app = True
    return file_object(file, sim)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SimError("invalid_arguments", "A choice of several must be a list.")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise SimError("invalid_arguments", "A value must be text.")
    return value


async def _deliver(sim: Simulator, user: User, payload: Json) -> Ack:
    ack = await sim.deliveries.deliver("interactive", payload)
    if not ack.ok:
        text = f"{sim.manifest.name} is not responding. Please try again. ({ack.error})"
        sim.live.publish({"type": "toast", "level": "error", "text": text}, [user.id])
    return ack
