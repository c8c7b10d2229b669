"""What an external menu offers: the app is asked each time somebody opens it or types.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from simulator.blocks import check_offered, find_element
from simulator.content import all_blocks
from simulator.core import Simulator
from simulator.errors import SimError
from simulator.legacy import menus
from simulator.legacy.dialogs import suggestion_payload
from simulator.objects import view_object
from simulator.payloads import channel_label, interaction_payload
from simulator.state import Channel, Json, User, View

LETTERS_FIRST = 3  # where a menu does not say


async def suggest_in_view(
    sim: Simulator, user: User, view: View, *, block_id: str, action_id: str, query: str
) -> Json:
    payload = _payload(sim, user, view.blocks, block_id, action_id, query)
    if view.dialog:
        payload = suggestion_payload(sim, view, view.dialog, name=block_id, query=query)
        return await ask(sim, payload, menus.IN_DIALOG)
    shown = {"container": {"type": "view", "view_id": view.id}, "view": view_object(view, sim)}
    return await ask(sim, payload | shown)


async def suggest_in_message(
    sim: Simulator,
    user: User,
    channel: Channel,
    message: Json,
    *,
    block_id: str,
    action_id: str,
    query: str,
) -> Json:
    payload = _payload(sim, user, all_blocks(message), block_id, action_id, query)
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id}
    shown = {
        "container": container | {"is_ephemeral": bool(message.get("is_ephemeral"))},
        "channel": {"id": channel.id, "name": channel_label(channel)},
    }
    return await ask(sim, payload | shown | ({} if message.get("is_ephemeral") else {"message": message}))


def _payload(
    sim: Simulator, user: User, blocks: list[Json], block_id: str, action_id: str, query: str
) -> Json:
    found = find_element(blocks, block_id, action_id)
    if found is None or not found[1]["type"].endswith("external_select"):
        raise SimError("no_such_element", "This menu is not there any more.", status=404)
    least = found[1].get("min_query_length")
    if len(query) < (LETTERS_FIRST if least is None else least):
        raise SimError("query_too_short", "Type a few more letters.")
    payload = interaction_payload(sim, "block_suggestion", user.id)
    return payload | {"block_id": block_id, "action_id": action_id, "value": query}


async def ask(sim: Simulator, payload: Json, kind: menus.Kind | None = None) -> Json:
    """The `ack`, and the options in Block Kit's shape. They come in it, unless `kind` is that of a legacy menu."""
    ack = await sim.deliveries.deliver("interactive", payload)
    answer: Json = {"ack": ack.to_json()}
    if not ack.ok:
        return answer
    offered = ack.payload or {}
    problems = menus.check_offered(offered, kind) if kind else check_offered(offered)
    if problems:
        answer["ack"] |= {"status": "failed", "error": "invalid_options", "messages": problems}
        return answer
    if kind:
        return answer | menus.in_block_kit(offered, kind)
    return answer | {key: offered[key] for key in ("options", "option_groups") if key in offered}
